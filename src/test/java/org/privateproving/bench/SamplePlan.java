package org.privateproving.bench;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.privateproving.sp1.ProofMode;

/** Plans that make sense, but for what a test makes of them. */
final class SamplePlan {
  int clients = 2;
  Load load = new Load.Closed(2);
  long requests;
  Duration duration = Duration.ofSeconds(1);
  Duration warmUp = Duration.ZERO;
  Duration settle = Duration.ofSeconds(1);
  Duration pollEvery = Duration.ofMillis(1);
  Duration engineTime = Duration.ZERO;
  long stdinSize = 10;
  int devices = 1;
  Scenario scenario = Scenario.LIVES;
  List<URI> urls = List.of(URI.create("http://127.0.0.1:1"));

  BenchPlan make() {
    return new BenchPlan(
        scenario,
        urls,
        clients,
        load,
        requests,
        duration,
        warmUp,
        settle,
        stdinSize,
        Path.of("program.elf"),
        Optional.empty(),
        ProofMode.CORE,
        NetworkKind.RESERVED,
        pollEvery,
        engineTime,
        devices);
  }
}
