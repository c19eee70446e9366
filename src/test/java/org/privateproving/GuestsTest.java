package org.privateproving;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The committed guest programs are those whose checksums are committed with them. */
class GuestsTest {
  private static final Path ELFS = Path.of("guests", "elf");

  @Test
  void shouldHaveTheChecksumsThatAreCommittedWithThem() throws Exception {
    List<String> lines = Files.readAllLines(ELFS.resolve("SHA256SUMS"));
    assertThat(lines).hasSize(3);
    for (String line : lines) {
      String[] parts = line.split("\\s+\\*?", 2);
      byte[] elf = Files.readAllBytes(ELFS.resolve(parts[1]));
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(elf);
      assertThat(HexFormat.of().formatHex(digest)).as(parts[1]).isEqualTo(parts[0]);
    }
  }
}
