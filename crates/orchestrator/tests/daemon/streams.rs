//! Many readers of streams, slow ones, and those that come back.

use crate::support::client::{Event, Events};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use landfall_protocol::catalog::{Change, Document};
use serde_json::{Value, json};

const EVENTS: &str = "/.well-known/landfall/events";
const CHANGES: &str = "/.well-known/landfall/events?topics=changes";

/// Registers the service `name`, so that there is a new revision, and waits for it.
fn register(daemon: &Daemon, name: &str, title: &str) {
    // Nobody is there, and each has a place of its own.
    let port = 10 + name.bytes().last().unwrap_or_default();
    let url = format!("http://127.0.0.1:{port}");
    let body = json!({
        "name": name, "title": title, "lease": 3600, "instances": [{ "url": url }],
        "endpoints": { "a": { "path": "/a" } }
    });
    let answer = daemon.send("POST", "/v1/services", &body);
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
    eventually("it is published", || {
        let service = daemon.service(name)?;
        (service["title"] == title).then_some(())
    });
}

/// This process needs more file descriptors than the usual soft limit.
fn raise_descriptor_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

fn resident(daemon: &Daemon) -> u64 {
    let status = daemon.get("/v1/status", &[]).json();
    status["memory"]["rss_bytes"].as_u64().unwrap()
}

#[test]
fn a_thousand_streams_are_served_and_the_next_ones_are_refused() {
    raise_descriptor_limit();
    let daemon = Daemon::start(QUIET);
    let before = resident(&daemon);
    let mut streams: Vec<_> = (0..1_000)
        .map(|_| Events::open(daemon.address, EVENTS, &[]))
        .collect();
    for stream in &mut streams {
        assert_eq!(stream.next().unwrap().name, "catalog");
    }
    let each = resident(&daemon).saturating_sub(before) / 1_000;
    println!("{each} bytes of resident memory for each stream");
    assert!(each < 64 * 1_024, "{each} bytes");
    register(&daemon, "shop", "The shop");
    for stream in &mut streams {
        let services = stream.next().unwrap().json()["services"].clone();
        let names = services.as_array().unwrap().iter();
        assert!(names.into_iter().any(|it| it["name"] == "shop"));
    }
    let more: Vec<_> = (0..24)
        .map(|_| Events::open(daemon.address, EVENTS, &[]))
        .collect();
    let refused = daemon.get(EVENTS, &[]);
    assert_eq!((refused.status, refused.field("retry-after")), (503, "5"));
    drop((streams, more));
    eventually("there is room again", || {
        let status = daemon.get("/v1/status", &[]).json();
        (status["streams"] == 0).then_some(())
    });
}

/// A catalog of about 200 KB.
fn large() -> String {
    let endpoint = |n| format!("endpoint-{n} = {{ path = \"/some/longer/path/{n}\" }}\n");
    let endpoints: String = (0..2_000).map(endpoint).collect();
    format!(
        "{QUIET}[[services]]\nname = \"large\"\nurl = \"http://127.0.0.1:9\"\n[services.endpoints]\n{endpoints}"
    )
}

#[test]
fn a_reader_that_does_not_read_is_dropped_and_the_others_miss_nothing() {
    let daemon = Daemon::start(&large());
    let _silent = Events::open(daemon.address, EVENTS, &[]);
    let mut quick = Events::open(daemon.address, CHANGES, &[]);
    let mut known = follow(None, &quick.next().unwrap());
    let dropped = || {
        let metrics = daemon.get("/metrics", &[]);
        metrics.text().contains("landfall_streams_dropped_total 1")
    };
    // What the kernel holds for a reader has an end.
    for n in 0..1_000 {
        if dropped() {
            break;
        }
        register(&daemon, "shop", &format!("Shop {n}"));
        while known.services.iter().all(|it| {
            let title = it.title.as_ref().map(|title| title.as_str());
            title != Some(&*format!("Shop {n}"))
        }) {
            known = follow(Some(known), &quick.next().unwrap());
        }
    }
    assert!(dropped());
}

/// Waits until the checks have said what they will say: nobody is there.
fn unhealthy(daemon: &Daemon, name: &str) {
    eventually("it is unhealthy", || {
        let health = &daemon.service(name)?["instances"][0]["health"];
        (health == "unhealthy").then_some(())
    });
}

/// The document after an event.
fn follow(known: Option<Document<Value>>, event: &Event) -> Document<Value> {
    match event.name.as_str() {
        "catalog" => Document::from_json(&event.json()).unwrap(),
        "change" => {
            let change = Change::from_json(&event.json()).unwrap();
            change.apply(&known.unwrap()).unwrap().unwrap()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn whoever_comes_back_gets_what_it_missed_in_small_events() {
    let daemon = Daemon::start(&large());
    unhealthy(&daemon, "large");
    let first = Events::open(daemon.address, CHANGES, &[]).next().unwrap();
    assert_eq!(first.name, "catalog");
    let mut known = follow(None, &first);
    for n in 0..3 {
        register(&daemon, &format!("shop-{n}"), "The shop");
    }
    let after = format!("{CHANGES}&after={}", first.id);
    let mut stream = Events::open(daemon.address, &after, &[]);
    while known.services.iter().all(|it| it.name.as_str() != "shop-2") {
        let event = stream.next().unwrap();
        assert_eq!(event.name, "change");
        assert!(event.data.len() < 2_000, "{}", event.data.len());
        known = follow(Some(known), &event);
    }
    for name in ["shop-0", "shop-1", "shop-2"] {
        unhealthy(&daemon, name);
    }
    let catalog = Document::from_json(&daemon.catalog()).unwrap();
    while known.stamp != catalog.stamp {
        known = follow(Some(known), &stream.next().unwrap());
    }
    assert_eq!(known, catalog);
    // Of a run that nobody knows: the whole document.
    let lost = format!("{CHANGES}&after=other:1:1");
    let whole = Events::open(daemon.address, &lost, &[]).next().unwrap();
    assert_eq!(
        (whole.name.as_str(), whole.json()),
        ("catalog", daemon.catalog())
    );
}
