package org.privateproving.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.privateproving.bench.GaveUp.HttpRefused;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactResponse;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.CreateProgramResponse;
import org.privateproving.wire.network.GetNonceRequest;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusRequest;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.GetProversByUptimeRequest;
import org.privateproving.wire.network.GetProversByUptimeResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.RequestProofResponse;

/**
 * The calls of one SDK client, with its key, its connection and its patience. Methods wait, on
 * threads that may; several lives may use one client at once, as with the SDK.
 */
final class SimulatedClient implements AutoCloseable {
  private final Rpc rpc;
  private final HttpClient http;
  private final SdkSignatures signatures;
  private final Measurements measurements;
  private final Patience patience;

  SimulatedClient(
      URI url,
      HttpClient http,
      SdkSignatures signatures,
      Measurements measurements,
      Duration budget) {
    this.rpc = new Rpc(url);
    this.http = http;
    this.signatures = signatures;
    this.measurements = measurements;
    this.patience = new Patience(measurements, budget);
  }

  private <Q extends Message, R extends Message> R network(Measure measure, Q request, R example)
      throws InterruptedException {
    return repeated(measure, () -> call(measure, request, example));
  }

  private <Q extends Message, R extends Message> R call(Measure measure, Q request, R example)
      throws IOException, InterruptedException {
    return timed(
        measure, () -> rpc.call("network.ProverNetwork/" + measure.title(), request, example));
  }

  private <T> T timed(Measure measure, Patience.Attempt<T> attempt)
      throws IOException, InterruptedException {
    long begin = measurements.now();
    T result = attempt.make();
    measurements.took(measure, begin);
    return result;
  }

  private <T> T repeated(Measure measure, Patience.Attempt<T> attempt) throws InterruptedException {
    return patience.call(measure, attempt, rpc::connectAtOnce);
  }

  /** Whether the program is registered. */
  boolean knowsProgram(ByteString vkHash) throws InterruptedException {
    GetProgramRequest request = GetProgramRequest.newBuilder().setVkHash(vkHash).build();
    return repeated(
        Measure.GET_PROGRAM,
        () -> {
          try {
            call(Measure.GET_PROGRAM, request, GetProgramResponse.getDefaultInstance());
            return true;
          } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
              return false;
            }
            throw e;
          }
        });
  }

  /** Uploads a program and registers it. */
  void register(BenchProgram program) throws InterruptedException {
    String uri = upload(ArtifactType.PROGRAM, UploadBody.of(program.upload()));
    CreateProgramRequestBody body =
        CreateProgramRequestBody.newBuilder()
            .setNonce(nonce())
            .setVkHash(program.vkHash())
            .setVk(program.vk())
            .setProgramUri(uri)
            .build();
    rpc.call(
        "network.ProverNetwork/CreateProgram",
        signatures.envelope(body),
        CreateProgramResponse.getDefaultInstance());
  }

  /** Uploads and returns the artifact's URI. */
  String upload(ArtifactType type, UploadBody body) throws InterruptedException {
    CreateArtifactResponse grant =
        repeated(
            Measure.CREATE_ARTIFACT,
            () ->
                timed(
                    Measure.CREATE_ARTIFACT,
                    () ->
                        rpc.call(
                            "artifact.ArtifactStore/CreateArtifact",
                            signatures.createArtifact(type),
                            CreateArtifactResponse.getDefaultInstance())));
    HttpRequest put =
        HttpRequest.newBuilder(URI.create(grant.getArtifactPresignedUrl()))
            .PUT(body.publisher())
            .build();
    repeated(
        Measure.UPLOAD,
        () -> timed(Measure.UPLOAD, () -> send(put, HttpResponse.BodyHandlers.discarding())));
    measurements.count(Measurements.Count.UPLOADED_BYTES, body.size());
    return grant.getArtifactUri();
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpResponse<T> response = http.send(request, handler);
    if (response.statusCode() / 100 != 2) {
      throw new HttpRefused(response.statusCode());
    }
    return response;
  }

  private long nonce() throws InterruptedException {
    GetNonceRequest request = GetNonceRequest.newBuilder().setAddress(signatures.address()).build();
    return network(Measure.GET_NONCE, request, GetNonceResponse.getDefaultInstance()).getNonce();
  }

  GetProofRequestParamsResponse params(ProofMode mode) throws InterruptedException {
    return network(
        Measure.GET_PARAMS,
        GetProofRequestParamsRequest.newBuilder().setMode(mode).build(),
        GetProofRequestParamsResponse.getDefaultInstance());
  }

  List<ByteString> provers() throws InterruptedException {
    return network(
            Measure.GET_PROVERS,
            GetProversByUptimeRequest.getDefaultInstance(),
            GetProversByUptimeResponse.getDefaultInstance())
        .getProversList();
  }

  /** Requests a proof, with a fresh nonce at each attempt, and returns the request's id. */
  ByteString request(RequestProofRequestBody.Builder body) throws InterruptedException {
    return repeated(
            Measure.REQUEST_PROOF,
            () -> {
              body.setNonce(nonce());
              return call(
                  Measure.REQUEST_PROOF,
                  signatures.envelope(body.build()),
                  RequestProofResponse.getDefaultInstance());
            })
        .getBody()
        .getRequestId();
  }

  GetProofRequestStatusResponse status(ByteString id) throws InterruptedException {
    measurements.count(Measurements.Count.POLLS);
    return network(
        Measure.STATUS,
        GetProofRequestStatusRequest.newBuilder().setRequestId(id).build(),
        GetProofRequestStatusResponse.getDefaultInstance());
  }

  /** Fetches a proof and returns its size in bytes. */
  long download(String uri) throws InterruptedException {
    HttpRequest get = HttpRequest.newBuilder(URI.create(uri)).build();
    return repeated(
            Measure.DOWNLOAD,
            () -> timed(Measure.DOWNLOAD, () -> send(get, HttpResponse.BodyHandlers.ofByteArray())))
        .body()
        .length;
  }

  @Override
  public void close() {
    rpc.close();
  }
}
