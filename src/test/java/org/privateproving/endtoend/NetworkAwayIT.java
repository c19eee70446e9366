package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.StreamSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.database.TestPostgres;
import org.privateproving.domain.Schema;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.network.CreateProgramRequestBody;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.RequestProofRequestBody;

/**
 * The network is away for two minutes, in the middle of everything. Most of it is waiting, so
 * others run beside it.
 */
@Execution(ExecutionMode.CONCURRENT)
class NetworkAwayIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ACCEPTED = 5;
  // So much input that the last of them is still to be proved when the network goes away.
  private static final int SOME_SECONDS = 5_000_000;
  private static final Duration HALF = Duration.ofMinutes(1);
  private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20);
  // The breaker's longest pause, then the reporter's.
  private static final Duration OVER_WITHIN = Duration.ofMinutes(2);

  @TempDir Path data;
  private final DatabaseSettings database = TestPostgres.freshDatabase();
  private NetworkDouble network;
  private ProvingProcess server;
  private WireClient client;
  private JournalGate gate;
  private Guest fibonacci;
  private Guest misbehave;

  @BeforeEach
  void start() throws Exception {
    fibonacci = Guest.of("fibonacci");
    misbehave = Guest.of("misbehave");
    network = NetworkDouble.start(Schema.BASE);
    gate = new JournalGate(database);
    startServer();
  }

  private void startServer() {
    server = network.inFrontOfIt(ProvingProcess.in(data).database(database)).start();
    client = new WireClient(server.url(), Signer.ONE);
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    server.close();
    gate.close();
    network.close();
  }

  @Test
  void whatWasAcceptedIsProvedMeanwhileAndReportedOnceWhenItIsBack() throws Exception {
    client.register(fibonacci);
    client.register(misbehave);
    // So that both programs are here.
    end(request(fibonacci, 20));
    end(request(misbehave, 1));
    List<ByteString> accepted = new ArrayList<>();
    for (int i = 0; i < ACCEPTED; i++) {
      accepted.add(request(fibonacci, SOME_SECONDS + i));
    }
    ByteString fails = request(misbehave, 1);
    RequestProofRequestBody.Builder next = body(fibonacci, 30);
    CreateProgramRequestBody program =
        client.programBody(fibonacci.vkHash(), "https://example.org/programs/1");

    Instant gone = Instant.now();
    network.away(true);
    assertThat(gate.events(hex(accepted.getLast()))).doesNotContain("proved:1");

    for (ByteString id : accepted) {
      await("a proof")
          .atMost(HALF.multipliedBy(2))
          .until(() -> gate.events(hex(id)).contains("proved:1"));
    }
    assertThat(end(fails).getExecutionStatus()).isEqualTo(ExecutionStatus.UNEXECUTABLE);
    holds(accepted, fails, next, program, gone);

    // A server that is killed comes up without the network, and knows everything.
    client.close();
    server.kill();
    Instant restarted = Instant.now();
    startServer();
    holds(accepted, fails, next, program, restarted);
    assertThat(network.committed("FulfillProof")).hasSize(1);

    network.away(false);

    for (ByteString id : accepted) {
      assertThat(end(id).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
      assertThat(gate.events(hex(id))).containsOnlyOnce("lease-granted:1", "proved:1");
    }
    ByteString late =
        await("a request").atMost(OVER_WITHIN).until(() -> tried(next), id -> !id.isEmpty());
    assertThat(end(late).getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
    await("the failure's report")
        .atMost(OVER_WITHIN)
        .until(() -> network.committed("FailExecution").size() == 2);
    assertThat(network.committed("FulfillProof"))
        .extracting(line -> line.path("requestId").asText())
        .hasSize(1 + ACCEPTED + 1)
        .doesNotHaveDuplicates();
    assertThat(network.requests()).hasSize(2 + ACCEPTED + 1 + 1);
    assertThat(network.violations()).isEmpty();
    await("that it is noticed")
        .atMost(NOTICED_WITHIN)
        .until(() -> health().path("status").asText().equals("ready"));
  }

  /** For a minute, whatever of it is asked. */
  private void holds(
      List<ByteString> proved,
      ByteString failed,
      RequestProofRequestBody.Builder next,
      CreateProgramRequestBody program,
      Instant gone)
      throws Exception {
    await("that it is noticed")
        .atMost(NOTICED_WITHIN)
        .until(() -> health().path("status").asText().equals("degraded"));
    Instant since = awaySince();
    assertThat(since).isBetween(gone, Instant.now());
    await("nothing to change while the network is away")
        .during(HALF)
        .atMost(HALF.plusSeconds(30))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              for (ByteString id : proved) {
                assertThat(client.status(id).getFulfillmentStatus())
                    .isEqualTo(FulfillmentStatus.ASSIGNED);
              }
              assertThat(client.status(failed).getExecutionStatus())
                  .isEqualTo(ExecutionStatus.UNEXECUTABLE);
              assertThat(health().path("status").asText()).isEqualTo("degraded");
              assertThat(awaySince()).isEqualTo(since);
              client.uploadStdin(Encodings.stdin(Encodings.u32(1)));
              assertUnavailable(() -> client.nonce());
              assertUnavailable(() -> client.request(next));
              assertUnavailable(() -> client.createProgram(program));
            });
  }

  private static void assertUnavailable(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            refused -> {
              assertThat(refused.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
              assertThat(refused.getStatus().getDescription()).isNotBlank();
            });
  }

  private JsonNode health() throws Exception {
    HttpResponse<String> answer = client.getAny(URI.create(server.url() + "/health/ready"));
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private Instant awaySince() throws Exception {
    String reason =
        StreamSupport.stream(health().path("checks").spliterator(), false)
            .filter(check -> check.path("name").asText().equals("network"))
            .map(check -> check.path("reason").asText())
            .findFirst()
            .orElseThrow();
    assertThat(reason).startsWith("does not answer since ");
    return Instant.parse(reason.substring(reason.lastIndexOf(' ') + 1));
  }

  private RequestProofRequestBody.Builder body(Guest guest, int input) throws Exception {
    byte[] stdin = Encodings.stdin(Encodings.u32(input), Encodings.bytes("more"));
    return client.body(guest.vkHash(), client.uploadStdin(stdin));
  }

  private ByteString request(Guest guest, int input) throws Exception {
    RequestProofRequestBody.Builder body = body(guest, input);
    return await("a request").until(() -> tried(body), id -> !id.isEmpty());
  }

  /** As the SDK does: with a new nonce and all else as it was. Empty: to be tried again. */
  private ByteString tried(RequestProofRequestBody.Builder body) {
    try {
      return client.request(body.setNonce(client.nonce()));
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isIn(Code.UNAVAILABLE, Code.ABORTED);
      return ByteString.EMPTY;
    }
  }

  private GetProofRequestStatusResponse end(ByteString id) {
    return client.awaitEnd(id);
  }

  private static String hex(ByteString id) {
    return HexFormat.of().formatHex(id.toByteArray());
  }
}
