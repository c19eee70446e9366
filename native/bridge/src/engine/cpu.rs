//! The prover on the processor: built when the first proof asks for it.

use std::time::Instant;

use private_proving_sp1::{self as sp1, CpuNode};
use sp1_sdk::{LightProver, SP1ProofMode};
use tokio::sync::OnceCell;

pub struct CpuEngine {
    pub light: LightProver,
    core_only: OnceCell<CpuNode>,
    full: OnceCell<CpuNode>,
}

impl CpuEngine {
    pub fn new(light: LightProver) -> Self {
        Self { light, core_only: OnceCell::new(), full: OnceCell::new() }
    }

    pub async fn node_for(&self, mode: SP1ProofMode) -> Option<&CpuNode> {
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
