//! Services that register themselves: over HTTP, with the token, for as long as their lease.

use crate::support::backend::{Backend, Process, free_ports, openapi};
use crate::support::client::{request, send};
use crate::support::daemon::{Daemon, QUIET, watching};
use crate::support::eventually;
use serde_json::{Value, json};

const SERVICES: &str = "/v1/services";

fn shop(url: &str) -> Value {
    json!({ "name": "shop", "lease": 600, "instances": [{ "url": url }] })
}

/// Registers and says under which path.
fn register(daemon: &Daemon, body: &Value) -> String {
    let registered = daemon.send("POST", SERVICES, body);
    assert_eq!(registered.status, 201, "{}", registered.text());
    let path = registered.field("location").to_owned();
    assert_eq!(
        path,
        format!("{SERVICES}/{}", registered.json()["id"].as_str().unwrap())
    );
    path
}

fn health(daemon: &Daemon, name: &str) -> Option<String> {
    let service = daemon.service(name)?;
    Some(service["instances"][0]["health"].as_str()?.to_owned())
}

#[test]
fn a_registered_service_is_checked_asked_and_shown_and_goes_when_it_is_taken_back() {
    let backend = Backend::start(&[
        ("/alive", 200, "{}"),
        ("/openapi.json", 200, &openapi("The shop", "/orders")),
    ]);
    let daemon = Daemon::start(QUIET);
    let mut body = shop(&backend.url());
    body["health_path"] = "/alive".into();
    body["endpoints"] = json!({
        "updates": { "path": "/ws", "protocol": "websocket" },
        "ticks": { "path": "/ticks", "protocol": "sse", "methods": ["GET"] },
    });
    let path = register(&daemon, &body);
    let endpoints = || {
        let service = daemon.service("shop")?;
        let names: Vec<_> = service["endpoints"].as_object()?.keys().cloned().collect();
        // What it declares and what its description says.
        (names == ["/orders", "ticks", "updates"]).then_some(service)
    };
    let service = eventually("its endpoints are known", endpoints);
    assert_eq!(service["title"], "The shop");
    assert_eq!(
        service["endpoints"]["ticks"]["methods"],
        json!({ "GET": "catalog" })
    );
    assert_eq!(service["endpoints"]["updates"]["protocol"], "websocket");
    eventually("it is healthy", || {
        (health(&daemon, "shop")? == "healthy").then_some(())
    });
    assert!(backend.asked().contains(&"GET /alive HTTP/1.1".to_owned()));

    let shown = daemon.get(&path, &[]).json();
    assert_eq!(
        (&shown["name"], &shown["lease"]),
        (&"shop".into(), &600.into())
    );
    assert!(shown["expires_in_ms"].as_u64().unwrap() <= 600_000);
    let list = daemon.get(SERVICES, &[]).json();
    assert_eq!(list["services"].as_array().unwrap().len(), 1);
    assert_eq!(list["services"][0]["id"], shown["id"]);

    assert_eq!(daemon.send("PUT", &path, &Value::Null).status, 200);
    assert_eq!(daemon.send("DELETE", &path, &Value::Null).status, 204);
    eventually("it is gone", || {
        daemon.service("shop").is_none().then_some(())
    });
    for method in ["PUT", "DELETE"] {
        let gone = daemon.send(method, &path, &Value::Null);
        assert_eq!(gone.status, 404);
        assert!(gone.text().contains("register again"), "{}", gone.text());
    }
    assert_eq!(daemon.get(&path, &[]).status, 404);
}

#[test]
fn a_service_that_nobody_renews_goes() {
    let daemon = Daemon::start(QUIET);
    let mut body = shop("http://127.0.0.1:1");
    body["lease"] = 1.into();
    register(&daemon, &body);
    eventually("its lease ends", || {
        daemon.service("shop").is_none().then_some(())
    });
    assert_eq!(daemon.get(SERVICES, &[]).json(), json!({ "services": [] }));
}

#[test]
fn registrations_survive_a_restart() {
    let daemon = Daemon::start(QUIET);
    let path = register(&daemon, &shop("http://127.0.0.1:1"));
    let mut other = shop("http://127.0.0.1:2");
    other["name"] = "other".into();
    let taken_back = register(&daemon, &other);
    assert_eq!(daemon.send("DELETE", &taken_back, &Value::Null).status, 204);
    daemon.signal("KILL");
    let daemon = Daemon::start_in(daemon.wait().1, QUIET);
    let names = |daemon: &Daemon| {
        let catalog = daemon.catalog();
        let names = catalog["services"].as_array().unwrap().iter();
        names
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&daemon), ["landfall", "shop"]);
    // Whoever registered it goes on renewing it, or registers again: it is the same registration.
    assert_eq!(daemon.send("PUT", &path, &Value::Null).status, 200);
    let again = daemon.send("POST", SERVICES, &shop("http://127.0.0.1:1"));
    assert_eq!(
        (again.status, again.field("location")),
        (200, path.as_str())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_service_that_registers_and_is_found_by_its_socket_is_one() {
    let [port] = free_ports();
    let daemon = Daemon::start(&watching(&[port]));
    let _process = Process::start(port, &openapi("Items API", "/items"));
    eventually("it is found", || daemon.service("items-api"));
    let path = register(&daemon, &shop(&format!("http://127.0.0.1:{port}")));
    eventually("it has its registered name only", || {
        let catalog = daemon.catalog();
        let services = catalog["services"].as_array().unwrap();
        (services.len() == 2 && services[1]["name"] == "shop").then_some(())
    });
    assert_eq!(daemon.send("DELETE", &path, &Value::Null).status, 204);
    eventually("it is found again", || daemon.service("items-api"));
}

#[test]
fn without_the_token_nothing_changes_and_nothing_is_read() {
    let daemon = Daemon::start(QUIET);
    let path = register(&daemon, &shop("http://127.0.0.1:1"));
    let body = shop("http://127.0.0.1:2").to_string();
    let token = daemon.credentials();
    let wrong = format!("Bearer {}", "0".repeat(64));
    for fields in [
        &[][..],
        &[("Authorization", wrong.as_str())],
        &[("Authorization", "Bearer ")],
        &[("Authorization", &token[7..])],
        &[("Authorization", "Basic YTpi")],
        &[("Authorization", &token), ("Authorization", &token)],
    ] {
        let json = [fields, &[("Content-Type", "application/json")]].concat();
        for (method, path, body) in [
            ("POST", SERVICES, body.as_str()),
            ("PUT", &path, ""),
            ("DELETE", &path, ""),
        ] {
            let refused = send(daemon.address, method, path, &json, body.as_bytes());
            assert_eq!(refused.status, 401, "{method} {fields:?}");
            assert!(refused.field("www-authenticate").starts_with("Bearer"));
            assert!(!refused.text().contains(&token[7..]));
        }
    }
    // A body that never comes is not waited for.
    let head = "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
    let refused = crate::support::client::raw(daemon.address, head.as_bytes()).unwrap();
    assert_eq!(refused.status, 401);
    assert_eq!(
        daemon.get(SERVICES, &[]).json()["services"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn the_token_is_in_one_file_and_nowhere_else() {
    let daemon = Daemon::start(&format!("{QUIET}[config]\nA = 1\n"));
    register(&daemon, &shop("http://127.0.0.1:1"));
    let credentials = daemon.credentials();
    let token = credentials.strip_prefix("Bearer ").unwrap();
    for path in [
        "/.well-known/landfall",
        "/v1/status",
        "/v1/health",
        SERVICES,
        "/nothing",
    ] {
        assert!(!daemon.get(path, &[]).text().contains(token), "{path}");
    }
    let log = std::fs::read_to_string(daemon.folder().join("log")).unwrap();
    assert!(log.contains("state/token"), "{log}");
    assert!(log.contains("registered") && !log.contains(token), "{log}");
}

#[test]
fn a_page_cannot_register_even_with_the_token() {
    let daemon = Daemon::start(QUIET);
    let path = register(&daemon, &shop("http://127.0.0.1:1"));
    let credentials = daemon.credentials();
    let page = [
        ("Origin", "http://localhost:3000"),
        ("Authorization", credentials.as_str()),
        ("Content-Type", "application/json"),
    ];
    let body = shop("http://127.0.0.1:2").to_string();
    for (method, path) in [("POST", SERVICES), ("PUT", &path), ("DELETE", &path)] {
        let refused = send(daemon.address, method, path, &page, body.as_bytes());
        assert_eq!(refused.status, 403, "{method}");
        let preflight = request(daemon.address, "OPTIONS", path, &page[..1]);
        assert_eq!(preflight.field("access-control-allow-methods"), "GET");
    }
    // Reading is another matter.
    assert_eq!(daemon.get(SERVICES, &page[..1]).status, 200);
}

#[test]
fn every_mistake_has_its_answer() {
    let daemon = Daemon::start(QUIET);
    let path = register(&daemon, &shop("http://127.0.0.1:1"));
    let with = |key: &str, value: Value| {
        let mut body = shop("http://127.0.0.1:2");
        body[key] = value;
        body
    };
    for (body, status, says) in [
        (with("name", json!("")), 422, "name: "),
        (with("name", json!("landfall")), 422, "name: "),
        (with("nmae", json!("x")), 422, "nmae: unknown field"),
        (with("lease", json!(0)), 422, "lease: "),
        (with("instances", json!([])), 422, "instances: "),
        (
            with("instances", json!([{ "url": "shop:80" }])),
            422,
            "instances[0].url: ",
        ),
        (
            with("instances", json!([{ "url": "https://10.0.0.1" }])),
            403,
            "instances[0].url: ",
        ),
        (
            with("instances", json!([{ "url": "http://10.0.0.1" }])),
            403,
            "allowed_networks",
        ),
        (
            with("instances", json!([{ "url": "http://169.254.169.254" }])),
            403,
            "never asked",
        ),
        (
            with("instances", json!([{ "url": "http://[fd00:ec2::254]" }])),
            403,
            "never asked",
        ),
        (
            with("instances", json!([{ "url": "http://shop.internal" }])),
            403,
            "allowed_networks",
        ),
        (
            with("endpoints", json!({ "a": { "path": "b" } })),
            422,
            "endpoints.a.path: ",
        ),
        (
            with("instances", json!([{ "url": "http://127.0.0.1:1" }])),
            200,
            "",
        ),
        (json!([]), 422, "the body: "),
        (
            json!({ "name": "other", "instances": [{ "url": "http://127.0.0.1:1" }] }),
            409,
            "is shop already",
        ),
        (
            with("title", json!("x".repeat(300_000))),
            413,
            "262144 bytes",
        ),
    ] {
        let answer = daemon.send("POST", SERVICES, &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
        assert!(answer.text().contains(says), "{body}: {}", answer.text());
    }
    let credentials = daemon.credentials();
    let send_as = |kind: &str, body: &str| {
        let fields = [
            ("Authorization", credentials.as_str()),
            ("Content-Type", kind),
        ];
        send(daemon.address, "POST", SERVICES, &fields, body.as_bytes()).status
    };
    let body = shop("http://127.0.0.1:2").to_string();
    assert_eq!(send_as("text/plain", &body), 415);
    assert_eq!(send_as("application/x-www-form-urlencoded", &body), 415);
    assert_eq!(send_as("application/json", "{"), 400);
    assert_eq!(send_as("application/json", ""), 400);

    for (path, allow) in [
        (SERVICES, "GET, POST, OPTIONS"),
        (path.as_str(), "GET, PUT, DELETE, OPTIONS"),
    ] {
        for method in ["PATCH", "HEAD", "BREW"] {
            let refused = request(daemon.address, method, path, &[]);
            assert_eq!(
                (refused.status, refused.field("allow")),
                (405, allow),
                "{method} {path}"
            );
        }
        assert_eq!(
            request(daemon.address, "OPTIONS", path, &[]).field("allow"),
            allow
        );
    }
    assert_eq!(
        daemon.send("PUT", "/v1/services/7", &Value::Null).status,
        404
    );
}

#[test]
fn without_a_place_for_state_nobody_registers_and_everybody_reads() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be.
    std::fs::write(folder.path().join("state"), b"").unwrap();
    let daemon = Daemon::start_in(folder, QUIET);
    let fields = [
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer x"),
    ];
    let refused = send(daemon.address, "POST", SERVICES, &fields, b"{}");
    assert_eq!(refused.status, 503);
    assert!(
        refused.text().contains("nobody can register"),
        "{}",
        refused.text()
    );
    assert_eq!(daemon.get(SERVICES, &[]).json(), json!({ "services": [] }));
}
