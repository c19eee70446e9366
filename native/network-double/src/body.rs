//! Bodies of HTTP answers.

use std::future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Frame, Incoming};
use hyper::HeaderMap;

use crate::keep::Kept;

pub type Body = UnsyncBoxBody<Bytes, io::Error>;

pub fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

pub fn with_trailers(bytes: Bytes, trailers: HeaderMap) -> Body {
    let trailers = future::ready(Some(Ok(trailers)));
    Full::new(bytes).with_trailers(trailers).map_err(|never| match never {}).boxed_unsync()
}

/// A body that ends, and its connection with it, where there should be more.
pub fn broken(bytes: Bytes) -> Body {
    Broken { bytes: Some(bytes), flushed: false }.boxed_unsync()
}

struct Broken {
    bytes: Option<Bytes>,
    flushed: bool,
}

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.flushed {
            // What was given is sent while there is nothing more to ask for; an error throws it away.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("cut"))))
    }
}

/// Why a body could not be had.
pub enum Unread {
    TooLarge,
    /// The caller did not send it all.
    Broken,
}

/// Reads all of a body, keeping each piece as it comes.
pub async fn read(body: Incoming, most: usize, mut kept: Kept) -> Result<Bytes, Unread> {
    let mut body = Limited::new(body, most);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                if let Ok(piece) = frame.into_data() {
                    kept.add(&piece);
                    bytes.extend_from_slice(&piece);
                }
            }
            Err(error) if error.is::<LengthLimitError>() => return Err(Unread::TooLarge),
            Err(_) => return Err(Unread::Broken),
        }
    }
    Ok(bytes.into())
}
