//! The catalog, made once for each revision and served as bytes.
//!
//! The revision moves when the document does: what is new is compared with what is published, byte by byte, so
//! nothing that the document does not show (the age of a check, a latency) can make a revision.

use super::encoding::{accepts_gzip, gzip};
use super::reply::{Reply, Representation};
use bytes::Bytes;
use hyper::header::{ACCEPT_ENCODING, HeaderMap, IF_NONE_MATCH};
use landfall_protocol::catalog::{Document, Service, wire};
use landfall_protocol::freshness::ETag;
use landfall_protocol::id::{Epoch, Stamp};
use landfall_protocol::name::Name;
use serde::Serialize;
use serde_json::{Map, Value};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// What stays the same in all revisions.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) name: Option<Name>,
    pub(crate) epoch: Epoch,
    pub(crate) ttl: u32,
    pub(crate) events: &'static str,
    pub(crate) config: Map<String, Value>,
}

/// One revision, as bytes.
#[derive(Debug)]
pub(crate) struct Published {
    stamp: Stamp,
    json: Bytes,
    etag: ETag,
    /// Made when the first client takes it.
    gzip: OnceCell<(Bytes, ETag)>,
}

/// The catalog of this run.
#[derive(Debug)]
pub(crate) struct Catalog {
    frame: Frame,
    current: RefCell<Rc<Published>>,
}

/// The document with its config, which the protocol passes through untouched.
#[derive(Serialize)]
struct Whole<'c> {
    #[serde(flatten)]
    document: wire::Document,
    config: &'c Map<String, Value>,
}

impl Catalog {
    /// The first revision.
    ///
    /// # Errors
    /// When the document cannot be written as JSON.
    pub(crate) fn new(frame: Frame, services: Vec<Service>) -> serde_json::Result<Self> {
        let current = RefCell::new(Rc::new(frame.publish(1, services)?));
        Ok(Self { frame, current })
    }

    /// The current revision.
    pub(crate) fn current(&self) -> Rc<Published> {
        Rc::clone(&self.current.borrow())
    }

    /// Publishes `services`. `None` when that is what is published already.
    ///
    /// # Errors
    /// When the document cannot be written as JSON; what was published stays.
    pub(crate) fn update(
        &self,
        services: Vec<Service>,
    ) -> serde_json::Result<Option<Rc<Published>>> {
        let before = self.current();
        let revision = before.stamp.revision;
        if self.frame.publish(revision, services.clone())?.json == before.json {
            return Ok(None);
        }
        let published = Rc::new(self.frame.publish(revision + 1, services)?);
        self.current.replace(Rc::clone(&published));
        Ok(Some(published))
    }

    /// Answers a request for the catalog.
    pub(crate) fn reply(&self, headers: &HeaderMap) -> Reply {
        let published = self.current();
        let (bytes, etag, encoding) = if accepts_gzip(headers.get(ACCEPT_ENCODING)) {
            let (bytes, etag) = published.gzip();
            (bytes, etag, Some("gzip"))
        } else {
            (&published.json, &published.etag, None)
        };
        let representation = Representation {
            content_type: "application/json",
            bytes: bytes.clone(),
            encoding,
            etag,
        };
        representation.reply(headers.get(IF_NONE_MATCH))
    }
}

impl Frame {
    fn publish(&self, revision: u64, services: Vec<Service>) -> serde_json::Result<Published> {
        let stamp = Stamp {
            epoch: self.epoch.clone(),
            revision,
        };
        let document: Document<Value> = Document {
            name: self.name.clone(),
            stamp: Some(stamp.clone()),
            ttl: self.ttl,
            events: Some(self.events.to_owned()),
            config: None,
            services: Rc::new(services),
        };
        let document = document
            .to_wire()
            .ok_or_else(|| serde::ser::Error::custom("the document has no stamp"))?;
        let json = serde_json::to_vec(&Whole {
            document,
            config: &self.config,
        })?;
        let etag = entity_tag(&stamp, "");
        Ok(Published {
            stamp,
            json: json.into(),
            etag,
            gzip: OnceCell::new(),
        })
    }
}

impl Published {
    /// Where it stands in the history of the registry.
    pub(crate) const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// The document on one line.
    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    fn gzip(&self) -> &(Bytes, ETag) {
        self.gzip
            .get_or_init(|| (gzip(&self.json), entity_tag(&self.stamp, ".gz")))
    }
}

fn entity_tag(stamp: &Stamp, encoding: &str) -> ETag {
    let (registry, boot) = (stamp.epoch.registry(), stamp.epoch.boot());
    ETag::read(&format!(
        "\"{registry}.{boot}.{}{encoding}\"",
        stamp.revision
    ))
    .unwrap_or_else(|| unreachable!("a registry's id and numbers make a tag"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::StatusCode;
    use hyper::body::Body;
    use hyper::header::{CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderName, HeaderValue, VARY};
    use landfall_protocol::catalog::{HealthClass, Instance};
    use landfall_protocol::url::BaseUrl;

    fn service(name: &str, health: HealthClass) -> Service {
        let url = BaseUrl::parse("http://127.0.0.1:8000").unwrap();
        let instances = vec![Instance {
            url,
            weight: 100,
            health,
        }];
        Service {
            name: Name::parse(name).unwrap(),
            title: None,
            instances,
            endpoints: Vec::new(),
        }
    }

    fn catalog(services: Vec<Service>) -> Catalog {
        let mut config = Map::new();
        config.insert("THEME".to_owned(), Value::from("dark"));
        let epoch = Epoch::new("abc", 3).unwrap();
        let frame = Frame {
            name: Name::parse("workshop").ok(),
            epoch,
            ttl: 30,
            events: "/events",
            config,
        };
        Catalog::new(frame, services).unwrap()
    }

    fn reply(catalog: &Catalog, fields: &[(HeaderName, &str)]) -> Reply {
        let field = |(name, value): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_str(value).unwrap())
        };
        catalog.reply(&fields.iter().map(field).collect())
    }

    fn field<'r>(reply: &'r Reply, name: &HeaderName) -> &'r str {
        reply
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn the_revision_moves_with_the_document_and_with_nothing_else() {
        let catalog = catalog(vec![service("a", HealthClass::Healthy)]);
        let revision = || catalog.current().stamp.revision;
        assert!(
            catalog
                .update(vec![service("a", HealthClass::Healthy)])
                .unwrap()
                .is_none()
        );
        assert_eq!(revision(), 1);
        assert!(
            catalog
                .update(vec![service("a", HealthClass::Degraded)])
                .unwrap()
                .is_some()
        );
        assert_eq!(revision(), 2);
        catalog.update(vec![]).unwrap();
        assert_eq!(revision(), 3);
    }

    #[test]
    fn the_protocol_reads_what_is_published() {
        let catalog = catalog(vec![service("a", HealthClass::Healthy)]);
        let value: Value = serde_json::from_slice(catalog.current().json()).unwrap();
        assert_eq!(value["config"]["THEME"], "dark");
        let document = Document::from_json(&value).unwrap();
        assert_eq!(document.stamp.as_ref(), Some(catalog.current().stamp()));
        assert_eq!(*document.services, [service("a", HealthClass::Healthy)]);
    }

    #[test]
    fn each_encoding_has_its_own_tag_and_both_are_revalidated() {
        let catalog = catalog(vec![service("a", HealthClass::Healthy)]);
        let (plain, packed) = (
            reply(&catalog, &[]),
            reply(&catalog, &[(ACCEPT_ENCODING, "gzip")]),
        );
        assert_eq!(
            (
                field(&plain, &CONTENT_ENCODING),
                field(&packed, &CONTENT_ENCODING)
            ),
            ("", "gzip")
        );
        assert_ne!(field(&plain, &ETAG), field(&packed, &ETAG));
        let again = reply(&catalog, &[(IF_NONE_MATCH, field(&plain, &ETAG))]);
        assert_eq!(
            (again.status(), again.body().size_hint().exact()),
            (StatusCode::NOT_MODIFIED, Some(0))
        );
        assert_eq!(field(&again, &ETAG), field(&plain, &ETAG));
        assert_eq!(
            (field(&again, &VARY), field(&again, &CACHE_CONTROL)),
            ("Accept-Encoding", "no-cache")
        );
        let packed_again = [
            (ACCEPT_ENCODING, "gzip"),
            (IF_NONE_MATCH, field(&packed, &ETAG)),
        ];
        assert_eq!(
            reply(&catalog, &packed_again).status(),
            StatusCode::NOT_MODIFIED
        );
        catalog.update(vec![]).unwrap();
        assert_eq!(
            reply(&catalog, &[(IF_NONE_MATCH, field(&plain, &ETAG))]).status(),
            StatusCode::OK
        );
    }
}
