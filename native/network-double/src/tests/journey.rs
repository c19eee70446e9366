//! From the program's upload to the proof's download, in both schemas.

use std::fs;

use alloy_primitives::{keccak256, Address, B256};
use clap::Parser;
use prost::Message;
use serde_json::json;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::auction_types::{ExecutionStatus, FulfillmentStatus};
use sp1_sdk::network::proto::base_types;
use sp1_sdk::network::{NetworkClient, NetworkMode};
use sp1_sdk::SP1_CIRCUIT_VERSION;
use tonic::Code;

use super::kit::{self, fulfiller, requester, signer, Network};
use crate::arguments::Arguments;
use crate::service::Service;

#[tokio::test]
async fn a_base_network_takes_a_request_and_gives_its_proof() {
    let network = Network::start("base").await;
    let program_uri = network.register_program().await;
    let body = kit::order(1, "https://gw.example/stdins/1");
    let made_of = [requester().address().as_slice(), &body.encode_to_vec()].concat();
    let id = B256::from_slice(&network.request(body.clone()).await.unwrap());
    assert_eq!(id, keccak256(made_of));

    let status = network.status(id).await;
    assert_eq!(status.fulfillment_status(), FulfillmentStatus::Assigned);
    assert_eq!(status.execution_status(), ExecutionStatus::Unexecuted);
    assert_eq!(status.deadline, body.deadline);
    assert_eq!((status.request_tx_hash.len(), status.proof_uri), (32, None));

    let asked = base_types::GetProofRequestDetailsRequest { request_id: id.to_vec() };
    let details = network.base().await.get_proof_request_details(asked).await.unwrap();
    let details = details.into_inner().request.unwrap();
    assert_eq!(details.fulfiller, Some(fulfiller().address().to_vec()));
    assert_eq!(details.requester, requester().address().to_vec());
    assert_eq!((details.program_uri, details.stdin_uri), (program_uri, body.stdin_uri));

    network.fulfill(id, kit::proof()).await.unwrap();
    let status = network.status(id).await;
    assert_eq!(status.fulfillment_status(), FulfillmentStatus::Fulfilled);
    assert_eq!(status.fulfill_tx_hash.unwrap().len(), 32);
    let proof = network.http.get(status.proof_uri.unwrap()).send().await.unwrap();
    assert_eq!(proof.bytes().await.unwrap(), kit::proof());

    let line = network.line("FulfillProof").await;
    assert_eq!((&line["outcome"], &line["committed"]), (&json!("OK"), &json!(true)));
    assert_eq!(line["signer"], kit::written(fulfiller().address()));
    assert_eq!(line["requestId"], json!(format!("{id:#x}")));
    assert_eq!(line["sizes"]["proof"], json!(kit::proof().len()));
    assert_eq!(line.get("violation"), None);
}

#[tokio::test]
async fn whoever_looks_for_a_request_may_find_none_but_whoever_polls_knows_it() {
    let network = Network::start("base").await;
    let request_id = vec![7; 32];
    let look = base_types::GetProofRequestDetailsRequest { request_id: request_id.clone() };
    let poll = base_types::GetProofRequestStatusRequest { request_id };
    let mut client = network.base().await;
    let missed = client.get_proof_request_details(look).await.unwrap_err();
    let unknown = client.get_proof_request_status(poll).await.unwrap_err();
    assert_eq!((missed.code(), unknown.code()), (Code::NotFound, Code::NotFound));
    let line = network.line("GetProofRequestDetails").await;
    assert_eq!((&line["outcome"], line.get("violation")), (&json!("NOT_FOUND"), None));
    let line = network.line("GetProofRequestStatus").await;
    assert_eq!(line["violation"], json!("unknown request"));
}

#[tokio::test]
async fn an_auction_network_takes_a_request_and_gives_its_proof() {
    let network = Network::start("auction").await;
    network.register_program().await;
    let mut client = network.auction().await;
    let params = client.get_proof_request_params(types::GetProofRequestParamsRequest { mode: 1 });
    let params = params.await.unwrap().into_inner();
    let provers = types::GetProversByUptimeRequest { high_availability_only: false };
    let whitelist = client.get_provers_by_uptime(provers).await.unwrap().into_inner().provers;
    assert_eq!(whitelist, [fulfiller().address().to_vec()]);
    let body = types::RequestProofRequestBody {
        nonce: 1,
        vk_hash: kit::VK_HASH.to_vec(),
        version: format!("sp1-{SP1_CIRCUIT_VERSION}"),
        mode: 1,
        strategy: 3,
        stdin_uri: "https://gw.example/stdins/1".into(),
        deadline: kit::now() + 600,
        whitelist,
        domain: params.domain.clone(),
        auctioneer: params.auctioneer,
        executor: params.executor,
        verifier: params.verifier,
        treasury: params.treasury,
        base_fee: params.base_fee,
        max_price_per_pgu: params.max_price_per_pgu,
        public_values_hash: Some(vec![4; 32]),
        stdin_private: true,
        ..Default::default()
    };
    let request = types::RequestProofRequest {
        format: 1,
        signature: kit::sign(&requester(), &body.encode_to_vec()).await,
        body: Some(body.clone()),
    };
    let id = client.request_proof(request).await.unwrap().into_inner().body.unwrap().request_id;

    let asked = types::GetProofRequestDetailsRequest { request_id: id.clone() };
    let details = client.get_proof_request_details(asked).await.unwrap().into_inner();
    let details = details.request.unwrap();
    assert_eq!(details.base_fee, Some(body.base_fee));
    assert_eq!(details.max_price_per_pgu, Some(body.max_price_per_pgu));
    assert!(details.stdin_private);
    assert_eq!((details.stdin_uri.as_str(), details.stdin_public_uri.as_str()), ("", ""));
    assert_eq!(details.public_values_hash, Some(vec![4; 32]));

    let body = types::FulfillProofRequestBody {
        nonce: 0,
        request_id: id.clone(),
        proof: kit::proof(),
        reserved_metadata: None,
        domain: params.domain,
        variant: types::TransactionVariant::FulfillVariant as i32,
    };
    let fulfilled = types::FulfillProofRequest {
        format: 1,
        signature: kit::sign(&fulfiller(), &body.encode_to_vec()).await,
        body: Some(body),
    };
    client.fulfill_proof(fulfilled).await.unwrap();
    let status = network.status(B256::from_slice(&id)).await;
    assert_eq!(status.fulfillment_status(), FulfillmentStatus::Fulfilled);
}

#[tokio::test]
async fn the_sdks_own_client_understands_both_networks() {
    for (schema, mode) in [("base", NetworkMode::Reserved), ("auction", NetworkMode::Mainnet)] {
        let network = Network::start(schema).await;
        let told = json!({
            "requester": requester().address(), "vkHash": B256::repeat_byte(0xaa),
            "stdinUri": "s3://somewhere/1", "deadline": kit::now() + 60,
        });
        let id = network.tell("requests", told).await["requestId"].clone();
        let id: B256 = serde_json::from_value(id).unwrap();
        let client = NetworkClient::new(requester(), network.service.url.clone(), mode);
        assert!(!client.get_balance().await.unwrap().is_zero());
        assert!(client.get_program(B256::ZERO).await.unwrap().is_none());
        let details = client.get_proof_request_details(id, None).await.unwrap();
        let text = format!("{details:?}");
        assert!(text.contains("s3://somewhere/1"), "{text}");
    }
}

#[tokio::test]
async fn what_one_schema_lacks_does_not_exist_there() {
    let base = Network::start("base").await;
    let params = types::GetProofRequestParamsRequest { mode: 1 };
    let refused = base.auction().await.get_proof_request_params(params).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    assert_eq!(base.line("GetProofRequestParams").await["outcome"], "UNIMPLEMENTED");

    let auction = Network::start("auction").await;
    let report = base_types::FailExecutionRequest::default();
    let refused = auction.base().await.fail_execution(report).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
}

#[tokio::test]
async fn a_program_is_served_as_s3_serves_it() {
    let network = Network::with("base", &["--program-uris", "s3"]).await;
    let uri = network.register_program().await;
    let path = uri.strip_prefix("s3:/").unwrap();
    let url = format!("{}{path}", network.service.url);
    let whole = network.http.get(&url).header("authorization", "AWS4-HMAC-SHA256 x").send().await;
    let whole = whole.unwrap();
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    assert_eq!(whole.headers()["content-length"], kit::program().len().to_string().as_str());
    let tag = whole.headers()["etag"].clone();
    assert_eq!(whole.bytes().await.unwrap(), kit::program());

    let head = network.http.head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), &head.headers()["etag"]), (200, &tag));
    assert_eq!(head.headers()["content-length"], kit::program().len().to_string().as_str());
    let part = network.http.get(&url).header("range", "bytes=1-4").send().await.unwrap();
    assert_eq!(part.status(), 206);
    let expected = format!("bytes 1-4/{}", kit::program().len());
    assert_eq!(part.headers()["content-range"], expected.as_str());
    assert_eq!(part.bytes().await.unwrap(), kit::program()[1..5]);
    let beyond = network.http.get(&url).header("range", "bytes=9999-").send().await.unwrap();
    assert_eq!(beyond.status(), 416);
    let missing = network.http.get(format!("{url}x")).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    let text = missing.text().await.unwrap();
    assert!(text.contains("<Code>NoSuchKey</Code>"), "{text}");

    let asked = types::GetProgramRequest { vk_hash: kit::VK_HASH.to_vec() };
    let program = network.auction().await.get_program(asked).await.unwrap().into_inner();
    assert_eq!(program.program.unwrap().program_uri, uri);
}

#[tokio::test]
async fn a_whitelist_says_who_may_have_a_request() {
    let second = signer(3).address();
    let network = Network::with("base", &["--fulfiller", &second.to_string()]).await;
    network.register_program().await;
    let fulfillers = |number: u64, whitelist: Vec<Address>| {
        let mut body = kit::order(number, &format!("https://gw.example/stdins/{number}"));
        body.whitelist = whitelist.iter().map(|address| address.to_vec()).collect();
        let network = &network;
        async move {
            network.request(body).await.unwrap();
            network.ask("requests").await.as_array().unwrap().last().unwrap()["fulfiller"].clone()
        }
    };
    let first = fulfiller().address();
    assert_eq!(fulfillers(1, vec![]).await, kit::written(first));
    assert_eq!(fulfillers(2, vec![second]).await, kit::written(second));
    assert_eq!(fulfillers(3, vec![second, first]).await, kit::written(first));
    assert_eq!(fulfillers(4, vec![Address::ZERO]).await, json!(null));
}

#[tokio::test]
async fn it_does_not_start_where_it_would_deceive() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old"), "").unwrap();
    let kept = folder.path().display().to_string();
    let fulfiller = fulfiller().address().to_string();
    let start = |more: &[&str]| {
        let line = [&["double", "--fulfiller", &fulfiller], more].concat();
        Service::start(Arguments::parse_from(line))
    };
    let refused = start(&["--control", "0.0.0.0:0"]).await.err().unwrap();
    assert!(refused.to_string().contains("--control-anywhere"), "{refused}");
    assert!(start(&["--control", "0.0.0.0:0", "--control-anywhere"]).await.is_ok());
    let refused = start(&["--keep-bytes", &kept]).await.err().unwrap();
    assert!(refused.to_string().contains("is not empty"), "{refused}");
}
