package org.privateproving.fulfiller;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.privateproving.domain.Digest;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.VkHash;
import org.privateproving.fulfiller.WorkReport.ExecutionReport;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.EngineOptions;
import org.privateproving.sp1.ExecutionOutcome;
import org.privateproving.sp1.NativeBuffer;
import org.privateproving.sp1.ProgramKey;
import org.privateproving.sp1.Proof;
import org.privateproving.sp1.Stdin;

/** SP1 on this machine, on a thread of its own. */
final class NativeDevice implements ProvingDevice {
  private final Engine engine;
  private final FulfillerSettings settings;
  private final ExecutorService thread;
  // The rest is confined to the thread, but for the set, which is replaced whole.
  private final Map<VkHash, ProgramKey> keys = new LinkedHashMap<>(16, 0.75f, true);
  private @Nullable Run latest;
  private volatile Set<VkHash> warm = Set.of();

  private record Run(ProgramKey key, Stdin stdin) {}

  private NativeDevice(Engine engine, FulfillerSettings settings, ExecutorService thread) {
    this.engine = engine;
    this.settings = settings;
    this.thread = thread;
  }

  /** Takes minutes on some engines. */
  static CompletionStage<ProvingDevice> open(FulfillerSettings settings) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("engine-" + settings.name()).daemon().factory());
    return CompletableFuture.supplyAsync(() -> openHere(settings, thread), thread)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                thread.shutdown();
              }
            });
  }

  private static ProvingDevice openHere(FulfillerSettings settings, ExecutorService thread) {
    try {
      var options =
          new EngineOptions(settings.engine(), settings.device(), settings.library().orElse(null));
      return new NativeDevice(Engine.open(options), settings, thread);
    } catch (EngineException e) {
      throw EngineFailures.of(e);
    }
  }

  @Override
  public EngineInfo info() {
    return engine.info();
  }

  @Override
  public Set<VkHash> warm() {
    return warm;
  }

  @Override
  public NativeBuffer newBuffer(long sizeHint) {
    return engine.newBuffer(sizeHint);
  }

  @Override
  public CompletionStage<RunOutcome> run(
      Assignment assignment, Optional<NativeBuffer> program, NativeBuffer stdin) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return runHere(assignment, program, stdin);
          } catch (JobFailed e) {
            return EngineFailures.stopped(e);
          } catch (EngineException e) {
            return EngineFailures.stopped(EngineFailures.of(e));
          } finally {
            program.ifPresent(NativeBuffer::close);
            stdin.close();
          }
        },
        thread);
  }

  private RunOutcome runHere(
      Assignment assignment, Optional<NativeBuffer> program, NativeBuffer upload)
      throws EngineException {
    ProgramKey key = key(assignment.vkHash(), program);
    Stdin stdin = engine.decodeStdin(upload, settings.maxInput());
    latest = new Run(key, stdin);
    return switch (engine.execute(key, stdin, cycleLimit(assignment, settings.maxCycles()))) {
      case ExecutionOutcome.ExecutionFailed failed ->
          new RunOutcome.Stopped(
              EngineFailures.cause(failed.cause()), failed.message(), Fault.REQUEST);
      case ExecutionOutcome.Executed executed -> judged(assignment, executed);
    };
  }

  /** The lower of what the requester and the operator allow, both unsigned. */
  static long cycleLimit(Assignment assignment, long maxCycles) {
    return Long.compareUnsigned(assignment.cycleLimit(), maxCycles) < 0
        ? assignment.cycleLimit()
        : maxCycles;
  }

  /** Whether what ran is what was ordered. */
  static RunOutcome judged(Assignment assignment, ExecutionOutcome.Executed executed) {
    if (Long.compareUnsigned(executed.gas(), assignment.gasLimit()) > 0) {
      return new RunOutcome.Stopped(
          FailureCause.EXCEEDED_GAS_LIMIT,
          "it used "
              + Long.toUnsignedString(executed.gas())
              + " gas (limit: "
              + Long.toUnsignedString(assignment.gasLimit())
              + ")",
          Fault.REQUEST);
    }
    Digest digest = Digest.of(executed.publicValuesDigest());
    if (assignment.publicValuesHash().isPresent()
        && !assignment.publicValuesHash().get().equals(digest)) {
      return new RunOutcome.Stopped(
          FailureCause.PUBLIC_VALUES_MISMATCH,
          "it committed to other public values than the request says",
          Fault.REQUEST);
    }
    return new RunOutcome.Ran(new ExecutionReport(executed.cycles(), executed.gas(), digest));
  }

  private ProgramKey key(VkHash vkHash, Optional<NativeBuffer> program) throws EngineException {
    ProgramKey known = keys.get(vkHash);
    if (known != null) {
      return known;
    }
    NativeBuffer elf =
        program.orElseThrow(
            () ->
                new JobFailed(
                    FailureCause.PROVING_FAILED,
                    "the program's key is no longer warm",
                    Fault.NONE));
    ProgramKey key = setup(elf);
    VkHash computed = VkHash.of(key.vkHash());
    if (!computed.equals(vkHash)) {
      key.close();
      throw new JobFailed(
          FailureCause.VERIFICATION_KEY_MISMATCH,
          "the program's vk hash is " + computed + " (requested: " + vkHash + ")",
          Fault.REQUEST);
    }
    keepWarm(vkHash, key);
    return key;
  }

  private ProgramKey setup(NativeBuffer elf) throws EngineException {
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

  private void keepWarm(VkHash vkHash, ProgramKey key) {
    while (keys.size() >= settings.programCache()) {
      var coldest = keys.entrySet().iterator();
      coldest.next().getValue().close();
      coldest.remove();
    }
    keys.put(vkHash, key);
    warm = Set.copyOf(keys.keySet());
  }

  @Override
  public CompletionStage<VerifiedProof> prove(Assignment assignment) {
    return CompletableFuture.supplyAsync(() -> proveHere(assignment), thread);
  }

  private VerifiedProof proveHere(Assignment assignment) {
    Run run = latest;
    if (run == null) {
      throw new IllegalStateException("nothing was run");
    }
    try {
      Proof proof = engine.prove(run.key(), run.stdin(), assignment.mode());
      return verified(run.key(), proof);
    } catch (EngineException e) {
      throw EngineFailures.of(e);
    }
  }

  private VerifiedProof verified(ProgramKey key, Proof proof) throws EngineException {
    boolean fine = false;
    try {
      engine.verify(key, proof);
      fine = true;
      return NativeProof.of(proof);
    } finally {
      if (!fine) {
        proof.close();
      }
    }
  }

  @Override
  public void release() {
    thread.execute(this::releaseHere);
  }

  private void releaseHere() {
    if (latest != null) {
      latest.stdin().close();
      latest = null;
    }
  }

  /** What runs on the device goes on to its end: a prover cannot be interrupted. */
  @Override
  public void close() {
    thread.execute(
        () -> {
          releaseHere();
          keys.values().forEach(ProgramKey::close);
          keys.clear();
          engine.close();
        });
    thread.shutdown();
  }
}
