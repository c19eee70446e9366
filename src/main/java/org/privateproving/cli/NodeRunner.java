package org.privateproving.cli;

import com.typesafe.config.Config;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.privateproving.cli.settings.SettingsLoader;
import org.privateproving.cli.settings.SettingsSources;
import org.privateproving.domain.InvalidSetting;

/** Runs one node in this process, until it stops. */
final class NodeRunner {
  private final SettingsLoader loader;
  private final NodeStarter starter;
  private final Terminal terminal;
  private final InstantSource clock;

  NodeRunner(SettingsLoader loader, NodeStarter starter, Terminal terminal, InstantSource clock) {
    this.loader = loader;
    this.starter = starter;
    this.terminal = terminal;
    this.clock = clock;
  }

  /** What to do while a node runs; the process ends when it returns. */
  @FunctionalInterface
  interface Task {
    /** The exit status. */
    int run(RunningNode node) throws InterruptedException;
  }

  /** Runs a node until it stops: see the other {@code run}. */
  int run(Roles roles, SettingsSources sources) throws InterruptedException {
    return run(
        roles,
        sources,
        node -> {
          node.awaitTermination();
          return PrivateProving.SUCCESS;
        });
  }

  /**
   * Starts a node and returns the exit status when the task has ended.
   *
   * @throws InvalidSetting before anything is started
   * @throws CannotStart with nothing left running
   */
  int run(Roles roles, SettingsSources sources, Task task) throws InterruptedException {
    Config settings = loader.load(sources);
    Logging.level(settings);
    PrintStream before = System.out;
    // Log lines take their way through the terminal, which keeps the status line below them.
    System.setOut(terminal.stream());
    try (ScheduledExecutorService ticker =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory())) {
      TerminalProgress progress = new TerminalProgress(terminal, clock);
      var ticking = ticker.scheduleAtFixedRate(progress::tick, 1, 1, TimeUnit.SECONDS);
      try {
        return task.run(starter.start(roles, NodeConfig.of(settings, roles), progress));
      } finally {
        ticking.cancel(false);
      }
    } finally {
      terminal.status("");
      System.setOut(before);
    }
  }
}
