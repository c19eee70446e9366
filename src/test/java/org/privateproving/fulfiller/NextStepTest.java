package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.InputFetcher.InputsBroken;
import org.privateproving.fulfiller.StepOutcome.InputsHere;
import org.privateproving.fulfiller.StepOutcome.ProofMade;
import org.privateproving.fulfiller.StepOutcome.ProofSent;
import org.privateproving.fulfiller.StepOutcome.RunEnded;
import org.privateproving.fulfiller.StepOutcome.StepFailed;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.fulfiller.WorkReport.Phase;

class NextStepTest {
  private static final ExecutionReport RAN = new ExecutionReport(5, 7, digest());
  private static final TextProof PROOF = new TextProof("proof");
  private static final Fetched INPUTS =
      new Fetched(Optional.empty(), new ScriptedDevice.HeapBuffer());
  private static final RunOutcome TOO_LONG =
      new RunOutcome.Stopped(FailureCause.EXCEEDED_CYCLE_LIMIT, "too long", Fault.REQUEST);
  private static final JobFailed WRONG =
      new JobFailed(FailureCause.PROVING_FAILED, "did not verify", Fault.DEVICE);

  private static Digest digest() {
    byte[] digest = new byte[Digest.BYTES];
    Arrays.fill(digest, (byte) 3);
    return Digest.of(digest);
  }

  private static NextStep gaveUp(FailureCause cause, String detail, Fault fault, boolean troubled) {
    return new NextStep.GiveUp(cause, detail, fault, troubled);
  }

  /** Outcome, what follows, and what follows once the lease is gone. */
  private static Stream<Arguments> table() {
    NextStep.Drop drop = new NextStep.Drop(false);
    NextStep.Drop dropInTrouble = new NextStep.Drop(true);
    FailureCause failed = FailureCause.PROVING_FAILED;
    return Stream.of(
        Arguments.of(new InputsHere(INPUTS), new NextStep.Execute(INPUTS), drop),
        Arguments.of(new RunEnded(new RunOutcome.Ran(RAN)), new NextStep.Prove(RAN), drop),
        Arguments.of(
            new RunEnded(TOO_LONG),
            gaveUp(FailureCause.EXCEEDED_CYCLE_LIMIT, "too long", Fault.REQUEST, false),
            drop),
        Arguments.of(new ProofMade(PROOF), new NextStep.Offer(PROOF), new NextStep.Offer(PROOF)),
        Arguments.of(new ProofSent(), new NextStep.AwaitWord(), new NextStep.AwaitWord()),
        Arguments.of(
            new StepFailed(WRONG),
            gaveUp(failed, "did not verify", Fault.DEVICE, true),
            dropInTrouble),
        Arguments.of(
            new StepFailed(new InputsBroken()),
            gaveUp(failed, "its inputs broke off on their way", Fault.NONE, true),
            dropInTrouble),
        Arguments.of(
            new StepFailed(new IllegalStateException("SECRET")),
            gaveUp(
                failed,
                "the fulfiller failed while PROVING (IllegalStateException)",
                Fault.DEVICE,
                true),
            dropInTrouble));
  }

  @ParameterizedTest
  @MethodSource("table")
  void shouldFollowTheTable(StepOutcome outcome, NextStep withLease, NextStep without) {
    assertThat(NextStep.after(outcome, Phase.PROVING, false)).isEqualTo(withLease);
    assertThat(NextStep.after(outcome, Phase.PROVING, true)).isEqualTo(without);
  }

  @Test
  void shouldNotRestForAFaultOfTheRequest() {
    JobFailed refused = new JobFailed(FailureCause.MALFORMED_STDIN, "no input", Fault.REQUEST);
    assertThat(NextStep.after(new StepFailed(refused), Phase.EXECUTING, false))
        .isEqualTo(gaveUp(FailureCause.MALFORMED_STDIN, "no input", Fault.REQUEST, false));
  }
}
