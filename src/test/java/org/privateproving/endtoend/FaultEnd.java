package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.RequestProofRequestBody;

/** What must have come of a case: for its client, and at the network. */
record FaultEnd(FaultLoop loop, FaultCase one, WireClient client, RepeatingCaller caller) {
  /** What a client of any release repeats by itself. */
  private static final Set<Code> PASSING =
      EnumSet.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.ABORTED);

  /**
   * @param again what another repeat sends
   */
  void assertEnded(String id, String stdinUri, Callable<RequestProofRequestBody.Builder> again)
      throws Exception {
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
        .atMost(RepeatingCaller.WITHIN)
        .until(() -> loop.journal.committed(id).stream().anyMatch(FaultEnd::isResult));
    assertThat(loop.journal.committed(id))
        .extracting(line -> line.path("method").asText())
        .containsExactly("RequestProof", one.result());
    assertThat(loop.journal.requested(stdinUri)).hasSize(1);
    // Another repeat changes nothing.
    ByteString same = caller.persist(() -> client.request(again.call()));
    assertThat(FaultRun.hex(same.toByteArray())).isEqualTo(id);
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
        .atMost(RepeatingCaller.WITHIN)
        .pollDelay(Duration.ZERO)
        .pollInterval(RepeatingCaller.EVERY)
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
            .filter(FaultEnd::isResult)
            .map(line -> line.path("sha256").path("proof").asText())
            .findFirst()
            .orElseThrow();
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(proof)))
        .isEqualTo(reported);
  }

  void assertLeftToOthers(String stdinUri, String id) {
    assertThat(loop.journal.requested(stdinUri)).hasSize(1);
    assertThat(loop.journal.committed(id))
        .extracting(line -> line.path("method").asText())
        .containsExactly("RequestProof");
  }

  /** The client was told what the case demands, and nothing that it would take for final. */
  void assertTold() {
    List<Code> told = caller.told();
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
}
