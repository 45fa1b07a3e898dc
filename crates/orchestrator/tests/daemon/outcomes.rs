//! Reports of pages: who may send them, in which form, and what they do.

use crate::support::backend::Backend;
use crate::support::client::{Response, raw, request};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use std::io::Write;

const PATH: &str = "/v1/outcomes";
const PAGE: (&str, &str) = ("Origin", "http://localhost:3000");

fn post(daemon: &Daemon, fields: &[(&str, &str)], body: &str) -> Response {
    let address = daemon.address;
    let mut text = format!(
        "POST {PATH} HTTP/1.1\r\nConnection: close\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: {}\r\n",
        body.len()
    );
    if !fields.iter().any(|(name, _)| *name == "Host") {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in fields {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(body);
    raw(address, text.as_bytes()).expect("a response")
}

fn report(url: &str, answered: u32, failed: u32) -> String {
    serde_json::json!({ "outcomes": [{ "url": url, "answered": answered, "failed": failed }] })
        .to_string()
}

fn health(daemon: &Daemon) -> serde_json::Value {
    daemon.get("/v1/health", &[]).json()["services"][1].clone()
}

#[test]
fn a_report_brings_a_check_forward_and_the_check_decides() {
    let backend = Backend::start(&[("/health", 200, "{}")]);
    let url = backend.url();
    let daemon = Daemon::start(&format!(
        "[budget]\ncpu_percent = 100\n[checks]\ninterval = \"1h\"\ninterval_unsteady = \"50ms\"\n[sockets]\nenabled = false
[[services]]
name = \"boats\"
url = \"{url}\"
health_path = \"/health\"
"
    ));
    eventually("a steady service", || {
        let health = health(&daemon);
        let history = health["history"]["health"].as_array()?.len();
        (health["class"] == "healthy" && history >= 3).then_some(())
    });
    // A lie: the check that follows finds nothing wrong.
    let asked = backend.asked().len();
    assert_eq!(post(&daemon, &[PAGE], &report(&url, 0, 5)).status, 204);
    eventually("a check out of turn", || {
        (backend.asked().len() > asked).then_some(())
    });
    assert_eq!(health(&daemon)["class"], "healthy");
    // The truth; without a report, the next check would come in an hour.
    backend.answer("/health", 500, "{}");
    assert_eq!(post(&daemon, &[PAGE], &report(&url, 0, 1)).status, 204);
    eventually("the service is unhealthy", || {
        (health(&daemon)["class"] == "unhealthy").then_some(())
    });
}

#[test]
fn a_report_needs_an_allowed_host_and_origin_and_no_preflight() {
    let daemon = Daemon::start(QUIET);
    let body = report("http://127.0.0.1:1", 0, 1);
    let accepted = post(&daemon, &[PAGE], &body);
    assert_eq!(
        (
            accepted.status,
            accepted.field("access-control-allow-origin")
        ),
        (204, PAGE.1)
    );
    assert_eq!(
        post(&daemon, &[("Origin", "https://evil.example")], &body).status,
        403
    );
    assert_eq!(
        post(&daemon, &[("Host", "evil.example"), PAGE], &body).status,
        421
    );
    let asks = [PAGE, ("Access-Control-Request-Method", "POST")];
    let preflight = request(daemon.address, "OPTIONS", PATH, &asks);
    assert_eq!(
        (
            preflight.status,
            preflight.field("access-control-allow-methods")
        ),
        (204, "POST")
    );
    let read = daemon.get(PATH, &[]);
    assert_eq!((read.status, read.field("allow")), (405, "POST, OPTIONS"));
}

#[test]
fn what_is_no_report_is_refused_and_too_many_are_put_off() {
    let daemon = Daemon::start(QUIET);
    for (body, status) in [
        ("garbage", 400),
        ("[]", 400),
        (
            "{\"outcomes\": [{\"url\": \"file:///etc\", \"failed\": 1}]}",
            400,
        ),
        (&"[".repeat(1_000), 400),
        (&" ".repeat(17 * 1_024), 413),
    ] {
        assert_eq!(post(&daemon, &[PAGE], body).status, status, "{body:.40}");
    }
    let many = vec![serde_json::json!({ "url": "http://127.0.0.1:1", "failed": 1 }); 33];
    let many = serde_json::json!({ "outcomes": many }).to_string();
    assert_eq!(post(&daemon, &[PAGE], &many).status, 400);
    let body = report("http://127.0.0.1:1", 0, 1);
    let refused = eventually("a report too many", || {
        let response = post(&daemon, &[PAGE], &body);
        (response.status != 204).then_some(response)
    });
    assert_eq!((refused.status, refused.field("retry-after")), (429, "1"));
}

#[test]
fn a_report_that_never_arrives_holds_up_nobody() {
    let daemon = Daemon::start(QUIET);
    let mut silent = crate::support::client::connect(daemon.address);
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Length: 100\r\n\r\n{{",
        daemon.address
    );
    silent.write_all(head.as_bytes()).unwrap();
    assert_eq!(daemon.get("/healthz", &[]).text(), "ok\n");
    let body = report("http://127.0.0.1:1", 0, 1);
    assert_eq!(post(&daemon, &[PAGE], &body).status, 204);
}
