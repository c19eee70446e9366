//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use alloy_primitives::Address;
use clap::Parser;

use crate::artifacts::ProgramUris;
use crate::schema::Schema;

/// A stand-in for the Succinct Prover Network: takes signed requests, assigns them at once, and
/// takes their results. It proves nothing, verifies nothing and forgets everything when it ends.
///
/// It is strict where the real network may be lenient: its purpose is to find faults in what is
/// sent to it. Faults of its own are told over HTTP; native/README.md says how.
#[derive(Parser)]
#[command(version)]
pub struct Arguments {
    /// Where gRPC and artifacts are served; port 0 takes a free one, told on standard output
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,
    /// How callers reach that address, for the URLs given out; http:// and the address unless given
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// Where a test tells faults
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS:PORT")]
    pub control: SocketAddr,
    /// Lets --control be an address that other machines reach; whoever does can end any request
    #[arg(long)]
    pub control_anywhere: bool,
    /// Which of the network's two schemas is spoken
    #[arg(long, value_enum, default_value = "base")]
    pub schema: Schema,
    /// A fulfiller's address; requests go to the first that their requester lets have them
    #[arg(long, required = true, value_name = "0xADDRESS")]
    pub fulfiller: Vec<Address>,
    /// The scheme of a program's uri; s3 is the real network's, and is served here as well
    #[arg(long, value_enum, default_value = "http")]
    pub program_uris: ProgramUris,
    /// The largest gRPC message taken; proofs come in one
    #[arg(long, default_value_t = 64 << 20, value_name = "BYTES")]
    pub max_message_bytes: usize,
    /// A file to which every call is appended, as a line of JSON
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
    /// An empty folder that gets every byte received, for tests that search them
    #[arg(long, value_name = "FOLDER")]
    pub keep_bytes: Option<PathBuf>,
}
