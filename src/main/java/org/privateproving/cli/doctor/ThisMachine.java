package org.privateproving.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** The machine that this process runs on. */
final class ThisMachine implements Machine {
  private static final long PATIENCE_SECONDS = 5;
  private static final int MAX_OUTPUT = 64 * 1024;

  @Override
  public int javaVersion() {
    return Runtime.version().feature();
  }

  @Override
  public long memoryBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  @Override
  public int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public boolean isRoot() {
    Path self = Path.of("/proc/self");
    try {
      return Files.exists(self)
          ? Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"))
          : "root".equals(System.getProperty("user.name"));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public Path home() {
    return Path.of(System.getProperty("user.home"));
  }

  @Override
  public Optional<String> environment(String variable) {
    return Optional.ofNullable(System.getenv(variable));
  }

  @Override
  public Optional<String> run(List<String> command) {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return Optional.empty();
    }
    // Ends a program that hangs, and with it the read below.
    process
        .onExit()
        .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(
            late -> {
              process.descendants().forEach(ProcessHandle::destroyForcibly);
              return process.destroyForcibly();
            });
    try (var output = process.getInputStream()) {
      byte[] bytes = output.readNBytes(MAX_OUTPUT);
      boolean succeeded = process.waitFor() == 0;
      return succeeded
          ? Optional.of(new String(bytes, StandardCharsets.UTF_8).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public List<Path> cudaDevices() {
    List<Path> devices = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of("/dev"), "nvidia[0-9]*")) {
      found.forEach(devices::add);
    } catch (IOException e) {
      // No /dev, no devices.
    }
    devices.sort(null);
    return devices;
  }

  @Override
  public long freeBytes(Path path) throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  @Override
  public boolean isPortFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName(host))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public String connect(String jdbcUrl, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", Long.toString(PATIENCE_SECONDS));
    properties.setProperty("loginTimeout", Long.toString(PATIENCE_SECONDS));
    properties.setProperty("socketTimeout", Long.toString(PATIENCE_SECONDS));
    try (Connection connection = DriverManager.getConnection(jdbcUrl, properties)) {
      return connection.getMetaData().getDatabaseProductVersion();
    }
  }
}
