//! What each source holds, and which of them is the best.

use super::bases::has_any_wanted;
use super::options::Expect;
use crate::catalog::Document;
use crate::endpoint::Wanted;
use crate::id::Stamp;
use crate::json::{Json, Members, Node};
use crate::probe::{Found, Rung};
use crate::reason::Reason;
use crate::refused::{Code, Refused};
use crate::snapshot::{self, Restored};
use crate::time::Millis;
use crate::url::BaseUrl;

/// The sources of a value, from the worst to the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// What the page set for the case that nothing is known.
    Fallback,
    /// The last known good value.
    Cache,
    /// Handed in by the page.
    Provided,
    /// Read from a discovered origin, by poll or stream.
    Live,
}

impl Source {
    /// Its name in snapshots.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fallback => "fallback",
            Self::Cache => "cache",
            Self::Provided => "provided",
            Self::Live => "live",
        }
    }
}

/// The longest that a kept value is believed.
const MAX_AGE: Millis = Millis(7 * 24 * 3_600_000);

/// A value with where and when it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Held<J> {
    pub(super) document: Document<J>,
    pub(super) origin: Option<BaseUrl>,
    pub(super) rung: Option<Rung>,
    pub(super) since: Millis,
    /// How old it was then.
    pub(super) age: Millis,
}

pub(super) struct Holdings<J> {
    live: Option<Held<J>>,
    pub(super) provided: Option<Held<J>>,
    cache: Option<Held<J>>,
    /// Where and why the backend was lost, if the cache holds what was live in this visit.
    pub(super) lost: Option<(Option<BaseUrl>, Reason)>,
    newest_live: Newest,
    newest_provided: Newest,
    /// The reason that the leading tab gives.
    pub(super) relayed: Option<(Reason, Option<String>)>,
}

/// The newest stamp that one source gave, of each of its last registries: an old revision stays old although
/// something else came in between.
struct Newest(Vec<Stamp>);

/// How many registries are remembered.
const REGISTRIES: usize = 8;

impl Newest {
    /// Remembers a stamp; `false` when a newer one of its registry is known. That registry comes last from now on.
    fn admit(&mut self, stamp: Option<&Stamp>) -> bool {
        let Some(stamp) = stamp else { return true };
        let registry = |it: &Stamp| it.epoch.registry() == stamp.epoch.registry();
        let known = self.0.iter().position(registry);
        let mut newest = stamp.clone();
        if known.is_some() || self.0.len() == REGISTRIES {
            let before = self.0.remove(known.unwrap_or_default());
            if newest.is_older_than(&before) {
                newest = before;
            }
        }
        let is_new = newest == *stamp;
        self.0.push(newest);
        is_new
    }
}

/// What became of a value that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is another value than before.
    Changed,
    /// It is the value that is already held.
    Same,
}

impl<J: Json> Holdings<J> {
    pub(super) const fn new() -> Self {
        Self {
            live: None,
            provided: None,
            cache: None,
            lost: None,
            newest_live: Newest(Vec::new()),
            newest_provided: Newest(Vec::new()),
            relayed: None,
        }
    }

    /// The best value there is, and its source.
    pub(super) fn best(&self) -> Option<(Source, &Held<J>)> {
        let slots = [
            (Source::Live, &self.live),
            (Source::Provided, &self.provided),
            (Source::Cache, &self.cache),
        ];
        slots
            .into_iter()
            .find_map(|(source, held)| Some((source, held.as_ref()?)))
    }

    pub(super) const fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// The stamp of the live value.
    pub(super) fn live_stamp(&self) -> Option<&Stamp> {
        self.live.as_ref()?.document.stamp.as_ref()
    }

    /// Takes a value that an origin serves.
    ///
    /// # Errors
    /// [`Reason::Older`]: within one source an older revision is dropped.
    pub(super) fn take_live(&mut self, held: Held<J>) -> Result<Taken, Reason> {
        if !self.newest_live.admit(held.document.stamp.as_ref()) {
            return Err(Reason::Older);
        }
        let same = self.live.as_ref().is_some_and(|live| {
            live.document == held.document && live.origin == held.origin && live.rung == held.rung
        });
        self.live = Some(held);
        self.lost = None;
        Ok(if same { Taken::Same } else { Taken::Changed })
    }

    /// The newest that is known of the registry that was spoken of last.
    pub(super) fn newest(&self) -> Option<&Stamp> {
        self.newest_live.0.last()
    }

    /// Another tab has seen this. Says whether what is live here is older.
    pub(super) fn learn(&mut self, stamp: &Stamp) -> bool {
        self.newest_live.admit(Some(stamp));
        self.is_outdated()
    }

    /// Whether something newer than what is live is known to have been live in some tab.
    pub(super) fn is_outdated(&self) -> bool {
        let newer = |it: &Stamp| {
            self.newest_live
                .0
                .iter()
                .any(|known| it.is_older_than(known))
        };
        self.live_stamp().is_some_and(newer)
    }

    /// The backend is lost: its value ranks as cache until it is live again.
    pub(super) fn lose_live(&mut self, origin: Option<BaseUrl>, reason: Reason) {
        if let Some(held) = self.live.take() {
            self.cache = Some(held);
            self.lost = Some((origin, reason));
        }
    }

    /// Where the live value was read, for a tab that takes over.
    pub(super) fn live_place(&self) -> Option<(BaseUrl, Rung)> {
        let live = self.live.as_ref()?;
        live.origin.clone().zip(live.rung)
    }

    /// Takes what the leading tab has, with the source it has there.
    ///
    /// # Errors
    /// [`Refused`] when it is not valid, or older than what is already known.
    pub(super) fn take_relayed(&mut self, json: &J, now: Millis) -> Result<Taken, Refused> {
        let said = json.node();
        let status = said.required_text("status")?;
        let reason = Reason::parse(&said.required_text("code")?);
        let subject = said.optional_text("subject")?;
        let Restored {
            document,
            origin,
            rung,
        } = snapshot::restore(json)?;
        let held = Held {
            document,
            origin: origin.clone(),
            rung,
            since: now,
            age: Millis::ZERO,
        };
        let was_live = self.is_live();
        let taken = self.take_live(held);
        if status != "live" {
            self.relayed = reason.map(|reason| (reason, subject));
            // Lost is lost, also where something newer was known than what the leader had.
            self.lose_live(origin, reason.unwrap_or(Reason::Deadline));
        }
        if was_live != self.is_live() {
            return Ok(Taken::Changed);
        }
        taken.map_err(|_| Refused::new(Code::Older, ""))
    }

    /// Takes a value that the page hands in: a catalog, or an object of config values.
    ///
    /// # Errors
    /// [`Refused`] when it is neither, or an older revision of what was provided before.
    pub(super) fn take_provided(&mut self, json: &J, now: Millis) -> Result<Taken, Refused> {
        let document = if json.node().get("landfall").is_some() {
            Document::from_json(json)?
        } else if json.node().is_object() {
            Document {
                config: Some(json.clone()),
                ..Document::unstamped(Vec::new())
            }
        } else {
            return Err(Refused::new(Code::Malformed, ""));
        };
        if self
            .provided
            .as_ref()
            .is_some_and(|before| before.document == document)
        {
            return Ok(Taken::Same);
        }
        if !self.newest_provided.admit(document.stamp.as_ref()) {
            return Err(Refused::new(Code::Older, ""));
        }
        self.provided = Some(Held {
            document,
            origin: None,
            rung: None,
            since: now,
            age: Millis::ZERO,
        });
        Ok(Taken::Changed)
    }

    /// Takes a value kept from an earlier visit; gives the origin and rung that worked then.
    ///
    /// # Errors
    /// [`Refused`] when it is not valid or too old.
    pub(super) fn take_cached(
        &mut self,
        json: &J,
        age: Millis,
        expect: &Expect,
        now: Millis,
    ) -> Result<Option<(BaseUrl, Rung)>, Refused> {
        if age > MAX_AGE {
            return Err(Refused::new(Code::TooOld, ""));
        }
        let Restored {
            document,
            origin,
            rung,
        } = snapshot::restore(json)?;
        if !is_expected_title(&document, expect) {
            return Err(Refused::new(Code::NotExpected, ""));
        }
        let place = origin.clone().zip(rung);
        self.cache = Some(Held {
            document,
            origin,
            rung,
            since: now,
            age,
        });
        Ok(place)
    }
}

/// Whether what was found is who the page expects, and of any use to it.
pub(super) fn is_expected<J>(found: &Found<J>, expect: &Expect, wanted: &[Wanted]) -> bool {
    let name = |expected: &crate::name::Name| found.document.name.as_ref() == Some(expected);
    // A catalog speaks for many services, and single paths were asked for one by one.
    let useful = matches!(found.rung, Rung::Catalog | Rung::Endpoints) || is_useful(found, wanted);
    expect.catalog.as_ref().is_none_or(name) && is_expected_title(&found.document, expect) && useful
}

/// Whether something was found that the page wants.
pub(super) fn is_useful<J>(found: &Found<J>, wanted: &[Wanted]) -> bool {
    wanted.is_empty() || has_any_wanted(&found.document.services, wanted)
}

fn is_expected_title<J>(document: &Document<J>, expect: &Expect) -> bool {
    expect.title.as_ref().is_none_or(|title| {
        document
            .services
            .iter()
            .any(|it| it.title.as_ref() == Some(title))
    })
}
