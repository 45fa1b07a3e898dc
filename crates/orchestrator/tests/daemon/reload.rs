//! Settings that change while the daemon runs.

use crate::support::backend::{Backend, Process, free_ports, openapi};
use crate::support::client::request;
use crate::support::daemon::{Daemon, QUIET, watching};
use crate::support::eventually;
use serde_json::{Value, json};
use std::fs;

/// Settings of a daemon with these services, which have endpoints and so are not asked for any.
fn settings(top: &str, services: &[(&str, &str)]) -> String {
    let table = |(name, url): &(&str, &str)| {
        format!(
            "[[services]]\nname = \"{name}\"\nurl = \"{url}\"\nhealth_path = \"/up\"\n[services.endpoints.a]\npath = \"/a\"\n"
        )
    };
    let services: String = services.iter().map(table).collect();
    format!("{top}{QUIET}[checks]\ninterval = \"50ms\"\n{services}")
}

/// Puts another file in the place of the settings, as editors do.
fn replace(daemon: &Daemon, settings: &str) {
    let other = daemon.folder().join("landfall.toml.new");
    fs::write(&other, settings).unwrap();
    fs::rename(other, daemon.folder().join("landfall.toml")).unwrap();
}

fn status(daemon: &Daemon) -> Value {
    daemon.get("/v1/status", &[]).json()["settings"].clone()
}

fn reloads(daemon: &Daemon, wanted: u64) {
    eventually("the settings are taken in", || {
        (status(daemon)["reloads"] == wanted).then_some(())
    });
}

fn becomes(daemon: &Daemon, name: &str, wanted: &str) -> u64 {
    eventually(wanted, || {
        let catalog = daemon.catalog();
        let services = catalog["services"].as_array()?;
        let it = services.iter().find(|it| it["name"] == name)?;
        (it["instances"][0]["health"] == wanted).then(|| catalog["revision"].as_u64())?
    })
}

#[test]
fn what_changes_in_the_file_changes_in_one_revision() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let [dead, deader] = free_ports();
    let (dead, deader) = (
        format!("http://127.0.0.1:{dead}"),
        format!("http://127.0.0.1:{deader}"),
    );
    let daemon = Daemon::start(&settings("", &[("it", &backend.url()), ("other", &dead)]));
    becomes(&daemon, "other", "unhealthy");
    let before = becomes(&daemon, "it", "healthy");
    let top = "ttl = \"7s\"\nname = \"here\"\nallowed_hosts = [\"dev.example\"]\n";
    let new = settings(top, &[("it", &backend.url()), ("another", &deader)]);
    replace(&daemon, &format!("{new}[config]\nMODE = \"new\"\n"));
    reloads(&daemon, 1);
    let catalog = eventually("the new catalog", || {
        Some(daemon.catalog()).filter(|it| it["ttl"] == 7)
    });
    assert_eq!(
        (&catalog["name"], &catalog["config"]["MODE"]),
        (&json!("here"), &json!("new"))
    );
    assert!(daemon.service("other").is_none() && daemon.service("another").is_some());
    // What stayed where it was is as it was, without a new look at it.
    assert_eq!(
        daemon.service("it").unwrap()["instances"][0]["health"],
        "healthy"
    );
    assert_eq!(
        daemon.get("/healthz", &[("Host", "dev.example")]).status,
        200
    );
    // One for the settings, and one for the first check of what is new.
    assert_eq!(becomes(&daemon, "another", "unhealthy"), before + 2);
}

#[test]
fn what_does_not_change_makes_no_revision() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let text = settings("", &[("it", &backend.url())]);
    let daemon = Daemon::start(&text);
    let before = becomes(&daemon, "it", "healthy");
    // The same, further down, and with other checks.
    replace(&daemon, &format!("# A remark.\n{text}"));
    daemon.signal("HUP");
    replace(&daemon, &text.replace("50ms", "60ms"));
    reloads(&daemon, 1);
    assert_eq!(daemon.catalog()["revision"], before);
}

#[test]
fn wrong_settings_change_nothing_and_say_where_they_are_wrong() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let text = settings("", &[("it", &backend.url())]);
    let daemon = Daemon::start(&text);
    let before = becomes(&daemon, "it", "healthy");
    replace(&daemon, &format!("ttl = \"soon\"\n{text}"));
    let error = eventually("the error", || {
        status(&daemon)["error"].as_str().map(str::to_owned)
    });
    assert!(
        error.contains("line 1, column 7") && error.contains("not a span of time"),
        "{error}"
    );
    let log = fs::read_to_string(daemon.folder().join("log")).unwrap();
    assert!(log.contains("line 1, column 7"), "{log}");
    assert_eq!(daemon.catalog()["revision"], before);
    // Written in place, and mended.
    fs::write(
        daemon.folder().join("landfall.toml"),
        format!("ttl = \"8s\"\n{text}"),
    )
    .unwrap();
    reloads(&daemon, 1);
    assert_eq!(status(&daemon)["error"], Value::Null);
}

#[test]
fn the_command_line_still_goes_before_the_file() {
    let daemon = Daemon::start(&settings("", &[]));
    let top = "listen = \"127.0.0.1:1\"\nstate_dir = \"/elsewhere\"\nttl = \"9s\"\n";
    replace(&daemon, &settings(top, &[]));
    reloads(&daemon, 1);
    assert_eq!(status(&daemon)["needs_restart"], json!([]));
}

#[test]
fn what_is_no_longer_looked_at_is_forgotten_and_found_again_when_it_is() {
    let [port] = free_ports();
    let _backend = Process::start(port, &openapi("Items API", "/items"));
    let daemon = Daemon::start(&watching(&[port]));
    let is_there = |wanted: bool| {
        eventually("the service is found or forgotten", || {
            (daemon.service("items-api").is_some() == wanted).then_some(())
        });
    };
    is_there(true);
    replace(&daemon, QUIET);
    is_there(false);
    replace(&daemon, &watching(&[port]));
    is_there(true);
    replace(&daemon, &watching(&[1]));
    is_there(false);
}

#[test]
fn what_is_written_down_goes_before_what_registered() {
    let backend = Backend::start(&[("/up", 200, "")]);
    let [port] = free_ports();
    let daemon = Daemon::start(&settings("", &[]));
    let body =
        json!({ "name": "it", "instances": [{ "url": format!("http://127.0.0.1:{port}") }] });
    let made = daemon.send("POST", "/v1/services", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    replace(&daemon, &settings("", &[("it", &backend.url())]));
    reloads(&daemon, 1);
    eventually("the service of the settings", || {
        let instances = daemon.service("it")?["instances"].clone();
        let is_alone = instances.as_array()?.len() == 1;
        (is_alone && instances[0]["url"] == backend.url()).then_some(())
    });
    let location = made.field("Location");
    assert_eq!(request(daemon.address, "GET", location, &[]).status, 404);
    let refused = daemon.send("POST", "/v1/services", &body);
    assert_eq!(refused.status, 409, "{}", refused.text());
}

#[test]
fn a_link_that_points_elsewhere_is_a_change() {
    let daemon = Daemon::start(&settings("", &[]));
    let path = daemon.folder().join("landfall.toml");
    let folder = daemon.folder().join("versions");
    fs::create_dir(&folder).unwrap();
    for (name, ttl) in [("one", "11s"), ("two", "12s")] {
        fs::write(
            folder.join(name),
            settings(&format!("ttl = \"{ttl}\"\n"), &[]),
        )
        .unwrap();
    }
    let link = daemon.folder().join("link");
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(folder.join(name), &link).unwrap();
        fs::rename(&link, &path).unwrap();
        let wanted = if name == "one" { 11 } else { 12 };
        eventually("the settings behind the link", || {
            (daemon.catalog()["ttl"] == wanted).then_some(())
        });
    }
    fs::write(folder.join("two"), settings("ttl = \"13s\"\n", &[])).unwrap();
    eventually("what was written behind the link", || {
        (daemon.catalog()["ttl"] == 13).then_some(())
    });
}
