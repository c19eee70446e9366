//! Verifies proofs, in the form that the SDK downloads.

use std::sync::Arc;

use sp1_sdk::{MockProver, Prover, SP1ProofWithPublicValues, SP1VerifyingKey, SP1_CIRCUIT_VERSION};

use super::Engine;
use crate::{
    failure::{Code, Failure, Result},
    program::Program,
    threads::run,
};

pub fn verify(program: &Arc<Program>, proof: impl std::io::Read) -> Result<()> {
    let refused = |why| Failure::new(Code::VerifyFailed, why);
    let proof = decode_proof(proof)
        .ok_or_else(|| refused("these bytes are not a proof of this SP1 release"))?;
    // On a thread of ours: a verifier needs more stack than a JVM thread may have.
    let program = program.clone();
    run(async move {
        let verdict = match &*program.engine {
            Engine::Mock(engine) => verify_mock(&engine.verifier, &proof, &program.vk),
            Engine::Cpu(engine) => engine.light.verify(&proof, &program.vk, None).is_ok(),
            Engine::Cuda(prover) => prover.verify(&proof, &program.vk, None).is_ok(),
        };
        verdict.then_some(())
    })?
    .ok_or_else(|| refused("the proof does not verify against the program's key"))
}

/// The SDK's mock verifier takes every core and compressed proof; ours at least wants the shape.
fn verify_mock(
    prover: &MockProver,
    proof: &SP1ProofWithPublicValues,
    vk: &SP1VerifyingKey,
) -> bool {
    proof.sp1_version == SP1_CIRCUIT_VERSION && prover.verify(proof, vk, None).is_ok()
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
