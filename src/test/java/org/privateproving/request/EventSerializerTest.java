package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventSerializerTest {
  private final EventSerializer serializer = new EventSerializer();

  static Stream<Event> events() {
    return SampleRequests.events().stream();
  }

  /** Events with what the second release added. */
  static Stream<Event> newerEvents() {
    return SampleRequests.newerEvents().stream();
  }

  static Stream<Event> allEvents() {
    return Stream.concat(events(), newerEvents());
  }

  @ParameterizedTest
  @MethodSource("allEvents")
  void shouldReadWhatItWrote(Event event) throws NotSerializableException {
    String manifest = serializer.manifest(event);
    assertThat(serializer.fromBinary(serializer.toBinary(event), manifest)).isEqualTo(event);
  }

  /** The bytes of the first release: they lie in journals, and must be read for ever. */
  @ParameterizedTest
  @MethodSource("events")
  void shouldReadWhatTheFirstReleaseWrote(Event event) throws IOException {
    assertReads(event, "events-v1.properties");
  }

  @ParameterizedTest
  @MethodSource("newerEvents")
  void shouldReadWhatTheSecondReleaseWrote(Event event) throws IOException {
    assertReads(event, "events-v2.properties");
  }

  /** The first release passes over what it does not know, and finds everything that it does. */
  @ParameterizedTest
  @MethodSource("newerEvents")
  void shouldKeepEveryFieldThatTheFirstReleaseReads(Event event) throws IOException {
    var cbor = new ObjectMapper(new CBORFactory());
    String first = release("events-v1.properties").getProperty(key(event));
    List<String> written = new ArrayList<>();
    cbor.readTree(serializer.toBinary(event)).fieldNames().forEachRemaining(written::add);
    List<String> read = new ArrayList<>();
    cbor.readTree(HexFormat.of().parseHex(first)).fieldNames().forEachRemaining(read::add);
    assertThat(written).containsAll(read);
  }

  /** To add an event to a file, take what the failing test says is written now. */
  private void assertReads(Event event, String file) throws IOException {
    String manifest = serializer.manifest(event);
    assertThat(release(file).getProperty(key(event)))
        .as("%s must have %s; written now: %s", file, manifest, written(event))
        .isNotNull()
        .satisfies(
            hex ->
                assertThat(serializer.fromBinary(HexFormat.of().parseHex(hex), manifest))
                    .isEqualTo(event));
  }

  /** During an upgrade, servers of both releases read one journal. */
  @ParameterizedTest
  @MethodSource("events")
  void shouldWriteWhatTheFirstReleaseReads(Event event) throws IOException {
    var cbor = new ObjectMapper(new CBORFactory());
    String first = release("events-v1.properties").getProperty(key(event));
    assertThat(cbor.readTree(serializer.toBinary(event)))
        .isEqualTo(cbor.readTree(HexFormat.of().parseHex(first)));
  }

  @Test
  void shouldKeepTheNumberUnderWhichJournalsKnowIt() {
    assertThat(serializer.identifier()).isEqualTo(710_100);
  }

  @Test
  void shouldRefuseAManifestThatItDoesNotKnow() {
    assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "accepted:99"))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("accepted:99");
  }

  private String written(Event event) {
    return HexFormat.of().formatHex(serializer.toBinary(event));
  }

  private String key(Event event) {
    return serializer.manifest(event).replace(':', '.');
  }

  private static Properties release(String file) throws IOException {
    Properties properties = new Properties();
    try (var in = EventSerializerTest.class.getResourceAsStream(file)) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties;
  }
}
