//! What a snapshot must say in full, worked out from the truth about the value that must be shown.

use super::Held;
use crate::document::{Document, Service};
use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use crate::schedule::Setup;
use crate::world::origin_of;
use landfall_protocol::endpoint::Evidence;
use landfall_protocol::snapshot::{Shown, Snapshot, View};
use std::collections::BTreeMap;

/// The address that the simulated pages fall back to.
pub(crate) const FALLBACK: &str = "http://localhost:8010";

/// The codes that say what stands in the way. The first two are no reasons for a loss.
const BARRIERS: [&str; 14] = [
    "no-candidates",
    "deadline",
    "nobody-listening",
    "not-found",
    "permission",
    "mixed-content",
    "timed-out",
    "unreadable",
    "server-error",
    "redirected",
    "too-large",
    "malformed",
    "older",
    "not-expected",
];

pub(super) struct Expectation<'a> {
    pub(super) setup: &'a Setup,
    pub(super) source: &'static str,
    pub(super) held: Option<&'a Held>,
    pub(super) lost: bool,
}

fn differs(what: &str, shown: impl std::fmt::Debug, must: impl std::fmt::Debug) -> String {
    format!("{what} {shown:?} is shown where {must:?} must be")
}

fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    what: &str,
    shown: &A,
    must: &B,
) -> Checked {
    ensure(shown == must, Invariant::ValueAsDelivered, || {
        differs(what, shown, must)
    })
}

impl Expectation<'_> {
    pub(super) fn judge(&self, shown: &Snapshot<Shared>) -> Checked {
        let view = &shown.view;
        self.judge_status(view)?;
        same(
            "origin",
            &view.origin.as_deref(),
            &self.held.and_then(|it| it.origin.as_deref()),
        )?;
        same("rung", &view.rung, &self.held.and_then(|it| it.rung))?;
        let document = self.held.map(|it| &*it.document);
        let config = document.and_then(|it| it.config.as_ref());
        let empty = |config: &Shared| config.0.as_object().is_some_and(serde_json::Map::is_empty);
        same(
            "config",
            &shown.config.as_ref().filter(|it| !empty(it)),
            &config.filter(|it| !empty(it)),
        )?;
        let base = document.map_or_else(|| FALLBACK.to_owned(), |it| self.base(it));
        same("base URL", &view.base_url, &base)?;
        let websocket = base.replacen("http", "ws", 1);
        same("base URL for WebSockets", &view.ws_base_url, &websocket)?;
        let none: &[Service] = &[];
        let services = document.map_or(none, |it| &it.services);
        judge_services(services, view)?;
        judge_endpoints(services, view)
    }

    fn judge_status(&self, view: &View) -> Checked {
        let status = match self.source {
            "cache" if self.lost => "stale",
            "cache" => "cached",
            other => other,
        };
        same("status", &view.status, &status)?;
        let barred = matches!(status, "stale" | "fallback");
        let fits = match status {
            "stale" => BARRIERS[2..].contains(&view.code),
            "fallback" => BARRIERS.contains(&view.code),
            _ => view.code == status,
        };
        ensure(fits, Invariant::ValueAsDelivered, || {
            format!("the reason of {status} is said to be {}", view.code)
        })?;
        let subject = view.subject.as_deref();
        let known = subject.is_none_or(|it| self.setup.origins.iter().any(|one| one.url == it));
        ensure(
            known && (barred || subject.is_none()),
            Invariant::ValueAsDelivered,
            || format!("the reason of {status} is said to be about {subject:?}"),
        )
    }

    /// The service named in the options; else the one with most of the wanted endpoints (of equals the first by
    /// name); else what the config
    /// says; else the only one beside the registry itself; else the fallback.
    fn base(&self, document: &Document) -> String {
        let services = &document.services;
        if let Some(name) = self.setup.service {
            let named = services.iter().find(|it| it.name == name);
            return named.map_or_else(|| FALLBACK.to_owned(), |it| it.url.clone());
        }
        let mut most: Option<(usize, &Service)> = None;
        for service in services {
            let score = Document::fulfilled(service, &self.setup.wishes);
            let better = most.map_or(score > 0, |(best, other)| {
                score > best || score == best && service.name < other.name
            });
            if better {
                most = Some((score, service));
            }
        }
        if let Some((_, service)) = most {
            return service.url.clone();
        }
        if let Some(base) = &document.api_base {
            return base.clone();
        }
        let own = self.held.and_then(|it| it.origin.as_deref()).map(origin_of);
        let others: Vec<&Service> = services
            .iter()
            .filter(|it| services.len() == 1 || Some(origin_of(&it.url)) != own)
            .collect();
        match others.as_slice() {
            [only] => only.url.clone(),
            _ => FALLBACK.to_owned(),
        }
    }
}

fn judge_services(services: &[Service], view: &View) -> Checked {
    let shown: BTreeMap<&str, Option<&str>> = view
        .services
        .iter()
        .map(|it| {
            (
                it.name.as_str(),
                it.best_instance().map(|it| it.url.as_str()),
            )
        })
        .collect();
    let must: BTreeMap<&str, Option<&str>> = services
        .iter()
        .map(|it| (it.name.as_str(), Some(it.url.as_str())))
        .collect();
    same("services", &shown, &must)
}

/// The methods of an endpoint without those that only the page declares, by name.
pub(super) fn seen_methods(shown: &Shown<'_>) -> Vec<&'static str> {
    let seen = shown.methods.iter();
    let seen = seen.filter(|(_, evidence)| *evidence != Evidence::Declared);
    let mut names: Vec<_> = seen.map(|(method, _)| method.as_str()).collect();
    names.sort_unstable();
    names
}

/// Every endpoint with its methods; what the page itself declares is no part of a document.
fn judge_endpoints(services: &[Service], view: &View) -> Checked {
    let mut count = 0;
    for shown in view.endpoints() {
        let Some(service) = shown.service else {
            continue;
        };
        count += 1;
        let path = shown.path.as_str();
        let route = services
            .iter()
            .find(|it| it.name == service.name.as_str())
            .and_then(|it| it.routes.iter().find(|route| route.path == path));
        let fits = route.is_some_and(|route| seen_methods(&shown) == route.methods);
        ensure(fits, Invariant::ValueAsDelivered, || {
            differs("endpoint", &shown, route)
        })?;
    }
    let must: usize = services.iter().map(|it| it.routes.len()).sum();
    same("number of endpoints", &count, &must)
}
