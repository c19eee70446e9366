package org.privateproving.bench;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * What the clients saw. Any thread.
 *
 * <p>Times are counted for whatever began inside the window that is measured, and seconds of the
 * timeline from the very start, so that a report shows what came before and after as well.
 */
final class Measurements {
  /** Microseconds, to an hour, with three digits. */
  private static final long HIGHEST = TimeUnit.HOURS.toMicros(1);

  private static final int DIGITS = 3;

  /** What is counted second by second. */
  enum Count {
    STARTED,
    ACCEPTED,
    COMPLETED,
    FAILED,
    POLLS,
    ERRORS,
    UPLOADED_BYTES
  }

  private final LongSupplier nanoTime;
  private final long start;
  private final long from;
  private final long until;
  private final Map<Measure, ConcurrentHistogram> histograms = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> errors = new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();
  private final Map<Long, Map<Count, LongAdder>> seconds = new ConcurrentHashMap<>();
  private final Map<Count, LongAdder> measured = new ConcurrentHashMap<>();
  private final Gaps completions;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  Measurements(LongSupplier nanoTime, Duration warmUp, Duration duration) {
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.from = start + warmUp.toNanos();
    this.until = from + duration.toNanos();
    this.completions = new Gaps(start);
  }

  long now() {
    return nanoTime.getAsLong();
  }

  /** How much of the window is over. */
  Duration measuredSoFar() {
    return Duration.ofNanos(Math.max(0, Math.min(now(), until) - from));
  }

  /** When the first life may begin. */
  long start() {
    return start;
  }

  /** Whether what began then is measured. */
  boolean isMeasured(long begin) {
    return begin - from >= 0 && begin - until < 0;
  }

  /** Takes note of how long something took that begins then and ends now. */
  void took(Measure measure, long begin) {
    if (isMeasured(begin)) {
      tookOfMeasured(measure, now() - begin);
    }
  }

  /** Takes note of how long something took whose life began inside the window. */
  void tookOfMeasured(Measure measure, long nanos) {
    long micros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nanos));
    histogram(measure).recordValue(Math.min(HIGHEST, micros));
  }

  private ConcurrentHistogram histogram(Measure measure) {
    return histograms.computeIfAbsent(measure, _ -> new ConcurrentHistogram(1, HIGHEST, DIGITS));
  }

  private static LongAdder counter(Map<Count, LongAdder> counters, Count what) {
    return counters.computeIfAbsent(what, _ -> new LongAdder());
  }

  void count(Count what) {
    count(what, 1);
  }

  void count(Count what, long amount) {
    long now = now();
    long second = TimeUnit.NANOSECONDS.toSeconds(now - start);
    counter(seconds.computeIfAbsent(second, _ -> new ConcurrentHashMap<>()), what).add(amount);
    if (isMeasured(now)) {
      counter(measured, what).add(amount);
    }
    if (what == Count.COMPLETED) {
      completions.mark(now);
    }
  }

  /** An attempt that failed, whether or not it was repeated. */
  void error(String call, String code) {
    errors.computeIfAbsent(call + " " + code, _ -> new LongAdder()).increment();
    count(Count.ERRORS);
  }

  /** A life that ended without a proof. */
  void failure(String reason) {
    failures.computeIfAbsent(reason, _ -> new LongAdder()).increment();
    count(Count.FAILED);
  }

  Map<Measure, Histogram> histograms() {
    Map<Measure, Histogram> copies = new EnumMap<>(Measure.class);
    histograms.forEach((measure, histogram) -> copies.put(measure, histogram.copy()));
    return copies;
  }

  SortedMap<String, Long> errors() {
    return sums(errors);
  }

  SortedMap<String, Long> failures() {
    return sums(failures);
  }

  private static SortedMap<String, Long> sums(Map<String, LongAdder> counters) {
    SortedMap<String, Long> sums = new TreeMap<>();
    counters.forEach((key, counter) -> sums.put(key, counter.sum()));
    return sums;
  }

  /** How often within a second, counted from the start; 0 for one that has not come yet. */
  long countIn(Count what, long second) {
    Map<Count, LongAdder> counters = seconds.get(second);
    LongAdder counter = counters == null ? null : counters.get(what);
    return counter == null ? 0 : counter.sum();
  }

  /** How often inside the window. */
  long measured(Count what) {
    return counter(measured, what).sum();
  }

  long total(Count what) {
    return seconds.keySet().stream().mapToLong(second -> countIn(what, second)).sum();
  }

  /** The latest second in which anything happened. */
  long lastSecond() {
    return seconds.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  Gaps completions() {
    return completions;
  }
}
