//! A change from one revision of a catalog to a later one: what a reader that keeps the document needs instead of a new one.

use super::MAX_SERVICES;
use super::document::{Document, Service};
use super::read::{bounded, epoch, revision, valid, with_endpoints};
use crate::id::Stamp;
use crate::json::{Json, Members, Node};
use crate::name::Name;
use crate::refused::{Code, Refused, Within};
use std::rc::Rc;

/// What a registry says of the step between two revisions.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The revision that it leads from.
    pub from: u64,
    /// Where it leads to.
    pub stamp: Stamp,
    /// Services that are new or other than before, each with its place in the new document, in the order of the places.
    pub services: Vec<(usize, Service)>,
    /// Services that are no longer there.
    pub removed: Vec<Name>,
}

impl Change {
    /// Reads a change.
    ///
    /// # Errors
    /// [`Refused`] with the place and the reason of the first thing that is wrong.
    pub fn from_json<J: Json>(json: &J) -> Result<Self, Refused> {
        let json = json.node();
        if json.required_count("landfall")? != 1 {
            return Err(Refused::new(Code::BadVersion, "").within("landfall"));
        }
        let mut services: Vec<(usize, Service)> = Vec::new();
        for json in bounded(json.list("services")?, MAX_SERVICES).within("services")? {
            let at = json.required_count("at").within("services")?;
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            if services.last().is_some_and(|(last, _)| *last >= at) {
                let refused = Refused::new(Code::BadNumber, "").within("at");
                return Err(refused.within("services"));
            }
            let service = json.required_object("service").within("services")?;
            services.push((at, with_endpoints(service).within("services")?));
        }
        let mut removed = Vec::new();
        for json in bounded(json.list("removed")?, MAX_SERVICES).within("removed")? {
            let name = json.text().ok_or_else(|| Refused::new(Code::Malformed, ""));
            removed.push(Name::parse(&name.within("removed")?).within("removed")?);
        }
        Ok(Self {
            from: revision(json.required_count("from")?)?,
            stamp: Stamp {
                epoch: epoch(json.required_object("epoch")?)?,
                revision: revision(json.required_count("revision")?)?,
            },
            services,
            removed,
        })
    }

    /// The document after the change. `None` when it does not lead from where `document` is: whoever missed something
    /// needs the whole document.
    ///
    /// # Errors
    /// [`Refused`] when the new document would not be valid.
    pub fn apply<J: Clone>(self, document: &Document<J>) -> Result<Option<Document<J>>, Refused> {
        let Some(stamp) = &document.stamp else {
            return Ok(None);
        };
        if stamp.epoch != self.stamp.epoch || stamp.revision != self.from {
            return Ok(None);
        }
        let goes = |it: &Service| {
            self.removed.contains(&it.name)
                || self.services.iter().any(|(_, new)| new.name == it.name)
        };
        let mut services = document.services.iter().filter(|it| !goes(it)).cloned();
        let mut after = Vec::new();
        for (at, service) in self.services.iter().cloned() {
            after.extend(services.by_ref().take(at.saturating_sub(after.len())));
            after.push(service);
        }
        after.extend(services);
        Ok(Some(Document {
            stamp: Some(self.stamp),
            services: Rc::new(valid(after)?),
            ..document.clone()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn document(revision: u64, names: &[&str]) -> Document<Value> {
        let service = |name: &&str| json!({ "name": name, "instances": [], "endpoints": {} });
        let services: Vec<_> = names.iter().map(service).collect();
        let json = json!({
            "landfall": 1, "epoch": { "registry": "r", "boot": 1 }, "revision": revision, "services": services
        });
        Document::from_json(&json).unwrap()
    }

    fn change(from: u64, services: &Value, removed: &Value) -> Value {
        json!({
            "landfall": 1, "epoch": { "registry": "r", "boot": 1 }, "from": from, "revision": from + 1,
            "services": services, "removed": removed
        })
    }

    fn at(place: usize, name: &str) -> Value {
        json!({ "at": place, "service": { "name": name, "instances": [], "endpoints": {} } })
    }

    #[test]
    fn services_come_go_and_change_in_their_places() {
        let json = change(
            4,
            &json!([at(0, "a"), at(2, "c"), at(4, "z")]),
            &json!(["d", "e"]),
        );
        let change = Change::from_json(&json).unwrap();
        let after = change.apply(&document(4, &["b", "c", "d", "e", "f"]));
        assert_eq!(after, Ok(Some(document(5, &["a", "b", "c", "f", "z"]))));
    }

    #[test]
    fn whoever_missed_something_cannot_apply_it() {
        let read = || Change::from_json(&change(4, &json!([]), &json!(["a"]))).unwrap();
        for revision in [3, 5] {
            assert_eq!(read().apply(&document(revision, &["a"])), Ok(None));
        }
        let mut other = document(4, &["a"]);
        other.stamp = None;
        assert_eq!(read().apply(&other), Ok(None));
    }

    #[test]
    fn what_is_no_change_is_refused() {
        for (services, removed) in [
            (json!([at(1, "a"), at(1, "b")]), json!([])),
            (json!([at(1, "\u{202e}")]), json!([])),
            (json!([{ "service": {} }]), json!([])),
            (json!([]), json!([1])),
            (json!([]), json!("a")),
        ] {
            let json = change(1, &services, &removed);
            assert!(Change::from_json(&json).is_err(), "{json}");
        }
        let twice = Change::from_json(&change(1, &json!([at(0, "a"), at(1, "a")]), &json!([])));
        assert!(twice.unwrap().apply(&document(1, &[])).is_err());
    }
}
