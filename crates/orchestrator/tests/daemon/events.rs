//! Server-sent events.

use crate::support::backend::Backend;
use crate::support::client::Events;
use crate::support::daemon::{Daemon, QUIET};

const PATH: &str = "/.well-known/landfall/events";

fn with_service(backend: &Backend) -> Daemon {
    Daemon::start(&format!(
        "{QUIET}[checks]\ninterval = \"50ms\"\n[[services]]\nname = \"it\"\nurl = \"{}\"\nhealth_path = \"/up\"\n[services.endpoints.a]\npath = \"/a\"\n",
        backend.url()
    ))
}

#[test]
fn a_new_reader_gets_the_whole_document_at_once_and_then_each_revision() {
    let backend = Backend::start(&[("/up", 200, "{}")]);
    let daemon = with_service(&backend);
    let mut events = Events::open(daemon.address, PATH, &[]);
    let field = |name: &str| {
        events
            .fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    assert_eq!(field("content-type").as_deref(), Some("text/event-stream"));
    assert_eq!(field("cache-control").as_deref(), Some("no-store"));
    let mut last = 0;
    loop {
        let event = events.next().unwrap();
        let document = event.json();
        let (epoch, revision) = (&document["epoch"], document["revision"].as_u64().unwrap());
        assert_eq!(event.name, "catalog");
        assert_eq!(
            event.id,
            format!(
                "{}:{}:{revision}",
                epoch["registry"].as_str().unwrap(),
                epoch["boot"]
            )
        );
        assert!(revision > last);
        last = revision;
        if document["services"][1]["instances"][0]["health"] == "healthy" {
            break;
        }
    }
    backend.answer("/up", 500, "{}");
    let document = events.next().unwrap().json();
    assert_eq!(
        document["services"][1]["instances"][0]["health"],
        "degraded"
    );
}

#[test]
fn a_reader_that_is_up_to_date_is_told_only_what_is_new() {
    let backend = Backend::start(&[("/up", 200, "{}")]);
    let daemon = with_service(&backend);
    let mut events = Events::open(daemon.address, PATH, &[]);
    let mut known = events.next().unwrap();
    while known.json()["services"][1]["instances"][0]["health"] != "healthy" {
        known = events.next().unwrap();
    }
    let encoded = known.id.replace(':', "%3A");
    let mut by_query = Events::open(daemon.address, &format!("{PATH}?after={encoded}"), &[]);
    let stale = format!("{PATH}?after=other:1:1");
    let mut by_header = Events::open(
        daemon.address,
        &stale,
        &[("Last-Event-ID", known.id.as_str())],
    );
    let mut behind = Events::open(daemon.address, &stale, &[]);
    assert_eq!(behind.next().unwrap(), known);
    backend.answer("/up", 500, "{}");
    let news = events.next().unwrap();
    assert_ne!(news.id, known.id);
    for stream in [&mut by_query, &mut by_header, &mut behind] {
        assert_eq!(stream.next().unwrap(), news);
    }
}

#[test]
fn raw_health_is_a_topic_of_its_own() {
    let backend = Backend::start(&[("/up", 200, "{}")]);
    let daemon = with_service(&backend);
    let mut events = Events::open(daemon.address, &format!("{PATH}?topics=health"), &[]);
    let (first, second) = (events.next().unwrap(), events.next().unwrap());
    assert_eq!(
        (
            first.name.as_str(),
            second.name.as_str(),
            second.id.as_str()
        ),
        ("health", "health", "")
    );
    let services = second.json()["services"].clone();
    assert_eq!(services[1]["service"], "it");
    assert_eq!(services[1]["health"], 100);
    assert!(
        services[1]["latency_us"].as_u64().is_some() && services[1]["age_ms"].as_u64().is_some()
    );
    let history = &services[1]["history"];
    assert_eq!(
        history["health"].as_array().unwrap().len(),
        history["latency_us"].as_array().unwrap().len()
    );
    assert!(second.json()["now"].as_u64() > first.json()["now"].as_u64());
}

#[test]
fn an_unknown_topic_is_refused_in_words() {
    let response = Daemon::start(QUIET).get(&format!("{PATH}?topics=weather"), &[]);
    assert_eq!(response.status, 400);
    assert!(response.text().contains("catalog, health and drift"));
}
