package org.privateproving.gateway;

import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Status;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.grpc.Trailers;
import org.apache.pekko.japi.Function;
import org.apache.pekko.stream.SystemMaterializer;
import org.apache.pekko.util.ByteString;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.domain.CircuitVersion;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.gateway.GrpcEdge.Handler;
import org.privateproving.network.Ledger;
import org.privateproving.network.Methods;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.Upstream;
import org.privateproving.request.Requests;
import org.privateproving.wire.artifact.Artifact;
import org.privateproving.wire.artifact.ArtifactStorePowerApiHandlerFactory;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.artifact.CreateArtifactRequest;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.Network;
import org.privateproving.wire.network.ProverNetworkPowerApiHandlerFactory;
import org.privateproving.wire.network.SignedRequest;

/** Which gRPC method is answered how: by our own ledger, or, with a network behind us, by that. */
final class GrpcMethods {
  /** What is about requests, which live here in any case. */
  private static final Set<String> ABOUT_REQUESTS =
      Set.of(
          Methods.network("RequestProof"),
          Methods.network("GetProofRequestStatus"),
          Methods.network("GetProofRequestDetails"),
          Methods.network("CancelRequest"));

  private final ActorSystem<?> system;
  private final Requests requests;
  private final ArtifactStore artifacts;
  private final GatewaySettings settings;
  private final Requesters requesters;
  private final ArtifactUrls urls;
  private final RequestBody bodies;
  private final Polls polls;
  private final RequestView view;
  private final Clock clock;

  GrpcMethods(
      ActorSystem<?> system,
      GatewaySettings settings,
      Requests requests,
      ArtifactStore artifacts,
      ArtifactUrls urls,
      Set<CircuitVersion> versions,
      Drain drain,
      Clock clock) {
    this.system = system;
    this.settings = settings;
    this.requests = requests;
    this.artifacts = artifacts;
    this.urls = urls;
    this.clock = clock;
    this.requesters = new Requesters(settings.allowedRequesters());
    this.bodies = new RequestBody(versions, settings.maxDeadline(), urls);
    this.polls = new Polls(requests, drain);
    this.view = new RequestView(urls, artifacts, clock);
  }

  /** Handlers by path. */
  Map<String, Handler> of(ProverNetwork network) {
    return switch (network) {
      case Ledger ledger -> hosted(ledger);
      case Upstream upstream -> upstream(upstream);
      default -> throw new IllegalArgumentException("neither a ledger nor a network upstream");
    };
  }

  private Map<String, Handler> hosted(Ledger ledger) {
    var createProgram =
        new CreateProgramFlow(
            requesters, urls, ledger, artifacts, SystemMaterializer.get(system).materializer());
    var service =
        new HostedService(
            ledger,
            requests,
            polls,
            createProgram,
            requestProof(ledger),
            cancel(ledger),
            view,
            settings.listing());
    Map<String, Handler> methods = new HashMap<>();
    add(methods, Network.getDescriptor(), handler(service));
    add(methods, Artifact.getDescriptor(), uploads());
    return methods;
  }

  private Map<String, Handler> upstream(Upstream network) {
    var passThrough = new PassThrough(system, network);
    Map<String, Handler> methods = new HashMap<>();
    for (String path : network.passedThrough()) {
      methods.put(path, passThrough.handler(path));
    }
    methods.computeIfPresent(
        Methods.network("CreateProgram"),
        (path, _) -> passThrough.handler(path, read(this::requireSigned)));
    Handler own =
        handler(
            new RequestService(
                network, requests, polls, requestProof(network), cancel(network), view));
    ABOUT_REQUESTS.forEach(path -> methods.put(path, own));
    methods.put(
        Methods.CREATE_ARTIFACT,
        new ArtifactSplit(
            uploads(),
            passThrough.handler(Methods.CREATE_ARTIFACT, read(this::requireSignedProgram))));
    return methods;
  }

  @FunctionalInterface
  private interface Check {
    void accept(byte[] message) throws InvalidProtocolBufferException;
  }

  private static Consumer<ByteString> read(Check check) {
    return message -> {
      try {
        check.accept(message.toArrayUnsafe());
      } catch (InvalidProtocolBufferException _) {
        throw new Refusal(Reason.INVALID, "not the encoding of this call's message");
      }
    };
  }

  private void requireSigned(byte[] message) throws InvalidProtocolBufferException {
    SignedEnvelope.open(
        SignedRequest.parseFrom(message), requesters, CreateProgramRequestBody.parser());
  }

  private void requireSignedProgram(byte[] message) throws InvalidProtocolBufferException {
    CreateArtifactRequest request = CreateArtifactRequest.parseFrom(message);
    ArtifactService.signer(request, requesters);
    // What is split off is a program; this is the last door before the network.
    if (request.getArtifactType() != ArtifactType.PROGRAM) {
      throw new Refusal(Reason.INVALID, "artifact_type: only programs are passed on");
    }
  }

  private RequestProofFlow requestProof(ProverNetwork network) {
    return new RequestProofFlow(requesters, bodies, network, requests, artifacts, clock);
  }

  private CancelFlow cancel(ProverNetwork network) {
    return new CancelFlow(requesters, network, requests);
  }

  private Handler handler(RequestService service) {
    return ProverNetworkPowerApiHandlerFactory.create(service, GrpcMethods::errors, system)::apply;
  }

  private Handler uploads() {
    return ArtifactStorePowerApiHandlerFactory.create(
            new ArtifactService(requesters, urls, artifacts), GrpcMethods::errors, system)
        ::apply;
  }

  private static void add(Map<String, Handler> methods, FileDescriptor file, Handler handler) {
    for (var service : file.getServices()) {
      for (var method : service.getMethods()) {
        methods.put("/" + service.getFullName() + "/" + method.getName(), handler);
      }
    }
  }

  private static Function<Throwable, Trailers> errors(org.apache.pekko.actor.ActorSystem system) {
    // pekko-grpc puts the description on the wire as it is, where gRPC wants it percent-encoded.
    return failure -> {
      Status status = GrpcErrors.status(failure);
      return new Trailers(
          status.withDescription(
              GrpcEdge.percentEncoded(Objects.requireNonNullElse(status.getDescription(), ""))));
    };
  }
}
