package org.privateproving.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.privateproving.domain.InvalidSetting;

/**
 * Runs PostgreSQL's programs to their end.
 *
 * <p>They refuse to work as root. There they run in a user namespace of their own, in which they
 * are nobody, though to the file system they are still who they were.
 */
final class PostgresCommands {
  private static final long TIMEOUT_MINUTES = 10;

  private final Path binaries;
  private final Path log;
  private final List<String> prefix;

  /**
   * @param log where what the programs print goes
   * @throws InvalidSetting if this process is root and may not make user namespaces
   */
  PostgresCommands(Path binaries, Path log) throws IOException {
    this.binaries = binaries;
    this.log = log;
    prefix = isRoot() ? List.of("unshare", "-U") : List.of();
    if (!prefix.isEmpty() && !namespacesWork()) {
      throw new InvalidSetting(
          "private-proving.database.url",
          "empty, so PostgreSQL would be started here; but it does not run as root, and this machine"
              + " allows no user namespaces. Run as another user, or set the URL of a database");
    }
  }

  /**
   * @return whether the program ended well
   */
  boolean run(String program, List<String> arguments) throws IOException {
    var command = new ArrayList<>(prefix);
    command.add(binaries.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    return execute(command, ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private boolean namespacesWork() {
    try {
      return execute(List.of("unshare", "-U", "true"), ProcessBuilder.Redirect.DISCARD);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean execute(List<String> command, ProcessBuilder.Redirect output)
      throws IOException {
    var builder = new ProcessBuilder(command);
    builder.redirectErrorStream(true).redirectOutput(output);
    // The server's own language and settings must not depend on who starts it.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while PostgreSQL was starting or stopping", e);
    }
  }

  private static boolean isRoot() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self)
        ? Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"))
        : "root".equals(System.getProperty("user.name"));
  }
}
