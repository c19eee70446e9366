package org.privateproving.fulfiller;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.privateproving.domain.VkHash;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.EngineException;
import org.privateproving.sp1.EngineInfo;
import org.privateproving.sp1.EngineOptions;

/** SP1 on this machine, on a thread of its own; {@link NativeJob} says what it does there. */
final class NativeDevice implements ProvingDevice {
  private final Engine engine;
  private final FulfillerSettings settings;
  private final ProgramCache programs;
  private final ExecutorService thread;

  /** The way to an engine; {@link Engine#open} but for tests. */
  @FunctionalInterface
  interface EngineOpener {
    Engine open(EngineOptions options) throws EngineException;
  }

  private NativeDevice(Engine engine, FulfillerSettings settings, ExecutorService thread) {
    this.engine = engine;
    this.settings = settings;
    this.programs = new ProgramCache(settings.programCache());
    this.thread = thread;
  }

  /** Takes minutes on some engines. The stage fails with {@link JobFailed}. */
  static CompletionStage<ProvingDevice> open(FulfillerSettings settings) {
    return open(settings, Engine::open);
  }

  static CompletionStage<ProvingDevice> open(FulfillerSettings settings, EngineOpener opener) {
    ExecutorService thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("engine-" + settings.name()).daemon().factory());
    return CompletableFuture.<ProvingDevice>supplyAsync(
            () -> new NativeDevice(engine(settings, opener), settings, thread), thread)
        .whenComplete(
            (_, failure) -> {
              if (failure != null) {
                thread.shutdown();
              }
            });
  }

  private static Engine engine(FulfillerSettings settings, EngineOpener opener) {
    try {
      return opener.open(
          new EngineOptions(
              settings.engine(),
              settings.device(),
              settings.library().orElse(null),
              settings.noopDuration()));
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
    return programs.warm();
  }

  @Override
  public ProvingJob begin(Assignment assignment) {
    return new NativeJob(assignment, settings, engine, programs, thread);
  }

  /** What runs on the device goes on to its end: a prover cannot be interrupted. */
  @Override
  public void close() {
    thread.execute(
        () -> {
          programs.close();
          engine.close();
        });
    thread.shutdown();
  }
}
