//! What a caller wants, once its message has been read and found well formed.

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::artifact::ArtifactType;
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, FulfillmentStrategy, ProofMode, ProofRequestError,
};

use crate::filter::Filter;

pub enum Call {
    Query(Query),
    Signed(Signed),
    CreateArtifact { owner: Address, kind: ArtifactType },
}

/// Changes nothing.
pub enum Query {
    Nonce(Address),
    Balance,
    Program(B256),
    Status(B256),
    Details(B256),
    Filtered(Box<Filter>),
    Owner(Address),
    Params,
    ProversByUptime,
    MarketPrice,
}

/// A message that counts once: with the signer's next nonce.
#[derive(Clone)]
pub struct Signed {
    pub signer: Address,
    pub nonce: u64,
    pub action: Action,
}

#[derive(Clone)]
pub enum Action {
    CreateProgram(NewProgram),
    RequestProof(Box<Order>),
    Report { request: B256, report: Report },
    Cancel { request: B256 },
}

#[derive(Clone)]
pub struct NewProgram {
    pub vk_hash: B256,
    pub vk: Bytes,
    pub program_uri: String,
}

/// The terms of a RequestProof.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// keccak256 of the signer's address and the body's bytes, as the real network has it.
    pub id: B256,
    pub requester: Address,
    pub vk_hash: B256,
    pub version: String,
    pub mode: ProofMode,
    pub strategy: FulfillmentStrategy,
    pub stdin_uri: String,
    /// Unix seconds.
    pub deadline: u64,
    pub cycle_limit: u64,
    pub gas_limit: u64,
    pub min_auction_period: u64,
    /// Empty means anybody.
    pub whitelist: Vec<Address>,
    pub stdin_private: bool,
    pub public_values_hash: Option<B256>,
    pub base_fee: Option<String>,
    pub max_price_per_pgu: Option<String>,
}

/// What a fulfiller says of a request that is assigned to it.
#[derive(Clone)]
pub enum Report {
    Fulfilled { proof: Bytes },
    Failed { error: ProofRequestError, trace: Option<Bytes> },
    NotExecuted { cause: ExecuteFailureCause },
}
