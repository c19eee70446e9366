package org.privateproving.network.upstream;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpEntity;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.bouncycastle.crypto.digests.KeccakDigest;
import org.jspecify.annotations.Nullable;
import org.privateproving.artifact.ArtifactId;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.artifact.DamagedArtifactException;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.domain.RootCause;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.Methods;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.Signer;
import org.privateproving.wire.network.SignedResponse;

/**
 * Sends FulfillProof with the proof streamed out of the store: a few chunks of it are in memory at
 * a time, whatever its size. It is read twice, since the signature goes before it.
 *
 * <p>A gRPC client library would want the message in one piece, so the call is made as the HTTP/2
 * request that it is, on a connection of its own.
 */
final class ProofUpload {
  private static final ContentType GRPC = ContentTypes.parse("application/grpc");

  /** A slower connection than this is given up. */
  private static final long LEAST_BYTES_PER_SECOND = 256 * 1024;

  private static final Duration STALLED_AFTER = Duration.ofMinutes(1);

  private static final long MAX_ANSWER = 64 * 1024;

  private final ActorSystem<?> system;
  private final Materializer materializer;
  private final ArtifactStore artifacts;
  private final URI url;
  private final Duration timeout;

  /**
   * @param timeout of a call, to which the time for the bytes is added
   */
  ProofUpload(ActorSystem<?> system, ArtifactStore artifacts, URI url, Duration timeout) {
    this.system = system;
    this.materializer = SystemMaterializer.get(system).materializer();
    this.artifacts = artifacts;
    this.url = url;
    this.timeout = timeout;
  }

  /**
   * Signs and sends.
   *
   * @return the transaction's hash; fails with a {@link NetworkRefusal}, with {@link ProofLost}, or
   *     with what went wrong here
   */
  CompletionStage<byte[]> send(ProofMessage message, ArtifactId proof, Signer signer) {
    return digest(message, proof)
        .thenCompose(signer::sign)
        .thenCompose(signature -> call(message, proof, signature));
  }

  private CompletionStage<byte[]> digest(ProofMessage message, ArtifactId proof) {
    KeccakDigest digest = EthereumSignature.startPersonalDigest(message.bodySize());
    return Source.single(ByteString.fromArrayUnsafe(message.head()))
        .concat(artifacts.read(proof))
        .concat(Source.single(ByteString.fromArrayUnsafe(message.tail())))
        .runWith(
            Sink.foreach(
                chunk -> {
                  byte[] bytes = chunk.toArrayUnsafe();
                  digest.update(bytes, 0, bytes.length);
                }),
            materializer)
        .thenApply(_ -> EthereumSignature.end(digest))
        .exceptionallyCompose(
            failure -> CompletableFuture.failedStage(isLost(failure) ? new ProofLost() : failure));
  }

  private static boolean isLost(Throwable failure) {
    Throwable cause = RootCause.of(failure);
    return cause instanceof DamagedArtifactException
        || (cause instanceof Refusal refusal && refusal.reason() == Reason.NOT_FOUND);
  }

  private CompletionStage<byte[]> call(ProofMessage message, ArtifactId proof, byte[] signature) {
    Source<ByteString, NotUsed> bytes =
        Source.single(message.start(signature))
            .concat(artifacts.read(proof))
            .concat(Source.single(ByteString.fromArrayUnsafe(message.tail())))
            // A network that stops reading must not hold up the reports behind this one.
            .backpressureTimeout(STALLED_AFTER);
    HttpRequest request =
        // In full: strict servers refuse a request without a scheme and an authority.
        HttpRequest.POST(url.resolve(Methods.network("FulfillProof")).toString())
            .addHeader(RawHeader.create("te", "trailers"))
            .withEntity(HttpEntities.create(GRPC, message.frameSize(), bytes));
    Duration patience = timeout.plusSeconds(message.proofSize() / LEAST_BYTES_PER_SECOND);
    CompletableFuture<byte[]> told = new CompletableFuture<>();
    // The source of requests ends when the answer has been read. Before, a connection that is
    // closed on our side looks abandoned to some servers; one that is cancelled is an error in
    // the log.
    var running =
        Source.single(request)
            .concatMat(Source.<HttpRequest>maybe(), Keep.right())
            .viaMat(connection(), Keep.left())
            .mapAsync(1, response -> answer(response).handle((h, f) -> complete(told, h, f)))
            .completionTimeout(patience)
            .toMat(Sink.ignore(), Keep.both())
            .run(materializer);
    told.whenComplete((_, _) -> running.first().complete(Optional.empty()));
    running.second().whenComplete((_, failure) -> told.completeExceptionally(broken(failure)));
    return told.exceptionallyCompose(
        failure ->
            CompletableFuture.failedStage(
                NetworkClient.refusal(failure).orElseGet(() -> broken(failure))));
  }

  /** What the failure says may be anything; that there was no answer is what counts. */
  private static NetworkRefusal broken(@Nullable Throwable failure) {
    String how =
        failure == null ? "without an answer" : RootCause.of(failure).getClass().getSimpleName();
    return new NetworkRefusal(
        Status.UNAVAILABLE.withDescription("the connection broke (" + how + ")"));
  }

  private org.apache.pekko.stream.javadsl.Flow<HttpRequest, HttpResponse, ?> connection() {
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
    var builder = Http.get(system).connectionTo(url.getHost()).toPort(port);
    return tls ? builder.http2() : builder.http2WithPriorKnowledge();
  }

  private CompletionStage<byte[]> answer(HttpResponse response) {
    Map<String, String> trailers = new HashMap<>();
    response.getHeaders().forEach(header -> put(trailers, header));
    CompletableFuture<ByteString> body = new CompletableFuture<>();
    if (response.entity() instanceof HttpEntity.Chunked chunked) {
      chunked
          .getChunks()
          .runWith(
              Sink.fold(
                  ByteString.emptyByteString(),
                  (soFar, part) -> {
                    if (part.isLastChunk()) {
                      part.getTrailerHeaders().forEach(header -> put(trailers, header));
                    }
                    return bounded(soFar.concat(part.data()));
                  }),
              materializer)
          .whenComplete((bytes, failure) -> complete(body, bytes, failure));
    } else {
      response
          .entity()
          .getDataBytes()
          .runWith(
              Sink.fold(ByteString.emptyByteString(), (soFar, part) -> bounded(soFar.concat(part))),
              materializer)
          .whenComplete((bytes, failure) -> complete(body, bytes, failure));
    }
    return body.thenApply(bytes -> txHash(bytes, trailers));
  }

  private static <T> boolean complete(CompletableFuture<T> future, T value, Throwable failure) {
    return failure != null ? future.completeExceptionally(failure) : future.complete(value);
  }

  private static ByteString bounded(ByteString bytes) {
    if (bytes.size() > MAX_ANSWER) {
      throw new NetworkRefusal(
          Status.INTERNAL.withDescription("the network's answer to FulfillProof is too large"));
    }
    return bytes;
  }

  private static void put(Map<String, String> trailers, HttpHeader header) {
    trailers.put(header.lowercaseName(), header.value());
  }

  private static byte[] txHash(ByteString frame, Map<String, String> trailers) {
    String code = trailers.get("grpc-status");
    if (!"0".equals(code)) {
      throw new NetworkRefusal(
          status(code).withDescription(decoded(trailers.getOrDefault("grpc-message", ""))));
    }
    try {
      return SignedResponse.parseFrom(frame.drop(5).toArray()).getTxHash().toByteArray();
    } catch (InvalidProtocolBufferException _) {
      throw new NetworkRefusal(
          Status.INTERNAL.withDescription("the network's answer to FulfillProof is malformed"));
    }
  }

  /** On the wire such a message is percent-encoded UTF-8. */
  private static String decoded(String message) {
    try {
      return URLDecoder.decode(message.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return message;
    }
  }

  private static Status status(@Nullable String code) {
    try {
      return code == null ? Status.UNKNOWN : Status.fromCodeValue(Integer.parseInt(code));
    } catch (NumberFormatException _) {
      return Status.UNKNOWN;
    }
  }
}
