package org.privateproving.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One address for several servers, as a load balancer gives it: each connection goes to the next
 * server that says it is ready, and ends when either side ends it.
 */
final class Balancer implements AutoCloseable {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(1);
  private static final Duration READY_WITHIN = Duration.ofSeconds(10);

  private final ServerSocket socket;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_WITHIN)
          .build();
  private final List<Integer> ports = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  Balancer() {
    try {
      socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Connections may go to this port of this machine from now on. */
  void add(int port) {
    if (!ports.contains(port)) {
      ports.add(port);
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    try (client;
        Socket server = connect()) {
      open.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread back = Thread.startVirtualThread(() -> pump(server, client));
      pump(client, server);
      back.join();
    } catch (IOException e) {
      // No server takes it: the client sees its connection closed, as by any balancer.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private Socket connect() throws IOException, InterruptedException {
    Instant end = Instant.now().plus(READY_WITHIN);
    while (Instant.now().isBefore(end)) {
      int port = ports.get(Math.floorMod(next.getAndIncrement(), ports.size()));
      if (isReady(port)) {
        return new Socket(InetAddress.getLoopbackAddress(), port);
      }
    }
    throw new SocketException("no server is ready");
  }

  /** A process that stands still is none, though its port takes connections. */
  private boolean isReady(int port) throws InterruptedException {
    URI health = URI.create("http://127.0.0.1:" + port + "/health/ready");
    try {
      var request = HttpRequest.newBuilder(health).timeout(ANSWER_WITHIN).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Until one side ends; what is on its way gets there. */
  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[64 * 1024];
    try (InputStream in = from.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        to.getOutputStream().write(buffer, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    open.forEach(Balancer::closeQuietly);
    http.close();
  }
}
