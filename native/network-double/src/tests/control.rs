//! What a test tells besides faults.

use alloy_primitives::B256;
use serde_json::json;
use sp1_sdk::network::proto::auction_types::FulfillmentStatus;

use super::kit::{self, fulfiller, requester, Network};

#[tokio::test]
async fn a_request_made_elsewhere_is_assigned_to_us() {
    let network = Network::start("base").await;
    let told = json!({
        "requester": requester().address(), "vkHash": B256::repeat_byte(1),
        "stdinUri": "https://gw.example/stdins/orphan", "deadline": kit::now() + 60,
    });
    let id = network.tell("requests", told.clone()).await["requestId"].clone();
    let id: B256 = serde_json::from_value(id).unwrap();
    assert_eq!(network.status(id).await.fulfillment_status(), FulfillmentStatus::Assigned);
    let shown = network.ask("requests").await[0].clone();
    assert_eq!(shown["fulfiller"], kit::written(fulfiller().address()));
    assert_eq!(shown["stdinUri"], "https://gw.example/stdins/orphan");
    assert_eq!(network.try_tell("requests", told).await.0, 409);
    network.fulfill(id, kit::proof()).await.unwrap();
}

#[tokio::test]
async fn somebody_else_can_end_a_request() {
    let network = Network::start("base").await;
    for (number, status, expected) in [
        (1, "UNFULFILLABLE", FulfillmentStatus::Unfulfillable),
        (2, "UNEXECUTABLE", FulfillmentStatus::Assigned),
        (3, "EXPIRED", FulfillmentStatus::Expired),
        (4, "REVERTED", FulfillmentStatus::Reverted),
        (5, "FULFILLED", FulfillmentStatus::Fulfilled),
    ] {
        let id = B256::repeat_byte(number);
        let told = json!({
            "requester": requester().address(), "vkHash": B256::ZERO, "requestId": id,
            "stdinUri": "s3://b/1", "deadline": kit::now() + 60,
        });
        network.tell("requests", told).await;
        let closing = json!({"requestId": id, "status": status});
        network.tell("close", closing.clone()).await;
        let got = network.status(id).await;
        assert_eq!((got.fulfillment_status(), got.proof_uri), (expected, None), "{status}");
        assert_eq!(network.try_tell("close", closing).await.0, 409);
    }
    let told = json!({
        "requester": requester().address(), "vkHash": B256::ZERO, "stdinUri": "s3://b/1",
        "deadline": kit::now() + 60, "requestId": B256::repeat_byte(6),
    });
    network.tell("requests", told).await;
    let closing =
        json!({"requestId": B256::repeat_byte(6), "status": "FULFILLED", "proof": "abcd"});
    network.tell("close", closing).await;
    let uri = network.status(B256::repeat_byte(6)).await.proof_uri.unwrap();
    let proof = network.http.get(uri).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(proof, [0xab, 0xcd][..]);
}

#[tokio::test]
async fn a_nonce_can_be_set() {
    let network = Network::start("base").await;
    let address = requester().address();
    network.tell("nonce", json!({"address": address, "next": 41})).await;
    assert_eq!(network.nonce(&requester()).await, 41);
}

#[tokio::test]
async fn a_network_that_is_away_cuts_old_and_new_connections_and_comes_back() {
    let network = Network::start("base").await;
    let mut there = network.auction().await;
    let asked = || sp1_sdk::network::proto::auction_types::GetNonceRequest { address: vec![1; 20] };
    there.get_nonce(asked()).await.unwrap();
    network.fault(json!({"method": "GetNonce", "kind": "hold"})).await;
    let held = tokio::spawn(async move { there.get_nonce(asked()).await });
    network.waiting(1).await;
    network.tell("away", json!({"on": true})).await;
    held.await.unwrap().unwrap_err();
    assert_eq!(network.line("GetNonce").await["outcome"], "GONE");
    let url = format!("{}/any", network.service.url);
    assert!(network.http.get(&url).send().await.is_err());

    network.tell("away", json!({"on": false})).await;
    assert_eq!(network.http.get(&url).send().await.unwrap().status(), 404);
    assert_eq!(network.nonce(&requester()).await, 0);
}

#[tokio::test]
async fn what_is_told_wrongly_is_refused_by_name() {
    let network = Network::start("base").await;
    for (path, what, word) in [
        ("away", json!({"on": 1}), "bool"),
        ("away", json!({"off": true}), "off"),
        ("close", json!({"requestId": B256::ZERO, "status": "DONE"}), "DONE"),
        ("close", json!({"requestId": B256::ZERO, "status": "EXPIRED", "proof": "00"}), "proof"),
        ("requests", json!({"requester": requester().address()}), "missing field"),
        ("faults", json!({"method": "Bid", "kind": "cut"}), "Bid"),
        ("release", json!({"all": true}), "all"),
    ] {
        let (status, answer) = network.try_tell(path, what).await;
        assert_eq!(status, 400, "{path}");
        assert!(answer["error"].as_str().unwrap().contains(word), "{answer}");
    }
    assert_eq!(network.try_tell("nothing", json!({})).await.0, 404);
}
