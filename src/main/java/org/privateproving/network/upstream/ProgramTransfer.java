package org.privateproving.network.upstream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.StreamLimitReachedException;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.Address;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProgramUnavailable;

/** Streams programs from where they are into the store, and tries again what may pass. */
final class ProgramTransfer implements AutoCloseable {
  private static final int REPEATS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final double JITTER = 0.5;
  private static final Attributes UNLOGGED =
      Attributes.createLogLevels(
          Attributes.logLevelOff(), Attributes.logLevelOff(), Attributes.logLevelOff());

  private final ArtifactStore artifacts;
  private final ProgramSettings settings;
  private final ClassicActorSystemProvider system;
  private final Materializer materializer;
  private final HttpProgramSource web;
  private final S3ProgramSource s3;

  ProgramTransfer(
      ArtifactStore artifacts, ProgramSettings settings, ClassicActorSystemProvider system) {
    this.artifacts = artifacts;
    this.settings = settings;
    this.system = system;
    materializer = SystemMaterializer.get(system).materializer();
    web = new HttpProgramSource(settings);
    s3 = new S3ProgramSource(settings);
  }

  /** A program and where it is. */
  record Wanted(ArtifactId id, Address owner, VkHash vkHash, ProgramUri uri) {
    /** As registering a program claims its upload. */
    String user() {
      return "program:" + vkHash.hex();
    }
  }

  /**
   * Fails as {@link ProgramFetcher#provide} does.
   *
   * @param deadline in terms of {@link System#nanoTime}: nothing goes on for longer
   */
  CompletionStage<ArtifactInfo> run(Wanted wanted, long deadline) {
    return Patterns.retry(
        () -> attempt(wanted, left(deadline)),
        (_, failure) -> mayPass(failure) && left(deadline).isPositive(),
        REPEATS,
        FIRST_PAUSE,
        LONGEST_PAUSE,
        JITTER,
        system);
  }

  static Duration left(long deadline) {
    return Duration.ofNanos(deadline - System.nanoTime());
  }

  private static boolean mayPass(@Nullable Throwable failure) {
    return failure != null && !(RootCause.of(failure) instanceof ProgramUnavailable);
  }

  private CompletionStage<ArtifactInfo> attempt(Wanted wanted, Duration limit) {
    if (!limit.isPositive()) {
      return CompletableFuture.failedFuture(tryAgain(wanted, "its time is over"));
    }
    var running =
        source(wanted.uri())
            .limitWeighted(settings.maxSize(), bytes -> (long) bytes.size())
            .idleTimeout(settings.connectTimeout().plus(settings.idleTimeout()))
            .completionTimeout(limit)
            .watchTermination(Keep.right())
            // Failures are ours to tell, and their messages may quote anything.
            .addAttributes(UNLOGGED)
            .toMat(
                artifacts.storeProgram(
                    wanted.id(), wanted.owner(), wanted.user(), settings.maxSize()),
                Keep.both())
            .run(materializer);
    return running
        .second()
        .exceptionallyCompose(
            failure ->
                // The store only says that the bytes broke off; their source says why.
                running
                    .first()
                    .handle((_, why) -> why == null ? ofStore(failure) : ofSource(wanted, why))
                    .thenCompose(CompletableFuture::failedFuture));
  }

  private Source<ByteString, ?> source(ProgramUri uri) {
    return switch (uri) {
      case ProgramUri.Web address -> web.open(address);
      case ProgramUri.S3 object -> s3.open(object);
    };
  }

  private Throwable ofSource(Wanted wanted, Throwable failure) {
    return switch (RootCause.of(failure)) {
      case ProgramUnavailable unavailable -> unavailable;
      case Refusal refusal -> refusal;
      case StreamLimitReachedException _ -> wanted.uri().tooLarge(settings.maxSize());
      // Its message may quote anything.
      case Throwable other -> tryAgain(wanted, other.getClass().getSimpleName());
    };
  }

  private static Throwable ofStore(Throwable failure) {
    return switch (RootCause.of(failure)) {
      case Refusal refusal when refusal.reason() != Refusal.Reason.TRY_AGAIN ->
          new ProgramUnavailable(refusal.message());
      case Throwable other -> other;
    };
  }

  private static Refusal tryAgain(Wanted wanted, String why) {
    return new Refusal(
        Refusal.Reason.TRY_AGAIN,
        "the program at " + wanted.uri() + " could not be fetched (" + why + "); try again later");
  }

  @Override
  public void close() {
    web.close();
    s3.close();
  }
}
