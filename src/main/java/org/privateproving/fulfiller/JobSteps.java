package org.privateproving.fulfiller;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.privateproving.domain.RootCause;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.fulfiller.FulfillerMessage.ProofTarget;
import org.privateproving.fulfiller.InputFetcher.Fetched;
import org.privateproving.fulfiller.StepOutcome.ProofSent;
import org.privateproving.fulfiller.StepOutcome.StepFailed;

/**
 * The steps of a job that take time. Each returns at once, and ends as one {@link StepOutcome}
 * whatever goes wrong, also before it has begun.
 */
final class JobSteps {
  private final ProvingJob work;
  private final Materializer materializer;
  private final Consumer<CompletionStage<StepOutcome>> outcomes;

  /**
   * @param outcomes takes the stage of every step; it never fails
   */
  JobSteps(
      ProvingJob work, Materializer materializer, Consumer<CompletionStage<StepOutcome>> outcomes) {
    this.work = work;
    this.materializer = materializer;
    this.outcomes = outcomes;
  }

  void fetch(Inputs inputs) {
    begin(() -> InputFetcher.fetch(inputs, work, materializer), StepOutcome.InputsHere::new);
  }

  void execute(Fetched inputs) {
    begin(() -> work.run(inputs.program(), inputs.stdin()), StepOutcome.RunEnded::new);
  }

  void prove() {
    begin(work::prove, StepOutcome.ProofMade::new);
  }

  void send(VerifiedProof proof, ProofTarget target) {
    CompletionStage<Done> sent =
        proof
            .bytes()
            .watchTermination(Keep.right())
            .to(target.target().getSink())
            .run(materializer);
    outcomes.accept(sent.handle((_, _) -> new ProofSent()));
  }

  private <T> void begin(Supplier<CompletionStage<T>> step, Function<T, StepOutcome> then) {
    CompletionStage<T> begun;
    try {
      begun = step.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    outcomes.accept(
        begun.handle(
            (result, problem) ->
                problem == null ? then.apply(result) : new StepFailed(RootCause.of(problem))));
  }
}
