//! What changed from one revision to the next, for readers that keep the document themselves.
//!
//! The log is short: whoever missed more than it holds gets the whole document.

use super::published::Published;
use crate::http::events::event;
use bytes::Bytes;
use landfall_protocol::catalog::wire;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, VecDeque};

/// The most changes that are kept, and the most bytes of them.
const MAX_CHANGES: usize = 64;
const MAX_BYTES: usize = 64 * 1_024;

/// The last changes, each of which leads from one revision to the next.
#[derive(Debug, Default)]
pub(super) struct Log {
    events: VecDeque<Bytes>,
    bytes: usize,
    /// The revision after the last one.
    revision: u64,
}

impl Log {
    /// Takes the change to a new revision. Returns the event that tells of it; `None` where the whole document is shorter.
    pub(super) fn record(&mut self, before: &Published, after: &Published) -> Option<Bytes> {
        let change = change_event(before, after);
        let change = change.filter(|event| event.len() < after.len());
        let Some(event) = change else {
            self.begin_anew(after);
            return None;
        };
        self.revision = after.stamp().revision;
        self.bytes += event.len();
        self.events.push_back(event.clone());
        while self.events.len() > MAX_CHANGES || self.bytes > MAX_BYTES {
            let oldest = self.events.pop_front();
            self.bytes -= oldest.map_or(0, |it| it.len());
        }
        Some(event)
    }

    /// Something has changed that no change tells of. Nobody can get past it without the whole document.
    pub(super) fn begin_anew(&mut self, after: &Published) {
        self.revision = after.stamp().revision;
        self.events.clear();
        self.bytes = 0;
    }

    /// The events that lead from a revision of this run to the present one, if the log still has all of them and they
    /// are shorter than the document.
    pub(super) fn since(&self, revision: u64, current: &Published) -> Option<Vec<Bytes>> {
        let missed = usize::try_from(self.revision.checked_sub(revision)?).ok()?;
        let first = self.events.len().checked_sub(missed)?;
        let events: Vec<_> = self.events.range(first..).cloned().collect();
        let bytes: usize = events.iter().map(Bytes::len).sum();
        (bytes < current.len()).then_some(events)
    }

    /// Bytes that are kept.
    pub(super) const fn kept(&self) -> usize {
        self.bytes
    }
}

/// A change up to its services. [`landfall_protocol::catalog::Change`] reads it.
#[derive(Serialize)]
struct Head {
    landfall: u32,
    epoch: wire::Epoch,
    from: u64,
    revision: u64,
    removed: Vec<String>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

/// `None` when it would be longer than the document. (Or cannot be written, which does not happen: the pieces are JSON.)
fn change_event(before: &Published, after: &Published) -> Option<Bytes> {
    let (old, new) = different(before, after);
    let mut gone: HashMap<String, &[u8]> = HashMap::with_capacity(old.len());
    for piece in old {
        gone.insert(name_of(piece)?, piece);
    }
    let mut changed = Vec::new();
    for (at, piece) in new {
        if gone.remove(&name_of(piece)?) != Some(piece) {
            changed.push((at, piece));
        }
    }
    let told: usize = changed.iter().map(|(_, piece)| piece.len()).sum();
    if told >= after.len() {
        return None;
    }
    let mut removed: Vec<String> = gone.into_keys().collect();
    removed.sort_unstable();
    let stamp = after.stamp();
    let head = Head {
        landfall: 1,
        epoch: wire::Epoch {
            registry: stamp.epoch.registry().to_owned(),
            boot: stamp.epoch.boot(),
        },
        from: before.stamp().revision,
        revision: stamp.revision,
        removed,
    };
    let mut json = serde_json::to_vec(&head).ok()?;
    // The object goes on.
    json.pop();
    json.extend_from_slice(b",\"services\":[");
    for (index, (at, piece)) in changed.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        json.extend_from_slice(format!("{comma}{{\"at\":{at},\"service\":").as_bytes());
        json.extend_from_slice(piece);
        json.push(b'}');
    }
    json.extend_from_slice(b"]}");
    Some(event("change", Some(stamp), &json))
}

/// A service as JSON.
type Piece<'p> = &'p [u8];

/// The services before and after, without those that are obviously the same: where there are as many, at the same place; else at the beginning and
/// at the end. A service has one name, so that none of them is among the others. With its place in the document after.
fn different<'p>(
    before: &'p Published,
    after: &'p Published,
) -> (Vec<Piece<'p>>, Vec<(usize, Piece<'p>)>) {
    let (old, new) = (before.pieces(), after.pieces());
    if old.len() == new.len() {
        let differ = old
            .zip(new.enumerate())
            .filter(|(old, (_, new))| old != new);
        return differ.unzip();
    }
    let shorter = old.len().min(new.len());
    let same = |(old, new): &(&[u8], &[u8])| old == new;
    let first = before.pieces().zip(after.pieces()).take_while(same).count();
    let last = before.pieces().rev().zip(after.pieces().rev());
    let last = last.take(shorter - first).take_while(same).count();
    let (olds, news) = (old.len() - first - last, new.len() - first - last);
    (
        old.skip(first).take(olds).collect(),
        new.enumerate().skip(first).take(news).collect(),
    )
}

fn name_of(piece: &[u8]) -> Option<String> {
    serde_json::from_slice::<Named>(piece)
        .ok()
        .map(|it| it.name)
}
