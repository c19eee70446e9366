package org.privateproving.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.io.NotSerializableException;
import java.util.HexFormat;
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

  @ParameterizedTest
  @MethodSource("events")
  void shouldReadWhatItWrote(Event event) throws NotSerializableException {
    String manifest = serializer.manifest(event);
    assertThat(serializer.fromBinary(serializer.toBinary(event), manifest)).isEqualTo(event);
  }

  /** The bytes of the first release: they lie in journals, and must be read for ever. */
  @ParameterizedTest
  @MethodSource("events")
  void shouldReadWhatTheFirstReleaseWrote(Event event) throws IOException {
    String manifest = serializer.manifest(event);
    assertThat(firstRelease().getProperty(manifest.replace(':', '.')))
        .as("events-v1.properties must have %s; written now: %s", manifest, written(event))
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
    String first = firstRelease().getProperty(serializer.manifest(event).replace(':', '.'));
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

  private static Properties firstRelease() throws IOException {
    Properties properties = new Properties();
    try (var in = EventSerializerTest.class.getResourceAsStream("events-v1.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties;
  }
}
