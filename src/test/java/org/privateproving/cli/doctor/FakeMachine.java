package org.privateproving.cli.doctor;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A good machine without a GPU, until a test takes something away. */
final class FakeMachine implements Machine {
  int javaVersion = 25;
  long memoryBytes = 64L << 30;
  int cores = 16;
  Instant now = Instant.parse("2026-11-22T12:00:00Z");
  boolean root;
  boolean databaseAnswers = true;
  long freeBytes = 1L << 40;
  List<Path> cudaDevices = List.of();
  final Map<String, String> programs = new HashMap<>();
  final Set<Integer> usedPorts = new HashSet<>();

  @Override
  public int javaVersion() {
    return javaVersion;
  }

  @Override
  public long memoryBytes() {
    return memoryBytes;
  }

  @Override
  public int cores() {
    return cores;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public boolean isRoot() {
    return root;
  }

  @Override
  public Path home() {
    return Path.of("/home/prover");
  }

  @Override
  public Optional<String> environment(String variable) {
    return Optional.empty();
  }

  @Override
  public Optional<String> run(List<String> command) {
    return Optional.ofNullable(programs.get(String.join(" ", command)));
  }

  @Override
  public List<Path> cudaDevices() {
    return cudaDevices;
  }

  @Override
  public long freeBytes(Path path) {
    return freeBytes;
  }

  @Override
  public boolean isPortFree(String host, int port) {
    return !usedPorts.contains(port);
  }

  @Override
  public String connect(String jdbcUrl, String user, String password) throws SQLException {
    if (!databaseAnswers) {
      throw new SQLException("Connection to " + jdbcUrl + " refused", "08001");
    }
    return "17.11";
  }
}
