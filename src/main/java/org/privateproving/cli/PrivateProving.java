package org.privateproving.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.privateproving.cli.doctor.DoctorCommand;
import org.privateproving.cli.settings.SettingsLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program. Exit status: 0 fine, 1 failed, 2 the user's mistake, 75 start it again. */
@Command(
    name = "private-proving",
    description = "Proves SP1 programs on inputs that stay private.",
    footer = {"", "reference.conf lists every setting with its default."})
public final class PrivateProving implements Callable<Integer> {
  static final int SUCCESS = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;

  /** What cannot be mended from inside is by starting the same again. */
  static final int START_AGAIN = 75;

  private final PrintStream out;
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Says what there is to say about a command.")
  @SuppressWarnings("unused") // picocli asks for it and reads it.
  private boolean help;

  private PrivateProving(PrintStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) {
    Map<String, String> environment = System.getenv();
    Terminal terminal =
        new Terminal(new FileOutputStream(FileDescriptor.out), isWatched(environment));
    System.exit(commandLine(environment, Node::start, terminal).execute(arguments));
  }

  static CommandLine commandLine(
      Map<String, String> environment, NodeStarter starter, Terminal terminal) {
    SettingsLoader loader = new SettingsLoader(environment);
    NodeRunner runner = new NodeRunner(loader, starter, terminal, InstantSource.system());
    Sp1Probe sp1 = new BridgeProbe();
    PrintStream out = terminal.stream();
    FailureLine failures = new FailureLine();
    CommandLine program = new CommandLine(new PrivateProving(out));
    program
        .addSubcommand(new UpCommand(runner))
        .addSubcommand(new DemoCommand(runner, terminal))
        .addSubcommand(new ServerCommand(runner))
        .addSubcommand(new FulfillerCommand(runner))
        .addSubcommand(new DatabaseCommand(loader, out))
        .addSubcommand(new DoctorCommand(loader, sp1, out))
        .addSubcommand(new VersionCommand(loader, sp1, out))
        .addSubcommand(new BenchCommand(environment, out))
        .addSubcommand(new BuildCommand());
    program.setCaseInsensitiveEnumValuesAllowed(true);
    return program.setParameterExceptionHandler(failures).setExecutionExceptionHandler(failures);
  }

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public Integer call() {
    Objects.requireNonNull(spec).commandLine().usage(out);
    return USAGE;
  }

  // The method is still declared to return null, and a runtime may be cut down.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isWatched(Map<String, String> environment) {
    Console console = System.console();
    return console != null
        && console.isTerminal()
        && !environment.containsKey("CI")
        && !"dumb".equals(environment.get("TERM"));
  }
}
