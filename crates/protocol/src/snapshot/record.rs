//! The record in which a browser keeps a snapshot for the next visit.
//!
//! What is written can be read: both sides have the same bounds, and what is larger is not written. Anybody who can run
//! script on the page's origin may have written it too, so it is read like anything from outside.

use crate::catalog;
use crate::json::{self, Json, Node, Text};
use crate::refused::Code;
use crate::time::Millis;

/// The largest record, in bytes. Browsers keep about as much for an origin.
pub const MAX_BYTES: usize = catalog::MAX_BYTES;
/// The deepest nesting: a record holds the snapshot, which has the config values where their document had them.
pub const MAX_DEPTH: usize = json::MAX_DEPTH + 1;
/// The version of what is kept.
const VERSION: u64 = 1;

/// Writes down a snapshot, kept at `now` in milliseconds since 1970.
///
/// `None` where it is larger than what is read; it is not deeper, since its parts were read within their bounds.
#[must_use]
pub fn write(snapshot: Text, now: u64) -> Option<Text> {
    let mut record = Text::object();
    record.set("v", Text::of_count(VERSION));
    record.set("t", Text::of_count(now));
    record.set("s", snapshot);
    (record.as_str().len() <= MAX_BYTES).then_some(record)
}

/// The snapshot of a record whose bounds the host has looked at, and how old it is at `now` in milliseconds since 1970.
///
/// # Errors
/// [`Code::BadVersion`], [`Code::BadNumber`] where it was kept in the future, or [`Code::Malformed`].
pub fn read(record: &Text, now: u64) -> Result<(Text, Millis), Code> {
    let record = record.node();
    let count = |key| record.get(key).and_then(Node::count);
    if count("v") != Some(VERSION) {
        return Err(Code::BadVersion);
    }
    let age = count("t").and_then(|at| now.checked_sub(at));
    let age = age.ok_or(Code::BadNumber)?;
    let snapshot = record.get("s").ok_or(Code::Malformed)?;
    Ok((snapshot.keep(), Millis(age)))
}
