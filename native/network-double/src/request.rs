//! One proof request and what it reads as at a given time. Pure.

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, ExecutionStatus, FulfillmentStatus, ProofRequestError, SettlementStatus,
};

use crate::call::Order;

/// A moment, in unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    pub fn seconds(self) -> u64 {
        self.0 / 1000
    }
}

pub struct Request {
    pub order: Order,
    pub created_at: u64,
    pub tx_hash: B256,
    pub placement: Placement,
    pub end: Option<End>,
}

/// Who is to prove it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Placement {
    Nobody,
    To(Address),
    /// Nobody until then.
    Later(Address, Moment),
}

pub struct End {
    pub at: u64,
    pub tx_hash: B256,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Fulfilled,
    Unfulfillable { error: ProofRequestError, trace: Option<Bytes>, canceled: bool },
    Unexecutable { cause: ExecuteFailureCause },
    Reverted,
    Expired,
}

impl Request {
    pub fn fulfiller(&self, now: Moment) -> Option<Address> {
        match self.placement {
            Placement::To(fulfiller) => Some(fulfiller),
            Placement::Later(fulfiller, from) if now >= from => Some(fulfiller),
            Placement::Later(..) | Placement::Nobody => None,
        }
    }

    /// Whether nobody ended it before its deadline came.
    pub fn is_timed_out(&self, now: Moment) -> bool {
        match &self.end {
            Some(end) => end.outcome == Outcome::Expired,
            None => now.seconds() >= self.order.deadline,
        }
    }

    pub fn fulfillment_status(&self, now: Moment) -> FulfillmentStatus {
        let assigned = match self.fulfiller(now) {
            Some(_) => FulfillmentStatus::Assigned,
            None => FulfillmentStatus::Requested,
        };
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Fulfilled) => FulfillmentStatus::Fulfilled,
            Some(Outcome::Unfulfillable { .. }) => FulfillmentStatus::Unfulfillable,
            Some(Outcome::Reverted) => FulfillmentStatus::Reverted,
            Some(Outcome::Expired) => FulfillmentStatus::Expired,
            // As the network's own fulfillers look for it: ASSIGNED and UNEXECUTABLE.
            Some(Outcome::Unexecutable { .. }) => assigned,
            None if self.is_timed_out(now) => FulfillmentStatus::Expired,
            None => assigned,
        }
    }

    pub fn execution_status(&self) -> ExecutionStatus {
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Unexecutable { .. }) => ExecutionStatus::Unexecutable,
            _ => ExecutionStatus::Unexecuted,
        }
    }

    pub fn execute_fail_cause(&self) -> ExecuteFailureCause {
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Unexecutable { cause }) => *cause,
            _ => ExecuteFailureCause::UnspecifiedExecutionFailureCause,
        }
    }

    pub fn settlement_status(&self) -> SettlementStatus {
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Fulfilled) => SettlementStatus::Settled,
            _ => SettlementStatus::Unsettled,
        }
    }

    pub fn error(&self) -> ProofRequestError {
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Unfulfillable { error, .. }) => *error,
            _ => ProofRequestError::UnspecifiedProofRequestFailure,
        }
    }

    pub fn error_trace(&self) -> Option<&Bytes> {
        match self.end.as_ref().map(|end| &end.outcome) {
            Some(Outcome::Unfulfillable { trace, .. }) => trace.as_ref(),
            _ => None,
        }
    }

    pub fn is_canceled(&self) -> bool {
        let outcome = self.end.as_ref().map(|end| &end.outcome);
        matches!(outcome, Some(Outcome::Unfulfillable { canceled: true, .. }))
    }

    /// The end of a request that is fulfilled.
    pub fn fulfilled(&self) -> Option<&End> {
        self.end.as_ref().filter(|end| end.outcome == Outcome::Fulfilled)
    }

    /// Unix seconds.
    pub fn updated_at(&self, now: Moment) -> u64 {
        match &self.end {
            Some(end) => end.at,
            None if self.is_timed_out(now) => self.order.deadline,
            None => match self.placement {
                Placement::Later(_, from) if now >= from => from.seconds(),
                _ => self.created_at,
            },
        }
    }
}
