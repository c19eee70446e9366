package org.privateproving.bench;

import java.util.Locale;
import java.util.Map;

/** A report as people read it. */
final class ReportText {
  private final Report report;
  private final StringBuilder text = new StringBuilder();

  private ReportText(Report report) {
    this.report = report;
  }

  static String of(Report report) {
    ReportText writing = new ReportText(report);
    writing.write();
    return writing.text.toString();
  }

  private void write() {
    line("scenario %s, %s", report.scenario(), plan());
    Report.Requests requests = report.requests();
    line(
        "requests  started %d, accepted %d, completed %d, failed %d, unfinished %d",
        requests.started(),
        requests.accepted(),
        requests.completed(),
        requests.failed(),
        requests.unfinished());
    Report.Rates rates = report.rates();
    line(
        "per second, over %.1f s  accepted %.1f, completed %.1f, polls %.1f, errors %.2f,"
            + " uploaded %.2f MB",
        report.measuredSeconds(),
        rates.accepted(),
        rates.completed(),
        rates.polls(),
        rates.errors(),
        rates.uploadedMegabytes());
    line(
        "longest time without a completed request  %.1f s, from second %.1f",
        report.longestGap().seconds(), report.longestGap().from());
    line("");
    line(
        "%-24s %9s %9s %9s %9s %9s %9s %9s",
        "ms", "count", "mean", "p50", "p90", "p99", "p99.9", "max");
    for (Report.Timing timing : report.timings()) {
      line(
          "%-24s %9d %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f",
          timing.name(),
          timing.count(),
          timing.mean(),
          timing.p50(),
          timing.p90(),
          timing.p99(),
          timing.p999(),
          timing.max());
    }
    counts("errors, repeated or not", report.errors());
    counts("lives without a proof", report.failures());
    processes();
    report.notes().forEach(note -> line("%s", note));
  }

  private String plan() {
    StringBuilder words = new StringBuilder();
    report
        .plan()
        .forEach(
            (name, value) ->
                words.append(words.isEmpty() ? "" : "; ").append(name).append(": ").append(value));
    return words.toString();
  }

  private void counts(String title, Map<String, Long> counts) {
    if (counts.isEmpty()) {
      return;
    }
    line("");
    line("%s", title);
    counts.forEach((what, count) -> line("  %-40s %9d", what, count));
  }

  private void processes() {
    if (report.processes().isEmpty()) {
      return;
    }
    line("");
    line("%-24s %12s %12s %12s", "process", "memory MB", "heap MB", "processors");
    for (Report.Taken taken : report.processes()) {
      line(
          "%-24s %12.0f %12s %12.2f",
          taken.name(),
          taken.residentMaxMegabytes(),
          taken.heapMaxMegabytes().map(heap -> "%.0f".formatted(heap)).orElse("-"),
          taken.processors());
    }
  }

  @SuppressWarnings("AnnotateFormatMethod")
  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
