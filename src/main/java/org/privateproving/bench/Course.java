package org.privateproving.bench;

import com.google.protobuf.ByteString;
import java.io.PrintStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.privateproving.bench.Measurements.Count;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.wire.network.FulfillmentStatus;

/** One run against servers that are up and know the program. */
final class Course {
  /** Of requests that nobody is in a hurry for; the SDK's default in reserved mode. */
  private static final Duration LONG_DEADLINE = Duration.ofHours(4);

  /** Of requests that are to overtake a queue. */
  private static final Duration URGENT_DEADLINE = Duration.ofMinutes(30);

  private static final Duration ANY_TIME = Duration.ofDays(1);

  /** Lives at once while a queue is being filled. */
  private static final int FILLING = 32;

  private final BenchPlan plan;
  private final BenchProgram program;
  private final Clients clients;
  private final boolean printsSeconds;
  private final PrintStream out;
  private final UploadBody stdin;
  private final List<ByteString> queue = Collections.synchronizedList(new ArrayList<>());
  private final List<String> notes = new ArrayList<>();

  Course(
      BenchPlan plan,
      BenchProgram program,
      Clients clients,
      boolean printsSeconds,
      PrintStream out) {
    this.plan = plan;
    this.program = program;
    this.clients = clients;
    this.printsSeconds = printsSeconds;
    this.out = out;
    this.stdin = UploadBody.stdin(plan.stdinSize());
  }

  /** Makes requests, and goes on without waiting for their proofs. */
  void fill(long count) throws InterruptedException {
    Measurements measurements = new Measurements(System::nanoTime, Duration.ZERO, ANY_TIME);
    clients.measureWith(measurements);
    Life life = new Life(plan, program, stdin, measurements, (id, _) -> queue.add(id));
    Crowd crowd = new Crowd(measurements);
    try (SecondLines _ = new SecondLines(measurements, crowd, printsSeconds, out)) {
      crowd.begin(
          new Load.Closed(FILLING),
          ANY_TIME,
          count,
          (number, begin) -> life.request(clients.of(number), begin, LONG_DEADLINE));
      crowd.settle(plan.settle());
    }
    double seconds = measurements.measuredSoFar().toMillis() / 1e3;
    note(
        "a queue of %d requests, accepted in %.0f s, %.1f a second"
            .formatted(queue.size(), seconds, queue.size() / seconds));
  }

  private void note(String text) {
    notes.add(text);
    out.println(text);
  }

  /**
   * Runs the load of the plan, waits for what has begun, and reports.
   *
   * @param database where the journal is; empty: nobody looks into it
   */
  Report measure(List<ProcessWatch> watches, Optional<DatabaseSettings> database)
      throws SQLException, InterruptedException {
    Measurements measurements = new Measurements(System::nanoTime, plan.warmUp(), plan.duration());
    clients.measureWith(measurements);
    StageTimes stages = new StageTimes();
    Crowd crowd = new Crowd(measurements);
    Instant startedAt = Instant.now();
    int unfinished;
    try (SecondLines _ = new SecondLines(measurements, crowd, printsSeconds, out)) {
      begin(crowd, measurements, stages);
      unfinished = crowd.settle(plan.settle());
    }
    Duration measured = measurements.measuredSoFar();
    if (plan.scenario() == Scenario.WAITING && database.isPresent()) {
      Instant from = startedAt.plus(plan.warmUp());
      long leases = StageTimes.leases(database.get(), from, from.plus(measured));
      note("leases granted, per second: %.1f".formatted(leases / (measured.toMillis() / 1e3)));
    }
    return ReportMaking.report(
        plan,
        measurements,
        startedAt,
        measured,
        unfinished,
        ReportMaking.stages(stages, database),
        watches.stream().map(ProcessWatch::taken).toList(),
        notes);
  }

  private void begin(Crowd crowd, Measurements measurements, StageTimes stages)
      throws InterruptedException {
    Duration time = plan.warmUp().plus(plan.duration());
    Life life = new Life(plan, program, stdin, measurements, stages);
    switch (plan.scenario()) {
      case LIVES, HANDOFF, UPLOAD ->
          crowd.begin(
              plan.load(),
              time,
              plan.requests(),
              (number, begin) -> life.run(clients.of(number), begin, LONG_DEADLINE));
      // Its number of requests was that of the queue.
      case WAITING ->
          crowd.begin(
              plan.load(),
              time,
              0,
              (number, begin) -> life.run(clients.of(number), begin, URGENT_DEADLINE));
      case POLLS -> {
        crowd.begin(
            new Load.Closed(queue.size()),
            time,
            queue.size(),
            (number, _) -> poll(clients.of(number), queue.get((int) number), measurements, time));
        TimeUnit.NANOSECONDS.sleep(measurements.start() + time.toNanos() - measurements.now());
      }
    }
  }

  /** Polls as a client that waits, from a time of its own within the first interval. */
  private void poll(SimulatedClient client, ByteString id, Measurements measurements, Duration time)
      throws InterruptedException {
    long end = measurements.start() + time.toNanos();
    Thread.sleep(
        Duration.ofNanos(ThreadLocalRandom.current().nextLong(plan.pollEvery().toNanos())));
    try {
      while (measurements.now() - end < 0) {
        if (client.status(id).getFulfillmentStatus() == FulfillmentStatus.FULFILLED) {
          measurements.count(Count.COMPLETED);
          return;
        }
        Thread.sleep(plan.pollEvery());
      }
    } catch (GaveUp e) {
      measurements.failure(e.reason());
    }
  }
}
