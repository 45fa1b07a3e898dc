//! From JSON to a valid catalog, or to the reason why not: what is read is checked in the same step, so that nothing
//! exists that is not valid.

use super::document::{Document, HealthClass, Instance, Service};
use super::{
    DEFAULT_TTL, MAX_ALL_ENDPOINTS, MAX_CONTRADICTIONS, MAX_ENDPOINTS, MAX_INSTANCES, MAX_SERVICES,
    MAX_TTL,
};
use crate::endpoint::{Contradiction, Endpoint, Evidence, Protocol};
use crate::id::{Epoch, Stamp};
use crate::json::{Json, MAX_COUNT, Members, Node};
use crate::method::Method;
use crate::name::Name;
use crate::refused::{Code, Refused, Within};
use crate::template::PathTemplate;
use crate::text::sort;
use crate::url::BaseUrl;
use std::rc::Rc;

impl<J: Json> Document<J> {
    /// Reads a catalog that an origin served.
    ///
    /// # Errors
    /// [`Refused`] with the place and the reason of the first thing that is wrong.
    pub fn from_json(json: &J) -> Result<Self, Refused> {
        let json = json.node();
        if json.required_count("landfall")? != 1 {
            return Err(Refused::new(Code::BadVersion, "").within("landfall"));
        }
        let stamp = Stamp {
            epoch: epoch(json.required_object("epoch")?)?,
            revision: revision(json.required_count("revision")?)?,
        };
        let ttl = match json.optional_count("ttl")? {
            Some(seconds) => lifetime(seconds)?,
            None => DEFAULT_TTL,
        };
        let mut services = Vec::new();
        for json in bounded(json.list("services")?, MAX_SERVICES).within("services")? {
            services.push(with_endpoints(json).within("services")?);
        }
        Ok(Self {
            name: optional(json.optional_text("name")?, Name::parse).within("name")?,
            stamp: Some(stamp),
            ttl,
            events: optional(json.optional_text("events")?, event_path).within("events")?,
            config: json.optional_object("config")?.map(Node::keep),
            services: Rc::new(valid(services)?),
        })
    }
}

/// Reads the run of a registry.
pub(crate) fn epoch<N: Node>(json: N) -> Result<Epoch, Refused> {
    let read = || {
        Epoch::new(
            &json.required_text("registry")?,
            json.required_count("boot")?,
        )
    };
    read().within("epoch")
}

pub(crate) fn revision(number: u64) -> Result<u64, Refused> {
    if number > MAX_COUNT {
        return Err(Refused::new(Code::BadNumber, "").within("revision"));
    }
    Ok(number)
}

fn lifetime(seconds: u64) -> Result<u32, Refused> {
    let seconds = u32::try_from(seconds).ok();
    let valid = seconds.filter(|seconds| (1..=MAX_TTL).contains(seconds));
    valid.ok_or_else(|| Refused::new(Code::BadNumber, "").within("ttl"))
}

pub(super) fn with_endpoints<N: Node>(json: N) -> Result<Service, Refused> {
    let mut service = service(json)?;
    let read = || bounded(json.map("endpoints")?, MAX_ENDPOINTS).within("endpoints");
    for (name, json) in read().within(service.name.as_str())? {
        let endpoint = endpoint(&name, json).within("endpoints");
        service
            .endpoints
            .push(endpoint.within(service.name.as_str())?);
    }
    Ok(service)
}

/// Reads a service without its endpoints.
pub(crate) fn service<N: Node>(json: N) -> Result<Service, Refused> {
    let name = Name::parse(&json.required_text("name")?).within("name")?;
    let read = || {
        let mut instances = Vec::new();
        for json in bounded(json.list("instances")?, MAX_INSTANCES).within("instances")? {
            instances.push(instance(json).within("instances")?);
        }
        let title = json.optional_text("title")?;
        Ok((instances, title.and_then(|title| Name::from_title(&title))))
    };
    let (instances, title) = Within::within(read(), name.as_str())?;
    Ok(Service {
        name,
        title,
        instances,
        endpoints: Vec::new(),
    })
}

fn instance<N: Node>(json: N) -> Result<Instance, Refused> {
    let weight = json.optional_count("weight")?.unwrap_or(100);
    Ok(Instance {
        url: BaseUrl::parse(&json.required_text("url")?).within("url")?,
        weight: u16::try_from(weight)
            .map_err(|_| Refused::new(Code::Malformed, "").within("weight"))?,
        health: optional(json.optional_text("health")?, HealthClass::parse)
            .within("health")?
            .unwrap_or_default(),
    })
}

/// Reads one endpoint.
pub(crate) fn endpoint<N: Node>(name: &str, json: N) -> Result<Endpoint, Refused> {
    let read = || {
        let path = json.required_text("path")?;
        let path = PathTemplate::parse(&path)
            .map_err(|_| Refused::new(Code::BadPath, &path).within("path"))?;
        let protocol = optional(json.optional_text("protocol")?, Protocol::parse);
        let protocol = protocol.within("protocol")?.unwrap_or_default();
        let mut endpoint = Endpoint::new(Name::parse(name)?, path, protocol);
        for (method, evidence) in by_method(json, "methods")? {
            // Each alone: what another party found is taken over as it stands, contradictions included.
            endpoint.set(method, Evidence::parse(&evidence).within("methods")?);
        }
        for (method, operation) in by_method(json, "operations")? {
            let operation = Name::parse(&operation).within("operations")?;
            endpoint.operations.push((method, operation));
        }
        for json in
            bounded(json.list("contradictions")?, MAX_CONTRADICTIONS).within("contradictions")?
        {
            let contradiction = contradiction(json).within("contradictions")?;
            endpoint.contradictions.push(contradiction);
        }
        Ok(endpoint)
    };
    Within::within(read(), name)
}

fn contradiction<N: Node>(json: N) -> Result<Contradiction, Refused> {
    Ok(Contradiction {
        method: method(&json.required_text("method")?)?,
        claimed: Evidence::parse(&json.required_text("claimed")?)?,
        denied: Evidence::parse(&json.required_text("denied")?)?,
    })
}

/// A map from methods to texts.
fn by_method<N: Node>(json: N, key: &'static str) -> Result<Vec<(Method, String)>, Refused> {
    let mut read = Vec::new();
    for (name, json) in json.map(key)? {
        let text = json.text().ok_or_else(|| Refused::new(Code::Malformed, ""));
        read.push((method(&name).within(key)?, text.within(key)?));
    }
    Ok(read)
}

fn method(name: &str) -> Result<Method, Refused> {
    name.parse()
        .map_err(|_| Refused::new(Code::BadMethod, name))
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
        Err(Refused::new(Code::BadUrl, path))
    }
}

/// Reads a text, if there is one.
fn optional<T>(
    text: Option<String>,
    parse: impl Fn(&str) -> Result<T, Refused>,
) -> Result<Option<T>, Refused> {
    text.map(|text| parse(&text)).transpose()
}

/// The same entries, unless they are more than the format allows.
pub(crate) fn bounded<T>(entries: Vec<T>, most: usize) -> Result<Vec<T>, Refused> {
    bound(entries.len(), most)?;
    Ok(entries)
}

fn bound(count: usize, most: usize) -> Result<(), Refused> {
    if count > most {
        return Err(Refused::new(Code::TooMany, ""));
    }
    Ok(())
}

/// The same services, unless they are too many as a whole, or two have one name.
pub(crate) fn valid(services: Vec<Service>) -> Result<Vec<Service>, Refused> {
    bound(services.len(), MAX_SERVICES).within("services")?;
    let mut names = Vec::with_capacity(services.len());
    let mut endpoints = 0;
    for service in &services {
        let name = service.name.as_str();
        bound(service.endpoints.len(), MAX_ENDPOINTS)
            .within(name)
            .within("services")?;
        endpoints += service.endpoints.len();
        names.push((name.to_owned(), 0));
    }
    bound(endpoints, MAX_ALL_ENDPOINTS).within("services")?;
    sort(&mut names);
    for pair in names.windows(2) {
        if let [(name, _), (next, _)] = pair
            && name == next
        {
            let refused = Refused::new(Code::Duplicate, name).within("name");
            return Err(refused.within(name).within("services"));
        }
    }
    Ok(services)
}
