//! `[[services]]`: services that a person wrote down.

use super::addresses::{RequestPath, ServiceUrl};
use super::amounts::Span;
use super::endpoints::EndpointSettings;
use super::names::{NameValue, ServiceName};
use super::terms::CheckTerms;
use crate::labels::Labels;
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use toml::Spanned;

/// The most endpoints of one service, as in the catalog document.
const MAX_ENDPOINTS: usize = 4_096;
/// The most services in a settings file.
const MAX_SERVICES: usize = 4_096;

/// One service.
#[derive(Debug, Clone, PartialEq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSettings {
    name: Spanned<ServiceName>,
    /// Its title for people.
    pub title: Option<NameValue>,
    /// Where it runs.
    pub url: ServiceUrl,
    /// Its share of the requests.
    #[serde(default = "full_weight")]
    pub weight: u16,
    /// What to ask for in a check. With it, only 2xx, 3xx, 401 and 403 count as alive. Short for `check.path`.
    health_path: Option<RequestPath>,
    /// Between two checks, instead of `checks.interval`. Short for `check.interval`.
    interval: Option<Span>,
    #[serde(default)]
    check: CheckTerms,
    /// Short texts by which views of the catalog are chosen.
    #[serde(default)]
    pub labels: Labels,
    #[serde(default)]
    endpoints: BTreeMap<NameValue, EndpointSettings>,
}

const fn full_weight() -> u16 {
    100
}

impl ServiceSettings {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name.get_ref().0
    }

    /// Tells what is written of it from anything else that could be, within one run.
    pub(crate) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }

    /// How it is checked, with what is said beside its name.
    #[must_use]
    pub fn check(&self) -> CheckTerms {
        let check = self.check.clone();
        check.or(self.health_path.as_ref(), self.interval)
    }

    /// What is wrong with how it is checked.
    fn wrong_check(&self) -> Option<String> {
        let twice = |key: &str, short: &str| {
            format!("{short} is the short form of check.{key}: write one of them")
        };
        if self.health_path.is_some() && self.check.path.is_some() {
            return Some(twice("path", "health_path"));
        }
        if self.interval.is_some() && self.check.interval.is_some() {
            return Some(twice("interval", "interval"));
        }
        let together = self.check().check_together(self.url.0.is_loopback());
        together
            .err()
            .map(|(key, reason)| format!("check.{key} of {}: {reason}", self.name()))
    }

    /// Its endpoints, each known from the best evidence there is: somebody wrote it down. When there is none, the
    /// service itself is asked.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Endpoint> {
        let endpoints = self.endpoints.iter();
        endpoints
            .map(|(name, settings)| settings.endpoint(&name.0))
            .collect()
    }
}

/// Checks what one value alone cannot know. An error says at which byte of the file it stands.
pub(super) fn check_together(services: &[ServiceSettings]) -> Result<(), (usize, String)> {
    let (mut names, mut urls) = (BTreeMap::new(), BTreeMap::new());
    for (index, service) in services.iter().enumerate() {
        let wrong = |reason| Err((service.name.span().start, reason));
        if index == MAX_SERVICES {
            return wrong(format!("there are more than {MAX_SERVICES} services"));
        }
        if service.endpoints.len() > MAX_ENDPOINTS {
            return wrong(format!(
                "{} has more than {MAX_ENDPOINTS} endpoints",
                service.name()
            ));
        }
        if let Some(reason) = service.wrong_check() {
            return wrong(reason);
        }
        if names.insert(service.name(), ()).is_some() {
            return wrong(format!(
                "two services are named {}; a name stands for one service",
                service.name()
            ));
        }
        let url = service.url.0.as_str();
        if let Some(other) = urls.insert(url, service.name()) {
            return wrong(format!("{url} is the url of {other} already"));
        }
    }
    Ok(())
}
