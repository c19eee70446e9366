package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.privateproving.domain.Schema;
import org.privateproving.endtoend.FaultCase.End;
import org.privateproving.endtoend.WireClient.Grant;
import org.privateproving.gateway.Signer;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProgramRequest;
import org.privateproving.wire.network.GetProgramResponse;
import org.privateproving.wire.network.GetProofRequestParamsRequest;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;
import org.privateproving.wire.network.SignedRequest;

/** One case: a client that does what the SDK does, in its order, and looks closely. */
final class FaultRun implements AutoCloseable {
  private static final AtomicInteger SIGNERS = new AtomicInteger();
  private static final Duration END_WITHIN = Duration.ofMinutes(1);
  private static final Duration REPEAT_EVERY = Duration.ofMillis(100);

  /** What a client of any release repeats by itself. */
  private static final Set<Code> PASSING =
      EnumSet.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.ABORTED);

  private final FaultLoop loop;
  private final FaultCase one;
  private final Signer signer = signer(SIGNERS.incrementAndGet());
  private final String address = "0x" + HexFormat.of().formatHex(signer.address().bytes());
  private final WireClient client;
  private final List<Code> told = new ArrayList<>();

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
        persist(this::params);
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
    boolean known = persist(() -> isKnown(guest));
    if (!known || one.place() != FaultPlace.GET_PROGRAM) {
      Grant grant = persist(() -> client.grant(ArtifactType.PROGRAM));
      put(grant.put(), Encodings.zstd(Encodings.program(guest.elf())));
      persist(
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
            await().atMost(END_WITHIN).until(() -> loop.network.waiting().size() > 0);
            loop.network.release("PUT");
          });
    }
    await()
        .atMost(END_WITHIN)
        .pollInterval(REPEAT_EVERY)
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
    SignedRequest first = client.sign(persist(() -> body(guest, stdinUri)));
    String firstId = hex(id(first));
    tellFaults(firstId);
    AtomicReference<SignedRequest> next = new AtomicReference<>(first);
    String id = one.repeats() ? repeat(guest, stdinUri, next) : leave(first, firstId);
    if (one.end() == End.NOT_OURS) {
      assertLeftToOthers(stdinUri, firstId);
    } else {
      assertEnded(guest, stdinUri, id);
    }
    if (one.place().isOfOneCase() && mayBeOvertaken() && !loop.isMet(one, about(firstId))) {
      told.clear();
      request(guest);
      return;
    }
    loop.awaitMet(one, about(firstId));
    assertTold();
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
        attempt(() -> client.request(next.get()));
        next.set(client.sign(body(guest, stdinUri)));
      }
      return "";
    }
    ByteString id =
        persist(
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
        .atMost(END_WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(REPEAT_EVERY)
        .until(
            () -> {
              attempt(() -> client.request(message));
              // Not if somebody else's cut took it along.
              return !loop.journal.committed(id).isEmpty();
            });
    return id;
  }

  private void assertTold() {
    if (one.place().isAtStart() || one.fault().isKind("cut")) {
      // Of whichever fault it met, of whosever connection was cut.
      assertThat(told).isSubsetOf(PASSING);
      return;
    }
    List<Code> more = new ArrayList<>(told);
    one.told().forEach(more::remove);
    if (!one.told().isEmpty()) {
      assertThat(told).containsSubsequence(one.told());
    }
    // On a machine that is busy with other things an answer may come too late.
    assertThat(more).isSubsetOf(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED);
  }

  // A client that repeats itself.

  private <T> T persist(Callable<T> call) {
    AtomicReference<T> answer = new AtomicReference<>();
    await()
        .atMost(END_WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(REPEAT_EVERY)
        .until(() -> attempt(() -> answer.set(call.call())));
    return answer.get();
  }

  private interface Attempt {
    void make() throws Exception;
  }

  private boolean attempt(Attempt attempt) {
    try {
      attempt.make();
      return true;
    } catch (StatusRuntimeException e) {
      told.add(e.getStatus().getCode());
      return false;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  // The end.

  private void assertEnded(Guest guest, String stdinUri, String id) throws Exception {
    GetProofRequestStatusResponse end = poll(id);
    switch (one.end()) {
      case PROVED -> assertProved(end, id);
      case UNEXECUTABLE ->
          assertThat(end.getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTABLE);
      case UNFULFILLABLE, NOT_OURS -> {
        assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.UNFULFILLABLE);
        assertThat(end.getExecutionStatus()).isNotEqualTo(ExecutionStatus.UNEXECUTABLE);
      }
    }
    await("the report")
        .atMost(END_WITHIN)
        .until(() -> loop.journal.committed(id).stream().anyMatch(FaultRun::isResult));
    assertThat(loop.journal.committed(id))
        .extracting(line -> line.path("method").asText())
        .containsExactly("RequestProof", one.result());
    assertThat(loop.journal.requested(stdinUri)).hasSize(1);
    // Another repeat changes nothing.
    ByteString again = persist(() -> client.request(body(guest, stdinUri)));
    assertThat(hex(again.toByteArray())).isEqualTo(id);
    assertThat(loop.journal.requested(stdinUri)).hasSize(1);
  }

  private static boolean isResult(JsonNode line) {
    return NetworkJournal.isResult(line.path("method").asText());
  }

  /**
   * Polls as the SDK does, to the end. No answer may be an error, but for a request that nobody was
   * told of.
   */
  private GetProofRequestStatusResponse poll(String id) {
    ByteString bytes = ByteString.copyFrom(HexFormat.of().parseHex(id.substring(2)));
    AtomicReference<GetProofRequestStatusResponse> latest =
        new AtomicReference<>(GetProofRequestStatusResponse.getDefaultInstance());
    await("the end of " + id)
        .atMost(END_WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(REPEAT_EVERY)
        .until(
            () -> {
              GetProofRequestStatusResponse status;
              try {
                status = client.status(bytes);
              } catch (StatusRuntimeException e) {
                assertThat(one.repeats()).as("a poll was refused: " + e.getMessage()).isFalse();
                assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
                return false;
              }
              assertThat(status.getFulfillmentStatus())
                  .as("what is told of " + id)
                  .isGreaterThanOrEqualTo(latest.get().getFulfillmentStatus());
              assertThat(status.getDeadline()).isGreaterThan(System.currentTimeMillis() / 1000);
              latest.set(status);
              return status.getFulfillmentStatus().compareTo(FulfillmentStatus.ASSIGNED) > 0;
            });
    return latest.get();
  }

  /** The client gets the proof that was reported. */
  private void assertProved(GetProofRequestStatusResponse end, String id) throws Exception {
    assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    byte[] proof = client.get(URI.create(end.getProofUri()));
    String reported =
        loop.journal.committed(id).stream()
            .filter(FaultRun::isResult)
            .map(line -> line.path("sha256").path("proof").asText())
            .findFirst()
            .orElseThrow();
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(proof)))
        .isEqualTo(reported);
  }

  private void assertLeftToOthers(String stdinUri, String id) {
    assertThat(loop.journal.requested(stdinUri)).hasSize(1);
    assertThat(loop.journal.committed(id))
        .extracting(line -> line.path("method").asText())
        .containsExactly("RequestProof");
  }

  private static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    client.close();
  }
}
