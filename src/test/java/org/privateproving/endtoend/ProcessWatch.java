package org.privateproving.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Looks all the time at what others on the machine can see of some processes and their helpers:
 * command lines, environments and small temporary files.
 */
final class ProcessWatch implements AutoCloseable {
  private static final long EVERY_MILLIS = 20;
  private static final long SMALL = 1 << 20;

  private final Secrets secrets;
  private final List<ProcessHandle> processes;
  private final Path temporary;
  private final Set<String> found = new ConcurrentSkipListSet<>();
  private final Set<String> programs = new ConcurrentSkipListSet<>();
  private final Thread thread;
  private volatile boolean ended;

  /**
   * @param processes which have no parent among each other
   */
  ProcessWatch(List<ProcessHandle> processes, Path temporary, Secrets secrets) {
    this.processes = processes;
    this.temporary = temporary;
    this.secrets = secrets;
    thread = Thread.ofPlatform().daemon().start(this::watch);
  }

  /** One line for each secret and place. */
  Set<String> found() {
    if (!thread.isAlive()) {
      throw new IllegalStateException("the watch has ended");
    }
    return new TreeSet<>(found);
  }

  /** The programs that it saw. */
  Set<String> programs() {
    return new TreeSet<>(programs);
  }

  private void watch() {
    while (!ended) {
      for (ProcessHandle process : processes) {
        look(process);
        process.descendants().forEach(this::look);
      }
      try {
        for (Path file : Secrets.files(temporary)) {
          lookInto(file);
        }
        Thread.sleep(EVERY_MILLIS);
      } catch (IOException e) {
        // Ends the watch, which found() tells.
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look(ProcessHandle one) {
    Path proc = Path.of("/proc", Long.toString(one.pid()));
    try {
      byte[] command = Files.readAllBytes(proc.resolve("cmdline"));
      note("a command line", command);
      note("an environment", Files.readAllBytes(proc.resolve("environ")));
      programs.add(Files.readString(proc.resolve("comm")).strip());
    } catch (IOException e) {
      // It ended while we looked.
    }
  }

  private void lookInto(Path file) throws IOException {
    try {
      if (Files.size(file) < SMALL) {
        note(file.toString(), Files.readAllBytes(file));
      }
    } catch (NoSuchFileException e) {
      // It went away while we looked.
    }
  }

  private void note(String place, byte[] bytes) {
    secrets.in(bytes).forEach(name -> found.add(name + " in " + place));
  }

  @Override
  public void close() throws InterruptedException {
    ended = true;
    thread.join();
  }
}
