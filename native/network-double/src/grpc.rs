//! gRPC over HTTP/2: unary calls only, nothing compressed.
//!
//! Framed by hand rather than by tonic's server, so that a call's bytes can be kept as they came
//! and so that refused calls get into the journal as well.

use bytes::{BufMut, Bytes, BytesMut};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderValue, CONTENT_TYPE, TE};
use hyper::{Request, Response, StatusCode};
use tonic::{Code, Status};

use crate::body::{self, Body, Unread};
use crate::door::Connection;
use crate::network::Network;
use crate::record::Record;
use crate::refusal::{Refusal, Violation};
use crate::schema::Method;

const GRPC: HeaderValue = HeaderValue::from_static("application/grpc");
/// A flag and four bytes of length.
const FRAME: usize = 5;

/// Whether a request means to be a gRPC call.
pub fn is_call(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/grpc"))
}

pub async fn answer(
    network: &Network,
    request: Request<Incoming>,
    connection: &Connection,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    let method = Method::at(path, network.schema);
    let name = method.map_or_else(|| last_segment(path), |method| method.name().to_owned());
    let mut record = network.record(&name);
    network.keep.head(record.call, &name, &head);
    let kept = network.keep.body(record.call, &name);
    let bytes = match body::read(body, network.largest_message + FRAME, kept).await {
        Ok(bytes) => bytes,
        Err(Unread::TooLarge) => return refused(record, &too_large(network.largest_message)),
        Err(Unread::Broken) => {
            return refused(record, &Refusal::new(Code::Cancelled, "the message broke off"))
        }
    };
    let call = checked(&head.headers, head.version).and_then(|()| unframe(&bytes));
    let answer = match (call, method) {
        (Err(refusal), _) => Err(refusal),
        (Ok(message), Some(method)) => {
            network.serve(method, &message, &mut record, connection).await
        }
        (Ok(_), None) => Err(Refusal::new(
            Code::Unimplemented,
            format!("there is no {name} at a network of the {} schema", network.schema.name()),
        )),
    };
    match answer {
        Ok(message) => {
            record.answered();
            answered(&message)
        }
        Err(refusal) => refused(record, &refusal),
    }
}

fn answered(message: &[u8]) -> Response<Body> {
    let mut frame = BytesMut::with_capacity(FRAME + message.len());
    frame.put_u8(0);
    frame.put_u32(message.len() as u32);
    frame.put_slice(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let mut response = Response::new(body::with_trailers(frame.freeze(), trailers));
    response.headers_mut().insert(CONTENT_TYPE, GRPC);
    response
}

fn refused(record: Record<'_>, refusal: &Refusal) -> Response<Body> {
    record.refused(refusal);
    let mut response = Response::new(body::whole(Bytes::new()));
    response.headers_mut().insert(CONTENT_TYPE, GRPC);
    let status = Status::new(refusal.code, refusal.message.clone());
    if status.add_header(response.headers_mut()).is_err() {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    response
}

fn checked(headers: &HeaderMap, version: hyper::Version) -> Result<(), Refusal> {
    if version != hyper::Version::HTTP_2 {
        return Err(Refusal::malformed("gRPC needs HTTP/2"));
    }
    let kind = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if !matches!(kind, Some(b"application/grpc" | b"application/grpc+proto")) {
        return Err(Refusal::malformed("content-type: neither application/grpc nor +proto"));
    }
    if headers.get(TE).map(HeaderValue::as_bytes) != Some(b"trailers") {
        return Err(Refusal::malformed("te: missing (expected: trailers)"));
    }
    match headers.get("grpc-encoding").map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(()),
        Some(_) => Err(Refusal::new(Code::Unimplemented, "messages must not be compressed")),
    }
}

/// The one message of a unary call.
fn unframe(bytes: &Bytes) -> Result<Bytes, Refusal> {
    let (Some(flag), Some(length)) = (bytes.first(), bytes.get(1..FRAME)) else {
        return Err(Refusal::malformed(format!(
            "frame: {} bytes (expected: 5 or more)",
            bytes.len()
        )));
    };
    if *flag != 0 {
        return Err(Refusal::new(Code::Unimplemented, "messages must not be compressed"));
    }
    let length = length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    if bytes.len() - FRAME != length {
        let rest = bytes.len() - FRAME;
        return Err(Refusal::malformed(format!("frame: {rest} bytes follow (expected: {length})")));
    }
    Ok(bytes.slice(FRAME..))
}

fn too_large(most: usize) -> Refusal {
    Refusal::new(Code::OutOfRange, format!("message: more than {most} bytes"))
        .breaking(Violation::TooLarge)
}

/// For the journal and for file names, so whatever a caller makes of a path must be harmless.
fn last_segment(path: &str) -> String {
    let last = path.rsplit('/').next().unwrap_or_default();
    let name: String = last.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    if name.is_empty() {
        "unnamed".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_one_whole_frame() {
        let message = |bytes: &'static [u8]| unframe(&Bytes::from_static(bytes));
        assert_eq!(message(&[0, 0, 0, 0, 2, 7, 8]).unwrap(), &[7, 8][..]);
        assert_eq!(message(&[0, 0, 0, 0, 0]).unwrap(), &[][..]);
        for broken in [&[][..], &[0, 0, 0, 0], &[0, 0, 0, 0, 2, 7], &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
        {
            assert_eq!(message(broken).unwrap_err().code, Code::InvalidArgument, "{broken:?}");
        }
        assert_eq!(message(&[1, 0, 0, 0, 0]).unwrap_err().code, Code::Unimplemented);
    }

    #[test]
    fn the_head_of_a_call_is_held_to_the_protocol() {
        let check = |headers: &[(&'static str, &'static str)], version| {
            let named = |(name, value): &(&'static str, &'static str)| {
                (name.parse().unwrap(), HeaderValue::from_static(value))
            };
            checked(&headers.iter().map(named).collect::<HeaderMap>(), version)
        };
        let (kind, te) = (("content-type", "application/grpc"), ("te", "trailers"));
        let two = hyper::Version::HTTP_2;
        assert_eq!(check(&[kind, te], two), Ok(()));
        assert_eq!(check(&[("content-type", "application/grpc+proto"), te], two), Ok(()));
        assert_eq!(check(&[kind, te, ("grpc-encoding", "identity")], two), Ok(()));
        for wrong in [
            &[kind][..],
            &[kind, ("te", "gzip")],
            &[("content-type", "application/grpc-web"), te],
            &[kind, te, ("grpc-encoding", "gzip")],
        ] {
            assert!(check(wrong, two).is_err(), "{wrong:?}");
        }
        assert!(check(&[kind, te], hyper::Version::HTTP_11).is_err());
    }

    #[test]
    fn names_of_unknown_calls_are_harmless() {
        assert_eq!(last_segment("/network.ProverNetwork/Bid"), "Bid");
        assert_eq!(last_segment("/a/../.%2e"), "2e");
        assert_eq!(last_segment("/"), "unnamed");
    }
}
