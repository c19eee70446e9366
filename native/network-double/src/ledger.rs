//! The network's truth: nonces, programs and requests. Pure: the time is given, nothing is done
//! but what is returned.
//!
//! ```text
//! REQUESTED ──assigned──> ASSIGNED ──FulfillProof─────> FULFILLED
//!     │                      ├───────FailFulfillment──> UNFULFILLABLE
//!     │                      ├───────FailExecution────> (ASSIGNED, UNEXECUTABLE)
//!     ├──────────────────────┴───────CancelRequest────> UNFULFILLABLE, canceled
//!     └──────────────────────┴───────the deadline─────> EXPIRED
//! ```

use std::collections::HashMap;

use alloy_primitives::{keccak256, Address, B256};
use bytes::Bytes;
use sp1_sdk::network::proto::auction_types::ProofRequestError;
use tonic::Code;

use crate::call::{Action, NewProgram, Order, Report, Signed};
use crate::refusal::{Refusal, Violation};
use crate::request::{End, Moment, Outcome, Placement, Request};
use crate::rules;

pub struct Program {
    pub terms: NewProgram,
    pub owner: Address,
    pub created_at: u64,
}

/// What became of a message that counted.
#[derive(Debug, PartialEq)]
pub struct Done {
    pub tx_hash: B256,
    /// Something that the network allows and that our side must not do.
    pub violation: Option<Violation>,
    /// To be kept, for the request of this id.
    pub proof: Option<(B256, Bytes)>,
}

/// What the world around the ledger knows of a message.
pub struct Circumstances {
    pub now: Moment,
    /// Who is to prove a new request.
    pub placement: Placement,
    /// Whether the program that a new program names was uploaded by its signer.
    pub uploaded: bool,
}

#[derive(Default)]
pub struct Ledger {
    nonces: HashMap<Address, u64>,
    programs: HashMap<B256, Program>,
    requests: Vec<Request>,
    positions: HashMap<B256, usize>,
    transactions: u64,
}

impl Ledger {
    /// The nonce that the next signed message of this address must have.
    pub fn nonce(&self, address: Address) -> u64 {
        self.nonces.get(&address).copied().unwrap_or(0)
    }

    pub fn set_nonce(&mut self, address: Address, next: u64) {
        self.nonces.insert(address, next);
    }

    pub fn program(&self, vk_hash: B256) -> Option<&Program> {
        self.programs.get(&vk_hash)
    }

    pub fn request(&self, id: B256) -> Option<&Request> {
        self.positions.get(&id).map(|position| &self.requests[*position])
    }

    /// The oldest first.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// Does what a signed message says, or nothing at all: a refused one uses up no nonce.
    pub fn apply(&mut self, message: Signed, world: &Circumstances) -> Result<Done, Refusal> {
        let Signed { signer, nonce, action } = message;
        let next = self.nonce(signer);
        if nonce != next {
            let text = format!("nonce: {nonce} (expected: {next}, the next of {signer:#x})");
            return Err(Refusal::new(Code::Aborted, text));
        }
        let done = match action {
            Action::CreateProgram(program) => self.create_program(signer, program, world),
            Action::RequestProof(order) => self.request_proof(*order, world),
            Action::Report { request, report } => self.report(signer, request, report, world.now),
            Action::Cancel { request } => self.cancel(signer, request, world.now),
        }?;
        self.nonces.insert(signer, next + 1);
        Ok(done)
    }

    /// Enters a request without a message, as if somebody had made it elsewhere.
    pub fn register(&mut self, order: Order, placement: Placement, now: Moment) -> Option<B256> {
        if self.positions.contains_key(&order.id) {
            return None;
        }
        let tx_hash = self.transaction();
        self.positions.insert(order.id, self.requests.len());
        let created_at = now.seconds();
        self.requests.push(Request { order, created_at, tx_hash, placement, end: None });
        Some(tx_hash)
    }

    /// Ends a request without a message; false if it is unknown or has ended.
    pub fn close(&mut self, id: B256, outcome: Outcome, now: Moment) -> bool {
        let open = self.request(id).is_some_and(|request| request.end.is_none());
        if open {
            self.end(id, outcome, now);
        }
        open
    }

    fn create_program(
        &mut self,
        owner: Address,
        terms: NewProgram,
        world: &Circumstances,
    ) -> Result<Done, Refusal> {
        rules::uploaded(world.uploaded)?;
        let created_at = world.now.seconds();
        // The first registration stays: programs are known by their hash.
        self.programs.entry(terms.vk_hash).or_insert(Program { terms, owner, created_at });
        Ok(Done { tx_hash: self.transaction(), violation: None, proof: None })
    }

    fn request_proof(&mut self, order: Order, world: &Circumstances) -> Result<Done, Refusal> {
        rules::admissible(&order, self.programs.contains_key(&order.vk_hash), world.now)?;
        let violation = rules::oddity(&order, &self.requests);
        match self.register(order, world.placement, world.now) {
            Some(tx_hash) => Ok(Done { tx_hash, violation, proof: None }),
            None => Err(Refusal::new(Code::AlreadyExists, "this request was made before")),
        }
    }

    fn report(
        &mut self,
        signer: Address,
        id: B256,
        report: Report,
        now: Moment,
    ) -> Result<Done, Refusal> {
        rules::reportable(self.known(id)?, signer, &report, now)?;
        let (outcome, proof) = match report {
            Report::Fulfilled { proof } => (Outcome::Fulfilled, Some((id, proof))),
            Report::Failed { error, trace } => {
                (Outcome::Unfulfillable { error, trace, canceled: false }, None)
            }
            Report::NotExecuted { cause } => (Outcome::Unexecutable { cause }, None),
        };
        let tx_hash = self.end(id, outcome, now);
        Ok(Done { tx_hash, violation: None, proof })
    }

    fn cancel(&mut self, signer: Address, id: B256, now: Moment) -> Result<Done, Refusal> {
        rules::cancelable(self.known(id)?, signer, now)?;
        let error = ProofRequestError::UnspecifiedProofRequestFailure;
        let outcome = Outcome::Unfulfillable { error, trace: None, canceled: true };
        Ok(Done { tx_hash: self.end(id, outcome, now), violation: None, proof: None })
    }

    fn known(&self, id: B256) -> Result<&Request, Refusal> {
        self.request(id).ok_or_else(|| rules::unknown(id).breaking(Violation::UnknownRequest))
    }

    /// Ends a request that is known.
    fn end(&mut self, id: B256, outcome: Outcome, now: Moment) -> B256 {
        let tx_hash = self.transaction();
        let position = self.positions[&id];
        self.requests[position].end = Some(End { at: now.seconds(), tx_hash, outcome });
        tx_hash
    }

    /// The hash of a transaction that nobody will ever find.
    fn transaction(&mut self) -> B256 {
        self.transactions += 1;
        keccak256(format!("transaction {}", self.transactions))
    }
}
