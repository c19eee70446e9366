package org.privateproving.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.privateproving.gateway.GrpcEdge.Handler;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;

/**
 * CreateArtifact with a network behind us: programs, which are public, go there; everything else
 * stays here, inputs above all. What cannot be read stays here, too.
 */
final class ArtifactSplit implements Handler {
  private static final int FRAME_HEADER = 5;

  private final Handler here;
  private final Handler there;

  ArtifactSplit(Handler here, Handler there) {
    this.here = here;
    this.there = there;
  }

  @Override
  public CompletionStage<HttpResponse> apply(HttpRequest request) throws Exception {
    return (isProgram(request) ? there : here).apply(request);
  }

  /** The edge has read the message and put it into the request in one piece. */
  private static boolean isProgram(HttpRequest request) {
    if (!(request.entity() instanceof HttpEntity.Strict strict)) {
      return false;
    }
    try {
      return CreateArtifactRequest.parseFrom(strict.getData().drop(FRAME_HEADER).toArray())
              .getArtifactType()
          == ArtifactType.PROGRAM;
    } catch (InvalidProtocolBufferException _) {
      return false;
    }
  }
}
