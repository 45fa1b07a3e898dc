//! What a change of the snapshot means to those who listen.

use crate::catalog;
use crate::reason::Reason;
use crate::snapshot::View;
use crate::text::sort;

/// One event. `config-ready` comes first and once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// There is a value: the first one.
    ConfigReady,
    /// The value has changed.
    ConfigUpdated,
    /// A service answers at another place.
    ServiceRelocated {
        /// Which service.
        service: String,
        /// Where it was.
        from: String,
        /// Where it is.
        to: String,
    },
    /// Methods of endpoints came or went; each as `METHOD service/path`.
    EndpointsChanged {
        /// What is new.
        added: Vec<String>,
        /// What is gone.
        removed: Vec<String>,
    },
    /// Nothing was found, or what was found is lost.
    DiscoveryFailed {
        /// The most telling reason.
        reason: Reason,
        /// The origin that the reason is about.
        subject: Option<String>,
    },
}

impl Event {
    /// The name that a page listens to.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ConfigReady => "config-ready",
            Self::ConfigUpdated => "config-updated",
            Self::ServiceRelocated { .. } => "service-relocated",
            Self::EndpointsChanged { .. } => "endpoints-changed",
            Self::DiscoveryFailed { .. } => "discovery-failed",
        }
    }
}

/// Which services of `new` answer at another place than in `old`.
pub(super) fn relocations(old: &View, new: &View, events: &mut Vec<Event>) {
    let mut place = 0;
    for service in new.services.iter() {
        let before = catalog::find(&old.services, &mut place, service.name.as_str());
        let from = before.and_then(|it| old.services.get(it)?.best_instance());
        if let (Some(from), Some(to)) = (from, service.best_instance())
            && from.url != to.url
        {
            events.push(Event::ServiceRelocated {
                service: service.name.as_str().to_owned(),
                from: from.url.as_str().to_owned(),
                to: to.url.as_str().to_owned(),
            });
        }
    }
}

/// Which methods of endpoints came or went, if any.
pub(super) fn endpoint_changes(old: &View, new: &View, events: &mut Vec<Event>) {
    let (before, after) = (methods(old), methods(new));
    let (added, removed) = (without(&after, &before), without(&before, &after));
    if !added.is_empty() || !removed.is_empty() {
        events.push(Event::EndpointsChanged { added, removed });
    }
}

/// What is in one sorted list and not in the other.
fn without(texts: &[(String, usize)], others: &[(String, usize)]) -> Vec<String> {
    let mut left = Vec::new();
    for text in texts {
        if others.binary_search(text).is_err() {
            left.push(text.0.clone());
        }
    }
    left
}

/// Every method of every endpoint of a service, sorted.
fn methods(view: &View) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    for shown in view.endpoints() {
        let Some(service) = shown.service else {
            continue;
        };
        for (method, _) in &shown.methods {
            let mut text = String::from(method.as_str());
            text.push(' ');
            text.push_str(service.name.as_str());
            text.push_str(shown.path.as_str());
            all.push((text, 0));
        }
    }
    sort(&mut all);
    all.dedup();
    all
}
