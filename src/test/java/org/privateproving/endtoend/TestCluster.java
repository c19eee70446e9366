package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;

/**
 * A cluster on this machine: servers and fulfillers as processes of their own, with one database
 * and one address for clients. Each node has a name, and keeps its ports when it is started again,
 * so that nothing tells a restarted node from one that is back.
 */
public final class TestCluster implements AutoCloseable {
  private static final String[] MEMORY = {"-Xmx384m"};
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path data;
  private final DatabaseSettings database;
  private final Balancer balancer = new Balancer();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final List<String> settings = new ArrayList<>();
  private Optional<NodeLinks> links = Optional.empty();
  private final Map<String, Node> nodes = Collections.synchronizedMap(new LinkedHashMap<>());

  /** A place for a process, whether one runs there or not. */
  private static final class Node {
    private final boolean server;
    private final int port = freePort();
    private final int managementPort = freePort();
    private final int clusterPort = freePort();
    private volatile ProvingProcess process;

    Node(boolean server) {
      this.server = server;
    }
  }

  /**
   * @param data a folder of the test's
   * @param servers the names of all servers that there will be
   */
  public TestCluster(Path data, String... servers) {
    this(data, TestPostgres.freshDatabase(), servers);
  }

  /** The same, with a database of the test's. */
  public TestCluster(Path data, DatabaseSettings database, String... servers) {
    this.data = data;
    this.database = database;
    for (String name : servers) {
      nodes.put(name, new Node(true));
    }
  }

  /** A setting of all nodes that are started from now on, as in {@code gateway.hold=0s}. */
  public TestCluster set(String setting) {
    settings.add(setting);
    return this;
  }

  /** The nodes reach each other through these. To be said before the first is started. */
  TestCluster over(NodeLinks between) {
    links = Optional.of(between);
    return this;
  }

  /** Starts one of the servers, or starts it again, and waits until it takes calls. */
  public ProvingProcess server(String name) {
    Node node = nodes.get(name);
    ProvingProcess.Builder builder =
        builder(name, node)
            .server()
            .port(node.port)
            .database(database)
            .set("artifacts.key-file=" + data.resolve("cluster.key"))
            .set("gateway.public-url=" + balancer.url());
    node.process = builder.start();
    balancer.add(node.port);
    return node.process;
  }

  /** Starts what is not running, all at once, and waits until everybody sees everybody. */
  public void start(String... names) {
    List<CompletableFuture<?>> starting = new ArrayList<>();
    for (String name : names) {
      Node node = nodes.get(name);
      if (node == null || node.process == null || !node.process.handle().isAlive()) {
        boolean server = node != null && node.server;
        starting.add(
            CompletableFuture.runAsync(() -> start(name, server), Thread::startVirtualThread));
      }
    }
    starting.forEach(CompletableFuture::join);
    for (String name : names) {
      awaitSight(name);
    }
  }

  private ProvingProcess start(String name, boolean server) {
    return server ? server(name) : fulfiller(name);
  }

  /** Waits until this node sees all that run. */
  public void awaitSight(String name) {
    await(name + " sees everybody")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(
            () ->
                inSight(name, "server") == running(true)
                    && inSight(name, "fulfiller") == running(false));
  }

  private long running(boolean servers) {
    return nodes.values().stream()
        .filter(node -> node.server == servers)
        .filter(node -> node.process != null && node.process.handle().isAlive())
        .count();
  }

  /** Starts a fulfiller, or starts it again, and waits until it can prove. */
  public ProvingProcess fulfiller(String name) {
    Node node = nodes.computeIfAbsent(name, _ -> new Node(false));
    node.process = builder(name, node).fulfiller().set("fulfiller.name=" + name).start();
    return node.process.awaitEngine();
  }

  private ProvingProcess.Builder builder(String name, Node node) {
    ProvingProcess.Builder builder =
        ProvingProcess.in(data.resolve(name))
            .jvm(MEMORY)
            .clusterPort(address(name, node))
            .managementPort(node.managementPort)
            .set("cluster.seed-nodes=" + String.join(",", seeds()));
    links.ifPresent(
        between ->
            builder
                .set("cluster.bind-port=" + node.clusterPort)
                .set(
                    "pekko.remote.artery.advanced.tcp.outbound-client-hostname="
                        + between.address(name)));
    settings.forEach(builder::set);
    return builder;
  }

  private List<String> seeds() {
    return Map.copyOf(nodes).entrySet().stream()
        .filter(node -> node.getValue().server)
        .map(node -> "127.0.0.1:" + address(node.getKey(), node.getValue()))
        .sorted()
        .toList();
  }

  /** The port under which the others know it. */
  private int address(String name, Node node) {
    return links.map(between -> between.relay(name, node.clusterPort)).orElse(node.clusterPort);
  }

  public ProvingProcess process(String name) {
    return nodes.get(name).process;
  }

  /** Where clients go: to whichever server takes them. */
  public URI url() {
    return balancer.url();
  }

  public URI url(String server) {
    return URI.create("http://127.0.0.1:" + nodes.get(server).port);
  }

  public DatabaseSettings database() {
    return database;
  }

  /** How this node sees the cluster, as its management port says. */
  public JsonNode members(String name) throws IOException, InterruptedException {
    return management(name, "cluster/members");
  }

  /** How many nodes with this role are up and in sight of this node. */
  public long inSight(String name, String role) throws IOException, InterruptedException {
    JsonNode seen = members(name);
    List<String> unreachable = new ArrayList<>();
    seen.path("unreachable").forEach(node -> unreachable.add(node.path("node").asText()));
    long count = 0;
    for (JsonNode member : seen.path("members")) {
      boolean has = false;
      for (JsonNode one : member.path("roles")) {
        has |= one.asText().equals(role);
      }
      if (has
          && member.path("status").asText().equals("Up")
          && !unreachable.contains(member.path("node").asText())) {
        count++;
      }
    }
    return count;
  }

  public JsonNode management(String name, String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + nodes.get(name).managementPort + "/" + path);
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(5)).build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(uri + ": status " + answer.statusCode());
    }
    return JSON.readTree(answer.body());
  }

  /** What each node printed, for a test that failed. */
  public String logs() {
    StringBuilder all = new StringBuilder();
    nodes.forEach(
        (name, node) -> {
          if (node.process != null) {
            all.append("--- ").append(name).append('\n').append(node.process.log());
          }
        });
    return all.toString();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills them all: a test that wants an orderly end has seen to it. */
  @Override
  public void close() throws IOException, InterruptedException {
    for (Node node : nodes.values()) {
      if (node.process != null) {
        node.process.kill();
      }
    }
    balancer.close();
    http.close();
  }
}
