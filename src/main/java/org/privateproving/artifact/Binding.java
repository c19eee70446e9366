package org.privateproving.artifact;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import org.privateproving.domain.Address;

/** What an artifact's key and bytes are good for, and for nothing else. */
record Binding(ArtifactId id, ArtifactKind kind, Address owner) {
  private static final byte VERSION = 1;

  /** Fixed lengths but for the kind, which stands last: two bindings never look alike. */
  byte[] bytes() {
    byte[] name = kind.name().getBytes(US_ASCII);
    return ByteBuffer.allocate(1 + 16 + Address.BYTES + name.length)
        .put(VERSION)
        .putLong(id.value().getMostSignificantBits())
        .putLong(id.value().getLeastSignificantBits())
        .put(owner.bytes())
        .put(name)
        .array();
  }
}
