//! The daemon under a service manager: what it tells, and the units that come with it.

use crate::support::client::get;
use crate::support::daemon::{Daemon, QUIET, Through};
use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

#[test]
fn the_manager_is_told_ready_when_the_daemon_answers_then_that_it_lives_reloads_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("notify");
    let manager = UnixDatagram::bind(&socket).unwrap();
    manager
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let told = || {
        let mut bytes = [0; 1_024];
        let length = manager.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    };
    let notify = format!("NOTIFY_SOCKET={}", socket.display());
    let words = ["env", &notify, "WATCHDOG_USEC=200000"];
    let ready = folder.path().join("ready");
    let daemon = Daemon::start_through(&Through(&words), folder, QUIET);
    let first = told();
    assert!(first.lines().any(|line| line == "READY=1"), "{first}");
    assert!(first.contains(&format!("STATUS=listening on http://{}", daemon.address)));
    assert!(ready.exists());
    assert_eq!(get(daemon.address, "/healthz", &[]).status, 200);
    for _ in 0..3 {
        assert_eq!(told().trim_end(), "WATCHDOG=1");
    }
    let news = || {
        let mut news = told();
        while news.trim_end() == "WATCHDOG=1" {
            news = told();
        }
        news
    };
    // Also when there is nothing new in the file: the manager waits.
    daemon.signal("HUP");
    let reloading = news();
    let (state, at) = reloading.trim_end().split_once('\n').unwrap();
    assert_eq!(state, "RELOADING=1");
    let at = at.strip_prefix("MONOTONIC_USEC=").unwrap();
    assert!(at.parse::<u64>().unwrap() > 0, "{reloading}");
    assert_eq!(news().trim_end(), "READY=1");
    daemon.signal("TERM");
    assert_eq!(news().trim_end(), "STOPPING=1");
    assert!(daemon.wait().0.success());
}

fn unit(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("systemd")
        .join(name)
}

/// The values of a key in a unit.
fn values<'u>(text: &'u str, key: &str) -> Vec<&'u str> {
    let assigned = text.lines().filter_map(|line| line.split_once('='));
    assigned
        .filter(|(name, _)| *name == key)
        .map(|(_, value)| value)
        .collect()
}

#[test]
fn the_units_start_the_daemon_as_it_wants_to_be_started() {
    for name in ["landfall.service", "landfall@.service"] {
        let text = fs::read_to_string(unit(name)).unwrap();
        assert_eq!(values(&text, "Type"), ["notify"], "{name}");
        assert_eq!(values(&text, "NoNewPrivileges"), ["yes"], "{name}");
        let families = values(&text, "RestrictAddressFamilies")[0];
        for family in ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX"] {
            assert!(
                families.split(' ').any(|it| it == family),
                "{name}: {family}"
            );
        }
        let start = values(&text, "ExecStart")[0];
        let arguments = start.strip_prefix("/usr/local/bin/landfall ").unwrap();
        let help = Command::new(env!("CARGO_BIN_EXE_landfall"))
            .args(arguments.split(' '))
            .arg("--help")
            .output()
            .unwrap();
        assert!(help.status.success(), "{name}: {arguments}");
    }
}

/// systemd's own opinion, where there is one.
#[test]
fn systemd_takes_the_units() {
    let folder = tempfile::tempdir().unwrap();
    for (name, kind) in [
        ("landfall.service", "--user"),
        ("landfall@.service", "--system"),
    ] {
        let text = fs::read_to_string(unit(name)).unwrap();
        // It wants the program to be there.
        let text = text.replace("/usr/local/bin/landfall", env!("CARGO_BIN_EXE_landfall"));
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        let verified = Command::new("systemd-analyze")
            .args(["verify", kind, "--man=no"])
            .arg(&file)
            .env("XDG_RUNTIME_DIR", folder.path())
            .output();
        let Ok(output) = verified else {
            eprintln!("systemd-analyze is not installed: {name} was not verified");
            continue;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains(name), "{said}");
    }
}
