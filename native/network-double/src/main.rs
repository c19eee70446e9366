//! `private-proving-network-double`: a strict stand-in for the Succinct Prover Network.
//!
//! It shares no code with what it tests. Of the SDK it uses the generated protobuf types.

mod act;
mod answer;
mod arguments;
mod artifacts;
mod body;
mod call;
mod control;
mod door;
mod fault;
mod faults;
mod filter;
mod grpc;
mod http;
mod journal;
mod keep;
mod ledger;
mod market;
mod network;
mod orders;
mod proof;
mod range;
mod read;
mod read_order;
mod read_report;
mod record;
mod refusal;
mod request;
mod rules;
mod schema;
mod seen;
mod service;
mod signature;
mod strict;
#[cfg(test)]
mod tests;
mod waiting;

use std::io::Write;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result};
use clap::Parser;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::sync::oneshot;

use arguments::Arguments;
use service::Service;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Serves until a signal comes.
async fn run(arguments: Arguments) -> Result<()> {
    // Before anybody is told that it listens, and may end it.
    let mut signals = Signals::new([SIGTERM, SIGINT]).context("cannot listen for signals")?;
    let (end, ended) = oneshot::channel();
    thread::spawn(move || {
        signals.forever().next();
        end.send(())
    });
    let schema = arguments.schema.name();
    let service = Service::start(arguments).await?;
    let line = json!({
        "event": "listening",
        "url": service.url,
        "controlUrl": service.control_url,
        "schema": schema,
    });
    println!("{line}");
    std::io::stdout().flush()?;
    eprintln!(
        "A stand-in for the prover network ({schema} schema) listens at {}; faults are told at {}.",
        service.url, service.control_url
    );
    ended.await.context("the thread that waits for signals ended")
}
