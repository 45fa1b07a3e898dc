//! `landfall register`: the command line.

use crate::support::command::{landfall, said as said_by};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::json;
use std::process::{Child, Command, Output, Stdio};

/// `landfall register --name shop`, with further arguments.
fn register(daemon: &Daemon, further: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
    command
        .args(["register", "--name", "shop", "--daemon"])
        .arg(format!("http://{}", daemon.address))
        .arg("--state-dir")
        .arg(daemon.folder().join("state"))
        .args(further)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn it_registers_once_and_says_how_to_go_on() {
    let daemon = Daemon::start(QUIET);
    let arguments = [
        "--url",
        "http://127.0.0.1:1",
        "--url",
        "http://127.0.0.1:2",
        "--lease",
        "10m",
        "--title",
        "The shop",
        "--health-path",
        "/alive",
        "--websocket",
        "updates=/ws",
        "--sse",
        "ticks=/ticks",
    ];
    let output = register(&daemon, &arguments).output().unwrap();
    let (out, err) = said(&output);
    assert!(output.status.success(), "{err}");
    let list = daemon.get("/v1/services", &[]).json();
    let shop = &list["services"][0];
    assert!(
        out.contains(shop["id"].as_str().unwrap()) && out.contains("600 s"),
        "{out}"
    );
    assert_eq!(
        (&shop["title"], &shop["lease"]),
        (&"The shop".into(), &600.into())
    );
    assert_eq!(shop["instances"].as_array().unwrap().len(), 2);
    assert_eq!(shop["check"], json!({ "path": "/alive" }));
    let protocol = |name: &str| shop["endpoints"][name]["protocol"].as_str();
    assert_eq!(
        (protocol("updates"), protocol("ticks")),
        (Some("websocket"), Some("sse"))
    );
    let again = register(&daemon, &["--url", "http://127.0.0.1:1", "--json"])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(json["id"], shop["id"]);
}

#[test]
fn it_says_all_that_a_body_can_say() {
    let daemon = Daemon::start(QUIET);
    let arguments = [
        "--url=http://127.0.0.1:1",
        "--weight=7",
        "--label=team=shop",
        "--label=tier=back end",
        "--check-path=/alive",
        "--check-status=200,204-299",
        "--check-interval=7s",
        "--check-timeout=500ms",
        "--check-rise=2",
        "--check-fall=3",
        "--check-no-verify",
        "--endpoint=orders=/orders",
        "--endpoint=order=GET,PUT /orders/{id}",
    ];
    let output = register(&daemon, &arguments).output().unwrap();
    assert!(output.status.success(), "{:?}", said(&output));
    let list = daemon.get("/v1/services", &[]).json();
    let shop = &list["services"][0];
    assert_eq!(shop["instances"][0]["weight"], 7);
    assert_eq!(
        shop["labels"],
        json!({ "team": "shop", "tier": "back end" })
    );
    let check = json!({
        "path": "/alive", "status": [200, "204-299"], "interval": "7s", "timeout": "500ms", "rise": 2, "fall": 3,
        "verify": false
    });
    assert_eq!(shop["check"], check);
    let methods = |name: &str| shop["endpoints"][name]["methods"].clone();
    assert_eq!(
        (methods("orders"), methods("order")),
        (json!([]), json!(["GET", "PUT"]))
    );
    let found = daemon
        .get("/.well-known/landfall?label=team=shop", &[])
        .json();
    assert_eq!(found["services"][0]["name"], "shop");

    let connects = ["--url=http://127.0.0.1:1", "--check-kind=tcp"];
    assert!(
        register(&daemon, &connects)
            .output()
            .unwrap()
            .status
            .success()
    );
    let list = daemon.get("/v1/services", &[]).json();
    assert_eq!(list["services"][0]["check"], json!({ "kind": "tcp" }));
}

#[test]
fn a_wrong_value_is_refused_in_the_words_of_the_settings_before_anything_is_sent() {
    let daemon = Daemon::start(QUIET);
    for (flag, reason) in [
        ("--check-kind=icmp", "write http or tcp"),
        ("--check-path=alive", "begin with '/'"),
        ("--check-status=99", "99 is no status"),
        ("--check-interval=7", "is not a span of time"),
        ("--check-rise=0", "0 is not between 1 and 100"),
        ("--check-fall=many", "many is not between 1 and 100"),
        ("--label=team", "write KEY=VALUE"),
        ("--label=te am=shop", "is not a key of a label"),
        ("--weight=-1", "not in 0..=65535"),
        ("--endpoint=orders", "write NAME=PATH"),
        ("--endpoint=order=get /orders", "\"get\" is not a method"),
        ("--name=landfall", "the daemon's own"),
    ] {
        let mut command = landfall("register");
        command.args(["--url=http://127.0.0.1:1", flag]);
        if !flag.starts_with("--name") {
            command.arg("--name=shop");
        }
        let (status, _, err) = said_by(&mut command);
        assert!(status == 2 && err.contains(reason), "{flag}: {err}");
    }
    // What only the daemon can tell comes back with the field.
    let together = [
        "--url=http://127.0.0.1:1",
        "--check-kind=tcp",
        "--check-path=/",
    ];
    let (_, err) = said(&register(&daemon, &together).output().unwrap());
    assert!(err.contains("422") && err.contains("check.path"), "{err}");
}

#[test]
fn kept_it_outlives_its_lease_and_a_restart_and_is_taken_back_at_the_end() {
    let daemon = Daemon::start(QUIET);
    let child = register(
        &daemon,
        &["--url", "http://127.0.0.1:1", "--lease", "3s", "--keep"],
    )
    .spawn()
    .unwrap();
    eventually("it is registered", || daemon.service("shop"));
    let expires =
        || daemon.get("/v1/services", &[]).json()["services"][0]["expires_in_ms"].as_u64();
    let mut before = expires();
    eventually("it is renewed", || {
        let now = expires();
        let renewed = now > before;
        before = now;
        renewed.then_some(())
    });
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{:?}", said(&output));
    eventually("it is taken back", || {
        daemon.service("shop").is_none().then_some(())
    });
}

#[test]
fn what_goes_wrong_is_said_with_what_to_do() {
    let daemon = Daemon::start(QUIET);
    let refused = register(&daemon, &["--url", "http://10.0.0.1"])
        .output()
        .unwrap();
    let (_, err) = said(&refused);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        err.contains("403") && err.contains("allowed_networks"),
        "{err}"
    );
    let nowhere = ["--url", "http://127.0.0.1:1", "--state-dir", "/nowhere"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
    let output = command
        .args(["register", "--name", "shop"])
        .args(nowhere)
        .output()
        .unwrap();
    let (_, err) = said(&output);
    assert!(
        err.contains("/nowhere") && err.contains("--state-dir"),
        "{err}"
    );
    let state = daemon.folder().join("state");
    let mut command = Command::new(env!("CARGO_BIN_EXE_landfall"));
    command.args([
        "register",
        "--name",
        "shop",
        "--url",
        "http://127.0.0.1:1",
        "--daemon",
        "http://127.0.0.1:1",
    ]);
    let output = command.arg("--state-dir").arg(state).output().unwrap();
    let (_, err) = said(&output);
    assert!(
        err.contains("http://127.0.0.1:1") && err.contains("landfall serve"),
        "{err}"
    );
    let credentials = daemon.credentials();
    assert!(!err.contains(credentials.strip_prefix("Bearer ").unwrap()));
}
