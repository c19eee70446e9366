//! Proves, and encodes the proof as the SDK downloads it.

use std::sync::Arc;

use private_proving_sp1 as sp1;
use sp1_sdk::{
    SP1ProofMode, SP1ProofWithPublicValues, SP1PublicValues, SP1Stdin, SP1_CIRCUIT_VERSION,
};

use super::{execution::execute, Engine};
use crate::{
    failure::{Code, Failure, Result},
    program::Program,
    reaper,
    threads::run,
};

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

/// The mock engine's proof is one execution and a stub.
fn mock_proof(
    program: &Arc<Program>,
    stdin: &SP1Stdin,
    mode: SP1ProofMode,
) -> Result<SP1ProofWithPublicValues> {
    let execution = execute(program, stdin, u64::MAX)?;
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
