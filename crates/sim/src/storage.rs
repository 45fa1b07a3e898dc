//! The browser's storage: one record, shared by all tabs, read and checked as the facade does before the engine comes.

use crate::json::Shared;
use crate::model::{Held, Kept};
use crate::schedule::StorageFault;
use landfall_protocol::snapshot::Snapshot;
use std::rc::Rc;

/// What was written.
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
    pub(crate) fn new(first: Option<Kept>, fault: StorageFault) -> Self {
        let mut storage = Self {
            record: None,
            fault: StorageFault::None,
        };
        if let Some(kept) = first {
            storage.put(kept, 0);
        }
        storage.fault = fault;
        storage
    }

    pub(crate) const fn suffer(&mut self, fault: StorageFault) {
        self.fault = fault;
    }

    /// Somebody else writes: another script, or another version of the page.
    pub(crate) fn put(&mut self, kept: Kept, wall: i64) {
        self.record = Some(Record {
            content: Content::Json(kept.json),
            held: kept.held,
            at: wall - i64::try_from(kept.age).unwrap_or(i64::MAX),
            readable: true,
        });
    }

    /// What is there is of another schema.
    pub(crate) const fn outdate(&mut self) {
        if let Some(record) = &mut self.record {
            record.readable = false;
        }
    }

    /// The engine writes; where that fails, what was there stays.
    pub(crate) fn keep(&mut self, snapshot: Rc<Snapshot<Shared>>, held: Held, wall: i64) -> bool {
        if self.fault != StorageFault::None {
            return false;
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

    /// What a visit finds: the facade drops what is of another schema, or of the future.
    pub(crate) fn read(&mut self, wall: i64) -> Option<Kept> {
        if self.fault == StorageFault::Barred {
            return None;
        }
        let record = self.record.as_ref()?;
        let age = u64::try_from(wall - record.at).ok();
        let Some(age) = age.filter(|_| record.readable) else {
            self.record = None;
            return None;
        };
        Some(Kept {
            json: match &record.content {
                Content::Snapshot(snapshot) => snapshot.to_json(),
                Content::Json(json) => json.clone(),
            },
            age,
            held: record.held.clone(),
        })
    }
}
