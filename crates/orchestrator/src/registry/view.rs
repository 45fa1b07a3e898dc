//! What the registry looks like from outside: the catalog's services, and the raw health.

use super::instance::CheckedAt;
use super::services::Profile;
use super::{Instance, Registry};
use crate::health::{HealthState, Reason};
use crate::labels::Labels;
use landfall_protocol::catalog::{
    HealthClass, Instance as CatalogInstance, MAX_ALL_ENDPOINTS, MAX_BYTES,
    Service as CatalogService, wire,
};
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What services may take of a catalog, in bytes; the rest is for config values.
const SERVICE_BYTES: usize = MAX_BYTES / 8 * 7;
/// What a service, an instance or an endpoint takes besides its texts, and a method with its evidence.
const PUNCTUATION: usize = 64;

/// The body of `/v1/health`. Written as it is read: what all services did takes more than is to be held twice.
#[derive(Debug, Serialize)]
pub(crate) struct HealthView<'r> {
    /// Milliseconds since 1970.
    now: u64,
    services: Vec<InstanceHealth<'r>>,
}

/// One instance in `/v1/health`.
#[derive(Debug, Serialize)]
struct InstanceHealth<'r> {
    service: &'r str,
    url: &'r str,
    /// How the daemon knows of it.
    source: &'static str,
    class: &'static str,
    /// When it became that, in milliseconds since 1970, to a second.
    class_since: u64,
    /// Why it is not healthy: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'static, str>>,
    /// The status that it answered with, where that is the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    health: Option<u8>,
    checked_at: Option<u64>,
    age_ms: Option<u64>,
    latency_us: Option<u64>,
    history: History<'r>,
}

#[derive(Debug)]
struct History<'r>(Option<&'r HealthState>);

impl Serialize for History<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut history = serializer.serialize_struct("History", 2)?;
        let scores = self.0.map(|it| Series(|| it.scores()));
        let latencies = self.0.map(|it| Series(|| it.latencies_us()));
        match (scores, latencies) {
            (Some(scores), Some(latencies)) => {
                history.serialize_field("health", &scores)?;
                history.serialize_field("latency_us", &latencies)?;
            }
            _ => {
                history.serialize_field("health", &[(); 0])?;
                history.serialize_field("latency_us", &[(); 0])?;
            }
        }
        history.end()
    }
}

/// A list that is made while it is written.
struct Series<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Series<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

impl Registry {
    /// The services as the catalog document has them, with their labels. Each is made when it is its turn: all of them
    /// at once would take more than the registry.
    pub(crate) fn catalog(&self) -> impl Iterator<Item = wire::Service> {
        self.shown().map(|service| wire::Service {
            labels: self.labels(service.name.as_str()),
            ..service.to_wire()
        })
    }

    /// The services as the catalog shows them.
    #[cfg(test)]
    pub(crate) fn catalog_services(&self) -> Vec<CatalogService> {
        self.shown().collect()
    }

    /// The labels of a service: those that it registered, else those of the settings.
    fn labels(&self, name: &str) -> BTreeMap<String, String> {
        let service = self.services.named(name);
        let service = service.and_then(|id| self.services.get(id));
        service.map_or_else(BTreeMap::new, |it| it.profile().labels().to_wire())
    }

    /// The services as the catalog shows them: the daemon itself first.
    fn shown(&self) -> impl Iterator<Item = CatalogService> {
        let names = self.services.iter().map(|(_, service)| {
            let profile = service.profile();
            let title = profile.title.as_ref();
            let title = title.map_or(0, |title| escaped(title.as_str()));
            escaped(service.name()) + title + profile.labels().size() + PUNCTUATION
        });
        let instances = self
            .instances
            .values()
            .map(|it| it.target.as_str().len() + PUNCTUATION);
        let own: usize = self.own.endpoints.iter().map(size).sum();
        let taken: usize = names.chain(instances).sum();
        let mut room = (
            SERVICE_BYTES.saturating_sub(own + taken),
            MAX_ALL_ENDPOINTS - self.own.endpoints.len(),
        );
        let services = self.services.iter().map(move |(_, service)| {
            let instances = service.instances.iter();
            let instances = instances.filter_map(|id| self.instances.get(*id));
            let profile = service.profile();
            CatalogService {
                name: service.catalog_name(),
                title: profile.title.clone(),
                instances: instances.map(catalog_instance).collect(),
                endpoints: fit(&profile.endpoints, &mut room),
            }
        });
        std::iter::once(self.own.clone()).chain(services)
    }

    /// The raw health of all instances.
    pub(crate) fn health(&self, now: Millis, unix_ms: u64) -> HealthView<'_> {
        let own = self.own.instances.iter().map(|instance| InstanceHealth {
            service: self.own.name.as_str(),
            url: instance.url.as_str(),
            source: "daemon",
            class: instance.health.as_str(),
            class_since: unix_ms.saturating_sub(now.0),
            reason: None,
            message: None,
            status: None,
            health: Some(100),
            // That it answers at all is the check.
            checked_at: Some(unix_ms),
            age_ms: Some(0),
            latency_us: None,
            history: History(None),
        });
        let others = self
            .instances
            .values()
            .map(|instance| self.instance_health(instance, now, unix_ms));
        HealthView {
            now: unix_ms,
            services: own.chain(others).collect(),
        }
    }

    fn instance_health<'r>(
        &'r self,
        instance: &'r Instance,
        now: Millis,
        unix_ms: u64,
    ) -> InstanceHealth<'r> {
        let health = &instance.health;
        let reason = instance.reason();
        InstanceHealth {
            service: self.services.name(instance.service),
            url: instance.target.as_str(),
            source: instance.source.as_str(),
            class: health.class().as_str(),
            class_since: unix_ms.saturating_sub(instance.since.age(now).0),
            reason: reason.map(Reason::code),
            message: instance.message(self.periods.deadline),
            status: reason.and_then(Reason::status),
            health: health
                .score()
                .filter(|_| health.class() != HealthClass::Unknown),
            checked_at: instance.checked.map(CheckedAt::unix_ms),
            age_ms: instance.checked.map(|it| (now - it.at).0),
            latency_us: health.latency_us(),
            history: History(Some(health)),
        }
    }

    /// How many services there are by the class of their best instance, the daemon itself among them.
    pub(crate) fn services_by_class(&self) -> [(HealthClass, usize); 4] {
        let best = self.services.iter().map(|(_, service)| {
            let instances = service.instances.iter();
            let classes = instances.filter_map(|id| Some(self.instances.get(*id)?.health.class()));
            classes.max().unwrap_or_default()
        });
        by_class(std::iter::once(HealthClass::Healthy).chain(best))
    }

    /// How many instances there are by their class, the daemon itself among them.
    pub(crate) fn instances_by_class(&self) -> [(HealthClass, usize); 4] {
        let classes = self.instances.values().map(|it| it.health.class());
        by_class(std::iter::once(HealthClass::Healthy).chain(classes))
    }

    /// The daemon's own address.
    pub(crate) fn own_url(&self) -> &BaseUrl {
        // It has exactly one.
        &self.own.instances[0].url
    }

    /// Instances that describe their API themselves: their address, where they were asked, and how it was found.
    pub(crate) fn describing(&self) -> impl Iterator<Item = (&str, BaseUrl, Rung)> {
        let there = self.instances.values().filter(|it| it.is_checked());
        there.filter_map(|it| {
            let (rung, _) = it.description.before?;
            let by_document = matches!(rung, Rung::OpenApi | Rung::ApiCatalog);
            by_document.then(|| (it.target.as_str(), it.origin(), rung))
        })
    }

    /// How many services there are, with the daemon itself.
    pub(crate) fn len(&self) -> usize {
        self.services.len() + 1
    }
}

impl Profile {
    fn labels(&self) -> &Labels {
        let declared = self.declared.as_ref().map(|it| &it.labels);
        declared.filter(|it| !it.is_empty()).unwrap_or(&self.labels)
    }
}

fn by_class(classes: impl Iterator<Item = HealthClass>) -> [(HealthClass, usize); 4] {
    use HealthClass::{Degraded, Healthy, Unhealthy, Unknown};
    let mut counts = [Healthy, Degraded, Unhealthy, Unknown].map(|class| (class, 0));
    for class in classes {
        for (_, count) in counts.iter_mut().filter(|(of, _)| *of == class) {
            *count += 1;
        }
    }
    counts
}

fn catalog_instance(instance: &Instance) -> CatalogInstance {
    CatalogInstance {
        url: instance.target.url(),
        weight: instance.weight,
        health: instance.health.class(),
    }
}

/// The endpoints if there is room for all of them in the document, else none: half a map would look like a whole one.
fn fit(endpoints: &[Endpoint], (bytes, count): &mut (usize, usize)) -> Vec<Endpoint> {
    let size: usize = endpoints.iter().map(size).sum();
    if size > *bytes || endpoints.len() > *count {
        return Vec::new();
    }
    *bytes -= size;
    *count -= endpoints.len();
    endpoints.to_vec()
}

/// How many bytes an endpoint takes in the document at most.
fn size(endpoint: &Endpoint) -> usize {
    let operations: usize = endpoint
        .operations
        .iter()
        .map(|(_, name)| escaped(name.as_str()) + PUNCTUATION)
        .sum();
    let parts = 3 + endpoint.methods().len() + 3 * endpoint.contradictions.len();
    escaped(endpoint.name.as_str())
        + escaped(endpoint.path.as_str())
        + parts * PUNCTUATION
        + operations
}

/// The length of a text in JSON. Names and paths have no control characters.
fn escaped(text: &str) -> usize {
    text.len()
        + text
            .bytes()
            .filter(|byte| matches!(byte, b'"' | b'\\'))
            .count()
}
