package org.privateproving.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.privateproving.bench.Measurements.Count;
import org.privateproving.database.DatabaseSettings;

/** Puts together what was measured. */
final class ReportMaking {
  private static final double MEGA = 1e6;
  private static final double MICROS_PER_MILLI = 1e3;

  private ReportMaking() {}

  static Report report(
      BenchPlan plan,
      Measurements measurements,
      Instant startedAt,
      Duration measured,
      long unfinished,
      List<Report.Timing> stages,
      List<ProcessWatch.Taken> processes,
      List<String> notes) {
    double seconds = Math.max(1e-9, seconds(measured));
    List<Report.Timing> timings = new ArrayList<>(stages);
    measurements
        .histograms()
        .forEach(
            (measure, histogram) ->
                timings.add(timing(measure.title(), histogram, MICROS_PER_MILLI)));
    return new Report(
        plan.scenario().toString(),
        startedAt.toString(),
        words(plan),
        seconds,
        new Report.Requests(
            measurements.total(Count.STARTED),
            measurements.total(Count.ACCEPTED),
            measurements.total(Count.COMPLETED),
            measurements.total(Count.FAILED),
            unfinished),
        new Report.Rates(
            measurements.measured(Count.ACCEPTED) / seconds,
            measurements.measured(Count.COMPLETED) / seconds,
            measurements.measured(Count.POLLS) / seconds,
            measurements.measured(Count.ERRORS) / seconds,
            measurements.measured(Count.UPLOADED_BYTES) / MEGA / seconds),
        timings,
        measurements.errors(),
        measurements.failures(),
        new Report.Gap(
            seconds(measurements.completions().longestFrom()),
            seconds(measurements.completions().longest())),
        processes.stream().map(ReportMaking::taken).toList(),
        LongStream.rangeClosed(0, measurements.lastSecond())
            .mapToObj(second -> second(measurements, second))
            .toList(),
        notes);
  }

  /** Of the requests that were accepted inside the window; empty without a journal to look into. */
  static List<Report.Timing> stages(StageTimes times, Optional<DatabaseSettings> database)
      throws SQLException {
    List<Report.Timing> timings = new ArrayList<>();
    if (database.isPresent()) {
      times
          .read(database.get())
          .forEach((stage, histogram) -> timings.add(timing(stage.title(), histogram, 1)));
    }
    return timings;
  }

  private static Report.Timing timing(String name, Histogram histogram, double perMilli) {
    return new Report.Timing(
        name,
        histogram.getTotalCount(),
        histogram.getMean() / perMilli,
        histogram.getValueAtPercentile(50) / perMilli,
        histogram.getValueAtPercentile(90) / perMilli,
        histogram.getValueAtPercentile(99) / perMilli,
        histogram.getValueAtPercentile(99.9) / perMilli,
        histogram.getMaxValue() / perMilli);
  }

  static Report.Second second(Measurements measurements, long second) {
    return new Report.Second(
        second,
        measurements.countIn(Count.STARTED, second),
        measurements.countIn(Count.ACCEPTED, second),
        measurements.countIn(Count.COMPLETED, second),
        measurements.countIn(Count.FAILED, second),
        measurements.countIn(Count.POLLS, second),
        measurements.countIn(Count.ERRORS, second));
  }

  private static Report.Taken taken(ProcessWatch.Taken taken) {
    return new Report.Taken(
        taken.name(),
        taken.residentMax() / MEGA,
        taken.heapMax() < 0 ? Optional.empty() : Optional.of(taken.heapMax() / MEGA),
        taken.processors());
  }

  private static Map<String, String> words(BenchPlan plan) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("servers", Integer.toString(Math.max(1, plan.urls().size())));
    words.put("clients", Integer.toString(plan.clients()));
    words.put(
        "load",
        switch (plan.load()) {
          case Load.Open(double rate) -> "open, " + rate + " per second";
          case Load.Closed(int concurrency) -> "closed, " + concurrency + " at once";
        });
    words.put("requests", plan.requests() == 0 ? "unbounded" : Long.toString(plan.requests()));
    words.put("warm-up", seconds(plan.warmUp()) + " s");
    words.put("duration", seconds(plan.duration()) + " s");
    words.put("stdin", plan.stdinSize() + " bytes");
    words.put("mode", plan.mode().toString());
    words.put("network", plan.network().toString());
    words.put("poll every", seconds(plan.pollEvery()) + " s");
    words.put("processors here", Integer.toString(Runtime.getRuntime().availableProcessors()));
    return words;
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
