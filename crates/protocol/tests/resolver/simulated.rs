//! What the simulator found first, as scenes: each of these went wrong once.

use crate::host::{BACKEND, Host, PAGE, Site, catalog, json_answer, openapi, options, status, url};
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::name::Name;
use landfall_protocol::probe::{Access, Answer, Body};
use landfall_protocol::resolver::{Event, Input, Options, StreamEvent};
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use serde_json::{Value, json};

fn wanted(path: &str) -> Wanted {
    Wanted {
        name: Name::parse(path).unwrap(),
        path: PathTemplate::parse(path).unwrap(),
        method: None,
        protocol: Protocol::Http,
    }
}

/// What an earlier visit kept of a backend with single paths.
fn kept(rung: &str) -> Value {
    json!({"origin": BACKEND, "rung": rung, "epoch": null, "revision": null, "services": {}, "endpoints": []})
}

fn with_catalog() -> Host {
    let site = Site::Answers(5, json_answer(catalog(1, 5, BACKEND)));
    let mut host = Host::new(options()).site(BACKEND, site).start();
    host.until(1_000);
    assert_eq!(host.status(), "live");
    host
}

#[test]
fn a_remembered_rung_without_a_wanted_endpoint_asks_no_path_that_nobody_named() {
    let mut options = options();
    options.cached = Some(Ok((kept("endpoints"), Millis(1))));
    let mut host = Host::new(options).site(BACKEND, status(404)).start();
    host.until(1_000);
    assert!(!host.sent.is_empty());
    assert!(
        host.sent
            .iter()
            .all(|(_, probe)| probe.url != format!("{BACKEND}/"))
    );
}

#[test]
fn a_remembered_rung_does_not_spare_a_catch_all_the_question() {
    let mut options = options();
    options.wanted = vec![wanted("/items")];
    options.cached = Some(Ok((kept("endpoints"), Millis(1))));
    let page = Site::Answers(1, Answer::new(200, Body::NotJson));
    let mut host = Host::new(options)
        .site(BACKEND, page.clone())
        .site(PAGE, page)
        .start();
    host.until(3_000);
    assert_eq!(host.status(), "cached");
}

#[test]
fn a_failing_server_is_not_taken_for_one_that_knows_its_paths() {
    let mut options = options();
    options.wanted = vec![wanted("/items")];
    // Every path fails but the one: perhaps a catch-all whose server stumbles.
    let mut host = Host::new(options)
        .site(BACKEND, status(502))
        .site("http://localhost:8000/items", status(200))
        .start();
    host.until(3_000);
    assert_eq!(host.status(), "fallback");
}

#[test]
fn an_api_catalog_does_not_lead_a_public_page_to_this_machine() {
    let page = "https://app.example";
    let linkset =
        json!({"linkset": [{"service-desc": [{"href": "http://localhost:9000/openapi.json"}]}]});
    let mut host = Host::new(Options::new(Some(url(page))))
        .site(page, status(404))
        .site(
            "https://app.example/.well-known/api-catalog",
            Site::Answers(1, json_answer(linkset)),
        )
        .site(
            "http://localhost:9000/openapi.json",
            Site::Answers(1, json_answer(openapi())),
        )
        .start();
    host.until(3_000);
    assert_eq!(host.requests_to("http://localhost"), 0);
    assert_eq!(host.snapshot().view.code, "permission");
    host.input(Input::Access(Access::ALL));
    host.until(3_500);
    assert_eq!(host.status(), "live");
}

#[test]
fn what_was_begun_with_a_permission_ends_with_it() {
    let mut options = Options::new(Some(url("https://app.example")));
    options.candidates.push(url(BACKEND));
    let site = Site::Answers(1, json_answer(catalog(1, 1, BACKEND)));
    let mut host = Host::new(options).site(BACKEND, site).start();
    host.input(Input::Access(Access::ALL));
    host.until(1_000);
    assert_eq!(host.status(), "live");
    host.input(Input::Access(Access::NONE));
    assert_eq!(
        (host.status(), host.snapshot().view.code),
        ("stale", "permission")
    );
    assert_eq!(host.streams, []);
    let asked = host.requests_to(BACKEND);
    host.until(60_000);
    assert_eq!(host.requests_to(BACKEND), asked);
}

#[test]
fn garbage_in_one_place_of_the_page_does_not_hide_the_value_in_the_next() {
    let mut host = Host::new(options());
    host.page_local = vec![
        json!({"landfall": 1}),
        json!({"API_BASE_URL": "http://x.example"}),
    ];
    let mut host = host.start();
    host.until(500);
    assert_eq!(
        (host.status(), host.snapshot().view.base_url.as_str()),
        ("provided", "http://x.example")
    );
}

#[test]
fn an_old_revision_is_old_even_when_another_registry_came_in_between() {
    let mut host = with_catalog();
    let mut other = catalog(9, 9, "http://localhost:9");
    other["epoch"]["registry"] = json!("another");
    host.stream(StreamEvent::Catalog(other));
    assert_eq!(host.snapshot().view.base_url, "http://localhost:9");
    host.stream(StreamEvent::Catalog(catalog(1, 4, "http://localhost:4")));
    assert_eq!(host.snapshot().view.base_url, "http://localhost:9");

    let mut host = Host::new(options()).start();
    for (value, base) in [
        (catalog(1, 5, "http://localhost:5"), "http://localhost:5"),
        (
            json!({"API_BASE_URL": "http://x.example"}),
            "http://x.example",
        ),
        (catalog(1, 4, "http://localhost:4"), "http://x.example"),
    ] {
        host.input(Input::Provided(value));
        assert_eq!(host.snapshot().view.base_url, base);
    }
}

#[test]
fn a_stream_that_says_the_same_for_ever_does_not_hide_what_is_new() {
    let mut host = with_catalog();
    let newer = Site::Answers(5, json_answer(catalog(1, 6, BACKEND)));
    host.sites.insert(BACKEND.to_owned(), newer);
    for second in 2..40 {
        host.until(second * 1_000);
        host.stream(StreamEvent::Catalog(catalog(1, 5, BACKEND)));
    }
    assert_eq!(host.snapshot().view.revision, Some(6));
}

#[test]
fn another_way_to_the_same_description_is_shown() {
    let described = Site::Answers(1, json_answer(openapi()));
    let linkset = json!({"linkset": [{"service-desc": [{"href": "/v1/api.json"}]}]});
    let mut host = Host::new(options())
        .site(BACKEND, status(404))
        .site("http://localhost:8000/openapi.json", described.clone())
        .site(
            "http://localhost:8000/.well-known/api-catalog",
            Site::Answers(1, json_answer(linkset)),
        )
        .site("http://localhost:8000/v1/api.json", described)
        .start();
    host.until(1_000);
    assert_eq!(host.snapshot().view.rung, Some("openapi"));
    host.sites
        .insert("http://localhost:8000/openapi.json".to_owned(), status(404));
    host.until(4_000);
    assert_eq!(host.snapshot().view.rung, Some("api-catalog"));
}

#[test]
fn a_loss_says_what_it_was() {
    let mut host = with_catalog();
    host.sites.insert(BACKEND.to_owned(), status(500));
    host.stream(StreamEvent::Failed);
    host.until(1_150);
    let failed = host.events.iter().find_map(|(_, event)| match event {
        Event::DiscoveryFailed { reason, subject } => Some((reason.as_str(), subject.clone())),
        _ => None,
    });
    assert_eq!(failed, Some(("server-error", Some(BACKEND.to_owned()))));
}

#[test]
fn of_two_services_that_are_meant_alike_a_kept_value_means_the_same_one() {
    let mut options = options();
    options.wanted = vec![wanted("/items")];
    let service = |name: &str, place: &str| json!({"name": name, "instances": [{"url": place}], "endpoints": {"items": {"path": "/items"}}});
    let document = json!({
        "landfall": 1, "epoch": {"registry": "r", "boot": 1}, "revision": 1,
        "services": [service("b", "http://localhost:2"), service("a", "http://localhost:1")]
    });
    let site = Site::Answers(1, json_answer(document));
    let mut first = Host::new(options.clone()).site(BACKEND, site).start();
    first.until(1_000);
    let kept = first.stored.expect("a live value is kept");
    options.cached = Some(Ok((serde_json::to_value(&kept.view).unwrap(), Millis(1))));
    let second = Host::new(options).start();
    assert_eq!(second.status(), "cached");
    assert_eq!(second.snapshot().view.base_url, kept.view.base_url);
}
