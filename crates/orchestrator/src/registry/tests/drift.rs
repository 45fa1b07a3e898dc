//! What services had before and have no more.

use super::registrations::{at, registration, with};
use super::*;
use landfall_protocol::probe::Rung;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn view(registry: &Registry, now: u64) -> Value {
    serde_json::to_value(registry.drift(Millis(now), 1_000_000 + now)).unwrap()
}

/// The paths that each service lacks.
pub(super) fn missing(registry: &Registry, now: u64) -> BTreeMap<String, BTreeSet<String>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let view = view(registry, now);
    let services = view["services"].as_array().unwrap().iter();
    let paths = |it: &Value| {
        let missing = it["missing"].as_array().unwrap().iter();
        missing.map(|it| text(&it["path"])).collect()
    };
    services
        .map(|it| (text(&it["service"]), paths(it)))
        .collect()
}

fn endpoint(path: &str, methods: &[Method]) -> Endpoint {
    let mut endpoint = Endpoint::unnamed(PathTemplate::parse(path).unwrap()).unwrap();
    endpoint.learn(Evidence::OpenApi, methods.iter().copied());
    endpoint
}

/// Starts the items API anew at the same place, with these endpoints.
fn start(registry: &mut Registry, pid: u32, now: u64, endpoints: &[(&str, &[Method])]) -> Place {
    let place = place("uvicorn", pid, 8_000);
    let mut found = found(&place, "Items API", &[]);
    found.reading.endpoints = endpoints
        .iter()
        .map(|(path, methods)| endpoint(path, methods))
        .collect();
    found.reading.described = Some((Rung::OpenApi, now));
    registry.adopt(vec![found], Millis(now), now);
    place
}

fn restart(registry: &mut Registry, pid: u32, now: u64, endpoints: &[(&str, &[Method])]) {
    let before = place("uvicorn", pid - 1, 8_000);
    registry.socket_gone(&before, Millis(now), now);
    start(registry, pid, now, endpoints);
}

const READ: &[Method] = &[Method::Get];
const ALL: &[Method] = &[Method::Get, Method::Put, Method::Delete];

#[test]
fn what_is_gone_after_a_restart_is_listed_until_it_is_back() {
    let mut registry = registry();
    start(
        &mut registry,
        1,
        0,
        &[("/items", READ), ("/items/{id}", ALL), ("/old", READ)],
    );
    assert_eq!(registry.drifted(), 0, "a first start lacks nothing");
    restart(
        &mut registry,
        2,
        10,
        &[("/items", READ), ("/items/{item}", READ)],
    );
    let gone = json!({
        "now": 1_000_015,
        "services": [{ "service": "items-api", "omitted": 0, "missing": [
            { "path": "/items/{id}", "protocol": "http", "methods": ["PUT", "DELETE"], "whole": false, "age_ms": 5 },
            { "path": "/old", "protocol": "http", "methods": ["GET"], "whole": true, "age_ms": 5 },
        ] }],
    });
    assert_eq!(view(&registry, 15), gone);
    // The next start lacks the same, and no less for it.
    restart(
        &mut registry,
        3,
        20,
        &[("/items", READ), ("/items/{item}", READ)],
    );
    assert_eq!(view(&registry, 15)["services"], gone["services"]);
    restart(
        &mut registry,
        4,
        30,
        &[
            ("/items", READ),
            ("/items/{id}", &[Method::Get, Method::Put]),
            ("/old", READ),
        ],
    );
    let left = &view(&registry, 35)["services"][0]["missing"];
    assert_eq!(
        (left.as_array().unwrap().len(), &left[0]["methods"]),
        (1, &json!(["DELETE"]))
    );
    restart(
        &mut registry,
        5,
        40,
        &[("/items", READ), ("/items/{id}", ALL)],
    );
    assert_eq!(
        missing(&registry, 45),
        [("items-api".to_owned(), ["/old".to_owned()].into())].into()
    );
    restart(
        &mut registry,
        6,
        50,
        &[("/items/{id}", ALL), ("/old", READ), ("/items", READ)],
    );
    assert_eq!(registry.drifted(), 0);
}

#[test]
fn what_is_accepted_is_missed_no_more() {
    let mut registry = registry();
    start(&mut registry, 1, 0, &[("/items", READ), ("/old", READ)]);
    assert!(!registry.accept_drift("items-api"), "nothing is missing");
    restart(&mut registry, 2, 10, &[("/items", READ)]);
    assert!(!registry.accept_drift("items"), "no such service");
    assert!(registry.accept_drift("items-api"));
    assert_eq!(registry.drifted(), 0);
    restart(&mut registry, 3, 20, &[("/items", READ)]);
    assert_eq!(registry.drifted(), 0, "it is not missed again");
}

#[test]
fn a_service_that_loses_more_than_can_be_listed_says_how_many() {
    let mut registry = registry();
    let paths: Vec<_> = (0..100).map(|number| format!("/{number:03}")).collect();
    let endpoints: Vec<_> = paths.iter().map(|path| (path.as_str(), READ)).collect();
    start(&mut registry, 1, 0, &endpoints);
    restart(&mut registry, 2, 10, &endpoints[..1]);
    let service = &view(&registry, 15)["services"][0];
    assert_eq!(
        (
            service["missing"].as_array().unwrap().len(),
            &service["omitted"]
        ),
        (64, &json!(35))
    );
    restart(&mut registry, 3, 20, &endpoints);
    assert_eq!(registry.drifted(), 0);
}

#[test]
fn a_running_service_that_is_read_again_can_lack_something_too() {
    let mut registry = registry();
    start(&mut registry, 1, 0, &[("/items", READ), ("/old", READ)]);
    let id = registry.instances.keys().next().unwrap();
    let reading = Reading {
        url: BaseUrl::parse("http://127.0.0.1:8000").unwrap(),
        title: Name::parse("Items API").ok(),
        endpoints: vec![endpoint("/items", READ)],
        described: Some((Rung::OpenApi, 2)),
    };
    registry.described(id, Some(reading), Millis(10));
    assert_eq!(
        missing(&registry, 15)["items-api"],
        ["/old".to_owned()].into()
    );
}

#[test]
fn a_service_that_declares_less_when_it_registers_anew_lacks_it() {
    let mut registry = registry();
    let declare = |names: &[&str]| {
        let endpoints = names.iter().map(|name| {
            (
                (*name).to_owned(),
                json!({ "path": format!("/{name}"), "methods": ["POST"] }),
            )
        });
        with(
            at("shop", &[8_000]),
            "endpoints",
            Value::Object(endpoints.collect()),
        )
    };
    registry.register(registration(1, 1, &declare(&["order", "pay"])), Millis(0));
    registry.register(registration(1, 2, &declare(&["order"])), Millis(10));
    assert_eq!(missing(&registry, 15)["shop"], ["/pay".to_owned()].into());
    registry.register(registration(1, 3, &declare(&["order", "pay"])), Millis(20));
    assert_eq!(registry.drifted(), 0);
    // What is taken back in good order is not missed.
    registry
        .deregister(crate::registration::RegistrationId(1))
        .unwrap();
    assert_eq!(registry.drifted(), 0);
}

#[test]
fn a_service_that_declares_nothing_any_more_is_asked_first() {
    let mut registry = registry();
    let declared = with(
        at("shop", &[8_000]),
        "endpoints",
        json!({
            "order": { "path": "/order", "methods": ["POST"] }, "pay": { "path": "/pay", "methods": ["POST"] },
        }),
    );
    registry.register(registration(1, 1, &declared), Millis(0));
    registry.register(registration(1, 2, &at("shop", &[8_000])), Millis(10));
    assert_eq!(registry.drifted(), 0, "it may still say that it has them");
    let id = registry.instances.keys().next().unwrap();
    let reading = Reading {
        url: BaseUrl::parse("http://127.0.0.1:8000").unwrap(),
        title: None,
        endpoints: vec![endpoint("/order", &[Method::Post])],
        described: Some((Rung::OpenApi, 2)),
    };
    registry.described(id, Some(reading), Millis(20));
    assert_eq!(missing(&registry, 25)["shop"], ["/pay".to_owned()].into());
}
