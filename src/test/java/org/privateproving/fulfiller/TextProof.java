package org.privateproving.fulfiller;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.pekko.NotUsed;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;
import org.privateproving.domain.Digest;

/** Stands in for a proof where nobody looks into it. */
record TextProof(String text) implements VerifiedProof {
  @Override
  public long size() {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public Digest sha256() {
    byte[] digest = new byte[Digest.BYTES];
    Arrays.fill(digest, (byte) text.length());
    return Digest.of(digest);
  }

  @Override
  public Source<ByteString, NotUsed> bytes() {
    return Source.single(ByteString.fromString(text));
  }
}
