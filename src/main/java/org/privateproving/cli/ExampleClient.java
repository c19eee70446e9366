package org.privateproving.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The example program on the SP1 SDK and the guest programs that come with this build. */
final class ExampleClient {
  private final Path client;
  private final Path guests;

  private ExampleClient(Path client, Path guests) {
    this.client = client;
    this.guests = guests;
  }

  /**
   * @throws CannotStart if this is no build with its sources around it
   */
  static ExampleClient ofThisBuild() {
    Path jar;
    try {
      jar =
          Path.of(ExampleClient.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class comes from nowhere", e);
    }
    Path target = jar.resolveSibling("");
    Path client = target.resolve("native").resolve("private-proving-client");
    Path guests = target.resolveSibling("guests").resolve("elf");
    if (!Files.isExecutable(client) || !Files.isDirectory(guests)) {
      throw new CannotStart(
          "the example client or the guest programs are missing; run the demo from a checkout, after"
              + " ./private-proving build");
    }
    return new ExampleClient(client, guests);
  }

  /** Runs to its end, showing what it says; its exit status. */
  int run(PrintStream out, URI url, String guest, List<String> arguments)
      throws InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(client.toString());
    command.addAll(List.of("--rpc-url", url.toString()));
    Path elf = guests.resolve(guest + ".elf");
    Path here = Path.of("").toAbsolutePath();
    command.addAll(
        List.of("--elf", (elf.startsWith(here) ? here.relativize(elf) : elf).toString()));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var lines = process.inputReader()) {
        lines.lines().forEach(out::println);
      }
      return process.waitFor();
    } catch (IOException e) {
      throw new CannotStart("the example client cannot be run: " + e.getMessage());
    }
  }
}
