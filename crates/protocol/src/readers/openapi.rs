//! Reads an OpenAPI document (3.0 and 3.1): which paths exist and with which methods.
//!
//! Only what an endpoint map needs is read; schemas, which make most of such a document, are never
//! looked at. Source: OpenAPI Specification 3.1.1, sections 4.8.5 (Server), 4.8.8 (Paths), 4.8.9 (Path Item).

use crate::catalog::{MAX_ENDPOINTS, Service};
use crate::endpoint::{Endpoint, Evidence};
use crate::json::Json;
use crate::method::Method;
use crate::name::Name;
use crate::refused::{Code, Refused};
use crate::template::PathTemplate;
use crate::url::BaseUrl;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The usual place of an OpenAPI document.
pub const PATH: &str = "/openapi.json";
/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

/// The part of an OpenAPI document that is read.
#[derive(Debug, Deserialize)]
pub struct OpenApi {
    openapi: String,
    info: Info,
    #[serde(default)]
    servers: Vec<Server>,
    #[serde(default)]
    paths: BTreeMap<String, PathItem>,
}

#[derive(Debug, Deserialize)]
struct Info {
    title: String,
}

#[derive(Debug, Deserialize)]
struct Server {
    url: String,
}

#[derive(Debug, Default, Deserialize)]
struct PathItem {
    get: Option<Operation>,
    head: Option<Operation>,
    post: Option<Operation>,
    put: Option<Operation>,
    patch: Option<Operation>,
    delete: Option<Operation>,
    options: Option<Operation>,
    trace: Option<Operation>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    #[serde(rename = "operationId")]
    operation_id: Option<String>,
}

impl PathItem {
    fn operations(&self) -> impl Iterator<Item = (Method, &Operation)> {
        [
            (Method::Get, &self.get),
            (Method::Head, &self.head),
            (Method::Post, &self.post),
            (Method::Put, &self.put),
            (Method::Patch, &self.patch),
            (Method::Delete, &self.delete),
            (Method::Options, &self.options),
            (Method::Trace, &self.trace),
        ]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
    }
}

/// What an OpenAPI document says of the origin it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// `info.title`.
    pub title: Option<Name>,
    /// The base URL of the paths.
    pub url: BaseUrl,
    /// The endpoints, in the order of their paths.
    pub endpoints: Vec<Endpoint>,
    /// How many path items were left out because their template or name is not valid.
    pub left_out: u32,
}

impl Reading {
    /// The service that this document describes, at this one place.
    #[must_use]
    pub fn into_service(self, name: Name) -> Service {
        let instance = crate::catalog::Instance {
            url: self.url,
            weight: 100,
            health: crate::catalog::HealthClass::Unknown,
        };
        Service {
            name,
            title: self.title,
            instances: vec![instance],
            endpoints: self.endpoints,
        }
    }
}

/// Reads an OpenAPI document that `origin` served.
///
/// # Errors
/// [`Code::Malformed`] when it is not an OpenAPI document, [`Code::BadVersion`] when it is not 3.x,
/// [`Code::TooMany`] when it has more paths than a service may have. A single path that is not valid
/// is left out and counted.
pub fn read<J: Json>(json: &J, origin: &BaseUrl) -> Result<Reading, Refused> {
    from_wire(&json.read::<OpenApi>()?, origin)
}

/// As [`read`], for a host that has read the shape itself.
///
/// # Errors
/// As [`read`].
pub fn from_wire(wire: &OpenApi, origin: &BaseUrl) -> Result<Reading, Refused> {
    if !wire.openapi.starts_with("3.") {
        return Err(Refused::new(Code::BadVersion, &wire.openapi).within("openapi"));
    }
    if wire.paths.len() > MAX_ENDPOINTS {
        return Err(Refused::new(Code::TooMany, "").within("paths"));
    }
    let mut reading = Reading {
        title: Name::from_title(&wire.info.title),
        url: server_of(&wire.servers, origin),
        endpoints: Vec::with_capacity(wire.paths.len()),
        left_out: 0,
    };
    for (path, item) in &wire.paths {
        match endpoint(path, item) {
            Ok(endpoint) if endpoint.methods().is_empty() => {}
            Ok(endpoint) => reading.endpoints.push(endpoint),
            Err(_) => reading.left_out += 1,
        }
    }
    Ok(reading)
}

fn endpoint(path: &str, item: &PathItem) -> Result<Endpoint, Refused> {
    let path = PathTemplate::parse(path).map_err(|_| Refused::new(Code::BadPath, path))?;
    let mut endpoint = Endpoint::unnamed(path)?;
    endpoint.learn(
        Evidence::OpenApi,
        item.operations().map(|(method, _)| method),
    );
    for (method, operation) in item.operations() {
        if let Some(Ok(id)) = operation.operation_id.as_deref().map(Name::parse) {
            endpoint.operations.push((method, id));
        }
    }
    Ok(endpoint)
}

/// The first server that is on this origin. A document often names its production servers too; the
/// origin that served it is the one that was found.
fn server_of(servers: &[Server], origin: &BaseUrl) -> BaseUrl {
    servers
        .iter()
        .filter_map(|server| origin.resolve(&server.url).ok())
        .find(|url| url.origin() == origin.origin())
        .unwrap_or_else(|| origin.clone())
}
