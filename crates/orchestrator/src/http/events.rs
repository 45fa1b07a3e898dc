//! Server-sent events (WHATWG HTML, section 9.2): the catalog when it changes, and raw health for who wants it.
//!
//! A stream holds at most [`WAITING`] events that its reader has not taken. One that falls further behind is ended, and
//! comes back with `?after=`. Readers of `catalog` then get the whole document, which is all that they missed; readers of
//! `changes` get the changes in between, or the whole document where those would be too many. Comments keep quiet
//! streams alive through proxies, all of them in one wake-up.

use super::body::{Pieces, ReplyBody};
use super::catalog::{Catalog, News};
use super::query::values;
use super::reply::{Reply, refusal};
use bytes::{BufMut, Bytes, BytesMut};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use landfall_protocol::id::{Epoch, Stamp};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc::error::TrySendError;
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
    /// The catalog, whole.
    Catalog,
    /// The catalog, by what changes.
    Changes,
    /// Raw health.
    Health,
    /// What services had before and have no more.
    Drift,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Topics {
    catalog: bool,
    changes: bool,
    health: bool,
    drift: bool,
}

impl Topics {
    const fn has(self, topic: Topic) -> bool {
        match topic {
            Topic::Catalog => self.catalog,
            Topic::Changes => self.changes,
            Topic::Health => self.health,
            Topic::Drift => self.drift,
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
    dropped: Cell<u64>,
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

    /// How many streams were ended because their readers fell behind.
    pub(crate) const fn dropped(&self) -> u64 {
        self.dropped.get()
    }

    /// Bytes that are kept for them, without events: those are shared with the catalog.
    pub(crate) fn kept(&self) -> usize {
        let streams = self.streams.borrow();
        let channel = WAITING * size_of::<Bytes>();
        streams.capacity() * size_of::<Stream>() + streams.len() * channel
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
        catalog: &Catalog,
        health: impl FnOnce() -> Bytes,
        drift: impl FnOnce() -> Bytes,
    ) -> Reply {
        let Some(topics) = topics(query) else {
            return refusal(
                StatusCode::BAD_REQUEST,
                "topics are catalog, health and drift, or changes instead of catalog, separated by commas",
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
        // The newer of the two wins: a browser repeats the address with the `after` that it began with.
        let last = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
        let seen = last
            .map(str::to_owned)
            .or_else(|| parameter(query, "after"));
        let seen = seen.as_deref().and_then(stamp);
        // A comment tells the page that the stream is open.
        let mut first = vec![Bytes::from_static(COMMENT)];
        if topics.changes {
            first.extend(catalog.since(seen.as_ref()));
        } else if topics.catalog && seen.as_ref() != Some(catalog.current().stamp()) {
            first.push(catalog.current().event());
        }
        if topics.health {
            first.push(health());
        }
        if topics.drift {
            first.push(drift());
        }
        let (sender, receiver) = mpsc::channel(WAITING.max(first.len()));
        for event in first {
            // There is room in a new channel.
            let sent = sender.try_send(event);
            debug_assert!(sent.is_ok());
        }
        self.streams.borrow_mut().push(Stream { topics, sender });
        self.joined.notify_waiters();
        let mut reply = Response::new(ReplyBody::Stream(Pieces::new(receiver)));
        let headers = reply.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        reply
    }

    /// Tells of a new revision.
    pub(crate) fn tell(&self, news: &News) {
        // Events are made for somebody.
        if self.has(Topic::Catalog) {
            self.send(Topic::Catalog, &news.published.event());
        }
        if self.has(Topic::Changes) {
            self.send(Topic::Changes, &news.change());
        }
    }

    /// Sends an event to all streams of a topic, and ends those whose readers are too slow.
    pub(crate) fn send(&self, topic: Topic, event: &Bytes) {
        self.send_where(|topics| topics.has(topic), event);
    }

    fn send_where(&self, wants: impl Fn(Topics) -> bool, event: &Bytes) {
        self.streams.borrow_mut().retain(|stream| {
            if !wants(stream.topics) {
                return true;
            }
            let sent = stream.sender.try_send(event.clone());
            if matches!(sent, Err(TrySendError::Full(_))) {
                self.dropped.set(self.dropped.get() + 1);
            }
            sent.is_ok()
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

/// The event of raw health.
pub(crate) fn health_event(json: &[u8]) -> Bytes {
    event("health", None, json)
}

/// The event of what services lack.
pub(crate) fn drift_event(json: &[u8]) -> Bytes {
    event("drift", None, json)
}

/// `json` has no line breaks: the serializer writes them as escapes.
pub(super) fn event(name: &str, stamp: Option<&Stamp>, json: &[u8]) -> Bytes {
    let id = stamp.map(event_id);
    let mut event = BytesMut::with_capacity(json.len() + 128);
    for (field, value) in [("event: ", Some(name)), ("\nid: ", id.as_deref())] {
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

/// The place in history that an event's id names.
fn stamp(id: &str) -> Option<Stamp> {
    let (epoch, revision) = id.rsplit_once(':')?;
    let (registry, boot) = epoch.rsplit_once(':')?;
    Some(Stamp {
        epoch: Epoch::new(registry, boot.parse().ok()?).ok()?,
        revision: revision.parse().ok()?,
    })
}

fn topics(query: Option<&str>) -> Option<Topics> {
    let mut topics = Topics::default();
    let Some(names) = parameter(query, "topics") else {
        topics.catalog = true;
        return Some(topics);
    };
    for name in names.split(',') {
        match name {
            "catalog" => topics.catalog = true,
            "changes" => topics.changes = true,
            "health" => topics.health = true,
            "drift" => topics.drift = true,
            _ => return None,
        }
    }
    // A reader of both could not tell what it knows.
    (!(topics.catalog && topics.changes)).then_some(topics)
}

/// The first value of a query parameter.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    values(query?, name).next()?.ok()
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
        assert_eq!(topics(Some("topics=drift,health")), Some((false, true)));
        for wrong in [
            "topics=",
            "topics=all",
            "topics=catalog,",
            "topics=catalog,changes",
        ] {
            assert_eq!(topics(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn an_id_names_a_place_in_history() {
        let read = stamp("a:1:2").unwrap();
        assert_eq!(event_id(&read), "a:1:2");
        for wrong in ["", "a", "a:1", ":1:2", "a:x:2", "a:1:", "a:1:-2"] {
            assert_eq!(stamp(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_event_is_one_block_of_lines() {
        let bytes = event("catalog", stamp("a:1:2").as_ref(), br#"{"a":"x\ny"}"#);
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
            ..Topics::default()
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
        assert_eq!((hub.len(), hub.dropped()), (1, 1));
        assert_eq!(
            std::iter::from_fn(|| unread.try_recv().ok()).count(),
            WAITING
        );
        assert!(unread.is_closed());
    }
}
