package org.privateproving.endtoend;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.grpc.Status.Code;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fault of the stand-in network, without the call that is to meet it.
 *
 * @param fields as its control takes them
 */
record InjectedFault(Map<String, Object> fields) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a call of ours may take longer without being given up. */
  static final int DELAY_MILLIS = 300;

  private static InjectedFault of(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return new InjectedFault(fields);
  }

  /** Refusals of every code; {@code when} is before or after what was asked is done. */
  static Stream<InjectedFault> codes(String when) {
    return Arrays.stream(Code.values())
        .filter(code -> code != Code.OK)
        .map(code -> of("kind", "code", "code", code.name(), "when", when));
  }

  static InjectedFault code(Code code, String when) {
    return of("kind", "code", "code", code.name(), "when", when);
  }

  static Stream<InjectedFault> statuses(String when) {
    return Stream.of(400, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504)
        .map(status -> of("kind", "code", "code", Integer.toString(status), "when", when));
  }

  static InjectedFault delay() {
    return of("kind", "delay", "millis", DELAY_MILLIS);
  }

  static InjectedFault timed(String kind, String when) {
    return of("kind", kind, "when", when);
  }

  static InjectedFault kind(String kind) {
    return of("kind", kind);
  }

  /**
   * @param millis how long nobody gets the request
   */
  static InjectedFault unassigned(int millis) {
    return of("kind", "unassigned", "millis", millis);
  }

  String kind() {
    return (String) fields.get("kind");
  }

  boolean isKind(String kind) {
    return kind.equals(kind());
  }

  boolean isAfter() {
    return "after".equals(fields.get("when"));
  }

  /** Of a refusal by a gRPC code. */
  Optional<Code> code() {
    return text().filter(text -> !Character.isDigit(text.charAt(0))).map(Code::valueOf);
  }

  /** Of a refusal by an HTTP status. */
  Optional<Integer> status() {
    return text().filter(text -> Character.isDigit(text.charAt(0))).map(Integer::valueOf);
  }

  private Optional<String> text() {
    return Optional.ofNullable((String) fields.get("code"));
  }

  /**
   * The message to the stand-in's control.
   *
   * @param at which call is to meet it
   */
  String json(Map<String, Object> at) {
    Map<String, Object> all = new LinkedHashMap<>(at);
    all.putAll(fields);
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return fields.values().stream().map(Object::toString).collect(Collectors.joining(" "));
  }
}
