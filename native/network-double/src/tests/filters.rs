//! GetFilteredProofRequests over the wire.

use alloy_primitives::{B256, U256};
use prost::Message;
use serde_json::json;
use sp1_sdk::network::proto::base_types;
use sp1_sdk::network::proto::base_types::GetFilteredProofRequestsRequest as Filter;
use tonic::Code;

use super::kit::{self, fulfiller, requester, signer, Network};
use crate::call::Order;
use crate::ledger::Ledger;
use crate::request::{Moment, Placement};
use crate::schema::Schema;

async fn list(network: &Network, filter: Filter) -> Vec<base_types::ProofRequest> {
    network.base().await.get_filtered_proof_requests(filter).await.unwrap().into_inner().requests
}

/// Registers a request of this number and gives its id.
async fn registered(network: &Network, number: u8, more: serde_json::Value) -> Vec<u8> {
    let mut told = json!({
        "requester": requester().address(),
        "requestId": B256::repeat_byte(number),
        "vkHash": B256::repeat_byte(0xaa),
        "stdinUri": format!("s3://b/stdins/{number}"),
        "deadline": kit::now() + 600,
    });
    told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    network.tell("requests", told).await;
    vec![number; 32]
}

#[tokio::test]
async fn each_filter_finds_what_it_names_and_no_more() {
    let network = Network::start("base").await;
    let other = signer(9).address();
    let past = kit::now() - 10;
    let plain = registered(&network, 1, json!({})).await;
    let foreign = registered(&network, 2, json!({"fulfiller": other})).await;
    let theirs = registered(&network, 3, json!({"requester": other})).await;
    let late = registered(&network, 4, json!({"deadline": past})).await;
    let old = registered(&network, 5, json!({"version": "sp1-v5.0.0", "mode": "PLONK"})).await;
    let failed = registered(&network, 6, json!({"vkHash": B256::repeat_byte(0xbb)})).await;
    let closing = json!({"requestId": B256::repeat_byte(6), "status": "UNFULFILLABLE", "error": "PROVING_FAILURE"});
    network.tell("close", closing).await;
    let unexecutable = registered(&network, 7, json!({})).await;
    let closing = json!({
        "requestId": B256::repeat_byte(7), "status": "UNEXECUTABLE", "error": "EXCEEDED_GAS_LIMIT",
    });
    network.tell("close", closing).await;

    let all = [&plain, &foreign, &theirs, &late, &old, &failed, &unexecutable];
    let but = |left_out: &Vec<u8>| {
        all.into_iter().filter(|id| *id != left_out).cloned().collect::<Vec<_>>()
    };
    let none = Vec::new;
    let filter = Filter::default;
    let address = |signer: sp1_sdk::network::signer::NetworkSigner| Some(signer.address().to_vec());
    let cases = [
        ("all", filter(), all.map(Clone::clone).to_vec()),
        ("version", Filter { version: Some("sp1-v5.0.0".into()), ..filter() }, vec![old.clone()]),
        ("mode", Filter { mode: Some(3), ..filter() }, vec![old.clone()]),
        ("fulfiller", Filter { fulfiller: address(fulfiller()), ..filter() }, but(&foreign)),
        ("requester", Filter { requester: address(signer(9)), ..filter() }, vec![theirs.clone()]),
        ("failed", Filter { fulfillment_status: Some(4), ..filter() }, vec![failed.clone()]),
        ("expired", Filter { fulfillment_status: Some(6), ..filter() }, vec![late.clone()]),
        ("timed out", Filter { is_timed_out: Some(true), ..filter() }, vec![late.clone()]),
        ("in time", Filter { is_timed_out: Some(false), ..filter() }, but(&late)),
        ("deadline", Filter { minimum_deadline: Some(kit::now()), ..filter() }, but(&late)),
        (
            "unexecutable",
            Filter { execution_status: Some(3), ..filter() },
            vec![unexecutable.clone()],
        ),
        ("cause", Filter { execute_fail_cause: Some(9), ..filter() }, vec![unexecutable.clone()]),
        ("error", Filter { error: Some(6), ..filter() }, vec![failed.clone()]),
        ("program", Filter { vk_hash: Some(vec![0xbb; 32]), ..filter() }, vec![failed.clone()]),
        ("from", Filter { from: Some(kit::now() + 60), ..filter() }, none()),
        ("to", Filter { to: Some(past), ..filter() }, none()),
        ("settled", Filter { settlement_status: Some(2), ..filter() }, none()),
        (
            "use_mainnet",
            Filter { use_mainnet: Some(false), ..filter() },
            all.map(Clone::clone).to_vec(),
        ),
    ];
    for (name, filter, expected) in cases {
        let found = list(&network, filter).await;
        let mut found: Vec<_> = found.into_iter().map(|request| request.request_id).collect();
        found.reverse();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_from_the_newest_on() {
    let network = Network::start("base").await;
    for number in 1..=12 {
        registered(&network, number, json!({})).await;
    }
    let numbers = |page: Option<u32>, limit: Option<u32>| {
        let network = &network;
        async move {
            let found = list(network, Filter { page, limit, ..Filter::default() }).await;
            found.into_iter().map(|request| request.request_id[0]).collect::<Vec<_>>()
        }
    };
    assert_eq!(numbers(None, None).await, (3..=12).rev().collect::<Vec<_>>());
    assert_eq!(numbers(Some(1), Some(5)).await, [12, 11, 10, 9, 8]);
    assert_eq!(numbers(Some(3), Some(5)).await, [2, 1]);
    assert_eq!(numbers(Some(4), Some(5)).await, [0; 0]);
    assert_eq!(numbers(Some(1), Some(u32::MAX)).await.len(), 12);
    assert_eq!(numbers(Some(u32::MAX), Some(u32::MAX)).await, [0; 0]);
    for number in 13..=16 {
        registered(&network, number, json!({})).await;
    }
    assert_eq!(numbers(Some(2), Some(15)).await, [1]);
    let zero = Filter { page: Some(0), ..Filter::default() };
    let refused = network.base().await.get_filtered_proof_requests(zero).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[test]
fn a_page_has_a_thousand_requests_at_most() {
    let mut ledger = Ledger::default();
    for number in 0..1001_u64 {
        let order = Order { id: B256::from(U256::from(number)), ..super::ledger::order() };
        ledger.register(order, Placement::Nobody, Moment(0)).unwrap();
    }
    let most = Filter { limit: Some(5000), ..Filter::default() }.encode_to_vec();
    let filter = crate::filter::Filter::read(Schema::Base, &most.into()).unwrap();
    assert_eq!(filter.select(ledger.requests(), Moment(0)).len(), 1000);
}
