//! Clients that are slow on purpose, and a daemon that has nothing left for new ones.

use crate::support::client::{connect, raw};
use crate::support::daemon::{Daemon, QUIET, Through};
use crate::support::eventually;
use std::io::{Read, Write};
use std::time::Duration;

#[test]
fn a_head_that_comes_byte_by_byte_for_ever_is_not_waited_for() {
    let daemon = Daemon::start(QUIET);
    let mut slow: Vec<_> = (0..50).map(|_| connect(daemon.address)).collect();
    for stream in &mut slow {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            .unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(1)))
            .unwrap();
    }
    eventually("the slow ones are given up", || {
        slow.retain_mut(|stream| {
            let sent = stream.write_all(b"X");
            let ended = matches!(stream.read(&mut [0; 1_024]), Ok(0));
            sent.is_ok() && !ended
        });
        // Nobody else waits for them.
        assert_eq!(daemon.get("/healthz", &[]).status, 200);
        slow.is_empty().then_some(())
    });
}

#[test]
fn a_body_that_stops_in_the_middle_is_answered_and_the_connection_ends() {
    let daemon = Daemon::start(QUIET);
    let head = format!(
        "POST /v1/services HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{\"name\": ",
        daemon.credentials()
    );
    let answer = raw(daemon.address, head.as_bytes()).unwrap();
    assert_eq!((answer.status, answer.field("connection")), (408, "close"));
    assert!(
        answer.text().contains("within 10 seconds"),
        "{}",
        answer.text()
    );
    assert_eq!(daemon.get("/healthz", &[]).status, 200);
}

#[test]
fn without_file_descriptors_new_clients_wait_and_the_old_ones_are_served() {
    let few = Through(&["sh", "-c", "ulimit -n 48; exec \"$@\"", "sh"]);
    let daemon = Daemon::start_through(&few, tempfile::tempdir().unwrap(), QUIET);
    let mut old = connect(daemon.address);
    let ask = |stream: &mut std::net::TcpStream| {
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        // The rest of the head, and the body.
        let mut rest = Vec::new();
        while !rest.ends_with(b"ok\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            rest.push(byte[0]);
        }
    };
    ask(&mut old);
    let many: Vec<_> = (0..100).map(|_| connect(daemon.address)).collect();
    eventually("it says so", || {
        let log = std::fs::read_to_string(daemon.folder().join("log")).unwrap();
        log.contains("a connection was not accepted").then_some(())
    });
    ask(&mut old);
    drop(many);
    assert_eq!(daemon.get("/healthz", &[]).status, 200);
}
