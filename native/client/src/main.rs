//! `private-proving-client`: proves programs on private inputs and verifies the proofs.
//!
//! The part worth copying is `prove.rs`. This file reads the command line, and runs the jobs.

mod arguments;
mod details;
mod input;
mod key;
mod prove;
mod report;

use std::{path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use anyhow::{anyhow, Context, Result};
use clap::Parser;
use serde_json::json;
use sp1_sdk::{
    network::B256, MockProver, NetworkProver, Prover, ProvingKey, SP1Proof,
    SP1ProofWithPublicValues, SP1ProvingKey,
};

use arguments::{Arguments, Verify};
use details::Details;
use report::Report;

struct Session {
    arguments: Arguments,
    client: NetworkProver,
    keys: Vec<SP1ProvingKey>,
}

#[tokio::main]
async fn main() -> ExitCode {
    // The SDK's own lines, where asked for by RUST_LOG; standard output is ours.
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let report = Report {
        json: arguments.json,
        job: 0,
        started: Instant::now(),
        rpc_url: arguments.rpc_url.clone(),
    };
    match run(arguments, &report).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            report.failed(&error);
            ExitCode::FAILURE
        }
    }
}

/// Runs all jobs; returns how many failed.
async fn run(arguments: Arguments, report: &Report) -> Result<usize> {
    let private_key = match arguments.private_key()? {
        Some(key) => key,
        None => {
            report.say("key", "no private key given: using a fresh one", json!({"fresh": true}));
            hex::encode(rand::random::<[u8; 32]>())
        }
    };
    let client = prove::connect(arguments.network, &arguments.rpc_url, &private_key).await;
    let mut keys = Vec::new();
    for elf in &arguments.elf {
        let sentence = format!(
            "computing the key of {}; that takes a quarter of a minute or more",
            elf.display()
        );
        report.say("key-setup", &sentence, json!({"elf": elf}));
        let key = key::set_up(&client, elf, arguments.key_cache.as_deref()).await?;
        let hash = hex::encode(sp1_sdk::HashableKey::hash_bytes(key.verifying_key()));
        let sentence = format!("program {} is ready: {hash}", elf.display());
        report.say("ready", &sentence, json!({"elf": elf, "vkHash": hash}));
        keys.push(key);
    }
    let (count, concurrent) = (arguments.count, arguments.concurrent);
    let session = Arc::new(Session { arguments, client, keys });
    let mut running = tokio::task::JoinSet::new();
    let mut failed = 0;
    for job in 0..count {
        let (session, mut report) = (session.clone(), report.clone());
        report.job = job;
        report.started = Instant::now();
        running.spawn(async move { session.job(&report).await });
        if !concurrent {
            failed += ended(running.join_next().await);
        }
    }
    while !running.is_empty() {
        failed += ended(running.join_next().await);
    }
    Ok(failed)
}

/// 1 for a job that failed or panicked.
fn ended(job: Option<Result<bool, tokio::task::JoinError>>) -> usize {
    usize::from(!matches!(job, None | Some(Ok(true))))
}

impl Session {
    /// One request and its end; whether that is a proof.
    async fn job(&self, report: &Report) -> bool {
        let key = self.keys.get(report.job % self.keys.len().max(1));
        let request = match self.request(key, report).await {
            Ok(request) => request,
            Err(error) => {
                report.failed(&error);
                return false;
            }
        };
        if self.arguments.request_only {
            return true;
        }
        let mut result = self.prove(request, key, report).await;
        if let Err(error) = &result {
            report.failed(error);
        }
        if self.arguments.details {
            let shown = self.show_details(request, report).await;
            if let Err(error) = &shown {
                report.failed(error);
            }
            result = result.and(shown);
        }
        result.is_ok()
    }

    async fn request(&self, key: Option<&SP1ProvingKey>, report: &Report) -> Result<B256> {
        let arguments = &self.arguments;
        if let Some(request) = arguments.wait {
            return Ok(request);
        }
        let key = key.ok_or_else(|| anyhow!("no program given"))?;
        let stdin = input::stdin(&arguments.input);
        let request = prove::request(&self.client, key, stdin, &arguments.terms()).await?;
        report.say(
            "requested",
            &format!("requested {request}"),
            json!({"requestId": request.to_string()}),
        );
        Ok(request)
    }

    async fn prove(
        &self,
        request: B256,
        key: Option<&SP1ProvingKey>,
        report: &Report,
    ) -> Result<()> {
        let proof = prove::wait(&self.client, request, self.arguments.timeout()).await?;
        let values = hex::encode(proof.public_values.as_slice());
        let size = bincode::serialized_size(&proof)?;
        report.say(
            "proved",
            &format!("proved: {size} bytes, public values {values}"),
            json!({
                "requestId": request.to_string(),
                "mode": mode_of(&proof),
                "publicValues": values,
                "proofBytes": size,
                "sp1Version": proof.sp1_version,
            }),
        );
        self.save(&proof, report)?;
        self.verify(proof, key, report).await
    }

    async fn show_details(&self, request: B256, report: &Report) -> Result<()> {
        let found = self.client.get_proof_request(request).await.context("asking for details")?;
        let raw = format!("{found:#?}");
        let Some(found) = found else {
            report.say("details", "the network knows no details", json!({"details": raw}));
            return Ok(());
        };
        let details = Details::of(&found);
        report.say(
            "details",
            &format!("details:{}", details.to_text()),
            json!({"details": raw, "request": details.to_json()}),
        );
        Ok(())
    }

    fn save(&self, proof: &SP1ProofWithPublicValues, report: &Report) -> Result<()> {
        let Some(out) = &self.arguments.out else { return Ok(()) };
        let mut path = out.clone().into_os_string();
        if self.arguments.count > 1 {
            path.push(format!(".{}", report.job));
        }
        let path = PathBuf::from(path);
        proof.save(&path)?;
        report.say("saved", &format!("saved as {}", path.display()), json!({"path": path}));
        Ok(())
    }

    async fn verify(
        &self,
        proof: SP1ProofWithPublicValues,
        key: Option<&SP1ProvingKey>,
        report: &Report,
    ) -> Result<()> {
        let how = self.arguments.verify;
        let (Some(key), true) = (key, how != Verify::None) else {
            report.say("done", "done; the proof was not verified", json!({"verified": false}));
            return Ok(());
        };
        let vk = key.verifying_key();
        match how {
            Verify::Mock => MockProver::new().await.verify(&proof, vk, None),
            _ => self.client.verify(&proof, vk, None),
        }
        .map_err(|error| anyhow!("the proof does not verify: {error}"))?;
        report.say("done", "done; the proof verifies", json!({"verified": true}));
        Ok(())
    }
}

/// Which kind of proof came back; the SDK itself does not compare it with what was asked for.
fn mode_of(proof: &SP1ProofWithPublicValues) -> &'static str {
    match proof.proof {
        SP1Proof::Core(_) => "core",
        SP1Proof::Compressed(_) => "compressed",
        SP1Proof::Plonk(_) => "plonk",
        SP1Proof::Groth16(_) => "groth16",
    }
}
