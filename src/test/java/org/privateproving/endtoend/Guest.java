package org.privateproving.endtoend;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.HexFormat;

/** A program of {@code guests/}, and the hash that the SDK computes for it. */
record Guest(byte[] elf, ByteString vkHash) {

  /** Takes many seconds the first time on a machine. */
  static Guest of(String name) throws InterruptedException {
    // No request is made: the client only says what program it would ask about.
    SdkClient client =
        SdkClient.run(
            URI.create("http://127.0.0.1:1"),
            "--elf",
            SdkClient.elf(name).toString(),
            "--count",
            "0");
    String hash = client.event("ready").path("vkHash").asText();
    return new Guest(Encodings.elf(name), ByteString.copyFrom(HexFormat.of().parseHex(hash)));
  }
}
