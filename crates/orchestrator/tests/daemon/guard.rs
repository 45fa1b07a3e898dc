//! Who is let in, on every route, and what hostile bytes do.

use crate::support::client::{connect, raw, request};
use crate::support::daemon::{Daemon, QUIET};
use serde_json::Value;
use std::io::{Read, Write};

/// A path of the daemon, and the methods that it has besides OPTIONS.
struct Route {
    path: String,
    methods: Vec<String>,
}

/// Every route, as the daemon's own entry in its catalog has it: a new one is there without anybody thinking of it.
fn routes(daemon: &Daemon) -> Vec<Route> {
    let own = daemon.service("landfall").unwrap();
    let endpoints = own["endpoints"].as_object().unwrap();
    let route = |endpoint: &Value| {
        // A variable is a number here; there is nothing of that name.
        let path = endpoint["path"].as_str().unwrap().split('/');
        let path: Vec<_> = path
            .map(|it| {
                if it.starts_with('{') {
                    "0000000000000000"
                } else {
                    it
                }
            })
            .collect();
        let methods = endpoint["methods"].as_object().unwrap().keys();
        Route {
            path: path.join("/"),
            methods: methods.cloned().collect(),
        }
    };
    let routes: Vec<_> = endpoints.values().map(route).collect();
    let has = |path: &str| routes.iter().any(|it| it.path == path);
    assert!(has("/v1/drift") && has("/v1/drift/0000000000000000") && has("/"));
    routes
}

#[test]
fn every_route_has_its_own_methods_and_says_which() {
    let daemon = Daemon::start(QUIET);
    for Route { path, methods } in routes(&daemon) {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"] {
            if methods.iter().any(|it| it == method) {
                continue;
            }
            let refused = request(daemon.address, method, &path, &[]);
            assert_eq!(refused.status, 405, "{method} {path}");
            let mut allowed: Vec<_> = refused.field("allow").split(", ").collect();
            let mut wanted: Vec<_> = methods
                .iter()
                .map(String::as_str)
                .chain(["OPTIONS"])
                .collect();
            allowed.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(allowed, wanted, "{method} {path}");
        }
    }
}

#[test]
fn every_route_that_changes_something_wants_the_token_and_no_page() {
    let daemon = Daemon::start(QUIET);
    let credentials = daemon.credentials();
    let mut changing = 0;
    for Route { path, methods } in routes(&daemon) {
        // Reports of pages change nothing, and are what pages may send.
        for method in methods
            .iter()
            .filter(|it| *it != "GET" && path != "/v1/outcomes")
        {
            changing += 1;
            let nobody = request(daemon.address, method, &path, &[]);
            assert_eq!(nobody.status, 401, "{method} {path}");
            let page = [
                ("Origin", "http://localhost:3000"),
                ("Authorization", &*credentials),
            ];
            let page = request(daemon.address, method, &path, &page);
            assert_eq!(page.status, 403, "{method} {path}");
        }
    }
    assert_eq!(
        changing, 4,
        "POST, PUT and DELETE of registrations, DELETE of drift"
    );
}

#[test]
fn every_route_refuses_a_rebound_host_and_a_foreign_page() {
    let daemon = Daemon::start(QUIET);
    let paths = routes(&daemon).into_iter().map(|it| it.path);
    for path in paths.chain(["/nothing".to_owned()]) {
        let path = &*path;
        for method in ["GET", "OPTIONS", "POST", "PUT", "DELETE"] {
            let rebound = request(daemon.address, method, path, &[("Host", "evil.example")]);
            assert_eq!(rebound.status, 421, "{method} {path}");
            assert!(
                rebound.text().contains("allowed_hosts"),
                "{}",
                rebound.text()
            );
            let foreign = request(
                daemon.address,
                method,
                path,
                &[("Origin", "https://evil.example")],
            );
            assert_eq!(foreign.status, 403, "{method} {path}");
            assert_eq!(foreign.field("access-control-allow-origin"), "");
            assert!(
                foreign.text().contains("allowed_origins"),
                "{}",
                foreign.text()
            );
        }
    }
}

#[test]
fn an_allowed_origin_is_echoed_exactly_and_may_read_the_fields_it_needs() {
    let daemon = Daemon::start(&format!(
        "allowed_hosts = [\"dev.example\"]\nallowed_origins = [\"https://app.example\"]\n{QUIET}"
    ));
    for origin in [
        "http://localhost:3000",
        "http://[::1]:5173",
        "https://app.example",
    ] {
        let response = daemon.get(
            "/v1/status",
            &[("Origin", origin), ("Host", "dev.example:80")],
        );
        assert_eq!(
            (
                response.status,
                response.field("access-control-allow-origin")
            ),
            (200, origin)
        );
        assert_eq!(
            response.field("access-control-expose-headers"),
            "ETag, Retry-After, Allow, Link"
        );
        assert!(response.field("vary").contains("Origin"));
        assert_eq!(response.field("access-control-allow-credentials"), "");
    }
    let plain = daemon.get("/v1/status", &[]);
    assert_eq!(plain.field("access-control-allow-origin"), "");
    assert!(plain.field("vary").contains("Origin"));
}

#[test]
fn a_preflight_is_answered_and_other_methods_are_not_allowed() {
    let daemon = Daemon::start(QUIET);
    let asks = [
        ("Origin", "http://localhost:3000"),
        ("Access-Control-Request-Method", "GET"),
    ];
    let preflight = request(daemon.address, "OPTIONS", "/.well-known/landfall", &asks);
    assert_eq!(
        (
            preflight.status,
            preflight.field("access-control-allow-methods")
        ),
        (204, "GET")
    );
    assert!(
        preflight
            .field("access-control-allow-headers")
            .contains("If-None-Match")
    );
    for method in ["HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"] {
        let refused = request(daemon.address, method, "/v1/status", &[]);
        assert_eq!(
            (refused.status, refused.field("allow")),
            (405, "GET, OPTIONS"),
            "{method}"
        );
    }
    assert_eq!(request(daemon.address, "POST", "/nothing", &[]).status, 404);
}

#[test]
fn hostile_bytes_are_refused_and_the_daemon_goes_on() {
    let daemon = Daemon::start(QUIET);
    let long_target = format!(
        "GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a".repeat(100_000)
    );
    let long_head = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "a".repeat(100_000)
    );
    let many_fields = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
        "X: y\r\n".repeat(2_000)
    );
    let hostile: [&[u8]; 10] = [
        b"\r\n\r\n\r\n\r\n",
        b"GET",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        long_target.as_bytes(),
        long_head.as_bytes(),
        many_fields.as_bytes(),
    ];
    for bytes in hostile {
        let mut stream = connect(daemon.address);
        // The daemon may close before it has read everything.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(
            !answer.starts_with(b"HTTP/1.1 2"),
            "{:?}",
            String::from_utf8_lossy(&answer)
        );
    }
    assert!(
        raw(
            daemon.address,
            b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        )
        .unwrap()
        .status
            == 200
    );
    assert_eq!(daemon.get("/healthz", &[]).text(), "ok\n");
}

#[test]
fn the_page_comes_with_a_policy_and_unknown_paths_with_nothing() {
    let daemon = Daemon::start(QUIET);
    let page = daemon.get("/", &[]);
    assert_eq!(
        (page.status, page.field("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let policy = page.field("content-security-policy");
    assert!(
        policy.starts_with("default-src 'self'; script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    let again = daemon.get("/", &[("If-None-Match", page.field("etag"))]);
    assert_eq!(again.status, 304);
    for path in [
        "/index.php",
        "/..%2f..%2fetc/passwd",
        "/../../etc/passwd",
        "//evil.example",
    ] {
        assert_eq!(daemon.get(path, &[]).status, 404, "{path}");
    }
}
