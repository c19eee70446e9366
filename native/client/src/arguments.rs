//! The command line.

use std::{path::PathBuf, time::Duration};

use anyhow::{anyhow, Result};
use clap::{Parser, ValueEnum};
use sp1_sdk::{
    network::{signer::NetworkSigner, FulfillmentStrategy, B256},
    SP1ProofMode,
};

use crate::{
    input::Input,
    prove::{Network, Terms},
};

/// Proves programs on private inputs and verifies the proofs.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// Where requests go: http://HOST:PORT or https://HOST
    #[arg(long, env = "NETWORK_RPC_URL")]
    pub rpc_url: String,
    /// Which of the SDK's ways to ask for a proof
    #[arg(long, value_enum, default_value = "hosted")]
    pub network: Network,
    /// The program; repeat it, and the jobs take turns
    #[arg(long, required_unless_present = "wait")]
    pub elf: Vec<PathBuf>,
    /// One input item, in the program's order: u32:10, u64s:1,2,3, text:.., hex:.., bytes-file:PATH,
    /// raw-file:PATH
    #[arg(long)]
    pub input: Vec<Input>,
    #[arg(long, value_enum, default_value = "core")]
    pub mode: Mode,
    /// Asks the network not to publish where the input lies
    #[arg(long)]
    pub private_stdin: bool,
    #[arg(long)]
    pub cycle_limit: Option<u64>,
    #[arg(long)]
    pub gas_limit: Option<u64>,
    /// Does not execute the program here first; this is the default
    #[arg(long, conflicts_with = "simulate")]
    pub skip_simulation: bool,
    /// Executes the program here first, to find its limits
    #[arg(long)]
    pub simulate: bool,
    /// Seconds after which the proof is no longer wanted
    #[arg(long)]
    pub timeout: Option<u64>,
    /// The requester's key, 32 bytes in hexadecimal; a fresh one unless given
    #[arg(long, env = "NETWORK_PRIVATE_KEY", hide_env_values = true)]
    pub private_key: Option<String>,
    /// How the proof is verified; proofs of a mock engine verify only as mock
    #[arg(long, value_enum, default_value = "real")]
    pub verify: Verify,
    /// How many requests
    #[arg(long, default_value_t = 1)]
    pub count: usize,
    /// Sends all requests at once instead of one after the other
    #[arg(long)]
    pub concurrent: bool,
    /// Shows what the network knows of the request at its end
    #[arg(long)]
    pub details: bool,
    /// Ends when the request is made; continue with --wait
    #[arg(long, conflicts_with = "wait")]
    pub request_only: bool,
    /// Makes no request but waits for the proof of this one
    #[arg(long, value_name = "REQUEST_ID")]
    pub wait: Option<B256>,
    /// Where the proof is written; with --count, each job's number is appended
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// A folder of keys computed before; only you should be able to write there
    #[arg(long)]
    pub key_cache: Option<PathBuf>,
    /// Says everything as one JSON object per line
    #[arg(long)]
    pub json: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Verify {
    Real,
    Mock,
    None,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Mode {
    Core,
    Compressed,
    Plonk,
    Groth16,
}

impl Arguments {
    pub fn terms(&self) -> Terms {
        Terms {
            mode: match self.mode {
                Mode::Core => SP1ProofMode::Core,
                Mode::Compressed => SP1ProofMode::Compressed,
                Mode::Plonk => SP1ProofMode::Plonk,
                Mode::Groth16 => SP1ProofMode::Groth16,
            },
            strategy: match self.network {
                Network::Hosted => FulfillmentStrategy::Hosted,
                Network::Reserved => FulfillmentStrategy::Reserved,
                Network::Mainnet => FulfillmentStrategy::Auction,
            },
            private_stdin: self.private_stdin,
            cycle_limit: self.cycle_limit,
            gas_limit: self.gas_limit,
            simulate: self.simulate,
            timeout: self.timeout(),
        }
    }

    /// The requester's key if one is given. The SDK would panic at what is none.
    pub fn private_key(&self) -> Result<Option<String>> {
        let Some(key) = self.private_key.as_ref().filter(|key| !key.is_empty()) else {
            return Ok(None);
        };
        // The key itself, or the parser's words about it, are nothing to print.
        NetworkSigner::local(key).map_err(|_| {
            anyhow!("the private key is none (expected: 32 bytes as 64 hexadecimal digits)")
        })?;
        Ok(Some(key.clone()))
    }

    pub fn timeout(&self) -> Option<Duration> {
        self.timeout.map(Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_key(key: &str) -> Arguments {
        Arguments::parse_from([
            "client",
            "--rpc-url",
            "http://x",
            "--elf",
            "x",
            "--private-key",
            key,
        ])
    }

    #[test]
    fn a_key_is_taken_as_it_is() {
        for key in ["11".repeat(32), format!("0x{}", "11".repeat(32))] {
            assert_eq!(with_key(&key).private_key().unwrap(), Some(key));
        }
        assert_eq!(with_key("").private_key().unwrap(), None);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_repeated() {
        for key in ["zzz".to_string(), "11".repeat(31), "00".repeat(32), "ff".repeat(32)] {
            let sentence = format!("{:#}", with_key(&key).private_key().unwrap_err());
            assert!(sentence.contains("64 hexadecimal digits"), "{sentence}");
            assert!(!sentence.contains(&key), "{sentence}");
        }
    }
}
