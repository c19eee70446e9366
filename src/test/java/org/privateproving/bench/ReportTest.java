package org.privateproving.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.privateproving.bench.Measurements.Count;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Ten seconds in which a request a second is accepted and completed, but for three of them. */
class ReportTest {
  private static final int MEGABYTE = 1_000_000;

  private Report report = new SampleReport().make();

  /** The measurements behind it. */
  private static final class SampleReport {
    private final AtomicLong nanos = new AtomicLong();
    private final Measurements measurements =
        new Measurements(nanos::get, Duration.ZERO, Duration.ofSeconds(10));

    Report make() {
      for (int second = 0; second < 10; second++) {
        nanos.set(second * 1_000_000_000L);
        measurements.count(Count.STARTED);
        measurements.count(Count.ACCEPTED);
        measurements.count(Count.UPLOADED_BYTES, 2 * MEGABYTE);
        measurements.tookOfMeasured(Measure.COMPLETED, 10_000_000);
        if (second < 4 || second >= 7) {
          measurements.count(Count.COMPLETED);
        } else {
          measurements.error("GetNonce", "UNAVAILABLE");
        }
      }
      measurements.failure("<an & odd reason>");
      return ReportMaking.report(
          new SamplePlan().make(),
          measurements,
          Instant.parse("2026-01-02T03:04:05Z"),
          Duration.ofSeconds(10),
          2,
          List.of(new Report.Timing("answered to <leased>", 7, 1, 2, 3, 4, 5, 6)),
          List.of(
              new ProcessWatch.Taken("server", 300L * MEGABYTE, 40L * MEGABYTE, 0.5),
              new ProcessWatch.Taken("database", 30L * MEGABYTE, -1, 0.25)),
          List.of("a note"));
    }
  }

  private JsonNode json() throws Exception {
    return new ObjectMapper().readTree(report.json());
  }

  private static Document parsed(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void shouldTellProgramsWhatCameOut() throws Exception {
    JsonNode json = json();
    assertThat(json.path("scenario").asText()).isEqualTo("lives");
    assertThat(json.path("startedAt").asText()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(json.path("requests").toString())
        .isEqualTo(
            "{\"started\":10,\"accepted\":10,\"completed\":7,\"failed\":1,\"unfinished\":2}");
    assertThat(json.path("rates").path("accepted").asDouble()).isEqualTo(1);
    assertThat(json.path("rates").path("completed").asDouble()).isEqualTo(0.7);
    assertThat(json.path("rates").path("uploadedMegabytes").asDouble()).isEqualTo(2);
    assertThat(json.path("errors").toString()).isEqualTo("{\"GetNonce UNAVAILABLE\":3}");
    assertThat(json.path("failures").path("<an & odd reason>").asInt()).isEqualTo(1);
    assertThat(json.path("longestGap").toString()).isEqualTo("{\"from\":3.0,\"seconds\":4.0}");
    assertThat(json.path("notes").get(0).asText()).isEqualTo("a note");
  }

  @Test
  void shouldTellProgramsTimesInMilliseconds() throws Exception {
    JsonNode timings = json().path("timings");
    assertThat(timings.get(0).path("name").asText()).isEqualTo("answered to <leased>");
    assertThat(timings.get(0).path("p999").asDouble()).isEqualTo(5);
    assertThat(timings.get(1).path("name").asText()).isEqualTo("accepted to proof");
    assertThat(timings.get(1).path("count").asInt()).isEqualTo(10);
    assertThat(timings.get(1).path("p99").asDouble()).isBetween(9.9, 10.1);
  }

  @Test
  void shouldLeaveOutAHeapThatNobodyCouldLookInto() throws Exception {
    JsonNode processes = json().path("processes");
    assertThat(processes.get(0).path("heapMaxMegabytes").asDouble()).isEqualTo(40);
    assertThat(processes.get(1).has("heapMaxMegabytes")).isFalse();
  }

  @Test
  void shouldTellWhatHappenedInEachSecondAlsoWhereNothingDid() throws Exception {
    JsonNode timeline = json().path("timeline");
    assertThat(timeline).hasSize(10);
    assertThat(timeline.get(5).toString())
        .isEqualTo(
            "{\"second\":5,\"started\":1,\"accepted\":1,\"completed\":0,\"failed\":0,\"polls\":0,"
                + "\"errors\":1}");
  }

  @Test
  void shouldTellPeopleTheSame() {
    assertThat(report.text())
        .contains("requests  started 10, accepted 10, completed 7, failed 1, unfinished 2")
        .contains("over 10.0 s  accepted 1.0, completed 0.7")
        .contains("longest time without a completed request  4.0 s, from second 3.0")
        .containsPattern("accepted to proof +10 +10\\.0")
        .containsPattern("GetNonce UNAVAILABLE +3")
        .containsPattern("database +30 +- +0\\.25")
        .endsWith("a note\n");
  }

  @Test
  void shouldDrawAPictureThatIsWellFormedWhateverNamesHold() throws Exception {
    Document svg = parsed(report.svg());
    assertThat(svg.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(svg.getDocumentElement().getTextContent())
        .contains("accepted", "completed", "errors", "answered to <leased>");
    assertThat(svg.getElementsByTagName("polyline").getLength()).isEqualTo(3);
    String points = ((Element) svg.getElementsByTagName("polyline").item(0)).getAttribute("points");
    assertThat(points.split(" ")).hasSize(10);
  }

  @Test
  void shouldDrawAndWriteARunInWhichNothingHappened() throws Exception {
    Measurements empty = new Measurements(() -> 0, Duration.ZERO, Duration.ofSeconds(1));
    report =
        ReportMaking.report(
            new SamplePlan().make(),
            empty,
            Instant.EPOCH,
            Duration.ZERO,
            0,
            List.of(),
            List.of(),
            List.of());
    parsed(report.svg());
    assertThat(report.svg()).doesNotContain("NaN", "Infinity");
    assertThat(report.json()).doesNotContain("NaN", "Infinity");
    assertThat(report.text()).doesNotContain("NaN");
  }
}
