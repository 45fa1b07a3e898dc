//! Backends that are known by the answer of a health check alone.

use crate::host::{BACKEND, Host, Site, json_answer, options, status, url, wanted};
use landfall_protocol::method::Method;
use landfall_protocol::resolver::{Event, Options};
use landfall_protocol::template::PathTemplate;
use serde_json::json;

/// Wants `/items`, and takes an origin at the word of its `/health`.
fn by_health() -> Options<serde_json::Value> {
    let mut options = options();
    options.wanted = vec![wanted("items", "/items", Method::Post)];
    options.health = PathTemplate::parse("/health").ok();
    options
}

#[test]
fn a_backend_that_answers_only_for_its_health_is_found() {
    let mut host = Host::new(by_health())
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .start();
    host.until(1_000);
    let view = &host.snapshot().view;
    assert_eq!(
        (view.status, view.rung, view.base_url.as_str()),
        ("live", Some("endpoints"), BACKEND)
    );
    assert_eq!(host.endpoint("/items")["service"], json!(null));
    // It is asked again and again, and stays.
    host.until(20_000);
    assert_eq!(host.event_names(), ["config-ready"]);
}

#[test]
fn a_page_may_want_its_health_itself_under_any_name() {
    for (name, path) in [
        ("health", "/health"),
        ("health", "/api/health"),
        ("up", "/health"),
    ] {
        let mut options = by_health();
        options.wanted.push(wanted(name, path, Method::Get));
        let mut host = Host::new(options)
            .site(BACKEND, status(404))
            .site("http://localhost:8000/health", status(200))
            .site("http://localhost:8000/api/health", status(200))
            .start();
        host.until(1_000);
        let kept = host.stored.clone().expect("it is live");
        let json: serde_json::Value = kept.view.to_json();
        let again = landfall_protocol::snapshot::restore(&json);
        assert!(again.is_ok(), "{name} {path}: {again:?}");
        assert_eq!(json["names"][name]["choices"], json!(null), "{name} {path}");
    }
}

#[test]
fn health_makes_no_backend_of_an_application_that_describes_something_else() {
    let decoy =
        json!({"openapi": "3.1.0", "info": {"title": "Other"}, "paths": {"/health": {"get": {}}}});
    let mut host = Host::new(by_health())
        .site(
            "http://localhost:8000/openapi.json",
            Site::Answers(1, json_answer(decoy)),
        )
        .site("http://localhost:8000/health", status(200))
        .site(BACKEND, status(404))
        .start();
    host.until(5_000);
    assert_eq!(
        (host.status(), host.snapshot().view.code),
        ("fallback", "not-expected")
    );
}

#[test]
fn who_has_what_is_wanted_goes_before_who_is_only_healthy() {
    let right = "http://localhost:8001";
    let mut options = by_health();
    options.candidates.push(url(right));
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .site(right, status(404))
        .site("http://localhost:8001/items", status(405))
        .start();
    host.until(5_000);
    assert_eq!(host.snapshot().view.origin.as_deref(), Some(right));
}

#[test]
fn a_backend_without_a_name_is_known_again_where_it_has_moved() {
    let mut options = by_health();
    let moved = "http://localhost:8001";
    options.candidates.push(url(moved));
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .start();
    host.until(1_000);
    host.sites.clear();
    host.sites.insert(moved.to_owned(), status(404));
    host.sites
        .insert("http://localhost:8001/health".to_owned(), status(200));
    host.until(5_000);
    let event = Event::ServiceRelocated {
        service: "backend".to_owned(),
        from: BACKEND.to_owned(),
        to: moved.to_owned(),
    };
    assert!(
        host.events.iter().any(|(_, it)| *it == event),
        "{:?}",
        host.events
    );
}
