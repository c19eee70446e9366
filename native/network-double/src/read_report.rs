//! What fulfillers report, in either schema.

use bytes::Bytes;
use sp1_sdk::network::proto::auction_types::{
    ExecuteFailureCause, ProofRequestError, TransactionVariant,
};
use sp1_sdk::network::proto::{auction_types, base_types};

use crate::call::{Action, Report};
use crate::read_order;
use crate::refusal::Refusal;
use crate::schema::Schema;
use crate::seen::Seen;
use crate::strict;

pub fn fulfilled(schema: Schema, body: &Bytes, seen: &mut Seen) -> Result<(u64, Action), Refusal> {
    type Base = base_types::FulfillProofRequestBody;
    type Auction = auction_types::FulfillProofRequestBody;
    let body = match schema {
        Schema::Base => as_auction(strict::of_schema::<Base, Auction>(body, schema)?),
        Schema::Auction => strict::of_schema::<Auction, Base>(body, schema)?,
    };
    seen.bytes("proof", &body.proof);
    let proof = Report::Fulfilled { proof: body.proof.into() };
    let fulfilled = report(body.nonce, &body.request_id, proof, seen)?;
    if schema == Schema::Auction {
        // A base body reads as an auction body in which both are missing.
        if body.domain.is_empty() && body.variant == 0 {
            return Err(strict::other_schema(schema));
        }
        read_order::domain(&body.domain)?;
        read_order::variant(body.variant, TransactionVariant::FulfillVariant)?;
    }
    Ok(fulfilled)
}

/// The fields that both schemas have, in one type.
fn as_auction(body: base_types::FulfillProofRequestBody) -> auction_types::FulfillProofRequestBody {
    auction_types::FulfillProofRequestBody {
        nonce: body.nonce,
        request_id: body.request_id,
        proof: body.proof,
        ..Default::default()
    }
}

pub fn failed(schema: Schema, body: &Bytes, seen: &mut Seen) -> Result<(u64, Action), Refusal> {
    type Base = base_types::FailFulfillmentRequestBody;
    type Auction = auction_types::FailFulfillmentRequestBody;
    let (nonce, request, error, trace) = match schema {
        Schema::Base => {
            let body = strict::of_schema::<Base, Auction>(body, schema)?;
            (body.nonce, body.request_id, body.error, None)
        }
        Schema::Auction => {
            let body = strict::of_schema::<Auction, Base>(body, schema)?;
            (body.nonce, body.request_id, body.error, body.error_trace)
        }
    };
    if let Some(trace) = &trace {
        seen.bytes("errorTrace", trace);
        strict::trace(trace)?;
    }
    let error = error.unwrap_or_default();
    let error = ProofRequestError::try_from(error)
        .map_err(|_| Refusal::malformed(format!("error: {error} (expected: 0 to 6)")))?;
    report(nonce, &request, Report::Failed { error, trace: trace.map(Bytes::from) }, seen)
}

/// Exists in the base schema only.
pub fn not_executed(body: &Bytes, seen: &mut Seen) -> Result<(u64, Action), Refusal> {
    let body: base_types::FailExecutionRequestBody = strict::message(body)?;
    let cause = body.execute_fail_cause;
    let cause = ExecuteFailureCause::try_from(cause).map_err(|_| {
        Refusal::malformed(format!("execute_fail_cause: {cause} (expected: 0 to 9)"))
    })?;
    report(body.nonce, &body.request_id, Report::NotExecuted { cause }, seen)
}

fn report(
    nonce: u64,
    request: &[u8],
    report: Report,
    seen: &mut Seen,
) -> Result<(u64, Action), Refusal> {
    seen.nonce(nonce);
    let request = seen.request(strict::hash(request, "request_id")?);
    Ok((nonce, Action::Report { request, report }))
}
