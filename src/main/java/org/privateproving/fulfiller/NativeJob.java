package org.privateproving.fulfiller;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.NativeBuffer;
import org.privateproving.sp1.ProgramKey;
import org.privateproving.sp1.Proof;
import org.privateproving.sp1.Stdin;

/** One assignment on {@link NativeDevice}'s thread, to which all but the memory is confined. */
final class NativeJob implements ProvingJob {
  private final Assignment assignment;
  private final FulfillerSettings settings;
  private final Engine engine;
  private final ProgramCache programs;
  private final Executor thread;
  private final JobMemory memory = new JobMemory();
  private final AtomicBoolean closing = new AtomicBoolean();
  private @Nullable Run run;

  private record Run(ProgramKey key, Stdin stdin) {}

  NativeJob(
      Assignment assignment,
      FulfillerSettings settings,
      Engine engine,
      ProgramCache programs,
      Executor thread) {
    this.assignment = assignment;
    this.settings = settings;
    this.engine = engine;
    this.programs = programs;
    this.thread = thread;
  }

  @Override
  public NativeBuffer newBuffer(long sizeHint) {
    return memory.hold(engine.newBuffer(sizeHint));
  }

  @Override
  public CompletionStage<RunOutcome> run(Optional<NativeBuffer> program, NativeBuffer stdin) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return runHere(program, stdin);
          } catch (JobFailed e) {
            return RunOutcome.Stopped.by(e);
          } catch (EngineException e) {
            return RunOutcome.Stopped.by(EngineFailures.of(e));
          } finally {
            // Proving may take long, and needs neither.
            program.ifPresent(memory::release);
            memory.release(stdin);
          }
        },
        thread);
  }

  private RunOutcome runHere(Optional<NativeBuffer> program, NativeBuffer upload)
      throws EngineException {
    ProgramKey key = memory.hold(program(program)).key();
    Stdin stdin = memory.hold(engine.decodeStdin(upload, settings.maxInput()));
    run = new Run(key, stdin);
    long cycleLimit = RunTerms.cycleLimit(assignment, settings.maxCycles());
    return RunTerms.judge(assignment, engine.execute(key, stdin, cycleLimit));
  }

  private ProgramCache.Loan program(Optional<NativeBuffer> program) throws EngineException {
    Optional<ProgramCache.Loan> warm = programs.borrow(assignment.vkHash());
    return warm.isPresent() ? warm.get() : setUp(program);
  }

  private ProgramCache.Loan setUp(Optional<NativeBuffer> program) throws EngineException {
    NativeBuffer elf =
        program.orElseThrow(
            () ->
                new JobFailed(
                    FailureCause.PROVING_FAILED,
                    "the program's key is no longer warm",
                    Fault.NONE));
    ProgramKey key = keyOf(elf);
    if (!key.isKnownAs(assignment.vkHash().bytes())) {
      VkHash computed = VkHash.of(key.vkHash());
      key.close();
      throw new JobFailed(
          FailureCause.VERIFICATION_KEY_MISMATCH,
          "the program's vk hash is " + computed + " (requested: " + assignment.vkHash() + ")",
          Fault.REQUEST);
    }
    return programs.add(assignment.vkHash(), key);
  }

  private ProgramKey keyOf(NativeBuffer elf) throws EngineException {
    try {
      return engine.setup(elf, settings.maxInput());
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.TOO_LARGE) {
        throw new JobFailed(
            FailureCause.MALFORMED_PROGRAM, String.valueOf(e.getMessage()), Fault.REQUEST);
      }
      throw e;
    }
  }

  @Override
  public CompletionStage<VerifiedProof> prove() {
    return CompletableFuture.supplyAsync(this::proveHere, thread);
  }

  private VerifiedProof proveHere() {
    if (run == null) {
      throw new IllegalStateException("nothing was run");
    }
    try {
      Proof proof = memory.hold(engine.prove(run.key(), run.stdin(), assignment.mode()));
      engine.verify(run.key(), proof);
      return NativeProof.of(proof);
    } catch (EngineException e) {
      throw EngineFailures.of(e);
    }
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      thread.execute(memory::close);
    }
  }
}
