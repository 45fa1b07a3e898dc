//! Services over TLS: whom the daemon believes, and what it says where it believes nobody.

use crate::authority::Authority;
use crate::support::backend::{Backend, openapi};
use crate::support::command::{landfall, said};
use crate::support::daemon::{Daemon, QUIET};
use crate::support::eventually;
use serde_json::json;
use std::fs;

/// Settings with one service that is checked every 50 ms. `checks` and `check` are further lines of the two tables.
fn settings(backend: &Backend, checks: &str, check: &str) -> String {
    format!(
        "{QUIET}[checks]\ninterval = \"50ms\"\n{checks}\n[[services]]\nname = \"vault\"\nurl = \"{}\"\n[services.check]\n{check}\n",
        backend.url()
    )
}

fn backend(authority: &Authority) -> Backend {
    let document = openapi("Vault API", "/secrets/{id}");
    let answers = [("/alive", 200, "{}"), ("/openapi.json", 200, &*document)];
    Backend::start_tls(&answers, authority.vouches_for_localhost())
}

fn class(daemon: &Daemon) -> String {
    let service = daemon.service("vault").unwrap();
    let class = service["instances"][0]["health"].as_str();
    class.unwrap().to_owned()
}

fn log(daemon: &Daemon) -> String {
    fs::read_to_string(daemon.folder().join("log")).unwrap()
}

#[test]
fn a_service_that_an_authority_of_the_settings_vouches_for_is_healthy_and_asked() {
    let authority = Authority::new();
    let backend = backend(&authority);
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    let trusting = settings(
        &backend,
        &format!("ca_file = {ca_file:?}"),
        "path = \"/alive\"",
    );
    let daemon = Daemon::start_in(folder, &trusting);
    eventually("it is healthy", || {
        (class(&daemon) == "healthy").then_some(())
    });
    assert!(backend.asked().contains(&"GET /alive HTTP/1.1".to_owned()));
    let endpoints = eventually("it was asked for its endpoints", || {
        let service = daemon.service("vault")?;
        let endpoints = service["endpoints"].as_object()?.clone();
        (!endpoints.is_empty()).then_some(endpoints)
    });
    let paths: Vec<_> = endpoints.values().map(|it| &it["path"]).collect();
    assert!(paths.contains(&&json!("/secrets/{id}")), "{paths:?}");
}

#[test]
fn without_its_authority_it_is_not_believed_and_the_log_says_what_to_do() {
    let authority = Authority::new();
    let backend = backend(&authority);
    let daemon = Daemon::start(&settings(&backend, "", "path = \"/alive\""));
    // A system without any authority cannot judge; one with some knows that this one is none of them.
    let said = eventually("it is said what to do", || {
        let log = log(&daemon);
        log.lines()
            .find(|line| line.contains("checks.ca_file"))
            .map(str::to_owned)
    });
    let wanted = if said.contains("vault") {
        "unhealthy"
    } else {
        "unknown"
    };
    eventually(wanted, || (class(&daemon) == wanted).then_some(()));
    assert!(!backend.asked().iter().any(|line| line.contains("/alive")));

    // With the authority in the settings it is believed, without a restart.
    let ca_file = daemon.folder().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    let trusting = settings(
        &backend,
        &format!("ca_file = {ca_file:?}"),
        "path = \"/alive\"",
    );
    fs::write(daemon.folder().join("landfall.toml"), trusting).unwrap();
    daemon.signal("HUP");
    eventually("it is healthy", || {
        (class(&daemon) == "healthy").then_some(())
    });
}

#[test]
fn a_file_that_holds_no_authority_makes_nobody_unhealthy_and_is_named() {
    let backend = backend(&Authority::new());
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, "no certificate").unwrap();
    let daemon = Daemon::start_in(
        folder,
        &settings(
            &backend,
            &format!("ca_file = {ca_file:?}"),
            "path = \"/alive\"",
        ),
    );
    eventually("the file is named", || {
        let log = log(&daemon);
        let line = log.lines().find(|line| line.contains("ca.pem"))?;
        line.contains("no certificate in PEM form").then_some(())
    });
    eventually("checks have run", || {
        let status = daemon.get("/v1/status", &[]).json();
        assert_eq!(status["checks"]["failed"], 0);
        (status["checks"]["total"].as_u64()? > 2).then_some(())
    });
    assert_eq!(class(&daemon), "unknown");
}

#[test]
fn on_this_machine_it_may_go_unverified() {
    let backend = backend(&Authority::new());
    let unverified = "path = \"/alive\"\nverify = false";
    let daemon = Daemon::start(&settings(&backend, "", unverified));
    eventually("it is healthy", || {
        (class(&daemon) == "healthy").then_some(())
    });
    let checks = || {
        let asked = backend.asked();
        asked.iter().filter(|line| line.contains("/alive")).count()
    };
    eventually("it is checked again", || (checks() > 4).then_some(()));
    // What it says of itself is not believed.
    assert!(!backend.asked().iter().any(|line| line.contains("openapi")));
}

#[test]
fn probe_believes_the_authority_that_it_is_given() {
    let authority = Authority::new();
    let backend = backend(&authority);
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, authority.pem()).unwrap();
    let probe = |url: &str, further: &[&str]| said(landfall("probe").arg(url).args(further));
    let ca_file = ca_file.to_str().unwrap();
    for trusting in [&["--ca-file", ca_file][..], &["--no-verify"]] {
        let (status, out, err) = probe(&backend.url(), trusting);
        assert_eq!((status, err.as_str()), (0, ""));
        assert!(
            out.contains("/secrets/{id}") && out.contains("Vault API"),
            "{out}"
        );
    }
    let before = backend.asked().len();
    let (status, out, err) = probe(&backend.url(), &[]);
    assert!(status == 1 && err.contains("--ca-file"), "{err}");
    assert!(
        out.contains("certificate not valid") || out.contains("no authority"),
        "{out}"
    );
    let other_name = backend.url().replace("localhost", "127.0.0.1");
    let (status, _, err) = probe(&other_name, &["--ca-file", ca_file]);
    assert!(status == 1 && err.contains("for another host"), "{err}");
    assert_eq!(backend.asked().len(), before);

    let plain = Backend::start(&[]);
    let (_, _, err) = probe(&plain.url().replace("http:", "https:"), &["--no-verify"]);
    assert!(
        err.contains("http or https") || err.contains("ask it with http://"),
        "{err}"
    );
    let nothing = folder.path().join("landfall.toml");
    fs::write(&nothing, "").unwrap();
    let (_, out, err) = probe(&backend.url(), &["--ca-file", nothing.to_str().unwrap()]);
    assert!(
        out.is_empty() && err.contains("no certificate in PEM form"),
        "{err}"
    );
    let (_, out, err) = probe("https://10.0.0.1", &["--no-verify"]);
    assert!(
        out.is_empty() && err.contains("on this machine only"),
        "{err}"
    );
}

#[test]
fn doctor_names_a_file_that_holds_no_authority() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    let settings = folder.path().join("landfall.toml");
    fs::write(&settings, format!("[checks]\nca_file = {ca_file:?}\n")).unwrap();
    let doctor = || {
        let mut command = landfall("doctor");
        command.args(["--json", "--listen", "127.0.0.1:1", "--settings"]);
        let (_, out, _) = said(command.arg(&settings).arg("--state-dir").arg(folder.path()));
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        findings
            .into_iter()
            .find(|it| it["check"] == "tls")
            .unwrap()
    };
    let missing = doctor();
    assert_eq!(missing["state"], "problem");
    assert!(
        missing["said"].as_str().unwrap().contains("ca.pem"),
        "{missing}"
    );
    fs::write(&ca_file, Authority::new().pem()).unwrap();
    assert_eq!(doctor()["state"], "ok");
}
