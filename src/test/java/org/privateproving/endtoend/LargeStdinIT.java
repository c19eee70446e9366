package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.database.TestPostgres;
import org.privateproving.gateway.Signer;
import org.privateproving.wire.artifact.ArtifactType;
import org.privateproving.wire.network.FulfillmentStatus;

/** An input many times larger than the server's heap is proved like any other. */
class LargeStdinIT {
  private static final long GIB = 1L << 30;
  private static final int HEAP_MIB = 256;

  // Measured: 3500 MiB at the peak. The heap had 115 MiB of these, and may have HEAP_MIB. Outside
  // of
  // it lies three times the input: decoded, and the copies that SP1's executor takes of it. The
  // rest, some 300 MiB, are the JVM, the native library and threads' stacks, for which 512 are
  // allowed. A fourth copy of the input, wherever it is, does not fit.
  private static final long MOST_MIB = HEAP_MIB + 3 * (GIB >> 20) + 512;
  private static final Pattern HEAP = Pattern.compile("(\\d+)M->\\d+M\\(");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  @Test
  void aGibibyteOfInputIsProvedByAServerWithAQuarterOfThatForItsHeap(@TempDir Path data)
      throws Exception {
    Path collections = data.resolve("gc.log");
    Guest fibonacci = Guest.of("fibonacci");
    try (ProvingProcess process =
            ProvingProcess.in(data)
                .jvm("-Xmx" + HEAP_MIB + "m", "-Xlog:gc:file=" + collections)
                .database(TestPostgres.freshDatabase())
                .start();
        var client = new WireClient(process.url(), Signer.ONE)) {
      client.register(fibonacci);
      WireClient.Grant grant = client.grant(ArtifactType.PRIVATE_STDIN);
      byte[] head =
          Encodings.concat(
              Encodings.concat(
                  Encodings.u64(2), Encodings.concat(Encodings.u64(4), Encodings.u32(10))),
              Encodings.u64(GIB));
      byte[] tail = new byte[16];
      var body =
          BodyPublishers.fromPublisher(
              BodyPublishers.ofInputStream(() -> stdin(head, tail)),
              head.length + GIB + tail.length);
      long start = System.nanoTime();

      assertThat(client.put(grant.put(), body).statusCode()).isEqualTo(200);
      Duration upload = Duration.ofNanos(System.nanoTime() - start);
      ByteString id = client.request(client.body(fibonacci.vkHash(), grant.uri()));
      var end = client.awaitEnd(id);

      Duration all = Duration.ofNanos(System.nanoTime() - start);
      assertThat(end.getFulfillmentStatus()).isEqualTo(FulfillmentStatus.FULFILLED);
      long peak =
          largest(PEAK, Path.of("/proc", Long.toString(process.handle().pid()), "status")) / 1024;
      System.out.printf(
          "1 GiB: up in %.1f s (%.0f MB/s), proved after %.1f s; peak heap %d MiB, peak RSS %d MiB%n",
          upload.toMillis() / 1e3,
          GIB / 1e3 / upload.toMillis(),
          all.toMillis() / 1e3,
          largest(HEAP, collections),
          peak);
      assertThat(peak).as("MiB of resident memory").isBetween(GIB >> 20, MOST_MIB);
    }
  }

  private static long largest(Pattern number, Path file) throws IOException {
    return number
        .matcher(Files.readString(file))
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .max()
        .orElse(0);
  }

  private static InputStream stdin(byte[] head, byte[] tail) {
    return new SequenceInputStream(
        Collections.enumeration(
            List.of(
                new ByteArrayInputStream(head), new Noise(GIB), new ByteArrayInputStream(tail))));
  }

  /** So many bytes that do not compress, made as they are read. */
  private static final class Noise extends InputStream {
    private final SplittableRandom random = new SplittableRandom(1);
    private long left;

    Noise(long size) {
      left = size;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) {
      if (left == 0) {
        return -1;
      }
      byte[] noise = new byte[(int) Math.min(left, length)];
      random.nextBytes(noise);
      System.arraycopy(noise, 0, into, from, noise.length);
      left -= noise.length;
      return noise.length;
    }
  }
}
