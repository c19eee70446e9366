//! The part to copy: a proof of a program on a private input, from a server of your choice.
//!
//! Nothing here knows of private proving. It is the SP1 SDK as it comes, told where to send its
//! requests.

use std::time::Duration;

use anyhow::Result;
use sp1_sdk::{
    network::{FulfillmentStrategy, NetworkMode, B256},
    prelude::*,
    NetworkProver, ProverClient, SP1ProofMode, SP1ProvingKey,
};

#[derive(Clone, Debug)]
pub struct Terms {
    pub mode: SP1ProofMode,
    pub strategy: FulfillmentStrategy,
    /// Asks the network not to publish where the input lies. The SDK's own switch.
    pub private_stdin: bool,
    pub cycle_limit: Option<u64>,
    pub gas_limit: Option<u64>,
    /// Executes the program here first, to find its limits and to see that it runs.
    pub simulate: bool,
    pub timeout: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Network {
    /// A server of your own that is its own ledger.
    Hosted,
    /// Reserved capacity of the prover network.
    Reserved,
    /// The open market of the prover network.
    Mainnet,
}

pub async fn connect(network: Network, rpc_url: &str, private_key: &str) -> NetworkProver {
    let builder = match network {
        Network::Hosted => ProverClient::builder().hosted(),
        Network::Reserved => ProverClient::builder().network_for(NetworkMode::Reserved),
        Network::Mainnet => ProverClient::builder().network_for(NetworkMode::Mainnet),
    };
    builder.rpc_url(rpc_url).private_key(private_key).build().await
}

/// Uploads program and input, and returns the request's id: with it, anyone who may can wait for
/// the proof, also after a restart.
pub async fn request(
    client: &NetworkProver,
    key: &SP1ProvingKey,
    stdin: SP1Stdin,
    terms: &Terms,
) -> Result<B256> {
    let mut request = client
        .prove(key, stdin)
        .mode(terms.mode)
        .strategy(terms.strategy)
        .private_stdin(terms.private_stdin)
        .skip_simulation(!terms.simulate);
    if let Some(cycles) = terms.cycle_limit {
        request = request.cycle_limit(cycles);
    }
    if let Some(gas) = terms.gas_limit {
        request = request.gas_limit(gas);
    }
    if let Some(timeout) = terms.timeout {
        request = request.timeout(timeout);
    }
    request.request().await
}

pub async fn wait(
    client: &NetworkProver,
    request: B256,
    timeout: Option<Duration>,
) -> Result<SP1ProofWithPublicValues> {
    client.wait_proof(request, timeout, None).await
}
