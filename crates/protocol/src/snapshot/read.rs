//! The way back from JSON: a snapshot that was kept or relayed.

use crate::catalog::{self, DEFAULT_TTL, Document, read};
use crate::id::Stamp;
use crate::json::{Json, Members, Node};
use crate::probe::Rung;
use crate::refused::{Code, Refused, Within};
use crate::url::BaseUrl;
use std::rc::Rc;

/// A document that was kept, with the place it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Restored<J> {
    /// The document.
    pub document: Document<J>,
    /// The origin it was read from.
    pub origin: Option<BaseUrl>,
    /// How it was found there.
    pub rung: Option<Rung>,
}

/// Reads a snapshot that was kept or relayed. It is validated like a document from the network, and
/// everything that can be derived is derived anew: what lies in a browser's storage is not trusted.
///
/// # Errors
/// [`Refused`] with the first thing that is wrong.
pub fn restore<J: Json>(json: &J) -> Result<Restored<J>, Refused> {
    let json = json.node();
    let mut services = Vec::new();
    for (_, json) in json
        .required_object("services")?
        .members()
        .unwrap_or_default()
    {
        services.push(read::service(json).within("services")?);
    }
    let mut place = 0;
    let endpoints = json.get("endpoints").and_then(|it| it.elements());
    let malformed = |value: &str| Refused::new(Code::Malformed, value).within("endpoints");
    for json in endpoints.ok_or_else(|| malformed(""))? {
        // An endpoint that the page only hoped for belongs to no service.
        let Some(name) = json.optional_text("service")? else {
            continue;
        };
        let service = catalog::find(&services, &mut place, &name);
        let service = service.and_then(|it| services.get_mut(it));
        let service = service.ok_or_else(|| malformed(&name))?;
        let name = json.required_text("name")?;
        let endpoint = read::endpoint(&name, json).within("endpoints")?;
        let known = &mut service.endpoints;
        match known.binary_search_by(|it| it.name.cmp(&endpoint.name)) {
            Ok(_) => return Err(malformed(&name)),
            Err(place) => known.insert(place, endpoint),
        }
    }
    let stamp = stamp(json)?;
    let origin = json.optional_text("origin")?;
    let rung = json.optional_text("rung")?;
    Ok(Restored {
        document: Document {
            stamp,
            config: json.optional_object("config")?.map(Node::keep),
            name: None,
            ttl: DEFAULT_TTL,
            events: None,
            services: Rc::new(read::valid(services)?),
        },
        origin: origin.map(|it| BaseUrl::parse(&it)).transpose()?,
        rung: rung.and_then(|it| Rung::parse(&it)),
    })
}

/// The epoch and revision of a snapshot; `None` where it has not both.
///
/// # Errors
/// [`Refused`] with what is wrong with them.
pub fn stamp<N: Node>(json: N) -> Result<Option<Stamp>, Refused> {
    let epoch = json.optional_object("epoch")?;
    Ok(match (epoch, json.optional_count("revision")?) {
        (Some(epoch), Some(revision)) => Some(Stamp {
            epoch: read::epoch(epoch)?,
            revision: read::revision(revision)?,
        }),
        _ => None,
    })
}
