package org.privateproving.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.privateproving.bench.Behind;
import org.privateproving.bench.Bench;
import org.privateproving.bench.BenchPlan;
import org.privateproving.bench.Report;
import org.privateproving.database.DatabaseSettings;
import org.privateproving.domain.InvalidSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bench",
    description = {
      "Load test: many simulated SDK clients against a running server, or one that it starts.",
      "docs/benchmarks.md says what each figure means. Where the journal's database is given, its"
          + " password is taken from PRIVATE_PROVING_DATABASE_PASSWORD."
    })
final class BenchCommand implements Callable<Integer> {
  private static final String PASSWORD = "PRIVATE_PROVING_DATABASE_PASSWORD";

  private final Map<String, String> environment;
  private final PrintStream out;
  @Spec private @Nullable CommandSpec spec;
  @Mixin private BenchFlags flags = new BenchFlags();

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the report there as JSON.")
  private @Nullable Path json;

  @Option(names = "--svg", paramLabel = "FILE", description = "Draws the report there.")
  private @Nullable Path svg;

  @Option(names = "--timeline", description = "Prints each second what happens.")
  private boolean timeline;

  @Option(
      names = "--database-url",
      paramLabel = "JDBC-URL",
      description = "The servers' database, to see in its journal when requests were leased.")
  private @Nullable String databaseUrl;

  @Option(
      names = "--database-user",
      paramLabel = "NAME",
      description = "postgres unless given.",
      defaultValue = "postgres")
  private String databaseUser = "postgres";

  @Option(
      names = "--pid",
      paramLabel = "PID",
      description = "A server's process on this machine, to be watched; repeatable.")
  private List<Long> pids = new ArrayList<>();

  @Option(
      names = "--engine",
      paramLabel = "ENGINE",
      description = "Of the devices that --self starts; noop unless given.",
      defaultValue = "noop")
  private String engine = "noop";

  @Option(
      names = "--noop-duration",
      paramLabel = "TIME",
      description = "What a proof of engine noop takes; 0s unless given.",
      defaultValue = "0s")
  private String noopDuration = "0s";

  @Option(
      names = "--jvm",
      paramLabel = "OPTION",
      description = "Of the processes that --self starts, instead of -Xmx1g; repeatable.")
  private List<String> jvm = new ArrayList<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the server that --self starts; repeatable.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where --self keeps database and logs; unless given, a new one that goes.")
  private @Nullable Path folder;

  BenchCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws InterruptedException {
    BenchPlan plan;
    Optional<DatabaseSettings> database;
    Behind.Own own;
    try {
      Duration proving = BenchFlags.time("--noop-duration", noopDuration);
      own = new Behind.Own(engine, proving, jvm.isEmpty() ? List.of("-Xmx1g") : jvm, settings);
      plan = flags.plan(engine.equals("noop") ? proving : Duration.ZERO);
      database = Optional.ofNullable(databaseUrl).map(this::database);
      requireFile(plan.program());
    } catch (IllegalArgumentException | InvalidSetting e) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), e.getMessage());
    }
    Logging.off();
    Path place = place();
    try {
      Report report = Bench.run(plan, new Behind(database, pids, own, place, timeline), out);
      out.println();
      out.print(report.text());
      write(json, report.json());
      write(svg, report.svg());
    } finally {
      if (folder == null) {
        delete(place);
      }
    }
    return PrivateProving.SUCCESS;
  }

  private DatabaseSettings database(String url) {
    String password = environment.getOrDefault(PASSWORD, "");
    return new DatabaseSettings(url, databaseUser, password, 1, 0);
  }

  private static void requireFile(Path program) {
    if (!Files.isRegularFile(program)) {
      throw new IllegalArgumentException("--program: " + program + " is no file");
    }
  }

  private Path place() {
    try {
      return folder == null
          ? Files.createTempDirectory("private-proving-bench-")
          : folder.toAbsolutePath();
    } catch (IOException e) {
      throw new CannotStart("no folder for temporary files: " + e.getMessage());
    }
  }

  private static void write(@Nullable Path file, String text) {
    if (file != null) {
      try {
        Files.writeString(file, text);
      } catch (IOException e) {
        throw new CannotStart("the report cannot be written: " + e.getMessage());
      }
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new CannotStart(folder + " cannot be deleted: " + e.getMessage());
    }
  }
}
