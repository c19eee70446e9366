//! A network, and somebody who talks to it with the SDK's own stubs.

use std::future::Future;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use alloy_primitives::{Address, B256};
use clap::Parser;
use prost::Message;
use serde_json::{json, Value};
use sp1_sdk::network::proto::artifact::artifact_store_client::ArtifactStoreClient;
use sp1_sdk::network::proto::artifact::{CreateArtifactRequest, CreateArtifactResponse};
use sp1_sdk::network::proto::auction::network::prover_network_client::ProverNetworkClient as Auction;
use sp1_sdk::network::proto::auction_types as types;
use sp1_sdk::network::proto::base::network::prover_network_client::ProverNetworkClient as Base;
use sp1_sdk::network::proto::base_types;
use sp1_sdk::network::signer::NetworkSigner;
use sp1_sdk::{ProofFromNetwork, SP1Proof, SP1PublicValues, SP1_CIRCUIT_VERSION};
use tempfile::TempDir;
use tonic::transport::Channel;
use tonic::{Response, Status};

use crate::arguments::Arguments;
use crate::service::Service;
use crate::signature::CREATE_ARTIFACT;

pub const VK_HASH: [u8; 32] = [0xaa; 32];

/// How long anything may take before a test fails.
pub const BOUND: Duration = Duration::from_secs(30);

pub struct Network {
    pub service: Service,
    pub folder: TempDir,
    pub http: reqwest::Client,
}

pub fn signer(byte: u8) -> NetworkSigner {
    NetworkSigner::local(&hex::encode([byte; 32])).unwrap()
}

/// To whom everything is assigned.
pub fn fulfiller() -> NetworkSigner {
    signer(2)
}

pub fn requester() -> NetworkSigner {
    signer(1)
}

pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

impl Network {
    pub async fn start(schema: &str) -> Self {
        Self::with(schema, &[]).await
    }

    pub async fn with(schema: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal").display().to_string();
        let kept = folder.path().join("kept").display().to_string();
        let address = fulfiller().address().to_string();
        let mut line = vec!["double", "--schema", schema, "--fulfiller", &address];
        line.extend(["--journal", &journal, "--keep-bytes", &kept]);
        line.extend(more);
        let service = Service::start(Arguments::parse_from(line)).await.unwrap();
        let http = reqwest::Client::builder().no_proxy().timeout(BOUND).build().unwrap();
        Self { service, folder, http }
    }

    pub async fn channel(&self) -> Channel {
        let endpoint = Channel::from_shared(self.service.url.clone()).unwrap();
        endpoint.timeout(BOUND).connect().await.unwrap()
    }

    pub async fn base(&self) -> Base<Channel> {
        Base::new(self.channel().await)
    }

    pub async fn auction(&self) -> Auction<Channel> {
        Auction::new(self.channel().await)
    }

    pub async fn nonce(&self, signer: &NetworkSigner) -> u64 {
        let address = signer.address().to_vec();
        let request = types::GetNonceRequest { address };
        self.auction().await.get_nonce(request).await.unwrap().into_inner().nonce
    }

    pub async fn create_artifact(&self, kind: i32) -> Result<CreateArtifactResponse, Status> {
        let mut signature = sign(&requester(), CREATE_ARTIFACT).await;
        signature[64] += 27;
        let request = CreateArtifactRequest { signature, artifact_type: kind };
        let mut store = ArtifactStoreClient::new(self.channel().await);
        store.create_artifact(request).await.map(Response::into_inner)
    }

    /// Uploads and registers the program that `VK_HASH` is taken to be of; gives its uri.
    pub async fn register_program(&self) -> String {
        let place = self.create_artifact(1).await.unwrap();
        let put = self.http.put(&place.artifact_presigned_url).body(program()).send().await;
        assert_eq!(put.unwrap().status(), 200);
        let body = types::CreateProgramRequestBody {
            nonce: self.nonce(&requester()).await,
            vk_hash: VK_HASH.to_vec(),
            vk: vec![7; 104],
            program_uri: place.artifact_uri.clone(),
        };
        let request = types::CreateProgramRequest {
            format: 1,
            signature: sign(&requester(), &body.encode_to_vec()).await,
            body: Some(body),
        };
        self.auction().await.create_program(request).await.unwrap();
        place.artifact_uri
    }

    /// Registers a program and makes a request, which a base network assigns at once.
    pub async fn requested(&self, stdin_uri: &str) -> B256 {
        self.register_program().await;
        let body = order(self.nonce(&requester()).await, stdin_uri);
        B256::from_slice(&self.request(body).await.unwrap())
    }

    pub async fn request(
        &self,
        body: base_types::RequestProofRequestBody,
    ) -> Result<Vec<u8>, Status> {
        let request = base_types::RequestProofRequest {
            format: 1,
            signature: sign(&requester(), &body.encode_to_vec()).await,
            body: Some(body),
        };
        let response = self.base().await.request_proof(request).await?.into_inner();
        assert_eq!(response.tx_hash.len(), 32);
        Ok(response.body.unwrap().request_id)
    }

    pub async fn fulfill(&self, request: B256, proof: Vec<u8>) -> Result<(), Status> {
        let nonce = self.nonce(&fulfiller()).await;
        self.fulfill_with(nonce, &fulfiller(), request, proof).await
    }

    pub async fn fulfill_with(
        &self,
        nonce: u64,
        signer: &NetworkSigner,
        request: B256,
        proof: Vec<u8>,
    ) -> Result<(), Status> {
        let request_id = request.to_vec();
        let body = base_types::FulfillProofRequestBody {
            nonce,
            request_id,
            proof,
            reserved_metadata: None,
        };
        let request = base_types::FulfillProofRequest {
            format: 1,
            signature: sign(signer, &body.encode_to_vec()).await,
            body: Some(body),
        };
        self.base().await.fulfill_proof(request).await.map(|_| ())
    }

    pub async fn status(&self, request: B256) -> types::GetProofRequestStatusResponse {
        let request = types::GetProofRequestStatusRequest { request_id: request.to_vec() };
        self.auction().await.get_proof_request_status(request).await.unwrap().into_inner()
    }

    pub async fn tell(&self, path: &str, what: Value) -> Value {
        let (status, value) = self.try_tell(path, what).await;
        assert_eq!(status, 200, "{value}");
        value
    }

    pub async fn try_tell(&self, path: &str, what: Value) -> (u16, Value) {
        let url = format!("{}/control/{path}", self.service.control_url);
        let response = self.http.post(url).body(what.to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
    }

    pub async fn ask(&self, path: &str) -> Value {
        let url = format!("{}/control/{path}", self.service.control_url);
        let response = self.http.get(url).send().await.unwrap();
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    /// Waits until so many calls are held, and gives them.
    pub async fn waiting(&self, count: usize) -> Value {
        let held = |held: &Value| held.as_array().unwrap().len() == count;
        until(|| self.ask("waiting"), held).await
    }

    pub async fn fault(&self, what: Value) {
        self.tell("faults", what).await;
    }

    /// The journal's lines about one method.
    pub async fn lines(&self, method: &str) -> Vec<Value> {
        let journal = self.ask("journal").await;
        let lines = journal.as_array().unwrap().iter();
        lines.filter(|line| line["method"] == method).cloned().collect()
    }

    /// The last of them; there must be one.
    pub async fn line(&self, method: &str) -> Value {
        self.lines(method).await.pop().unwrap()
    }
}

/// Asks again and again until the answer is what it should be.
pub async fn until<T, F: Future<Output = T>>(ask: impl Fn() -> F, right: impl Fn(&T) -> bool) -> T {
    let started = Instant::now();
    loop {
        let answer = ask().await;
        if right(&answer) {
            return answer;
        }
        assert!(started.elapsed() < BOUND, "it does not come");
        tokio::task::yield_now().await;
    }
}

pub async fn sign(signer: &NetworkSigner, message: &[u8]) -> Vec<u8> {
    signer.sign_message(message).await.unwrap().as_bytes().to_vec()
}

pub fn order(nonce: u64, stdin_uri: &str) -> base_types::RequestProofRequestBody {
    base_types::RequestProofRequestBody {
        nonce,
        vk_hash: VK_HASH.to_vec(),
        version: format!("sp1-{SP1_CIRCUIT_VERSION}"),
        mode: types::ProofMode::Core as i32,
        strategy: types::FulfillmentStrategy::Reserved as i32,
        stdin_uri: stdin_uri.into(),
        deadline: now() + 3600,
        cycle_limit: u64::MAX,
        gas_limit: u64::MAX,
        min_auction_period: 0,
        whitelist: Vec::new(),
        stdin_private: false,
    }
}

pub fn program() -> Vec<u8> {
    let program = bincode::serialize(&b"\x7fELF and what follows".to_vec()).unwrap();
    zstd::encode_all(&program[..], 3).unwrap()
}

/// A core proof such as a mock engine makes.
pub fn proof() -> Vec<u8> {
    proof_of(SP1Proof::Core(Vec::new()), SP1_CIRCUIT_VERSION)
}

pub fn proof_of(proof: SP1Proof, version: &str) -> Vec<u8> {
    let public_values = SP1PublicValues::from(&[1, 2, 3]);
    let sp1_version = version.to_owned();
    bincode::serialize(&ProofFromNetwork { proof, public_values, sp1_version }).unwrap()
}

/// Somebody's address, as the journal writes it.
pub fn written(address: Address) -> Value {
    json!(format!("{address:#x}"))
}
