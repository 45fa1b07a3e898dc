//! The routes of the daemon, in one table: what it answers, and what it says of itself in its own catalog.

use super::drift::DRIFT;
use super::services::SERVICES;
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

/// Where the daemon describes its own API.
pub(crate) const OPENAPI: &str = landfall_protocol::readers::openapi::PATH;

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// The catalog document.
    Catalog,
    /// Its changes.
    Events,
    /// Raw health and check times.
    Health,
    /// What services had before and have no more.
    Drift,
    /// The same of one of them.
    ServiceDrift,
    /// The daemon itself.
    Status,
    /// What pages say of the services that they use.
    Outcomes,
    /// The registrations.
    Services,
    /// One of them.
    Service,
    /// Whether the daemon answers.
    Healthz,
    /// What it measures of itself.
    Metrics,
    /// What its memory is for.
    Memory,
    /// The description of its API.
    OpenApi,
    /// Where the descriptions of all APIs are.
    ApiCatalog,
    /// The dashboard's page.
    Dashboard,
}

/// One line of the table.
pub(crate) struct Entry {
    pub(crate) route: Route,
    pub(crate) name: &'static str,
    /// A path template. Its last segment may be a parameter.
    pub(crate) path: &'static str,
    protocol: Protocol,
    /// The methods it has, besides OPTIONS.
    pub(crate) methods: &'static [Method],
    /// Those of them that pages may use.
    pub(crate) of_pages: &'static [Method],
}

const GET: &[Method] = &[Method::Get];

impl Entry {
    /// Whether an answer to this method waits: for the rest of the request, or for the disk.
    pub(crate) fn waits(&self, method: Method) -> bool {
        matches!(
            (self.route, method),
            (Route::Outcomes, _)
                | (Route::Services, Method::Post)
                | (Route::Service, Method::Delete)
        )
    }

    /// A route that only reads.
    const fn get(route: Route, name: &'static str, path: &'static str) -> Self {
        Self {
            route,
            name,
            path,
            protocol: Protocol::Http,
            methods: GET,
            of_pages: GET,
        }
    }
}

/// How many kinds of paths there are.
pub(crate) const ROUTES: usize = 15;

pub(super) static TABLE: [Entry; ROUTES] = [
    Entry::get(Route::Catalog, "catalog", WELL_KNOWN),
    Entry {
        protocol: Protocol::Sse,
        ..Entry::get(Route::Events, "events", EVENTS)
    },
    Entry::get(Route::Health, "health", "/v1/health"),
    Entry::get(Route::Drift, "drift", DRIFT),
    Entry {
        methods: &[Method::Delete],
        of_pages: &[],
        ..Entry::get(Route::ServiceDrift, "service-drift", "/v1/drift/{service}")
    },
    Entry::get(Route::Status, "status", "/v1/status"),
    Entry {
        methods: &[Method::Get, Method::Post],
        ..Entry::get(Route::Services, "services", SERVICES)
    },
    Entry {
        methods: &[Method::Get, Method::Put, Method::Delete],
        ..Entry::get(Route::Service, "service", "/v1/services/{id}")
    },
    Entry {
        methods: &[Method::Post],
        of_pages: &[Method::Post],
        ..Entry::get(Route::Outcomes, "outcomes", OUTCOMES)
    },
    Entry::get(Route::Healthz, "healthz", "/healthz"),
    Entry::get(Route::Metrics, "metrics", "/metrics"),
    Entry::get(Route::Memory, "memory", "/debug/memory"),
    Entry::get(Route::OpenApi, "openapi", OPENAPI),
    Entry::get(
        Route::ApiCatalog,
        "api-catalog",
        landfall_protocol::readers::api_catalog::PATH,
    ),
    Entry::get(Route::Dashboard, "dashboard", "/"),
];

/// The files of the dashboard: every path that is none of the table's.
pub(crate) static FILES: Entry = Entry::get(Route::Dashboard, "files", "/");

/// The route of a path, and its parameter or nothing. `None`: perhaps a file of the dashboard.
pub(crate) fn route(path: &str) -> Option<(&'static Entry, &str)> {
    TABLE.iter().find_map(|entry| {
        let Some((before, _)) = entry.path.split_once('{') else {
            return (entry.path == path).then_some((entry, ""));
        };
        let parameter = path.strip_prefix(before)?;
        (!parameter.is_empty() && !parameter.contains('/')).then_some((entry, parameter))
    })
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
    endpoint.learn(Evidence::Catalog, entry.methods.iter().copied());
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
    }

    #[test]
    fn a_parameter_is_one_segment() {
        let found = |path| route(path).map(|(entry, parameter)| (entry.route, parameter));
        assert_eq!(found("/v1/services/7"), Some((Route::Service, "7")));
        assert_eq!(found("/v1/services"), Some((Route::Services, "")));
        for nothing in ["/v1", "/v1/services/", "/v1/services/7/8", "/v1/service"] {
            assert_eq!(found(nothing), None, "{nothing}");
        }
    }
}
