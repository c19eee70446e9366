package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.network.EthereumSignature;
import org.privateproving.wire.network.FailExecutionRequestBody;
import org.privateproving.wire.network.GetNonceResponse;
import org.privateproving.wire.network.SignedRequest;
import org.privateproving.wire.network.SignedResponse;

class SignedSenderTest {
  private static final String METHOD = "FailExecution";

  private final AtomicLong expected = new AtomicLong(5);
  private final AtomicInteger underWay = new AtomicInteger();
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
          .setTxHash(ByteString.copyFromUtf8("tx" + nonce))
          .build()
          .toByteArray();
    } finally {
      underWay.decrementAndGet();
    }
  }

  private static byte[] nonce(long nonce) {
    return GetNonceResponse.newBuilder().setNonce(nonce).build().toByteArray();
  }

  private CompletionStage<byte[]> send() {
    return sender.send(
        METHOD, nonce -> FailExecutionRequestBody.newBuilder().setNonce(nonce).build());
  }

  @Test
  void fiftyAtOnceGoOutOneAfterTheOtherUnderOneSequence() throws Exception {
    List<CompletionStage<byte[]>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(send());
    }
    for (int i = 0; i < 50; i++) {
      assertThat(get(all.get(i))).asString().isEqualTo("tx" + (5 + i));
    }
    assertThat(kit.network.received(METHOD)).hasSize(50);
    assertThat(kit.network.received("GetNonce")).hasSize(1);
  }

  @Test
  void asksForTheNonceAgainWhenItsOwnIsStale() throws Exception {
    get(send());
    expected.addAndGet(3); // somebody else signs with the same key

    assertThat(get(send())).asString().isEqualTo("tx9");

    assertThat(kit.network.received(METHOD)).hasSize(3);
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

    assertThat(get(send())).asString().isEqualTo("tx6");
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
}
