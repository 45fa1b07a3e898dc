//! The publication at the end of every input: what the page sees now, and what that means.

use super::action::Action;
use super::bases::bases;
use super::event::{self, Event};
use super::holdings::Source;
use super::machine::Resolver;
use super::trace::Entry;
use crate::json::Json;
use crate::probe::Rung;
use crate::reason::Reason;
use crate::snapshot::{Snapshot, View};
use crate::time::Millis;
use std::rc::Rc;

impl<J: Json> Resolver<J> {
    /// Settles if it is time, and shows what has changed: at most one publication for each input.
    pub(super) fn publish(&mut self) {
        let late = self.deadline <= self.io.now;
        if late {
            self.deadline = Millis::NEVER;
        }
        if !self.settled && (late || self.holdings.best().is_some()) {
            self.settled = true;
            self.deadline = Millis::NEVER;
            self.changed = true;
        }
        let barrier_moved = self.settled && !self.holdings.is_live() && self.barrier_moved();
        if !self.settled || !(self.changed || barrier_moved) {
            return;
        }
        self.changed = false;
        let snapshot = Rc::new(self.view());
        if self.published.as_ref() == Some(&snapshot) {
            // What the page hands in hides from itself what was found and lost at once, and not from the others.
            if self.holdings.lost.is_some() && self.tabs.is_followed() {
                self.relay();
            }
            return;
        }
        let events = self.events(&snapshot);
        self.trace_publication(&snapshot);
        self.published = Some(Rc::clone(&snapshot));
        self.io.act(Action::Publish {
            snapshot: Rc::clone(&snapshot),
            events,
        });
        if self.tabs.is_followed() {
            self.relay();
        }
        // Kept by the tab that found it, which need not know yet that it leads.
        if self.link.is_some() && snapshot.view.source == Some(Source::Live.as_str()) {
            self.io.act(Action::Store(snapshot));
        }
    }

    /// The reason that a page without a live value sees: of what is held, or of what stands in the way.
    fn reason(&self) -> (Reason, Option<String>) {
        match self.holdings.best() {
            Some((Source::Live, _)) => (Reason::Live, None),
            Some((Source::Provided, _)) => (Reason::Provided, None),
            Some((Source::Cache, _)) if self.holdings.lost.is_none() => (Reason::Cached, None),
            _ if !self.tabs.leads() && self.holdings.relayed.is_some() => self
                .holdings
                .relayed
                .clone()
                .unwrap_or((Reason::Deadline, None)),
            _ => {
                let (reason, origin) = match (self.race.barrier(), &self.holdings.lost) {
                    // The search has begun anew and nothing is known of it yet but how it came to be.
                    ((Reason::Deadline, None), Some((origin, reason))) => {
                        (*reason, origin.as_ref())
                    }
                    (barrier, _) => barrier,
                };
                (reason, origin.map(|it| it.as_str().to_owned()))
            }
        }
    }

    fn barrier_moved(&self) -> bool {
        let (reason, subject) = self.reason();
        self.published
            .as_ref()
            .is_some_and(|it| it.view.code != reason.as_str() || it.view.subject != subject)
    }

    pub(super) fn view(&self) -> Snapshot<J> {
        let best = self.holdings.best();
        let held = best.map(|(_, held)| held);
        let source = best.map_or(Source::Fallback, |(source, _)| source);
        let status = match source {
            Source::Live => "live",
            Source::Provided => "provided",
            Source::Cache if self.holdings.lost.is_some() => "stale",
            Source::Cache => "cached",
            Source::Fallback => "fallback",
        };
        let (reason, subject) = self.reason();
        let document = held.map(|it| &it.document);
        let stamp = document.and_then(|it| it.stamp.as_ref());
        let origin = held.and_then(|it| it.origin.as_ref());
        let (base_url, ws_base_url) = bases(document, origin, &self.options, &self.wanted);
        let view = View {
            status,
            source: Some(source.as_str()),
            code: reason.as_str(),
            subject,
            origin: origin.map(|it| it.as_str().to_owned()),
            rung: held.and_then(|it| it.rung).map(Rung::as_str),
            epoch: stamp.map(|it| it.epoch.clone()),
            revision: stamp.map(|it| it.revision),
            base_url,
            ws_base_url,
            services: document
                .map(|it| Rc::clone(&it.services))
                .unwrap_or_default(),
            wanted: Rc::clone(&self.wanted),
        };
        let config = match document {
            Some(document) => document.config.clone(),
            None => self.options.fallback.config.clone(),
        };
        Snapshot { view, config }
    }

    fn events(&self, new: &Snapshot<J>) -> Vec<Event> {
        let (reason, subject) = self.reason();
        let failed = || Event::DiscoveryFailed { reason, subject };
        let Some(old) = &self.published else {
            let fallback = self.holdings.best().is_none().then(failed);
            let mut events = vec![Event::ConfigReady];
            events.extend(fallback);
            return events;
        };
        let (before, after) = (&old.view, &new.view);
        let mut events = Vec::new();
        if before.source == Some("live") && after.source != Some("live") {
            events.push(failed());
        }
        if is_update(old, new) {
            events.push(Event::ConfigUpdated);
        }
        // A value without services (a fallback, provided config values) says nothing about them.
        if !before.services.is_empty() && !after.services.is_empty() {
            event::relocations(before, after, &mut events);
            event::endpoint_changes(before, after, &mut events);
        }
        events
    }

    fn trace_publication(&mut self, snapshot: &Snapshot<J>) {
        let kind = if self.published.is_none() {
            "settled"
        } else {
            "superseded"
        };
        let same_value = self.published.as_ref().is_some_and(|old| {
            !is_update(old, snapshot) && old.view.status == snapshot.view.status
        });
        if same_value {
            return;
        }
        let mut entry = Entry::new(self.io.now, kind, snapshot.view.code);
        entry.value = Some(snapshot.view.base_url.clone());
        entry.source = snapshot.view.source;
        entry.origin.clone_from(&snapshot.view.origin);
        entry.age = self
            .holdings
            .best()
            .map(|(_, held)| (self.io.now - held.since + held.age).0);
        entry.raced = self.race.origins();
        self.io.trace.push(entry);
    }
}

/// Whether the page reads something else than before, or reads it from a better source.
fn is_update<J: Json>(old: &Snapshot<J>, new: &Snapshot<J>) -> bool {
    let (before, after) = (&old.view, &new.view);
    let rank = |view: &View| {
        [
            Some("fallback"),
            Some("cache"),
            Some("provided"),
            Some("live"),
        ]
        .iter()
        .position(|it| *it == view.source)
    };
    rank(after) > rank(before)
        || old.config != new.config
        || before.base_url != after.base_url
        || before.ws_base_url != after.ws_base_url
        || before.services != after.services
}
