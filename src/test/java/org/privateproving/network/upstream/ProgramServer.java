package org.privateproving.network.upstream;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A web server on this machine that answers as it is told: what HTTP and S3 in path style have on
 * the wire, and nothing behind it.
 */
final class ProgramServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicInteger mostAnswering = new AtomicInteger();

  ProgramServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** What it was asked, in order. */
  record Asked(String method, String path, Headers headers) {}

  @FunctionalInterface
  interface Answer {
    void give(HttpExchange exchange) throws IOException;
  }

  static Answer program(byte[] bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** The same, in chunks: nobody can tell the size beforehand. */
  static Answer chunked(byte[] bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(bytes);
    };
  }

  static Answer status(int status) {
    return status(status, "no program here".getBytes(StandardCharsets.UTF_8));
  }

  static Answer status(int status, byte[] body) {
    return exchange -> {
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    };
  }

  static Answer redirect(int status, String location) {
    return exchange -> {
      exchange.getResponseHeaders().set("Location", location);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  /** Promises all of {@code bytes} and cuts the connection after half of them. */
  static Answer cutOff(byte[] bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
    };
  }

  /** Cuts the chunks of a body short. */
  static Answer chunkedCutOff(byte[] bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
      throw new IOException("cut off, as told");
    };
  }

  /** Sends half, and the rest after {@code latch}. */
  static Answer halting(byte[] bytes, CountDownLatch latch) {
    return exchange -> {
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
      exchange.getResponseBody().flush();
      await(latch);
      exchange.getResponseBody().write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    };
  }

  /** Says nothing before {@code latch}. */
  static Answer after(CountDownLatch latch, Answer answer) {
    return exchange -> {
      await(latch);
      answer.give(exchange);
    };
  }

  /** Gives {@code inOrder}, the last of them for ever. */
  void on(String path, Answer... inOrder) {
    answers.put(path, new ArrayDeque<>(List.of(inOrder)));
  }

  String url(String path) {
    return "http://localhost:" + server.getAddress().getPort() + path;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  List<Asked> asked() {
    return asked;
  }

  int asked(String path) {
    return (int) asked.stream().filter(a -> a.path().equals(path)).count();
  }

  /** How many exchanges were under way at once, at most. */
  int mostAtOnce() {
    return mostAnswering.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    mostAnswering.accumulateAndGet(answering.incrementAndGet(), Math::max);
    asked.add(new Asked(exchange.getRequestMethod(), path, exchange.getRequestHeaders()));
    try {
      next(path).give(exchange);
      // Fails where less was written than promised. The server cuts what fails.
      exchange.getResponseBody().close();
    } finally {
      answering.decrementAndGet();
    }
  }

  private Answer next(String path) {
    Queue<Answer> left = answers.get(path);
    if (left == null) {
      return status(404);
    }
    synchronized (left) {
      return left.size() > 1 ? left.remove() : left.element();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException("stopped", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
