//! Known encodings: they are read as what they are, and lead to the ids they lead to.

use alloy_primitives::{address, hex, Address};
use bytes::Bytes;
use prost::Message;
use sp1_sdk::network::proto::auction_types::{
    FulfillProofRequestBody, FulfillmentStrategy, ProofMode, TransactionVariant,
};

use crate::call::{Action, Order};
use crate::market;
use crate::read_order;
use crate::read_report;
use crate::refusal::{Refusal, Violation};
use crate::schema::Schema;
use crate::seen::Seen;

const SIGNER: Address = address!("1a642f0e3c3af545e7acbd38b07251b3990914f1");
const HOSTED: &str = "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76362e312e3020042801321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740ffffffffffffffffff0148ffffffffffffffffff01";
const PRIVATE: &str = "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76362e312e3020022802321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740e80748d00f6001";
const AUCTION: &str = "08071220aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1a0a7370312d76352e302e3020022803321f68747470733a2f2f67772e6578616d706c652f6172746966616374732f61313880e6fe890740e80748d00f50016220dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd6a140101010101010101010101010101010101010101721402020202020202020202020202020202020202027a14030303030303030303030303030303030303030382012004040404040404040404040404040404040404040404040404040404040404048a01013092010130a201140505050505050505050505050505050505050505";

fn read(schema: Schema, body: Vec<u8>) -> Result<Order, Refusal> {
    let mut seen = Seen::default();
    let (nonce, action) = read_order::order(schema, SIGNER, &Bytes::from(body), &mut seen)?;
    assert_eq!(nonce, 7);
    match action {
        Action::RequestProof(order) => Ok(*order),
        _ => panic!("not an order"),
    }
}

/// The auction vector, with this network's domain in place of another's.
fn auction() -> Vec<u8> {
    let domain = hex::encode(market::DOMAIN);
    hex::decode(AUCTION.replace(&"dd".repeat(32), &domain)).unwrap()
}

#[test]
fn the_hosted_body_is_read() {
    let order = read(Schema::Base, hex::decode(HOSTED).unwrap()).unwrap();
    let id = hex!("0801fda4d9499a6df7df7ecb993a15326b3d603fb422f21c10e97526c0bc0de7");
    assert_eq!(order.id, id);
    assert_eq!(order.requester, SIGNER);
    assert_eq!(order.vk_hash, [0xaa; 32]);
    assert_eq!(order.version, "sp1-v6.1.0");
    assert_eq!((order.mode, order.strategy), (ProofMode::Groth16, FulfillmentStrategy::Hosted));
    assert_eq!(order.stdin_uri, "https://gw.example/artifacts/a1");
    assert_eq!(order.deadline, 1_900_000_000);
    assert_eq!((order.cycle_limit, order.gas_limit), (u64::MAX, u64::MAX));
    assert!(!order.stdin_private);
}

#[test]
fn the_private_body_is_read() {
    let order = read(Schema::Base, hex::decode(PRIVATE).unwrap()).unwrap();
    assert!(order.stdin_private);
    assert_eq!(
        (order.mode, order.strategy),
        (ProofMode::Compressed, FulfillmentStrategy::Reserved)
    );
    assert_eq!((order.cycle_limit, order.gas_limit), (1000, 2000));
}

#[test]
fn the_auction_body_is_read() {
    let order = read(Schema::Auction, auction()).unwrap();
    assert_eq!(order.strategy, FulfillmentStrategy::Auction);
    assert_eq!(order.min_auction_period, 1);
    assert_eq!(order.public_values_hash, Some([4; 32].into()));
    assert_eq!(
        (order.base_fee.as_deref(), order.max_price_per_pgu.as_deref()),
        (Some("0"), Some("0"))
    );
}

#[test]
fn another_networks_domain_is_refused() {
    let refusal = read(Schema::Auction, hex::decode(AUCTION).unwrap()).unwrap_err();
    assert_eq!(refusal.violation, Some(Violation::BadDomain));
}

#[test]
fn another_kind_of_transaction_is_refused() {
    // The variant, tag 19, before the treasury, tag 20.
    let body = hex::encode(auction()).replace("a20114", "980104a20114");
    let refusal = read(Schema::Auction, hex::decode(body).unwrap()).unwrap_err();
    assert_eq!(refusal.violation, Some(Violation::BadVariant));
}

#[test]
fn a_fulfilment_is_bound_to_its_network_and_kind() {
    let right = FulfillProofRequestBody {
        nonce: 1,
        request_id: vec![7; 32],
        proof: vec![1],
        domain: market::DOMAIN.to_vec(),
        variant: TransactionVariant::FulfillVariant as i32,
        ..Default::default()
    };
    let violation = |body: &FulfillProofRequestBody| {
        let bytes = body.encode_to_vec().into();
        let read = read_report::fulfilled(Schema::Auction, &bytes, &mut Seen::default());
        read.err().map(|refusal| refusal.violation.unwrap())
    };
    assert_eq!(violation(&right), None);
    let other = FulfillProofRequestBody { domain: vec![1; 32], ..right.clone() };
    assert_eq!(violation(&other), Some(Violation::BadDomain));
    let bid = FulfillProofRequestBody { variant: 1, ..right.clone() };
    assert_eq!(violation(&bid), Some(Violation::BadVariant));
    let base = FulfillProofRequestBody { domain: Vec::new(), variant: 0, ..right.clone() };
    assert_eq!(violation(&base), Some(Violation::SchemaMismatch));
    let bytes = right.encode_to_vec().into();
    let refusal = read_report::fulfilled(Schema::Base, &bytes, &mut Seen::default()).err().unwrap();
    assert_eq!(refusal.violation, Some(Violation::SchemaMismatch));
}

#[test]
fn a_body_at_a_network_of_the_other_schema_is_named_as_such() {
    for (schema, body) in [
        (Schema::Base, auction()),
        (Schema::Auction, hex::decode(HOSTED).unwrap()),
        (Schema::Auction, hex::decode(PRIVATE).unwrap()),
    ] {
        let refusal = read(schema, body).unwrap_err();
        assert_eq!(refusal.violation, Some(Violation::SchemaMismatch));
        assert_eq!(refusal.code, tonic::Code::InvalidArgument);
    }
}
