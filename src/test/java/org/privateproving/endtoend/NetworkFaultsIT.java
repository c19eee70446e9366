package org.privateproving.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.privateproving.domain.Schema;
import org.privateproving.endtoend.FaultLoop.Finding;

/**
 * Every fault at every call between our server, a network and the SDK: each request is worked on
 * once and reported once, and nothing is left behind. The schemas have nothing in common, and run
 * side by side.
 */
class NetworkFaultsIT {
  @TempDir Path folder;

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicNode> oneFaultInTheBaseSchema() throws Exception {
    return loop(Schema.BASE);
  }

  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicNode> oneFaultInTheAuctionSchema() throws Exception {
    return loop(Schema.AUCTION);
  }

  private Stream<DynamicNode> loop(Schema schema) throws Exception {
    List<DynamicNode> tests = new ArrayList<>();
    try (FaultLoop loop = new FaultLoop(schema, folder)) {
      List<Finding> findings = loop.run(FaultCase.all(schema));
      findings.stream().map(NetworkFaultsIT::test).forEach(tests::add);
      tests.add(dynamicContainer("in all of it", afterwards(loop).toList()));
    }
    return tests.stream();
  }

  private static DynamicTest test(Finding finding) {
    return dynamicTest(
        finding.one().toString(),
        () -> {
          if (finding.failure() != null) {
            throw finding.failure();
          }
        });
  }

  /** What the network and the server have noted, while they are there. */
  private static Stream<DynamicTest> afterwards(FaultLoop loop) throws Exception {
    var violations = loop.journal.violations();
    var results = loop.journal.results();
    var nonces = loop.journal.nonces();
    List<String> open = loop.openRequests();
    List<String> given =
        new Secrets().add("an input", loop.marker).under(List.of(loop.kept()), Set.of());
    String log = loop.server().log();
    return Stream.of(
        dynamicTest("no rule of the network is broken", () -> assertThat(violations).isEmpty()),
        dynamicTest(
            "no result is reported twice",
            () -> assertThat(results).allSatisfy((_, methods) -> assertThat(methods).hasSize(1))),
        dynamicTest(
            "no nonce is left out",
            () ->
                assertThat(nonces)
                    .allSatisfy(
                        (_, used) ->
                            assertThat(used)
                                .isEqualTo(LongStream.range(0, used.size()).boxed().toList()))),
        dynamicTest("no request of ours is left open", () -> assertThat(open).isEmpty()),
        dynamicTest("no input leaves the house", () -> assertThat(given).isEmpty()),
        dynamicTest(
            "no input is in the log, and no defect",
            () ->
                assertThat(log.lines())
                    .noneMatch(line -> line.contains(loop.marker))
                    .noneMatch(line -> line.contains("Incident"))));
  }
}
