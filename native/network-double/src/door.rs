//! Listening, and the connections: HTTP/1.1 and HTTP/2 with prior knowledge on one port.

use std::convert::Infallible;
use std::future::{self, Future};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{watch, Notify};
use tokio::time;

use crate::body::Body;

/// The connection that a call came on.
#[derive(Clone, Default)]
pub struct Connection(Arc<Notify>);

impl Connection {
    /// Closes it at once, with everything that goes on on it.
    pub fn cut(&self) {
        self.0.notify_one();
    }
}

/// Accepts connections for as long as it is polled. While `away` is true those there are get cut,
/// and new ones as they come: the port stays ours, nobody can take it meanwhile.
pub async fn open<H, F>(listener: TcpListener, away: watch::Receiver<bool>, handle: H)
where
    H: Fn(Request<Incoming>, Connection) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, away.clone(), handle.clone()));
            }
            // Too many open files, or a connection that broke while it waited: others may come.
            Err(_) => time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve<H, F>(stream: TcpStream, mut away: watch::Receiver<bool>, handle: H)
where
    H: Fn(Request<Incoming>, Connection) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    // Small answers must not wait for an acknowledgement; without it they only are later.
    let _ = stream.set_nodelay(true);
    let connection = Connection::default();
    let calls = connection.clone();
    let service = service_fn(move |request| {
        let answer = handle(request, calls.clone());
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let builder = Builder::new(TokioExecutor::new());
    tokio::select! {
        // In this order: a connection that comes while the network is away serves nothing.
        biased;
        () = gone(&mut away) => {}
        () = connection.0.notified() => {}
        // How it ended is the caller's affair: the journal has its calls.
        _ = builder.serve_connection(TokioIo::new(stream), service) => {}
    }
}

/// Ends when `away` becomes true; never when nobody is left to say so.
async fn gone(away: &mut watch::Receiver<bool>) {
    if away.wait_for(|away| *away).await.is_err() {
        future::pending::<()>().await;
    }
}
