package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.ProofMode;

/**
 * One server in front of one stand-in network, and all cases of a schema in it. They run side by
 * side, each with a signer of its own, unless one could meet another's fault.
 */
final class FaultLoop implements AutoCloseable {
  private static final int AT_ONCE = 32;
  private static final Duration CASE_WITHIN = Duration.ofMinutes(2);

  /** What came of a case. */
  record Finding(FaultCase one, @Nullable Throwable failure) {}

  final Schema schema;
  final NetworkDouble network;
  final NetworkJournal journal;
  final String marker = "marker-" + UUID.randomUUID();
  private final Path kept;
  private final DatabaseSettings database = TestPostgres.freshDatabase();
  private final Path data;
  private final Guest fibonacci;
  private final Guest sum;
  private final Guest misbehave;
  // Faults that cannot be told for one case alone: for all permits nobody else makes these calls.
  private final Semaphore registration = new Semaphore(AT_ONCE, true);
  private final Semaphore reporting = new Semaphore(4);
  private @Nullable ProvingProcess server;
  private final GetProofRequestParamsResponse params;
  private int programs;

  FaultLoop(Schema schema, Path folder) throws Exception {
    this.schema = schema;
    this.kept = folder.resolve("kept");
    this.data = folder.resolve("data");
    this.network = NetworkDouble.start(schema, "--keep-bytes", kept.toString());
    this.journal = new NetworkJournal(network);
    this.params =
        schema == Schema.AUCTION
            ? params(network)
            : GetProofRequestParamsResponse.getDefaultInstance();
    this.fibonacci = Guest.of("fibonacci");
    this.sum = Guest.of("sum-of-secrets");
    this.misbehave = Guest.of("misbehave");
  }

  Path kept() {
    return kept;
  }

  ProvingProcess server() {
    return Objects.requireNonNull(server);
  }

  GetProofRequestParamsResponse params() {
    return params;
  }

  /** Runs all cases; each has its finding. */
  List<Finding> run(List<FaultCase> cases) throws Exception {
    List<Finding> findings = new ArrayList<>();
    List<FaultCase> atStart =
        cases.stream()
            .filter(c -> c.place().isAtStart())
            // An answer that comes late is an answer, and remembered for good.
            .sorted(Comparator.comparing(c -> c.fault().isKind("delay")))
            .toList();
    for (FaultCase one : atStart) {
      tell(one, Map.of());
    }
    server =
        network
            .inFrontOfIt(ProvingProcess.in(data).database(database))
            .set("network.call-timeout=2s")
            .set("network.assignment-wait=1s")
            // So many faults at once would make it think that the network is away.
            .set("network.breaker.max-failures=10000")
            .set("network.programs.connect-timeout=1s")
            .set("network.programs.idle-timeout=1s")
            .set("fulfiller.program-cache=1")
            .start();
    register();
    findings.addAll(sideBySide(atStart));
    findings.addAll(oneByOne(of(cases, FaultPlace.PARAMS)));
    // A connection that is cut takes along what others have under way, so these are kept apart.
    List<FaultCase> others =
        cases.stream()
            .filter(c -> !c.place().isAtStart())
            .filter(c -> c.place() != FaultPlace.PARAMS && c.place() != FaultPlace.PROGRAM)
            .toList();
    findings.addAll(sideBySide(others.stream().filter(c -> !c.fault().isKind("cut")).toList()));
    findings.addAll(sideBySide(others.stream().filter(c -> c.fault().isKind("cut")).toList()));
    findings.addAll(oneByOne(of(cases, FaultPlace.PROGRAM)));
    return findings;
  }

  private static List<FaultCase> of(List<FaultCase> cases, FaultPlace place) {
    return cases.stream().filter(one -> one.place() == place).toList();
  }

  private void register() throws Exception {
    try (WireClient client = new WireClient(server().url(), Signer.ONE)) {
      for (Guest guest : List.of(fibonacci, sum, misbehave)) {
        client.register(guest);
      }
    }
  }

  /** Asked of the network itself, before faults of this call are told. */
  private static GetProofRequestParamsResponse params(NetworkDouble network) {
    try (WireClient client = new WireClient(network.url(), Signer.ONE)) {
      return client.call(
          "GetProofRequestParams",
          GetProofRequestParamsRequest.newBuilder().setMode(ProofMode.CORE).build(),
          GetProofRequestParamsResponse.getDefaultInstance());
    }
  }

  private List<Finding> sideBySide(List<FaultCase> cases) throws Exception {
    Semaphore places = new Semaphore(AT_ONCE);
    List<Future<Finding>> running = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (FaultCase one : cases) {
        running.add(threads.submit(() -> with(places, 1, () -> finding(one))));
      }
      List<Finding> findings = new ArrayList<>();
      for (Future<Finding> future : running) {
        findings.add(future.get());
      }
      return findings;
    }
  }

  private List<Finding> oneByOne(List<FaultCase> cases) {
    return cases.stream().map(this::finding).toList();
  }

  private static <T> T with(Semaphore semaphore, int permits, Callable<T> body) throws Exception {
    semaphore.acquire(permits);
    try {
      return body.call();
    } finally {
      semaphore.release(permits);
    }
  }

  /** Has a program registered: alone, if somebody else's could meet the fault of this case. */
  void registering(FaultCase one, Step step) throws Exception {
    with(registration, one.place().isOfOneCase() ? 1 : AT_ONCE, step.asCallable());
  }

  /** Has a result reported: with few others, if one report could meet all their faults. */
  void reporting(FaultCase one, Step step) throws Exception {
    boolean few = one.place() == FaultPlace.OUR_NONCE || one.place() == FaultPlace.DOMAIN;
    with(reporting, few ? 1 : 0, step.asCallable());
  }

  /** A part of a case. */
  @FunctionalInterface
  interface Step {
    void take() throws Exception;

    private Callable<Boolean> asCallable() {
      return () -> {
        take();
        return true;
      };
    }
  }

  private Finding finding(FaultCase one) {
    try (var run = new FaultRun(this, one)) {
      var thread = Executors.newVirtualThreadPerTaskExecutor();
      Future<?> future =
          thread.submit(
              () -> {
                run.run();
                return null;
              });
      try {
        future.get(CASE_WITHIN.toSeconds(), TimeUnit.SECONDS);
      } finally {
        thread.shutdownNow();
      }
      return new Finding(one, null);
    } catch (ExecutionException e) {
      return new Finding(one, e.getCause());
    } catch (Exception e) {
      return new Finding(one, e);
    }
  }

  /** Tells the fault of a case. */
  void tell(FaultCase one, Map<String, Object> about) {
    network.fault(one.fault().json(where(one, about)));
  }

  private static Map<String, Object> where(FaultCase one, Map<String, Object> about) {
    Map<String, Object> where = new LinkedHashMap<>();
    where.put("method", one.method());
    switch (one.place()) {
      case OWNER, LIST, OUR_NONCE -> where.put("signer", NetworkDouble.FULFILLER);
      case PROOF_URI -> where.put("skip", 1); // the look before the report
      default -> {}
    }
    where.putAll(about);
    return where;
  }

  /** Waits until the fault of a case has been met. */
  void awaitMet(FaultCase one, Map<String, Object> about) {
    await("the fault to be met").atMost(CASE_WITHIN).until(() -> isMet(one, about));
  }

  boolean isMet(FaultCase one, Map<String, Object> about) {
    Map<String, Object> all = where(one, about);
    all.remove("skip");
    all.putAll(one.fault().fields());
    return !isLeft(all);
  }

  private boolean isLeft(Map<String, Object> fault) {
    return StreamSupport.stream(network.faultsLeft().spliterator(), false)
        .anyMatch(
            left ->
                fault.entrySet().stream()
                    .allMatch(
                        field ->
                            left.path(field.getKey())
                                .asText()
                                .equalsIgnoreCase(field.getValue().toString())));
  }

  /** The program of a case. */
  Guest guest(FaultCase one) throws SQLException {
    if (one.place() != FaultPlace.PROGRAM) {
      return one.proved() ? fibonacci : misbehave;
    }
    // In turn, since the fulfiller keeps one: each is to be fetched from the network.
    Guest guest = List.of(sum, fibonacci, misbehave).get(programs++ % 3);
    forget(guest);
    return guest;
  }

  /** An input with the marker in it, which no program reads, that ends as the case demands. */
  byte[] stdin(Guest guest, boolean proved) {
    byte[] first =
        guest == sum
            ? Encodings.u64s(1, 2)
            : Encodings.u32(guest == fibonacci ? 20 : proved ? 0 : 1);
    return Encodings.stdin(first, Encodings.bytes(marker));
  }

  /** Only one of the programs fails by itself; the others do for want of gas. */
  long gasLimit(Guest guest, boolean proved) {
    return proved || guest == misbehave ? -1 : 100;
  }

  private void forget(Guest guest) throws SQLException {
    try (var connection =
            DriverManager.getConnection(database.url(), database.user(), database.password());
        var delete = connection.prepareStatement("DELETE FROM program WHERE vk_hash = ?")) {
      delete.setBytes(1, guest.vkHash().toByteArray());
      delete.executeUpdate();
    }
  }

  /** Requests that are assigned to us and have not ended. */
  List<String> openRequests() {
    return StreamSupport.stream(network.requests().spliterator(), false)
        .filter(request -> request.path("fulfiller").asText().equals(NetworkDouble.FULFILLER))
        .filter(request -> request.path("fulfillmentStatus").asText().equals("ASSIGNED"))
        .filter(request -> !request.path("executionStatus").asText().equals("UNEXECUTABLE"))
        .map(JsonNode::toString)
        .toList();
  }

  @Override
  public void close() throws Exception {
    if (server != null) {
      server.close();
    }
    network.close();
    try (var files = Files.walk(kept)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
