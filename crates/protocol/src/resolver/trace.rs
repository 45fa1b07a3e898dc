//! What a resolver did and why, and every request it sent: two bounded records, for people and tests.

use super::action::RequestId;
use crate::probe::{Failure, Probe};
use crate::time::Millis;
use serde::{Serialize, Serializer};

/// How many entries each record keeps; the oldest go first.
pub const KEPT: usize = 256;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, in milliseconds since the start.
    pub at: u64,
    /// What: `race`, `probe`, `settled`, `superseded`, `refused`, `not-kept`, `lost`, `tab`.
    pub kind: &'static str,
    /// The value: the base URL that came to hold.
    pub value: Option<String>,
    /// The source of the value, where there is one.
    pub source: Option<&'static str>,
    /// The origin that it is about.
    pub origin: Option<String>,
    /// The code of the reason.
    pub code: &'static str,
    /// How old the value was, in milliseconds.
    pub age: Option<u64>,
    /// The sources and origins that were in the race.
    pub raced: Vec<String>,
}

/// One request that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    id: RequestId,
    /// When, in milliseconds since the start.
    pub at: u64,
    /// Its method.
    pub method: &'static str,
    /// Its URL.
    pub url: String,
    /// What it asked.
    pub purpose: &'static str,
    /// `pending`, `answered`, `unreadable`, `refused`, `timed-out` or `aborted`.
    pub outcome: &'static str,
    /// The status of its answer.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub ms: Option<u64>,
}

/// Writes a record as a map, which takes less code than a struct of many types.
fn record<S: Serializer>(
    serializer: S,
    fields: &[(&'static str, Field<'_>)],
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(fields.iter().map(|(name, field)| (*name, field)))
}

/// A value of a record.
enum Field<'a> {
    Text(Option<&'a str>),
    Count(Option<u64>),
    Texts(&'a [String]),
}

impl Serialize for Field<'_> {
    #[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Text(Some(text)) => serializer.serialize_str(text),
            // Whole numbers of 32 bits need no look whether JavaScript can hold them, which brings the formatting
            // machinery for its error; a client that is open for longer than 49 days has them as the other numbers there.
            Self::Count(Some(count)) => match u32::try_from(count) {
                Ok(count) => serializer.serialize_u32(count),
                Err(_) => serializer.serialize_f64(count as f64),
            },
            Self::Texts(texts) => serializer.collect_seq(texts),
            Self::Text(None) | Self::Count(None) => serializer.serialize_none(),
        }
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        record(
            serializer,
            &[
                ("at", Field::Count(Some(self.at))),
                ("kind", Field::Text(Some(self.kind))),
                ("value", Field::Text(self.value.as_deref())),
                ("source", Field::Text(self.source)),
                ("origin", Field::Text(self.origin.as_deref())),
                ("code", Field::Text(Some(self.code))),
                ("age", Field::Count(self.age)),
                ("raced", Field::Texts(&self.raced)),
            ],
        )
    }
}

impl Serialize for Sent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        record(
            serializer,
            &[
                ("at", Field::Count(Some(self.at))),
                ("method", Field::Text(Some(self.method))),
                ("url", Field::Text(Some(&self.url))),
                ("purpose", Field::Text(Some(self.purpose))),
                ("outcome", Field::Text(Some(self.outcome))),
                ("status", Field::Count(self.status.map(u64::from))),
                ("ms", Field::Count(self.ms)),
            ],
        )
    }
}

/// A record of the last [`KEPT`] things.
#[derive(Debug, Clone)]
pub(super) struct Ring<T>(pub(super) Vec<T>);

impl<T> Ring<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn push(&mut self, entry: T) {
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push(entry);
    }
}

impl Entry {
    pub(super) const fn new(at: Millis, kind: &'static str, code: &'static str) -> Self {
        Self {
            at: at.0,
            kind,
            value: None,
            source: None,
            origin: None,
            code,
            age: None,
            raced: Vec::new(),
        }
    }

    pub(super) fn of(mut self, origin: Option<&crate::url::BaseUrl>) -> Self {
        self.origin = origin.map(|it| it.as_str().to_owned());
        self
    }
}

impl Ring<Sent> {
    pub(super) fn sent(&mut self, now: Millis, id: RequestId, probe: &Probe) {
        self.push(Sent {
            id,
            at: now.0,
            method: probe.method.as_str(),
            url: probe.url.clone(),
            purpose: probe.purpose.as_str(),
            outcome: "pending",
            status: None,
            ms: None,
        });
    }

    pub(super) fn answered(&mut self, now: Millis, id: RequestId, status: Result<u16, Failure>) {
        let outcome = match status {
            Ok(_) => "answered",
            Err(Failure::Unreadable) => "unreadable",
            Err(Failure::Refused) => "refused",
            Err(Failure::TimedOut) => "timed-out",
        };
        self.end(now, id, outcome, status.ok());
    }

    pub(super) fn aborted(&mut self, now: Millis, id: RequestId) {
        self.end(now, id, "aborted", None);
    }

    fn end(&mut self, now: Millis, id: RequestId, outcome: &'static str, status: Option<u16>) {
        if let Some(sent) = self.0.iter_mut().rev().find(|it| it.id == id) {
            sent.outcome = outcome;
            sent.status = status;
            sent.ms = Some(now.0.saturating_sub(sent.at));
        }
    }
}
