//! What may be done with a request, by whom and when. Pure.

use alloy_primitives::{Address, B256};
use tonic::Code;

use crate::call::{Order, Report};
use crate::proof;
use crate::refusal::{Refusal, Violation};
use crate::request::{Moment, Request};

/// No deadline is further away than this, in seconds.
const LONGEST_DEADLINE: u64 = 24 * 60 * 60;

/// A program is registered once it has been uploaded, by the same signer.
pub fn uploaded(uploaded: bool) -> Result<(), Refusal> {
    let text = "program_uri: no program that this signer uploaded here";
    uploaded.then_some(()).ok_or_else(|| Refusal::new(Code::FailedPrecondition, text))
}

/// Whether a request can be made: for a program that is known, with a deadline not too far ahead.
pub fn admissible(order: &Order, known_program: bool, now: Moment) -> Result<(), Refusal> {
    if !known_program {
        return Err(Refusal::new(Code::FailedPrecondition, "vk_hash: no such program here")
            .breaking(Violation::UnknownProgram));
    }
    let (deadline, now) = (order.deadline, now.seconds());
    if deadline <= now || deadline > now + LONGEST_DEADLINE {
        let text = format!("deadline: {deadline} (expected: after {now}, by 24 hours at most)");
        return Err(Refusal::malformed(text).breaking(Violation::BadDeadline));
    }
    Ok(())
}

/// What the real network takes, and what we must not send it.
pub fn oddity(order: &Order, requests: &[Request]) -> Option<Violation> {
    let same = |known: &Request| {
        known.order.requester == order.requester && known.order.stdin_uri == order.stdin_uri
    };
    if requests.iter().any(same) {
        return Some(Violation::DuplicateRequest);
    }
    // The network publishes it: it must open nothing.
    order.stdin_uri.contains(['?', '#', '@']).then_some(Violation::StdinUriWithQuery)
}

/// Whether this signer can report this result now.
pub fn reportable(
    request: &Request,
    signer: Address,
    report: &Report,
    now: Moment,
) -> Result<(), Refusal> {
    let id = request.order.id;
    if request.fulfiller(now) != Some(signer) {
        let text = format!("{signer:#x} is not the fulfiller that request {id:#x} is assigned to");
        return Err(Refusal::new(Code::PermissionDenied, text).breaking(Violation::NotTheFulfiller));
    }
    if request.end.is_some() {
        return Err(ended(id).breaking(Violation::ReportedTwice));
    }
    if request.is_timed_out(now) {
        let text = format!("request {id:#x} had to be done by {}", request.order.deadline);
        return Err(Refusal::new(Code::FailedPrecondition, text).breaking(Violation::ReportedLate));
    }
    match report {
        Report::Fulfilled { proof } => proof::check(proof, &request.order),
        Report::Failed { .. } | Report::NotExecuted { .. } => Ok(()),
    }
}

/// Whether this signer can cancel the request now.
pub fn cancelable(request: &Request, signer: Address, now: Moment) -> Result<(), Refusal> {
    let id = request.order.id;
    if request.order.requester != signer {
        let text = format!("{signer:#x} did not make request {id:#x}");
        return Err(Refusal::new(Code::PermissionDenied, text).breaking(Violation::NotTheRequester));
    }
    if request.end.is_some() || request.is_timed_out(now) {
        return Err(ended(id));
    }
    Ok(())
}

/// A breach in a message or a poll: whoever sends those was told the id. Somebody who looks whether
/// a request arrived cannot know.
pub fn unknown(id: B256) -> Refusal {
    Refusal::new(Code::NotFound, format!("request {id:#x} is not known"))
}

fn ended(id: B256) -> Refusal {
    Refusal::new(Code::FailedPrecondition, format!("request {id:#x} has ended"))
}
