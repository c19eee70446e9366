//! What a query is answered with, in the messages of the network's schema.

use alloy_primitives::{Address, B256};
use prost::Message;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::{auction_types, base_types};
use tonic::Code;

use crate::artifacts::Artifacts;
use crate::call::{Order, Query};
use crate::ledger::Ledger;
use crate::market;
use crate::refusal::{Refusal, Violation};
use crate::request::{Moment, Request};
use crate::rules;
use crate::schema::Schema;

/// Where answers come from.
pub struct Answers<'a> {
    pub schema: Schema,
    pub ledger: &'a Ledger,
    pub artifacts: &'a Artifacts,
    pub fulfillers: &'a [Address],
    pub now: Moment,
}

/// A ProofRequest of one schema: what both have, and the rest.
macro_rules! proof_request {
    ($types:ident, $answers:expr, $request:expr, { $($rest:tt)* }) => {{
        let (answers, request, order) = ($answers, $request, &$request.order);
        let program_uri = answers.program_uri(request);
        $types::ProofRequest {
            request_id: order.id.to_vec(),
            vk_hash: order.vk_hash.to_vec(),
            version: order.version.clone(),
            mode: order.mode as i32,
            strategy: order.strategy as i32,
            program_public_uri: answers.artifacts.public(&program_uri),
            program_uri,
            stdin_uri: shown_stdin(order),
            stdin_public_uri: shown_stdin(order),
            deadline: order.deadline,
            cycle_limit: order.cycle_limit,
            gas_limit: order.gas_limit,
            fulfillment_status: request.fulfillment_status(answers.now) as i32,
            execution_status: request.execution_status() as i32,
            requester: order.requester.to_vec(),
            fulfiller: request.fulfiller(answers.now).map(|address| address.to_vec()),
            created_at: request.created_at,
            updated_at: request.updated_at(answers.now),
            fulfilled_at: request.fulfilled().map(|end| end.at),
            tx_hash: request.tx_hash.to_vec(),
            public_values_hash: order.public_values_hash.map(|hash| hash.to_vec()),
            execute_fail_cause: request.execute_fail_cause() as i32,
            settlement_status: request.settlement_status() as i32,
            min_auction_period: order.min_auction_period,
            whitelist: order.whitelist.iter().map(|address| address.to_vec()).collect(),
            error: request.error() as i32,
            stdin_private: order.stdin_private,
            $($rest)*
        }
    }};
}

impl Answers<'_> {
    /// The encoded answer.
    pub fn to(&self, query: &Query) -> Result<Vec<u8>, Refusal> {
        Ok(match query {
            Query::Nonce(address) => {
                types::GetNonceResponse { nonce: self.ledger.nonce(*address) }.encode_to_vec()
            }
            Query::Balance => {
                types::GetBalanceResponse { amount: market::BALANCE.into() }.encode_to_vec()
            }
            // Nobody delegates here.
            Query::Owner(address) => {
                types::GetOwnerResponse { owner: address.to_vec() }.encode_to_vec()
            }
            Query::Program(vk_hash) => {
                let program = self.ledger.program(*vk_hash).ok_or_else(|| {
                    Refusal::new(Code::NotFound, format!("program {vk_hash:#x} is not known"))
                })?;
                let program = types::Program {
                    vk_hash: vk_hash.to_vec(),
                    vk: program.terms.vk.to_vec(),
                    program_uri: program.terms.program_uri.clone(),
                    name: None,
                    owner: program.owner.to_vec(),
                    created_at: program.created_at,
                };
                types::GetProgramResponse { program: Some(program) }.encode_to_vec()
            }
            Query::Status(id) => {
                let request = self.known(*id);
                let request = request.map_err(|no| no.breaking(Violation::UnknownRequest))?;
                self.status(request).encode_to_vec()
            }
            Query::Details(id) => self.details(self.known(*id)?),
            Query::Filtered(filter) => self.list(&filter.select(self.ledger.requests(), self.now)),
            Query::Params => params().encode_to_vec(),
            Query::ProversByUptime => {
                let provers = self.fulfillers.iter().map(|address| address.to_vec()).collect();
                types::GetProversByUptimeResponse { provers }.encode_to_vec()
            }
            Query::MarketPrice => {
                let price = market::MARKET_PRICE_PER_PGU.into();
                let as_of = self.now.seconds() as i64;
                types::GetMarketPricePerPguResponse { price, as_of }.encode_to_vec()
            }
        })
    }

    fn known(&self, id: B256) -> Result<&Request, Refusal> {
        self.ledger.request(id).ok_or_else(|| rules::unknown(id))
    }

    /// The same in both schemas.
    fn status(&self, request: &Request) -> types::GetProofRequestStatusResponse {
        types::GetProofRequestStatusResponse {
            fulfillment_status: request.fulfillment_status(self.now) as i32,
            execution_status: request.execution_status() as i32,
            request_tx_hash: request.tx_hash.to_vec(),
            deadline: request.order.deadline,
            fulfill_tx_hash: request.fulfilled().map(|end| end.tx_hash.to_vec()),
            proof_uri: request.fulfilled().and_then(|_| self.artifacts.proof_url(request.order.id)),
            public_values_hash: request.order.public_values_hash.map(|hash| hash.to_vec()),
            proof_public_uri: None,
        }
    }

    fn details(&self, request: &Request) -> Vec<u8> {
        match self.schema {
            Schema::Base => {
                base_types::GetProofRequestDetailsResponse { request: Some(self.base(request)) }
                    .encode_to_vec()
            }
            Schema::Auction => auction_types::GetProofRequestDetailsResponse {
                request: Some(self.auction(request)),
            }
            .encode_to_vec(),
        }
    }

    fn list(&self, requests: &[&Request]) -> Vec<u8> {
        match self.schema {
            Schema::Base => base_types::GetFilteredProofRequestsResponse {
                requests: requests.iter().map(|request| self.base(request)).collect(),
            }
            .encode_to_vec(),
            Schema::Auction => auction_types::GetFilteredProofRequestsResponse {
                requests: requests.iter().map(|request| self.auction(request)).collect(),
            }
            .encode_to_vec(),
        }
    }

    fn base(&self, request: &Request) -> base_types::ProofRequest {
        proof_request!(base_types, self, request, { ..Default::default() })
    }

    fn auction(&self, request: &Request) -> auction_types::ProofRequest {
        proof_request!(auction_types, self, request, {
            base_fee: request.order.base_fee.clone(),
            max_price_per_pgu: request.order.max_price_per_pgu.clone(),
            is_canceled: request.is_canceled(),
            error_trace: request.error_trace().map(|trace| trace.to_vec()),
            floor_price_per_pgu: Some(market::FLOOR_PRICE_PER_PGU.into()),
            ..Default::default()
        })
    }

    /// Empty for a request whose program nobody registered; only control makes such.
    fn program_uri(&self, request: &Request) -> String {
        let program = self.ledger.program(request.order.vk_hash);
        program.map(|program| program.terms.program_uri.clone()).unwrap_or_default()
    }
}

/// Where a private input lies the network tells nobody who only asks.
fn shown_stdin(order: &Order) -> String {
    match order.stdin_private {
        true => String::new(),
        false => order.stdin_uri.clone(),
    }
}

fn params() -> types::GetProofRequestParamsResponse {
    types::GetProofRequestParamsResponse {
        domain: market::DOMAIN.to_vec(),
        auctioneer: market::AUCTIONEER.to_vec(),
        executor: market::EXECUTOR.to_vec(),
        verifier: market::VERIFIER.to_vec(),
        max_price_per_pgu: market::MAX_PRICE_PER_PGU.into(),
        base_fee: market::BASE_FEE.into(),
        treasury: market::TREASURY.to_vec(),
        tick_size: market::TICK_SIZE,
        network_floor_price_per_pgu: market::FLOOR_PRICE_PER_PGU.into(),
    }
}
