//! The filters of GetFilteredProofRequests.

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, ExecutionStatus, FulfillmentStatus, ProofMode, ProofRequestError,
    SettlementStatus,
};
use sp1_sdk::network::proto::{auction_types, base_types};

use crate::refusal::Refusal;
use crate::request::{Moment, Request};
use crate::schema::Schema;
use crate::strict;

type Base = base_types::GetFilteredProofRequestsRequest;
type Auction = auction_types::GetFilteredProofRequestsRequest;

/// The SDK's types say 10 by default and 100 at most; the network's own fulfillers ask for 1000.
const DEFAULT_LIMIT: u32 = 10;
const LARGEST_LIMIT: u32 = 1000;

/// What must hold of a request; what is absent holds of all.
#[derive(Default)]
pub struct Filter {
    version: Option<String>,
    fulfillment_status: Option<FulfillmentStatus>,
    execution_status: Option<ExecutionStatus>,
    minimum_deadline: Option<u64>,
    vk_hash: Option<B256>,
    requester: Option<Address>,
    fulfiller: Option<Address>,
    from: Option<u64>,
    to: Option<u64>,
    mode: Option<ProofMode>,
    execute_fail_cause: Option<ExecuteFailureCause>,
    settlement_status: Option<SettlementStatus>,
    error: Option<ProofRequestError>,
    is_canceled: Option<bool>,
    is_timed_out: Option<bool>,
    limit: u32,
    page: u32,
}

impl Filter {
    pub fn read(schema: Schema, bytes: &Bytes) -> Result<Self, Refusal> {
        // Tags 17 and 18 are other flags in each schema, of the same type: nothing tells them apart.
        match schema {
            Schema::Auction => Self::checked(strict::message::<Auction>(bytes)?),
            Schema::Base => {
                let base: Base = strict::message(bytes)?;
                Self::checked(Auction {
                    is_canceled: None,
                    is_timed_out: base.is_timed_out,
                    ..strict::message::<Auction>(bytes)?
                })
            }
        }
    }

    fn checked(message: Auction) -> Result<Self, Refusal> {
        if let Some(address) = &message.not_bid_by {
            // Nobody bids here, so it holds of all requests.
            strict::address(address, "not_bid_by")?;
        }
        let limit = message.limit.unwrap_or(DEFAULT_LIMIT).min(LARGEST_LIMIT);
        let page = message.page.unwrap_or(1);
        if page == 0 {
            return Err(Refusal::malformed("page: 0 (expected: 1 for the first)"));
        }
        Ok(Self {
            version: message.version,
            fulfillment_status: number(message.fulfillment_status, "fulfillment_status")?,
            execution_status: number(message.execution_status, "execution_status")?,
            minimum_deadline: message.minimum_deadline,
            vk_hash: message.vk_hash.map(|bytes| strict::hash(&bytes, "vk_hash")).transpose()?,
            requester: address(message.requester, "requester")?,
            fulfiller: address(message.fulfiller, "fulfiller")?,
            from: message.from,
            to: message.to,
            mode: number(message.mode, "mode")?,
            execute_fail_cause: number(message.execute_fail_cause, "execute_fail_cause")?,
            settlement_status: number(message.settlement_status, "settlement_status")?,
            error: number(message.error, "error")?,
            is_canceled: message.is_canceled,
            is_timed_out: message.is_timed_out,
            limit,
            page,
        })
    }

    /// Whose requests are asked for: the requester's, else the fulfiller's.
    pub fn about(&self) -> Option<Address> {
        self.requester.or(self.fulfiller)
    }

    /// One page of the requests that match, the newest first.
    pub fn select<'a>(&self, requests: &'a [Request], now: Moment) -> Vec<&'a Request> {
        let skipped = self.limit as usize * (self.page as usize - 1);
        let matching = requests.iter().rev().filter(|request| self.matches(request, now));
        matching.skip(skipped).take(self.limit as usize).collect()
    }

    fn matches(&self, request: &Request, now: Moment) -> bool {
        let order = &request.order;
        holds(&self.version, &order.version)
            && holds(&self.fulfillment_status, &request.fulfillment_status(now))
            && holds(&self.execution_status, &request.execution_status())
            && self.minimum_deadline.is_none_or(|least| order.deadline >= least)
            && holds(&self.vk_hash, &order.vk_hash)
            && holds(&self.requester, &order.requester)
            && self.fulfiller.is_none_or(|wanted| request.fulfiller(now) == Some(wanted))
            && self.from.is_none_or(|from| request.created_at >= from)
            && self.to.is_none_or(|to| request.created_at <= to)
            && holds(&self.mode, &order.mode)
            && holds(&self.execute_fail_cause, &request.execute_fail_cause())
            && holds(&self.settlement_status, &request.settlement_status())
            && holds(&self.error, &request.error())
            && holds(&self.is_canceled, &request.is_canceled())
            && holds(&self.is_timed_out, &request.is_timed_out(now))
    }
}

fn holds<T: PartialEq>(wanted: &Option<T>, is: &T) -> bool {
    wanted.as_ref().is_none_or(|wanted| wanted == is)
}

fn address(bytes: Option<Vec<u8>>, name: &str) -> Result<Option<Address>, Refusal> {
    bytes.map(|bytes| strict::address(&bytes, name)).transpose()
}

/// Unlike in a request, the unspecified value may be looked for.
fn number<E: TryFrom<i32>>(number: Option<i32>, name: &str) -> Result<Option<E>, Refusal> {
    number
        .map(|number| {
            let unknown =
                || Refusal::malformed(format!("{name}: {number} (expected: a known value)"));
            E::try_from(number).map_err(|_| unknown())
        })
        .transpose()
}
