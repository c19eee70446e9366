package org.privateproving.endtoend;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.ExecutionStatus;
import org.privateproving.wire.network.FulfillmentStatus;
import org.privateproving.wire.network.GetProofRequestStatusResponse;

/**
 * Clients who keep a number of requests in flight whatever happens, repeat what the SDK repeats,
 * and know how each request has to end. Any other error is a failure, as it would be to them.
 */
final class ChaosLoad implements AutoCloseable {
  private static final int CLIENTS = 30;
  private static final Duration PAUSE = Duration.ofMillis(250);

  /** Longer than any trouble lasts. */
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(3);

  private static final Duration END_WITHIN = Duration.ofMinutes(10);
  private static final Set<Code> PASSING =
      EnumSet.of(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED, Code.INTERNAL, Code.ABORTED);

  private final URI url;
  private final Guest fibonacci;
  private final Guest misbehave;
  private final int inFlightEach;
  private final long seed;
  private final Map<Integer, byte[]> publicValues = new ConcurrentHashMap<>();
  private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Map<Code, Integer> refusals = new EnumMap<>(Code.class);
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * A request that has ended as its client expects.
   *
   * @param id in hexadecimal
   */
  record Ended(String id, boolean proved) {}

  private record Asked(ByteString id, int input, Instant since) {
    /** The program that misbehaves does so for this input. */
    boolean isToFail() {
      return input == 0;
    }
  }

  ChaosLoad(URI url, int inFlight, long seed) throws IOException, InterruptedException {
    this.url = url;
    this.inFlightEach = inFlight / CLIENTS;
    this.seed = seed;
    this.fibonacci = Guest.of("fibonacci");
    this.misbehave = Guest.of("misbehave");
  }

  /** Registers the programs; then the clients come. */
  void start() throws Exception {
    try (WireClient client = new WireClient(url, Signer.ONE)) {
      client.register(fibonacci);
      client.register(misbehave);
    }
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      clients.add(Thread.ofVirtual().start(() -> client(number)));
    }
  }

  /** No new requests; returns once all have ended. */
  void finish() throws InterruptedException {
    stopping = true;
    for (Thread client : clients) {
      client.join();
    }
  }

  List<Ended> ended() {
    return List.copyOf(ended);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  /** How often a client was told to come again, by code. */
  Map<Code, Integer> refusals() {
    synchronized (refusals) {
      return new EnumMap<>(refusals);
    }
  }

  private void client(int number) {
    byte[] key = ByteBuffer.allocate(32).putInt(0, 0x22).putInt(28, number + 1).array();
    Random random = new Random(seed + number);
    List<Asked> open = new ArrayList<>();
    try (WireClient client = new WireClient(url, new Signer(key))) {
      while (!stopping || !open.isEmpty()) {
        if (!stopping && open.size() < inFlightEach) {
          open.add(ask(client, random.nextInt(20)));
          continue;
        }
        for (Asked asked : List.copyOf(open)) {
          if (hasEnded(client, asked)) {
            open.remove(asked);
          }
        }
        Thread.sleep(PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception | AssertionError e) {
      failures.add("client " + number + ": " + e);
    }
  }

  private Asked ask(WireClient client, int input) throws Exception {
    Instant giveUp = Instant.now().plus(ANSWER_WITHIN);
    while (true) {
      String stdinUri = insist(() -> upload(client, input));
      Guest guest = input == 0 ? misbehave : fibonacci;
      try {
        ByteString id = insist(() -> client.request(client.body(guest.vkHash(), stdinUri)));
        return new Asked(id, input, Instant.now());
      } catch (StatusRuntimeException e) {
        // An upload that nobody used for so long as this call took is gone by right.
        if (e.getStatus().getCode() != Code.NOT_FOUND || Instant.now().isAfter(giveUp)) {
          throw e;
        }
      }
    }
  }

  private String upload(WireClient client, int input) throws Exception {
    int first = input == 0 ? 1 : input; // what misbehave takes for "fail"
    WireClient.Grant grant = client.grant(ArtifactType.PRIVATE_STDIN);
    byte[] stdin = Encodings.stdin(Encodings.u32(first));
    HttpResponse<String> answer = client.put(grant.put(), BodyPublishers.ofByteArray(stdin));
    if (answer.statusCode() != 200) {
      throw new IOException("upload: status " + answer.statusCode() + " " + answer.body());
    }
    return grant.uri();
  }

  private boolean hasEnded(WireClient client, Asked asked) throws Exception {
    GetProofRequestStatusResponse status = insist(() -> client.status(asked.id()));
    String id = HexFormat.of().formatHex(asked.id().toByteArray());
    boolean unexecutable = status.getExecutionStatus() == ExecutionStatus.UNEXECUTABLE;
    boolean fulfilled = status.getFulfillmentStatus() == FulfillmentStatus.FULFILLED;
    boolean unfulfillable = status.getFulfillmentStatus() == FulfillmentStatus.UNFULFILLABLE;
    if (!unexecutable && !fulfilled && !unfulfillable) {
      if (asked.since().plus(END_WITHIN).isBefore(Instant.now())) {
        throw new AssertionError(id + " has not ended in " + END_WITHIN);
      }
      return false;
    }
    if (asked.isToFail() ? !unexecutable : !fulfilled) {
      throw new AssertionError(
          id + " ended as " + status.getFulfillmentStatus() + " " + status.getExecutionStatus());
    }
    if (fulfilled) {
      see(asked, insist(() -> proof(client, URI.create(status.getProofUri()))));
    }
    ended.add(new Ended(id, fulfilled));
    return true;
  }

  /** The same program on the same input: whoever proved it, the proof says the same. */
  private void see(Asked asked, byte[] proof) {
    byte[] first = publicValues.putIfAbsent(asked.input(), proof);
    if (first != null && !Arrays.equals(first, proof)) {
      throw new AssertionError("two proofs of the same differ");
    }
  }

  private static byte[] proof(WireClient client, URI proof) throws Exception {
    try {
      return client.get(proof);
    } catch (AssertionError e) {
      throw new IOException("proof: " + e.getMessage(), e);
    }
  }

  private interface Call<T> {
    T make() throws Exception;
  }

  private <T> T insist(Call<T> call) throws Exception {
    Instant giveUp = Instant.now().plus(ANSWER_WITHIN);
    while (true) {
      try {
        return call.make();
      } catch (StatusRuntimeException e) {
        count(e.getStatus().getCode());
        if (!PASSING.contains(e.getStatus().getCode()) || Instant.now().isAfter(giveUp)) {
          throw e;
        }
      } catch (IOException e) {
        if (Instant.now().isAfter(giveUp)) {
          throw e;
        }
      }
      Thread.sleep(PAUSE);
    }
  }

  private void count(Code code) {
    synchronized (refusals) {
      refusals.merge(code, 1, Integer::sum);
    }
  }

  @Override
  public void close() {
    stopping = true;
    clients.forEach(Thread::interrupt);
  }
}
