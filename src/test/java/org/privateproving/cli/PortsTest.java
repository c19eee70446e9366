package org.privateproving.cli;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  private static Config config(String block, int port) {
    String ports =
        """
        private-proving { cluster.port = 0, management.port = 0, gateway.port = 0 }
        private-proving.%s.port = %d
        """
            .formatted(block, port);
    return ConfigFactory.parseString(ports).withFallback(ConfigFactory.load());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cluster", "management", "gateway"})
  void shouldNameAPortThatIsTakenAndWhatToDo(String block) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> Ports.check(config(block, port), Roles.SERVER_AND_FULFILLER))
          .isInstanceOf(CannotStart.class)
          .hasMessageContaining("port " + port)
          .hasMessageContaining(block + ".port")
          .hasMessageContaining("choose another: --");
    }
  }

  @Test
  void shouldNotAskForTheClientsPortOfAFulfiller() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatCode(() -> Ports.check(config("gateway", taken.getLocalPort()), Roles.FULFILLER))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void shouldAskForThePortThatIsListenedOnAndNotForTheOneThatOthersKnow() throws IOException {
    try (ServerSocket relay = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Config behindIt = config("cluster", relay.getLocalPort());
      String bind = "private-proving.cluster.bind-port = ";
      assertThatThrownBy(
              () ->
                  Ports.check(
                      ConfigFactory.parseString(bind + taken.getLocalPort()).withFallback(behindIt),
                      Roles.FULFILLER))
          .hasMessageContaining("port " + taken.getLocalPort());
      int free = freePort();
      assertThatCode(
              () ->
                  Ports.check(
                      ConfigFactory.parseString(bind + free).withFallback(behindIt),
                      Roles.FULFILLER))
          .doesNotThrowAnyException();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
