//! The browser's storage: one record, shared by all tabs, written and read as `src/effects/storage.rs` does.

use crate::json::Shared;
use crate::model::{Held, Kept};
use crate::schedule::StorageFault;
use landfall_protocol::refused::Code;
use landfall_protocol::snapshot::Snapshot;
use std::rc::Rc;

/// What somebody else has written, with the truth about it.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) json: Shared,
    /// How long ago.
    pub(crate) age: u64,
    /// `None` when it is not valid.
    pub(crate) held: Option<Held>,
}

/// What is there.
enum Content {
    Snapshot(Rc<Snapshot<Shared>>),
    Json(Shared),
}

/// One record, with the truth about it.
struct Record {
    content: Content,
    /// `None` when it is not valid.
    held: Option<Held>,
    /// On the wall clock.
    at: i64,
    /// Whether it is of the schema of today.
    readable: bool,
}

/// The storage of one origin.
pub(crate) struct Storage {
    record: Option<Record>,
    fault: StorageFault,
}

impl Storage {
    /// With what an earlier visit left, as seen at the wall clock's 0.
    pub(crate) fn new(first: Option<Written>, fault: StorageFault) -> Self {
        let mut storage = Self {
            record: None,
            fault: StorageFault::None,
        };
        if let Some(written) = first {
            storage.put(written, 0);
        }
        storage.fault = fault;
        storage
    }

    pub(crate) const fn suffer(&mut self, fault: StorageFault) {
        self.fault = fault;
    }

    /// Somebody else writes: another script, or another version of the page.
    pub(crate) fn put(&mut self, written: Written, wall: i64) {
        self.record = Some(Record {
            content: Content::Json(written.json),
            held: written.held,
            at: wall - i64::try_from(written.age).unwrap_or(i64::MAX),
            readable: true,
        });
    }

    /// What is there is of another schema.
    pub(crate) const fn outdate(&mut self) {
        if let Some(record) = &mut self.record {
            record.readable = false;
        }
    }

    /// The engine writes; where that fails, what was there stays. `false` where the host is told: storage that is barred is to it
    /// as if there were none.
    pub(crate) fn keep(&mut self, snapshot: Rc<Snapshot<Shared>>, held: Held, wall: i64) -> bool {
        if self.fault != StorageFault::None {
            return self.fault == StorageFault::Barred;
        }
        self.record = Some(Record {
            content: Content::Snapshot(snapshot),
            held: Some(held),
            at: wall,
            readable: true,
        });
        true
    }

    pub(crate) fn forget(&mut self) {
        if self.fault != StorageFault::Barred {
            self.record = None;
        }
    }

    /// What an engine finds when it starts; what is of another schema, or of the future, is no value.
    pub(crate) fn read(&self, wall: i64) -> Option<Kept> {
        let record = self.record.as_ref();
        let record = record.filter(|_| self.fault != StorageFault::Barred)?;
        let age = u64::try_from(wall - record.at).map_err(|_| Code::BadNumber);
        let age = age.and_then(|age| record.readable.then_some(age).ok_or(Code::BadVersion));
        let json = || match &record.content {
            Content::Snapshot(snapshot) => snapshot.to_json(),
            Content::Json(json) => json.clone(),
        };
        Some(Kept {
            read: age.map(|age| (json(), age)),
            held: record.held.clone(),
        })
    }
}
