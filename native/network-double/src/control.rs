//! What a test tells the network, over HTTP and JSON. Unsigned, and so on a port of its own.

use hyper::body::Incoming;
use hyper::header::{HeaderValue, CONTENT_TYPE};
use hyper::{Method as Verb, Request, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use serde_json::{json, Value};
use tokio::sync::watch;

use crate::body::{self, Body};
use crate::keep::Kept;
use crate::network::Network;
use crate::orders::{self, Account, Closing, Registration};
use crate::waiting::Release;

/// A proof in hexadecimal is the largest thing that is told.
const LARGEST: usize = 64 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Away {
    on: bool,
}

/// A refusal: a status, and what is wrong.
pub type Refused = (StatusCode, String);

pub async fn answer(
    network: &Network,
    away: &watch::Sender<bool>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let result = match body::read(body, LARGEST, Kept::nowhere()).await {
        Ok(body) => {
            let path = head.uri.path().strip_prefix("/control/").unwrap_or_default();
            route(network, away, (&head.method, path), head.uri.query(), &body)
        }
        Err(_) => Err((StatusCode::BAD_REQUEST, "the body cannot be read".into())),
    };
    let (status, value) = match result {
        Ok(value) => (StatusCode::OK, value),
        Err((status, error)) => (status, json!({ "error": error })),
    };
    let mut response = Response::new(body::whole(format!("{value}\n")));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn route(
    network: &Network,
    away: &watch::Sender<bool>,
    (verb, path): (&Verb, &str),
    query: Option<&str>,
    body: &[u8],
) -> Result<Value, Refused> {
    match (verb, path) {
        (&Verb::POST, "faults") => {
            network.faults.tell(read(body)?).map_err(bad)?;
            Ok(network.faults.list())
        }
        (&Verb::GET, "faults") => Ok(network.faults.list()),
        (&Verb::DELETE, "faults") => {
            network.faults.clear();
            Ok(network.faults.list())
        }
        (&Verb::GET, "waiting") => Ok(network.waiting.list()),
        (&Verb::POST, "release") => {
            let which = if body.is_empty() { Release::default() } else { read(body)? };
            Ok(json!({ "released": network.waiting.release(&which) }))
        }
        (&Verb::POST, "away") => {
            let told: Away = read(body)?;
            away.send_replace(told.on);
            Ok(json!({ "on": told.on }))
        }
        (&Verb::GET, "journal") => Ok(json!(network.journal.from(first(query)?))),
        (&Verb::GET, "requests") => Ok(orders::list(network)),
        (&Verb::POST, "requests") => orders::register(network, read::<Registration>(body)?),
        (&Verb::POST, "close") => orders::close(network, read::<Closing>(body)?),
        (&Verb::POST, "nonce") => {
            let account: Account = read(body)?;
            network.world().ledger.set_nonce(account.address, account.next);
            Ok(json!({ "next": account.next }))
        }
        _ => Err((StatusCode::NOT_FOUND, format!("there is no {verb} of this path"))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| bad(error.to_string()))
}

pub fn bad(error: String) -> Refused {
    (StatusCode::BAD_REQUEST, error)
}

/// The number in `from=N`; 0 without a query.
fn first(query: Option<&str>) -> Result<usize, Refused> {
    let Some(query) = query else { return Ok(0) };
    let number = query.strip_prefix("from=").and_then(|number| number.parse().ok());
    number.ok_or_else(|| bad(format!("query: {query:?} (expected: from=N)")))
}
