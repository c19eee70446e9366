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
    check(clusterListener(config), "cluster", "--set cluster.port=0 for any free one");
    check(listener(config, "management"), "management", "--management-port");
    if (roles.isServer()) {
      check(listener(config, "gateway"), "gateway", "--port");
    }
  }

  private record Listener(String host, int port) {}

  private static Listener listener(Config config, String block) {
    return new Listener(
        config.getString("private-proving." + block + ".host"),
        config.getInt("private-proving." + block + ".port"));
  }

  /** What others reach it by may be somebody else's: a relay's, or another machine's. */
  private static Listener clusterListener(Config config) {
    Listener reached = listener(config, "cluster");
    String bindHost = config.getString("private-proving.cluster.bind-host").strip();
    int bindPort = config.getInt("private-proving.cluster.bind-port");
    return new Listener(
        bindHost.isEmpty() ? reached.host() : bindHost, bindPort == 0 ? reached.port() : bindPort);
  }

  private static void check(Listener listener, String block, String flag) {
    if (listener.port() == 0) {
      return;
    }
    try (ServerSocket socket =
        new ServerSocket(listener.port(), 1, InetAddress.getByName(listener.host()))) {
      socket.setReuseAddress(true);
    } catch (IOException e) {
      throw new CannotStart(
          "port "
              + listener.port()
              + " on "
              + listener.host()
              + " ("
              + block
              + ".port) cannot be opened: "
              + e.getMessage()
              + "; end what uses it, or choose another: "
              + flag);
    }
  }
}
