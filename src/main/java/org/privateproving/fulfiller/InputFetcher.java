package org.privateproving.fulfiller;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.util.ByteString;
import org.privateproving.fulfiller.FulfillerMessage.Input;
import org.privateproving.fulfiller.FulfillerMessage.Inputs;
import org.privateproving.sp1.NativeBuffer;

/**
 * Streams inputs into buffers outside the Java heap, piece by piece, so that their size costs no
 * heap.
 */
final class InputFetcher {
  private InputFetcher() {}

  /** Both inputs, whole, in buffers of the job that they are for. */
  record Fetched(Optional<NativeBuffer> program, NativeBuffer stdin) {}

  /** The stage fails with {@link InputsBroken} when either stream breaks off. */
  static CompletionStage<Fetched> fetch(Inputs inputs, ProvingJob job, Materializer materializer) {
    Optional<NativeBuffer> program = inputs.program().map(input -> job.newBuffer(input.size()));
    NativeBuffer stdin = job.newBuffer(inputs.stdin().size());
    CompletionStage<Done> programDone =
        program.isPresent()
            ? fill(program.get(), inputs.program().orElseThrow(), materializer)
            : CompletableFuture.completedFuture(Done.getInstance());
    CompletionStage<Done> stdinDone = fill(stdin, inputs.stdin(), materializer);
    // allOf waits for both, also when one fails: no stream writes into a closed buffer.
    return CompletableFuture.allOf(
            programDone.toCompletableFuture(), stdinDone.toCompletableFuture())
        .handle(
            (_, failure) -> {
              if (failure != null) {
                throw new InputsBroken();
              }
              return new Fetched(program, stdin);
            });
  }

  private static CompletionStage<Done> fill(
      NativeBuffer buffer, Input input, Materializer materializer) {
    return input
        .bytes()
        .getSource()
        .runForeach(
            (ByteString piece) -> piece.getByteBuffers().forEach(buffer::append), materializer)
        .thenApply(
            done -> {
              if (buffer.size() != input.size()) {
                throw new InputsBroken();
              }
              return done;
            });
  }

  /** An input did not arrive whole. */
  static final class InputsBroken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InputsBroken() {
      super("an input did not arrive whole", null, false, false);
    }
  }
}
