package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.util.List;

/** Whether the ports that a node opens are free. */
final class PortChecks {
  private final Machine machine;

  PortChecks(Machine machine) {
    this.machine = machine;
  }

  List<Check> all() {
    return List.of(
        config -> port(config, "gateway", "--port"),
        config -> port(config, "management", "--management-port"),
        config -> port(config, "cluster", "--set cluster.port=0"));
  }

  private Finding port(Config config, String group, String flag) {
    String path = "private-proving." + group;
    String host = config.getString(path + ".host");
    int port = config.getInt(path + ".port");
    String subject = group + " port";
    if (port < 0 || port > 65535) {
      return Finding.fail(subject, String.valueOf(port), "set " + path + ".port to 0 to 65535");
    }
    String place = host + ":" + port;
    return machine.isPortFree(host, port)
        ? Finding.ok(subject, place)
        : Finding.fail(
            subject,
            place + " is in use, or not an address of this machine",
            "end what uses it, or choose another (" + flag + ")");
  }
}
