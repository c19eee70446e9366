package org.privateproving.fulfiller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.privateproving.domain.FailureCause;
import org.privateproving.domain.RootCause;
import org.privateproving.fulfiller.CountingEngine.Call;
import org.privateproving.fulfiller.WorkReport.Fault;
import org.privateproving.sp1.Engine;
import org.privateproving.sp1.NativeBuffer;

/** The device on the mock engine of the real library. */
class NativeDeviceTest {
  private static Engine real;
  private static SampleJob fibonacci;
  private static SampleJob sum;

  private CountingEngine engine;
  private ProvingDevice device;

  @BeforeAll
  static void open() throws Exception {
    real = SampleJob.mockEngine();
    fibonacci = SampleJob.of(real, "fibonacci");
    sum = SampleJob.of(real, "sum-of-secrets");
  }

  @AfterAll
  static void close() {
    real.close();
  }

  @BeforeEach
  void openDevice() {
    engine = new CountingEngine(real);
    device = await(NativeDevice.open(SampleJob.settings(1), _ -> engine));
  }

  @AfterEach
  void shouldHoldNothingOnceItIsClosed() {
    engine.goOn();
    device.close();
    Awaitility.await().until(() -> engine.live().isEmpty());
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static NativeBuffer upload(ProvingJob job, byte[] bytes) {
    NativeBuffer buffer = job.newBuffer(bytes.length);
    buffer.append(ByteBuffer.wrap(bytes));
    return buffer;
  }

  private static CompletionStage<RunOutcome> run(ProvingJob job, SampleJob sample) {
    Optional<NativeBuffer> program = Optional.of(upload(job, sample.elf()));
    return job.run(program, upload(job, sample.stdin()));
  }

  private void runWhole(SampleJob sample) {
    try (ProvingJob job = device.begin(sample.assignment())) {
      await(run(job, sample));
    }
  }

  @Test
  void shouldYieldAProofThatItVerified() {
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      assertThat(await(run(job, fibonacci))).isInstanceOf(RunOutcome.Ran.class);
      assertThat(await(job.prove()).size()).isPositive();
    }
  }

  @Test
  void shouldNotYieldAProofThatIsWrong() {
    engine.provesWrong = true;
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      await(run(job, fibonacci));
      CompletionStage<VerifiedProof> proof = job.prove();
      assertThatExceptionOfType(CompletionException.class)
          .isThrownBy(() -> await(proof))
          .satisfies(
              e ->
                  assertThat(RootCause.of(e))
                      .isInstanceOfSatisfying(
                          JobFailed.class,
                          failed -> {
                            assertThat(failed.failureCause())
                                .isEqualTo(FailureCause.PROVING_FAILED);
                            assertThat(failed.fault()).isEqualTo(Fault.DEVICE);
                          }));
    }
  }

  @Test
  void shouldLetGoOfTheUploadsBeforeItProves() throws Exception {
    engine.waitAt(Call.PROVE);
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      await(run(job, fibonacci));
      CompletionStage<VerifiedProof> proof = job.prove();
      engine.reached().get(20, TimeUnit.SECONDS);
      assertThat(engine.live()).containsExactly("engine", "key", "stdin");
      engine.goOn();
      await(proof);
    }
  }

  @Test
  void shouldKeepNoMoreKeysThanItsCacheHolds() {
    runWhole(fibonacci);
    assertThat(device.warm()).containsExactly(fibonacci.vkHash());
    runWhole(sum);
    assertThat(device.warm()).containsExactly(sum.vkHash());
    Awaitility.await().until(() -> engine.live().size() == 2);
    assertThat(engine.live()).containsExactly("engine", "key");
  }

  @Test
  void shouldRunAWarmProgramWithoutTheProgram() {
    runWhole(fibonacci);
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      assertThat(await(job.run(Optional.empty(), upload(job, fibonacci.stdin()))))
          .isInstanceOf(RunOutcome.Ran.class);
    }
  }

  @Test
  void shouldBlameNobodyWhenAKeyIsWarmNoLonger() {
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      assertThat(await(job.run(Optional.empty(), upload(job, fibonacci.stdin()))))
          .isInstanceOfSatisfying(
              RunOutcome.Stopped.class,
              stopped -> assertThat(stopped.fault()).isEqualTo(Fault.NONE));
    }
  }

  @Test
  void shouldCloseTheKeyOfAProgramThatIsNotTheOneRequested() {
    try (ProvingJob job = device.begin(sum.assignment())) {
      assertThat(await(run(job, fibonacci)))
          .isInstanceOfSatisfying(
              RunOutcome.Stopped.class,
              stopped ->
                  assertThat(stopped.cause()).isEqualTo(FailureCause.VERIFICATION_KEY_MISMATCH));
      assertThat(device.warm()).isEmpty();
      assertThat(engine.live()).containsExactly("engine");
    }
  }

  @Test
  void shouldHoldNothingOfAnInputThatIsNone() {
    try (ProvingJob job = device.begin(fibonacci.assignment())) {
      NativeBuffer garbage = upload(job, new byte[] {1, 2, 3});
      assertThat(await(job.run(Optional.of(upload(job, fibonacci.elf())), garbage)))
          .isInstanceOfSatisfying(
              RunOutcome.Stopped.class,
              stopped -> assertThat(stopped.cause()).isEqualTo(FailureCause.MALFORMED_STDIN));
      assertThat(engine.live()).containsExactly("engine", "key");
    }
  }

  @Test
  void shouldNotBeginWorkOfAJobThatIsClosed() {
    ProvingJob job = device.begin(fibonacci.assignment());
    NativeBuffer program = upload(job, fibonacci.elf());
    NativeBuffer stdin = upload(job, fibonacci.stdin());
    job.close();
    job.close();
    CompletionStage<RunOutcome> run = job.run(Optional.of(program), stdin);
    assertThatExceptionOfType(CompletionException.class)
        .isThrownBy(() -> await(run))
        .withCauseInstanceOf(IllegalStateException.class);
    assertThat(engine.live()).containsExactly("engine");
  }
}
