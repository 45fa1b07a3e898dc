//! From JSON to a valid catalog, or to the reason why not.

use super::document::{Document, HealthClass, Instance, Service};
use super::{
    DEFAULT_TTL, MAX_ALL_ENDPOINTS, MAX_ENDPOINTS, MAX_INSTANCES, MAX_SERVICES, MAX_TTL, wire,
};
use crate::endpoint::{Contradiction, Endpoint, Evidence, Protocol};
use crate::id::{Epoch, MAX_COUNT, Stamp};
use crate::json::Json;
use crate::method::Method;
use crate::name::Name;
use crate::refused::{Code, Refused};
use crate::template::PathTemplate;
use crate::url::BaseUrl;
use std::collections::BTreeSet;

impl<J: Json> Document<J> {
    /// Reads a catalog that an origin served.
    ///
    /// # Errors
    /// [`Refused`] with the place and the reason of the first thing that is wrong.
    pub fn from_json(json: &J) -> Result<Self, Refused> {
        let document = Self::from_wire(&json.read::<wire::Document>()?)?;
        match json.get("config") {
            Some(config) if !config.is_object() => {
                Err(Refused::new(Code::Malformed, "").within("config"))
            }
            config => Ok(Self { config, ..document }),
        }
    }
}

impl<J> Document<J> {
    /// Reads a catalog without its config.
    ///
    /// # Errors
    /// As [`Document::from_json`].
    pub fn from_wire(wire: &wire::Document) -> Result<Self, Refused> {
        if wire.landfall != 1 {
            return Err(Refused::new(Code::BadVersion, "").within("landfall"));
        }
        if wire.revision > MAX_COUNT {
            return Err(Refused::new(Code::BadNumber, "").within("revision"));
        }
        let ttl = wire.ttl.unwrap_or(DEFAULT_TTL);
        if !(1..=MAX_TTL).contains(&ttl) {
            return Err(Refused::new(Code::BadNumber, "").within("ttl"));
        }
        let name = wire
            .name
            .as_deref()
            .map(Name::parse)
            .transpose()
            .map_err(|it| it.within("name"))?;
        let epoch = Epoch::new(&wire.epoch.registry, wire.epoch.boot)?;
        let events = wire.events.as_deref().map(event_path).transpose()?;
        Ok(Self {
            name,
            stamp: Some(Stamp {
                epoch,
                revision: wire.revision,
            }),
            ttl,
            events,
            config: None,
            services: services(&wire.services)?,
        })
    }
}

/// The services of a document.
///
/// # Errors
/// As [`Document::from_json`].
pub fn services(wire: &[wire::Service]) -> Result<Vec<Service>, Refused> {
    bound(wire.len(), MAX_SERVICES).map_err(|it| it.within("services"))?;
    bound(
        wire.iter().map(|it| it.endpoints.len()).sum(),
        MAX_ALL_ENDPOINTS,
    )
    .map_err(|it| it.within("services"))?;
    let mut names = BTreeSet::new();
    let read = |wire: &wire::Service| {
        let service = service(wire).map_err(|it| it.within(&wire.name))?;
        if names.insert(service.name.clone()) {
            Ok(service)
        } else {
            Err(Refused::new(Code::Duplicate, &wire.name).within("name"))
        }
    };
    wire.iter()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|it: Refused| it.within("services"))
}

fn service(wire: &wire::Service) -> Result<Service, Refused> {
    bound(wire.instances.len(), MAX_INSTANCES).map_err(|it| it.within("instances"))?;
    bound(wire.endpoints.len(), MAX_ENDPOINTS).map_err(|it| it.within("endpoints"))?;
    let endpoints = wire
        .endpoints
        .iter()
        .map(|(name, wire)| endpoint(name, wire).map_err(|it| it.within(name)))
        .collect::<Result<_, _>>()
        .map_err(|it| it.within("endpoints"))?;
    Ok(Service {
        name: Name::parse(&wire.name).map_err(|it| it.within("name"))?,
        title: wire.title.as_deref().and_then(Name::from_title),
        instances: wire
            .instances
            .iter()
            .map(instance)
            .collect::<Result<_, _>>()
            .map_err(|it| it.within("instances"))?,
        endpoints,
    })
}

fn instance(wire: &wire::Instance) -> Result<Instance, Refused> {
    Ok(Instance {
        url: BaseUrl::parse(&wire.url).map_err(|it| it.within("url"))?,
        weight: wire.weight.unwrap_or(100),
        health: wire
            .health
            .as_deref()
            .map_or(Ok(HealthClass::Unknown), HealthClass::parse)?,
    })
}

/// Reads one endpoint.
///
/// # Errors
/// As [`Document::from_json`].
fn endpoint(name: &str, wire: &wire::Endpoint) -> Result<Endpoint, Refused> {
    let path = PathTemplate::parse(&wire.path)
        .map_err(|_| Refused::new(Code::BadPath, &wire.path).within("path"))?;
    let protocol = wire
        .protocol
        .as_deref()
        .map_or(Ok(Protocol::Http), Protocol::parse)?;
    let mut endpoint = Endpoint::new(Name::parse(name)?, path, protocol);
    for (name, evidence) in &wire.methods {
        // Each alone: what another party found is taken over as it stands, contradictions included.
        endpoint.set(
            method(name)?,
            Evidence::parse(evidence).map_err(|it| it.within("methods"))?,
        );
    }
    for (name, operation) in &wire.operations {
        let operation = Name::parse(operation).map_err(|it| it.within("operations"))?;
        endpoint.operations.push((method(name)?, operation));
    }
    bound(wire.contradictions.len(), 64).map_err(|it| it.within("contradictions"))?;
    for it in &wire.contradictions {
        let (claimed, denied) = (Evidence::parse(&it.claimed)?, Evidence::parse(&it.denied)?);
        endpoint.contradictions.push(Contradiction {
            method: method(&it.method)?,
            claimed,
            denied,
        });
    }
    Ok(endpoint)
}

fn method(name: &str) -> Result<Method, Refused> {
    name.parse()
        .map_err(|_| Refused::new(Code::BadMethod, name).within("methods"))
}

/// An event stream is on the origin of its catalog, so that a catalog cannot send readers elsewhere.
fn event_path(path: &str) -> Result<String, Refused> {
    let same_origin =
        path.starts_with('/') && !path.starts_with("//") && path.len() <= crate::url::MAX_URL;
    if same_origin
        && !path
            .chars()
            .any(|c| crate::text::is_deceptive(c) || c.is_whitespace() || c == '\\' || c == '#')
    {
        Ok(path.to_owned())
    } else {
        Err(Refused::new(Code::BadUrl, path).within("events"))
    }
}

fn bound(count: usize, most: usize) -> Result<(), Refused> {
    if count > most {
        Err(Refused::new(Code::TooMany, ""))
    } else {
        Ok(())
    }
}
