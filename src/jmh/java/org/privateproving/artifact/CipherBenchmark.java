package org.privateproving.artifact;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.privateproving.artifact.ArtifactCipher.DataKey;
import org.privateproving.domain.Address;

/** An artifact of one chunk, 1 MiB, with a data key of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CipherBenchmark {
  /** What fits into one segment besides its header and tag. */
  private static final int PLAIN = ArtifactCipher.SEGMENT - 1024;

  private final ArtifactCipher cipher =
      new ArtifactCipher(ClusterKey.inMemory(new SecureRandom()));
  private final Binding binding =
      new Binding(
          new ArtifactId(new UUID(1, 2)), ArtifactKind.STDIN, Address.of(filled(Address.BYTES)));
  private final byte[] plain = noise();
  private final DataKey key = cipher.newKey(binding);
  private final byte[] sealed = sealed(key);

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 3);
    return bytes;
  }

  private static byte[] noise() {
    byte[] bytes = new byte[PLAIN];
    new Random(1).nextBytes(bytes);
    return bytes;
  }

  private byte[] sealed(DataKey with) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(ArtifactCipher.SEGMENT);
    try (OutputStream sealing = with.encrypt(out)) {
      sealing.write(plain);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return out.toByteArray();
  }

  @Benchmark
  public DataKey newKey() {
    return cipher.newKey(binding);
  }

  @Benchmark
  public byte[] encrypt() {
    return sealed(key);
  }

  @Benchmark
  public long decrypt() throws IOException {
    try (InputStream opened =
        cipher.decrypt(key.wrapped(), binding, new ByteArrayInputStream(sealed))) {
      return opened.transferTo(OutputStream.nullOutputStream());
    }
  }
}
