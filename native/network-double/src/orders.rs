//! Requests that a test makes, ends or looks at without signing anything.

use alloy_primitives::{keccak256, Address, B256};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{json, Value};
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, FulfillmentStrategy, ProofMode, ProofRequestError,
};
use sp1_sdk::SP1_CIRCUIT_VERSION;

use crate::artifacts::Artifacts;
use crate::call::Order;
use crate::control::{bad, Refused};
use crate::network::Network;
use crate::request::{Outcome, Placement, Request};

/// A request to be entered as if it had been made elsewhere. Nothing of it is checked: a test may
/// want one with a deadline in the past, or of a program that nobody registered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Registration {
    requester: Address,
    #[serde(alias = "vk_hash")]
    vk_hash: B256,
    #[serde(alias = "stdin_uri")]
    stdin_uri: String,
    /// Unix seconds.
    deadline: u64,
    /// The first of the network's unless given.
    fulfiller: Option<Address>,
    #[serde(alias = "request_id")]
    request_id: Option<B256>,
    version: Option<String>,
    mode: Option<String>,
    strategy: Option<String>,
    #[serde(default = "plenty")]
    cycle_limit: u64,
    #[serde(default = "plenty")]
    gas_limit: u64,
    #[serde(default)]
    stdin_private: bool,
}

fn plenty() -> u64 {
    1_000_000_000_000
}

/// A request to be ended as if somebody else had done it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Closing {
    request_id: B256,
    status: String,
    /// UNFULFILLABLE: a ProofRequestError's name; UNEXECUTABLE: an ExecuteFailureCause's.
    error: Option<String>,
    /// FULFILLED: the proof in hexadecimal, unless there is to be none. Not checked.
    proof: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub address: Address,
    pub next: u64,
}

pub fn register(network: &Network, told: Registration) -> Result<Value, Refused> {
    let mode = match &told.mode {
        Some(name) => named("mode", name, ProofMode::from_str_name)?,
        None => ProofMode::Core,
    };
    let strategy = match &told.strategy {
        Some(name) => named("strategy", name, FulfillmentStrategy::from_str_name)?,
        None => FulfillmentStrategy::Reserved,
    };
    let made_of = format!("{:#x} {} {}", told.requester, told.stdin_uri, told.deadline);
    let id = told.request_id.unwrap_or_else(|| keccak256(made_of));
    let order = Order {
        id,
        requester: told.requester,
        vk_hash: told.vk_hash,
        version: told.version.unwrap_or_else(|| format!("sp1-{SP1_CIRCUIT_VERSION}")),
        mode,
        strategy,
        stdin_uri: told.stdin_uri,
        deadline: told.deadline,
        cycle_limit: told.cycle_limit,
        gas_limit: told.gas_limit,
        min_auction_period: 0,
        whitelist: Vec::new(),
        stdin_private: told.stdin_private,
        public_values_hash: None,
        base_fee: None,
        max_price_per_pgu: None,
    };
    let placement = match told.fulfiller.or(network.fulfillers.first().copied()) {
        Some(fulfiller) => Placement::To(fulfiller),
        None => Placement::Nobody,
    };
    match network.world().ledger.register(order, placement, network.now()) {
        Some(_) => Ok(json!({ "requestId": format!("{id:#x}") })),
        None => Err((StatusCode::CONFLICT, "such a request is there already".into())),
    }
}

pub fn close(network: &Network, told: Closing) -> Result<Value, Refused> {
    let error = told.error.as_deref();
    let outcome = match told.status.as_str() {
        "FULFILLED" => Outcome::Fulfilled,
        "EXPIRED" => Outcome::Expired,
        "REVERTED" => Outcome::Reverted,
        "UNFULFILLABLE" => {
            let error = error.map(|name| named("error", name, ProofRequestError::from_str_name));
            let error = error.transpose()?.unwrap_or_default();
            Outcome::Unfulfillable { error, trace: None, canceled: false }
        }
        "UNEXECUTABLE" => {
            let cause = error.map(|name| named("error", name, ExecuteFailureCause::from_str_name));
            Outcome::Unexecutable { cause: cause.transpose()?.unwrap_or_default() }
        }
        other => return Err(bad(format!("status: {other:?} is no way to end"))),
    };
    let proof = told.proof.map(hex::decode).transpose();
    let proof = proof.map_err(|_| bad("proof: not hexadecimal".into()))?;
    if proof.is_some() && outcome != Outcome::Fulfilled {
        return Err(bad("proof: means nothing for this status".into()));
    }
    let mut world = network.world();
    if !world.ledger.close(told.request_id, outcome, network.now()) {
        return Err((StatusCode::CONFLICT, "such a request is unknown or has ended".into()));
    }
    if let Some(proof) = proof {
        world.artifacts.keep_proof(told.request_id, proof.into());
    }
    Ok(json!({ "requestId": format!("{:#x}", told.request_id) }))
}

fn named<E>(field: &str, name: &str, of: fn(&str) -> Option<E>) -> Result<E, Refused> {
    of(name).ok_or_else(|| bad(format!("{field}: {name:?} is not one of its values")))
}

/// All requests, the oldest first.
pub fn list(network: &Network) -> Value {
    let world = network.world();
    let requests = world.ledger.requests().iter();
    json!(requests.map(|request| show(network, &world.artifacts, request)).collect::<Vec<_>>())
}

fn show(network: &Network, artifacts: &Artifacts, request: &Request) -> Value {
    let (now, order) = (network.now(), &request.order);
    let proof = artifacts.proof(order.id);
    json!({
        "requestId": format!("{:#x}", order.id),
        "requester": format!("{:#x}", order.requester),
        "fulfiller": request.fulfiller(now).map(|address| format!("{address:#x}")),
        "vkHash": format!("{:#x}", order.vk_hash),
        "version": order.version,
        "mode": order.mode.as_str_name(),
        "strategy": order.strategy.as_str_name(),
        "stdinUri": order.stdin_uri,
        "stdinPrivate": order.stdin_private,
        "deadline": order.deadline,
        "fulfillmentStatus": request.fulfillment_status(now).as_str_name(),
        "executionStatus": request.execution_status().as_str_name(),
        "error": request.error().as_str_name(),
        "errorTrace": request.error_trace().map(|trace| String::from_utf8_lossy(trace)),
        "executeFailCause": request.execute_fail_cause().as_str_name(),
        "canceled": request.is_canceled(),
        "createdAt": request.created_at,
        "updatedAt": request.updated_at(now),
        "fulfilledAt": request.fulfilled().map(|end| end.at),
        "proofBytes": proof.map(|content| content.bytes.len()),
        "proofSha256": proof.map(|content| content.sha256.as_str()),
    })
}
