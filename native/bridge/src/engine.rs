//! The three engines behind one set of calls.
//!
//! Setup, execution and verification are the light node's in the mock and the cpu engine alike, so
//! both open at once. The cpu engine builds a prover when the first proof asks for it: one without
//! recursion keys for core proofs, which takes a part of the time, and the full one for the rest.

use std::{
    future::Future,
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use private_proving_sp1::{self as sp1, CpuNode};
use sp1_core_executor::{ExecutionError, ExecutionReport};
use sp1_sdk::{
    CudaProver, Elf, LightProver, MockProver, Prover, SP1Context, SP1ProofMode,
    SP1ProofWithPublicValues, SP1PublicValues, SP1Stdin, SP1VerifyingKey, SP1_CIRCUIT_VERSION,
};
use tokio::{
    runtime::Runtime,
    sync::{watch, OnceCell},
    task::JoinError,
};

use crate::{
    failure::{panicked, Code, Failure, Result},
    helpers,
    program::{known_key, remember_key, sha256, Program},
    reaper, sandbox,
};

pub enum Engine {
    Mock(MockEngine),
    Cpu(CpuEngine),
    Cuda(CudaProver),
}

/// Both provers are light: the SDK's mock prover only adds how stubs are verified.
pub struct MockEngine {
    light: LightProver,
    verifier: MockProver,
}

pub struct CpuEngine {
    light: LightProver,
    core_only: OnceCell<CpuNode>,
    full: OnceCell<CpuNode>,
}

/// What an execution came to. A guest that fails is a result, not a failure of ours.
pub struct Execution {
    /// `ExecuteFailureCause` of the network's schema, or -1.
    pub failure: i32,
    pub exit_code: u32,
    pub cycles: u64,
    pub gas: u64,
    pub digest: [u8; 32],
    pub public_values: Vec<u8>,
}

impl Execution {
    /// Whether the helper may still run, or ended without SP1 waiting for it.
    fn helper_lost(&self) -> bool {
        self.failure >= 0 && self.cycles == 0
    }

    fn failed(cause: i32) -> Self {
        Self {
            failure: cause,
            exit_code: 0,
            cycles: 0,
            gas: 0,
            digest: [0; 32],
            public_values: Vec::new(),
        }
    }
}

const WATCH_INTERVAL: Duration = Duration::from_secs(1);
const HALT_WITH_NON_ZERO_EXIT_CODE: i32 = 1;
const EXCEEDED_CYCLE_LIMIT: i32 = 5;

impl Engine {
    pub fn open(kind: i32, device: i32) -> Result<Self> {
        sandbox::prepare()?;
        let engine = match kind {
            0 => Self::Mock(MockEngine { light: run(sp1::light())?, verifier: run(sp1::mock())? }),
            1 => Self::Cpu(CpuEngine {
                light: run(sp1::light())?,
                core_only: OnceCell::new(),
                full: OnceCell::new(),
            }),
            2 => Self::Cuda(open_cuda(device)?),
            _ => {
                let message = format!("engine kind: {kind} (expected: 0 mock, 1 cpu, 2 cuda)");
                return Err(Failure::new(Code::EngineUnavailable, message));
            }
        };
        tracing::info!("engine opened");
        Ok(engine)
    }

    fn node(&self) -> &sp1::Node {
        match self {
            Self::Mock(engine) => engine.light.inner(),
            Self::Cpu(engine) => engine.light.inner(),
            Self::Cuda(prover) => prover.inner(),
        }
    }

    pub fn setup(self: &Arc<Self>, elf: Elf) -> Result<Program> {
        let unusable =
            || Failure::new(Code::BadProgram, "the program is not an ELF that SP1 can run");
        // The parser panics on some of what is not an ELF.
        match catch_unwind(AssertUnwindSafe(|| sp1_core_executor::Program::from(&elf))) {
            Ok(Ok(_)) => {}
            _ => return Err(unusable()),
        }
        let engine = self.clone();
        if let Self::Cuda(_) = &**self {
            let (server_elf, server_engine) = (elf.clone(), self.clone());
            let key = run(async move {
                match &*server_engine {
                    Self::Cuda(prover) => sp1::gpu_key(prover, server_elf).await.map_err(|_| ()),
                    _ => Err(()),
                }
            })?
            .map_err(|()| {
                Failure::new(Code::Other, "the GPU server could not set the program up")
            })?;
            return Ok(Program::new(engine, elf, key.verifying_key().clone(), Some(key)));
        }
        let digest = sha256(&elf);
        let is_mock = matches!(**self, Self::Mock(_));
        let vk = match known_key(&digest, is_mock) {
            Some(vk) => vk,
            None => self.compute_key(elf.clone())?.ok_or_else(unusable)?,
        };
        remember_key(digest, &vk, is_mock);
        Ok(Program::new(engine, elf, vk, None))
    }

    fn compute_key(self: &Arc<Self>, elf: Elf) -> Result<Option<SP1VerifyingKey>> {
        let engine = self.clone();
        run(async move {
            match &*engine {
                Self::Mock(engine) => sp1::key(&engine.light, elf).await.ok(),
                Self::Cpu(engine) => sp1::key(&engine.light, elf).await.ok(),
                Self::Cuda(_) => None,
            }
        })
    }

    pub fn execute(program: &Arc<Program>, stdin: &SP1Stdin, limit: u64) -> Result<Execution> {
        let operation = reaper::begin();
        let threads = operation.name();
        let runtime = threads_named(&threads)?;
        let (program, stdin) = (program.clone(), stdin.clone());
        let work = runtime.spawn(async move {
            // What the guest prints is taken and forgotten, should it ever get here.
            let (sink, _taker) = watch::channel(String::new());
            let mut context = SP1Context::default();
            context.output_consumers.stdout = Some(sink.clone());
            context.output_consumers.stderr = Some(sink);
            // SP1 stops at the limit, the network's limit may be reached: a request made from a
            // simulation asks for exactly the cycles the program takes.
            context.max_cycles = Some(limit.saturating_add(1));
            sp1::execute(program.engine.node(), &program.elf, stdin, context).await
        });
        let mut ended_by_us = false;
        let outcome = runtime.block_on(async {
            let mut work = work;
            loop {
                match tokio::time::timeout(WATCH_INTERVAL, &mut work).await {
                    Ok(outcome) => return outcome,
                    Err(_) => ended_by_us |= end_overrunning(&threads, limit),
                }
            }
        });
        let result = match outcome {
            Ok(Ok((public_values, digest, report))) => Ok(executed(public_values, digest, &report)),
            Ok(Err(_)) if ended_by_us => Ok(Execution::failed(EXCEEDED_CYCLE_LIMIT)),
            Ok(Err(error)) => failed_execution(error.downcast_ref::<ExecutionError>()),
            Err(error) => Err(stopped(error)),
        };
        if result.as_ref().is_ok_and(|execution| !execution.helper_lost()) {
            operation.succeed();
        } else {
            // SP1 gives up on a guest before the guest gives up.
            helpers::started_by(&threads).into_iter().for_each(helpers::end);
        }
        runtime.shutdown_background();
        result
    }

    pub fn prove(program: &Arc<Program>, stdin: &SP1Stdin, mode: i32) -> Result<Vec<u8>> {
        let mode = match mode {
            1 => SP1ProofMode::Core,
            2 => SP1ProofMode::Compressed,
            3 => SP1ProofMode::Plonk,
            4 => SP1ProofMode::Groth16,
            _ => {
                let message = format!("proof mode: {mode} (expected: 1 to 4)");
                return Err(Failure::new(Code::Other, message));
            }
        };
        let proof = if let Engine::Mock(_) = *program.engine {
            mock_proof(program, stdin, mode)?
        } else {
            let operation = reaper::begin();
            let (program, stdin) = (program.clone(), stdin.clone());
            let proof =
                run(async move { real_proof(&program, stdin, mode).await })?.ok_or_else(|| {
                    Failure::new(Code::Other, "the prover failed; its log lines say where")
                })?;
            operation.succeed();
            proof
        };
        bincode::serialize(&proof)
            .map_err(|_| Failure::new(Code::Other, "the proof could not be encoded"))
    }

    pub fn verify(program: &Arc<Program>, proof: impl std::io::Read) -> Result<()> {
        let refused = |why| Failure::new(Code::VerifyFailed, why);
        let proof = decode_proof(proof)
            .ok_or_else(|| refused("these bytes are not a proof of this SP1 release"))?;
        // On a thread of ours: a verifier needs more stack than a JVM thread may have.
        let program = program.clone();
        run(async move {
            let verdict = match &*program.engine {
                Self::Mock(engine) => verify_mock(&engine.verifier, &proof, &program.vk),
                Self::Cpu(engine) => engine.light.verify(&proof, &program.vk, None).is_ok(),
                Self::Cuda(prover) => prover.verify(&proof, &program.vk, None).is_ok(),
            };
            verdict.then_some(())
        })?
        .ok_or_else(|| refused("the proof does not verify against the program's key"))
    }
}

/// The SDK's mock verifier takes every core and compressed proof; ours at least wants the shape.
fn verify_mock(
    prover: &MockProver,
    proof: &SP1ProofWithPublicValues,
    vk: &SP1VerifyingKey,
) -> bool {
    proof.sp1_version == SP1_CIRCUIT_VERSION && prover.verify(proof, vk, None).is_ok()
}

fn open_cuda(device: i32) -> Result<CudaProver> {
    let device = u32::try_from(device).map_err(|_| {
        Failure::new(
            Code::EngineUnavailable,
            format!("cuda device: {device} (expected: 0 or more)"),
        )
    })?;
    sandbox::with_gpu_server(|| {
        run(sp1::cuda(device)).map_err(|_| {
            let message = format!("sp1-gpu-server did not start on cuda device {device}");
            Failure::new(Code::EngineUnavailable, message)
        })
    })
}

/// The mock engine's proof is one execution and a stub.
fn mock_proof(
    program: &Arc<Program>,
    stdin: &SP1Stdin,
    mode: SP1ProofMode,
) -> Result<SP1ProofWithPublicValues> {
    let execution = Engine::execute(program, stdin, u64::MAX)?;
    if execution.failure >= 0 {
        return Err(Failure::new(Code::ExecutionFailed, "the program failed on this input"));
    }
    let public_values = SP1PublicValues::from(&execution.public_values);
    let vk = &program.vk;
    Ok(SP1ProofWithPublicValues::create_mock_proof(vk, public_values, mode, SP1_CIRCUIT_VERSION))
}

async fn real_proof(
    program: &Program,
    stdin: SP1Stdin,
    mode: SP1ProofMode,
) -> Option<SP1ProofWithPublicValues> {
    match &*program.engine {
        Engine::Mock(_) => None,
        Engine::Cpu(engine) => {
            sp1::prove_on_cpu(engine.node_for(mode).await?, &program.elf, stdin, mode).await.ok()
        }
        Engine::Cuda(prover) => {
            sp1::prove_on_gpu(prover, program.on_gpu.as_ref()?, stdin, mode).await.ok()
        }
    }
}

impl CpuEngine {
    async fn node_for(&self, mode: SP1ProofMode) -> Option<&CpuNode> {
        if let Some(full) = self.full.get() {
            return Some(full);
        }
        if let SP1ProofMode::Core = mode {
            self.core_only.get_or_try_init(|| build_node(true)).await.ok()
        } else {
            self.full.get_or_try_init(|| build_node(false)).await.ok()
        }
    }
}

async fn build_node(core_only: bool) -> anyhow::Result<CpuNode> {
    let started = Instant::now();
    let node = sp1::cpu(core_only).await?;
    let kind = if core_only { "core" } else { "all" };
    tracing::info!("keys for proofs of mode {kind} built in {} ms", started.elapsed().as_millis());
    Ok(node)
}

/// Ends helpers that have taken more processor time than `limit` cycles can need.
fn end_overrunning(threads: &str, limit: u64) -> bool {
    let allowed = helpers::allowance(limit);
    let overrunning = |helper: &i32| helpers::processor_time(*helper) > allowed;
    let helpers: Vec<i32> = helpers::started_by(threads).into_iter().filter(overrunning).collect();
    helpers.iter().copied().for_each(helpers::end);
    !helpers.is_empty()
}

fn executed(values: SP1PublicValues, digest: [u8; 32], report: &ExecutionReport) -> Execution {
    Execution {
        failure: if report.exit_code == 0 { -1 } else { HALT_WITH_NON_ZERO_EXIT_CODE },
        exit_code: report.exit_code as u32,
        cycles: report.total_instruction_count(),
        gas: report.gas().unwrap_or(0),
        digest,
        public_values: values.to_vec(),
    }
}

/// The network's numbers for what went wrong. What the machine did to the helper is no fault of
/// the program's and may go well elsewhere, so that is a failure of ours.
fn failed_execution(error: Option<&ExecutionError>) -> Result<Execution> {
    use ExecutionError as E;
    let cause = match error {
        Some(E::UnexpectedExitCode(_)) => HALT_WITH_NON_ZERO_EXIT_CODE,
        Some(E::InvalidMemoryAccess(..) | E::InvalidMemoryAccessUntrustedProgram(_)) => 2,
        Some(E::UnsupportedSyscall(_)) => 3,
        Some(E::Breakpoint()) => 4,
        Some(E::ExceededCycleLimit(_)) => EXCEEDED_CYCLE_LIMIT,
        Some(E::InvalidSyscallUsage(_)) => 6,
        Some(E::Unimplemented()) => 7,
        Some(E::EndInUnconstrained()) => 8,
        Some(E::ChildKilled() | E::KilledByMemoryMonitor(_)) => {
            let message = "the executor was killed: the machine, or SP1's limit, lacks memory";
            return Err(Failure::new(Code::Other, message));
        }
        Some(_) => 0,
        None => return Err(Failure::new(Code::Other, "the execution failed inside SP1")),
    };
    Ok(Execution::failed(cause))
}

/// `ProofFromNetwork`, or the SDK's own form with one field more at the end.
fn decode_proof(reader: impl std::io::Read) -> Option<SP1ProofWithPublicValues> {
    const LARGEST: u64 = 4 << 30;
    use bincode::Options;
    bincode::options()
        .with_fixint_encoding()
        .allow_trailing_bytes()
        .with_limit(LARGEST)
        .deserialize_from::<_, sp1_sdk::ProofFromNetwork>(std::io::BufReader::new(reader))
        .ok()
        .map(Into::into)
}

/// Runs on threads of ours, whose stacks are large and where a panic is an error.
fn run<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = match RUNTIME.get() {
        Some(runtime) => runtime,
        None => {
            let runtime = threads_named("sp1")?;
            RUNTIME.get_or_init(|| runtime)
        }
    };
    runtime.block_on(runtime.spawn(work)).map_err(stopped)
}

fn stopped(error: JoinError) -> Failure {
    match error.try_into_panic() {
        Ok(payload) => panicked(payload),
        Err(_) => Failure::new(Code::Other, "the work was cancelled"),
    }
}

fn threads_named(name: &str) -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_name(name)
        .thread_stack_size(16 << 20)
        .build()
        .map_err(|_| Failure::new(Code::EngineUnavailable, "no threads could be started"))
}
