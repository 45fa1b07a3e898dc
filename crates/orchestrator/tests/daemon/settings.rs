//! The settings file, by way of the binary and of the example.

use crate::support::daemon::run;
use landfall_orchestrator::settings::Settings;
use std::path::Path;

#[test]
fn the_example_is_valid_and_shows_every_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("landfall.example.toml");
    let settings = Settings::read(&path).unwrap();
    assert_eq!(settings.services.len(), 2);
    assert!(!settings.config.is_empty());
    assert!(!settings.allowed_origins.is_empty() && !settings.allowed_hosts.is_empty());
    let defaults = Settings::default();
    // What the example gives as the default is the default.
    assert_eq!(
        (settings.listen, settings.ttl, settings.retention),
        (defaults.listen, defaults.ttl, defaults.retention)
    );
    assert_eq!(
        (settings.checks, settings.budget),
        (defaults.checks, defaults.budget)
    );
}

#[test]
fn nothing_has_to_be_set() {
    assert_eq!(Settings::parse("").unwrap(), Settings::default());
}

#[test]
fn wrong_settings_are_refused_with_line_column_and_reason() {
    for (text, line, reason) in [
        ("name = ", 1, "string values must be quoted"),
        ("\nnaem = \"x\"\n", 2, "unknown field `naem`"),
        ("listen = \"0.0.0.0:7420\"", 1, "not a loopback address"),
        ("[checks]\ninterval = \"10\"", 2, "not a span of time"),
        ("[checks]\nin_flight = 0", 2, "not between 1 and 1000"),
        ("[budget]\ncpu_percent = 0.0", 2, "not a share"),
        ("[budget]\npolicy = \"fast\"", 2, "unknown variant `fast`"),
        ("[budget]\nmemory = \"64MB\"", 2, "is not a size"),
        ("allowed_origins = [\"*\"]", 1, "not an origin"),
        (
            "[sockets]\nonly_ports = [\"9-8\"]",
            2,
            "the smaller number first",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://10.0.0.1\"",
            3,
            "not on this machine",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"https://10.0.0.1\"",
            3,
            "not on this machine",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[services.check]\nkind = \"udp\"",
            5,
            "is no kind of check: write http or tcp",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[services.check]\nstatus = [200, \"3xx\"]",
            5,
            "\"3xx\" is no status",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[services.check]\nkind = \"tcp\"\npath = \"/\"",
            2,
            "check.path of a: a tcp check asks for nothing",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\ninterval = \"1s\"\n[services.check]\ninterval = \"2s\"",
            2,
            "write one of them",
        ),
        (
            "[[services]]\nname = \"landfall\"\nurl = \"http://localhost:1\"",
            2,
            "the daemon's own",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\nhealth_path = \"/a b\"",
            4,
            "not a path to ask for",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[services.endpoints.x]\npath = \"x\"",
            5,
            "begins with /",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[services.endpoints.x]\npath = \"/x\"\nmethods = [\"get\"]",
            6,
            "case-sensitive",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[[services]]\nname = \"a\"\nurl = \"http://localhost:2\"",
            5,
            "two services are named a",
        ),
        (
            "[[services]]\nname = \"a\"\nurl = \"http://localhost:1\"\n[[services]]\nname = \"b\"\nurl = \"http://localhost:1/\"",
            5,
            "is the url of a already",
        ),
    ] {
        let error = Settings::parse(text).unwrap_err();
        assert!(error.contains(reason), "{text:?} gave {error}");
        assert!(
            error.contains(&format!("line {line}, column ")),
            "{text:?} gave {error}"
        );
    }
}

#[test]
fn the_binary_says_what_is_wrong_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), "[checks]\nintervall = \"1s\"\n", &[]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("landfall.toml")
            && said.contains("line 2, column 1")
            && said.contains("intervall"),
        "{said}"
    );
    let output = run(folder.path(), "", &["--settings", "/nowhere/landfall.toml"]);
    assert_eq!(output.status.code(), Some(2), "the flag is there twice");
}

#[test]
fn an_address_beyond_loopback_is_refused_by_flag_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_landfall"));
    let output = command
        .args(["serve", "--listen", "0.0.0.0:0", "--state-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.contains("not a loopback address"), "{said}");
}
