//! `landfall probe`: the command line, on real servers that say what they were asked.

use crate::support::backend::{Backend, openapi};
use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use serde_json::{Value, json};
use std::net::TcpListener;

fn probe(url: &str, further: &[&str]) -> (i32, String, String) {
    said(landfall("probe").arg(url).args(further))
}

fn probe_json(url: &str, further: &[&str]) -> (i32, Value) {
    let (status, out, _) = said(landfall("probe").args([url, "--json"]).args(further));
    (status, serde_json::from_str(&out).unwrap())
}

/// The request lines that a report tells of.
fn told(report: &Value, backend: &Backend) -> Vec<String> {
    let requests = report["requests"].as_array().unwrap().iter();
    let line = |request: &Value| {
        let path = request["url"].as_str().unwrap();
        let path = path.strip_prefix(&backend.url()).unwrap();
        format!("{} {path} HTTP/1.1", request["method"].as_str().unwrap())
    };
    requests.map(line).collect()
}

#[test]
fn the_map_of_an_openapi_document_is_shown_with_every_request_that_was_sent() {
    let backend = Backend::start(&[("/openapi.json", 200, &openapi("Items API", "/items/{id}"))]);
    let (status, out, err) = probe(&backend.url(), &[]);
    assert_eq!((status, err.as_str()), (0, ""));
    let line = |start: &str| out.lines().find(|line| line.starts_with(start)).unwrap();
    assert_eq!(
        line("Items API"),
        "Items API: 1 endpoint, from its OpenAPI document"
    );
    let words: Vec<_> = line("/items/{id}").split_whitespace().collect();
    assert_eq!(words, ["/items/{id}", "http", "GET", "DELETE", "openapi"]);
    let asked = backend.asked();
    let requests: Vec<_> = out
        .lines()
        .filter(|line| line.starts_with("GET "))
        .collect();
    assert_eq!(requests.len(), asked.len());
    assert!(requests[0].contains(" 404 ") && requests[0].ends_with("/.well-known/landfall"));
    assert!(requests[1].contains(" 200 ") && requests[1].ends_with("/openapi.json"));

    let (status, report) = probe_json(&backend.url(), &[]);
    assert_eq!((status, &report["rung"]), (0, &json!("openapi")));
    let endpoint = &report["services"][0]["endpoints"][0];
    assert_eq!(
        endpoint["methods"],
        json!({ "GET": "openapi", "DELETE": "openapi" })
    );
    assert_eq!(told(&report, &backend), backend.asked()[asked.len()..]);
    assert!(report["requests"][1]["latency_us"].is_u64());
}

#[test]
fn declared_endpoints_are_asked_for_one_by_one_and_what_is_not_there_is_said() {
    let backend = Backend::start(&[("/orders", 200, "[]"), ("/upload", 405, "")]);
    let declared = [
        "--endpoint",
        "orders=/orders",
        "--endpoint",
        "upload=/upload",
        "--endpoint",
        "prices=/prices",
    ];
    let (status, report) = probe_json(&backend.url(), &declared);
    assert_eq!((status, &report["rung"]), (0, &json!("endpoints")));
    let asked = backend.asked();
    assert_eq!(told(&report, &backend), asked);
    assert!(
        asked
            .iter()
            .any(|line| line.starts_with("OPTIONS /orders "))
    );
    let is_safe = |line: &String| line.starts_with("GET ") || line.starts_with("OPTIONS ");
    assert!(asked.iter().all(is_safe), "{asked:?}");
    let found: Vec<_> = report["declared"].as_array().unwrap().iter().collect();
    assert_eq!(
        found[0],
        &json!({ "name": "orders", "path": "/orders", "found": true })
    );
    assert_eq!(found[2]["found"], false);
    let endpoints = report["services"][0]["endpoints"].as_array().unwrap();
    let methods = |name: &str| {
        let endpoint = endpoints.iter().find(|endpoint| endpoint["name"] == name);
        endpoint.map(|endpoint| endpoint["methods"].clone())
    };
    assert_eq!(methods("orders"), Some(json!({ "GET": "get" })));
    assert_eq!(
        (methods("upload"), methods("prices")),
        (Some(json!({})), None)
    );
    let (_, out, _) = probe(&backend.url(), &declared);
    assert!(out.contains("not there: prices=/prices"), "{out}");
}

#[test]
fn a_daemon_tells_of_all_its_services() {
    let settings = format!("{QUIET}[[services]]\nname = \"shop\"\nurl = \"http://127.0.0.1:1\"\n");
    let daemon = Daemon::start(&settings);
    let (status, out, _) = probe(&format!("http://{}", daemon.address), &[]);
    assert_eq!(status, 0);
    assert!(
        out.contains("shop: no endpoints, from its catalog"),
        "{out}"
    );
    assert!(out.contains("/v1/services/{id}"), "{out}");
}

#[test]
fn it_goes_to_no_other_machine_than_the_one_it_was_given() {
    let elsewhere = json!({ "linkset": [{
        "anchor": "http://10.1.2.3/",
        "service-desc": [{ "href": "http://10.1.2.3/openapi.json", "type": "application/json" }],
    }] });
    let backend = Backend::start(&[("/.well-known/api-catalog", 200, &elsewhere.to_string())]);
    let (status, report) = probe_json(&backend.url(), &[]);
    assert_eq!(status, 1);
    let last = report["requests"].as_array().unwrap().last().unwrap();
    assert_eq!(last["url"], "http://10.1.2.3/openapi.json");
    assert_eq!(last["failure"], "not sent: another machine");
    for forbidden in [
        "http://169.254.169.254",
        "http://[fd00:ec2::254]",
        "http://0.0.0.0",
    ] {
        let (status, out, err) = probe(forbidden, &[]);
        assert_eq!((status, out.as_str()), (1, ""), "{forbidden}");
        assert!(err.contains("never asked"), "{err}");
    }
}

#[test]
fn why_nothing_was_found_is_said_with_what_to_do() {
    let empty = Backend::start(&[]);
    let (status, out, err) = probe(&empty.url(), &[]);
    assert_eq!(status, 1);
    assert!(err.contains("--endpoint NAME=PATH"), "{err}");
    assert_eq!(out.matches(" 404 ").count(), empty.asked().len());
    let (status, _, err) = probe("http://127.0.0.1:1", &[]);
    assert!(status == 1 && err.contains("nobody listens there"), "{err}");
    // Connections wait in the queue of a listener that takes none.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let (status, out, err) = probe(&url, &["--timeout", "50ms"]);
    assert!(status == 1 && err.contains("--timeout"), "{err}");
    assert!(out.contains("timed out"), "{out}");
    for wrong in ["127.0.0.1:8000", "ftp://localhost", "http://"] {
        let (status, _, err) = probe(wrong, &[]);
        assert!(
            status == 2 && err.contains("write scheme, host and port"),
            "{err}"
        );
    }
    let (status, _, err) = probe("http://127.0.0.1:1", &["--endpoint", "orders"]);
    assert!(status == 2 && err.contains("orders=/orders"), "{err}");
}
