//! Reads an OpenAPI document (3.0 and 3.1): which paths exist and with which methods.
//!
//! Only what an endpoint map needs is read; schemas, which make most of such a document, are never
//! looked at. Source: OpenAPI Specification 3.1.1, sections 4.8.5 (Server), 4.8.8 (Paths), 4.8.9 (Path Item).

use crate::catalog::read::bounded;
use crate::catalog::{MAX_ENDPOINTS, Service};
use crate::endpoint::{Endpoint, Evidence};
use crate::json::{Json, Members, Node};
use crate::method::Method;
use crate::name::Name;
use crate::refused::{Code, Refused, Within};
use crate::template::PathTemplate;
use crate::url::BaseUrl;

/// The usual place of an OpenAPI document.
pub const PATH: &str = "/openapi.json";
/// The largest document that is read, in bytes.
pub const MAX_BYTES: usize = 8 << 20;

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
    let json = json.node();
    let version = json.required_text("openapi")?;
    if !version.starts_with("3.") {
        return Err(Refused::new(Code::BadVersion, &version).within("openapi"));
    }
    let title = json.required_object("info")?.required_text("title");
    let mut reading = Reading {
        title: Name::from_title(&title.within("info")?),
        url: server_of(json, origin)?,
        endpoints: Vec::new(),
        left_out: 0,
    };
    for (path, item) in bounded(json.map("paths")?, MAX_ENDPOINTS).within("paths")? {
        let operations = operations(item).within(&path).within("paths")?;
        match endpoint(&path, operations) {
            Ok(endpoint) if endpoint.methods().is_empty() => {}
            Ok(endpoint) => reading.endpoints.push(endpoint),
            Err(_) => reading.left_out += 1,
        }
    }
    Ok(reading)
}

/// The fields of a path item that hold its operations.
const OPERATIONS: [(&str, Method); 8] = [
    ("get", Method::Get),
    ("head", Method::Head),
    ("post", Method::Post),
    ("put", Method::Put),
    ("patch", Method::Patch),
    ("delete", Method::Delete),
    ("options", Method::Options),
    ("trace", Method::Trace),
];

/// The methods of a path item, each with its `operationId`.
fn operations<N: Node>(item: N) -> Result<Vec<(Method, Option<String>)>, Refused> {
    if !item.is_object() {
        return Err(Refused::new(Code::Malformed, ""));
    }
    let mut operations = Vec::new();
    for (field, method) in OPERATIONS {
        if let Some(operation) = item.optional_object(field)? {
            operations.push((method, operation.optional_text("operationId")?));
        }
    }
    Ok(operations)
}

fn endpoint(path: &str, operations: Vec<(Method, Option<String>)>) -> Result<Endpoint, Refused> {
    let path = PathTemplate::parse(path).map_err(|_| Refused::new(Code::BadPath, path))?;
    let mut endpoint = Endpoint::unnamed(path)?;
    for (method, id) in operations {
        endpoint.set(method, Evidence::OpenApi);
        if let Some(Ok(id)) = id.as_deref().map(Name::parse) {
            endpoint.operations.push((method, id));
        }
    }
    Ok(endpoint)
}

/// The first server that is on this origin. A document often names its production servers too; the
/// origin that served it is the one that was found.
fn server_of<N: Node>(json: N, origin: &BaseUrl) -> Result<BaseUrl, Refused> {
    let mut found = None;
    for server in json.list("servers")? {
        let url = server.required_text("url").within("servers")?;
        if let Ok(url) = origin.resolve(&url)
            && url.origin() == origin.origin()
        {
            found = found.or(Some(url));
        }
    }
    Ok(found.unwrap_or_else(|| origin.clone()))
}
