//! The memory ceiling: histories go before services are refused, and what is there stays.

use crate::support::backend::{Backend, Process, free_ports, openapi};
use crate::support::daemon::Daemon;
use crate::support::eventually;
use serde_json::{Map, Value, json};
use std::fs;

/// Settings with a ceiling in KiB, if any, and `services` services, of a daemon that finds what listens on `port`.
fn settings(ceiling: Option<u64>, port: u16, services: usize, url: &str) -> String {
    let memory = ceiling.map_or(String::new(), |kib| format!("memory = \"{kib}KiB\"\n"));
    let service = |n| {
        format!(
            "[[services]]\nname = \"written-{n}\"\nurl = \"{url}/{n}\"\nhealth_path = \"/up\"\n[services.endpoints.a]\npath = \"/a\"\n"
        )
    };
    let services: String = (0..services).map(service).collect();
    format!(
        "[budget]\ncpu_percent = 100\n{memory}[checks]\ninterval = \"50ms\"\n[sockets]\nonly_ports = [{port}]\n{services}"
    )
}

fn replace(daemon: &Daemon, settings: &str) {
    let other = daemon.folder().join("landfall.toml.new");
    fs::write(&other, settings).unwrap();
    fs::rename(other, daemon.folder().join("landfall.toml")).unwrap();
}

/// A registration that takes some room.
fn large(n: usize) -> Value {
    let endpoint = |at: usize| {
        let path = format!("/a-path-that-takes-some-room-in-memory/{n}/{at}");
        (format!("endpoint-{at}"), json!({ "path": path }))
    };
    let endpoints: Map<String, Value> = (0..100).map(endpoint).collect();
    let url = format!("http://127.0.0.1:1/{n}");
    json!({ "name": format!("registered-{n}"), "lease": 86_400, "instances": [{ "url": url }], "endpoints": endpoints })
}

fn memory(daemon: &Daemon) -> Value {
    daemon.get("/v1/status", &[]).json()["memory"].clone()
}

fn log(daemon: &Daemon) -> String {
    fs::read_to_string(daemon.folder().join("log")).unwrap()
}

/// The shortest and the longest history of the services of the settings.
fn histories(daemon: &Daemon) -> (usize, usize) {
    let health = daemon.get("/v1/health", &[]).json();
    let services = health["services"].as_array().unwrap();
    let written = services.iter().filter(|it| it["source"] == "settings");
    let lengths: Vec<usize> = written
        .map(|it| it["history"]["health"].as_array().unwrap().len())
        .collect();
    (
        *lengths.iter().min().unwrap(),
        *lengths.iter().max().unwrap(),
    )
}

fn are_healthy(daemon: &Daemon, services: usize) {
    eventually("the services of the settings are there", || {
        let catalog = daemon.catalog();
        let all = catalog["services"].as_array()?;
        let is_one = |it: &&Value| it["name"].as_str().unwrap().starts_with("written-");
        let mut written: Vec<_> = all.iter().filter(is_one).collect();
        written.retain(|it| it["instances"][0]["health"] == "healthy");
        (written.len() == services).then_some(())
    });
}

#[test]
fn histories_are_shed_before_services_are_refused_and_nothing_is_lost() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let up: Vec<String> = (0..21).map(|n| format!("/{n}/up")).collect();
    up.iter().for_each(|path| backend.answer(path, 200, ""));
    let [port] = free_ports();
    let daemon = Daemon::start(&settings(None, port, 20, &backend.url()));
    eventually("histories", || (histories(&daemon).0 > 8).then_some(()));
    are_healthy(&daemon, 20);
    let before = memory(&daemon);
    assert_eq!(
        (&before["ceiling_bytes"], &before["level"]),
        (&Value::Null, &json!("full"))
    );
    // A quarter more than it has now, of which an eighth is left before histories go.
    let report = daemon.get("/debug/memory", &[]).json();
    let bytes = |of: &str, what: &str| report[of][what].as_u64().unwrap();
    let held = (bytes("resident", "total") - bytes("heap", "free")) / 1_024;
    let ceiling = (held * 5 / 4).max(8 * 1_024);
    replace(&daemon, &settings(Some(ceiling), port, 20, &backend.url()));
    eventually("the ceiling", || {
        (memory(&daemon)["ceiling_bytes"] == ceiling * 1_024).then_some(())
    });

    let mut locations = Vec::new();
    let refused = loop {
        let answer = daemon.send("POST", "/v1/services", &large(locations.len()));
        if answer.status != 201 {
            break answer;
        }
        locations.push(answer.field("Location").to_owned());
        assert!(locations.len() < 2_000, "{}", memory(&daemon));
    };
    assert_eq!(refused.status, 507, "{}", refused.text());
    assert!(
        refused.text().contains("raise budget.memory"),
        "{}",
        refused.text()
    );
    let at_the_ceiling = memory(&daemon);
    assert_eq!(at_the_ceiling["level"], "no_new_services");
    assert!(at_the_ceiling["held_bytes"].is_u64(), "{at_the_ceiling}");
    let said = log(&daemon);
    let (histories_went, services_went) = (
        said.find("near the memory ceiling: histories").unwrap(),
        said.find("at the memory ceiling: nothing new").unwrap(),
    );
    assert!(histories_went < services_went, "{said}");
    let (shortest, longest) = histories(&daemon);
    assert!(shortest > 0 && longest <= 4, "{shortest} {longest}");
    let metrics = daemon.get("/metrics", &[]);
    assert!(metrics.text().contains("landfall_memory_level 2"));

    // What is there stays, may be renewed, and may say something else of itself.
    are_healthy(&daemon, 20);
    let kept = daemon.get("/v1/services", &[]).json();
    assert_eq!(kept["services"].as_array().unwrap().len(), locations.len());
    assert_eq!(daemon.send("PUT", &locations[0], &Value::Null).status, 200);
    assert_eq!(daemon.send("POST", "/v1/services", &large(0)).status, 200);
    // What is found waits, and what is written down does not.
    let _found = Process::start(port, &openapi("Items API", "/items"));
    eventually("the found service is left out", || {
        log(&daemon)
            .contains("left out until there is room")
            .then_some(())
    });
    assert!(daemon.service("items-api").is_none());
    replace(&daemon, &settings(Some(ceiling), port, 21, &backend.url()));
    are_healthy(&daemon, 21);

    replace(
        &daemon,
        &settings(Some(ceiling * 8), port, 21, &backend.url()),
    );
    eventually("what was found is taken in", || daemon.service("items-api"));
    assert_eq!(memory(&daemon)["level"], "full");
    let next = daemon.send("POST", "/v1/services", &large(locations.len()));
    assert_eq!(next.status, 201, "{}", next.text());
    eventually("histories are kept again", || {
        (histories(&daemon).0 > 4).then_some(())
    });
}
