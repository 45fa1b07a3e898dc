//! What one visit keeps for the next.

use super::Simulation;
use crate::document::Stamp;
use crate::json::Shared;
use crate::model::{Held, Kept};
use crate::schedule::Setup;
use crate::serve;
use serde_json::Value;
use std::rc::Rc;

impl Simulation<'_> {
    /// The record that the next visit finds.
    pub(super) fn record(&self) -> Option<Kept> {
        let stored = self.storage.as_ref()?;
        let mut json = serde_json::to_value(&stored.snapshot.view).ok()?;
        json["config"] = stored.snapshot.config.as_ref().map_or_else(
            || Value::Object(serde_json::Map::new()),
            |it| (*it.0).clone(),
        );
        Some(Kept {
            json: Shared::new(json),
            age: self.now - stored.at,
            held: Some(stored.held.clone()),
        })
    }
}

/// What an earlier visit kept, before this schedule begins.
pub(super) fn first_record(setup: &Setup) -> Option<Kept> {
    let record = setup.cached?;
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
    Some(match record.spoilt {
        Some(way) => Kept {
            json: Shared::new(serve::spoil(json, way)),
            age: record.age,
            held: None,
        },
        None => Kept {
            json: Shared::new(json),
            age: record.age,
            held: Some(held),
        },
    })
}
