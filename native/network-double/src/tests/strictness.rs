//! What the network does not let pass, by real calls, and what the journal says of it.

use alloy_primitives::B256;
use prost::Message;
use serde_json::json;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::base_types::{
    ExecuteProofRequest, FailExecutionRequest, FailExecutionRequestBody, FailFulfillmentRequest,
    FailFulfillmentRequestBody, RequestProofRequest, RequestProofRequestBody,
};
use sp1_sdk::network::proto::base_types::{ExecutionStatus, FulfillmentStatus};
use tonic::{Code, Status};

use super::kit::{self, fulfiller, requester, signer, Network};

/// Sends a body as it is, signed rightly.
async fn send(network: &Network, body: RequestProofRequestBody) -> Status {
    let refused = network.request(body).await.unwrap_err();
    assert_eq!(network.line("RequestProof").await["committed"], false);
    refused
}

#[tokio::test]
async fn a_request_is_held_to_its_form() {
    let network = Network::start("base").await;
    network.register_program().await;
    let order = || kit::order(1, "https://gw.example/stdins/1");
    let cases = [
        (
            "vk_hash",
            RequestProofRequestBody { vk_hash: vec![1; 31], ..order() },
            "malformed message",
        ),
        (
            "version",
            RequestProofRequestBody { version: "v6.1.0".into(), ..order() },
            "malformed message",
        ),
        ("mode", RequestProofRequestBody { mode: 0, ..order() }, "malformed message"),
        ("mode", RequestProofRequestBody { mode: 5, ..order() }, "malformed message"),
        ("strategy", RequestProofRequestBody { strategy: 3, ..order() }, "malformed message"),
        (
            "stdin_uri",
            RequestProofRequestBody { stdin_uri: "".into(), ..order() },
            "malformed message",
        ),
        (
            "stdin_uri",
            RequestProofRequestBody { stdin_uri: "x".repeat(2049), ..order() },
            "too large",
        ),
        (
            "whitelist",
            RequestProofRequestBody { whitelist: vec![vec![1]], ..order() },
            "malformed message",
        ),
        (
            "deadline",
            RequestProofRequestBody { deadline: kit::now() - 1, ..order() },
            "bad deadline",
        ),
        ("deadline", RequestProofRequestBody { deadline: u64::MAX, ..order() }, "bad deadline"),
    ];
    for (field, body, violation) in cases {
        let refused = send(&network, body).await;
        assert_eq!(refused.code(), Code::InvalidArgument, "{field}");
        assert!(refused.message().starts_with(field), "{field}: {}", refused.message());
        assert_eq!(network.line("RequestProof").await["violation"], violation, "{field}");
    }
    let unknown = send(&network, RequestProofRequestBody { vk_hash: vec![1; 32], ..order() }).await;
    assert_eq!(unknown.code(), Code::FailedPrecondition);
    assert_eq!(network.line("RequestProof").await["violation"], "unknown program");
    assert_eq!(network.nonce(&requester()).await, 1, "nothing of this used up a nonce");
}

#[tokio::test]
async fn an_envelope_is_binary_and_signed_over_these_very_bytes() {
    let network = Network::start("base").await;
    network.register_program().await;
    let body = kit::order(1, "https://gw.example/stdins/1");
    let signature = kit::sign(&requester(), &body.encode_to_vec()).await;
    let right = RequestProofRequest { format: 1, signature, body: Some(body) };
    let mut doubled = right.signature.clone();
    doubled[64] += 27;
    for (name, wrong) in [
        ("JSON", RequestProofRequest { format: 2, ..right.clone() }),
        ("no format", RequestProofRequest { format: 0, ..right.clone() }),
        ("no signature", RequestProofRequest { signature: Vec::new(), ..right.clone() }),
        ("v of CreateArtifact", RequestProofRequest { signature: doubled, ..right.clone() }),
        ("no body", RequestProofRequest { body: None, ..right.clone() }),
    ] {
        let refused = network.base().await.request_proof(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{name}");
    }
    // A changed body has a signer that nobody knows, whose nonce is another.
    let mut changed = right.clone();
    changed.body.as_mut().unwrap().gas_limit = 5;
    let refused = network.base().await.request_proof(changed).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);
    let line = network.line("RequestProof").await;
    assert_ne!(line["signer"], kit::written(requester().address()));
    network.base().await.request_proof(right.clone()).await.unwrap();
    let replayed = network.base().await.request_proof(right).await.unwrap_err();
    assert_eq!(replayed.code(), Code::Aborted);
    assert!(replayed.message().contains("nonce: 1 (expected: 2"), "{}", replayed.message());
}

#[tokio::test]
async fn the_same_input_twice_is_taken_and_noted() {
    let network = Network::start("base").await;
    let uri = "https://gw.example/stdins/1";
    let first = network.requested(uri).await;
    let second = network.request(kit::order(2, uri)).await.unwrap();
    assert_ne!(first.to_vec(), second);
    let line = network.line("RequestProof").await;
    assert_eq!(line["violation"], "duplicate request");
    assert_eq!((&line["outcome"], &line["committed"]), (&json!("OK"), &json!(true)));
    assert_eq!(line["stdinUri"], uri);
}

#[tokio::test]
async fn a_result_is_taken_once_and_from_its_fulfiller_only() {
    let network = Network::start("base").await;
    let id = network.requested("https://gw.example/stdins/1").await;
    let stranger = signer(9);
    let refused = network.fulfill_with(0, &stranger, id, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(network.line("FulfillProof").await["violation"], "not the assigned fulfiller");
    let refused = network.fulfill(B256::ZERO, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = network.fulfill(id, Vec::new()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert_eq!(network.line("FulfillProof").await["violation"], "bad proof");

    network.fulfill(id, kit::proof()).await.unwrap();
    let refused = network.fulfill(id, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    let line = network.line("FulfillProof").await;
    assert_eq!(line["violation"], "result reported twice");
    assert_eq!(line["outcome"], "FAILED_PRECONDITION");
}

#[tokio::test]
async fn failures_are_told_as_the_details_have_them() {
    let network = Network::start("base").await;
    let failed = network.requested("https://gw.example/stdins/1").await;
    let body = FailFulfillmentRequestBody { nonce: 0, request_id: failed.to_vec(), error: Some(6) };
    let signature = kit::sign(&fulfiller(), &body.encode_to_vec()).await;
    let report = FailFulfillmentRequest { format: 1, signature, body: Some(body) };
    network.base().await.fail_fulfillment(report).await.unwrap();
    let status = network.status(failed).await;
    assert_eq!(status.fulfillment_status, FulfillmentStatus::Unfulfillable as i32);

    let broken = network.request(kit::order(2, "https://gw.example/stdins/2")).await.unwrap();
    let body =
        FailExecutionRequestBody { nonce: 1, request_id: broken.clone(), execute_fail_cause: 5 };
    let signature = kit::sign(&fulfiller(), &body.encode_to_vec()).await;
    let report = FailExecutionRequest { format: 1, signature, body: Some(body) };
    network.base().await.fail_execution(report).await.unwrap();
    let status = network.status(B256::from_slice(&broken)).await;
    assert_eq!(status.execution_status, ExecutionStatus::Unexecutable as i32);

    let requests = network.ask("requests").await;
    assert_eq!(requests[0]["error"], "PROVING_FAILURE");
    assert_eq!(requests[1]["executeFailCause"], "EXCEEDED_CYCLE_LIMIT");
}

#[tokio::test]
async fn an_input_is_never_taken() {
    let network = Network::start("base").await;
    for kind in [2, 7] {
        let refused = network.create_artifact(kind).await.unwrap_err();
        assert_eq!(refused.code(), Code::PermissionDenied);
        assert_eq!(network.line("CreateArtifact").await["violation"], "stdin sent upstream");
    }
    for kind in [0, 4, 5, 6, 8] {
        let refused = network.create_artifact(kind).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}

#[tokio::test]
async fn the_execution_oracle_is_somebody_else() {
    let network = Network::start("base").await;
    let refused = network.base().await.execute_proof(ExecuteProofRequest::default()).await;
    assert_eq!(refused.unwrap_err().code(), Code::PermissionDenied);
    assert_eq!(network.line("ExecuteProof").await["violation"], "call of the execution oracle");
}

#[tokio::test]
async fn an_auctions_failure_has_a_trace_of_json() {
    let network = Network::start("auction").await;
    let told = json!({
        "requester": requester().address(), "vkHash": B256::ZERO, "stdinUri": "s3://b/1",
        "deadline": kit::now() + 60, "requestId": B256::repeat_byte(1),
    });
    network.tell("requests", told).await;
    let report = |trace: &str| {
        let body = types::FailFulfillmentRequestBody {
            nonce: 0,
            request_id: vec![1; 32],
            error: None,
            error_trace: Some(trace.as_bytes().to_vec()),
        };
        async {
            let signature = kit::sign(&fulfiller(), &body.encode_to_vec()).await;
            types::FailFulfillmentRequest { format: 1, signature, body: Some(body) }
        }
    };
    for wrong in ["", "{", &format!("\"{}\"", "x".repeat(65_536))] {
        let report = report(wrong).await;
        let refused = network.auction().await.fail_fulfillment(report).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let report = report(r#"{"cause":"device lost"}"#).await;
    network.auction().await.fail_fulfillment(report).await.unwrap();
    assert_eq!(network.ask("requests").await[0]["errorTrace"], r#"{"cause":"device lost"}"#);
}

#[tokio::test]
async fn a_message_over_the_bound_is_refused_and_journaled() {
    let network = Network::with("base", &["--max-message-bytes", "1000"]).await;
    let refused = network.fulfill(B256::ZERO, vec![1; 1000]).await.unwrap_err();
    assert_eq!(refused.code(), Code::OutOfRange);
    assert_eq!(network.line("FulfillProof").await["violation"], "too large");
}
