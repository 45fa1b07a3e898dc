//! What a change of the snapshot means to those who listen.

use crate::reason::Reason;
use crate::snapshot::View;
use std::collections::BTreeSet;

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
pub(super) fn relocations(old: &View, new: &View) -> Vec<Event> {
    let moved = |(name, service): (&String, &crate::snapshot::ViewService)| {
        let (from, to) = (old.services.get(name)?.url.clone()?, service.url.clone()?);
        (from != to).then(|| Event::ServiceRelocated {
            service: name.clone(),
            from,
            to,
        })
    };
    new.services.iter().filter_map(moved).collect()
}

/// Which methods of endpoints came or went, if any.
pub(super) fn endpoint_changes(old: &View, new: &View) -> Option<Event> {
    let (before, after) = (methods(old), methods(new));
    let added: Vec<_> = after.difference(&before).cloned().collect();
    let removed: Vec<_> = before.difference(&after).cloned().collect();
    (!added.is_empty() || !removed.is_empty()).then_some(Event::EndpointsChanged { added, removed })
}

fn methods(view: &View) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for endpoint in &view.endpoints {
        let Some(service) = &endpoint.service else {
            continue;
        };
        for method in endpoint.methods.keys() {
            let mut text =
                String::with_capacity(method.len() + service.len() + endpoint.path.len() + 1);
            text.push_str(method);
            text.push(' ');
            text.push_str(service);
            text.push_str(&endpoint.path);
            all.insert(text);
        }
    }
    all
}
