//! Doing what a call wants.

use alloy_primitives::Address;
use prost::Message;
use sp1_sdk::network::proto::artifact::{ArtifactType, CreateArtifactResponse};
use sp1_sdk::network::proto::auction_types as types;
use tonic::Code;

use crate::answer::Answers;
use crate::artifacts::Kind;
use crate::call::{Action, Call, Query, Signed};
use crate::fault::Fault;
use crate::ledger::{Circumstances, Done};
use crate::network::Network;
use crate::record::Record;
use crate::refusal::Refusal;
use crate::request::{Moment, Placement};

/// Does it, as `fault` bends it, and encodes the answer.
pub fn on(
    network: &Network,
    call: Call,
    fault: Option<&Fault>,
    record: &mut Record<'_>,
) -> Result<Vec<u8>, Refusal> {
    match call {
        Call::Query(query) => answer(network, &query, fault),
        Call::Signed(_) if fault == Some(&Fault::StaleNonce) => {
            Err(Refusal::new(Code::Aborted, "nonce: used before (a fault that was told)"))
        }
        Call::Signed(message) => {
            if fault == Some(&Fault::Duplicate) {
                // What the first got is lost; the caller is told what the second got.
                let _ = commit(network, message.clone(), fault, record);
            }
            commit(network, message, fault, record)
        }
        Call::CreateArtifact { owner, kind } => {
            let kind = if kind == ArtifactType::Program { Kind::Program } else { Kind::Proof };
            let (artifact_uri, artifact_presigned_url) =
                network.world().artifacts.create(kind, owner);
            record.committed();
            Ok(CreateArtifactResponse { artifact_uri, artifact_presigned_url }.encode_to_vec())
        }
    }
}

fn answer(network: &Network, query: &Query, fault: Option<&Fault>) -> Result<Vec<u8>, Refusal> {
    let world = network.world();
    if let (Query::Nonce(address), Some(Fault::StaleNonce)) = (query, fault) {
        // Of an address that never sent anything there is no old nonce; another wrong one serves.
        let nonce = world.ledger.nonce(*address).checked_sub(1).unwrap_or(1);
        return Ok(types::GetNonceResponse { nonce }.encode_to_vec());
    }
    let answers = Answers {
        schema: network.schema,
        ledger: &world.ledger,
        artifacts: &world.artifacts,
        fulfillers: &network.fulfillers,
        now: network.now(),
    };
    answers.to(query)
}

fn commit(
    network: &Network,
    message: Signed,
    fault: Option<&Fault>,
    record: &mut Record<'_>,
) -> Result<Vec<u8>, Refusal> {
    let mut world = network.world();
    let now = network.now();
    let (mut placement, mut uploaded, mut made) = (Placement::Nobody, false, None);
    match &message.action {
        Action::RequestProof(order) => {
            placement = place(&network.fulfillers, &order.whitelist, fault, now);
            made = Some(order.id);
        }
        Action::CreateProgram(program) => {
            uploaded = world.artifacts.has_program(&program.program_uri, message.signer);
        }
        Action::Report { .. } | Action::Cancel { .. } => {}
    }
    let done = world.ledger.apply(message, &Circumstances { now, placement, uploaded });
    let Done { tx_hash, violation, proof } = done.inspect_err(|refusal| {
        record.violation(refusal.violation);
    })?;
    record.committed();
    record.violation(violation);
    if let Some((request, bytes)) = proof {
        world.artifacts.keep_proof(request, bytes);
    }
    let tx_hash = tx_hash.to_vec();
    Ok(match made {
        Some(id) => {
            let body = Some(types::RequestProofResponseBody { request_id: id.to_vec() });
            types::RequestProofResponse { tx_hash, body }.encode_to_vec()
        }
        // All other answers have this form.
        None => {
            let body = Some(types::FulfillProofResponseBody {});
            types::FulfillProofResponse { tx_hash, body }.encode_to_vec()
        }
    })
}

/// The first fulfiller that the requester lets have it, at once, unless a fault has it otherwise.
fn place(
    fulfillers: &[Address],
    whitelist: &[Address],
    fault: Option<&Fault>,
    now: Moment,
) -> Placement {
    if let Some(Fault::AssignOther(other)) = fault {
        return Placement::To(*other);
    }
    let allowed = |address: &&Address| whitelist.is_empty() || whitelist.contains(address);
    match (fulfillers.iter().find(allowed), fault) {
        (Some(first), Some(Fault::Unassigned(duration))) => {
            Placement::Later(*first, Moment(now.0 + duration.as_millis() as u64))
        }
        (Some(first), _) => Placement::To(*first),
        (None, _) => Placement::Nobody,
    }
}
