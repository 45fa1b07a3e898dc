//! The reference model: told the truth about everything that was delivered, it says what must be shown.
//!
//! It knows the rules of the resolver (which source is better, what is older, what is expected) and nothing of
//! how it works: no timers, no retries, no ladder. Two things it leaves to the machine and only judges: when a
//! backend counts as lost (there must be a reason to doubt it), and what was put together from single paths (each
//! must have been proven).

mod expectation;
mod proofs;
mod rank;

use crate::document::{Document, Service, Stamp};
use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use crate::schedule::Setup;
use crate::serve::{CATALOG_NAME, TITLE};
use expectation::Expectation;
use landfall_protocol::refused::Code;
use landfall_protocol::snapshot::{Snapshot, View};
use proofs::Proofs;
use rank::{judge_source, judge_stamp};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The longest that a kept value is believed.
const MAX_AGE: u64 = 7 * 24 * 3_600_000;

/// A value with where it was read.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) document: Rc<Document>,
    pub(crate) origin: Option<String>,
    pub(crate) rung: Option<&'static str>,
}

/// What another tab relays: a value, and whether it is live there.
#[derive(Debug, Clone)]
pub(crate) enum Relayed {
    Live(Held),
    Lost(Held),
}

/// A value that the page hands in, with the truth about it.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) json: Shared,
    /// `None` when it is not valid.
    pub(crate) document: Option<Rc<Document>>,
}

/// What the engine finds in the storage, with the truth about it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// A value and its age, or why what is there is none.
    pub(crate) read: Result<(Shared, u64), Code>,
    /// `None` when it is not valid.
    pub(crate) held: Option<Held>,
}

/// What must become of a document that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivered {
    Taken,
    Older,
    NotExpected,
}

#[derive(Debug, Default)]
struct Newest(BTreeMap<&'static str, Stamp>);

impl Newest {
    fn knows_newer(&self, stamp: Stamp) -> bool {
        self.0
            .get(stamp.registry)
            .is_some_and(|newest| stamp.is_older_than(newest))
    }

    fn admits(&mut self, stamp: Option<Stamp>) -> bool {
        let Some(stamp) = stamp else { return true };
        let older = self.knows_newer(stamp);
        if !older {
            self.0.insert(stamp.registry, stamp);
        }
        !older
    }
}

#[derive(Debug)]
pub(crate) struct Model {
    setup: Rc<Setup>,
    pub(crate) live: Option<Held>,
    provided: Option<Held>,
    cache: Option<Held>,
    /// Whether the page is tied to the origin that is live, rather than told of it by another tab.
    pub(crate) linked: bool,
    /// Whether the cache is what was live in this visit.
    lost: bool,
    newest_live: Newest,
    newest_provided: Newest,
    looked: Vec<Shared>,
    /// How many reasons there are to doubt that the backend is still there, since its last good word.
    doubts: u32,
    pub(crate) proofs: Proofs,
    pub(crate) started: bool,
    pub(crate) settled: bool,
    /// Whether something that the page handed in was older than what it had handed in before.
    pub(crate) dropped_provided: bool,
    /// Whether a backend was known by its health alone.
    pub(crate) by_health: bool,
    /// Whether the record of an earlier visit had to be refused, or no longer is the last that was known.
    pub(crate) refused_record: bool,
    /// Whether what must be shown may have changed since it was last compared in full.
    dirty: bool,
}

impl Model {
    pub(crate) fn new(setup: &Rc<Setup>) -> Self {
        Self {
            setup: Rc::clone(setup),
            live: None,
            provided: None,
            cache: None,
            linked: false,
            lost: false,
            newest_live: Newest::default(),
            newest_provided: Newest::default(),
            looked: Vec::new(),
            doubts: 0,
            proofs: Proofs::default(),
            started: false,
            settled: false,
            dropped_provided: false,
            by_health: false,
            refused_record: false,
            dirty: true,
        }
    }

    pub(crate) fn start(&mut self, kept: Option<&Kept>) {
        self.started = true;
        let Some(kept) = kept else { return };
        let held = kept.held.clone().filter(|held| {
            let believed = kept.read.as_ref().is_ok_and(|(_, age)| *age <= MAX_AGE);
            believed && (!self.setup.expect_title || held.document.has_title(TITLE))
        });
        self.refused_record = held.is_none();
        self.cache = held;
        self.dirty = true;
    }

    /// A valid document was delivered by a candidate that was asked for it, or by the open stream.
    pub(crate) fn deliver(
        &mut self,
        document: &Rc<Document>,
        origin: &str,
        rung: &'static str,
    ) -> Delivered {
        if !self.expects(document, rung) {
            self.doubt(origin);
            self.proofs.pass_over(origin);
            return Delivered::NotExpected;
        }
        if !self.newest_live.admits(document.stamp) {
            return Delivered::Older;
        }
        self.doubts = 0;
        self.dirty = true;
        self.lost = false;
        self.linked = true;
        self.live = Some(Held {
            document: Rc::clone(document),
            origin: Some(origin.to_owned()),
            rung: Some(rung),
        });
        Delivered::Taken
    }

    /// Another tab tells what is, or was, live; `false` when it is older than what is known here.
    pub(crate) fn relay(&mut self, relayed: &Relayed) -> bool {
        let (Relayed::Live(held) | Relayed::Lost(held)) = relayed;
        let lost = matches!(relayed, Relayed::Lost(_));
        let newer = self.newest_live.admits(held.document.stamp);
        if newer {
            self.doubts = 0;
            self.lost = false;
            self.linked = false;
            self.live = Some(held.clone());
        }
        if lost && self.live.is_some() {
            self.lose();
        }
        self.dirty = true;
        newer
    }

    /// Whether something newer of the registry of `held` was live here.
    pub(crate) fn knows_newer(&self, held: &Held) -> bool {
        let stamp = held.document.stamp;
        stamp.is_some_and(|it| self.newest_live.knows_newer(it))
    }

    /// The newest that was live of a registry here or, as it was told, in another tab.
    pub(crate) fn newest(&self, registry: &str) -> Option<Stamp> {
        self.newest_live.0.get(registry).copied()
    }

    /// Another tab knows this stamp. Whether what is live here is older: a reason to doubt it.
    pub(crate) fn learn(&mut self, stamp: Stamp) -> bool {
        self.newest_live.admits(Some(stamp));
        let outdated = self.live.as_ref().is_some_and(|it| self.knows_newer(it));
        self.doubts += u32::from(outdated);
        outdated
    }

    /// What was live and is lost.
    pub(crate) fn lost_value(&self) -> Option<&Held> {
        self.cache.as_ref().filter(|_| self.lost)
    }

    pub(crate) fn lose(&mut self) {
        self.cache = self.live.take();
        self.linked = false;
        self.lost = true;
        self.dirty = true;
    }

    /// Whether a document is who the page expects, and of any use to it.
    pub(crate) fn expects(&self, document: &Document, rung: &str) -> bool {
        // Single paths were asked for one by one.
        let useful = matches!(rung, "catalog" | "endpoints")
            || self.setup.wishes.is_empty()
            || document
                .services
                .iter()
                .any(|it| Document::fulfilled(it, &self.setup.wishes) > 0);
        useful
            && (!self.setup.expect_catalog || document.name == Some(CATALOG_NAME))
            && (!self.setup.expect_title || document.has_title(TITLE))
    }

    /// Something went wrong with a candidate.
    pub(crate) fn doubt(&mut self, origin: &str) {
        if self
            .live
            .as_ref()
            .is_some_and(|live| live.origin.as_deref() == Some(origin))
        {
            self.doubts += 1;
        }
    }

    /// The page-local sources, best first.
    pub(crate) fn look(&mut self, values: &[Given]) {
        let json: Vec<Shared> = values.iter().map(|it| it.json.clone()).collect();
        if json == self.looked {
            return;
        }
        self.looked = json;
        if let Some(valid) = values.iter().find(|it| it.document.is_some()) {
            self.provide(valid);
        }
    }

    /// The page hands in a value.
    pub(crate) fn provide(&mut self, value: &Given) {
        let Some(document) = &value.document else {
            return;
        };
        if !self.newest_provided.admits(document.stamp) {
            self.dropped_provided = true;
            return;
        }
        self.dirty = true;
        self.provided = Some(Held {
            document: Rc::clone(document),
            origin: None,
            rung: None,
        });
    }

    fn best(&self) -> (&'static str, Option<&Held>) {
        let sources = [
            ("live", &self.live),
            ("provided", &self.provided),
            ("cache", &self.cache),
        ];
        sources
            .into_iter()
            .find_map(|(source, held)| Some((source, Some(held.as_ref()?))))
            .unwrap_or(("fallback", None))
    }

    /// Judges what is shown after a step. `published`: whether it was published in this step.
    pub(crate) fn judge(
        &mut self,
        late: bool,
        shown: Option<&Snapshot<Shared>>,
        published: bool,
    ) -> Checked {
        let due = self.started && (late || self.best().1.is_some());
        let Some(shown) = shown else {
            return ensure(!due, Invariant::SettlesOnceByDeadline, || {
                "nothing is shown, although it is time or there is a value".to_owned()
            });
        };
        self.follow(&shown.view, due)?;
        self.settled = true;
        let lost = self.lost;
        let (source, held) = self.best();
        judge_source(source, &shown.view)?;
        judge_stamp(held.and_then(|it| it.document.stamp), &shown.view)?;
        if published || self.dirty {
            Expectation {
                setup: &self.setup,
                source,
                held,
                lost,
            }
            .judge(shown)?;
            self.dirty = false;
        }
        Ok(())
    }

    /// Who has nothing of what is wanted was passed over before it is taken, unless the page is tied to it already.
    fn judge_health(&self, document: &Document, origin: &str) -> Checked {
        let wanted = |it: &Service| Document::fulfilled(it, &self.setup.wishes) > 0;
        let is_tied = |it: &Held| it.origin.as_deref() == Some(origin);
        ensure(
            self.setup.wishes.is_empty()
                || document.services.iter().any(wanted)
                || self.live.as_ref().is_some_and(is_tied)
                || self.proofs.was_passed_over(origin),
            Invariant::WantedBeforeHealth,
            || format!("{origin}, which has only its health, is taken at once"),
        )
    }

    /// What the machine alone decides: a loss, and what single paths amount to.
    fn follow(&mut self, view: &View, due: bool) -> Checked {
        let shows_live = view.source == Some("live");
        if shows_live && view.rung == Some("endpoints") {
            let origin = view.origin.as_deref().unwrap_or_default();
            let same = |held: &Held| {
                held.origin.as_deref() == Some(origin)
                    && held.rung == Some("endpoints")
                    && proofs::describes(&held.document, view)
            };
            if !self.live.as_ref().is_some_and(same) {
                let document = self.proofs.justify(origin, view)?;
                self.judge_health(&document, origin)?;
                self.by_health |= proofs::is_only_healthy(&document);
                let delivered = self.deliver(&Rc::new(document), origin, "endpoints");
                ensure(
                    delivered == Delivered::Taken,
                    Invariant::ValueAsDelivered,
                    || format!("single paths of {origin} are shown that nobody expects"),
                )?;
            }
        }
        if let Some(live) = &self.live
            && !shows_live
        {
            ensure(self.doubts > 0, Invariant::NoWorseSource, || {
                format!(
                    "{:?} is shown while {:?} is live and nothing speaks against it",
                    view.source, live.origin
                )
            })?;
            self.lose();
        }
        ensure(
            due || self.settled || self.live.is_some(),
            Invariant::SettlesOnceByDeadline,
            || {
                format!(
                    "settled with {:?} before the deadline and without a value",
                    view.source
                )
            },
        )
    }
}
