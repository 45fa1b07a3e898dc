//! `/.well-known/api-catalog` (RFC 9727): where the descriptions of the daemon's own API and of the services' are.

use super::reply::{Reply, json, set};
use super::routes::OPENAPI;
use super::server::Server;
use hyper::header::CONTENT_TYPE;
use landfall_protocol::probe::Rung;
use landfall_protocol::readers::{api_catalog, openapi};
use serde::Serialize;

/// Its media type (RFC 9264, section 4.2).
pub(super) const LINKSET: &str =
    "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"";

#[derive(Debug, Serialize)]
struct Linkset {
    linkset: Vec<Context>,
}

/// The links of one API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Context {
    /// Where it is.
    anchor: String,
    /// Its description (RFC 8631).
    #[serde(skip_serializing_if = "Option::is_none")]
    service_desc: Option<[Link; 1]>,
    /// Its own API catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_catalog: Option<[Link; 1]>,
    /// How it is (RFC 8631).
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<[Link; 1]>,
}

#[derive(Debug, Serialize)]
struct Link {
    href: String,
    r#type: &'static str,
}

fn link(href: String, media: &'static str) -> Option<[Link; 1]> {
    let r#type = media;
    Some([Link { href, r#type }])
}

impl Server {
    /// Answers a request for the API catalog.
    pub(super) fn api_catalog(&self) -> Reply {
        let registry = self.registry.borrow();
        let own = registry.own_url().as_str().to_owned();
        let own = Context {
            service_desc: link(format!("{own}{OPENAPI}"), "application/json"),
            api_catalog: None,
            status: link(format!("{own}/healthz"), "text/plain"),
            anchor: own,
        };
        let others = registry.describing().map(|(url, origin, rung)| {
            let at = |path: &str| format!("{}{path}", origin.as_str());
            let (service_desc, api_catalog) = match rung {
                Rung::OpenApi => (link(at(openapi::PATH), "application/json"), None),
                _ => (
                    None,
                    link(at(api_catalog::PATH), "application/linkset+json"),
                ),
            };
            Context {
                anchor: url.to_owned(),
                service_desc,
                api_catalog,
                status: None,
            }
        });
        let linkset = std::iter::once(own).chain(others).collect();
        let mut reply = json(&Linkset { linkset });
        set(&mut reply, CONTENT_TYPE, LINKSET);
        reply
    }
}
