//! Faults from outside, injected into the real daemon: services that break off, hang and trickle, and no file
//! descriptors left for checks.

use crate::support::backend::Backend;
use crate::support::client::{connect, get};
use crate::support::daemon::{Daemon, Through};
use crate::support::eventually;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A service that treats every connection in this way.
fn service(treat: fn(TcpStream)) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || treat(stream));
        }
    });
    port
}

/// Reads a request; false when the connection has ended.
fn asked(stream: &mut TcpStream) -> bool {
    stream.read(&mut [0; 4_096]).is_ok_and(|read| read > 0)
}

/// Ends the connection in the middle of the answer's head, with a reset: what was sent to it is left unread.
fn resets(mut stream: TcpStream) {
    // One byte of the request, so that the rest of it is there to be thrown away.
    if stream.read(&mut [0; 1]).is_ok() {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le");
    }
}

/// Begins a body and never ends it.
fn hangs_in_the_body(mut stream: TcpStream) {
    while asked(&mut stream) {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
    }
}

/// Says nothing.
fn hangs(mut stream: TcpStream) {
    while asked(&mut stream) {}
}

/// Sends a header field without end, a byte at a time.
fn trickles(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nX: ");
    while stream.write_all(b"x").is_ok() {
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn settings(services: &[(&str, u16)]) -> String {
    let mut text = String::from(
        "[budget]\ncpu_percent = 100\n[checks]\ninterval = \"100ms\"\ninterval_unsteady = \"100ms\"\ndeadline = \"500ms\"\n\
         [sockets]\nenabled = false\n",
    );
    for (name, port) in services {
        text.push_str(&format!(
            "[[services]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:{port}\"\nhealth_path = \"/health\"\n"
        ));
    }
    text
}

fn class(daemon: &Daemon, name: &str) -> String {
    let health = daemon.get("/v1/health", &[]).json();
    let services = health["services"].as_array().unwrap();
    let of = |it: &&Value| it["service"] == name;
    let found = services.iter().find(of).unwrap();
    found["class"].as_str().unwrap().to_owned()
}

#[test]
fn services_that_break_off_hang_and_trickle_are_unhealthy_and_harm_nobody_else() {
    let good = Backend::start(&[("/health", 200, "{}")]);
    let bad = [
        ("resets", service(resets)),
        ("stuck", service(hangs_in_the_body)),
        ("silent", service(hangs)),
        ("trickling", service(trickles)),
    ];
    let mut services = bad.to_vec();
    services.push(("good", good.address.port()));
    let daemon = Daemon::start(&settings(&services));
    for (name, _) in bad {
        eventually(name, || (class(&daemon, name) == "unhealthy").then_some(()));
    }
    eventually("a healthy one among them", || {
        (class(&daemon, "good") == "healthy").then_some(())
    });
    // It goes on being checked, whatever the others do.
    let before = good.asked().len();
    eventually("further checks", || {
        (good.asked().len() > before + 5).then_some(())
    });
    assert_eq!(daemon.catalog()["services"].as_array().unwrap().len(), 6);
}

/// Started with so few file descriptors that its clients can take all of them.
#[cfg(target_os = "linux")]
#[test]
fn without_file_descriptors_it_says_so_judges_nobody_and_recovers() {
    const DESCRIPTORS: &str = "64";
    // Each connection is closed after its answer, so that each check needs a descriptor.
    let port = service(|mut stream| {
        if asked(&mut stream) {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let limited = format!("ulimit -n {DESCRIPTORS} && exec \"$@\"");
    let daemon = Daemon::start_through(
        &Through(&["sh", "-c", &limited, "sh"]),
        tempfile::tempdir().unwrap(),
        &settings(&[("good", port)]),
    );
    eventually("a healthy service", || {
        (class(&daemon, "good") == "healthy").then_some(())
    });
    let log = daemon.folder().join("log");
    let said = |words: &str| std::fs::read_to_string(&log).unwrap().contains(words);
    assert!(said("few file descriptors") && said("kept=32"));

    // One client is in before there is no room, and asks on its connection.
    let mut early = connect(daemon.address);
    let clients: Vec<_> = (0..128).map(|_| connect(daemon.address)).collect();
    eventually("it says so", || {
        said("a connection was not accepted").then_some(())
    });
    let mut ask = || {
        let host = daemon.address;
        let request = format!("GET /v1/health HTTP/1.1\r\nHost: {host}\r\n\r\n");
        early.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let text = loop {
            let mut piece = [0; 4_096];
            let read = early.read(&mut piece).unwrap();
            assert!(read > 0, "whoever is connected is answered");
            answer.extend_from_slice(&piece[..read]);
            let text = String::from_utf8_lossy(&answer);
            if text.trim_end().ends_with("]}") {
                break text.into_owned();
            }
        };
        let body: Value = serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap();
        body["services"][1]["class"].as_str().unwrap().to_owned()
    };
    // What it cannot look at it does not know.
    eventually("it does not know", || {
        let class = ask();
        assert!(
            ["healthy", "unknown"].contains(&class.as_str()),
            "a service is called {class}, though only the daemon is short"
        );
        (class == "unknown").then_some(())
    });
    drop(clients);
    eventually("it recovers", || {
        (get(daemon.address, "/healthz", &[]).status == 200 && class(&daemon, "good") == "healthy")
            .then_some(())
    });
    assert!(said("connections are accepted again"));
}
