package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.BOB;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;

class ArtifactClaimTest {
  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  /** What an artifact, always a stdin and Alice's, has behind it when somebody claims it. */
  enum Past {
    UNKNOWN,
    OPENED,
    UPLOADED,
    CLAIMED_BY_ONE,
    ERASED
  }

  @ParameterizedTest(name = "{0}, by {1} as {2} for {3}: {4} {5}")
  @CsvSource({
    "UPLOADED,       ALICE, STDIN,   one,   ,                    ",
    "CLAIMED_BY_ONE, ALICE, STDIN,   one,   ,                    ",
    "CLAIMED_BY_ONE, ALICE, STDIN,   other, FAILED_PRECONDITION, in use already",
    "CLAIMED_BY_ONE, BOB,   STDIN,   one,   NOT_ALLOWED,         somebody else",
    "UPLOADED,       BOB,   STDIN,   one,   NOT_ALLOWED,         somebody else",
    "UPLOADED,       ALICE, PROGRAM, one,   FAILED_PRECONDITION, is a STDIN (expected: a PROGRAM)",
    "OPENED,         ALICE, STDIN,   one,   FAILED_PRECONDITION, was not uploaded",
    "ERASED,         ALICE, STDIN,   one,   FAILED_PRECONDITION, was erased",
    "UNKNOWN,        ALICE, STDIN,   one,   FAILED_PRECONDITION, is unknown",
  })
  void claiming(
      Past past, String owner, ArtifactKind kind, String user, Reason refusal, String because)
      throws Exception {
    ArtifactId id = artifact(past);

    var claim = fixture.store.claim(id, owner.equals("BOB") ? BOB : ALICE, kind, user);

    if (refusal == null) {
      assertThat(result(claim).claimedBy()).contains(user);
      assertThat(result(fixture.store.find(id))).contains(result(claim));
    } else {
      assertThatThrownBy(() -> result(claim))
          .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.reason()).isEqualTo(refusal))
          .hasMessageContaining(id.toString())
          .hasMessageContaining(because);
    }
  }

  @Test
  void ofManyWhoClaimAtOnceOneWins() throws Exception {
    ArtifactId id = artifact(Past.UPLOADED);
    List<CompletionStage<ArtifactInfo>> claims = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      claims.add(fixture.store.claim(id, ALICE, ArtifactKind.STDIN, "request " + i));
    }

    int won = 0;
    for (var claim : claims) {
      try {
        result(claim);
        won++;
      } catch (Refusal e) {
        assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION);
      }
    }
    assertThat(won).isEqualTo(1);
  }

  private static ArtifactId artifact(Past past) throws Exception {
    if (past == Past.UNKNOWN) {
      return new ArtifactId(new UUID(1, 2));
    }
    if (past == Past.OPENED) {
      return fixture.open(ArtifactKind.STDIN).id();
    }
    ArtifactId id = fixture.stored(ArtifactKind.STDIN, random(10));
    switch (past) {
      case CLAIMED_BY_ONE -> result(fixture.store.claim(id, ALICE, ArtifactKind.STDIN, "one"));
      case ERASED -> result(fixture.store.erase(id));
      default -> {}
    }
    return id;
  }
}
