package org.privateproving.cli;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Whether the ports that a node will open are free, asked before anything is started: what opens
 * them later fails in its own way each, none of them in one sentence.
 */
final class Ports {
  private Ports() {}

  /**
   * @throws CannotStart naming the first port that is taken and how to choose another
   */
  static void check(Config config, Roles roles) {
    check(config, "cluster", "--set cluster.port=0 for any free one");
    check(config, "management", "--management-port");
    if (roles.isServer()) {
      check(config, "gateway", "--port");
    }
  }

  private static void check(Config config, String block, String flag) {
    String host = config.getString("private-proving." + block + ".host");
    int port = config.getInt("private-proving." + block + ".port");
    if (port == 0) {
      return;
    }
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      socket.setReuseAddress(true);
    } catch (IOException e) {
      throw new CannotStart(
          "port "
              + port
              + " on "
              + host
              + " ("
              + block
              + ".port) cannot be opened: "
              + e.getMessage()
              + "; end what uses it, or choose another: "
              + flag);
    }
  }
}
