//! Why a service is not healthy: whoever reads its health is told, with since when, by every way that there is.

use crate::authority::Authority;
use crate::support::backend::{Backend, free_ports};
use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::{Value, json};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const CHECKS: &str = "[checks]\ninterval = \"50ms\"\n";

/// A server that treats every connection in this way.
fn server(treat: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || treat(stream));
        }
    });
    url
}

fn is_asked(stream: &mut TcpStream) -> bool {
    stream.read(&mut [0; 4_096]).is_ok_and(|read| read > 0)
}

/// Says nothing.
fn hangs(mut stream: TcpStream) {
    while is_asked(&mut stream) {}
}

/// Says something else.
fn babbles(mut stream: TcpStream) {
    if is_asked(&mut stream) {
        let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
    }
}

/// Goes away in the middle of its answer.
fn leaves(mut stream: TcpStream) {
    if is_asked(&mut stream) {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{");
    }
}

/// A service of the settings and how it is checked.
fn written(name: &str, url: &str, check: &str) -> String {
    format!("[[services]]\nname = \"{name}\"\nurl = \"{url}\"\n[services.check]\n{check}\n")
}

/// A service's raw health.
fn health(daemon: &Daemon, name: &str) -> Value {
    let health = daemon.get("/v1/health", &[]).json();
    let services = health["services"].as_array().unwrap();
    let it = services.iter().find(|it| it["service"] == name);
    it.unwrap().clone()
}

/// Waits until a service has this class for this reason.
fn becomes(daemon: &Daemon, name: &str, class: &str, reason: &str) -> Value {
    eventually(&format!("{name} {class}: {reason}"), || {
        let it = health(daemon, name);
        (it["class"] == class && it["reason"] == reason).then_some(it)
    })
}

#[test]
fn each_way_to_fail_is_told_in_a_code_and_in_words() {
    let [closed] = free_ports();
    let down = Backend::start(&[("/up", 503, "")]);
    let picky = Backend::start(&[("/picky", 200, "")]);
    let services = [
        ("refused", format!("http://127.0.0.1:{closed}"), ""),
        ("hanging", server(hangs), "timeout = \"100ms\""),
        ("babbling", server(babbles), ""),
        ("leaving", server(leaves), ""),
        ("down", down.url(), "path = \"/up\""),
        (
            "picky",
            picky.url(),
            "path = \"/picky\"\nstatus = [204, \"300-304\"]",
        ),
        (
            "plain",
            server(babbles).replace("http:", "https:"),
            "verify = false",
        ),
    ];
    let settings = services
        .iter()
        .map(|(name, url, check)| written(name, url, check));
    let daemon = Daemon::start(&format!("{QUIET}{CHECKS}{}", settings.collect::<String>()));
    for (name, reason, message, status) in [
        (
            "refused",
            "connection-refused",
            "connection refused",
            Value::Null,
        ),
        ("hanging", "timeout", "no answer in 100 ms", Value::Null),
        (
            "babbling",
            "not-http",
            "its answer is not HTTP/1",
            Value::Null,
        ),
        (
            "leaving",
            "connection-closed",
            "it closed the connection before its answer was whole",
            Value::Null,
        ),
        (
            "down",
            "status",
            "status 503, expected 200 to 399, 401 or 403",
            json!(503),
        ),
        (
            "picky",
            "status",
            "status 200, expected 204, 300 to 304",
            json!(200),
        ),
        (
            "plain",
            "not-tls",
            "it does not speak TLS: is it http?",
            Value::Null,
        ),
    ] {
        let it = becomes(&daemon, name, "unhealthy", reason);
        assert_eq!((&it["message"], &it["status"]), (&json!(message), &status));
    }
    // It is not for the catalog, which every page reads.
    let catalog = daemon.get("/.well-known/landfall", &[]);
    for word in ["reason", "refused", "class_since", "message"] {
        assert!(!catalog.text().contains(&format!("\"{word}\":")), "{word}");
    }
    assert!(!catalog.text().contains("expected"));

    // When it is mended there is none, and since when is another moment.
    let before = health(&daemon, "down")["class_since"].as_u64().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    down.answer("/up", 200, "");
    let mended = eventually("it is mended", || {
        let it = health(&daemon, "down");
        (it["class"] == "healthy").then_some(it)
    });
    assert!(mended["reason"].is_null() && mended["message"].is_null());
    assert!(mended["class_since"].as_u64().unwrap() > before, "{mended}");
}

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let authority = Authority::new();
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    let answers = [("/.well-known/landfall", 404, "")];
    let of = |years| Backend::start_tls(&answers, authority.vouches_for_localhost_in(years));
    let (over, early, good) = (of(1990..1995), of(2190..2195), of(1990..2190));
    let strange = Backend::start_tls(&answers, Authority::new().vouches_for_localhost());
    let elsewhere = good.url().replace("localhost", "127.0.0.1");
    let services = [
        ("over", over.url()),
        ("early", early.url()),
        ("strange", strange.url()),
        ("elsewhere", elsewhere),
        ("good", good.url()),
    ];
    let settings = services.iter().map(|(name, url)| written(name, url, ""));
    let daemon = Daemon::start_in(
        folder,
        &format!(
            "{QUIET}{CHECKS}ca_file = {ca_file:?}\n{}",
            settings.collect::<String>()
        ),
    );
    for (name, reason, words) in [
        (
            "over",
            "certificate-expired",
            "TLS: the certificate has expired",
        ),
        ("early", "certificate-not-yet-valid", "not valid yet"),
        ("strange", "certificate-unknown-issuer", "checks.ca_file"),
        ("elsewhere", "certificate-other-host", "another host"),
    ] {
        let it = becomes(&daemon, name, "unhealthy", reason);
        let message = it["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    eventually("the good one is healthy", || {
        (health(&daemon, "good")["class"] == "healthy").then_some(())
    });
}

#[test]
fn what_is_unknown_has_a_reason_of_the_daemons_own() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, "no certificate").unwrap();
    let backend = Backend::start_tls(&[], Authority::new().vouches_for_localhost());
    let settings = format!(
        "{QUIET}{CHECKS}ca_file = {ca_file:?}\n{}",
        written("vault", &backend.url(), "")
    );
    let daemon = Daemon::start_in(folder, &settings);
    let it = becomes(&daemon, "vault", "unknown", "no-authorities");
    let message = it["message"].as_str().unwrap();
    assert!(message.contains("checks.ca_file"), "{message}");
    // The file is nobody's business who reads the health.
    assert!(!message.contains("ca.pem"), "{message}");
}

#[test]
fn the_commands_tell_it_too() {
    let [closed] = free_ports();
    let url = format!("http://127.0.0.1:{closed}");
    let daemon = Daemon::start(&format!("{QUIET}{CHECKS}{}", written("shop", &url, "")));
    becomes(&daemon, "shop", "unhealthy", "connection-refused");
    let of_daemon = format!("http://{}", daemon.address);
    let services = |further: &[&str]| {
        let mut command = landfall("services");
        let (status, out, _) = said(command.args(["--daemon", &of_daemon]).args(further));
        assert_eq!(status, 0);
        out
    };
    let table = services(&[]);
    let line = table
        .lines()
        .find(|line| line.contains("connection refused"));
    let line = line.unwrap_or_else(|| panic!("{table}"));
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[..2], ["shop", "unhealthy"], "{table}");
    assert!(line.contains(" s ago ") && line.ends_with(&url), "{table}");
    let list: Value = serde_json::from_str(&services(&["--json"])).unwrap();
    let shop = list.as_array().unwrap().iter();
    let shop = &shop.clone().find(|it| it["name"] == "shop").unwrap()["instances"][0];
    assert_eq!(
        (&shop["reason"], &shop["message"], &shop["status"]),
        (
            &json!("connection-refused"),
            &json!("connection refused"),
            &Value::Null
        )
    );
    assert!(shop["class_age_ms"].is_u64(), "{shop}");
    let mut doctor = landfall("doctor");
    doctor.args(["--listen", &daemon.address.to_string(), "--state-dir"]);
    let (_, out, _) = said(doctor.arg(daemon.folder().join("state")));
    assert!(
        out.contains("of 2 instances 1 are not healthy: shop: connection refused"),
        "{out}"
    );
}
