//! Whether the events of a publication say what has changed: worked out from the two snapshots alone.

use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use landfall_protocol::catalog::Service;
use landfall_protocol::resolver::Event;
use landfall_protocol::snapshot::{Snapshot, View};
use std::collections::BTreeSet;

/// Judges the events of the step from `old` (`None`: nothing was published before) to `new`.
pub(crate) fn judge(
    old: Option<&Snapshot<Shared>>,
    new: &Snapshot<Shared>,
    events: &[Event],
) -> Checked {
    let count = |name: &str| events.iter().filter(|it| it.name() == name).count();
    let must = |name: &str, times: usize| {
        ensure(count(name) == times, Invariant::EventsFit, || {
            format!("{name} {times} times is due, told is {events:?}")
        })
    };
    let Some(old) = old else {
        must("config-ready", 1)?;
        must("config-updated", 0)?;
        ensure(
            matches!(events.first(), Some(Event::ConfigReady)),
            Invariant::EventsFit,
            || format!("config-ready does not come first: {events:?}"),
        )?;
        return must(
            "discovery-failed",
            usize::from(new.view.source == Some("fallback")),
        );
    };
    must("config-ready", 0)?;
    let (before, after) = (&old.view, &new.view);
    let lost = before.source == Some("live") && after.source != Some("live");
    must("discovery-failed", usize::from(lost))?;
    let rank = |view: &View| match view.source {
        Some("live") => 3,
        Some("provided") => 2,
        Some("cache") => 1,
        _ => 0,
    };
    let updated = rank(after) > rank(before)
        || old.config != new.config
        || (&before.base_url, &before.ws_base_url) != (&after.base_url, &after.ws_base_url)
        || before.services != after.services;
    must("config-updated", usize::from(updated))?;
    if before.services.is_empty() || after.services.is_empty() {
        must("service-relocated", 0)?;
        return must("endpoints-changed", 0);
    }
    judge_relocations(before, after, events)?;
    judge_endpoints(before, after, events)
}

fn judge_relocations(before: &View, after: &View, events: &[Event]) -> Checked {
    let mut moved = BTreeSet::new();
    for service in after.services.iter() {
        let old = before.services.iter().find(|it| it.name == service.name);
        let from = old.and_then(Service::best_instance);
        if let (Some(from), Some(to)) = (from, service.best_instance())
            && from.url != to.url
        {
            moved.insert((service.name.as_str(), from.url.as_str(), to.url.as_str()));
        }
    }
    let told: BTreeSet<_> = events
        .iter()
        .filter_map(|it| match it {
            Event::ServiceRelocated { service, from, to } => {
                Some((service.as_str(), from.as_str(), to.as_str()))
            }
            _ => None,
        })
        .collect();
    ensure(moved == told, Invariant::EventsFit, || {
        format!("moved are {moved:?}, told is {told:?}")
    })
}

fn judge_endpoints(before: &View, after: &View, events: &[Event]) -> Checked {
    let methods = |view: &View| -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for shown in view.endpoints() {
            if let Some(service) = shown.service {
                let place = |(method, _)| format!("{method} {}{}", service.name, shown.path);
                all.extend(shown.methods.iter().copied().map(place));
            }
        }
        all
    };
    let (before, after) = (methods(before), methods(after));
    let came: Vec<_> = after.difference(&before).cloned().collect();
    let went: Vec<_> = before.difference(&after).cloned().collect();
    let told = events.iter().find_map(|it| match it {
        Event::EndpointsChanged { added, removed } => Some((added.clone(), removed.clone())),
        _ => None,
    });
    let must = (!came.is_empty() || !went.is_empty()).then_some((came, went));
    ensure(told == must, Invariant::EventsFit, || {
        format!("methods that came and went are {must:?}, told is {told:?}")
    })
}
