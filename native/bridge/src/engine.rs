//! The three engines behind one set of calls.
//!
//! Setup, execution and verification are the light node's in the mock and the cpu engine alike, so
//! both open at once. The cpu engine builds a prover when the first proof asks for it: one without
//! recursion keys for core proofs, which takes a part of the time, and the full one for the rest.

mod cpu;
mod execution;
mod proving;
mod setup;
mod verifying;

use private_proving_sp1 as sp1;
use sp1_sdk::{CudaProver, LightProver, MockProver, Prover};

use crate::{
    failure::{Code, Failure, Result},
    sandbox,
    threads::run,
};

use cpu::CpuEngine;

pub use execution::execute;
pub use proving::prove;
pub use setup::setup;
pub use verifying::verify;

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

impl Engine {
    pub fn open(kind: i32, device: i32) -> Result<Self> {
        sandbox::prepare()?;
        let engine = match kind {
            0 => Self::Mock(MockEngine { light: run(sp1::light())?, verifier: run(sp1::mock())? }),
            1 => Self::Cpu(CpuEngine::new(run(sp1::light())?)),
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
