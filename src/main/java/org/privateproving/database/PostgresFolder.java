package org.privateproving.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.privateproving.domain.InvalidSetting;

/** The files of a bundled server: its data, its password, its settings, its logs. */
final class PostgresFolder {
  private static final String OUR_SETTINGS = "private-proving.conf";
  private static final int PASSWORD_BYTES = 32;

  private final Path folder;

  PostgresFolder(Path folder) throws IOException {
    this.folder = Folders.createPrivate(folder).toRealPath();
    Folders.createPrivate(this.folder.resolve("log"));
  }

  Path data() {
    return folder.resolve("data");
  }

  Path lock() {
    return folder.resolve("lock");
  }

  Path startLog() {
    return folder.resolve("log").resolve("start.log");
  }

  Path pidFile() {
    return data().resolve("postmaster.pid");
  }

  String password() throws IOException {
    return Files.readString(passwordFile()).strip();
  }

  /**
   * Makes the data folder unless there is one. A process that dies in between leaves none.
   *
   * @throws InvalidSetting if the data is of another major version
   */
  void initialize(PostgresCommands commands, String user) throws IOException {
    Path version = data().resolve("PG_VERSION");
    if (Files.exists(version)) {
      String found = Files.readString(version).strip();
      if (!found.equals(PostgresBinaries.MAJOR_VERSION)) {
        throw new InvalidSetting(
            "private-proving.data",
            folder
                + " was written by PostgreSQL "
                + found
                + " (expected: "
                + PostgresBinaries.MAJOR_VERSION
                + ")");
      }
      return;
    }
    createPassword();
    Path unfinished = folder.resolve("data.unfinished");
    Folders.delete(unfinished);
    boolean made =
        commands.run(
            "initdb",
            List.of(
                "--pgdata=" + unfinished,
                "--username=" + user,
                "--pwfile=" + passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums",
                "--no-instructions"));
    if (!made) {
      throw new IOException("cannot make a database in " + folder + ": " + lastWords());
    }
    Files.writeString(
        unfinished.resolve("postgresql.conf"),
        "\ninclude '" + OUR_SETTINGS + "'\n",
        StandardOpenOption.APPEND);
    Files.move(unfinished, data(), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Writes the settings that the next start is to have. */
  void configure(int port, boolean durable) throws IOException {
    String durability = durable ? "on" : "off";
    Files.writeString(
        data().resolve(OUR_SETTINGS),
        """
        # Written at every start.
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        max_connections = 200
        password_encryption = 'scram-sha-256'

        fsync = %s
        synchronous_commit = %s
        full_page_writes = %s

        logging_collector = on
        log_directory = '../log'
        log_filename = 'postgresql-%%a.log'
        log_file_mode = 0600
        log_truncate_on_rotation = on
        log_rotation_age = 1d
        log_rotation_size = 0
        log_min_messages = warning
        log_checkpoints = off
        log_autovacuum_min_duration = -1

        # Rows and parameters hold what nobody may read here: no statement, no parameter and no
        # detail of an error (which may quote a row) goes to a log.
        log_statement = none
        log_min_duration_statement = -1
        log_min_error_statement = panic
        log_parameter_max_length = 0
        log_parameter_max_length_on_error = 0
        log_error_verbosity = terse
        """
            .formatted(port, durability, durability, durability));
  }

  /** The process that the server wrote down when it started, if it did not end orderly since. */
  Optional<Long> recordedPid() throws IOException {
    if (!Files.exists(pidFile())) {
      return Optional.empty();
    }
    try (var lines = Files.lines(pidFile())) {
      return lines
          .findFirst()
          .map(String::strip)
          .filter(l -> l.matches("\\d{1,18}"))
          .map(Long::valueOf);
    }
  }

  /** The end of the latest log, to tell why a start failed. */
  String lastWords() throws IOException {
    try (var logs = Files.list(folder.resolve("log"))) {
      Optional<Path> latest =
          logs.filter(log -> log.toFile().length() > 0)
              .max(Comparator.comparingLong(log -> log.toFile().lastModified()));
      if (latest.isEmpty()) {
        return "nothing was logged";
      }
      List<String> lines = Files.readAllLines(latest.get());
      return latest.get()
          + ": "
          + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }
  }

  private Path passwordFile() {
    return folder.resolve("password");
  }

  private void createPassword() throws IOException {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    Files.deleteIfExists(passwordFile());
    Files.createFile(
        passwordFile(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        passwordFile(), Set.of(Base64.getUrlEncoder().withoutPadding().encodeToString(random)));
  }
}
