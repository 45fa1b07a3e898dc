//! Drift: what a service had before it started anew, and has no more.
//!
//! What a service says of its endpoints is compared with what it said before. An endpoint, or a method of one, that is
//! missing stays listed until it comes back, until somebody accepts that it is gone, or until the service is forgotten.

use super::Registry;
use super::services::Profile;
use landfall_protocol::endpoint::{Endpoint, Evidence, Protocol};
use landfall_protocol::method::{Method, MethodSet};
use landfall_protocol::name::Name;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use serde::Serialize;
use std::collections::BTreeMap;

/// The most endpoints that are listed for one service; of the others there is the number.
const MAX_MISSING: usize = 64;
/// How many of them the log names.
const LOGGED: usize = 8;

/// What a service lacks.
#[derive(Debug, Default)]
pub(super) struct Drift {
    missing: Vec<Missing>,
    /// How many more there were than are listed.
    omitted: u32,
    /// What it declared before it registered anew, while it is still to be asked what it has.
    before: Vec<Endpoint>,
}

/// An endpoint that is gone, or some of its methods.
#[derive(Debug)]
struct Missing {
    protocol: Protocol,
    path: PathTemplate,
    /// Those that are gone; none where the endpoint had none.
    methods: MethodSet,
    /// Whether nothing is left of the endpoint.
    whole: bool,
    since: Millis,
}

/// The body of `/v1/drift`.
#[derive(Debug, Serialize)]
pub(crate) struct DriftView<'r> {
    /// Milliseconds since 1970.
    now: u64,
    services: Vec<ServiceDrift<'r>>,
}

/// One service in `/v1/drift`.
#[derive(Debug, Serialize)]
struct ServiceDrift<'r> {
    service: &'r str,
    missing: Vec<MissingView<'r>>,
    omitted: u32,
}

#[derive(Debug, Serialize)]
struct MissingView<'r> {
    path: &'r str,
    protocol: &'static str,
    methods: Vec<&'static str>,
    whole: bool,
    /// For how long it has been missing.
    age_ms: u64,
}

/// What has changed by what a service said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Learned {
    /// What the catalog shows of it.
    pub(super) shown: bool,
    /// What it lacks.
    pub(super) drift: bool,
}

impl Registry {
    /// What services lack.
    pub(crate) fn drift(&self, now: Millis, unix_ms: u64) -> DriftView<'_> {
        let services = self.services.iter().filter_map(|(_, service)| {
            let drift = service.profile().drift.as_ref();
            let drift = drift.filter(|it| it.is_any())?;
            Some(ServiceDrift {
                service: service.name(),
                missing: drift.missing.iter().map(|it| it.view(now)).collect(),
                omitted: drift.omitted,
            })
        });
        DriftView {
            now: unix_ms,
            services: services.collect(),
        }
    }

    /// How many services lack something.
    pub(crate) fn drifted(&self) -> usize {
        let services = self.services.iter();
        let drifts = services.filter_map(|(_, it)| it.profile().drift.as_ref());
        drifts.filter(|it| it.is_any()).count()
    }

    /// What a service lacks is as it should be. False when there is nothing to accept.
    pub(crate) fn accept_drift(&mut self, name: &str) -> bool {
        let service = self.services.named(name);
        let service = service.and_then(|id| self.services.get_mut(id));
        let accepted = service.is_some_and(|it| it.revise(Profile::accept_drift));
        if accepted {
            self.drifts.notify_one();
        }
        accepted
    }
}

impl Profile {
    fn accept_drift(&mut self) -> bool {
        let Some(drift) = self.drift.as_mut().filter(|it| it.is_any()) else {
            return false;
        };
        drift.missing.clear();
        drift.omitted = 0;
        self.drift = self.drift.take().filter(|it| !it.before.is_empty());
        true
    }

    /// Takes what the service says of itself after a start, or when it was asked again. One without a description says
    /// nothing of its endpoints, and so lacks none.
    pub(super) fn learn(
        &mut self,
        title: Option<Name>,
        endpoints: Vec<Endpoint>,
        is_described: bool,
        now: Millis,
    ) -> Learned {
        let (title, endpoints) = self.below_declared(title, endpoints);
        let mut changed = false;
        if is_described {
            let mut drift = self.drift.take().unwrap_or_default();
            let declared = std::mem::take(&mut drift.before);
            changed = drift.compare(self.endpoints.iter().chain(&declared), &endpoints, now);
            self.keep_drift(drift);
        }
        Learned {
            shown: self.set(title, endpoints),
            drift: changed,
        }
    }

    /// The service registered anew: what it declared `before` is compared with what it has now, at once or, when it is
    /// still to be asked for its endpoints, with its answer.
    pub(super) fn redeclared(
        &mut self,
        before: &[Endpoint],
        is_to_be_asked: bool,
        now: Millis,
    ) -> bool {
        let mut drift = self.drift.take().unwrap_or_default();
        let mut changed = false;
        if is_to_be_asked {
            if !before.is_empty() {
                drift.before = before.to_vec();
            }
        } else {
            drift.before.clear();
            changed = drift.compare(before.iter(), &self.endpoints, now);
        }
        self.keep_drift(drift);
        changed
    }

    fn keep_drift(&mut self, drift: Box<Drift>) {
        self.drift = Some(drift).filter(|it| it.is_any() || !it.before.is_empty());
    }

    /// Tells the log what the service lacks.
    pub(super) fn log_drift(&self, service: &str) {
        let Some(drift) = &self.drift else { return };
        let (count, listed) = (
            drift.missing.len() + drift.omitted as usize,
            drift.missing.iter().take(LOGGED),
        );
        let listed: Vec<_> = listed.map(Missing::to_string).collect();
        if count == 0 {
            tracing::info!(service, "drift is over: what was missing is back");
        } else {
            let missing = listed.join(", ");
            tracing::warn!(
                service,
                count,
                missing,
                "drift: what was there before is gone"
            );
        }
    }
}

impl Drift {
    /// Whether anything is missing.
    pub(super) const fn is_any(&self) -> bool {
        !self.missing.is_empty()
    }

    /// Adds what `before` has and `now` has not, and takes off what is back. True when that changes something.
    fn compare<'e>(
        &mut self,
        before: impl Iterator<Item = &'e Endpoint>,
        after: &[Endpoint],
        now: Millis,
    ) -> bool {
        let mut has: BTreeMap<(Protocol, String), MethodSet> = BTreeMap::new();
        for endpoint in after {
            let methods = has
                .entry(key(endpoint.protocol, &endpoint.path))
                .or_default();
            *methods = methods.union(known(endpoint));
        }
        let had = self.missing.len();
        let mut changed = false;
        self.missing.retain_mut(|it| {
            let Some(has) = has.get(&key(it.protocol, &it.path)) else {
                changed |= !it.whole;
                it.whole = true;
                return true;
            };
            let left = it.methods.difference(*has);
            changed |= left != it.methods || it.whole;
            it.methods = left;
            it.whole = false;
            !left.is_empty()
        });
        changed |= had != self.missing.len();
        for endpoint in before {
            changed |= self.miss(
                endpoint,
                has.get(&key(endpoint.protocol, &endpoint.path)),
                now,
            );
        }
        if self.missing.is_empty() {
            self.omitted = 0;
        }
        changed
    }

    /// Lists what of an endpoint is gone, of which there is left what `has`.
    fn miss(&mut self, endpoint: &Endpoint, has: Option<&MethodSet>, now: Millis) -> bool {
        let gone = known(endpoint).difference(has.copied().unwrap_or_default());
        if has.is_some() && gone.is_empty() {
            return false;
        }
        let same = |it: &&mut Missing| {
            it.protocol == endpoint.protocol && it.path.same_shape(&endpoint.path)
        };
        if let Some(listed) = self.missing.iter_mut().find(same) {
            let methods = listed.methods.union(gone);
            let changed = methods != listed.methods;
            listed.methods = methods;
            return changed;
        }
        if self.missing.len() >= MAX_MISSING {
            self.omitted = self.omitted.saturating_add(1);
            return true;
        }
        self.missing.push(Missing {
            protocol: endpoint.protocol,
            path: endpoint.path.clone(),
            methods: gone,
            whole: has.is_none(),
            since: now,
        });
        true
    }
}

impl Missing {
    fn view(&self, now: Millis) -> MissingView<'_> {
        MissingView {
            path: self.path.as_str(),
            protocol: self.protocol.as_str(),
            methods: self.methods.iter().map(Method::as_str).collect(),
            whole: self.whole,
            age_ms: (now - self.since).0,
        }
    }
}

impl std::fmt::Display for Missing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for method in self.methods.iter() {
            write!(out, "{} ", method.as_str())?;
        }
        out.write_str(self.path.as_str())
    }
}

/// The methods that somebody has seen or the service itself names.
fn known(endpoint: &Endpoint) -> MethodSet {
    let methods = endpoint.methods().iter();
    let known = methods.filter(|(_, evidence)| *evidence > Evidence::Declared);
    known.map(|(method, _)| *method).collect()
}

/// What two endpoints at the same place have in common, whatever they call their variables.
fn key(protocol: Protocol, path: &PathTemplate) -> (Protocol, String) {
    let mut shape = String::with_capacity(path.as_str().len());
    let mut is_name = false;
    for c in path.as_str().chars() {
        is_name &= c != '}';
        if !is_name {
            shape.push(c);
        }
        is_name |= c == '{';
    }
    (protocol, shape)
}
