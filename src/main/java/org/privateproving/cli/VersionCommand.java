package org.privateproving.cli;

import com.typesafe.config.Config;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.privateproving.cli.settings.SettingsLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "version",
    description = "Says which versions of this program, SP1 and Java these are.")
final class VersionCommand implements Callable<Integer> {
  private final SettingsLoader loader;
  private final Sp1Probe sp1;
  private final PrintStream out;
  @Mixin private SettingsFlags settings = new SettingsFlags();

  VersionCommand(SettingsLoader loader, Sp1Probe sp1, PrintStream out) {
    this.loader = loader;
    this.sp1 = sp1;
    this.out = out;
  }

  @Override
  public Integer call() {
    Config config = loader.load(settings.sources());
    Logging.off();
    out.println("private-proving " + Version.ofThisBuild());
    out.println("SP1             " + sp1(config));
    out.println(
        "Java            " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")");
    return PrivateProving.SUCCESS;
  }

  private String sp1(Config config) {
    return switch (sp1.probe(config)) {
      case Sp1Probe.Loaded loaded -> "SDK " + loaded.sdk() + ", circuit " + loaded.circuit();
      case Sp1Probe.NotLoaded reason -> "not to be had: " + reason.sentence();
    };
  }
}
