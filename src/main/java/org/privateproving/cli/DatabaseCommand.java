package org.privateproving.cli;

import com.typesafe.config.Config;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.privateproving.cli.settings.SettingsLoader;
import org.privateproving.database.BundledPostgres;
import org.privateproving.database.DatabaseSettings;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "database",
    description =
        "Runs the PostgreSQL that comes along, and nothing else: for several servers on this machine.")
final class DatabaseCommand implements Callable<Integer> {
  private final SettingsLoader loader;
  private final PrintStream out;
  @Mixin private SettingsFlags settings = new SettingsFlags();

  DatabaseCommand(SettingsLoader loader, PrintStream out) {
    this.loader = loader;
    this.out = out;
  }

  @Override
  public Integer call() throws InterruptedException {
    Config config = loader.load(settings.sources());
    Logging.level(config);
    Path data = ServerResources.data(config);
    Path folder = data.resolve("postgres");
    try {
      ServerResources.makeFolder(data);
      BundledPostgres postgres = BundledPostgres.start(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> close(postgres), "close"));
      DatabaseSettings here = postgres.connect(DatabaseSettings.from(config));
      out.println(OperatorLines.database(here, folder));
    } catch (IOException e) {
      throw new CannotStart("the database cannot be used: " + e.getMessage());
    }
    // Until a signal ends the process.
    new CountDownLatch(1).await();
    return PrivateProving.SUCCESS;
  }

  private static void close(BundledPostgres postgres) {
    try {
      postgres.close();
    } catch (IOException e) {
      LoggerFactory.getLogger(DatabaseCommand.class)
          .warn("The database server did not stop cleanly: {}", e.getMessage());
    }
  }
}
