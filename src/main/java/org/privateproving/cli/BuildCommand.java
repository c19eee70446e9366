package org.privateproving.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Listed among the commands; the launcher script does it before Java ever starts. */
@Command(name = "build", description = "Builds everything; the other commands do it when needed.")
final class BuildCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new CannotStart("The launcher builds, not the jar: ./private-proving build");
  }
}
