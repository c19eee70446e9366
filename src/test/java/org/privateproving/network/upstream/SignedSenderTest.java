package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.network.EthereumSignature;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.network.ProverNetwork.ReportOutcome;
import org.privateproving.network.upstream.SignedSender.Look;
import org.privateproving.wire.network.FailExecutionRequestBody;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;

class SignedSenderTest {
  private static final String METHOD = "FailExecution";

  private final AtomicLong expected = new AtomicLong(5);
  private final AtomicInteger underWay = new AtomicInteger();
  private final List<String> looks = new CopyOnWriteArrayList<>();
  private NetworkKit kit;
  private SignedSender sender;

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
    sender = new SignedSender(kit.client, NetworkKit.SIGNER, kit.materializer);
    kit.network.on("GetNonce", _ -> nonce(expected.get())).on(METHOD, this::strict);
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  /** Takes exactly the next nonce, signed by us, and one message at a time. */
  private byte[] strict(byte[] message) throws Exception {
    assertThat(underWay.incrementAndGet()).isEqualTo(1);
    try {
      SignedRequest envelope = SignedRequest.parseFrom(message);
      byte[] body = envelope.getBody().toByteArray();
      assertThat(EthereumSignature.signer(body, envelope.getSignature().toByteArray()))
          .isEqualTo(NetworkKit.SIGNER.address());
      long nonce = FailExecutionRequestBody.parseFrom(body).getNonce();
      if (!expected.compareAndSet(nonce, nonce + 1)) {
        throw ScriptedNetwork.refusal(Status.Code.ABORTED, "nonce " + nonce + " is stale");
      }
      return SignedResponse.newBuilder()
          .setTxHash(ByteString.copyFrom(txHash(nonce)))
          .build()
          .toByteArray();
    } finally {
      underWay.decrementAndGet();
    }
  }

  private static byte[] nonce(long nonce) {
    return GetNonceResponse.newBuilder().setNonce(nonce).build().toByteArray();
  }

  /** Ends with the nonce it was taken with. */
  private static byte[] txHash(long nonce) {
    return ByteBuffer.allocate(32).putLong(24, nonce).array();
  }

  private CompletionStage<ReportOutcome> send() {
    return send(() -> CompletableFuture.completedStage(Optional.empty()));
  }

  private CompletionStage<ReportOutcome> send(Look look) {
    return sender.send(
        look,
        sender.message(
            METHOD, nonce -> FailExecutionRequestBody.newBuilder().setNonce(nonce).build()));
  }

  private static void assertTakenWith(long nonce, CompletionStage<ReportOutcome> stage)
      throws Exception {
    assertThat(get(stage))
        .isInstanceOfSatisfying(
            ReportOutcome.Taken.class,
            taken -> assertThat(taken.txHash()).isEqualTo(txHash(nonce)));
  }

  @Test
  void fiftyAtOnceGoOutOneAfterTheOtherUnderOneSequence() throws Exception {
    List<CompletionStage<ReportOutcome>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(send());
    }
    for (int i = 0; i < 50; i++) {
      assertTakenWith(5 + i, all.get(i));
    }
    assertThat(kit.network.received(METHOD)).hasSize(50);
    assertThat(kit.network.received("GetNonce")).hasSize(1);
  }

  @Test
  void asksForTheNonceAgainWhenItsOwnIsStale() throws Exception {
    get(send());
    expected.addAndGet(3); // somebody else signs with the same key

    assertTakenWith(9, send());

    assertThat(kit.network.received(METHOD)).hasSize(3);
  }

  /** Which code a network has for it is nowhere written. */
  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"ABORTED", "FAILED_PRECONDITION", "INVALID_ARGUMENT", "OUT_OF_RANGE"})
  void knowsAStaleNonceByItsNameToo(Status.Code code) throws Exception {
    get(send());
    expected.addAndGet(3);
    kit.network.on(
        METHOD,
        message -> {
          try {
            return strict(message);
          } catch (StatusRuntimeException _) {
            throw ScriptedNetwork.refusal(code, "Invalid Nonce, expected another");
          }
        });

    assertTakenWith(9, send());
  }

  @Test
  void doesNotSendAgainWhenNobodyKnowsWhatBecameOfIt() throws Exception {
    kit.network.on(
        METHOD,
        message -> {
          strict(message);
          throw ScriptedNetwork.refusal(Status.Code.UNAVAILABLE, "lost nonce");
        });

    assertThatThrownBy(() -> get(send())).cause().isInstanceOf(NetworkRefusal.class);
    kit.network.on(METHOD, this::strict);

    assertTakenWith(6, send());
    assertThat(kit.network.received(METHOD)).hasSize(2);
  }

  @Test
  void givesUpOnANetworkWhoseNoncesAreAlwaysStale() {
    kit.network.on("GetNonce", _ -> nonce(1));

    assertThatThrownBy(() -> get(send()))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class,
            refusal -> assertThat(refusal.code()).isEqualTo(Status.Code.ABORTED));
    assertThat(kit.network.received(METHOD)).hasSize(5);
  }

  /** As a proxy that repeats itself: what the caller hears is what the second delivery came to. */
  @Test
  void looksAgainBeforeItRepeatsWhatWasDeliveredTwice() throws Exception {
    kit.network.on(
        METHOD,
        message -> {
          strict(message);
          return strict(message);
        });
    ReportOutcome done = new ReportOutcome.Taken(txHash(77));

    assertTakenWith(
        77, send(() -> CompletableFuture.completedStage(done(done, expected.get() > 5))));

    assertThat(kit.network.received(METHOD)).hasSize(1);
  }

  @Test
  void learnsTheNonceBeforeItLooks() throws Exception {
    kit.network.on(
        "GetNonce",
        _ -> {
          looks.add("nonce");
          return nonce(expected.get());
        });
    get(
        send(
            () -> {
              looks.add("look");
              return CompletableFuture.completedStage(Optional.empty());
            }));

    assertThat(looks).containsExactly("nonce", "look");
  }

  @Test
  void looksWhenItIsItsTurnAndNotBefore() throws Exception {
    CompletableFuture<Optional<ReportOutcome>> first = new CompletableFuture<>();
    CompletionStage<ReportOutcome> held = send(() -> first);
    CompletionStage<ReportOutcome> next =
        send(
            () -> {
              looks.add("after " + kit.network.received(METHOD).size());
              return CompletableFuture.completedStage(Optional.empty());
            });
    first.complete(Optional.empty());

    assertTakenWith(5, held);
    assertTakenWith(6, next);
    assertThat(looks).containsExactly("after 1");
  }

  @Test
  void sendsNothingAndUsesNoNonceForWhatIsDoneAlready() throws Exception {
    ReportOutcome late = new ReportOutcome.TooLate();

    assertThat(get(send(() -> CompletableFuture.completedStage(Optional.of(late)))))
        .isEqualTo(late);
    assertTakenWith(5, send());

    assertThat(kit.network.received(METHOD)).hasSize(1);
    assertThat(kit.network.received("GetNonce")).hasSize(1);
  }

  @Test
  void sendsNothingWhenItCannotLookAndGoesOnWithTheNext() throws Exception {
    assertThatThrownBy(
            () ->
                get(
                    send(
                        () -> {
                          throw new IllegalStateException("cannot look");
                        })))
        .hasRootCauseMessage("cannot look");

    assertTakenWith(5, send());
    assertThat(kit.network.received(METHOD)).hasSize(1);
  }

  @Test
  void aNonceThatIsNotToldIsNoWordAboutTheMessage() {
    kit.network.on(
        "GetNonce",
        _ -> {
          throw ScriptedNetwork.refusal(Status.Code.INVALID_ARGUMENT, "who are you");
        });

    assertThatThrownBy(() -> get(send()))
        .cause()
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.TRY_AGAIN));
  }

  private static Optional<ReportOutcome> done(ReportOutcome outcome, boolean isDone) {
    return isDone ? Optional.of(outcome) : Optional.empty();
  }
}
