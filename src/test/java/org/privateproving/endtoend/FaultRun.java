package org.privateproving.endtoend;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.privateproving.domain.Schema;
import org.privateproving.endtoend.FaultCase.End;
import org.privateproving.endtoend.WireClient.Grant;
import org.privateproving.gateway.Signer;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.SignedRequest;

/** One case: a client that does what the SDK does, in its order, and looks closely. */
final class FaultRun implements AutoCloseable {
  private static final AtomicInteger SIGNERS = new AtomicInteger();

  private final FaultLoop loop;
  private final FaultCase one;
  private final Signer signer = signer(SIGNERS.incrementAndGet());
  private final String address = "0x" + HexFormat.of().formatHex(signer.address().bytes());
  private final WireClient client;
  private final RepeatingCaller caller = new RepeatingCaller();

  FaultRun(FaultLoop loop, FaultCase one) {
    this.loop = loop;
    this.one = one;
    this.client = new WireClient(loop.server().url(), signer);
  }

  private static Signer signer(int number) {
    return new Signer(ByteBuffer.allocate(32).putInt(0, 0x11).putInt(28, number).array());
  }

  void run() throws Exception {
    Guest guest = loop.guest(one);
    switch (one.place()) {
      case GET_PROGRAM, CREATE_ARTIFACT, PUT_PROGRAM, NONCE_FOR_PROGRAM, CREATE_PROGRAM ->
          loop.registering(one, () -> register(guest));
      case PARAMS -> {
        loop.tell(one, Map.of());
        caller.persist(this::params);
        loop.awaitMet(one, Map.of());
      }
      default -> {}
    }
    loop.reporting(one, () -> request(guest));
  }

  // The program.

  private void register(Guest guest) throws Exception {
    Map<String, Object> mine = one.place().isOfOneCase() ? Map.of("signer", address) : Map.of();
    loop.tell(one, mine);
    boolean known = caller.persist(() -> isKnown(guest));
    if (!known || one.place() != FaultPlace.GET_PROGRAM) {
      Grant grant = caller.persist(() -> client.grant(ArtifactType.PROGRAM));
      put(grant.put(), Encodings.zstd(Encodings.program(guest.elf())));
      caller.persist(
          () -> {
            client.createProgram(client.programBody(guest.vkHash(), grant.uri()));
            return true;
          });
    }
    loop.awaitMet(one, mine);
  }

  private boolean isKnown(Guest guest) {
    try {
      client.call(
          "GetProgram",
          GetProgramRequest.newBuilder().setVkHash(guest.vkHash()).build(),
          GetProgramResponse.getDefaultInstance());
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Code.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** Straight to the network, until it has it. */
  private void put(URI url, byte[] program) {
    if (one.place() == FaultPlace.PUT_PROGRAM && one.fault().isKind("hold")) {
      Thread.startVirtualThread(
          () -> {
            await().atMost(RepeatingCaller.WITHIN).until(() -> loop.network.waiting().size() > 0);
            loop.network.release("PUT");
          });
    }
    await()
        .atMost(RepeatingCaller.WITHIN)
        .pollInterval(RepeatingCaller.EVERY)
        .ignoreException(IOException.class)
        .until(() -> client.put(url, BodyPublishers.ofByteArray(program)).statusCode() == 200);
  }

  private GetProofRequestParamsResponse params() {
    return client.call(
        "GetProofRequestParams",
        GetProofRequestParamsRequest.newBuilder().setMode(ProofMode.CORE).build(),
        GetProofRequestParamsResponse.getDefaultInstance());
  }

  // The request.

  private void request(Guest guest) throws Exception {
    String stdinUri = client.uploadStdin(loop.stdin(guest, one.proved()));
    if (one.place() == FaultPlace.NONCE_FOR_REQUEST) {
      loop.tell(one, Map.of("signer", address));
    }
    SignedRequest first = client.sign(caller.persist(() -> body(guest, stdinUri)));
    String firstId = hex(id(first));
    tellFaults(firstId);
    AtomicReference<SignedRequest> next = new AtomicReference<>(first);
    String id = one.repeats() ? repeat(guest, stdinUri, next) : leave(first, firstId);
    FaultEnd end = new FaultEnd(loop, one, client, caller);
    if (one.end() == End.NOT_OURS) {
      end.assertLeftToOthers(stdinUri, firstId);
    } else {
      end.assertEnded(id, stdinUri, () -> body(guest, stdinUri));
    }
    if (one.place().isOfOneCase() && mayBeOvertaken() && !loop.isMet(one, about(firstId))) {
      caller.forget();
      request(guest);
      return;
    }
    loop.awaitMet(one, about(firstId));
    end.assertTold();
  }

  /**
   * By the reconciler, which finds a request before its client looks for it; by another's cut,
   * which takes a call along before it meets its own.
   */
  private boolean mayBeOvertaken() {
    return one.place() == FaultPlace.FIND || one.fault().isKind("cut");
  }

  private RequestProofRequestBody.Builder body(Guest guest, String stdinUri) {
    long gasLimit = loop.gasLimit(guest, one.proved());
    if (loop.schema == Schema.BASE) {
      return client.body(guest.vkHash(), stdinUri).setGasLimit(gasLimit);
    }
    var params = loop.params();
    return client
        .auctionBody(guest.vkHash(), stdinUri)
        .setGasLimit(gasLimit)
        .setDomain(params.getDomain())
        .setAuctioneer(params.getAuctioneer())
        .setExecutor(params.getExecutor())
        .setVerifier(params.getVerifier())
        .setTreasury(params.getTreasury())
        .setBaseFee(params.getBaseFee())
        .setMaxPricePerPgu(params.getMaxPricePerPgu());
  }

  /** The network's id of the request that this message makes. */
  private byte[] id(SignedRequest message) {
    byte[] body = message.getBody().toByteArray();
    return EthereumSignature.keccak256(
        ByteBuffer.allocate(20 + body.length).put(signer.address().bytes()).put(body).array());
  }

  /** The call that meets the fault of this case, as far as only one can. */
  private Map<String, Object> about(String requestId) {
    return switch (one.place()) {
      case REQUEST_PROOF, DETAILS, LOOK, REPORT, PROOF_URI -> Map.of("requestId", requestId);
      case FIND, NONCE_FOR_REQUEST, CREATE_ARTIFACT, NONCE_FOR_PROGRAM, CREATE_PROGRAM ->
          Map.of("signer", address);
      default -> Map.of();
    };
  }

  private void tellFaults(String requestId) {
    switch (one.place()) {
      case REQUEST_PROOF,
          DETAILS,
          FIND,
          LIST,
          PROGRAM,
          LOOK,
          OUR_NONCE,
          DOMAIN,
          REPORT,
          PROOF_URI ->
          loop.tell(one, about(requestId));
      default -> {}
    }
    // The one that never came is not found by its id, so it is looked for in the list.
    String lost = one.place() == FaultPlace.FIND ? "before" : "after";
    switch (one.place()) {
      case FIND, LIST ->
          loop.network.fault(
              InjectedFault.code(Code.UNAVAILABLE, lost)
                  .json(Map.of("method", "RequestProof", "requestId", requestId)));
      // After anything but a success our server asks for its nonce again.
      case OUR_NONCE ->
          loop.network.fault(
              InjectedFault.kind("stale-nonce")
                  .json(Map.of("method", one.result(), "requestId", requestId)));
      default -> {}
    }
  }

  /** Returns the id that the client is told in the end. */
  private String repeat(Guest guest, String stdinUri, AtomicReference<SignedRequest> next) {
    if (one.end() == End.NOT_OURS) {
      for (int i = 0; i < one.told().size(); i++) {
        caller.attempt(() -> client.request(next.get()));
        next.set(client.sign(body(guest, stdinUri)));
      }
      return "";
    }
    ByteString id =
        caller.persist(
            () -> {
              try {
                return client.request(next.get());
              } catch (StatusRuntimeException e) {
                next.set(client.sign(body(guest, stdinUri)));
                throw e;
              }
            });
    return hex(id.toByteArray());
  }

  /** Asks until the network has it, and never again. */
  private String leave(SignedRequest message, String id) {
    await()
        .atMost(RepeatingCaller.WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(RepeatingCaller.EVERY)
        .until(
            () -> {
              caller.attempt(() -> client.request(message));
              // Not if somebody else's cut took it along.
              return !loop.journal.committed(id).isEmpty();
            });
    return id;
  }

  static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    client.close();
  }
}
