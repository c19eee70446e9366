package org.privateproving.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came out of a bench. The names of its parts are those of the JSON file.
 *
 * @param startedAt ISO 8601
 * @param plan what was asked for, in words
 * @param measuredSeconds of the window that the rates and times are of
 * @param requests of the whole run, warm-up included
 * @param timings of what began inside the window
 * @param errors failed attempts by call and code, whether or not they were repeated
 * @param failures lives that ended without a proof, by reason
 * @param longestGap between two completed lives
 * @param timeline what happened second by second, from the start
 */
public record Report(
    String scenario,
    String startedAt,
    Map<String, String> plan,
    double measuredSeconds,
    Requests requests,
    Rates rates,
    List<Timing> timings,
    Map<String, Long> errors,
    Map<String, Long> failures,
    Gap longestGap,
    List<Taken> processes,
    List<Second> timeline,
    List<String> notes) {

  /** As people read it. */
  public String text() {
    return ReportText.of(this);
  }

  /** For programs. */
  public String json() {
    return ReportJson.of(this);
  }

  /** As a picture. */
  public String svg() {
    return ReportSvg.of(this);
  }

  /**
   * @param unfinished under way when the patience ended
   */
  public record Requests(
      long started, long accepted, long completed, long failed, long unfinished) {}

  /** Per second, inside the window. */
  public record Rates(
      double accepted, double completed, double polls, double errors, double uploadedMegabytes) {}

  /** In milliseconds. */
  public record Timing(
      String name,
      long count,
      double mean,
      double p50,
      double p90,
      double p99,
      double p999,
      double max) {}

  /** In seconds. */
  public record Gap(double from, double seconds) {}

  /**
   * @param heapMaxMegabytes absent where nobody could look
   * @param processors how many it kept busy
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Taken(
      String name,
      double residentMaxMegabytes,
      Optional<Double> heapMaxMegabytes,
      double processors) {}

  public record Second(
      long second,
      long started,
      long accepted,
      long completed,
      long failed,
      long polls,
      long errors) {}
}
