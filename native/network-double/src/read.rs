//! From a call's bytes to what it wants. Pure, and strict: whatever is not as it must be is refused.

use bytes::Bytes;
use prost::Message;
use sp1_sdk::network::proto::artifact::{ArtifactType, CreateArtifactRequest};
use sp1_sdk::network::proto::auction_types as types;
use tonic::Code;

use crate::call::{Action, Call, NewProgram, Query, Signed};
use crate::filter::Filter;
use crate::read_order;
use crate::read_report;
use crate::refusal::{Refusal, Violation};
use crate::schema::{Method, Schema};
use crate::seen::Seen;
use crate::signature;
use crate::strict::{self, Envelope};

/// Reads the call `method` from `bytes`; notes in `seen` what there is to journal, also when refusing.
pub fn call(
    schema: Schema,
    method: Method,
    bytes: &Bytes,
    seen: &mut Seen,
) -> Result<Call, Refusal> {
    seen.bytes("message", bytes);
    if method.is_signed() {
        return signed(schema, method, bytes, seen).map(Call::Signed);
    }
    match method {
        Method::CreateArtifact => create_artifact(bytes, seen),
        Method::ExecuteProof => Err(Refusal::new(
            Code::PermissionDenied,
            "ExecuteProof is for the network's execution oracle only",
        )
        .breaking(Violation::OracleOnly)),
        _ => query(schema, method, bytes, seen).map(Call::Query),
    }
}

fn query(schema: Schema, method: Method, bytes: &Bytes, seen: &mut Seen) -> Result<Query, Refusal> {
    Ok(match method {
        Method::GetNonce => {
            let message: types::GetNonceRequest = strict::message(bytes)?;
            let address = strict::address(&message.address, "address")?;
            seen.signer(address);
            Query::Nonce(address)
        }
        Method::GetBalance => {
            let message: types::GetBalanceRequest = strict::message(bytes)?;
            seen.signer(strict::address(&message.address, "address")?);
            Query::Balance
        }
        Method::GetOwner => {
            let message: types::GetOwnerRequest = strict::message(bytes)?;
            let address = strict::address(&message.address, "address")?;
            seen.signer(address);
            Query::Owner(address)
        }
        Method::GetProgram => {
            let message: types::GetProgramRequest = strict::message(bytes)?;
            Query::Program(strict::hash(&message.vk_hash, "vk_hash")?)
        }
        Method::GetProofRequestStatus => {
            let message: types::GetProofRequestStatusRequest = strict::message(bytes)?;
            Query::Status(seen.request(strict::hash(&message.request_id, "request_id")?))
        }
        Method::GetProofRequestDetails => {
            let message: types::GetProofRequestDetailsRequest = strict::message(bytes)?;
            Query::Details(seen.request(strict::hash(&message.request_id, "request_id")?))
        }
        Method::GetFilteredProofRequests => {
            let filter = Filter::read(schema, bytes)?;
            if let Some(address) = filter.about() {
                seen.signer(address);
            }
            Query::Filtered(Box::new(filter))
        }
        Method::GetProofRequestParams => {
            let message: types::GetProofRequestParamsRequest = strict::message(bytes)?;
            strict::known::<types::ProofMode>(message.mode, "mode")?;
            Query::Params
        }
        Method::GetProversByUptime => {
            strict::message::<types::GetProversByUptimeRequest>(bytes)?;
            Query::ProversByUptime
        }
        Method::GetMarketPricePerPgu => {
            strict::message::<types::GetMarketPricePerPguRequest>(bytes)?;
            Query::MarketPrice
        }
        other => return Err(Refusal::new(Code::Unimplemented, other.name())),
    })
}

fn signed(
    schema: Schema,
    method: Method,
    bytes: &Bytes,
    seen: &mut Seen,
) -> Result<Signed, Refusal> {
    let envelope: Envelope = strict::message(bytes)?;
    let format = envelope.format;
    if format != types::MessageFormat::Binary as i32 {
        return Err(Refusal::malformed(format!("format: {format} (expected: 1, which is BINARY)")));
    }
    let body = envelope.body;
    let signer = signature::signer_of_body(&body, &envelope.signature)?;
    seen.signer(signer);
    let (nonce, action) = match method {
        Method::CreateProgram => create_program(&body, seen)?,
        Method::RequestProof => read_order::order(schema, signer, &body, seen)?,
        Method::FulfillProof => read_report::fulfilled(schema, &body, seen)?,
        Method::FailFulfillment => read_report::failed(schema, &body, seen)?,
        Method::FailExecution => read_report::not_executed(&body, seen)?,
        Method::CancelRequest => {
            let body: types::CancelRequestRequestBody = strict::message(&body)?;
            let request = seen.request(strict::hash(&body.request_id, "request_id")?);
            (body.nonce, Action::Cancel { request })
        }
        other => return Err(Refusal::new(Code::Unimplemented, other.name())),
    };
    seen.nonce(nonce);
    Ok(Signed { signer, nonce, action })
}

fn create_program(body: &Bytes, seen: &mut Seen) -> Result<(u64, Action), Refusal> {
    let body: types::CreateProgramRequestBody = strict::message(body)?;
    seen.nonce(body.nonce);
    seen.bytes("vk", &body.vk);
    strict::sized(body.vk.len(), strict::LARGEST_VK, "vk")?;
    if body.vk.is_empty() {
        return Err(Refusal::malformed("vk: empty"));
    }
    strict::uri(&body.program_uri, "program_uri")?;
    let vk_hash = strict::hash(&body.vk_hash, "vk_hash")?;
    let program = NewProgram { vk_hash, vk: body.vk.into(), program_uri: body.program_uri };
    Ok((body.nonce, Action::CreateProgram(program)))
}

fn create_artifact(bytes: &Bytes, seen: &mut Seen) -> Result<Call, Refusal> {
    // Looked at first, and whatever else is wrong with the message: an input must never come here.
    let kind =
        CreateArtifactRequest::decode(bytes.clone()).map_or(0, |message| message.artifact_type);
    if let Ok(ArtifactType::Stdin | ArtifactType::PrivateStdin) = ArtifactType::try_from(kind) {
        return Err(Refusal::new(Code::PermissionDenied, "inputs are not taken by this network")
            .breaking(Violation::StdinUpstream));
    }
    let message: CreateArtifactRequest = strict::message(bytes)?;
    let owner = signature::signer_of_create_artifact(&message.signature)?;
    seen.signer(owner);
    match ArtifactType::try_from(kind) {
        Ok(kind @ (ArtifactType::Program | ArtifactType::Proof)) => {
            Ok(Call::CreateArtifact { owner, kind })
        }
        _ => Err(Refusal::malformed(format!("artifact_type: {kind} (expected: 1 or 3)"))),
    }
}
