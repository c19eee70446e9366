package org.privateproving.request;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Writes events to the journal as CBOR under a short name and version that do not change when a
 * class moves. A new version of an event gets a new manifest; the old one stays readable.
 */
public final class EventSerializer extends SerializerWithStringManifest {
  /** Never to be changed, never to be used again: it is stored with each event. */
  private static final int IDENTIFIER = 710_100;

  private static final Map<String, Class<? extends Event>> CLASSES =
      Map.ofEntries(
          entry("accepted:1", Event.Accepted.class),
          entry("lease-granted:1", Event.LeaseGranted.class),
          entry("lease-lost:1", Event.LeaseLost.class),
          entry("executed:1", Event.Executed.class),
          entry("proved:1", Event.Proved.class),
          entry("fulfilled:1", Event.Fulfilled.class),
          entry("fulfilled-elsewhere:1", Event.FulfilledElsewhere.class),
          entry("failed:1", Event.Failed.class),
          entry("failure-reported:1", Event.FailureReported.class),
          entry("expired:1", Event.Expired.class),
          entry("inputs-erased:1", Event.InputsErased.class));

  private static final Map<Class<?>, String> MANIFESTS =
      CLASSES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  private final ObjectMapper cbor =
      new ObjectMapper(new CBORFactory())
          .registerModule(new JavaTimeModule())
          .registerModule(new Jdk8Module())
          // A field that a later release added is no reason not to start.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object event) {
    String manifest = MANIFESTS.get(event.getClass());
    if (manifest == null) {
      throw new IllegalArgumentException("not an event: " + event.getClass().getName());
    }
    return manifest;
  }

  @Override
  public byte[] toBinary(Object event) {
    try {
      return cbor.writeValueAsBytes(event);
    } catch (IOException e) {
      throw new UncheckedIOException(manifest(event), e);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws NotSerializableException {
    Class<? extends Event> type = CLASSES.get(manifest);
    if (type == null) {
      throw new NotSerializableException("no such event: " + manifest);
    }
    try {
      return cbor.readValue(bytes, type);
    } catch (IOException e) {
      throw new UncheckedIOException(manifest, e);
    }
  }
}
