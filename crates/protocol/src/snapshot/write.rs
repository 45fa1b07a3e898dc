//! A snapshot as JSON: what the page sees, a cache keeps and one tab tells another.

use super::names::{Named, names};
use super::shown::{Endpoints, Shown};
use super::{Snapshot, View};
use crate::catalog::{Instance, Service};
use crate::endpoint::Contradiction;
use crate::id::Epoch;
use crate::json::Json;
use crate::name::Name;

impl<J: Json> Snapshot<J> {
    /// The whole as JSON; an empty `config` where there are no values.
    #[must_use]
    pub fn to_json(&self) -> J {
        let mut json: J = self.view.to_json();
        json.set("config", self.config.clone().unwrap_or_else(J::object));
        json
    }
}

impl View {
    /// Everything but the config values as JSON.
    #[must_use]
    pub fn to_json<J: Json>(&self) -> J {
        let mut json = J::object();
        json.set("status", J::of_text(self.status));
        json.set("source", J::of_optional_text(self.source));
        json.set("code", J::of_text(self.code));
        json.set("subject", J::of_optional_text(self.subject.as_deref()));
        json.set("origin", J::of_optional_text(self.origin.as_deref()));
        json.set("rung", J::of_optional_text(self.rung));
        write_stamp(&mut json, self.epoch.as_ref(), self.revision);
        json.set("baseUrl", J::of_text(&self.base_url));
        json.set("wsBaseUrl", J::of_text(&self.ws_base_url));
        let mut services = J::object();
        for it in self.services.iter() {
            services.set(it.name.as_str(), service(it));
        }
        json.set("services", services);
        let endpoints = Endpoints::of(self);
        let mut list = J::array();
        for it in &endpoints.shown {
            list.push(endpoint(it));
        }
        json.set("endpoints", list);
        let mut map = J::object();
        for it in names(&endpoints) {
            map.set(&it.name, target(&it, &endpoints.shown));
        }
        json.set("names", map);
        json
    }
}

/// Writes the members that [`stamp`](super::stamp) reads.
pub fn write_stamp<J: Json>(json: &mut J, known: Option<&Epoch>, revision: Option<u64>) {
    json.set("epoch", known.map_or_else(J::null, epoch));
    json.set("revision", revision.map_or_else(J::null, J::of_count));
}

fn epoch<J: Json>(epoch: &Epoch) -> J {
    let mut json = J::object();
    json.set("registry", J::of_text(epoch.registry()));
    json.set("boot", J::of_count(epoch.boot()));
    json
}

fn service<J: Json>(service: &Service) -> J {
    let best = service.best_instance();
    let mut instances = J::array();
    for it in &service.instances {
        instances.push(instance(it));
    }
    let mut json = J::object();
    json.set("name", J::of_text(service.name.as_str()));
    json.set(
        "title",
        J::of_optional_text(service.title.as_ref().map(Name::as_str)),
    );
    json.set("url", J::of_optional_text(best.map(|it| it.url.as_str())));
    json.set("instances", instances);
    json
}

fn instance<J: Json>(instance: &Instance) -> J {
    let mut json = J::object();
    json.set("url", J::of_text(instance.url.as_str()));
    json.set("weight", J::of_count(instance.weight.into()));
    json.set("health", J::of_text(instance.health.as_str()));
    json
}

fn endpoint<J: Json>(shown: &Shown<'_>) -> J {
    let mut methods = J::object();
    for (method, evidence) in &shown.methods {
        methods.set(method.as_str(), J::of_text(evidence.as_str()));
    }
    let mut operations = J::object();
    for (method, name) in shown.operations {
        operations.set(method.as_str(), J::of_text(name.as_str()));
    }
    let mut contradictions = J::array();
    for it in shown.contradictions {
        contradictions.push(contradiction(it));
    }
    let mut json = J::object();
    json.set(
        "service",
        J::of_optional_text(shown.service.map(|it| it.name.as_str())),
    );
    json.set("name", J::of_text(shown.name.as_str()));
    json.set("path", J::of_text(shown.path.as_str()));
    json.set("protocol", J::of_text(shown.protocol.as_str()));
    json.set("methods", methods);
    json.set("operations", operations);
    json.set("contradictions", contradictions);
    json
}

fn contradiction<J: Json>(contradiction: &Contradiction) -> J {
    let mut json = J::object();
    json.set("method", J::of_text(contradiction.method.as_str()));
    json.set("claimed", J::of_text(contradiction.claimed.as_str()));
    json.set("denied", J::of_text(contradiction.denied.as_str()));
    json
}

/// What a name means: `{endpoint, method}`, or the `choices` where it is ambiguous.
fn target<J: Json>(named: &Named<'_>, shown: &[Shown<'_>]) -> J {
    let mut json = J::object();
    if let [only] = named.meanings.as_slice() {
        json.set("endpoint", J::of_count(only.endpoint as u64));
        if let Some(method) = only.method {
            json.set("method", J::of_text(method.as_str()));
        }
        return json;
    }
    let mut choices = J::array();
    for it in &named.meanings {
        let service = shown.get(it.endpoint).and_then(|it| it.service);
        choices.push(J::of_text(&it.qualified(service)));
    }
    json.set("choices", choices);
    json
}

#[cfg(feature = "serde_json")]
impl serde::Serialize for View {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json::<serde_json::Value>().serialize(serializer)
    }
}
