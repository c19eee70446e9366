package org.privateproving.network.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.network.upstream.NetworkKit.get;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.privateproving.domain.Address;
import org.privateproving.domain.SettableClock;
import org.privateproving.network.NetworkRefusal;
import org.privateproving.wire.network.GetOwnerResponse;

class FulfillerIdentityTest {
  private static final Address SIGNER = NetworkKit.SIGNER.address();
  private static final Address OWNER = new Address("0e".repeat(20));

  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T12:00:00Z"));
  private NetworkKit kit;

  @BeforeEach
  void start() throws Exception {
    kit = new NetworkKit();
  }

  @AfterEach
  void stop() {
    kit.close();
  }

  private FulfillerIdentity identity(Optional<Address> configured) {
    return new FulfillerIdentity(kit.client, NetworkKit.SIGNER, configured, clock);
  }

  private void owns(Address owner) {
    kit.network.on(
        "GetOwner",
        _ ->
            GetOwnerResponse.newBuilder()
                .setOwner(ByteString.copyFrom(owner.bytes()))
                .build()
                .toByteArray());
  }

  private void refuses(Status.Code code) {
    kit.network.on(
        "GetOwner",
        _ -> {
          throw ScriptedNetwork.refusal(code, "no");
        });
  }

  private int asked() {
    return kit.network.received("GetOwner").size();
  }

  @Test
  void isAsConfiguredWhateverTheNetworkSays() throws Exception {
    owns(OWNER);
    Address configured = new Address("0c".repeat(20));

    assertThat(get(identity(Optional.of(configured)).get())).isEqualTo(configured);
    assertThat(asked()).isZero();
  }

  @Test
  void isWhomTheSignerActsForAskedOnceAndForAll() throws Exception {
    owns(OWNER);
    FulfillerIdentity identity = identity(Optional.empty());
    assertThat(get(identity.get())).isEqualTo(OWNER);

    owns(SIGNER);
    clock.advance(Duration.ofDays(1000));

    assertThat(get(identity.get())).isEqualTo(OWNER);
    assertThat(asked()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"UNIMPLEMENTED", "NOT_FOUND"})
  void isTheSignerForAMinuteWhereTheNetworkKnowsNoOwners(Status.Code code) throws Exception {
    refuses(code);
    FulfillerIdentity identity = identity(Optional.empty());
    assertThat(get(identity.get())).isEqualTo(SIGNER);

    owns(OWNER);
    clock.advance(Duration.ofSeconds(59));
    assertThat(get(identity.get())).isEqualTo(SIGNER);
    assertThat(asked()).isEqualTo(1);

    clock.advance(Duration.ofSeconds(1));
    assertThat(get(identity.get())).isEqualTo(OWNER);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "UNIMPLEMENTED", "NOT_FOUND"})
  void isNotKnownWhileTheNetworkDoesNotSay(Status.Code code) throws Exception {
    refuses(code);
    FulfillerIdentity identity = identity(Optional.empty());
    assertThatThrownBy(() -> get(identity.get()))
        .cause()
        .isInstanceOfSatisfying(
            NetworkRefusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code));

    owns(OWNER);
    assertThat(get(identity.get())).isEqualTo(OWNER);
  }
}
