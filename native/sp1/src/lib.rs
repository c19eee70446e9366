//! SP1's calls behind boxed futures.
//!
//! A crate of its own because of how Rust compiles: an `async fn` is compiled where it is awaited,
//! and SP1's are the whole prover. Whoever awaits them pays minutes, again after each change. Here
//! there is next to nothing to change, and who calls this pays nothing.

use std::{future::Future, pin::Pin};

use anyhow::{anyhow, Result};
use sp1_core_executor::{ExecutionReport, SP1CoreOpts};
use sp1_prover::worker::{
    cpu_worker_builder_with_machine, SP1LocalNode, SP1LocalNodeBuilder, SP1NodeCore,
};
use sp1_prover_types::network_base_types::ProofMode;
use sp1_sdk::{
    CudaProver, Elf, LightProver, MockProver, ProveRequest, Prover, ProverClient, ProvingKey,
    RiscvAir, SP1Context, SP1ProofMode, SP1ProofWithPublicValues, SP1PublicValues, SP1Stdin,
    SP1VerifyingKey,
};

pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
pub type Node = SP1NodeCore;
pub type CpuNode = SP1LocalNode;
pub type GpuKey = <CudaProver as Prover>::ProvingKey;

pub fn mock() -> Boxed<'static, MockProver> {
    Box::pin(MockProver::new())
}

pub fn light() -> Boxed<'static, LightProver> {
    Box::pin(LightProver::new())
}

/// Panics when the GPU server does not start.
pub fn cuda(device: u32) -> Boxed<'static, CudaProver> {
    Box::pin(ProverClient::builder().cuda().with_device_id(device).build())
}

/// Builds a prover on the processor and the recursion keys it needs.
///
/// A core proof meets no recursion program, so for `core_only` the keys to compose proofs are left
/// out; such a prover must not be asked for anything else.
pub fn cpu(core_only: bool) -> Boxed<'static, Result<CpuNode>> {
    Box::pin(async move {
        let mut builder = cpu_worker_builder_with_machine(RiscvAir::machine())
            .with_core_opts(SP1CoreOpts::default());
        if core_only {
            builder = builder.with_config(|config| {
                config.prover_config.recursion_prover_config.max_compose_arity = 0;
            });
        }
        SP1LocalNodeBuilder::from_worker_client_builder(builder).build().await
    })
}

pub fn key(prover: &LightProver, elf: Elf) -> Boxed<'_, Result<SP1VerifyingKey>> {
    Box::pin(async move { Ok(prover.setup(elf).await?.verifying_key().clone()) })
}

pub fn gpu_key(prover: &CudaProver, elf: Elf) -> Boxed<'_, Result<GpuKey>> {
    Box::pin(async move { prover.setup(elf).await.map_err(|_| anyhow!("setup failed")) })
}

pub type Executed = (SP1PublicValues, [u8; 32], ExecutionReport);

pub fn execute<'a>(
    node: &'a Node,
    elf: &'a [u8],
    stdin: SP1Stdin,
    context: SP1Context<'static>,
) -> Boxed<'a, Result<Executed>> {
    Box::pin(node.execute(elf, stdin, context))
}

pub fn prove_on_cpu<'a>(
    node: &'a CpuNode,
    elf: &'a [u8],
    stdin: SP1Stdin,
    mode: SP1ProofMode,
) -> Boxed<'a, Result<SP1ProofWithPublicValues>> {
    let mode = match mode {
        SP1ProofMode::Core => ProofMode::Core,
        SP1ProofMode::Compressed => ProofMode::Compressed,
        SP1ProofMode::Plonk => ProofMode::Plonk,
        SP1ProofMode::Groth16 => ProofMode::Groth16,
    };
    Box::pin(async move {
        Ok(node.prove_with_mode(elf, stdin, SP1Context::default(), mode).await?.into())
    })
}

pub fn prove_on_gpu<'a>(
    prover: &'a CudaProver,
    key: &'a GpuKey,
    stdin: SP1Stdin,
    mode: SP1ProofMode,
) -> Boxed<'a, Result<SP1ProofWithPublicValues>> {
    Box::pin(async move {
        prover.prove(key, stdin).mode(mode).await.map_err(|_| anyhow!("proving failed"))
    })
}
