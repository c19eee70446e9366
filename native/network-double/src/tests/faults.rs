//! Each kind of fault, met by a real client.

use std::time::{Duration, Instant};

use alloy_primitives::B256;
use serde_json::json;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::auction_types::FulfillmentStatus;
use tonic::Code;

use super::kit::{self, fulfiller, requester, Network};

const URI: &str = "https://gw.example/stdins/1";

async fn started() -> (Network, B256) {
    let network = Network::start("base").await;
    let id = network.requested(URI).await;
    (network, id)
}

async fn fulfillment(network: &Network, id: B256) -> FulfillmentStatus {
    network.status(id).await.fulfillment_status()
}

#[tokio::test]
async fn a_code_comes_before_the_commit_or_hides_it() {
    for (when, status) in
        [("before", FulfillmentStatus::Assigned), ("after", FulfillmentStatus::Fulfilled)]
    {
        let (network, id) = started().await;
        network
            .fault(json!({
                "method": "FulfillProof", "kind": "code", "code": "UNAVAILABLE",
                "message": "told", "when": when,
            }))
            .await;
        let lost = network.fulfill(id, kit::proof()).await.unwrap_err();
        assert_eq!((lost.code(), lost.message()), (Code::Unavailable, "told"));
        assert_eq!(fulfillment(&network, id).await, status, "{when}");
        let line = network.line("FulfillProof").await;
        assert_eq!(line["fault"], format!("code {when}"));
        assert_eq!(line["committed"], when == "after");
        assert_eq!(line["outcome"], "UNAVAILABLE");
        assert_eq!(network.ask("faults").await, json!([]));
    }
}

#[tokio::test]
async fn a_cut_connection_gives_no_answer() {
    for (when, status) in
        [("before", FulfillmentStatus::Assigned), ("after", FulfillmentStatus::Fulfilled)]
    {
        let (network, id) = started().await;
        network.fault(json!({"method": "FulfillProof", "kind": "cut", "when": when})).await;
        let lost = network.fulfill(id, kit::proof()).await.unwrap_err();
        assert!(matches!(lost.code(), Code::Unknown | Code::Unavailable), "{lost}");
        assert_eq!(fulfillment(&network, id).await, status, "{when}");
        let line = network.line("FulfillProof").await;
        assert_eq!(
            (&line["outcome"], &line["committed"]),
            (&json!("CUT"), &json!(when == "after"))
        );
    }
}

#[tokio::test]
async fn a_delay_only_takes_time() {
    for when in ["before", "after"] {
        let (network, id) = started().await;
        let fault = json!({"method": "FulfillProof", "kind": "delay", "millis": 150, "when": when});
        network.fault(fault).await;
        let started = Instant::now();
        network.fulfill(id, kit::proof()).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(150));
    }
}

#[tokio::test]
async fn a_delay_comes_before_the_commit_or_after_it() {
    let delay = |when| json!({"method": "FulfillProof", "kind": "delay", "millis": 3_600_000, "when": when});
    let (network, id) = started().await;
    network.fault(delay("before")).await;
    let mut call = Box::pin(network.fulfill(id, kit::proof()));
    tokio::select! {
        answer = &mut call => panic!("{answer:?}"),
        _ = kit::until(|| network.ask("faults"), |faults| *faults == json!([])) => {}
    }
    drop(call);
    kit::until(|| network.lines("FulfillProof"), |lines| lines.len() == 1).await;
    assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Assigned);

    network.fault(delay("after")).await;
    let fulfilled = |status: &_| *status == FulfillmentStatus::Fulfilled;
    tokio::select! {
        answer = network.fulfill(id, kit::proof()) => panic!("{answer:?}"),
        _ = kit::until(|| fulfillment(&network, id), fulfilled) => {}
    }
}

#[tokio::test]
async fn a_held_call_waits_for_its_release() {
    for (when, status) in
        [("before", FulfillmentStatus::Assigned), ("after", FulfillmentStatus::Fulfilled)]
    {
        let (network, id) = started().await;
        network.fault(json!({"method": "FulfillProof", "kind": "hold", "when": when})).await;
        let ended = async {
            let held = network.waiting(1).await;
            assert_eq!(held[0]["method"], "FulfillProof");
            assert_eq!(held[0]["requestId"], format!("{id:#x}"));
            assert_eq!(held[0]["committed"], when == "after");
            assert_eq!(fulfillment(&network, id).await, status);
            let other = json!({"method": "GetNonce"});
            assert_eq!(network.tell("release", other).await["released"], 0);
            assert_eq!(network.tell("release", json!({})).await["released"], 1);
        };
        let (answer, ()) = tokio::join!(network.fulfill(id, kit::proof()), ended);
        answer.unwrap();
        assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Fulfilled);
        network.waiting(0).await;
    }
}

#[tokio::test]
async fn a_held_call_ends_when_its_caller_goes_away() {
    let (network, id) = started().await;
    network.fault(json!({"method": "FulfillProof", "kind": "hold"})).await;
    let mut call = Box::pin(network.fulfill(id, kit::proof()));
    tokio::select! {
        answer = &mut call => panic!("{answer:?}"),
        _ = network.waiting(1) => {}
    }
    drop(call);
    network.waiting(0).await;
    assert_eq!(network.line("FulfillProof").await["outcome"], "GONE");
    assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Assigned);
}

#[tokio::test]
async fn a_nonce_can_be_stale_in_both_places() {
    let (network, id) = started().await;
    assert_eq!(network.nonce(&requester()).await, 2);
    network.fault(json!({"method": "GetNonce", "kind": "stale-nonce"})).await;
    assert_eq!(network.nonce(&requester()).await, 1);
    assert_eq!(network.nonce(&requester()).await, 2);
    network.fault(json!({"method": "FulfillProof", "kind": "stale-nonce"})).await;
    let refused = network.fulfill(id, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);
    assert_eq!(network.nonce(&fulfiller()).await, 0);
    network.fulfill(id, kit::proof()).await.unwrap();
}

#[tokio::test]
async fn a_doubled_message_counts_once_and_is_answered_as_the_second() {
    let (network, id) = started().await;
    network.fault(json!({"method": "FulfillProof", "kind": "duplicate"})).await;
    let refused = network.fulfill(id, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);
    assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Fulfilled);
    let line = network.line("FulfillProof").await;
    assert_eq!((&line["committed"], line.get("violation")), (&json!(true), None));
    assert_eq!(network.nonce(&fulfiller()).await, 1);
}

#[tokio::test]
async fn a_request_can_go_to_another_fulfiller() {
    let network = Network::start("base").await;
    network.fault(json!({"method": "RequestProof", "kind": "assign-other"})).await;
    let id = network.requested(URI).await;
    let shown = network.ask("requests").await[0].clone();
    assert_eq!(shown["fulfiller"], "0x00000000000000000000000000000000000000ff");
    let refused = network.fulfill(id, kit::proof()).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn a_request_can_stay_unassigned_for_a_while() {
    let network = Network::start("base").await;
    let fault = json!({"method": "RequestProof", "kind": "unassigned", "millis": 3_600_000});
    network.fault(fault).await;
    let id = network.requested(URI).await;
    assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Requested);
    network.fault(json!({"method": "RequestProof", "kind": "unassigned", "millis": 100})).await;
    let body = kit::order(2, "https://gw.example/stdins/2");
    let id = B256::from_slice(&network.request(body).await.unwrap());
    let assigned = |status: &_| *status == FulfillmentStatus::Assigned;
    kit::until(|| fulfillment(&network, id), assigned).await;
    network.fulfill(id, kit::proof()).await.unwrap();
}

#[tokio::test]
async fn an_answer_can_be_no_protobuf() {
    let (network, id) = started().await;
    network.fault(json!({"method": "GetProofRequestStatus", "kind": "malformed"})).await;
    let asked = types::GetProofRequestStatusRequest { request_id: id.to_vec() };
    let mut client = network.auction().await;
    let broken = client.get_proof_request_status(asked.clone()).await.unwrap_err();
    assert_eq!(broken.code(), Code::Internal);
    client.get_proof_request_status(asked).await.unwrap();
}

#[tokio::test]
async fn a_fault_for_all_methods_is_met_by_the_next_call() {
    let (network, id) = started().await;
    network.fault(json!({"method": "*", "kind": "code", "code": "RESOURCE_EXHAUSTED"})).await;
    let asked = types::GetProofRequestStatusRequest { request_id: id.to_vec() };
    let refused = network.auction().await.get_proof_request_status(asked).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(fulfillment(&network, id).await, FulfillmentStatus::Assigned);
}

#[tokio::test]
async fn uploads_and_downloads_meet_faults_as_well() {
    let network = Network::start("base").await;
    let place = network.create_artifact(1).await.unwrap();
    let put = || network.http.put(&place.artifact_presigned_url).body(kit::program()).send();
    network.fault(json!({"method": "PUT", "kind": "cut"})).await;
    assert!(!put().await.unwrap_err().is_timeout());
    network.fault(json!({"method": "PUT", "kind": "code", "code": "503", "when": "after"})).await;
    assert_eq!(put().await.unwrap().status(), 503);
    assert_eq!(network.line("PUT").await["committed"], true);

    let get = || async {
        let response = network.http.get(&place.artifact_uri).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await)
    };
    network.fault(json!({"method": "GET", "kind": "code", "code": "500"})).await;
    assert_eq!(get().await.0, 500);
    network.fault(json!({"method": "GET", "kind": "malformed"})).await;
    let (status, garbled) = get().await;
    let garbled = garbled.unwrap();
    assert_eq!((status, garbled.len()), (200, kit::program().len()));
    assert_ne!(garbled, kit::program());
    network.fault(json!({"method": "GET", "kind": "cut", "when": "after"})).await;
    assert!(get().await.1.is_err());
    assert_eq!(network.line("GET").await["outcome"], "CUT");
    assert_eq!(get().await.1.unwrap(), kit::program());
}
