package org.privateproving.request;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.domain.RequestId;
import org.privateproving.domain.VkHash;
import org.privateproving.network.ProverNetwork;

/** A network whose programs come when the test says so. */
final class SlowPrograms implements ProverNetwork {
  final AtomicInteger asked = new AtomicInteger();
  final AtomicInteger withdrawn = new AtomicInteger();
  private final Queue<CompletableFuture<Void>> fetches = new ArrayDeque<>();

  /** The end of the next fetch; those that nobody prepared find the program here. */
  CompletableFuture<Void> nextFetch() {
    var fetch = new CompletableFuture<Void>();
    fetches.add(fetch);
    return fetch;
  }

  @Override
  public synchronized CompletionStage<Void> provide(VkHash vkHash, ArtifactId program) {
    asked.incrementAndGet();
    CompletableFuture<Void> fetch = fetches.poll();
    return fetch == null ? CompletableFuture.completedFuture(null) : fetch;
  }

  @Override
  public CompletionStage<Void> withdraw(VkHash vkHash, ArtifactId program) {
    withdrawn.incrementAndGet();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public boolean hearsOfFailures() {
    return false;
  }

  @Override
  public CompletionStage<Admission> admit(Signed message, Admittee request) {
    throw new AssertionError("a request is admitted before it has an actor");
  }

  @Override
  public CompletionStage<Receipt> cancel(Signed message, RequestId id) {
    throw new AssertionError("the network hears of it from the gateway");
  }

  @Override
  public CompletionStage<ReportOutcome> report(RequestId id, Result result) {
    throw new AssertionError("the reporter reports");
  }

  @Override
  public CompletionStage<Optional<String>> proofUri(RequestId id) {
    throw new AssertionError("the gateway asks for it");
  }
}
