//! The artifact store: programs and proofs in memory, behind URLs that are capabilities.
//!
//! Objects lie at `/BUCKET/programs/ID` and `/BUCKET/proofs/ID`, as in S3's path style. Whoever has
//! a program's address may read it; a proof can be read, and anything written, with its token only.

use std::collections::HashMap;

use alloy_primitives::{Address, B256};
use bytes::Bytes;
use clap::ValueEnum;
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::proof;
use crate::refusal::Violation;

pub const BUCKET: &str = "private-proving-network-double";

/// Which scheme the network's program_uri has. The real network's is s3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgramUris {
    Http,
    S3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Program,
    Proof,
}

impl Kind {
    fn folder(self) -> &'static str {
        match self {
            Self::Program => "programs",
            Self::Proof => "proofs",
        }
    }
}

pub struct Artifact {
    kind: Kind,
    owner: Option<Address>,
    token: String,
    pub content: Option<Content>,
}

#[derive(Clone)]
pub struct Content {
    pub bytes: Bytes,
    pub sha256: String,
}

/// Why HTTP gets no further, in S3's words.
#[derive(Debug, PartialEq)]
pub enum Denied {
    /// 404
    NoSuchKey,
    /// 403
    Forbidden(Option<Violation>),
    /// 409
    Differs,
    /// 400
    NotOfItsKind,
}

pub struct Artifacts {
    public_url: String,
    program_uris: ProgramUris,
    /// By path.
    artifacts: HashMap<String, Artifact>,
}

impl Artifacts {
    pub fn new(public_url: String, program_uris: ProgramUris) -> Self {
        Self { public_url, program_uris, artifacts: HashMap::new() }
    }

    /// A place for an upload: its uri, and the URL to PUT to.
    pub fn create(&mut self, kind: Kind, owner: Address) -> (String, String) {
        let path = format!("/{BUCKET}/{}/artifact_{}", kind.folder(), secret(16));
        let artifact = Artifact { kind, owner: Some(owner), token: secret(32), content: None };
        let url = self.presigned(&path, &artifact);
        self.artifacts.insert(path.clone(), artifact);
        (self.uri(kind, &path), url)
    }

    /// Keeps the proof that was reported for a request.
    pub fn keep_proof(&mut self, request: B256, bytes: Bytes) {
        let content = Some(Content { sha256: hex::encode(Sha256::digest(&bytes)), bytes });
        let artifact = Artifact { kind: Kind::Proof, owner: None, token: secret(32), content };
        self.artifacts.insert(proof_path(request), artifact);
    }

    /// The URL at which a request's proof can be read, if it is here.
    pub fn proof_url(&self, request: B256) -> Option<String> {
        let path = proof_path(request);
        self.artifacts.get(&path).map(|artifact| self.presigned(&path, artifact))
    }

    pub fn proof(&self, request: B256) -> Option<&Content> {
        self.artifacts.get(&proof_path(request))?.content.as_ref()
    }

    /// Whether this uri is of a program that `owner` has uploaded.
    pub fn has_program(&self, uri: &str, owner: Address) -> bool {
        self.artifacts.iter().any(|(path, artifact)| {
            artifact.kind == Kind::Program
                && artifact.owner == Some(owner)
                && artifact.content.is_some()
                && self.uri(Kind::Program, path) == uri
        })
    }

    /// The same object's address over HTTP.
    pub fn public(&self, uri: &str) -> String {
        match uri.strip_prefix("s3:/") {
            Some(path) => format!("{}{path}", self.public_url),
            None => uri.to_owned(),
        }
    }

    /// Takes an upload; a repeated one must be of the same bytes. True if it is the first.
    pub fn put(&mut self, path: &str, token: Option<&str>, bytes: Bytes) -> Result<bool, Denied> {
        let artifact = match self.artifacts.get_mut(path) {
            Some(artifact) if token == Some(&artifact.token) && artifact.owner.is_some() => {
                artifact
            }
            _ => return Err(Denied::Forbidden(stdin_path(path))),
        };
        let fits = match artifact.kind {
            Kind::Program => proof::is_program(&bytes),
            Kind::Proof => proof::is_proof(&bytes),
        };
        if !fits {
            return Err(Denied::NotOfItsKind);
        }
        match &artifact.content {
            Some(content) if content.bytes != bytes => Err(Denied::Differs),
            Some(_) => Ok(false),
            None => {
                let sha256 = hex::encode(Sha256::digest(&bytes));
                artifact.content = Some(Content { bytes, sha256 });
                Ok(true)
            }
        }
    }

    pub fn get(&self, path: &str, token: Option<&str>) -> Result<Content, Denied> {
        let artifact = self.artifacts.get(path).ok_or(Denied::NoSuchKey)?;
        if artifact.kind != Kind::Program && token != Some(&artifact.token) {
            return Err(Denied::Forbidden(None));
        }
        artifact.content.clone().ok_or(Denied::NoSuchKey)
    }

    fn uri(&self, kind: Kind, path: &str) -> String {
        match (kind, self.program_uris) {
            (Kind::Program, ProgramUris::S3) => format!("s3:/{path}"),
            _ => format!("{}{path}", self.public_url),
        }
    }

    fn presigned(&self, path: &str, artifact: &Artifact) -> String {
        format!("{}{path}?token={}", self.public_url, artifact.token)
    }
}

fn proof_path(request: B256) -> String {
    format!("/{BUCKET}/proofs/{request:x}")
}

fn stdin_path(path: &str) -> Option<Violation> {
    path.contains("stdin").then_some(Violation::StdinUpstream)
}

fn secret(length: usize) -> String {
    let mut bytes = vec![0; length];
    rand::thread_rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Address = Address::repeat_byte(1);

    fn program() -> Bytes {
        bincode::serialize(&b"\x7fELF and more".to_vec()).unwrap().into()
    }

    fn parts(url: &str) -> (String, String) {
        let (path, token) = url.strip_prefix("http://here").unwrap().split_once("?token=").unwrap();
        (path.to_owned(), token.to_owned())
    }

    #[test]
    fn an_upload_needs_its_token_and_may_be_repeated_but_not_changed() {
        let mut artifacts = Artifacts::new("http://here".into(), ProgramUris::Http);
        let (uri, url) = artifacts.create(Kind::Program, OWNER);
        let (path, token) = parts(&url);
        assert_eq!(uri, format!("http://here{path}"));
        let denied = Err(Denied::Forbidden(None));
        assert_eq!(artifacts.put(&path, None, program()), denied);
        assert_eq!(artifacts.put(&path, Some("guess"), program()), denied);
        assert!(!artifacts.has_program(&uri, OWNER));
        assert!(matches!(artifacts.get(&path, None), Err(Denied::NoSuchKey)));

        assert_eq!(artifacts.put(&path, Some(&token), program()), Ok(true));
        assert_eq!(artifacts.put(&path, Some(&token), program()), Ok(false));
        let other = bincode::serialize(&b"\x7fELF and less".to_vec()).unwrap();
        assert_eq!(artifacts.put(&path, Some(&token), other.into()), Err(Denied::Differs));
        assert_eq!(artifacts.get(&path, None).unwrap_or_else(|_| panic!()).bytes, program());
        assert!(artifacts.has_program(&uri, OWNER));
        assert!(!artifacts.has_program(&uri, Address::repeat_byte(2)));
    }

    #[test]
    fn what_is_no_program_is_not_taken_for_one() {
        let mut artifacts = Artifacts::new("http://here".into(), ProgramUris::Http);
        let (path, token) = parts(&artifacts.create(Kind::Program, OWNER).1);
        let input = Bytes::from_static(&[0; 24]);
        assert_eq!(artifacts.put(&path, Some(&token), input), Err(Denied::NotOfItsKind));
    }

    #[test]
    fn a_proof_can_be_read_with_its_token_only_and_not_written_again() {
        let mut artifacts = Artifacts::new("http://here".into(), ProgramUris::Http);
        let request = B256::repeat_byte(7);
        assert_eq!(artifacts.proof_url(request), None);
        artifacts.keep_proof(request, Bytes::from_static(b"proof"));
        let (path, token) = parts(&artifacts.proof_url(request).unwrap());
        assert!(matches!(artifacts.get(&path, None), Err(Denied::Forbidden(None))));
        assert!(matches!(artifacts.get(&path, Some("x")), Err(Denied::Forbidden(None))));
        assert_eq!(artifacts.get(&path, Some(&token)).unwrap_or_else(|_| panic!()).bytes, "proof");
        let written = artifacts.put(&path, Some(&token), Bytes::new());
        assert_eq!(written, Err(Denied::Forbidden(None)));
    }

    #[test]
    fn an_s3_uri_names_the_same_object() {
        let mut artifacts = Artifacts::new("http://here".into(), ProgramUris::S3);
        let (uri, url) = artifacts.create(Kind::Program, OWNER);
        assert!(uri.starts_with(&format!("s3://{BUCKET}/programs/artifact_")), "{uri}");
        assert_eq!(artifacts.public(&uri), url.split_once('?').unwrap().0);
    }

    #[test]
    fn a_path_that_speaks_of_stdin_is_a_breach() {
        let mut artifacts = Artifacts::new("http://here".into(), ProgramUris::Http);
        let put = artifacts.put("/x/stdins/1", None, Bytes::new());
        assert_eq!(put, Err(Denied::Forbidden(Some(Violation::StdinUpstream))));
    }
}
