//! What a resolver did and why, and every request it sent: two bounded records, for people and tests.

use super::action::RequestId;
use crate::probe::{Failure, Probe};
use crate::time::Millis;
use serde::Serialize;
use std::collections::VecDeque;

/// How many entries each record keeps; the oldest go first.
pub const KEPT: usize = 256;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// When, in milliseconds since the start.
    pub at: u64,
    /// What: `race`, `probe`, `settled`, `superseded`, `refused` or `lost`.
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    #[serde(skip)]
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

/// A record of the last [`KEPT`] things.
#[derive(Debug, Clone)]
pub(super) struct Ring<T>(VecDeque<T>);

impl<T> Ring<T> {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    pub(super) fn push(&mut self, entry: T) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(entry);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
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
        self.origin = origin.map(ToString::to_string);
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
