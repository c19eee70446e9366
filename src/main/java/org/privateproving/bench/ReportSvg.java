package org.privateproving.bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.privateproving.bench.Report.Second;
import org.privateproving.bench.Report.Timing;

/** A report as a picture: what happened each second, and how long what took. */
final class ReportSvg {
  private static final int WIDTH = 900;
  private static final int LEFT = 190;
  private static final int RIGHT = 870;
  private static final int TOP = 60;
  private static final int BOTTOM = 300;
  private static final int ROWS_TOP = 370;
  private static final int ROW = 22;
  private static final int TICKS = 4;
  private static final String GRID = "#dddddd";
  private static final String GAP = "#fbe9d0";

  /** A line of the first plot. */
  private record Series(String name, String color, ToLongFunction<Second> value) {}

  private static final List<Series> SERIES =
      List.of(
          new Series("accepted", "#1f77b4", Second::accepted),
          new Series("completed", "#2ca02c", Second::completed),
          new Series("errors", "#d62728", Second::errors));

  private final Report report;
  private final SvgCanvas canvas;

  private ReportSvg(Report report) {
    this.report = report;
    this.canvas = new SvgCanvas(WIDTH, ROWS_TOP + ROW * (report.timings().size() + 2));
  }

  static String of(Report report) {
    ReportSvg drawing = new ReportSvg(report);
    drawing.perSecond();
    drawing.timings();
    return drawing.canvas.end();
  }

  private void perSecond() {
    canvas.text(LEFT, 24, "start", report.scenario() + ", " + report.startedAt());
    double lastSecond = Math.max(1, report.timeline().size() - 1);
    long most =
        report.timeline().stream()
            .flatMapToLong(
                second -> SERIES.stream().mapToLong(series -> series.value().applyAsLong(second)))
            .max()
            .orElse(0);
    double top = Math.max(1, most);
    Report.Gap gap = report.longestGap();
    if (gap.seconds() > 1) {
      double from = x(gap.from() / lastSecond);
      canvas.area(
          from, TOP, x((gap.from() + gap.seconds()) / lastSecond) - from, BOTTOM - TOP, GAP);
    }
    for (int i = 0; i <= TICKS; i++) {
      double share = (double) i / TICKS;
      canvas.line(LEFT, y(share), RIGHT, y(share), GRID, 1);
      canvas.text(LEFT - 8, y(share) + 4, "end", number(top * share) + "/s");
      canvas.text(x(share), BOTTOM + 18, "middle", number(lastSecond * share) + " s");
    }
    for (int i = 0; i < SERIES.size(); i++) {
      Series series = SERIES.get(i);
      canvas.path(points(series, lastSecond, top), series.color());
      canvas.circle(LEFT + 8 + 110.0 * i, 42, 4, series.color());
      canvas.text(LEFT + 18 + 110.0 * i, 46, "start", series.name());
    }
  }

  private String points(Series series, double lastSecond, double top) {
    StringBuilder points = new StringBuilder();
    for (Second second : report.timeline()) {
      points.append(
          String.format(
              Locale.ROOT,
              "%.1f,%.1f ",
              x(second.second() / lastSecond),
              y(series.value().applyAsLong(second) / top)));
    }
    return points.toString().strip();
  }

  /** On a logarithmic scale: a line from p50 to p99, a dot at each of p50, p90 and p99. */
  private void timings() {
    double least = 0.1;
    double most =
        report.timings().stream().mapToDouble(Timing::p99).reduce(least * 10, Math::max) * 1.2;
    double decades = Math.log10(most / least);
    canvas.text(LEFT, ROWS_TOP - 28, "start", "milliseconds: p50, p90, p99");
    int bottom = ROWS_TOP + ROW * report.timings().size();
    for (double tick = least; tick <= most; tick *= 10) {
      double at = x(Math.log10(tick / least) / decades);
      canvas.line(at, ROWS_TOP - 12, at, bottom, GRID, 1);
      canvas.text(at, bottom + 14, "middle", number(tick));
    }
    for (int i = 0; i < report.timings().size(); i++) {
      Timing timing = report.timings().get(i);
      double y = ROWS_TOP + ROW * i + 0.0;
      canvas.text(LEFT - 8, y + 4, "end", timing.name());
      double[] at = new double[3];
      double[] values = {timing.p50(), timing.p90(), timing.p99()};
      for (int k = 0; k < at.length; k++) {
        at[k] = x(Math.log10(Math.max(least, values[k]) / least) / decades);
        canvas.circle(at[k], y, k == 0 ? 4 : 3, "#1f77b4");
      }
      canvas.line(at[0], y, at[2], y, "#1f77b4", 2);
    }
  }

  private static double x(double share) {
    return LEFT + share * (RIGHT - LEFT);
  }

  private static double y(double share) {
    return BOTTOM - share * (BOTTOM - TOP);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
