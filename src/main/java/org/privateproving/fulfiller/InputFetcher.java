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

  /** Both inputs, whole. Owned by whoever receives it. */
  record Fetched(Optional<NativeBuffer> program, NativeBuffer stdin) {
    void close() {
      program.ifPresent(NativeBuffer::close);
      stdin.close();
    }
  }

  /** The stage fails, and nothing stays allocated, when either stream breaks off. */
  static CompletionStage<Fetched> fetch(
      Inputs inputs, ProvingDevice device, Materializer materializer) {
    Optional<NativeBuffer> program = inputs.program().map(input -> device.newBuffer(input.size()));
    NativeBuffer stdin = device.newBuffer(inputs.stdin().size());
    CompletionStage<Done> programDone =
        program.isPresent()
            ? fill(program.get(), inputs.program().orElseThrow(), materializer)
            : CompletableFuture.completedFuture(Done.getInstance());
    CompletionStage<Done> stdinDone = fill(stdin, inputs.stdin(), materializer);
    Fetched fetched = new Fetched(program, stdin);
    // allOf waits for both, also when one fails: no stream writes into a closed buffer.
    return CompletableFuture.allOf(
            programDone.toCompletableFuture(), stdinDone.toCompletableFuture())
        .handle(
            (_, failure) -> {
              if (failure != null) {
                fetched.close();
                throw new InputsBroken();
              }
              return fetched;
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
