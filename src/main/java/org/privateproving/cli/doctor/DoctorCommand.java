package org.privateproving.cli.doctor;

import com.typesafe.config.Config;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.privateproving.cli.EngineFlags;
import org.privateproving.cli.GatewayFlags;
import org.privateproving.cli.Logging;
import org.privateproving.cli.ManagementFlags;
import org.privateproving.cli.SettingsFlags;
import org.privateproving.cli.Sp1Probe;
import org.privateproving.cli.settings.SettingsLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes the flags that {@code up} takes, and says whether it would work. */
@Command(
    name = "doctor",
    description = "Says what this machine has and lacks, and what to do about it.")
public final class DoctorCommand implements Callable<Integer> {
  private final SettingsLoader loader;
  private final Sp1Probe sp1;
  private final Machine machine;
  private final Runnable silence;
  private final PrintStream out;

  @Mixin private SettingsFlags settings = new SettingsFlags();
  @Mixin private GatewayFlags gateway = new GatewayFlags();
  @Mixin private EngineFlags engine = new EngineFlags();
  @Mixin private ManagementFlags management = new ManagementFlags();

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  public DoctorCommand(SettingsLoader loader, Sp1Probe sp1, PrintStream out) {
    this(loader, sp1, new ThisMachine(), Logging::off, out);
  }

  /**
   * @param silence called before anything is looked at, so that only the report is printed
   */
  DoctorCommand(
      SettingsLoader loader, Sp1Probe sp1, Machine machine, Runnable silence, PrintStream out) {
    this.loader = loader;
    this.sp1 = sp1;
    this.machine = machine;
    this.silence = silence;
    this.out = out;
  }

  @Override
  public Integer call() {
    Config config = loader.load(settings.sources(gateway, engine, management));
    silence.run();
    Report report = Report.of(checks().stream().map(check -> check.look(config)).toList());
    out.println(json ? report.json() : report.text());
    return report.ready() ? 0 : 1;
  }

  private List<Check> checks() {
    EngineChoice choice = new EngineChoice(machine);
    List<Check> checks = new ArrayList<>(new MachineChecks(machine, choice).all());
    checks.addAll(new EngineChecks(machine, choice, sp1).all());
    checks.add(new DatabaseCheck(machine));
    checks.addAll(new PortChecks(machine).all());
    checks.addAll(new StorageChecks(machine).all());
    return checks;
  }
}
