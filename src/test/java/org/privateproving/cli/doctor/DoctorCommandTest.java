package org.privateproving.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.privateproving.cli.LogLevels;
import org.privateproving.cli.Sp1Probe;
import org.privateproving.cli.settings.SettingsLoader;
import picocli.CommandLine;

@ExtendWith(LogLevels.class)
class DoctorCommandTest {
  private static final String SMI = "nvidia-smi -L";
  private static final String GPU_SERVER = "/home/prover/.sp1/bin/sp1-gpu-server --version";

  @TempDir Path data;
  private final FakeMachine machine = new FakeMachine();
  private Sp1Probe.Result sp1 = new Sp1Probe.Loaded("6.10.0", "v6.1.0");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void findsNothingWrongWithAGoodMachine() {
    assertThat(doctor()).isZero();
    assertThat(lines()).last().isEqualTo("up would work");
    assertThat(lines()).noneMatch(line -> line.startsWith("WARN") || line.startsWith("FAIL"));
    assertThat(line("engine")).contains("cpu (auto: no CUDA device in /dev)");
  }

  @Test
  void failsOnTheWrongJava() {
    machine.javaVersion = 26;
    assertFails("java", "JDK 26");
  }

  @Test
  void warnsOfTooLittleMemoryForTheCpuAndOnlyForTheCpu() {
    machine.memoryBytes = 8L << 30;
    assertThat(doctor()).isZero();
    assertThat(line("memory")).startsWith("WARN").contains("8.0 GiB", "10 GiB");
    assertThat(doctor("--engine", "mock")).isZero();
    assertThat(line("memory")).startsWith("OK");
  }

  @Test
  void failsOnAMachineWithHardlyAnyMemory() {
    machine.memoryBytes = 1L << 30;
    assertFails("memory", "1.0 GiB");
  }

  @Test
  void failsOnAClockThatCannotBeRight() {
    machine.now = Instant.EPOCH;
    assertFails("clock", "1970");
  }

  @Test
  void failsOnAnEngineThatThereIsNot() {
    assertFails("engine", "gpu", "--engine", "gpu");
  }

  @ParameterizedTest
  @CsvSource({"mock, stubs", "noop, proves nothing"})
  void warnsOfEnginesThatDoNotProve(String engine, String reason) {
    assertThat(doctor("--engine", engine)).isZero();
    assertThat(line("engine")).startsWith("WARN").contains(engine, reason);
  }

  @Test
  void choosesCudaWhereThereIsADevice() {
    gpu();
    assertThat(doctor()).isZero();
    assertThat(line("engine")).contains("cuda (auto");
    assertThat(line("gpu ")).contains("H200").doesNotContain("UUID");
    assertThat(line("gpu server")).contains("6.10.0");
  }

  @Test
  void failsOnCudaWithoutDeviceDriverOrServer() {
    assertFails("gpu ", "no CUDA device", "--engine", "cuda");
    gpu();
    machine.programs.remove(SMI);
    assertFails("gpu ", "nvidia-smi does not answer");
    gpu();
    assertFails("gpu ", "no device 1", "--device", "1");
    machine.programs.put(GPU_SERVER, "6.9.0");
    assertFails("gpu server", "6.9.0");
    machine.programs.remove(GPU_SERVER);
    assertFails("gpu server", "missing");
  }

  @Test
  void failsWithoutTheNativeLibrary() {
    sp1 = new Sp1Probe.NotLoaded("no library at /x");
    assertFails("sp1", "no library at /x");
  }

  @Test
  void failsAsRootWithoutUserNamespacesUnlessThereIsADatabase() {
    machine.root = true;
    assertFails("database", "root");
    machine.programs.put("unshare -U true", "");
    assertThat(doctor()).isZero();
    machine.programs.clear();
    assertThat(doctor("--set", "database.url=jdbc:postgresql://db/x")).isZero();
    assertThat(line("database")).contains("PostgreSQL 17.11");
  }

  @Test
  void failsOnADatabaseThatDoesNotAnswerAndNeverShowsItsUrl() {
    machine.databaseAnswers = false;
    assertFails(
        "database", "08001", "--set", "database.url=jdbc:postgresql://db/x?password=marker");
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("marker");
  }

  @Test
  void failsOnPortsInUse() {
    machine.usedPorts.addAll(List.of(8080, 8558));
    assertFails("gateway port", "8080");
    assertFails("management port", "8558");
    assertThat(doctor("--port", "8081", "--management-port", "8559")).isZero();
  }

  @Test
  void warnsOfADiskSmallerThanItsLimitAndFailsOnAFullOne() {
    machine.freeBytes = 10L << 30;
    assertThat(doctor()).isZero();
    assertThat(line("disk")).startsWith("WARN").contains("64.0 GiB");
    machine.freeBytes = 1L << 20;
    assertFails("disk", "0.0 GiB");
  }

  @Test
  void warnsOfKeysThatOthersMayRead() throws IOException {
    Path key = Files.writeString(data.resolve("cluster.key"), "");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(doctor()).isZero();
    assertThat(line("cluster key")).startsWith("WARN").contains("chmod 600");
  }

  @Test
  void failsOnADataFolderThatIsAFile() throws IOException {
    Path file = Files.writeString(data.resolve("file"), "");
    assertFails("data folder", "can't be written", "--data", file.resolve("in").toString());
  }

  @Test
  void speaksJson() throws IOException {
    machine.usedPorts.add(8080);
    assertThat(doctor("--json")).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(out.toByteArray());
    assertThat(report.get("ready").asBoolean()).isFalse();
    assertThat(report.get("findings"))
        .anySatisfy(
            found -> {
              assertThat(found.get("level").asText()).isEqualTo("FAIL");
              assertThat(found.get("subject").asText()).isEqualTo("gateway port");
              assertThat(found.get("advice").asText()).isNotEmpty();
            });
  }

  private void gpu() {
    machine.cudaDevices = List.of(Path.of("/dev/nvidia0"));
    machine.programs.put(SMI, "GPU 0: NVIDIA H200 (UUID: GPU-1234)");
    machine.programs.put(GPU_SERVER, "6.10.0");
  }

  private void assertFails(String subject, String detail, String... flags) {
    assertThat(doctor(flags)).isEqualTo(1);
    assertThat(line(subject)).startsWith("FAIL").contains(detail).contains(" -> ");
    assertThat(lines()).last().isEqualTo("up would not work");
  }

  private int doctor(String... flags) {
    out.reset();
    List<String> arguments = new ArrayList<>(List.of(flags));
    if (!arguments.contains("--data")) {
      arguments.addAll(List.of("--data", data.toString()));
    }
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    DoctorCommand command =
        new DoctorCommand(new SettingsLoader(Map.of()), config -> sp1, machine, () -> {}, stream);
    return new CommandLine(command).execute(arguments.toArray(String[]::new));
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String line(String subject) {
    return lines().stream()
        .filter(line -> line.substring(Math.min(6, line.length())).startsWith(subject))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line on " + subject + " in " + lines()));
  }
}
