//! The artifact store over HTTP, with S3's manners.

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method as Verb, Request, Response, StatusCode, Uri};

use crate::artifacts::{Content, Denied};
use crate::body::{self, Body, Unread};
use crate::door::Connection;
use crate::fault::{Fault, When};
use crate::network::{Instead, Network};
use crate::range::{self, Range};
use crate::record::Record;
use crate::refusal::Violation;
use crate::schema::Method;

/// Nothing larger is taken, since it is kept in memory.
const LARGEST: usize = 1 << 30;

pub async fn answer(
    network: &Network,
    request: Request<Incoming>,
    connection: &Connection,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let name = if head.method == Verb::HEAD { "GET" } else { head.method.as_str() };
    let mut record = network.record(name);
    network.keep.head(record.call, name, &head);
    let kept = network.keep.body(record.call, name);
    let length = head.headers.contains_key(header::CONTENT_LENGTH);
    let bytes = match body::read(body, LARGEST, kept).await {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge) => return ended(record, error(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(Unread::Broken) => return ended(record, error(StatusCode::BAD_REQUEST)),
    };
    let response = match head.method {
        Verb::PUT if !length => error(StatusCode::LENGTH_REQUIRED),
        Verb::PUT => put(network, &head.uri, bytes, &mut record, connection).await,
        Verb::GET | Verb::HEAD => {
            let head_only = head.method == Verb::HEAD;
            get(network, &head.uri, &head.headers, head_only, &mut record, connection).await
        }
        _ => error(StatusCode::METHOD_NOT_ALLOWED),
    };
    ended(record, response)
}

fn ended(record: Record<'_>, response: Response<Body>) -> Response<Body> {
    record.ended(response.status().as_str());
    response
}

async fn put(
    network: &Network,
    uri: &Uri,
    bytes: Bytes,
    record: &mut Record<'_>,
    connection: &Connection,
) -> Response<Body> {
    record.seen.bytes("body", &bytes);
    let fault = network.fault(Method::Put, record);
    if let Err(instead) = network.meet(&fault, When::Before, Method::Put, record, connection).await
    {
        return in_place(&instead);
    }
    let result = network.world().artifacts.put(uri.path(), token(uri), bytes);
    match &result {
        Ok(true) => record.committed(),
        Ok(false) => {}
        Err(Denied::Forbidden(violation)) => record.violation(*violation),
        Err(_) => record.violation(Some(Violation::NotAnArtifact)),
    }
    match network.meet(&fault, When::After, Method::Put, record, connection).await {
        Err(instead) => in_place(&instead),
        Ok(()) => result.map_or_else(|why| denied(&why), |_| Response::new(body::whole(""))),
    }
}

async fn get(
    network: &Network,
    uri: &Uri,
    headers: &HeaderMap,
    head_only: bool,
    record: &mut Record<'_>,
    connection: &Connection,
) -> Response<Body> {
    let fault = network.fault(Method::Get, record);
    // "After" has no commit to wait for: it is in the middle of the answer.
    if let Err(instead) = network.meet(&fault, When::Before, Method::Get, record, connection).await
    {
        return in_place(&instead);
    }
    let content = network.world().artifacts.get(uri.path(), token(uri));
    let content = match content {
        Ok(content) => content,
        Err(why) => return denied(&why),
    };
    match &fault {
        Some(Fault::Malformed) => object(&garbled(&content), headers, head_only),
        Some(Fault::Cut(When::After)) => {
            let half = content.bytes.slice(..content.bytes.len() / 2);
            let mut response = object(&content, headers, head_only);
            *response.body_mut() = body::broken(half);
            record.end("CUT");
            response
        }
        _ => match network.meet(&fault, When::After, Method::Get, record, connection).await {
            Err(instead) => in_place(&instead),
            Ok(()) => object(&content, headers, head_only),
        },
    }
}

fn object(content: &Content, headers: &HeaderMap, head_only: bool) -> Response<Body> {
    let whole = content.bytes.len();
    let range = range::of(headers.get(header::RANGE).and_then(|value| value.to_str().ok()), whole);
    let (status, bytes) = match &range {
        Range::Whole => (StatusCode::OK, content.bytes.clone()),
        Range::Part(part) => (StatusCode::PARTIAL_CONTENT, content.bytes.slice(part.clone())),
        Range::Unsatisfiable => return error(StatusCode::RANGE_NOT_SATISFIABLE),
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, bytes.len())
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::ETAG, format!("\"{}\"", &content.sha256[..32]));
    if let Range::Part(part) = &range {
        let text = format!("bytes {}-{}/{whole}", part.start, part.end - 1);
        response = response.header(header::CONTENT_RANGE, text);
    }
    let body = body::whole(if head_only { Bytes::new() } else { bytes });
    response.body(body).unwrap_or_else(|_| error(StatusCode::INTERNAL_SERVER_ERROR))
}

/// The same length and digest, but none of the bytes.
fn garbled(content: &Content) -> Content {
    let bytes = content.bytes.iter().map(|byte| !byte).collect::<Vec<_>>().into();
    Content { bytes, sha256: content.sha256.clone() }
}

fn in_place(instead: &Instead) -> Response<Body> {
    match instead {
        Instead::Status(status) => error(*status),
        Instead::Refusal(_) => error(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn denied(why: &Denied) -> Response<Body> {
    let (status, code) = match why {
        Denied::NoSuchKey => (StatusCode::NOT_FOUND, "NoSuchKey"),
        Denied::Forbidden(_) => (StatusCode::FORBIDDEN, "AccessDenied"),
        Denied::Differs => (StatusCode::CONFLICT, "PreconditionFailed"),
        Denied::NotOfItsKind => (StatusCode::BAD_REQUEST, "InvalidRequest"),
    };
    xml(status, code)
}

fn error(status: StatusCode) -> Response<Body> {
    let words = status.canonical_reason().unwrap_or("Error");
    xml(status, &words.split(' ').collect::<String>())
}

fn xml(status: StatusCode, code: &str) -> Response<Body> {
    let text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code></Error>");
    let mut response = Response::new(body::whole(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

fn token(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))
}
