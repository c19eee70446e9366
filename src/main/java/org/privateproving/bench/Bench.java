package org.privateproving.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.sp1.EngineException;

/** Runs a plan: on servers that are there, or on one that it starts and stops. */
public final class Bench {
  private final BenchPlan plan;
  private final Behind behind;
  private final PrintStream out;

  private Bench(BenchPlan plan, Behind behind, PrintStream out) {
    this.plan = plan;
    this.behind = behind;
    this.out = out;
  }

  /**
   * Runs to the end of the plan and reports.
   *
   * @param out what happens meanwhile
   * @throws BenchFailed if there is nothing to report
   */
  public static Report run(BenchPlan plan, Behind behind, PrintStream out)
      throws InterruptedException {
    Bench bench = new Bench(plan, behind, out);
    try {
      return plan.urls().isEmpty() ? bench.onOwnServer() : bench.on(plan.urls(), null);
    } catch (GaveUp e) {
      throw new BenchFailed("the servers cannot be measured: " + e.reason());
    } catch (IOException | EngineException | SQLException e) {
      throw new BenchFailed(String.valueOf(e.getMessage()));
    }
  }

  private Report onOwnServer()
      throws IOException, EngineException, SQLException, InterruptedException {
    try (OwnServer server = OwnServer.start(behind.own(), behind.folder())) {
      out.println("server: " + server.url() + ", logs in " + behind.folder());
      return on(List.of(server.url()), server);
    }
  }

  private Report on(List<URI> urls, @Nullable OwnServer own)
      throws IOException, EngineException, SQLException, InterruptedException {
    BenchProgram program = program(own);
    try (Clients clients = new Clients(plan.clients(), urls)) {
      register(program, urls, clients);
      Course course = new Course(plan, program, clients, behind.printsSeconds(), out);
      boolean queue = plan.scenario() == Scenario.WAITING || plan.scenario() == Scenario.POLLS;
      if (queue) {
        course.fill(plan.scenario() == Scenario.POLLS ? plan.clients() : plan.requests());
      }
      if (own != null && plan.scenario() != Scenario.POLLS) {
        own.startDevices(plan.devices());
      }
      List<ProcessWatch> watches = watches(own);
      try {
        return course.measure(watches, database(own));
      } finally {
        watches.forEach(ProcessWatch::close);
      }
    }
  }

  private BenchProgram program(@Nullable OwnServer own) throws IOException, EngineException {
    if (plan.vkHash().isPresent()) {
      return BenchProgram.named(plan.program(), plan.vkHash().get());
    }
    return own != null && behind.own().believesAll()
        ? BenchProgram.ofNoName(plan.program())
        : BenchProgram.computed(plan.program());
  }

  /** Once at each server: they may be strangers to each other. */
  private static void register(BenchProgram program, List<URI> urls, Clients clients)
      throws InterruptedException {
    clients.connect();
    Set<URI> seen = new HashSet<>();
    for (int i = 0; i < Math.min(urls.size(), clients.count()); i++) {
      if (seen.add(urls.get(i)) && !clients.of(i).knowsProgram(program.vkHash())) {
        clients.of(i).register(program);
      }
    }
  }

  private List<ProcessWatch> watches(@Nullable OwnServer own) throws IOException {
    List<ProcessWatch> watches = own == null ? new ArrayList<>() : own.watch();
    for (long pid : behind.pids()) {
      watches.add(ProcessWatch.of("process " + pid, pid));
    }
    watches.add(ProcessWatch.of("bench itself", ProcessHandle.current().pid()));
    return watches;
  }

  private Optional<DatabaseSettings> database(@Nullable OwnServer own) {
    return own == null ? behind.database() : Optional.of(own.database());
  }
}
