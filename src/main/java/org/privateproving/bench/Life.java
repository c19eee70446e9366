package org.privateproving.bench;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.privateproving.bench.Measurements.Count;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestParamsResponse;
import org.privateproving.wire.network.GetProofRequestStatusResponse;
import org.privateproving.wire.network.ProofMode;
import org.privateproving.wire.network.RequestProofRequestBody;

/**
 * One call of {@code prove()}, in the SDK's order: GetProgram, the upload, GetNonce, RequestProof,
 * polls with a sleep in between, the proof. Runs on a thread that may wait; interrupting it ends
 * the life.
 */
final class Life {
  private static final String VERSION = "sp1-v6.1.0";
  private static final long NO_LIMIT = -1;

  private final BenchPlan plan;
  private final BenchProgram program;
  private final UploadBody stdin;
  private final Measurements measurements;
  private final Answers answers;

  /**
   * @param answers is told of every request that was accepted inside the measured window
   */
  Life(
      BenchPlan plan,
      BenchProgram program,
      UploadBody stdin,
      Measurements measurements,
      Answers answers) {
    this.plan = plan;
    this.program = program;
    this.stdin = stdin;
    this.measurements = measurements;
    this.answers = answers;
  }

  /** Hears when requests were answered. Any thread. */
  @FunctionalInterface
  interface Answers {
    void accepted(ByteString requestId, Instant at);
  }

  /**
   * Lives to the end.
   *
   * @param begin when it was to begin, on the measurements' clock
   * @param deadline how long from now a proof is wanted
   */
  void run(SimulatedClient client, long begin, Duration deadline) throws InterruptedException {
    try {
      ByteString id = request(client, begin, deadline);
      long accepted = measurements.now();
      String proofUri = awaitProof(client, id);
      if (client.download(proofUri) == 0) {
        throw new GaveUp("the proof is empty");
      }
      measurements.count(Count.COMPLETED);
      if (measurements.isMeasured(begin)) {
        long took = measurements.now() - accepted;
        measurements.tookOfMeasured(Measure.COMPLETED, took);
        measurements.tookOfMeasured(Measure.ADDED, took - plan.engineTime().toNanos());
      }
    } catch (GaveUp e) {
      measurements.failure(e.reason());
    }
  }

  /** As far as the request. */
  ByteString request(SimulatedClient client, long begin, Duration deadline)
      throws InterruptedException {
    measurements.count(Count.STARTED);
    if (!client.knowsProgram(program.vkHash())) {
      throw new GaveUp("the program is registered no longer");
    }
    RequestProofRequestBody.Builder body = body(client);
    body.setDeadline(Instant.now().plus(deadline).getEpochSecond())
        .setStdinUri(client.upload(ArtifactType.STDIN, stdin));
    ByteString id = client.request(body);
    Instant answered = Instant.now();
    measurements.count(Count.ACCEPTED);
    measurements.took(Measure.ACCEPTED, begin);
    if (measurements.isMeasured(begin)) {
      answers.accepted(id, answered);
    }
    return id;
  }

  private RequestProofRequestBody.Builder body(SimulatedClient client) throws InterruptedException {
    ProofMode mode = ProofMode.forNumber(plan.mode().number());
    RequestProofRequestBody.Builder body =
        RequestProofRequestBody.newBuilder()
            .setVkHash(program.vkHash())
            .setVersion(VERSION)
            .setMode(mode)
            .setStrategy(plan.network().strategy())
            .setCycleLimit(NO_LIMIT)
            .setGasLimit(NO_LIMIT);
    if (plan.network() == NetworkKind.MAINNET) {
      GetProofRequestParamsResponse params = client.params(mode);
      List<ByteString> provers = client.provers();
      body.setDomain(params.getDomain())
          .setAuctioneer(params.getAuctioneer())
          .setExecutor(params.getExecutor())
          .setVerifier(params.getVerifier())
          .setTreasury(params.getTreasury())
          .setBaseFee(params.getBaseFee())
          .setMaxPricePerPgu(params.getMaxPricePerPgu())
          .addAllWhitelist(provers);
    }
    return body;
  }

  /** Polls as the SDK does, and returns where the proof is. */
  String awaitProof(SimulatedClient client, ByteString id) throws InterruptedException {
    while (true) {
      GetProofRequestStatusResponse status = client.status(id);
      FulfillmentStatus fulfillment = status.getFulfillmentStatus();
      switch (fulfillment) {
        case FULFILLED -> {
          return status.getProofUri();
        }
        case UNFULFILLABLE, REVERTED, EXPIRED, UNRECOGNIZED ->
            throw new GaveUp("the request is " + fulfillment);
        case UNSPECIFIED_FULFILLMENT_STATUS, REQUESTED, ASSIGNED -> Thread.sleep(plan.pollEvery());
      }
    }
  }
}
