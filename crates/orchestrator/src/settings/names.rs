//! Names, path templates and protocols, as the catalog document allows them.

use landfall_protocol::endpoint::Protocol;
use landfall_protocol::name::Name;
use landfall_protocol::template::PathTemplate;
use serde::Deserialize;
use std::str::FromStr;

/// The name that the daemon has in its own catalog.
pub const OWN_NAME: &str = "landfall";

/// A name as the catalog document allows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct NameValue(pub Name);

impl FromStr for NameValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Name::parse(text)
            .map(Self)
            .map_err(|refused| refused.to_string())
    }
}

/// The name of a service: any but the daemon's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceName(pub Name);

impl FromStr for ServiceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == OWN_NAME {
            return Err(format!(
                "the name {OWN_NAME:?} is the daemon's own in its catalog; choose another one"
            ));
        }
        text.parse::<NameValue>().map(|name| Self(name.0))
    }
}

/// A path template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PathValue(pub(super) PathTemplate);

impl FromStr for PathValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PathTemplate::parse(text)
            .map(Self)
            .map_err(|error| format!("{text:?} is not a path template: {error}"))
    }
}

/// What an endpoint speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ProtocolValue(pub(super) Protocol);

impl FromStr for ProtocolValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Protocol::parse(text)
            .map(Self)
            .map_err(|refused| refused.to_string())
    }
}

from_text!(NameValue, ServiceName, PathValue, ProtocolValue);
