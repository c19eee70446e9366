package org.privateproving.network.upstream;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.database.Database;
import org.privateproving.domain.Address;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.OwnRequests;
import org.privateproving.network.ProgramTable;
import org.privateproving.network.ProgramUnavailable;
import org.privateproving.network.StoredPrograms;
import org.privateproving.network.Upstream;
import org.privateproving.wire.network.CancelRequestResponse;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/**
 * A prover network that others run, with us in front of it. Clients' messages reach it as they are;
 * results reach it in our fulfiller's name.
 */
public final class UpstreamNetwork implements Upstream, AutoCloseable {
  private static final int MAX_ANSWER = 16 * 1024 * 1024;
  private static final Duration KEEP_ALIVE_ANSWER = Duration.ofSeconds(15);
  private static final Duration BREAKER_MARGIN = Duration.ofSeconds(1);

  private final UpstreamSettings settings;
  private final Database database;
  private final StoredPrograms stored;
  private final ManagedChannel channel;
  private final Reachability reachability;
  private final NetworkCalls passedThrough;
  private final NetworkClient client;
  private final FulfillerIdentity identity;
  private final Admissions admissions;
  private final Reports reports;
  private final ProgramFetcher programs;
  private final ProgramTable table = new ProgramTable();
  private final Clock clock;
  private final Materializer materializer;

  public UpstreamNetwork(
      ActorSystem<?> system,
      UpstreamSettings settings,
      Database database,
      ArtifactStore artifacts,
      ProgramFetcher programs,
      Clock clock) {
    this.settings = settings;
    this.database = database;
    this.stored = new StoredPrograms(database, artifacts);
    this.programs = programs;
    this.clock = clock;
    this.materializer = SystemMaterializer.get(system).materializer();
    this.channel = channel(settings, system);
    this.reachability = reachability(system, "The prover network", settings, clock);
    NetworkCalls calls =
        new NetworkCalls(
            channel,
            _ -> reachability,
            settings.callTimeout(),
            settings.maxCalls(),
            settings.maxWaiting(),
            materializer);
    // Anybody may make calls that are passed through; whatever comes of them is not ours to suffer,
    // nor that of other methods.
    Map<String, Reachability> byMethod = new ConcurrentHashMap<>();
    this.passedThrough =
        new NetworkCalls(
            channel,
            path ->
                byMethod.computeIfAbsent(
                    path, _ -> reachability(system, who(path), settings, clock)),
            settings.callTimeout(),
            settings.maxCalls(),
            settings.maxWaiting(),
            materializer);
    this.client = new NetworkClient(calls, settings.schema());
    this.identity = new FulfillerIdentity(client, settings.signer(), settings.fulfiller());
    this.admissions =
        new Admissions(
            database, client, identity, settings.assignmentWait(), settings.callTimeout(), clock);
    this.reports =
        new Reports(
            client,
            new SignedSender(client, settings.signer(), materializer),
            new ProofUpload(system, artifacts, settings.rpcUrl(), settings.callTimeout()),
            settings.signer(),
            clock);
  }

  private static String who(String path) {
    return "The prover network's " + path.substring(path.lastIndexOf('/') + 1);
  }

  private static Reachability reachability(
      ActorSystem<?> system, String who, UpstreamSettings settings, Clock clock) {
    return new Reachability(
        system,
        who,
        settings.breakerFailures(),
        settings.callTimeout().plus(BREAKER_MARGIN),
        settings.breakerPause(),
        clock);
  }

  private static ManagedChannel channel(UpstreamSettings settings, ActorSystem<?> system) {
    URI url = settings.rpcUrl();
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    NettyChannelBuilder builder =
        NettyChannelBuilder.forAddress(url.getHost(), port)
            .executor(system.executionContext()::execute)
            .maxInboundMessageSize(MAX_ANSWER)
            .keepAliveTime(settings.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(KEEP_ALIVE_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveWithoutCalls(true)
            // Whether to try again is for those to decide who know what a call does.
            .disableRetry();
    return (tls ? builder.useTransportSecurity() : builder.usePlaintext()).build();
  }

  @Override
  public List<String> passedThrough() {
    return settings.forward();
  }

  @Override
  public boolean takesAuthorization() {
    return settings.forwardAuthorization();
  }

  @Override
  public CompletionStage<byte[]> passThrough(
      String path, byte[] message, @Nullable String authorization) {
    return passedThrough.call(path, message, authorization);
  }

  public Reachability reachability() {
    return reachability;
  }

  /**
   * Compares with {@code own} at its start and then as often as configured.
   *
   * @param publicUrl what the URIs of inputs begin with that are uploaded here; empty: not known
   */
  public Behavior<Reconciler.Command> reconciler(OwnRequests own, Optional<String> publicUrl) {
    Orphans orphans =
        new Orphans(
            own,
            admissions,
            id -> reports.report(id, new Result.Failure(FailureCause.INPUTS_LOST)),
            new Orphans.Terms(settings.orphanGrace(), settings.failAllOrphans(), publicUrl),
            clock);
    Reconciliation reconciliation =
        new Reconciliation(client, identity, orphans, own, clock, materializer);
    return Reconciler.create(reconciliation::run, settings.reconcileEvery());
  }

  @Override
  public CompletionStage<Admission> admit(Signed message, Admittee request) {
    return admissions
        .admit(forwarded(message), request)
        .thenCompose(
            ours ->
                program(request.vkHash(), ours.programUri(), message.signer())
                    .thenApply(program -> new Admission(ours.id(), ours.txHash(), program)));
  }

  /** What a client shows us is meant for us, unless the operator says that the network takes it. */
  private Signed forwarded(Signed message) {
    return settings.forwardAuthorization()
        ? message
        : new Signed(message.envelope(), message.signer(), message.nonce(), Optional.empty());
  }

  @Override
  public CompletionStage<Program> program(VkHash vkHash, String programUri, Address requester) {
    return stored
        .find(vkHash)
        .thenCompose(
            known ->
                known.isPresent()
                    ? CompletableFuture.completedStage(known.get())
                    : noted(vkHash, programUri, requester));
  }

  /** Whoever notes it first is the one that counts. */
  private CompletionStage<Program> noted(VkHash vkHash, String programUri, Address requester) {
    return database.transact(
        connection -> {
          var registration =
              new Registration(vkHash, new byte[0], programUri, new ArtifactId(UUID.randomUUID()));
          table.insert(connection, registration, requester, clock.instant());
          return table.find(connection, vkHash).orElseThrow();
        });
  }

  @Override
  public CompletionStage<Void> provide(VkHash vkHash, ArtifactId program) {
    return database
        .transact(connection -> table.find(connection, vkHash))
        .thenCompose(
            found -> {
              // Withdrawn since, as one that does not hash to its vk hash.
              Program known =
                  found
                      .filter(p -> p.artifact().equals(program))
                      .orElseThrow(
                          () -> new ProgramUnavailable("program " + vkHash + " was withdrawn"));
              return programs.provide(program, known.owner(), vkHash, known.programUri());
            });
  }

  @Override
  public CompletionStage<Receipt> cancel(Signed message, RequestId id) {
    return client
        .forward("CancelRequest", forwarded(message), CancelRequestResponse.parser())
        .thenApply(response -> new Receipt(TxHash.of(response.getTxHash().toByteArray())));
  }

  @Override
  public CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    return reports.report(id, result);
  }

  @Override
  public boolean hearsOfFailures() {
    return true;
  }

  @Override
  public CompletionStage<Optional<String>> proofUri(RequestId id) {
    return client
        .status(id)
        .thenApply(GetProofRequestStatusResponse::getProofUri)
        .thenApply(uri -> uri.isEmpty() ? Optional.empty() : Optional.of(uri));
  }

  @Override
  public CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program) {
    return stored.withdraw(vkHash, program);
  }

  /** Forgets registrations of before {@code time} that no request here is left of. */
  public CompletionStage<Integer> forgetAdmissions(Instant time) {
    return admissions.forget(time);
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
