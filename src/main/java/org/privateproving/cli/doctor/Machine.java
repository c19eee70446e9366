package org.privateproving.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What the checks ask the machine. */
interface Machine {
  int javaVersion();

  /** What this process may use, which in a container is less than the machine has. */
  long memoryBytes();

  int cores();

  Instant now();

  boolean isRoot();

  Path home();

  Optional<String> environment(String variable);

  /** What a program printed; empty if it is missing, fails or takes longer than seconds. */
  Optional<String> run(List<String> command);

  /** The CUDA devices that this process can see, as /dev lists them. */
  List<Path> cudaDevices();

  /** Bytes that may be written where {@code path} is or would be. */
  long freeBytes(Path path) throws IOException;

  /** The port could be opened; 0 always can. */
  boolean isPortFree(String host, int port);

  /** The server's version. */
  String connect(String jdbcUrl, String user, String password) throws SQLException;
}
