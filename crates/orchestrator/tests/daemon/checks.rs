//! How services are checked: over TCP, with statuses, timeouts and thresholds of their own.

use crate::support::backend::{Backend, free_ports};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::json;
use std::net::TcpListener;

/// Settings with one service and how it is checked.
fn with_check(url: &str, check: &str) -> String {
    format!(
        "{QUIET}[checks]\ninterval = \"50ms\"\n[[services]]\nname = \"it\"\nurl = \"{url}\"\n[services.check]\n{check}\n"
    )
}

/// The history of the only service's scores.
fn scores(daemon: &Daemon) -> Vec<Option<u64>> {
    let health = daemon.get("/v1/health", &[]).json();
    let services = health["services"].as_array().unwrap();
    let it = services.iter().find(|it| it["service"] == "it").unwrap();
    let scores = it["history"]["health"].as_array().unwrap();
    scores.iter().map(serde_json::Value::as_u64).collect()
}

fn class(daemon: &Daemon) -> String {
    let service = daemon.service("it").unwrap();
    service["instances"][0]["health"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn becomes(daemon: &Daemon, wanted: &str) {
    eventually(wanted, || (class(daemon) == wanted).then_some(()));
}

#[test]
fn to_accept_a_connection_is_life_and_nothing_is_sent() {
    let [port] = free_ports();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let url = format!("http://127.0.0.1:{port}");
    let daemon = Daemon::start(&with_check(&url, "kind = \"tcp\""));
    becomes(&daemon, "healthy");
    // Whoever connected said nothing and went away.
    let (mut stream, _) = listener.accept().unwrap();
    let mut said = Vec::new();
    std::io::Read::read_to_end(&mut stream, &mut said).unwrap();
    assert!(said.is_empty(), "{said:?}");
    drop(listener);
    becomes(&daemon, "unhealthy");
}

#[test]
fn the_expected_statuses_are_life_and_no_others() {
    let backend = Backend::start(&[("/up", 503, "")]);
    let daemon = Daemon::start(&with_check(
        &backend.url(),
        "path = \"/up\"\nstatus = [204, \"500-503\"]",
    ));
    becomes(&daemon, "healthy");
    backend.answer("/up", 200, "");
    becomes(&daemon, "unhealthy");
}

#[test]
fn the_class_changes_after_so_many_in_a_row() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let daemon = Daemon::start(&with_check(
        &backend.url(),
        "path = \"/up\"\nrise = 3\nfall = 1",
    ));
    becomes(&daemon, "healthy");
    backend.answer("/up", 500, "");
    becomes(&daemon, "unhealthy");
    // One failure took it from well to unhealthy, which the score alone would not.
    backend.answer("/up", 200, "");
    becomes(&daemon, "healthy");
    let scores = scores(&daemon);
    let rises = scores.windows(4).any(|four| {
        four.iter().flatten().count() == 4
            && four[0] < four[1]
            && four[1] < four[2]
            && four[2] <= four[3]
    });
    assert!(rises, "{scores:?}");
}

#[test]
fn a_service_has_a_timeout_of_its_own() {
    // Accepts by way of the kernel's queue and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let daemon = Daemon::start(&with_check(&url, "timeout = \"20ms\""));
    // With the usual deadline of 2 s this would take as many seconds.
    becomes(&daemon, "unhealthy");
    let log = std::fs::read_to_string(daemon.folder().join("log")).unwrap();
    assert!(log.contains("no answer in 20 ms"), "{log}");
}

#[test]
fn a_registration_says_how_it_is_checked_and_is_asked_back_the_same() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let daemon = Daemon::start(&format!("{QUIET}[checks]\ninterval = \"50ms\"\n"));
    let body = json!({
        "name": "it", "instances": [{ "url": url }],
        "check": { "kind": "tcp", "interval": "40ms", "timeout": "1s", "rise": 1, "fall": 2 }
    });
    let made = daemon.send("POST", "/v1/services", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    let check = &made.json()["check"];
    assert_eq!(
        *check,
        json!({ "kind": "tcp", "interval": "40ms", "timeout": "1s", "rise": 1, "fall": 2 })
    );
    becomes(&daemon, "healthy");
    let mut wrong = body;
    wrong["check"]["status"] = json!([200]);
    let refused = daemon.send("POST", "/v1/services", &wrong);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("check.status"),
        "{}",
        refused.text()
    );
}
