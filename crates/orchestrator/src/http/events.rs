//! Server-sent events (WHATWG HTML, section 9.2): the catalog when it changes, and raw health for who wants it.
//!
//! A stream holds at most [`WAITING`] events that its reader has not taken. One that falls further behind is ended: it
//! comes back with `?after=` and gets the whole document, which is all that it missed. Comments keep quiet streams
//! alive through proxies, all of them in one wake-up.

use super::body::ReplyBody;
use super::catalog::Published;
use super::reply::{Reply, refusal};
use bytes::{BufMut, Bytes, BytesMut};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use landfall_protocol::id::Stamp;
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Events that wait for a slow reader.
const WAITING: usize = 8;
/// Keeps a stream open and says nothing.
const COMMENT: &[u8] = b":\n\n";
/// Between two comments.
const COMMENTS: Duration = Duration::from_secs(15);
/// The most streams at a time.
const MAX_STREAMS: usize = 1_024;
/// Sent by a browser that reconnects by itself.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What a stream can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// The catalog.
    Catalog,
    /// Raw health.
    Health,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Topics {
    catalog: bool,
    health: bool,
}

impl Topics {
    const fn has(self, topic: Topic) -> bool {
        match topic {
            Topic::Catalog => self.catalog,
            Topic::Health => self.health,
        }
    }
}

#[derive(Debug)]
struct Stream {
    topics: Topics,
    sender: mpsc::Sender<Bytes>,
}

/// All open streams.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    streams: RefCell<Vec<Stream>>,
    closed: Cell<bool>,
    joined: Notify,
}

impl Hub {
    /// How many streams are open.
    pub(crate) fn len(&self) -> usize {
        self.streams
            .borrow()
            .iter()
            .filter(|stream| !stream.sender.is_closed())
            .count()
    }

    /// Whether anybody listens to a topic.
    pub(crate) fn has(&self, topic: Topic) -> bool {
        self.streams
            .borrow()
            .iter()
            .any(|stream| stream.topics.has(topic) && !stream.sender.is_closed())
    }

    /// Waits for the next stream to open.
    pub(crate) async fn joined(&self) {
        self.joined.notified().await;
    }

    /// Opens a stream: `query` and headers say what for, and from where on. It begins with what its reader does not
    /// know yet.
    pub(crate) fn open(
        &self,
        query: Option<&str>,
        headers: &HeaderMap,
        current: &Published,
        health: impl FnOnce() -> Bytes,
    ) -> Reply {
        let Some(topics) = topics(query) else {
            return refusal(
                StatusCode::BAD_REQUEST,
                "topics are catalog and health, separated by a comma",
            );
        };
        self.streams
            .borrow_mut()
            .retain(|stream| !stream.sender.is_closed());
        if self.closed.get() || self.streams.borrow().len() >= MAX_STREAMS {
            let mut reply = refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "there are too many streams; come back later",
            );
            super::reply::set(&mut reply, hyper::header::RETRY_AFTER, "5");
            return reply;
        }
        let (sender, receiver) = mpsc::channel(WAITING);
        // The newer of the two wins: a browser repeats the address with the `after` that it began with.
        let last = headers
            .get(LAST_EVENT_ID)
            .and_then(|id| id.to_str().ok())
            .map(Cow::Borrowed);
        let seen = last.or_else(|| parameter(query, "after"));
        let knows_catalog = seen.as_deref() == Some(&*event_id(current.stamp()));
        let catalog = (topics.catalog && !knows_catalog).then(|| catalog_event(current));
        let health = topics.health.then(health);
        // A comment tells the page that the stream is open.
        for event in [Some(Bytes::from_static(COMMENT)), catalog, health]
            .into_iter()
            .flatten()
        {
            // There is room in a new channel.
            let sent = sender.try_send(event);
            debug_assert!(sent.is_ok());
        }
        self.streams.borrow_mut().push(Stream { topics, sender });
        self.joined.notify_waiters();
        let mut reply = Response::new(ReplyBody::Stream(receiver));
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        reply
    }

    /// Sends an event to all streams of a topic, and ends those whose readers are too slow.
    pub(crate) fn send(&self, topic: Topic, event: &Bytes) {
        self.send_where(|topics| topics.has(topic), event);
    }

    fn send_where(&self, wants: impl Fn(Topics) -> bool, event: &Bytes) {
        self.streams.borrow_mut().retain(|stream| {
            !wants(stream.topics) || stream.sender.try_send(event.clone()).is_ok()
        });
    }

    /// Ends all streams, and lets no new one begin.
    pub(crate) fn close(&self) {
        self.closed.set(true);
        self.streams.borrow_mut().clear();
    }

    /// Sends comments to all streams while there are any.
    pub(crate) async fn keep_alive(self: Rc<Self>) {
        let comment = Bytes::from_static(COMMENT);
        loop {
            while self.len() == 0 {
                self.joined().await;
            }
            tokio::time::sleep(COMMENTS).await;
            self.send_where(|_| true, &comment);
        }
    }
}

/// The event of a revision, with its place in history as the id.
pub(crate) fn catalog_event(published: &Published) -> Bytes {
    event(
        "catalog",
        Some(&event_id(published.stamp())),
        published.json(),
    )
}

/// The event of raw health.
pub(crate) fn health_event(json: &[u8]) -> Bytes {
    event("health", None, json)
}

/// `json` has no line breaks: the serializer writes them as escapes.
fn event(name: &str, id: Option<&str>, json: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(json.len() + 128);
    for (field, value) in [("event: ", Some(name)), ("\nid: ", id)] {
        if let Some(value) = value {
            event.put_slice(field.as_bytes());
            event.put_slice(value.as_bytes());
        }
    }
    event.put_slice(b"\ndata: ");
    event.put_slice(json);
    event.put_slice(b"\n\n");
    event.freeze()
}

fn event_id(stamp: &Stamp) -> String {
    format!(
        "{}:{}:{}",
        stamp.epoch.registry(),
        stamp.epoch.boot(),
        stamp.revision
    )
}

fn topics(query: Option<&str>) -> Option<Topics> {
    let Some(names) = parameter(query, "topics") else {
        return Some(Topics {
            catalog: true,
            health: false,
        });
    };
    let mut topics = Topics {
        catalog: false,
        health: false,
    };
    for name in names.split(',') {
        match name {
            "catalog" => topics.catalog = true,
            "health" => topics.health = true,
            _ => return None,
        }
    }
    Some(topics)
}

/// The first value of a query parameter.
fn parameter<'q>(query: Option<&'q str>, name: &str) -> Option<Cow<'q, str>> {
    let value = query?
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
    percent_decode_str(value).decode_utf8().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_named_or_the_catalog() {
        let topics = |query| topics(query).map(|topics| (topics.catalog, topics.health));
        assert_eq!(topics(None), Some((true, false)));
        assert_eq!(topics(Some("after=a:1:2")), Some((true, false)));
        assert_eq!(topics(Some("topics=catalog,health")), Some((true, true)));
        assert_eq!(
            topics(Some("after=a%3A1%3A2&topics=health%2Ccatalog")),
            Some((true, true))
        );
        assert_eq!(topics(Some("topics=health")), Some((false, true)));
        for wrong in ["topics=", "topics=all", "topics=catalog,"] {
            assert_eq!(topics(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn an_event_is_one_block_of_lines() {
        let bytes = event("catalog", Some("a:1:2"), br#"{"a":"x\ny"}"#);
        assert_eq!(
            bytes,
            "event: catalog\nid: a:1:2\ndata: {\"a\":\"x\\ny\"}\n\n"
        );
        assert_eq!(event("health", None, b"{}"), "event: health\ndata: {}\n\n");
    }

    #[test]
    fn a_reader_that_falls_behind_is_let_go_and_nobody_else() {
        let hub = Hub::default();
        let topics = Topics {
            catalog: true,
            health: false,
        };
        let (slow, mut unread) = mpsc::channel(WAITING);
        let (quick, mut read) = mpsc::channel(WAITING);
        hub.streams
            .borrow_mut()
            .extend([slow, quick].map(|sender| Stream { topics, sender }));
        for _ in 0..=WAITING {
            hub.send(Topic::Catalog, &Bytes::from_static(b"x"));
            hub.send(Topic::Health, &Bytes::from_static(b"not for them"));
            assert_eq!(read.try_recv().unwrap(), "x");
        }
        assert_eq!(hub.len(), 1);
        assert_eq!(
            std::iter::from_fn(|| unread.try_recv().ok()).count(),
            WAITING
        );
        assert!(unread.is_closed());
    }
}
