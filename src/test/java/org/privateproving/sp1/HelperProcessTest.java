package org.privateproving.sp1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.privateproving.sp1.Uploads.decode;
import static org.privateproving.sp1.Uploads.program;
import static org.privateproving.sp1.Uploads.setup;
import static org.privateproving.sp1.Uploads.stdin;
import static org.privateproving.sp1.Uploads.text;
import static org.privateproving.sp1.Uploads.u32;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SP1 executes guests in helper processes; what becomes of those. */
class HelperProcessTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOP = 4;
  private static final long CRASH = 5;

  private static Engine engine;
  private static ProgramKey misbehave;

  @BeforeAll
  static void open() throws EngineException {
    engine = Engine.open(EngineOptions.of(EngineKind.MOCK));
    misbehave = setup(engine, program("misbehave"));
  }

  @AfterAll
  static void close() {
    misbehave.close();
    engine.close();
  }

  @Test
  void shouldLeaveNoHelperAndNoGuestMemoryBehindWhenProgramsFail() throws Exception {
    for (int round = 0; round < 5; round++) {
      execute(CRASH, 1_000_000);
    }
    await("helpers are collected").atMost(PATIENCE).until(() -> helpers().isEmpty());
    await("guest memory is given back").atMost(PATIENCE).until(() -> guestMemory().isEmpty());
  }

  @Test
  void shouldPassNothingThatIsOpenHereToAHelper() throws Exception {
    try (var socket = ServerSocketChannel.open().bind(null);
        var executor = Executors.newSingleThreadExecutor()) {
      assertThat(socket.isOpen()).isTrue();
      var execution = executor.submit(() -> execute(LOOP, 1_000_000));
      await("a helper runs the guest")
          .atMost(PATIENCE)
          .until(() -> helpers().stream().anyMatch(HelperProcessTest::isRunningGuest));
      Path helper =
          helpers().stream().filter(HelperProcessTest::isRunningGuest).toList().getFirst();
      assertThat(open(helper)).noneMatch(file -> file.startsWith("socket:"));
      assertThat(Files.readString(helper.resolve("environ"))).doesNotContain("HOME=", "USER=");
      assertThat(execution.get())
          .isInstanceOfSatisfying(
              ExecutionOutcome.ExecutionFailed.class,
              failed ->
                  assertThat(failed.cause()).isEqualTo(ExecutionFailure.EXCEEDED_CYCLE_LIMIT));
    }
  }

  private static ExecutionOutcome execute(long selector, long limit) throws EngineException {
    try (Stdin stdin = decode(engine, stdin(u32((int) selector), text("x")))) {
      return engine.execute(misbehave, stdin, limit);
    }
  }

  /** Folders in /proc of this process's helpers, dead ones included. */
  private static List<Path> helpers() throws IOException {
    String parent = " " + ProcessHandle.current().pid() + " ";
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("\\d+"))
          .filter(
              process ->
                  stat(process)
                      .matches("(?s)\\d+ \\((executor|sp1-native-runn)\\) \\w" + parent + ".*"))
          .toList();
    }
  }

  private static boolean isRunningGuest(Path helper) {
    try {
      return open(helper).stream().anyMatch(file -> file.contains("/dev/shm/sp1_"));
    } catch (IOException e) {
      return false;
    }
  }

  private static String stat(Path process) {
    try {
      return Files.readString(process.resolve("stat"));
    } catch (IOException e) {
      return "";
    }
  }

  private static List<String> open(Path process) throws IOException {
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      return descriptors.map(HelperProcessTest::target).toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Path> guestMemory() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
      return files.filter(file -> file.getFileName().toString().contains("sp1_")).toList();
    }
  }
}
