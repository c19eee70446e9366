//! A network that listens: both its ports, and what is behind them.

use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{bail, Context, Result};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::arguments::Arguments;
use crate::artifacts::Artifacts;
use crate::journal::Journal;
use crate::keep::Keep;
use crate::network::Network;
use crate::{control, door, grpc, http};

/// Serves until it is dropped.
pub struct Service {
    pub url: String,
    pub control_url: String,
    doors: [JoinHandle<()>; 2],
}

impl Service {
    pub async fn start(arguments: Arguments) -> Result<Self> {
        if !arguments.control.ip().is_loopback() && !arguments.control_anywhere {
            bail!(
                "--control {} can be reached by other machines, and so can whatever it does: \
                 choose a loopback address, or add --control-anywhere",
                arguments.control
            );
        }
        let (listener, url) = listen(arguments.listen).await?;
        let (controls, control_url) = listen(arguments.control).await?;
        let url = arguments.public_url.clone().unwrap_or(url).trim_end_matches('/').to_owned();
        let network = Arc::new(network(arguments, url.clone())?);

        let (away, is_away) = watch::channel(false);
        // Control stays when the network goes away.
        let (_, stays) = watch::channel(false);
        let (called, controlled) = (network.clone(), network);
        let calls = door::open(listener, is_away, move |request, connection| {
            let network = called.clone();
            async move {
                if grpc::is_call(request.headers()) {
                    grpc::answer(&network, request, &connection).await
                } else {
                    http::answer(&network, request, &connection).await
                }
            }
        });
        let away = Arc::new(away);
        let controls = door::open(controls, stays, move |request, _| {
            let (network, away) = (controlled.clone(), away.clone());
            async move { control::answer(&network, &away, request).await }
        });
        Ok(Self { url, control_url, doors: [tokio::spawn(calls), tokio::spawn(controls)] })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.doors.iter().for_each(JoinHandle::abort);
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, String)> {
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

fn network(arguments: Arguments, url: String) -> Result<Network> {
    let file = arguments.journal.map(|path| {
        let opened = OpenOptions::new().create(true).append(true).open(&path);
        opened.with_context(|| format!("cannot write the journal {}", path.display()))
    });
    Ok(Network::new(
        arguments.schema,
        arguments.fulfiller,
        arguments.max_message_bytes,
        Artifacts::new(url, arguments.program_uris),
        Journal::new(file.transpose()?),
        Keep::new(arguments.keep_bytes)?,
    ))
}
