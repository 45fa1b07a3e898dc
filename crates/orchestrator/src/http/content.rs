//! The body of a request, within bounds of size and time.

use super::reply::{Reply, refusal, set};
use bytes::{Buf, Bytes};
use hyper::StatusCode;
use hyper::body::Body;
use hyper::header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// For a whole body.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a body was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotTaken {
    /// It is not said to be JSON. A page of another origin cannot say that without asking first (CORS preflight).
    #[error("send JSON, uncompressed, with Content-Type: application/json")]
    NotJson,
    /// It is longer than this many bytes.
    #[error("the body may have at most {0} bytes")]
    TooLarge(usize),
    /// It did not come in time.
    #[error("the body did not come within {} seconds", BODY_TIMEOUT.as_secs())]
    TooSlow,
    /// The connection failed.
    #[error("the body could not be read")]
    Broken,
}

impl NotTaken {
    /// What kind of error that is.
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }

    /// The answer.
    pub(crate) fn reply(self) -> Reply {
        let mut reply = refusal(self.status(), &self.to_string());
        // The rest of the request is not read, so the connection cannot go on.
        set(&mut reply, CONNECTION, "close");
        reply
    }
}

/// Reads a body of at most `most` bytes that is said to be JSON.
pub(crate) async fn read_json<B>(
    headers: &HeaderMap,
    body: B,
    most: usize,
) -> Result<Vec<u8>, NotTaken>
where
    B: Body<Data = Bytes> + Unpin,
{
    if !is_json(headers) || headers.contains_key(CONTENT_ENCODING) {
        return Err(NotTaken::NotJson);
    }
    read_bytes(body, most).await
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn read_bytes<B>(body: B, most: usize) -> Result<Vec<u8>, NotTaken>
where
    B: Body<Data = Bytes> + Unpin,
{
    // What says that it is too long is not read at all.
    if body.size_hint().lower() > most as u64 {
        return Err(NotTaken::TooLarge(most));
    }
    timeout(BODY_TIMEOUT, collect(body, most))
        .await
        .unwrap_or(Err(NotTaken::TooSlow))
}

async fn collect<B>(mut body: B, most: usize) -> Result<Vec<u8>, NotTaken>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_| NotTaken::Broken)?;
        // Trailers say nothing of the content.
        if let Ok(data) = frame.into_data() {
            if whole.len() + data.remaining() > most {
                return Err(NotTaken::TooLarge(most));
            }
            whole.extend_from_slice(&data);
        }
    }
    Ok(whole)
}

/// Whether there is one `Content-Type`, and it is JSON; parameters say nothing of JSON (RFC 8259, section 11).
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let (Some(kind), None) = (types.next(), types.next()) else {
        return false;
    };
    let kind = kind.as_bytes().split(|byte| *byte == b';').next();
    kind.is_some_and(|kind| kind.trim_ascii().eq_ignore_ascii_case(b"application/json"))
}

#[cfg(test)]
mod tests {
    use super::super::body::{Pieces, ReplyBody};
    use super::*;
    use hyper::header::HeaderValue;
    use tokio::sync::mpsc::channel;

    fn json(kind: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))])
    }

    fn whole(text: &'static str) -> ReplyBody {
        ReplyBody::Whole(Some(Bytes::from_static(text.as_bytes())))
    }

    #[tokio::test]
    async fn only_what_is_said_to_be_json_is_read() {
        for kind in ["application/json", "Application/JSON ; charset=utf-8"] {
            let read = read_json(&json(kind), whole("{}"), 2).await;
            assert_eq!(read, Ok(b"{}".to_vec()), "{kind}");
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/jsonp",
            "",
        ] {
            let read = read_json(&json(kind), whole("{}"), 2).await;
            assert_eq!(read, Err(NotTaken::NotJson), "{kind}");
        }
        let mut twice = json("application/json");
        twice.append(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        let mut packed = json("application/json");
        packed.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        for headers in [HeaderMap::new(), twice, packed] {
            let read = read_json(&headers, whole("{}"), 2).await;
            assert_eq!(read, Err(NotTaken::NotJson), "{headers:?}");
        }
    }

    #[tokio::test]
    async fn a_body_has_an_end() {
        let headers = json("application/json");
        let announced = read_json(&headers, whole("123"), 2).await;
        assert_eq!(announced, Err(NotTaken::TooLarge(2)));
        let (pieces, body) = channel(4);
        for _ in 0..3 {
            pieces.send(Bytes::from_static(b"1")).await.unwrap();
        }
        let endless = read_json(&headers, ReplyBody::Stream(Pieces::new(body)), 2).await;
        assert_eq!(endless, Err(NotTaken::TooLarge(2)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let (pieces, body) = channel(1);
        let read = read_json(
            &json("application/json"),
            ReplyBody::Stream(Pieces::new(body)),
            2,
        )
        .await;
        assert_eq!(read, Err(NotTaken::TooSlow));
        drop(pieces);
    }
}
