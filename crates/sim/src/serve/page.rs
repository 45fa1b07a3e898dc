//! Builds what pages hold: values that are handed in, records of earlier visits, and garbage of all kinds.

use super::{CATALOG_NAME, Masthead, catalog};
use crate::document::{Document, Stamp};
use crate::json::Shared;
use crate::model::Given;
use crate::schedule::Handed;
use serde_json::{Map, Value, json};
use std::rc::Rc;

/// How many kinds of [`garbage`] there are.
pub(crate) const GARBAGE: u64 = 10;
/// The kind of garbage that a page may well hand in as its config.
const OLD_OPENAPI: u64 = 9;

/// A value that a page hands in, with the truth about it.
pub(crate) fn handed(handed: Handed) -> Given {
    let valid = |document: Document| Given {
        json: document.json.clone(),
        document: Some(Rc::new(document)),
    };
    let plain = |config: Value, api_base: Option<String>| {
        let json = Shared::new(config);
        valid(Document {
            json: json.clone(),
            name: None,
            stamp: None,
            config: Some(json),
            api_base,
            services: Vec::new(),
        })
    };
    match handed {
        Handed::Catalog {
            registry,
            boot,
            revision,
            content,
        } => {
            let stamp = Stamp {
                registry,
                boot,
                revision,
            };
            let head = Masthead {
                name: CATALOG_NAME,
                stamp,
                ttl: 30,
                events: false,
                itself: None,
            };
            valid(catalog(head, content))
        }
        Handed::Config(n) => plain(json!({"n": n, "from": "page"}), None),
        Handed::ConfigWithBase(n) => {
            let base = format!("http://localhost:{}", 8_500 + n);
            plain(json!({"API_BASE_URL": base}), Some(base))
        }
        Handed::Garbage(kind) => Given {
            json: garbage(kind % OLD_OPENAPI),
            document: None,
        },
    }
}

/// JSON that is no catalog and no OpenAPI document.
pub(crate) fn garbage(kind: u64) -> Shared {
    let epoch = json!({"registry": "r0", "boot": 9});
    let instance = |url: &str| json!([{"name": "a", "instances": [{"url": url}], "endpoints": {}}]);
    Shared::new(match kind % GARBAGE {
        0 => json!([]),
        1 => json!({"landfall": 2, "epoch": epoch, "revision": 99}),
        2 => json!({"landfall": 1, "revision": 99}),
        3 => {
            json!({"landfall": 1, "epoch": epoch, "revision": 99, "services": instance("javascript:alert(1)")})
        }
        4 => json!({"landfall": 1, "epoch": epoch, "revision": 99, "config": [1]}),
        5 => json!({"landfall": 1, "epoch": epoch, "revision": -1}),
        6 => {
            json!({"landfall": 1, "epoch": epoch, "revision": 99, "services": [{"name": "a"}, {"name": "a"}]})
        }
        7 => json!({"landfall": 1, "epoch": epoch, "revision": 99, "ttl": 0}),
        8 => json!({"landfall": 1, "epoch": {"registry": "../..", "boot": 9}, "revision": 99}),
        _ => json!({"openapi": "2.0", "info": {"title": "old"}}),
    })
}

/// A record as an earlier visit would have kept it.
pub(crate) fn record(document: &Document, origin: &str, rung: &str) -> Value {
    let mut services = Map::new();
    let mut endpoints = Vec::new();
    for service in &document.services {
        services.insert(
            service.name.clone(),
            json!({
                "name": service.name, "title": service.title, "url": service.url,
                "instances": [{"url": service.url, "weight": 100, "health": "healthy"}]
            }),
        );
        for route in &service.routes {
            let methods: Map<_, _> = route
                .methods
                .iter()
                .map(|it| ((*it).to_owned(), json!("catalog")))
                .collect();
            endpoints.push(json!({
                "service": service.name, "name": route.path, "path": route.path, "protocol": route.protocol,
                "methods": methods, "operations": {}, "contradictions": []
            }));
        }
    }
    let mut record = json!({
        "status": "live", "source": "live", "code": "live", "subject": null, "origin": origin, "rung": rung,
        "epoch": null, "revision": null, "baseUrl": "http://localhost:1", "wsBaseUrl": "ws://localhost:1",
        "services": services, "endpoints": endpoints, "names": {}
    });
    if let Some(stamp) = document.stamp {
        record["epoch"] = json!({"registry": stamp.registry, "boot": stamp.boot});
        record["revision"] = json!(stamp.revision);
    }
    if let Some(config) = &document.config {
        record["config"] = (*config.0).clone();
    }
    record
}

/// The same record, spoilt in one of several ways, each of which must be noticed.
pub(crate) fn spoil(record: Value, way: u64) -> Value {
    let mut record = record;
    match way % 9 {
        0 => return json!("[object Object]"),
        1 => record["services"] = json!([]),
        2 => record["services"]["items-api"]["instances"][0]["url"] = json!("javascript:alert(1)"),
        3 => record["endpoints"][0]["service"] = json!("ghost"),
        4 => record["config"] = json!([1]),
        5 => record["epoch"] = json!({"registry": "a b", "boot": 1}),
        6 => record["endpoints"][0]["path"] = json!("items"),
        7 => record["endpoints"][0]["methods"] = json!({"BREW": "catalog"}),
        _ => record["origin"] = json!("localhost"),
    }
    if way % 9 == 5 {
        record["revision"] = json!(1);
    }
    record
}
