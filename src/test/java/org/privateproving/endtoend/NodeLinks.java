package org.privateproving.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The network between the nodes of a cluster: each is reached through a relay here, and calls the
 * others from a loopback address of its own, so that it is known who speaks to whom. Where it is
 * cut, nothing gets through and nobody is told, as with a cable; what was under way arrives when it
 * is mended.
 */
final class NodeLinks implements AutoCloseable {
  private final Map<String, Node> nodes = new ConcurrentHashMap<>();
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicInteger addresses = new AtomicInteger();
  private Set<String> side = Set.of();

  private record Node(String address, ServerSocket relay) {}

  /**
   * @param node its name
   * @param port where it listens
   * @return where the others reach it, the same each time
   */
  int relay(String node, int port) {
    return nodes.computeIfAbsent(node, _ -> listen(node, port)).relay().getLocalPort();
  }

  /** From which it must call the others. */
  String address(String node) {
    return nodes.get(node).address();
  }

  /** Nothing gets from these nodes to the others from now on, nor back. */
  synchronized void cut(Set<String> nodes) {
    side = Set.copyOf(nodes);
  }

  synchronized void mend() {
    side = Set.of();
    notifyAll();
  }

  private Node listen(String name, int port) {
    try {
      String address = "127.0.1." + addresses.incrementAndGet();
      ServerSocket relay = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      names.put(address, name);
      Thread.startVirtualThread(() -> accept(relay, name, port));
      return new Node(address, relay);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket relay, String name, int port) {
    while (!relay.isClosed()) {
      try {
        Socket caller = relay.accept();
        Thread.startVirtualThread(() -> connect(caller, name, port));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket caller, String to, int port) {
    // A connection of nobody we know is not cut: it would be a fault of the test, and seen as one.
    String from = names.getOrDefault(caller.getInetAddress().getHostAddress(), "");
    open.add(caller);
    try (caller) {
      awaitPassage(from, to);
      try (Socket node = new Socket(InetAddress.getLoopbackAddress(), port)) {
        open.add(node);
        caller.setTcpNoDelay(true);
        node.setTcpNoDelay(true);
        Thread back = Thread.startVirtualThread(() -> pump(node, caller, to, from));
        pump(caller, node, from, to);
        back.join();
        open.remove(node);
      }
    } catch (IOException e) {
      // The node is not there, and its caller's connection ends.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(caller);
    }
  }

  private void pump(Socket in, Socket out, String from, String to) {
    byte[] buffer = new byte[64 * 1024];
    try (in;
        out;
        InputStream bytes = in.getInputStream()) {
      for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
        awaitPassage(from, to);
        out.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      // One of them is gone; the other's connection ends with it.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void awaitPassage(String from, String to) throws InterruptedException {
    while (side.contains(from) != side.contains(to)) {
      wait();
    }
  }

  @Override
  public void close() throws IOException {
    mend();
    for (Node node : nodes.values()) {
      node.relay().close();
    }
    for (Socket socket : open) {
      socket.close();
    }
  }
}
