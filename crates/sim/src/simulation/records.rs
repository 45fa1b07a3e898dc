//! What earlier visits, and others, have written to the storage.

use crate::document::Stamp;
use crate::json::Shared;
use crate::model::Held;
use crate::schedule::{Record, Setup};
use crate::serve;
use crate::storage::Written;
use std::rc::Rc;

/// A record as somebody has written it, with the truth about it.
pub(super) fn written(setup: &Setup, record: Record) -> Written {
    let daemon = &setup.daemons[record.daemon];
    let head = serve::Masthead {
        name: serve::CATALOG_NAME,
        stamp: Stamp {
            registry: daemon.registry,
            boot: record.boot,
            revision: record.revision,
        },
        ttl: 30,
        events: false,
        itself: None,
    };
    let document = serve::catalog(head, record.content);
    let origin = setup.origins[record.origin].url;
    let json = serve::record(&document, origin, record.rung);
    let held = Held {
        document: Rc::new(document),
        origin: Some(origin.to_owned()),
        rung: Some(record.rung),
    };
    let (json, held) = match record.spoilt {
        Some(way) => (serve::spoil(json, way), None),
        None => (json, Some(held)),
    };
    Written {
        json: Shared::new(json),
        age: record.age,
        held,
    }
}
