//! A RequestProof's body, in either schema.

use alloy_primitives::{keccak256, Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::auction_types::{FulfillmentStrategy, ProofMode};
use sp1_sdk::network::proto::{auction_types, base_types};

use crate::call::{Action, Order};
use crate::market;
use crate::refusal::{Refusal, Violation};
use crate::schema::Schema;
use crate::seen::Seen;
use crate::strict;

type Base = base_types::RequestProofRequestBody;
type Auction = auction_types::RequestProofRequestBody;

/// The id of the request that `signer` makes with these bytes.
pub fn request_id(signer: Address, body: &[u8]) -> B256 {
    keccak256([signer.as_slice(), body].concat())
}

pub fn order(
    schema: Schema,
    signer: Address,
    body: &Bytes,
    seen: &mut Seen,
) -> Result<(u64, Action), Refusal> {
    let id = seen.request(request_id(signer, body));
    let body = match schema {
        Schema::Base => as_auction(strict::of_schema::<Base, Auction>(body, schema)?),
        Schema::Auction => strict::of_schema::<Auction, Base>(body, schema)?,
    };
    seen.nonce(body.nonce);
    seen.stdin_uri(&body.stdin_uri);
    let nonce = body.nonce;
    let mut order = common(id, signer, &body)?;
    match schema {
        Schema::Base if order.strategy == FulfillmentStrategy::Auction => {
            return Err(Refusal::malformed("strategy: 3 (expected: 1 or 2, there is no auction)"));
        }
        Schema::Base => {}
        Schema::Auction => auction_terms(&mut order, &body)?,
    }
    Ok((nonce, Action::RequestProof(Box::new(order))))
}

/// The fields that both schemas have, in one type.
fn as_auction(body: Base) -> Auction {
    Auction {
        nonce: body.nonce,
        vk_hash: body.vk_hash,
        version: body.version,
        mode: body.mode,
        strategy: body.strategy,
        stdin_uri: body.stdin_uri,
        deadline: body.deadline,
        cycle_limit: body.cycle_limit,
        gas_limit: body.gas_limit,
        min_auction_period: body.min_auction_period,
        whitelist: body.whitelist,
        stdin_private: body.stdin_private,
        ..Auction::default()
    }
}

fn common(id: B256, requester: Address, body: &Auction) -> Result<Order, Refusal> {
    strict::uri(&body.stdin_uri, "stdin_uri")?;
    strict::sized(body.version.len(), 64, "version")?;
    if body.version.strip_prefix("sp1-v").is_none_or(str::is_empty) {
        return Err(Refusal::malformed("version: not of the form sp1-vX.Y.Z"));
    }
    strict::sized(body.whitelist.len() * 20, 1000 * 20, "whitelist")?;
    let whitelist = body.whitelist.iter().map(|entry| strict::address(entry, "whitelist"));
    Ok(Order {
        id,
        requester,
        vk_hash: strict::hash(&body.vk_hash, "vk_hash")?,
        version: body.version.clone(),
        mode: strict::known::<ProofMode>(body.mode, "mode")?,
        strategy: strict::known::<FulfillmentStrategy>(body.strategy, "strategy")?,
        stdin_uri: body.stdin_uri.clone(),
        deadline: body.deadline,
        cycle_limit: body.cycle_limit,
        gas_limit: body.gas_limit,
        min_auction_period: body.min_auction_period,
        whitelist: whitelist.collect::<Result<_, _>>()?,
        stdin_private: body.stdin_private,
        public_values_hash: None,
        base_fee: None,
        max_price_per_pgu: None,
    })
}

fn auction_terms(order: &mut Order, body: &Auction) -> Result<(), Refusal> {
    let addresses = [&body.auctioneer, &body.executor, &body.verifier, &body.treasury];
    // A base body reads as an auction body in which all of this is missing.
    if body.domain.is_empty() && addresses.iter().all(|address| address.is_empty()) {
        return Err(strict::other_schema(Schema::Auction));
    }
    domain(&body.domain)?;
    variant(body.variant, types::TransactionVariant::RequestVariant)?;
    for (bytes, name) in
        addresses.into_iter().zip(["auctioneer", "executor", "verifier", "treasury"])
    {
        strict::address(bytes, name)?;
    }
    strict::decimal(&body.base_fee, "base_fee")?;
    strict::decimal(&body.max_price_per_pgu, "max_price_per_pgu")?;
    let digest = body.public_values_hash.as_deref();
    order.public_values_hash =
        digest.map(|bytes| strict::hash(bytes, "public_values_hash")).transpose()?;
    order.base_fee = Some(body.base_fee.clone());
    order.max_price_per_pgu = Some(body.max_price_per_pgu.clone());
    Ok(())
}

/// A body of the auction schema is bound to this network by its domain.
pub fn domain(bytes: &[u8]) -> Result<(), Refusal> {
    if bytes != market::DOMAIN.as_slice() {
        let message = "domain: another network's (expected: what GetProofRequestParams tells)";
        return Err(Refusal::malformed(message).breaking(Violation::BadDomain));
    }
    Ok(())
}

/// And to its kind by its variant.
pub fn variant(number: i32, expected: types::TransactionVariant) -> Result<(), Refusal> {
    if number != expected as i32 {
        let message = format!("variant: {number} (expected: {})", expected as i32);
        return Err(Refusal::malformed(message).breaking(Violation::BadVariant));
    }
    Ok(())
}
