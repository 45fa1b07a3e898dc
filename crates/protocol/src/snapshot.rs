//! The read model: what a page reads, what a cache keeps, what one tab tells another.

use crate::catalog::{self, Document, wire};
use crate::id::{Epoch, Stamp};
use crate::json::Json;
use crate::probe::Rung;
use crate::refused::{Code, Refused};
use crate::url::BaseUrl;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What holds now.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot<J> {
    /// Everything but the config values.
    pub view: View,
    /// The config values: an object, untouched.
    pub config: Option<J>,
}

/// A snapshot without its config values, in the JSON shape that the page sees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// `pending`, `provided`, `cached`, `fallback`, `live` or `stale`.
    pub status: &'static str,
    /// `live`, `provided`, `cache` or `fallback`; `None` while pending.
    pub source: Option<&'static str>,
    /// The code of the reason, see [`crate::reason::Reason`].
    pub code: &'static str,
    /// What the reason is about: an origin.
    pub subject: Option<String>,
    /// The origin that the value was read from.
    pub origin: Option<String>,
    /// How it was found there, see [`Rung`].
    pub rung: Option<&'static str>,
    /// Which run of which registry.
    pub epoch: Option<wire::Epoch>,
    /// Its revision in that run.
    pub revision: Option<u64>,
    /// Where requests go.
    pub base_url: String,
    /// Where WebSockets go.
    pub ws_base_url: String,
    /// The services by name.
    pub services: BTreeMap<String, ViewService>,
    /// All endpoints.
    pub endpoints: Vec<ViewEndpoint>,
    /// What each name means.
    pub names: BTreeMap<String, Target>,
}

/// One service of a [`View`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewService {
    /// Its name.
    pub name: String,
    /// Its title.
    #[serde(default)]
    pub title: Option<String>,
    /// The URL of its best instance.
    #[serde(default)]
    pub url: Option<String>,
    /// Its instances.
    pub instances: Vec<wire::Instance>,
}

/// One endpoint of a [`View`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewEndpoint {
    /// Its service; `None` for an endpoint that the page only hopes for.
    #[serde(default)]
    pub service: Option<String>,
    /// Its name: the declared one, or its path template.
    pub name: String,
    /// Its path template.
    pub path: String,
    /// What it speaks.
    pub protocol: String,
    /// Method to evidence.
    pub methods: BTreeMap<String, String>,
    /// Method to operation name.
    #[serde(default)]
    pub operations: BTreeMap<String, String>,
    /// Methods that some evidence names and other evidence denies.
    #[serde(default)]
    pub contradictions: Vec<wire::Contradiction>,
}

/// What a name means: one endpoint, perhaps with one method, or several that it cannot choose between.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Its place in [`View::endpoints`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<u32>,
    /// The method that the name stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<&'static str>,
    /// The names to choose from, when the name is ambiguous.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What is read back of a snapshot that was kept.
#[derive(Deserialize)]
struct Kept {
    origin: Option<String>,
    rung: Option<String>,
    epoch: Option<wire::Epoch>,
    revision: Option<u64>,
    services: BTreeMap<String, ViewService>,
    endpoints: Vec<ViewEndpoint>,
}

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
    let kept = json.read::<Kept>()?;
    let mut services: Vec<wire::Service> = Vec::with_capacity(kept.services.len());
    for it in kept.services.into_values() {
        services.push(wire::Service {
            name: it.name,
            title: it.title,
            instances: it.instances,
            endpoints: BTreeMap::new(),
        });
    }
    for it in kept.endpoints {
        let Some(name) = it.service else { continue };
        let service = services.iter_mut().find(|service| service.name == name);
        let service =
            service.ok_or_else(|| Refused::new(Code::Malformed, &name).within("endpoints"))?;
        let endpoint = wire::Endpoint {
            path: it.path,
            protocol: Some(it.protocol),
            methods: it.methods,
            operations: it.operations,
            contradictions: it.contradictions,
        };
        service.endpoints.insert(it.name, endpoint);
    }
    let config = json.get("config");
    if config.as_ref().is_some_and(|config| !config.is_object()) {
        return Err(Refused::new(Code::Malformed, "").within("config"));
    }
    let stamp = match (kept.epoch, kept.revision) {
        (Some(epoch), Some(revision)) => Some(Stamp {
            epoch: Epoch::new(&epoch.registry, epoch.boot)?,
            revision,
        }),
        _ => None,
    };
    Ok(Restored {
        document: Document {
            stamp,
            config,
            ..Document::unstamped(catalog::services_from_wire(&services)?)
        },
        origin: kept.origin.as_deref().map(BaseUrl::parse).transpose()?,
        rung: kept.rung.as_deref().and_then(Rung::parse),
    })
}
