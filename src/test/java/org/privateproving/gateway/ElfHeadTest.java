package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElfHeadTest {
  private static final Path FIBONACCI = Path.of("guests/elf/fibonacci.elf");

  @Test
  void takesAProgramAsSdk5UploadsIt() throws IOException {
    assertThat(ElfHead.fault(head(bincode(Files.readAllBytes(FIBONACCI))))).isEmpty();
  }

  @Test
  void takesAProgramAsSdk6UploadsIt() throws IOException {
    assertThat(ElfHead.fault(head(streamed(bincode(Files.readAllBytes(FIBONACCI)))))).isEmpty();
  }

  @Test
  void takesAProgramWhoseFirstBlockDoesNotCompress() throws IOException {
    byte[] elf = new byte[1 << 20];
    new Random(1).nextBytes(elf);
    System.arraycopy(Files.readAllBytes(FIBONACCI), 0, elf, 0, 64);

    assertThat(ElfHead.fault(head(streamed(bincode(elf))))).isEmpty();
  }

  @Test
  void refusesAnElfThatCameWithoutTheSdksEncoding() throws IOException {
    assertThat(ElfHead.fault(head(Files.readAllBytes(FIBONACCI))))
        .hasValueSatisfying(fault -> assertThat(fault).startsWith("not an ELF"));
  }

  @Test
  void refusesAnElfForAnotherMachine() throws IOException {
    byte[] elf = Files.readAllBytes(FIBONACCI);
    elf[18] = 62;

    assertThat(ElfHead.fault(bincode(elf)))
        .contains("an ELF for machine 62 (expected: 243, RISC-V)");
  }

  @Test
  void refusesWhatIsTooShortOrNoProgramAtAll() {
    assertThat(ElfHead.fault(new byte[0])).contains("not an ELF: 0 bytes are too few");
    assertThat(ElfHead.fault(new byte[24])).contains("not an ELF: 24 bytes are too few");
    assertThat(ElfHead.fault(new byte[100])).isPresent();
    assertThat(ElfHead.fault(Zstd.compress(new byte[10]))).isPresent();
  }

  @Test
  void refusesBrokenZstd() throws IOException {
    byte[] upload = streamed(bincode(Files.readAllBytes(FIBONACCI)));
    Arrays.fill(upload, 4, 64, (byte) 0xff);

    assertThat(ElfHead.fault(head(upload)))
        .contains("not an ELF: it looks like zstd and cannot be decompressed");
  }

  static byte[] bincode(byte[] elf) {
    return ByteBuffer.allocate(8 + elf.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(elf.length)
        .put(elf)
        .array();
  }

  private static byte[] head(byte[] upload) {
    return Arrays.copyOf(upload, Math.min(upload.length, ElfHead.BYTES));
  }

  /** Without the content's size in the frame, as the SDK does it. */
  private static byte[] streamed(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (var out = new ZstdOutputStream(compressed, 3)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }
}
