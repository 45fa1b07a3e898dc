//! What a catalog means: services, where they run, and their endpoints. A value of these types is valid.

use super::wire;
use crate::endpoint::Endpoint;
use crate::id::Stamp;
use crate::name::Name;
use crate::refused::{Code, Refused};
use crate::url::BaseUrl;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A valid catalog, or what was learned of an origin that has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<J> {
    /// What it calls itself.
    pub name: Option<Name>,
    /// Where it stands in the history of its registry; `None` for what has no registry (an OpenAPI
    /// document, a value provided by the page).
    pub stamp: Option<Stamp>,
    /// How long it is current, in seconds.
    pub ttl: u32,
    /// The path of its event stream, on the origin it was read from.
    pub events: Option<String>,
    /// The config values: an object, passed through untouched.
    pub config: Option<J>,
    /// The services, in the order of the document; shared with the snapshots that show them.
    pub services: Rc<Vec<Service>>,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name, unique in the catalog.
    pub name: Name,
    /// Its title for people.
    pub title: Option<Name>,
    /// Where it runs; may be empty.
    pub instances: Vec<Instance>,
    /// Its endpoints, in the order of their names.
    pub endpoints: Vec<Endpoint>,
}

/// One place where a service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its base URL.
    pub url: BaseUrl,
    /// Its share of the requests among instances of the same health class; 0: only when no other is left.
    pub weight: u16,
    /// How it is.
    pub health: HealthClass,
}

/// How an instance is, from the worst to the best to send a request to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum HealthClass {
    /// It fails its checks.
    Unhealthy,
    /// Nobody knows (yet, or because the checker itself was late).
    #[default]
    Unknown,
    /// It answers, but not always or not well.
    Degraded,
    /// It answers.
    Healthy,
}

impl HealthClass {
    /// Its name in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unhealthy => "unhealthy",
            Self::Unknown => "unknown",
            Self::Degraded => "degraded",
            Self::Healthy => "healthy",
        }
    }

    /// Reads its name.
    ///
    /// # Errors
    /// [`Code::BadHealth`].
    pub fn parse(text: &str) -> Result<Self, Refused> {
        [
            Self::Unhealthy,
            Self::Unknown,
            Self::Degraded,
            Self::Healthy,
        ]
        .into_iter()
        .find(|class| class.as_str() == text)
        .ok_or_else(|| Refused::new(Code::BadHealth, text))
    }
}

impl Service {
    /// The instance to send requests to: the healthiest, among those the one with the most weight,
    /// among those the first.
    #[must_use]
    pub fn best_instance(&self) -> Option<&Instance> {
        // `max_by_key` takes the last of equals.
        self.instances
            .iter()
            .rev()
            .max_by_key(|instance| (instance.health, instance.weight))
    }

    /// Its JSON shape. Labels are the registry's own.
    #[must_use]
    pub fn to_wire(&self) -> wire::Service {
        wire::Service {
            name: self.name.to_string(),
            title: self.title.as_ref().map(Name::to_string),
            labels: BTreeMap::new(),
            instances: self.instances.iter().map(Instance::to_wire).collect(),
            endpoints: self
                .endpoints
                .iter()
                .map(|it| (it.name.to_string(), endpoint_to_wire(it)))
                .collect(),
        }
    }
}

/// Where the service `name` is among `services`, looked for from behind `place`, which becomes its place: services
/// that are asked for in about their own order are found at once, however many there are.
pub(crate) fn find(services: &[Service], place: &mut usize, name: &str) -> Option<usize> {
    let last = *place;
    let onwards = (last + 1..services.len()).chain(0..=last);
    for at in onwards {
        if services.get(at).is_some_and(|it| it.name.as_str() == name) {
            *place = at;
            return Some(at);
        }
    }
    None
}

impl Instance {
    fn to_wire(&self) -> wire::Instance {
        wire::Instance {
            url: self.url.to_string(),
            weight: Some(self.weight),
            health: Some(self.health.as_str().to_owned()),
        }
    }
}

fn endpoint_to_wire(endpoint: &Endpoint) -> wire::Endpoint {
    let text = |text: &'static str| text.to_owned();
    let methods: BTreeMap<_, _> = endpoint
        .methods()
        .iter()
        .map(|(method, evidence)| (text(method.as_str()), text(evidence.as_str())))
        .collect();
    wire::Endpoint {
        path: endpoint.path.as_str().to_owned(),
        protocol: Some(text(endpoint.protocol.as_str())),
        methods,
        operations: endpoint
            .operations
            .iter()
            .map(|(method, name)| (text(method.as_str()), name.to_string()))
            .collect(),
        contradictions: endpoint
            .contradictions
            .iter()
            .map(|it| wire::Contradiction {
                method: text(it.method.as_str()),
                claimed: text(it.claimed.as_str()),
                denied: text(it.denied.as_str()),
            })
            .collect(),
    }
}

impl<J> Document<J> {
    /// A document of `services` that belongs to no registry.
    #[must_use]
    pub fn unstamped(services: Vec<Service>) -> Self {
        Self {
            name: None,
            stamp: None,
            ttl: super::DEFAULT_TTL,
            events: None,
            config: None,
            services: Rc::new(services),
        }
    }

    /// Its JSON shape without `config`; `None` when it has no stamp, since only a registry publishes.
    #[must_use]
    pub fn to_wire(&self) -> Option<wire::Document> {
        let stamp = self.stamp.as_ref()?;
        Some(wire::Document {
            landfall: 1,
            name: self.name.as_ref().map(Name::to_string),
            epoch: wire::Epoch {
                registry: stamp.epoch.registry().to_owned(),
                boot: stamp.epoch.boot(),
            },
            revision: stamp.revision,
            ttl: Some(self.ttl),
            events: self.events.clone(),
            services: self.services.iter().map(Service::to_wire).collect(),
        })
    }
}
