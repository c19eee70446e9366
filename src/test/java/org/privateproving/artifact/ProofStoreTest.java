package org.privateproving.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.privateproving.artifact.ArtifactFixture.ALICE;
import static org.privateproving.artifact.ArtifactFixture.CHUNK;
import static org.privateproving.artifact.ArtifactFixture.inPieces;
import static org.privateproving.artifact.ArtifactFixture.random;
import static org.privateproving.artifact.ArtifactFixture.result;

import java.util.List;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.privateproving.artifact.ArtifactStore.Download;

class ProofStoreTest {
  @RegisterExtension static final ArtifactFixture fixture = new ArtifactFixture();

  @Test
  void aStoredProofIsClaimedAndCanBeFetchedUnderItsPath() throws Exception {
    byte[] proof = random(2 * CHUNK + 3);

    ArtifactInfo info = store(inPieces(proof), proof.length);

    assertThat(info.complete()).isTrue();
    assertThat(info.kind()).isEqualTo(ArtifactKind.PROOF);
    assertThat(info.owner()).isEqualTo(ALICE);
    assertThat(info.claimedBy()).contains("request");
    String capability = capability(info.id());
    assertThat(fixture.store.proofPath(info.id()))
        .isEqualTo("/proofs/" + info.id() + "/" + capability);
    assertThat(capability).matches("[A-Za-z0-9_-]{43}");
    Download download = result(fixture.store.openProof(info.id(), capability)).orElseThrow();
    assertThat(download.size()).isEqualTo(proof.length);
    assertThat(
            result(
                    download
                        .bytes()
                        .runWith(
                            Sink.fold(ByteString.emptyByteString(), ByteString::concat),
                            fixture.materializer))
                .toArray())
        .isEqualTo(proof);
  }

  @Test
  void noOtherCapabilityOpensAProof() throws Exception {
    ArtifactInfo proof = store(inPieces(random(5)), 5);
    ArtifactInfo other = store(inPieces(random(5)), 5);
    var capabilities = new Capabilities(fixture.key);

    for (String wrong :
        List.of(
            "",
            "x",
            capabilities.of(Capabilities.Purpose.PROOF, other.id()),
            capabilities.of(Capabilities.Purpose.UPLOAD, proof.id()))) {
      assertThat(result(fixture.store.openProof(proof.id(), wrong))).isEmpty();
    }
  }

  @Test
  void thereIsNoUrlForAnythingButAProof() throws Exception {
    ArtifactId stdin = fixture.stored(ArtifactKind.STDIN, random(5));
    assertThat(result(fixture.store.openProof(stdin, capability(stdin)))).isEmpty();
  }

  @Test
  void anErasedProofIsGone() throws Exception {
    ArtifactInfo proof = store(inPieces(random(5)), 5);
    result(fixture.store.erase(proof.id()));

    assertThat(result(fixture.store.openProof(proof.id(), capability(proof.id())))).isEmpty();
  }

  @Test
  void aProofThatIsTooLargeOrBreaksOffLeavesNothing() throws Exception {
    assertThatThrownBy(() -> store(inPieces(random(11)), 10))
        .hasMessageContaining("larger than 10");
    Source<ByteString, ?> broken =
        inPieces(random(2 * CHUNK)).concatLazy(ArtifactFixture.breaksOff());
    assertThatThrownBy(() -> store(broken, 3L * CHUNK)).hasMessageContaining("broke off");

    assertThat(fixture.count("artifact_attempt")).isZero();
    assertThat(fixture.count("artifact WHERE attempt IS NOT NULL")).isZero();
  }

  private static String capability(ArtifactId id) {
    String path = fixture.store.proofPath(id);
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static ArtifactInfo store(Source<ByteString, ?> bytes, long limit) throws Exception {
    return result(
        bytes.runWith(fixture.store.storeProof(ALICE, "request", limit), fixture.materializer));
  }
}
