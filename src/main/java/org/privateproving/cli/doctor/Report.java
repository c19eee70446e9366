package org.privateproving.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/**
 * All findings, to be shown.
 *
 * @param ready whether {@code up} would work
 */
record Report(boolean ready, List<Finding> findings) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Report of(List<Finding> findings) {
    boolean ready = findings.stream().noneMatch(found -> found.level() == Finding.Level.FAIL);
    return new Report(ready, List.copyOf(findings));
  }

  /** A line for each finding, advice after an arrow. */
  String text() {
    StringBuilder text = new StringBuilder();
    for (Finding found : findings) {
      text.append(String.format("%-4s  %-16s %s", found.level(), found.subject(), found.detail()));
      if (!found.advice().isEmpty()) {
        text.append(" -> ").append(found.advice());
      }
      text.append('\n');
    }
    return text.append(ready ? "up would work" : "up would not work").toString();
  }

  /** {@code {"ready": true, "findings": [{"level": "OK", "subject": …}]}}. */
  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is plain values", e);
    }
  }
}
