//! What the journal tells of a message: who, which, how large; never its contents.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use serde::Serialize;
use sha2::{Digest, Sha256};

#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Seen {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stdin_uri: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sizes: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sha256: BTreeMap<&'static str, String>,
}

impl Seen {
    /// Whose message it is; of a question, about whom: whose account it is, whose requests.
    pub fn signer(&mut self, address: Address) {
        self.signer = Some(format!("{address:#x}"));
    }

    pub fn nonce(&mut self, nonce: u64) {
        self.nonce = Some(nonce);
    }

    pub fn request(&mut self, id: B256) -> B256 {
        self.request_id = Some(format!("{id:#x}"));
        id
    }

    pub fn stdin_uri(&mut self, uri: &str) {
        // Longer ones are refused anyway, and cutting bytes could cut a character.
        self.stdin_uri = Some(uri.chars().take(2048).collect());
    }

    pub fn bytes(&mut self, name: &'static str, bytes: &[u8]) {
        self.sizes.insert(name, bytes.len());
        self.sha256.insert(name, hex::encode(Sha256::digest(bytes)));
    }
}
