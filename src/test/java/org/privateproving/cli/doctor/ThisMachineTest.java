package org.privateproving.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThisMachineTest {
  private final ThisMachine machine = new ThisMachine();

  @Test
  void knowsItself() throws IOException {
    assertThat(machine.javaVersion()).isEqualTo(25);
    assertThat(machine.memoryBytes()).isPositive();
    assertThat(machine.cores()).isPositive();
    assertThat(machine.freeBytes(Path.of("."))).isPositive();
  }

  @Test
  void runsProgramsAndGivesWhatTheyPrint() {
    assertThat(machine.run(List.of("sh", "-c", "echo out; echo err >&2"))).hasValue("out\nerr");
    assertThat(machine.run(List.of("sh", "-c", "exit 1"))).isEmpty();
    assertThat(machine.run(List.of("/no/such/program"))).isEmpty();
  }

  @Test
  void knowsFreePortsFromUsedOnes() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocket used = new ServerSocket(0, 1, loopback)) {
      assertThat(machine.isPortFree("127.0.0.1", used.getLocalPort())).isFalse();
    }
    assertThat(machine.isPortFree("127.0.0.1", 0)).isTrue();
    assertThat(machine.isPortFree("192.0.2.1", 0)).as("no address of ours").isFalse();
  }
}
