package org.privateproving.fulfiller;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.privateproving.sp1.NativeBuffer;

/**
 * The work of a device for one assignment, and the one owner of whatever that holds outside the
 * Java heap: uploads, the decoded input, its hold on the program's key, the proof. Closing it frees
 * them all, whatever the work came to.
 *
 * <p>Methods return at once and may be called on any thread; stages end on the device's.
 */
interface ProvingJob extends AutoCloseable {

  /**
   * A buffer outside the Java heap that belongs to this job. Once the job is closed, appending to
   * it throws {@link IllegalStateException}.
   */
  NativeBuffer newBuffer(long sizeHint);

  /**
   * Sets the program up unless its key is warm, and executes it. Both buffers are this job's own,
   * and are used up.
   *
   * @param program must be there unless the key is warm
   */
  CompletionStage<RunOutcome> run(Optional<NativeBuffer> program, NativeBuffer stdin);

  /**
   * Proves what was run, and verifies the proof. The stage fails with {@link JobFailed}, also when
   * the proof is wrong.
   */
  CompletionStage<VerifiedProof> prove();

  /**
   * Frees everything once the device is done with what it is doing for this job; work that it has
   * not begun by then fails. Closing twice does nothing.
   */
  @Override
  void close();
}
