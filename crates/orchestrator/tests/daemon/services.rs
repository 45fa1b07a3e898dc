//! `landfall services` and `landfall completions`: the command line.

use crate::support::backend::Backend;
use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::{Value, json};

/// `landfall services` of a daemon, with further arguments.
fn services(daemon: &Daemon, further: &[&str]) -> (i32, String, String) {
    let mut command = landfall("services");
    command.args(["--daemon", &format!("http://{}", daemon.address)]);
    said(command.args(further))
}

#[test]
fn people_get_a_table_and_programs_get_json() {
    let backend = Backend::start(&[("/health", 200, "{}")]);
    let settings = format!(
        "{QUIET}[[services]]\nname = \"shop\"\nurl = \"{}\"\nhealth_path = \"/health\"\n\
         [services.endpoints.order]\npath = \"/orders/{{id}}\"\nmethods = [\"GET\"]\n",
        backend.url()
    );
    let daemon = Daemon::start(&settings);
    let body = json!({
        "name": "depot",
        "instances": [{ "url": "http://127.0.0.1:1" }, { "url": "http://127.0.0.1:2" }],
    });
    assert_eq!(daemon.send("POST", "/v1/services", &body).status, 201);
    let table = eventually("all are checked", || {
        let (status, out, err) = services(&daemon, &[]);
        assert_eq!((status, err.as_str()), (0, ""));
        (out.contains(" healthy ") && out.matches(" unhealthy ").count() == 4).then_some(out)
    });
    // Each of the two that are unhealthy has a line more, with the reason.
    let line = |start: &str| table.lines().find(|line| line.starts_with(start)).unwrap();
    assert!(line("SERVICE").contains("CLASS") && !table.contains('\u{1b}'));
    let shop: Vec<&str> = line("shop").split_whitespace().collect();
    assert_eq!(shop[..3], ["shop", "healthy", "100"]);
    assert!(line("shop").contains(" ago ") && line("shop").ends_with(&backend.url()));
    assert!(line("shop").contains(" 1  settings "), "{table}");
    assert!(line("depot").contains(" registration "), "{table}");
    assert!(line("landfall").contains(" daemon "), "{table}");
    let second = table.lines().find(|line| line.ends_with("127.0.0.1:2"));
    assert!(second.is_some_and(|line| line.starts_with("  ")), "{table}");

    let (_, out, _) = services(&daemon, &["--json"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let find = |name: &str| {
        let list = list.as_array().unwrap();
        list.iter().find(|service| service["name"] == name).unwrap()
    };
    let shop = &find("shop")["instances"][0];
    assert_eq!(
        (&shop["class"], &shop["health"], &shop["source"]),
        (&json!("healthy"), &json!(100), &json!("settings"))
    );
    assert!(shop["latency_us"].is_u64() && shop["age_ms"].is_u64());
    assert_eq!(find("depot")["instances"].as_array().unwrap().len(), 2);
    assert_eq!(find("shop")["endpoints"], 1);
}

#[test]
fn where_no_daemon_is_that_is_said_with_what_to_do() {
    let (status, out, err) = said(landfall("services").args(["--daemon", "http://127.0.0.1:1"]));
    assert_eq!((status, out.as_str()), (1, ""));
    assert!(
        err.contains("no daemon answers at http://127.0.0.1:1") && err.contains("landfall serve"),
        "{err}"
    );
    for answer in ["[]", "<html>", "{\"services\": 1}"] {
        let other = Backend::start(&[("/.well-known/landfall", 200, answer)]);
        let (status, _, err) = said(landfall("services").env("LANDFALL_DAEMON", other.url()));
        assert_eq!(status, 1);
        assert!(
            err.contains("no landfall daemon") && err.contains(&other.url()),
            "{err}"
        );
    }
}

#[test]
fn every_shell_gets_completions_of_all_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, out, _) = said(landfall("completions").arg(shell));
        assert_eq!(status, 0);
        for word in [
            "serve",
            "services",
            "register",
            "completions",
            "check-interval",
        ] {
            assert!(out.contains(word), "{shell}: {word}");
        }
    }
    let (status, _, err) = said(landfall("completions").arg("sh"));
    assert!(status == 2 && err.contains("bash"), "{err}");
}
