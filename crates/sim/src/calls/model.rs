//! What is true of a session so far: circuits, what each call was asked to leave alone, and what the registry is to hear.

use super::draw::Request;
use landfall_protocol::catalog::{HealthClass, Instance};
use landfall_protocol::method::Method;
use landfall_protocol::snapshot::View;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// So many failures in a row, or among the latest 32 outcomes, open a circuit.
const IN_A_ROW: u32 = 3;
const OF_THE_LATEST: u32 = 16;
/// The shortest and the longest time that it stays open, and that its one try may take.
pub(super) const OPEN: (u64, u64) = (500, 30_000);
pub(super) const TRY: u64 = 30_000;
/// As many instances are remembered; then the oldest makes room for a new one.
const REMEMBERED: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Circuit {
    /// With the latest outcomes, a failure a 1.
    Closed(u32),
    /// Since when, and from when at the earliest somebody may try.
    Open(u64, u64),
    /// Since when it is being tried.
    Trying(u64),
}

/// One call, as far as it got.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) service: &'static str,
    /// `None`: a connection.
    pub(super) request: Option<Request>,
    /// Where it is.
    pub(super) at: Option<String>,
    pub(super) sent: u32,
    /// Tries that ended, whether anything was sent or not.
    pub(super) tries: u32,
    /// Where it was without success.
    pub(super) failed_at: BTreeSet<String>,
    /// Who asked to be left alone, and until when; `""`: all of them.
    pub(super) spared: BTreeMap<String, u64>,
    pub(super) over: bool,
}

impl Call {
    pub(super) fn may_be_sent_again(&self) -> bool {
        self.request.is_none_or(|it| {
            let idempotent = !matches!(it.method, Method::Post | Method::Patch);
            idempotent && it.replayable
        })
    }

    pub(super) fn left(&self, now: u64) -> u64 {
        self.request
            .map_or(u64::MAX, |it| it.deadline.saturating_sub(now))
    }

    /// `who` asks to be left alone until then; `""`: for all of them.
    pub(super) fn spare(&mut self, now: u64, who: String, until: u64) {
        if !who.is_empty() && self.last_asked() <= now {
            self.spared.retain(|who, _| who.is_empty());
        }
        self.spared.insert(who, until);
    }

    /// Until when the last one of those that asked for themselves is left alone.
    fn last_asked(&self) -> u64 {
        let asked = self.spared.iter().filter(|(who, _)| !who.is_empty());
        asked.map(|it| *it.1).max().unwrap_or_default()
    }

    /// Until when `url` may be left alone: while several have asked, the last one counts for all of them.
    pub(super) fn last_spared(&self, url: &str) -> u64 {
        let with_others = self.spared.contains_key(url).then(|| self.last_asked());
        self.spared_until(url).max(with_others.unwrap_or_default())
    }

    /// `forgotten` has made room for `new`, and what the call has done there counts for it.
    pub(super) fn forget(&mut self, forgotten: &str, new: &str) {
        if self.failed_at.remove(forgotten) {
            self.failed_at.insert(new.to_owned());
        }
        if let Some(until) = self.spared.remove(forgotten) {
            self.spared.insert(new.to_owned(), until);
        }
        if self.at.as_deref() == Some(forgotten) {
            self.at = Some(new.to_owned());
        }
    }

    pub(super) fn spared_until(&self, url: &str) -> u64 {
        let of = |url| self.spared.get(url).copied().unwrap_or_default();
        of(url).max(of(""))
    }
}

#[derive(Debug, Default)]
pub(super) struct Model {
    circuits: BTreeMap<String, Circuit>,
    /// Answered and failed, since the last report.
    pub(super) tallies: BTreeMap<String, (u32, u32)>,
    pub(super) looked: Option<u64>,
    /// From the oldest to the newest.
    remembered: VecDeque<String>,
}

impl Model {
    pub(super) fn circuit(&self, url: &str) -> Circuit {
        self.circuits
            .get(url)
            .copied()
            .unwrap_or(Circuit::Closed(0))
    }

    /// Whether the circuit of `url` bars requests for certain.
    pub(super) fn bars(&self, url: &str, now: u64) -> bool {
        match self.circuit(url) {
            Circuit::Closed(_) => false,
            Circuit::Open(_, until) => now < until,
            Circuit::Trying(since) => now < since + TRY,
        }
    }

    /// Whether the circuit of `url` lets requests pass for certain.
    pub(super) fn passes(&self, url: &str, now: u64) -> bool {
        match self.circuit(url) {
            Circuit::Closed(_) => true,
            // While nobody waited for its try, it is open from then on.
            Circuit::Open(since, until) => since == until || since + OPEN.1 <= now,
            Circuit::Trying(since) => since + TRY <= now,
        }
    }

    /// Something is sent. Says which instance is forgotten for it.
    pub(super) fn sent(&mut self, now: u64, url: &str, request: bool) -> Option<String> {
        if request && !matches!(self.circuit(url), Circuit::Closed(_)) {
            self.circuits.insert(url.to_owned(), Circuit::Trying(now));
        }
        if self.remembered.iter().any(|it| it == url) {
            return None;
        }
        self.remembered.push_back(url.to_owned());
        if self.remembered.len() <= REMEMBERED {
            return None;
        }
        let forgotten = self.remembered.pop_front()?;
        self.circuits.remove(&forgotten);
        self.tallies.remove(&forgotten);
        Some(forgotten)
    }

    /// A try of a request ended; `None`: nobody waited for its end.
    pub(super) fn ended(&mut self, now: u64, url: &str, failed: Option<bool>) {
        let next = match (self.circuit(url), failed) {
            (Circuit::Closed(latest), Some(failed)) => {
                let latest = latest << 1 | u32::from(failed);
                let opens =
                    latest.trailing_ones() >= IN_A_ROW || latest.count_ones() >= OF_THE_LATEST;
                if failed && opens {
                    Circuit::Open(now, now + OPEN.0)
                } else {
                    Circuit::Closed(latest)
                }
            }
            (Circuit::Trying(_), Some(true)) => Circuit::Open(now, now + OPEN.0),
            (Circuit::Trying(_), Some(false)) => Circuit::Closed(0),
            (Circuit::Trying(_), None) => Circuit::Open(now, now),
            (other, _) => other,
        };
        self.circuits.insert(url.to_owned(), next);
    }

    /// What the registry is to hear of it: what contradicts the view.
    pub(super) fn tally(&mut self, url: &str, failed: bool, instances: &[Instance]) {
        let Some(listed) = instances.iter().find(|it| it.url.as_str() == url) else {
            return;
        };
        let (answered, failures) = self.tallies.entry(url.to_owned()).or_default();
        if failed {
            *failures += 1;
        } else if listed.health == HealthClass::Unhealthy {
            *answered += 1;
        }
    }
}

/// The instances that a call may go to; none: where the base URL points.
pub(super) fn instances<'v>(view: &'v View, service: &str) -> &'v [Instance] {
    let at_base = |it: &Instance| it.url.as_str() == view.base_url;
    let mut services = view.services.iter();
    let found = if service.is_empty() {
        services.find(|it| it.instances.iter().any(at_base))
    } else {
        services.find(|it| it.name.as_str() == service)
    };
    found.map_or(&[], |it| &it.instances)
}
