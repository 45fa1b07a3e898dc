//! The routes of the daemon, in one table: what it answers, and what it says of itself in its own catalog.

use super::reply::{Methods, READ_ONLY};
use crate::settings::OWN_NAME;
use landfall_protocol::catalog::{HealthClass, Instance, Service, WELL_KNOWN};
use landfall_protocol::endpoint::{Endpoint, Evidence, Protocol};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::refused::{Code, Refused};
use landfall_protocol::template::PathTemplate;
use landfall_protocol::url::BaseUrl;
use landfall_protocol::usage::OUTCOMES;

/// Where the catalog's changes are streamed.
pub(crate) const EVENTS: &str = "/.well-known/landfall/events";

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The catalog document.
    Catalog,
    /// Its changes.
    Events,
    /// Raw health and check times.
    Health,
    /// The daemon itself.
    Status,
    /// What pages say of the services that they use.
    Outcomes,
    /// Whether the daemon answers.
    Healthz,
    /// The dashboard's page.
    Dashboard,
}

struct Entry {
    route: Route,
    name: &'static str,
    path: &'static str,
    protocol: Protocol,
    method: Method,
}

const TABLE: [Entry; 7] = [
    Entry {
        route: Route::Catalog,
        name: "catalog",
        path: WELL_KNOWN,
        protocol: Protocol::Http,
        method: Method::Get,
    },
    Entry {
        route: Route::Events,
        name: "events",
        path: EVENTS,
        protocol: Protocol::Sse,
        method: Method::Get,
    },
    Entry {
        route: Route::Health,
        name: "health",
        path: "/v1/health",
        protocol: Protocol::Http,
        method: Method::Get,
    },
    Entry {
        route: Route::Status,
        name: "status",
        path: "/v1/status",
        protocol: Protocol::Http,
        method: Method::Get,
    },
    Entry {
        route: Route::Outcomes,
        name: "outcomes",
        path: OUTCOMES,
        protocol: Protocol::Http,
        method: Method::Post,
    },
    Entry {
        route: Route::Healthz,
        name: "healthz",
        path: "/healthz",
        protocol: Protocol::Http,
        method: Method::Get,
    },
    Entry {
        route: Route::Dashboard,
        name: "dashboard",
        path: "/",
        protocol: Protocol::Http,
        method: Method::Get,
    },
];

/// The route of a path. `None`: perhaps a file of the dashboard.
pub(crate) fn route(path: &str) -> Option<Route> {
    TABLE
        .iter()
        .find(|entry| entry.path == path)
        .map(|entry| entry.route)
}

impl Route {
    /// The one method that it has besides OPTIONS, as `Allow` and as a preflight's answer say it.
    pub(crate) fn methods(self) -> Methods {
        match self {
            Self::Outcomes => Methods {
                allow: "POST, OPTIONS",
                for_pages: "POST",
            },
            _ => READ_ONLY,
        }
    }
}

/// The daemon as a service of its own catalog, at `url`.
///
/// # Errors
/// Never for the table as it is: a test reads it.
pub(crate) fn own_service(url: BaseUrl) -> Result<Service, Refused> {
    let endpoints: Result<Vec<_>, Refused> = TABLE.iter().map(endpoint).collect();
    Ok(Service {
        name: Name::parse(OWN_NAME)?,
        title: Some(Name::parse("Landfall")?),
        instances: vec![Instance {
            url,
            weight: 100,
            health: HealthClass::Healthy,
        }],
        endpoints: endpoints?,
    })
}

fn endpoint(entry: &Entry) -> Result<Endpoint, Refused> {
    let path =
        PathTemplate::parse(entry.path).map_err(|_| Refused::new(Code::BadPath, entry.path))?;
    let mut endpoint = Endpoint::new(Name::parse(entry.name)?, path, entry.protocol);
    endpoint.learn(Evidence::Catalog, [entry.method]);
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemon_describes_every_route_that_it_has() {
        let service = own_service(BaseUrl::localhost(7420)).unwrap();
        assert_eq!(service.endpoints.len(), TABLE.len());
        for endpoint in &service.endpoints {
            assert!(route(endpoint.path.as_str()).is_some(), "{}", endpoint.path);
        }
        assert_eq!(route("/v1"), None);
    }
}
