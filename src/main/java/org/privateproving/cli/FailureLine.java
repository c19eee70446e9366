package org.privateproving.cli;

import com.typesafe.config.ConfigException;
import org.privateproving.bench.BenchFailed;
import org.privateproving.domain.InvalidSetting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Says in one line on standard error why a command ended. Only a defect of ours has a stack trace,
 * and that goes to the log.
 */
final class FailureLine implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLine.class);

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    return switch (e) {
      case InvalidSetting mistake ->
          say(command, String.valueOf(mistake.getMessage()), PrivateProving.USAGE);
      // A package read its settings without InvalidSetting. The message may quote a value.
      case ConfigException mistake ->
          say(command, "settings: " + mistake.getMessage(), PrivateProving.USAGE);
      case CannotStart reason ->
          say(command, String.valueOf(reason.getMessage()), PrivateProving.FAILURE);
      case BenchFailed reason ->
          say(command, String.valueOf(reason.getMessage()), PrivateProving.FAILURE);
      case InterruptedException stop -> PrivateProving.FAILURE;
      default -> {
        LOG.error("{} failed", command.getCommandName(), e);
        yield say(command, e + " (a defect; the log has more)", PrivateProving.FAILURE);
      }
    };
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String help = command.getCommandSpec().qualifiedName() + " --help";
    return say(command, e.getMessage() + " (see " + help + ")", PrivateProving.USAGE);
  }

  private static int say(CommandLine command, String line, int status) {
    command.getErr().println(line.replaceAll("\\p{Cntrl}+", " "));
    return status;
  }
}
