package org.privateproving.request;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SinkRef;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.StreamRefs;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactInfo;
import org.privateproving.domain.Address;
import org.privateproving.domain.Digest;
import org.privateproving.domain.RequestId;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.WorkReport.HaveProof;

/**
 * Streams an offered proof into the store: one at a time, since only one is needed. A fulfiller
 * whose offer gets no answer repeats it. Confined to the actor.
 */
final class ProofIntake {
  private final RequestId id;
  private final Surroundings around;
  private final Materializer materializer;
  private boolean underWay;

  ProofIntake(RequestId id, Surroundings around, Materializer materializer) {
    this.id = id;
    this.around = around;
    this.materializer = materializer;
  }

  /**
   * Tells the fulfiller where to send its proof. The stage holds the stored proof, or fails when it
   * did not arrive as announced, and then nothing of it is left. Empty while another is under way.
   */
  Optional<CompletionStage<ArtifactInfo>> open(Address requester, HaveProof offer) {
    if (underWay) {
      return Optional.empty();
    }
    underWay = true;
    var stream =
        StreamRefs.<ByteString>sinkRef()
            .toMat(
                around.artifacts().storeProof(requester, id.hex(), around.settings().maxProof()),
                Keep.both())
            .run(materializer);
    SinkRef<ByteString> target = stream.first();
    offer.replyTo().tell(new ProofTarget(id, offer.epoch(), target));
    return Optional.of(stream.second().thenCompose(stored -> checked(stored, offer)));
  }

  void over() {
    underWay = false;
  }

  private CompletionStage<ArtifactInfo> checked(ArtifactInfo stored, HaveProof offer) {
    Optional<Digest> digest = stored.sha256();
    if (stored.size() == offer.size() && digest.equals(Optional.of(offer.sha256()))) {
      return CompletableFuture.completedFuture(stored);
    }
    return around
        .artifacts()
        .erase(stored.id())
        .thenCompose(
            _ ->
                CompletableFuture.failedFuture(new IllegalStateException("proof arrived damaged")));
  }
}
