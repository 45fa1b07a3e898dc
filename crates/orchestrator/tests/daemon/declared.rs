//! Endpoints that are declared without their methods: the service is asked for them, with nothing but GET and OPTIONS.

use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Answers `OPTIONS /orders`, knows `/pay` but not with GET, and describes nothing. Keeps the methods and paths of what it
/// was asked.
fn start() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let log = Arc::clone(&log);
            std::thread::spawn(move || answer(stream, &log));
        }
    });
    (address, asked)
}

fn answer(mut stream: TcpStream, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    loop {
        let line = lines.next()?.ok()?;
        let asked = line.strip_suffix(" HTTP/1.1")?.to_owned();
        while !lines.next()?.ok()?.is_empty() {}
        let head = match asked.as_str() {
            "OPTIONS /orders" => "204 No Content\r\nAllow: GET, POST",
            "GET /pay" => "405 Method Not Allowed\r\nAllow: POST",
            "GET /ticks" => "200 OK",
            _ => "404 Not Found",
        };
        log.lock().ok()?.push(asked);
        write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\n\r\n").ok()?;
    }
}

fn methods(daemon: &Daemon) -> Option<[Value; 4]> {
    let endpoints = daemon.service("shop")?["endpoints"].clone();
    Some(["order", "pay", "ticks", "gone"].map(|name| endpoints[name]["methods"].clone()))
}

fn is_asked_for_what_it_leaves_open(daemon: &Daemon, asked: &Mutex<Vec<String>>) {
    let known = eventually("its methods are known", || {
        methods(daemon).filter(|it| it[0] != json!({}))
    });
    let expected = [
        json!({ "GET": "options", "POST": "options" }),
        json!({ "POST": "allow" }),
        json!({ "GET": "get" }),
        json!({}),
    ];
    assert_eq!(known, expected);
    let asked = asked.lock().unwrap();
    let is_safe = |line: &String| line.starts_with("GET ") || line.starts_with("OPTIONS ");
    assert!(asked.iter().all(is_safe), "{asked:?}");
    // What is clear, and what has no path before somebody gives values, is not asked for.
    let is_left_alone = |line: &String| !line.contains("/clear") && !line.contains('{');
    assert!(asked.iter().all(is_left_alone), "{asked:?}");
}

#[test]
fn a_service_that_registers_endpoints_without_methods_is_asked_for_them() {
    let (address, asked) = start();
    let daemon = Daemon::start(QUIET);
    let registered = daemon.send(
        "POST",
        "/v1/services",
        &json!({ "name": "shop", "lease": 600, "instances": [{ "url": format!("http://{address}") }], "endpoints": {
            "order": { "path": "/orders" }, "pay": { "path": "/pay" }, "ticks": { "path": "/ticks" }, "gone": { "path": "/gone" },
            "clear": { "path": "/clear", "methods": ["PUT"] }, "one": { "path": "/orders/{id}" },
        } }),
    );
    assert_eq!(registered.status, 201, "{}", registered.text());
    is_asked_for_what_it_leaves_open(&daemon, &asked);
    let endpoints = daemon.service("shop").unwrap()["endpoints"].clone();
    assert_eq!(endpoints["clear"]["methods"], json!({ "PUT": "catalog" }));
}

#[test]
fn a_service_of_the_settings_is_asked_for_what_they_leave_open() {
    let (address, asked) = start();
    let daemon = Daemon::start(&format!(
        r#"{QUIET}
[[services]]
name = "shop"
url = "http://{address}"
[services.endpoints]
order = {{ path = "/orders" }}
pay = {{ path = "/pay" }}
ticks = {{ path = "/ticks" }}
gone = {{ path = "/gone" }}
"#
    ));
    is_asked_for_what_it_leaves_open(&daemon, &asked);
}
