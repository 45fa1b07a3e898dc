//! One revision of the catalog as bytes, with the place of each service in them: views and changes are cut out of it.

use super::filter::Filter;
use crate::http::events::event;
use crate::http::variant::Variants;
use bytes::Bytes;
use landfall_protocol::catalog::wire;
use landfall_protocol::id::{Epoch, Stamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::borrow::Borrow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::rc::Rc;

/// Views that are kept of one revision. The one that nobody asked for the longest goes first.
const MAX_VIEWS: usize = 16;
/// From this size on a document is packed while nobody wants it as it is.
pub(crate) const LARGE: usize = 64 * 1_024;

/// What stays the same in all revisions, unless the settings change.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) name: Option<String>,
    pub(crate) epoch: Epoch,
    pub(crate) ttl: u32,
    pub(crate) events: &'static str,
    pub(crate) config: Map<String, Value>,
}

/// What stands before the services.
#[derive(Serialize)]
struct Head<'f> {
    landfall: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'f str>,
    epoch: wire::Epoch,
    revision: u64,
    ttl: u32,
    events: &'f str,
}

/// A document that is being written.
struct Draft {
    json: Vec<u8>,
    /// Where each service stands in it.
    places: Vec<Range<u32>>,
}

/// One revision.
#[derive(Debug)]
pub(crate) struct Published {
    stamp: Stamp,
    variants: Variants,
    /// Where each service stands in the document.
    places: Rc<[Range<u32>]>,
    event: OnceCell<Bytes>,
    views: RefCell<VecDeque<(Filter, Rc<Variants>)>>,
}

/// What a filter looks at.
#[derive(Deserialize)]
struct Listed {
    name: String,
}

#[derive(Deserialize)]
struct Labelled {
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

impl Draft {
    fn add(&mut self, piece: &[u8]) {
        if !self.places.is_empty() {
            self.json.push(b',');
        }
        let start = self.json.len() as u32;
        self.json.extend_from_slice(piece);
        self.places.push(start..self.json.len() as u32);
    }
}

impl Frame {
    /// The document of a revision. `None` when `before` shows the same services, of which nothing is written then: with thousands of them a
    /// document weighs about as much as all that is known of them.
    pub(super) fn publish<S: Borrow<wire::Service>>(
        &self,
        revision: u64,
        services: impl IntoIterator<Item = S>,
        before: Option<&Published>,
    ) -> serde_json::Result<Option<Published>> {
        let stamp = Stamp {
            epoch: self.epoch.clone(),
            revision,
        };
        let known = before.map_or(0, |it| it.places.len());
        let mut draft = None;
        if before.is_none() {
            draft = Some(self.draft(&stamp, None, 0)?);
        }
        let (mut piece, mut count) = (Vec::new(), 0);
        for service in services {
            piece.clear();
            serde_json::to_writer(&mut piece, service.borrow())?;
            let same = before.and_then(|it| it.piece(count));
            if draft.is_none() && same != Some(&piece) {
                draft = Some(self.draft(&stamp, before, count)?);
            }
            if let Some(draft) = &mut draft {
                draft.add(&piece);
            }
            count += 1;
        }
        if draft.is_none() && count < known {
            draft = Some(self.draft(&stamp, before, count)?);
        }
        let Some(Draft { mut json, places }) = draft else {
            return Ok(None);
        };
        self.end(&mut json)?;
        json.shrink_to_fit();
        Ok(Some(Published {
            variants: Variants::new("application/json", json.into(), tag(&stamp)),
            stamp,
            places: places.into(),
            event: OnceCell::new(),
            views: RefCell::default(),
        }))
    }

    /// A document that begins with the first services of the one before.
    fn draft(
        &self,
        stamp: &Stamp,
        before: Option<&Published>,
        first: usize,
    ) -> serde_json::Result<Draft> {
        let (mut json, _) = self.head(stamp)?;
        let mut places = Vec::new();
        if let Some(before) = before {
            json.reserve(before.len());
            places.reserve(before.places.len());
        }
        let mut draft = Draft { json, places };
        let pieces = before.into_iter().flat_map(Published::pieces);
        pieces.take(first).for_each(|piece| draft.add(piece));
        Ok(draft)
    }

    /// The document up to its services, and its length.
    fn head(&self, stamp: &Stamp) -> serde_json::Result<(Vec<u8>, u32)> {
        let mut json = serde_json::to_vec(&Head {
            landfall: 1,
            name: self.name.as_deref(),
            epoch: wire::Epoch {
                registry: stamp.epoch.registry().to_owned(),
                boot: stamp.epoch.boot(),
            },
            revision: stamp.revision,
            ttl: self.ttl,
            events: self.events,
        })?;
        // The object goes on.
        json.pop();
        json.extend_from_slice(b",\"services\":[");
        let length = json.len() as u32;
        Ok((json, length))
    }

    fn end(&self, json: &mut Vec<u8>) -> serde_json::Result<()> {
        json.extend_from_slice(b"],\"config\":");
        serde_json::to_writer(&mut *json, &self.config)?;
        json.push(b'}');
        Ok(())
    }

    fn view(&self, published: &Published, filter: &Filter) -> serde_json::Result<Variants> {
        let (mut json, start) = self.head(&published.stamp)?;
        for piece in published.pieces() {
            let Listed { name } = serde_json::from_slice(piece)?;
            if !filter.names(&name) {
                continue;
            }
            if filter.asks_for_labels() {
                let Labelled { labels } = serde_json::from_slice(piece)?;
                if !filter.has_labels(|key| labels.get(key).cloned()) {
                    continue;
                }
            }
            if json.len() > start as usize {
                json.push(b',');
            }
            json.extend_from_slice(piece);
        }
        self.end(&mut json)?;
        let tag = format!("{}-{:016x}", tag(&published.stamp), filter.digest());
        Ok(Variants::new("application/json", json.into(), tag))
    }
}

impl Published {
    /// Where it stands in the history of the registry.
    pub(crate) const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// The document on one line.
    pub(crate) fn json(&self) -> &Bytes {
        self.variants.plain()
    }

    /// Bytes of the document.
    pub(crate) const fn len(&self) -> usize {
        self.variants.len()
    }

    /// The same revision in less room: the document as it is goes, and what was cut out of it. `None` when it is small, or packed already.
    pub(super) fn packed(&self) -> Option<Self> {
        let is_worth_it = self.len() >= LARGE && !self.variants.is_packed();
        is_worth_it.then(|| Self {
            stamp: self.stamp.clone(),
            variants: self.variants.packed(),
            places: Rc::clone(&self.places),
            event: OnceCell::new(),
            views: RefCell::default(),
        })
    }

    /// Whether somebody wanted the document as it is, or a part of it, since this was asked the last time.
    pub(super) fn was_wanted(&self) -> bool {
        self.variants.was_wanted()
    }

    /// The document in all encodings.
    pub(super) const fn whole(&self) -> &Variants {
        &self.variants
    }

    /// The services, each as JSON, in the order of the document.
    pub(super) fn pieces(&self) -> impl ExactSizeIterator<Item = &[u8]> + DoubleEndedIterator {
        self.places.iter().map(|place| self.at(place))
    }

    fn at(&self, place: &Range<u32>) -> &[u8] {
        &self.json()[place.start as usize..place.end as usize]
    }

    /// In one step: `nth` of a mapped iterator goes through all before it, and this is asked for each service in turn.
    fn piece(&self, at: usize) -> Option<&[u8]> {
        self.places.get(at).map(|place| self.at(place))
    }

    /// The event that tells of it, with its place in history as the id.
    pub(crate) fn event(&self) -> Bytes {
        let made = self
            .event
            .get_or_init(|| event("catalog", Some(&self.stamp), self.json()));
        made.clone()
    }

    /// A part of the document, made for the first who asks for it.
    pub(super) fn view(&self, frame: &Frame, filter: Filter) -> serde_json::Result<Rc<Variants>> {
        // Views go with the document: it stays while they are asked for.
        self.variants.want();
        let mut views = self.views.borrow_mut();
        let known = views.iter().position(|(it, _)| *it == filter);
        let view = match known.and_then(|at| views.remove(at)) {
            Some((_, view)) => view,
            None => Rc::new(frame.view(self, &filter)?),
        };
        views.push_back((filter, Rc::clone(&view)));
        if views.len() > MAX_VIEWS {
            views.pop_front();
        }
        Ok(view)
    }

    /// Bytes that are kept of it: encodings, the event, views.
    pub(crate) fn kept(&self) -> usize {
        let event = self.event.get().map_or(0, Bytes::len);
        let views = self.views.borrow();
        let views: usize = views.iter().map(|(_, view)| view.kept()).sum();
        let places = size_of_val(&*self.places);
        self.variants.kept() + event + views + places
    }
}

/// Its entity tag, without quotes. An id of a registry has no signs that a tag could not have.
fn tag(stamp: &Stamp) -> String {
    let (registry, boot) = (stamp.epoch.registry(), stamp.epoch.boot());
    format!("{registry}.{boot}.{}", stamp.revision)
}
