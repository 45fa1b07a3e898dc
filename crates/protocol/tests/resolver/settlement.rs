//! The page always settles: once, by the deadline, on the best there is; and better values follow.

use crate::host::{BACKEND, Host, Site, catalog, json_answer, openapi, options, status, url};
use landfall_protocol::probe::{Answer, Body};
use landfall_protocol::refused::Code;
use landfall_protocol::resolver::Input;
use landfall_protocol::time::Millis;
use serde_json::json;

fn settled_at(host: &Host) -> Vec<u64> {
    host.events
        .iter()
        .filter(|(_, event)| event.name() == "config-ready")
        .map(|(at, _)| *at)
        .collect()
}

#[test]
fn without_any_backend_it_settles_on_the_fallback_at_the_deadline() {
    let mut host = Host::new(options()).start();
    host.until(999);
    assert_eq!(host.status(), "pending");
    host.until(30_000);
    assert_eq!(host.status(), "fallback");
    assert_eq!(settled_at(&host), [1_000]);
    assert_eq!(host.event_names(), ["config-ready", "discovery-failed"]);
    let view = &host.snapshot().view;
    assert_eq!(
        (view.base_url.as_str(), view.ws_base_url.as_str()),
        ("http://localhost:8010", "ws://localhost:8010")
    );
}

#[test]
fn hanging_failing_and_babbling_backends_are_no_backends() {
    for site in [
        Site::Hangs,
        status(500),
        Site::Answers(1, Answer::new(200, Body::NotJson)),
        Site::Answers(1, json_answer(json!({"hello": "world"}))),
        Site::Answers(1, json_answer(json!([[]]))),
    ] {
        let mut host = Host::new(options()).site(BACKEND, site).start();
        host.until(5_000);
        assert_eq!(
            (host.status(), settled_at(&host)),
            ("fallback", vec![1_000])
        );
        // It recovers.
        host.sites.insert(
            BACKEND.to_owned(),
            Site::Answers(1, json_answer(catalog(1, 1, BACKEND))),
        );
        host.until(9_000);
        assert_eq!(host.status(), "live");
        assert_eq!(host.event_names().last(), Some(&"config-updated"));
    }
}

#[test]
fn a_backend_settles_it_at_once() {
    let mut host = Host::new(options()).backend().start();
    host.until(2_000);
    assert_eq!(host.status(), "live");
    assert!(settled_at(&host)[0] <= 60, "{:?}", host.events);
    assert_eq!(host.snapshot().view.base_url, BACKEND);
}

#[test]
fn a_missed_event_is_found_by_the_look() {
    let mut host = Host::new(options()).start();
    host.until(50);
    host.page_local =
        vec![json!({"API_BASE_URL": "http://api.example:9/", "WS_BASE_URL": "wss://ws.example"})];
    host.until(100);
    assert_eq!((host.status(), settled_at(&host)), ("provided", vec![100]));
    let view = &host.snapshot().view;
    assert_eq!(
        (view.base_url.as_str(), view.ws_base_url.as_str()),
        ("http://api.example:9", "wss://ws.example")
    );
}

#[test]
fn a_late_event_supersedes_the_fallback() {
    let mut host = Host::new(options()).start();
    host.until(20_000);
    assert_eq!(host.status(), "fallback");
    host.page_local = vec![json!({"API_BASE_URL": "http://late.example"})];
    host.until(30_000);
    assert_eq!(
        (host.status(), host.snapshot().view.base_url.as_str()),
        ("provided", "http://late.example")
    );
    host.input(Input::Provided(
        json!({"API_BASE_URL": "http://later.example"}),
    ));
    assert_eq!(host.snapshot().view.base_url, "http://later.example");
    assert_eq!(settled_at(&host), [1_000]);
}

#[test]
fn what_the_page_provides_never_overrides_what_is_live() {
    let mut host = Host::new(options()).backend().start();
    host.until(1_000);
    host.input(Input::Provided(
        json!({"API_BASE_URL": "http://other.example"}),
    ));
    host.until(2_000);
    assert_eq!(
        (host.status(), host.snapshot().view.base_url.as_str()),
        ("live", BACKEND)
    );
}

#[test]
fn a_poisoned_provided_value_is_refused_and_told() {
    let mut host = Host::new(options()).start();
    for poison in [
        json!("http://x"),
        json!([1]),
        json!({"landfall": 9}),
        json!({"landfall": 1, "services": 4}),
    ] {
        host.input(Input::Provided(poison));
    }
    host.until(1_000);
    assert_eq!(host.status(), "fallback");
    assert_eq!(
        host.resolver
            .trace()
            .filter(|it| it.kind == "refused")
            .count(),
        4
    );
}

#[test]
fn the_last_visit_is_there_at_once_and_live_soon() {
    let mut first = Host::new(options())
        .site(BACKEND, Site::Answers(5, json_answer(openapi())))
        .start();
    first.until(1_000);
    let kept = first.stored.expect("a live value is kept");
    let mut json = serde_json::to_value(&kept.view).unwrap();
    json["config"] = json!({"kept": true});

    let mut cached = options();
    cached.cached = Some(Ok((json.clone(), Millis(60_000))));
    let mut host = Host::new(cached.clone())
        .site(BACKEND, Site::Answers(5, json_answer(openapi())))
        .start();
    assert_eq!((host.status(), settled_at(&host)), ("cached", vec![0]));
    assert_eq!(host.snapshot().config, Some(json!({"kept": true})));
    assert_eq!(host.snapshot().view.endpoints(), kept.view.endpoints());
    host.until(100);
    assert_eq!(host.status(), "live");
    // The rung that worked is remembered: one request.
    assert_eq!(host.requests_to(BACKEND), 1);
    assert!(host.event_names().contains(&"config-updated"));

    // Too old, or not a snapshot: dropped, reported, and the page settles all the same.
    json["endpoints"][0]["path"] = json!("javascript:alert(1)");
    let good = serde_json::to_value(&kept.view).unwrap();
    for (kept, code) in [
        (Ok((json, Millis(1))), "bad-path"),
        (Ok((good, Millis(8 * 24 * 3_600_000))), "too-old"),
        (Ok((json!(null), Millis(1))), "malformed"),
        (Err(Code::BadVersion), "bad-version"),
    ] {
        cached.cached = Some(kept);
        let mut host = Host::new(cached.clone()).start();
        host.until(1_500);
        assert!(host.forgotten);
        assert_eq!(host.status(), "fallback");
        let mut trace = host.resolver.trace();
        let refused = trace.find(|it| it.kind == "refused").unwrap();
        assert_eq!((refused.source, refused.code), (Some("cache"), code));
    }
}

#[test]
fn closed_means_silent() {
    let mut host = Host::new(options()).site(BACKEND, Site::Hangs).start();
    host.until(500);
    host.input(Input::Close);
    let sent = host.sent.len();
    host.until(60_000);
    assert_eq!(host.resolver.poll_timeout(), None);
    assert_eq!((host.sent.len(), host.events.len()), (sent, 0));
}

#[test]
fn time_does_not_go_backwards() {
    let mut host = Host::new(options()).start();
    host.until(500);
    host.resolver.handle(Millis(3), Input::Wake);
    let (at, _) = host.resolver.poll_timeout().unwrap();
    assert!(at > Millis(400), "{at:?}");
    assert_eq!(url(BACKEND).port(), 8000);
}
