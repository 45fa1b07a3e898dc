//! What is live stays true: streams, polls, losses, moves.

use crate::host::{BACKEND, Host, Site, catalog, json_answer, openapi, options, status};
use landfall_protocol::resolver::{Event, Input, StreamEvent};
use serde_json::json;

fn live() -> Host {
    let mut host = Host::new(options())
        .site(
            BACKEND,
            Site::Answers(5, json_answer(catalog(1, 5, BACKEND))),
        )
        .start();
    host.until(1_000);
    assert_eq!(host.status(), "live");
    host
}

#[test]
fn a_stream_is_opened_where_the_catalog_offers_one_and_resumes_by_its_url() {
    let host = live();
    assert_eq!(host.streams.len(), 1);
    assert_eq!(
        host.streams[0].1,
        "http://localhost:8000/.well-known/landfall/events?after=r:1:5"
    );
}

#[test]
fn a_push_moves_the_service_and_says_so() {
    let mut host = live();
    host.stream(StreamEvent::Opened);
    host.stream(StreamEvent::Catalog(catalog(1, 6, "http://localhost:8123")));
    assert_eq!(host.snapshot().view.base_url, "http://localhost:8123");
    let moved = Event::ServiceRelocated {
        service: "shop".into(),
        from: BACKEND.into(),
        to: "http://localhost:8123".into(),
    };
    assert!(
        host.events.iter().any(|(_, event)| *event == moved),
        "{:?}",
        host.events
    );
}

#[test]
fn an_older_revision_is_dropped_and_a_restart_is_not_older() {
    let mut host = live();
    host.stream(StreamEvent::Catalog(catalog(1, 4, "http://localhost:1")));
    assert_eq!(
        (host.snapshot().view.revision, host.status()),
        (Some(5), "live")
    );
    host.stream(StreamEvent::Catalog(catalog(2, 0, "http://localhost:2")));
    assert_eq!(host.snapshot().view.base_url, "http://localhost:2");
    host.stream(StreamEvent::Catalog(catalog(1, 900, "http://localhost:3")));
    assert_eq!(host.snapshot().view.base_url, "http://localhost:2");
}

#[test]
fn equal_content_is_not_published_twice() {
    let mut host = live();
    let before = host.events.len();
    for _ in 0..3 {
        host.stream(StreamEvent::Catalog(catalog(1, 5, BACKEND)));
    }
    host.input(Input::Refresh);
    host.until(1_200);
    assert_eq!(host.events.len(), before);
}

#[test]
fn methods_that_come_and_go_are_told() {
    let mut host = live();
    let mut json = catalog(1, 6, BACKEND);
    json["services"][0]["endpoints"]["items"]["methods"] =
        json!({"GET": "openapi", "PUT": "openapi"});
    host.stream(StreamEvent::Catalog(json));
    let changed = Event::EndpointsChanged {
        added: vec!["PUT shop/items".into()],
        removed: vec!["POST shop/items".into()],
    };
    assert!(
        host.events.iter().any(|(_, event)| *event == changed),
        "{:?}",
        host.events
    );
}

#[test]
fn garbage_on_the_stream_does_no_harm() {
    let mut host = live();
    host.stream(StreamEvent::Catalog(json!({"landfall": 1})));
    host.stream(StreamEvent::Garbage);
    assert_eq!(host.status(), "live");
    assert_eq!(host.streams.len(), 0);
    host.until(2_000);
    assert_eq!((host.status(), host.streams.len()), ("live", 1));
}

#[test]
fn a_lost_backend_is_stale_and_live_again_when_it_is_back() {
    let mut host = live();
    host.sites.remove(BACKEND);
    host.stream(StreamEvent::Failed);
    host.until(1_100);
    assert_eq!(
        (host.status(), host.snapshot().view.base_url.as_str()),
        ("stale", BACKEND)
    );
    assert_eq!(host.event_names().last(), Some(&"discovery-failed"));
    host.until(4_000);
    host.sites.insert(
        BACKEND.to_owned(),
        Site::Answers(5, json_answer(catalog(2, 1, BACKEND))),
    );
    host.until(4_400);
    assert_eq!(host.status(), "live");
}

#[test]
fn a_backend_without_a_daemon_that_moves_is_found_again() {
    let new = "http://localhost:8001";
    let mut options = options();
    options.candidates.push(crate::host::url(new));
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site(
            "http://localhost:8000/openapi.json",
            Site::Answers(5, json_answer(openapi())),
        )
        .start();
    host.until(10_000);
    host.sites.remove(BACKEND);
    host.sites.remove("http://localhost:8000/openapi.json");
    host.sites.insert(new.to_owned(), status(404));
    host.sites.insert(
        "http://localhost:8001/openapi.json".to_owned(),
        Site::Answers(5, json_answer(openapi())),
    );
    host.until(12_000);
    assert_eq!(
        (host.status(), host.snapshot().view.base_url.as_str()),
        ("live", new)
    );
    assert!(host.event_names().contains(&"service-relocated"));
}

#[test]
fn hidden_pages_neither_poll_nor_stream() {
    let mut host = live();
    host.input(Input::Visible(false));
    assert_eq!(host.streams.len(), 0);
    let sent = host.sent.len();
    host.until(600_000);
    assert_eq!(host.sent.len(), sent);
    host.input(Input::Online(false));
    host.input(Input::Visible(true));
    host.until(700_000);
    assert_eq!(host.sent.len(), sent, "offline still");
    host.input(Input::Online(true));
    assert_eq!(
        (host.sent.len(), host.streams.len()),
        (sent + 1, 1),
        "at once"
    );
}

#[test]
fn one_failed_poll_is_not_a_loss() {
    let mut host = live();
    host.sites.insert(
        BACKEND.to_owned(),
        Site::Answers(
            1,
            landfall_protocol::probe::Answer::new(503, landfall_protocol::probe::Body::Unread),
        ),
    );
    host.input(Input::Refresh);
    host.until(1_050);
    assert_eq!(host.status(), "live");
    host.sites.insert(
        BACKEND.to_owned(),
        Site::Answers(5, json_answer(catalog(1, 5, BACKEND))),
    );
    host.until(3_000);
    assert_eq!(host.status(), "live");
    assert!(!host.event_names().contains(&"discovery-failed"));
}
