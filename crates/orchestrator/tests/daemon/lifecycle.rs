//! Start and end of the daemon.

use crate::support::client::{Events, connect};
use crate::support::daemon::{Daemon, QUIET};
use std::io::Write;
use std::net::TcpListener;

#[test]
fn a_signal_ends_streams_and_the_daemon_in_good_order() {
    for signal in ["TERM", "INT"] {
        let daemon = Daemon::start(QUIET);
        let mut events = Events::open(daemon.address, "/.well-known/landfall/events", &[]);
        assert!(events.next().is_some());
        let address = daemon.address;
        daemon.signal(signal);
        assert_eq!(events.next(), None);
        assert_eq!(daemon.wait().0.code(), Some(0));
        assert!(std::net::TcpStream::connect(address).is_err());
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let daemon = Daemon::start(QUIET);
    // A request that never ends keeps the daemon waiting.
    let mut slow = connect(daemon.address);
    slow.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    // The daemon has read that much once it has answered somebody who came later.
    assert_eq!(daemon.get("/healthz", &[]).status, 200);
    daemon.signal("TERM");
    daemon.signal("INT");
    assert_eq!(daemon.wait().0.code(), Some(130));
}

#[test]
fn every_start_of_one_registry_is_a_later_epoch() {
    let first = Daemon::start(QUIET);
    let before = first.catalog()["epoch"].clone();
    first.signal("TERM");
    let second = Daemon::start_in(first.wait().1, QUIET);
    let after = second.catalog()["epoch"].clone();
    assert_eq!(before["registry"], after["registry"]);
    assert_eq!(
        (before["boot"].as_u64(), after["boot"].as_u64()),
        (Some(1), Some(2))
    );
}

#[test]
fn without_a_place_for_state_it_runs_as_another_registry_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be.
    std::fs::write(folder.path().join("state"), b"").unwrap();
    let log = folder.path().join("log");
    let daemon = Daemon::start_in(folder, QUIET);
    assert_eq!(daemon.catalog()["epoch"]["boot"], 1);
    let said = std::fs::read_to_string(log).unwrap();
    assert!(
        said.contains("WARN") && said.contains("state") && said.contains("another daemon"),
        "{said}"
    );
}

#[test]
fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_landfall"));
    let output = command
        .args(["serve", "--listen", &address, "--state-dir"])
        .arg(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
}

#[test]
fn the_status_shows_budget_memory_and_limits() {
    let daemon = Daemon::start(QUIET);
    let status = daemon.get("/v1/status", &[]).json();
    assert_eq!(
        (
            &status["budget"]["policy"],
            &status["budget"]["budget_permille"]
        ),
        (&"tokens".into(), &1_000.into())
    );
    assert!(
        status["budget"]["used_permille"].is_number()
            && status["budget"]["pace_permille"].is_number()
    );
    assert_eq!(
        (
            &status["checks"]["in_flight_limit"],
            &status["checks"]["per_host_limit"]
        ),
        (&10.into(), &2.into())
    );
    assert_eq!(
        (&status["services"], &status["streams"]),
        (&1.into(), &0.into())
    );
    assert!(
        status["memory"]["rss_bytes"]
            .as_u64()
            .is_some_and(|bytes| bytes > 100_000)
    );
}
