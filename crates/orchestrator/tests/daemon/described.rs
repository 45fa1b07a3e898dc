//! What the daemon says of its own API, of others', and of its memory.

use crate::support::backend::{Backend, openapi};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use landfall_protocol::readers::{api_catalog, openapi as reader};
use landfall_protocol::url::BaseUrl;
use serde_json::{Value, json};

#[test]
fn the_api_catalog_leads_to_the_daemons_own_description_and_to_the_services() {
    let described = openapi("Items API", "/items");
    let backend = Backend::start(&[("/openapi.json", 200, &described)]);
    let daemon = Daemon::start(&format!(
        "{QUIET}[checks]\ninterval = \"100ms\"\n[[services]]\nname = \"items\"\nurl = \"{}\"\n",
        backend.url()
    ));
    let catalog = daemon.get(api_catalog::PATH, &[]);
    assert!(
        catalog
            .field("content-type")
            .starts_with("application/linkset+json;")
    );
    let origin = BaseUrl::parse(&format!("http://{}", daemon.address)).unwrap();
    let url = api_catalog::read(&catalog.json(), &origin)
        .unwrap()
        .unwrap();
    assert_eq!(url.as_str(), format!("{}/openapi.json", origin.as_str()));
    let document = daemon.get("/openapi.json", &[]);
    let reading = reader::read(&document.json(), &origin).unwrap();
    assert_eq!(reading.title.unwrap().as_str(), "Landfall");
    let known = ("If-None-Match", document.field("etag"));
    assert_eq!(daemon.get("/openapi.json", &[known]).status, 304);
    let theirs = eventually("the service has described itself", || {
        let json = daemon.get(api_catalog::PATH, &[]).json();
        json["linkset"].as_array()?.get(1).cloned()
    });
    assert_eq!(theirs["anchor"], backend.url());
    let href = &theirs["service-desc"][0]["href"];
    assert_eq!(*href, format!("{}/openapi.json", backend.url()));
}

#[test]
fn the_memory_is_told_by_what_it_is_for() {
    let services: String = (0..50)
        .map(|n| {
            format!(
                "[[services]]\nname = \"s{n}\"\nurl = \"http://127.0.0.1:{}\"\n[services.endpoints]\na = {{ path = \"/a\" }}\n",
                n + 1
            )
        })
        .collect();
    let daemon = Daemon::start(&format!("{QUIET}{services}"));
    let bytes = |value: &Value| value.as_u64().unwrap();
    let memory = eventually("all were checked once", || {
        let memory = daemon.get("/debug/memory", &[]).json();
        (bytes(&memory["subsystems"]["histories"]) >= 50 * 2).then_some(memory)
    });
    let subsystems = memory["subsystems"].as_object().unwrap();
    for name in ["registry", "texts", "endpoints", "catalog"] {
        assert!(bytes(&subsystems[name]) > 1_000, "{name}: {memory}");
    }
    let counted: u64 = subsystems.values().map(bytes).sum();
    // The file of registrations is not there before the first one.
    assert_eq!(subsystems["store"], 0);
    let body = json!({ "name": "shop", "instances": [{ "url": "http://127.0.0.1:60000" }] });
    assert_eq!(daemon.send("POST", "/v1/services", &body).status, 201);
    let with_one = daemon.get("/debug/memory", &[]).json();
    let store = bytes(&with_one["subsystems"]["store"]);
    // Pages of it, within redb's cache.
    assert!((4_096..=256 << 10).contains(&store), "{store}");
    assert_eq!(memory["services"], 50);
    assert_eq!(memory["instances"], 50);
    assert!(bytes(&memory["per_service"]) > 100, "{memory}");
    if memory["heap"].is_object() {
        let in_use = bytes(&memory["heap"]["in_use"]);
        assert_eq!(in_use, counted + bytes(&memory["unattributed"]), "{memory}");
        assert!(in_use < bytes(&memory["resident"]["total"]) * 2, "{memory}");
    }
}
