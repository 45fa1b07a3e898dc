//! Builds what backends serve and pages hold, with the truth about it: catalogs, OpenAPI documents, linksets.

mod page;

use crate::document::{Document, Route, Service, Stamp};
use crate::json::Shared;
use landfall_protocol::rng::Rng;
pub(crate) use page::{GARBAGE, garbage, handed, record, spoil};
use serde_json::{Map, Value, json};

/// The name of the catalogs that a page may expect.
pub(crate) const CATALOG_NAME: &str = "workshop";
/// The title of the services that a page may expect.
pub(crate) const TITLE: &str = "Items API";
/// Where daemons stream.
pub(crate) const EVENTS: &str = "/.well-known/landfall/events";

const SERVICES: [(&str, Option<&str>, u64); 3] = [
    ("items-api", Some(TITLE), 8_100),
    ("users", Some("Users"), 8_200),
    ("search", None, 8_300),
];

/// What makes a catalog what it is, besides its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masthead {
    pub(crate) name: &'static str,
    pub(crate) stamp: Stamp,
    pub(crate) ttl: u64,
    pub(crate) events: bool,
    /// The origin under which the daemon lists itself.
    pub(crate) itself: Option<&'static str>,
}

/// A catalog; equal `content` gives equal services and config.
pub(crate) fn catalog(head: Masthead, content: u64) -> Document {
    let mut rng = Rng::new(content);
    let (config, api_base) = config(&mut rng, content);
    let mut services = Vec::new();
    let mut wire = Vec::new();
    for (index, (name, title, port)) in SERVICES.into_iter().enumerate() {
        if index > 0 && rng.below(2) == 0 {
            continue;
        }
        let place = format!("http://localhost:{}", port + rng.below(3));
        let routes = routes(&mut rng, index == 0);
        let mut instances = vec![json!({"url": place, "health": "healthy", "weight": 50})];
        match rng.below(3) {
            0 => instances.insert(0, json!({"url": "http://localhost:9998", "health": "degraded"})),
            1 => instances.push(json!({"url": "http://localhost:9999", "health": "healthy", "weight": 10, "zone": "x"})),
            _ => {}
        }
        wire.push(json!({
            "name": name, "title": title, "instances": instances, "endpoints": endpoints_of_catalog(&routes)
        }));
        services.push(Service {
            name: name.to_owned(),
            title,
            url: place,
            routes,
        });
    }
    if let Some(url) = head.itself {
        wire.push(json!({"name": "landfall", "instances": [{"url": url}], "endpoints": {}}));
        services.push(Service {
            name: "landfall".to_owned(),
            title: None,
            url: url.to_owned(),
            routes: Vec::new(),
        });
    }
    let Stamp {
        registry,
        boot,
        revision,
    } = head.stamp;
    let mut document = json!({
        "landfall": 1, "name": head.name, "epoch": {"registry": registry, "boot": boot}, "revision": revision,
        "ttl": head.ttl, "services": wire, "of-tomorrow": true
    });
    if head.events {
        document["events"] = json!(EVENTS);
    }
    if let Some(config) = &config {
        document["config"] = (*config.0).clone();
    }
    Document {
        json: Shared::new(document),
        name: Some(head.name),
        stamp: Some(head.stamp),
        config,
        api_base,
        services,
    }
}

fn config(rng: &mut Rng, content: u64) -> (Option<Shared>, Option<String>) {
    match rng.below(4) {
        0 => (None, None),
        1 => {
            let base = format!("http://localhost:{}", 8_400 + rng.below(3));
            let config = json!({"API_BASE_URL": base, "n": content % 5});
            (Some(Shared::new(config)), Some(base))
        }
        _ => (
            Some(Shared::new(
                json!({"n": content % 5, "deep": {"list": [1, null, "x"]}}),
            )),
            None,
        ),
    }
}

/// Routes with their methods in alphabetical order, as they are shown.
fn routes(rng: &mut Rng, main: bool) -> Vec<Route> {
    let mut routes = Vec::new();
    let route = |path, methods: &[&'static str]| Route {
        path,
        protocol: "http",
        methods: methods.to_vec(),
    };
    if main || rng.below(2) == 0 {
        routes.push(if rng.below(2) == 0 {
            route("/items", &["GET"])
        } else {
            route("/items", &["GET", "POST"])
        });
    }
    match rng.below(3) {
        0 => routes.push(route("/items/{item_id}", &["DELETE", "GET", "PUT"])),
        1 => routes.push(route("/items/{item_id}", &["GET"])),
        _ => {}
    }
    if rng.below(2) == 0 {
        routes.push(route("/health", &["GET"]));
    }
    routes
}

fn endpoints_of_catalog(routes: &[Route]) -> Value {
    let mut endpoints = Map::new();
    for route in routes {
        let methods: Map<_, _> = route
            .methods
            .iter()
            .map(|it| ((*it).to_owned(), json!("openapi")))
            .collect();
        endpoints.insert(
            route.path.to_owned(),
            json!({"path": route.path, "protocol": route.protocol, "methods": methods}),
        );
    }
    Value::Object(endpoints)
}

/// An application that describes itself with OpenAPI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct App {
    pub(crate) title: &'static str,
    pub(crate) version: u64,
    /// The path of its server.
    pub(crate) base: &'static str,
}

/// The OpenAPI document that `app` serves at the candidate `place`.
pub(crate) fn openapi(app: App, place: &str) -> Document {
    let mut rng = Rng::new(app.version);
    let routes = routes(&mut rng, true);
    let mut paths = Map::new();
    for route in &routes {
        let item: Map<_, _> = route
            .methods
            .iter()
            .map(|it| {
                (
                    it.to_lowercase(),
                    json!({"summary": "what schemas are for"}),
                )
            })
            .collect();
        paths.insert(route.path.to_owned(), Value::Object(item));
    }
    let mut json =
        json!({"openapi": "3.1.0", "info": {"title": app.title, "version": "1"}, "paths": paths});
    if !app.base.is_empty() {
        json["servers"] = json!([{"url": "https://production.example"}, {"url": app.base}]);
    }
    let service = Service {
        name: app.title.to_lowercase().replace(' ', "-"),
        title: Some(app.title),
        url: if app.base.is_empty() {
            place.to_owned()
        } else {
            format!("{}{}", crate::world::origin_of(place), app.base)
        },
        routes,
    };
    Document {
        json: Shared::new(json),
        name: None,
        stamp: None,
        config: None,
        api_base: None,
        services: vec![service],
    }
}

/// An API catalog that points at an OpenAPI document.
pub(crate) fn linkset(href: &str) -> Shared {
    Shared::new(
        json!({"linkset": [{"anchor": "/", "service-desc": [{"href": "/manual.html", "type": "text/html"}, {"href": href, "type": "application/json"}]}]}),
    )
}
