package org.privateproving.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a process and its children take, looked at once a second: memory and heap at most, processor
 * time from the first look to the last. On Linux; elsewhere it sees nothing.
 */
final class ProcessWatch implements AutoCloseable {
  private static final Pattern RESIDENT =
      Pattern.compile("^VmRSS:\\s+(\\d+) kB$", Pattern.MULTILINE);
  private static final int KIB = 1024;

  private final String name;
  private final ProcessHandle process;
  private final @Nullable JvmHeap heap;
  private final Duration processorBefore;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final long start = System.nanoTime();
  private long residentMost;
  private long heapMost;
  private Duration processor;

  /**
   * @param heapMax the most bytes in use; -1: nobody can look into it
   * @param processors how many it kept busy, on average
   */
  record Taken(String name, long residentMax, long heapMax, double processors) {}

  private ProcessWatch(String name, ProcessHandle process, @Nullable JvmHeap heap) {
    this.name = name;
    this.process = process;
    this.heap = heap;
    processorBefore = processorTime();
    processor = processorBefore;
    var _ = looking.scheduleAtFixedRate(this::look, 0, 1, TimeUnit.SECONDS);
  }

  /**
   * @param name the report's word for it
   * @throws IllegalArgumentException if there is no such process
   */
  static ProcessWatch of(String name, long pid) {
    return new ProcessWatch(name, process(pid), null);
  }

  /** Of a Java process that lets itself be looked into. */
  static ProcessWatch ofJava(String name, long pid) {
    return new ProcessWatch(name, process(pid), JvmHeap.of(pid).orElse(null));
  }

  private static ProcessHandle process(long pid) {
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new IllegalArgumentException("--pid: no process " + pid));
  }

  private Stream<ProcessHandle> family() {
    return Stream.concat(Stream.of(process), process.descendants());
  }

  private Duration processorTime() {
    return family()
        .flatMap(member -> member.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  private synchronized void look() {
    residentMost = Math.max(residentMost, family().mapToLong(ProcessWatch::resident).sum());
    if (heap != null) {
      heapMost = Math.max(heapMost, heap.used());
    }
    Duration now = processorTime();
    // One that ends takes its time with it.
    processor = now.compareTo(processor) > 0 ? now : processor;
  }

  private static long resident(ProcessHandle process) {
    return status(process)
        .map(RESIDENT::matcher)
        .filter(Matcher::find)
        .map(found -> Long.parseLong(found.group(1)) * KIB)
        .orElse(0L);
  }

  private static Optional<String> status(ProcessHandle process) {
    try {
      return Optional.of(
          Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  synchronized Taken taken() {
    look();
    double seconds = (System.nanoTime() - start) / 1e9;
    double busy = processor.minus(processorBefore).toNanos() / 1e9;
    return new Taken(name, residentMost, heap == null ? -1 : heapMost, busy / seconds);
  }

  @Override
  public void close() {
    looking.shutdownNow();
    if (heap != null) {
      heap.close();
    }
  }
}
