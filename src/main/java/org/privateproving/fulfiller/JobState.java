package org.privateproving.fulfiller;

import java.util.Locale;
import java.util.Optional;
import org.privateproving.domain.FailureCause;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Phase;

/**
 * Where a job stands, and what it has by then.
 *
 * <pre>
 * AwaitingInputs → Fetching → Executing → Proving → Offered ⇄ Sending
 *                     └───────────┴──────────┴→ GivenUp            any → Over
 * </pre>
 */
sealed interface JobState {
  /** For those who watch. */
  Phase phase();

  /** Once the program ran. */
  default Optional<ExecutionReport> execution() {
    return Optional.empty();
  }

  /** What it came to if the owner settles it now, in a word or two. */
  default String result() {
    return "given back";
  }

  record AwaitingInputs() implements JobState {
    @Override
    public Phase phase() {
      return Phase.FETCHING;
    }
  }

  record Fetching() implements JobState {
    @Override
    public Phase phase() {
      return Phase.FETCHING;
    }
  }

  record Executing() implements JobState {
    @Override
    public Phase phase() {
      return Phase.EXECUTING;
    }
  }

  record Proving(ExecutionReport ran) implements JobState {
    @Override
    public Phase phase() {
      return Phase.PROVING;
    }

    @Override
    public Optional<ExecutionReport> execution() {
      return Optional.of(ran);
    }
  }

  /** The owner knows of the proof, and has yet to say where it goes. */
  record Offered(ExecutionReport ran, VerifiedProof proof) implements JobState {
    @Override
    public Phase phase() {
      return Phase.DELIVERING;
    }

    @Override
    public Optional<ExecutionReport> execution() {
      return Optional.of(ran);
    }

    @Override
    public String result() {
      return "proved";
    }
  }

  record Sending(ExecutionReport ran, VerifiedProof proof) implements JobState {
    @Override
    public Phase phase() {
      return Phase.DELIVERING;
    }

    @Override
    public Optional<ExecutionReport> execution() {
      return Optional.of(ran);
    }

    @Override
    public String result() {
      return "proved";
    }
  }

  /**
   * No proof will come of it; its owner has yet to take note.
   *
   * @param phase in which that happened
   */
  record GivenUp(
      Phase phase, Optional<ExecutionReport> execution, FailureCause cause, boolean troubled)
      implements JobState {
    @Override
    public String result() {
      return cause.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * The end.
   *
   * @param phase the last
   * @param troubled whether something around the job is not well
   */
  record Over(Phase phase, boolean troubled) implements JobState {}
}
