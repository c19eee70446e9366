package org.privateproving.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.privateproving.gateway.Signer;

/**
 * Nothing that is private shows anywhere. A marker goes into inputs of every kind, good and bad;
 * then it is looked for wherever somebody could look, and so are the keys and the URLs that open
 * something.
 */
class MarkerIT {
  private static final String MARKER = "marker-" + UUID.randomUUID().toString().substring(0, 18);
  // As two numbers whose sum fits in 64 bits.
  private static final byte[] NUMBERS =
      UUID.randomUUID().toString().substring(0, 16).getBytes(UTF_8);
  private static final List<Path> SHARED = List.of(Path.of("/tmp"), Path.of("/dev/shm"));

  // What nobody may see, and what nobody may see but whoever asks for the status.
  private static final Secrets SECRETS = new Secrets();
  private static final Secrets PROOF_URLS = new Secrets();
  private static final Set<Path> SHARED_BEFORE = new TreeSet<>();

  @TempDir private static Path data;
  @TempDir private static Path temporary;
  private static URI management;
  private static byte[] published;
  private static String answers;
  private static String log;
  private static String tables;
  private static Set<String> seen;
  private static Set<String> programs;

  @BeforeAll
  static void usesTheServerInEveryWay() throws Exception {
    SECRETS.add("the marker", MARKER).add("the numbers", NUMBERS);
    ByteBuffer numbers = ByteBuffer.wrap(NUMBERS).order(ByteOrder.LITTLE_ENDIAN);
    long first = numbers.getLong();
    long second = numbers.getLong();
    SECRETS.form("a number", Long.toString(first)).form("a number", Long.toString(second));
    SHARED_BEFORE.addAll(shared());
    Guest fibonacci = Guest.of("fibonacci");
    Guest misbehave = Guest.of("misbehave");
    Guest sum = Guest.of("sum-of-secrets");
    try (ProvingProcess process = start()) {
      SECRETS
          .add("the cluster key", HexFormat.of().parseHex(Files.readString(keyFile()).strip()))
          .add(
              "the database's password",
              Files.readString(EmbeddedDatabase.passwordFile(data)).strip());
      var processes = List.of(process.handle(), EmbeddedDatabase.process(data));
      try (var watch = new ProcessWatch(processes, temporary, SECRETS);
          var client = new WireClient(process.url(), Signer.ONE)) {
        var traffic = new MarkedTraffic(client, SECRETS, PROOF_URLS);
        client.register(fibonacci);
        client.register(misbehave);
        client.register(sum);
        byte[] marker = Encodings.bytes(MARKER);
        // Long enough for the watch to see its helper.
        traffic.fulfilled(fibonacci, Encodings.stdin(Encodings.u32(20_000_000), marker));
        traffic.fulfilled(sum, Encodings.zstd(Encodings.stdin(Encodings.u64s(first, second))));
        traffic.fulfilled(misbehave, Encodings.stdin(Encodings.u32(2), marker));
        // The program itself publishes it, to whom it proves.
        published = traffic.fulfilled(misbehave, Encodings.stdin(Encodings.u32(10), marker));
        for (int how : new int[] {1, 3, 5, 6, 7, 8, 9, 11}) {
          traffic.end(misbehave, Encodings.stdin(Encodings.u32(how), marker));
        }
        traffic.end(fibonacci, MARKER.getBytes(UTF_8));
        traffic.end(fibonacci, Encodings.zstd(MARKER.getBytes(UTF_8)));
        traffic.refused(fibonacci, Encodings.stdin(marker));
        traffic.brokenOff(EmbeddedDatabase.of(data), MARKER);
        traffic.notEvenHttp();
        traffic.operatorsLookIn(management);
        answers = traffic.answers();
        seen = watch.found();
        programs = watch.programs();
      }
      tables = EmbeddedDatabase.dump(EmbeddedDatabase.of(data));
      process.stop();
      log = process.log();
    }
  }

  private static ProvingProcess start() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      management = URI.create("http://127.0.0.1:" + free.getLocalPort() + "/");
    }
    return ProvingProcess.in(data)
        .managementPort(management.getPort())
        .environment("TMPDIR", temporary.toString())
        .jvm("-Djava.io.tmpdir=" + temporary)
        .set("log-level=trace")
        .set("gateway.listing=by-requester")
        // The wire client does not repeat a call, as the SDK would on a busy machine.
        .set("requests.ask-timeout=30s")
        .start();
  }

  private static Path keyFile() {
    return data.resolve("cluster.key");
  }

  /** The files that are there to hold a secret. */
  private static Set<Path> known() {
    return Set.of(keyFile(), EmbeddedDatabase.passwordFile(data));
  }

  private static Set<Path> shared() throws IOException {
    Set<Path> all = new TreeSet<>();
    for (Path folder : SHARED) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries.forEach(all::add);
      }
    }
    return all;
  }

  // The search.

  @Test
  void theSearchFindsWhatIsThere(@TempDir Path folder) throws Exception {
    byte[] padded = ("x".repeat((1 << 20) - 10) + MARKER + "y").getBytes(UTF_8);
    Files.write(folder.resolve("plain"), padded);
    Files.writeString(
        folder.resolve("log"),
        "12:00 INFO input " + Base64.getEncoder().encodeToString(("a" + MARKER).getBytes(UTF_8)));
    Files.writeString(
        folder.resolve("hex"), HexFormat.of().formatHex((MARKER + "b").getBytes(UTF_8)));
    Files.writeString(folder.resolve("list"), Arrays.toString(MARKER.getBytes(UTF_8)));

    assertThat(SECRETS.under(List.of(folder), Set.of()))
        .hasSize(4)
        .allMatch(line -> line.startsWith("the marker in "));
    assertThat(SECRETS.under(List.of(folder), Set.of(folder.resolve("log")))).hasSize(3);
    assertThat(SECRETS.in(Files.readString(keyFile()))).containsExactly("the cluster key");
    assertThat(SECRETS.under(List.of(data), Set.of()))
        .contains("the cluster key in " + keyFile())
        .contains("the database's password in " + EmbeddedDatabase.passwordFile(data));
    // Where the database keeps what it has written.
    Path planted = data.resolve("postgres/data/base/planted");
    Files.writeString(planted, "x" + MARKER);
    try {
      assertThat(SECRETS.under(List.of(data), known())).containsExactly("the marker in " + planted);
    } finally {
      Files.delete(planted);
    }
    assertThat(SECRETS.in(published)).containsExactly("the marker");
    assertThat(log).contains("ready: ", "DEBUG");
    assertThat(tables).contains("event_journal (", "artifact (");
    assertThat(programs).contains("java", "postgres", "executor");
  }

  @Test
  void nothingIsPrinted() {
    assertThat(SECRETS.in(log)).isEmpty();
    assertThat(PROOF_URLS.in(log)).isEmpty();
  }

  @Test
  void nothingLiesInTheDataFolderOrInTheDatabase() throws IOException {
    assertThat(SECRETS.under(List.of(data), known())).isEmpty();
    assertThat(PROOF_URLS.under(List.of(data), known())).isEmpty();
    assertThat(SECRETS.in(tables)).isEmpty();
    assertThat(PROOF_URLS.in(tables)).isEmpty();
  }

  @Test
  void nothingLiesWhereProgramsKeepTemporaryFiles() throws IOException {
    Set<Path> added = new TreeSet<>(shared());
    added.removeAll(SHARED_BEFORE);
    added.removeIf(data::startsWith);
    // What belongs to somebody else was not written by our processes, and may be closed to us.
    UserPrincipal ours = Files.getOwner(data);
    for (Path path : List.copyOf(added)) {
      if (!isOf(ours, path)) {
        added.remove(path);
      }
    }

    assertThat(SECRETS.under(List.copyOf(added), Set.of())).isEmpty();
    assertThat(Secrets.files(temporary)).isEmpty();
  }

  private static boolean isOf(UserPrincipal owner, Path path) throws IOException {
    try {
      return Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(owner);
    } catch (NoSuchFileException e) {
      return false; // tidied away meanwhile
    }
  }

  @Test
  void nothingIsTold() {
    assertThat(SECRETS.in(answers)).isEmpty();
    assertThat(PROOF_URLS.in(answers)).isEmpty();
  }

  @Test
  void nothingShowsInProcesses() {
    assertThat(seen).isEmpty();
  }
}
