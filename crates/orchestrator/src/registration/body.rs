//! The JSON of a registration: the shape of a service in the catalog document, and a lease.

use super::{Lease, Registration, RegistrationId, Seat};
use crate::labels::Labels;
use crate::settings::{CheckTerms, EndpointSettings, NameValue, RequestPath, ServiceName, Span};
use landfall_protocol::catalog::{MAX_ENDPOINTS, MAX_INSTANCES};
use landfall_protocol::name::Name;
use landfall_protocol::url::BaseUrl;
use serde::Deserialize;
use serde_json::error::Category;
use std::collections::BTreeMap;

/// What a service sends to register. Everything in it is valid by itself; whether requests may go there is another
/// question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    name: ServiceName,
    title: Option<NameValue>,
    #[serde(default)]
    lease: Lease,
    pub(crate) instances: Vec<InstanceBody>,
    health_path: Option<RequestPath>,
    interval: Option<Span>,
    #[serde(default)]
    check: CheckTerms,
    #[serde(default)]
    endpoints: BTreeMap<NameValue, EndpointSettings>,
    #[serde(default)]
    labels: Labels,
}

/// One place where it runs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstanceBody {
    #[serde(deserialize_with = "base_url")]
    pub(crate) url: BaseUrl,
    #[serde(default = "full_weight")]
    pub(crate) weight: u16,
}

/// Why a body is no registration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadBody {
    /// It is not JSON.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// A field is missing, unknown, or has a value that it cannot have.
    #[error("{field}: {reason}")]
    Field {
        /// Where, such as `instances[0].url`.
        field: String,
        /// What is wrong, and what to write instead.
        reason: String,
    },
}

impl Body {
    /// Reads a body.
    pub(crate) fn read(json: &[u8]) -> Result<Self, BadBody> {
        // Serde would take a list for the fields in their order.
        if json.trim_ascii_start().starts_with(b"[") {
            return Err(bad("the body", "it is a list; write an object".to_owned()));
        }
        let mut reader = serde_json::Deserializer::from_slice(json);
        let body: Self = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let (field, reason) = (error.path().to_string(), error.inner().to_string());
            match error.inner().classify() {
                // `.` is the whole document.
                Category::Data if field == "." => bad("the body", reason),
                Category::Data => bad(&field, reason),
                Category::Io | Category::Syntax | Category::Eof => BadBody::NotJson(reason),
            }
        })?;
        reader
            .end()
            .map_err(|error| BadBody::NotJson(error.to_string()))?;
        body.check_together()?;
        Ok(body)
    }

    /// Checks what one value alone cannot know.
    pub(super) fn check_together(&self) -> Result<(), BadBody> {
        if !(1..=MAX_INSTANCES).contains(&self.instances.len()) {
            let reason = format!("a service has 1 to {MAX_INSTANCES} instances");
            return Err(bad("instances", reason));
        }
        if self.endpoints.len() > MAX_ENDPOINTS {
            let reason = format!("a service has at most {MAX_ENDPOINTS} endpoints");
            return Err(bad("endpoints", reason));
        }
        let said_twice =
            |short: &str| format!("{short} is the short form of it: write one of them");
        if self.health_path.is_some() && self.check.path.is_some() {
            return Err(bad("check.path", said_twice("health_path")));
        }
        if self.interval.is_some() && self.check.interval.is_some() {
            return Err(bad("check.interval", said_twice("interval")));
        }
        let is_loopback = self.instances.iter().all(|it| it.url.is_loopback());
        if let Err((key, reason)) = self.check.check_together(is_loopback) {
            return Err(bad(&format!("check.{key}"), reason));
        }
        for (index, instance) in self.instances.iter().enumerate() {
            if self.instances[..index]
                .iter()
                .any(|it| it.url == instance.url)
            {
                let reason = format!("{} is there twice", instance.url);
                return Err(bad(&format!("instances[{index}].url"), reason));
            }
        }
        Ok(())
    }

    /// The name of the service.
    pub(crate) fn name(&self) -> &Name {
        &self.name.0
    }

    /// Whether certificates must be valid.
    pub(crate) const fn verifies(&self) -> bool {
        self.check.verify
    }

    /// The registration, with its instances where they were located.
    pub(crate) fn registration(
        &self,
        id: RegistrationId,
        order: u64,
        seats: Vec<Seat>,
    ) -> Registration {
        let endpoints = self.endpoints.iter();
        Registration {
            id,
            order,
            name: self.name.0.clone(),
            title: self.title.as_ref().map(|title| title.0.clone()),
            lease: self.lease,
            seats,
            health_path: self.health_path.clone(),
            interval: self.interval,
            check: self.check.clone(),
            endpoints: endpoints
                .map(|(name, settings)| settings.endpoint(&name.0))
                .collect(),
            labels: self.labels.clone(),
        }
    }
}

fn bad(field: &str, reason: String) -> BadBody {
    BadBody::Field {
        field: field.to_owned(),
        reason,
    }
}

const fn full_weight() -> u16 {
    100
}

fn base_url<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BaseUrl, D::Error> {
    let text = String::deserialize(deserializer)?;
    BaseUrl::parse(&text).map_err(|_| {
        serde::de::Error::custom(format_args!(
            "{text:?} is not a base URL: write scheme, host and port, such as \"http://127.0.0.1:8000\""
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = r#"{
        "name": "shop", "title": "The shop", "lease": 60, "health_path": "/health",
        "instances": [{ "url": "http://127.0.0.1:8000", "weight": 50 }, { "url": "http://localhost:8001" }],
        "endpoints": {
            "order": { "path": "/orders/{id}", "methods": ["GET", "PUT"] },
            "updates": { "path": "/ws", "protocol": "websocket" },
            "ticks": { "path": "/ticks", "protocol": "sse", "methods": { "GET": "catalog" } }
        }
    }"#;

    #[test]
    fn a_service_says_where_it_is_and_what_it_has() {
        let body = Body::read(SHOP.as_bytes()).unwrap();
        assert_eq!(body.name().as_str(), "shop");
        assert_eq!(u32::from(body.lease), 60);
        let weights: Vec<_> = body.instances.iter().map(|it| it.weight).collect();
        assert_eq!(weights, [50, 100]);
        let endpoints: Vec<_> = body
            .registration(RegistrationId(1), 0, Vec::new())
            .endpoints
            .iter()
            .map(|it| {
                format!(
                    "{} {} {}",
                    it.name,
                    it.protocol.as_str(),
                    it.methods().len()
                )
            })
            .collect();
        assert_eq!(
            endpoints,
            ["order http 2", "ticks sse 1", "updates websocket 0"]
        );
    }

    #[test]
    fn a_service_of_the_settings_is_said_in_the_same_words_in_a_registration() {
        let text = include_str!("../../landfall.example.toml");
        let settings = crate::settings::Settings::parse(text).unwrap().services;
        let written: toml::Table = toml::from_str(text).unwrap();
        let written = written["services"].as_array().unwrap();
        assert_eq!((written.len(), settings.len()), (2, 2));
        for (written, settings) in written.iter().zip(&settings) {
            let mut body = serde_json::to_value(written).unwrap();
            let members = body.as_object_mut().unwrap();
            let of_instance = ["url", "weight"].into_iter().filter_map(|key| {
                let value = members.remove(key)?;
                Some((key.to_owned(), value))
            });
            let instance: serde_json::Map<_, _> = of_instance.collect();
            members.insert("instances".to_owned(), vec![instance].into());
            let body = Body::read(body.to_string().as_bytes()).unwrap();
            let registered = body.registration(RegistrationId(1), 0, Vec::new());
            assert_eq!(registered.check(), settings.check());
            assert_eq!(registered.endpoints, settings.endpoints());
            assert_eq!(registered.labels, settings.labels);
            assert_eq!(
                registered.title,
                settings.title.as_ref().map(|it| it.0.clone())
            );
            assert_eq!(body.instances[0].weight, settings.weight);
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_field() {
        let of = |members: &str| Body::read(format!("{{{members}}}").as_bytes()).unwrap_err();
        let at = r#""instances":[{"url":"http://127.0.0.1:1"}]"#;
        for (members, field, reason) in [
            (at.to_owned(), "the body", "missing field `name`"),
            (
                format!(r#""name":"landfall",{at}"#),
                "name",
                "the daemon's own",
            ),
            (
                format!(r#""name":"a\u202eb",{at}"#),
                "name",
                "is not a name",
            ),
            (
                format!(r#""name":"a","nmae":1,{at}"#),
                "nmae",
                "unknown field",
            ),
            (
                format!(r#""name":"a","lease":0,{at}"#),
                "lease",
                "from 1 to 86400",
            ),
            (
                format!(r#""name":"a","lease":"30s",{at}"#),
                "lease",
                "invalid type",
            ),
            (
                r#""name":"a","instances":[]"#.to_owned(),
                "instances",
                "1 to 64",
            ),
            (
                r#""name":"a","instances":[{"url":"javascript:alert(1)"}]"#.to_owned(),
                "instances[0].url",
                "is not a base URL",
            ),
            (
                r#""name":"a","instances":[{"url":"http://a"},{"url":"http://a/"}]"#.to_owned(),
                "instances[1].url",
                "is there twice",
            ),
            (
                format!(r#""name":"a",{at},"check":{{"timeout":"2m"}}"#),
                "check.timeout",
                "a minute at most",
            ),
            (
                format!(r#""name":"a",{at},"health_path":"/a","check":{{"path":"/b"}}"#),
                "check.path",
                "the short form",
            ),
            (
                format!(r#""name":"a",{at},"interval":"5s","check":{{"interval":"9s"}}"#),
                "check.interval",
                "the short form",
            ),
            (
                r#""name":"a","instances":[{"url":"https://10.0.0.1"}],"check":{"verify":false}"#
                    .to_owned(),
                "check.verify",
                "on this machine only",
            ),
            (
                format!(r#""name":"a",{at},"labels":{{"a=b":"c"}}"#),
                "labels",
                "is not a key",
            ),
            (
                format!(r#""name":"a",{at},"endpoints":{{"x":{{"path":"no"}}}}"#),
                "endpoints.x.path",
                "is not a path template",
            ),
            (
                format!(r#""name":"a",{at},"endpoints":{{"x":{{"path":"/","methods":["get"]}}}}"#),
                "endpoints.x.methods[0]",
                "case-sensitive",
            ),
        ] {
            let BadBody::Field {
                field: at,
                reason: why,
            } = of(&members)
            else {
                panic!("{members} is JSON");
            };
            assert_eq!(at, field, "{members}: {why}");
            assert!(why.contains(reason), "{members}: {why}");
        }
    }

    #[test]
    fn what_is_not_one_json_document_is_refused() {
        let two = format!("{SHOP} {SHOP}");
        for wrong in ["", "{", &two, "name=shop", "\u{feff}{}"] {
            let read = Body::read(wrong.as_bytes());
            assert!(
                matches!(read, Err(BadBody::NotJson(_))),
                "{wrong}: {read:?}"
            );
        }
        assert!(matches!(Body::read(b"\xff"), Err(BadBody::NotJson(_))));
        let deep = "[".repeat(100_000);
        for wrong in [&deep, "[]", "7", "null", r#"["shop", null, 30, []]"#] {
            let read = Body::read(wrong.as_bytes());
            assert!(matches!(read, Err(BadBody::Field { .. })), "{read:?}");
        }
    }
}
