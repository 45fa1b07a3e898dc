//! The JSON shapes of the catalog document, as a registry writes it. It is read by [`super::Document::from_json`].

use serde::Serialize;
use std::collections::BTreeMap;

/// A whole catalog. `config` is absent here: it is any JSON, read with [`crate::json::Node::get`] and
/// passed through untouched.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// The version of the format: 1.
    pub landfall: u32,
    /// What the catalog calls itself; a page may expect it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which run of which registry.
    pub epoch: Epoch,
    /// How many changes since that run began.
    pub revision: u64,
    /// How long it is current, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
    /// Where its changes are streamed as server-sent events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<String>,
    /// The services.
    pub services: Vec<Service>,
}

/// See [`crate::id::Epoch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Epoch {
    /// The id of the registry.
    pub registry: String,
    /// How often it has started.
    pub boot: u64,
}

/// One service.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Service {
    /// Its name, unique in the catalog.
    pub name: String,
    /// Its title for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Short texts by which a part of the catalog is chosen. Readers may ignore them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Where it runs.
    pub instances: Vec<Instance>,
    /// Its endpoints by name.
    pub endpoints: BTreeMap<String, Endpoint>,
}

/// One place where a service runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// Its base URL.
    pub url: String,
    /// Its share of the requests, 0 to 65,535; 100 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Its health class; `unknown` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// Its path template.
    pub path: String,
    /// What it speaks; `http` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    /// Method to evidence.
    pub methods: BTreeMap<String, String>,
    /// Method to a name for the path with that method.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub operations: BTreeMap<String, String>,
    /// Methods that some evidence names and other evidence denies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contradictions: Vec<Contradiction>,
}

/// See [`crate::endpoint::Contradiction`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// The method.
    pub method: String,
    /// What names it.
    pub claimed: String,
    /// What leaves it out.
    pub denied: String,
}
