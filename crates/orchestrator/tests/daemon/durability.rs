//! What is acknowledged lasts: killed daemons, disks without room, files that are none.
//!
//! `LANDFALL_KILLS=1000 cargo test -p landfall-orchestrator --test daemon killed -- --nocapture` kills more often.

use crate::support::client::{Response, exchange};
use crate::support::daemon::{Daemon, QUIET, Through};
use landfall_protocol::catalog::Document;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SERVICES: &str = "/v1/services";
const WRITERS: u32 = 4;
/// The most registrations that are kept at the same time.
const KEPT: usize = 200;

/// What a client knows of a registration, by the name of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Known {
    /// Acknowledged, under this path.
    Registered(String),
    /// Taken back, and that was acknowledged.
    Gone,
    /// Asked for, and not answered: both are right.
    Perhaps,
}

type Ledger = Arc<Mutex<BTreeMap<String, Known>>>;

/// One request on a connection of its own; `None` when the daemon was killed before it had answered.
fn ask(address: SocketAddr, token: &str, method: &str, path: &str, body: &str) -> Option<Response> {
    let stream = TcpStream::connect(address).ok()?;
    let request = format!(
        "{method} {path} HTTP/1.1\r\nConnection: close\r\nHost: {address}\r\nAuthorization: {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(stream, request.as_bytes())
}

/// Registers, and takes most of it back, until the daemon is gone.
fn write(address: SocketAddr, token: &str, ledger: &Ledger, next: &AtomicU32) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let name = format!("service-{number}");
        let note = |known| drop(ledger.lock().unwrap().insert(name.clone(), known));
        let url = format!("http://127.0.0.1:1/{number}");
        let body = json!({ "name": name, "lease": 86_400, "instances": [{ "url": url }] });
        note(Known::Perhaps);
        let Some(made) = ask(address, token, "POST", SERVICES, &body.to_string()) else {
            return;
        };
        assert_eq!(made.status, 201, "{}", made.text());
        let path = made.field("location").to_owned();
        if number.is_multiple_of(8) {
            note(Known::Registered(path));
            continue;
        }
        note(Known::Perhaps);
        let Some(gone) = ask(address, token, "DELETE", &path, "") else {
            return;
        };
        assert_eq!(gone.status, 204, "{}", gone.text());
        note(Known::Gone);
    }
}

/// Reads the catalog until the daemon is gone. Whatever arrives whole is a catalog.
fn read(address: SocketAddr, read: &AtomicU32) {
    while let Some(answer) = ask(address, "", "GET", "/.well-known/landfall", "") {
        let json: Value = serde_json::from_slice(&answer.body).expect("a whole document");
        Document::from_json(&json).expect("a valid catalog");
        read.fetch_add(1, Ordering::Relaxed);
    }
}

/// Compares what a daemon that was started again has with what is known, and settles what was open.
fn compare(daemon: &Daemon, ledger: &Ledger) {
    let list = daemon.get(SERVICES, &[]).json();
    let mut listed: BTreeMap<String, String> = BTreeMap::new();
    for service in list["services"].as_array().unwrap() {
        let text = |key: &str| service[key].as_str().unwrap().to_owned();
        listed.insert(text("name"), format!("{SERVICES}/{}", text("id")));
    }
    let shown = daemon.catalog()["services"].as_array().unwrap().len();
    assert_eq!(
        shown,
        listed.len() + 1,
        "the catalog shows what is registered, and the daemon"
    );
    for (name, known) in ledger.lock().unwrap().iter_mut() {
        let path = listed.remove(name);
        match known {
            Known::Registered(made) => {
                assert_eq!(path.as_ref(), Some(&*made), "{name} was acknowledged");
            }
            Known::Gone => assert_eq!(path, None, "{name} was taken back"),
            Known::Perhaps => *known = path.map_or(Known::Gone, Known::Registered),
        }
    }
    assert!(listed.is_empty(), "nobody registered {listed:?}");
}

/// Numbers that differ from run to run; the seed is printed.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let seed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_nanos() as u64;
        println!("seed {seed}");
        Self(seed)
    }

    /// xorshift64* (Marsaglia, Vigna).
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % end
    }
}

#[test]
fn a_killed_daemon_loses_nothing_that_it_acknowledged_and_serves_no_torn_catalog() {
    let kills: u32 = std::env::var("LANDFALL_KILLS").map_or(6, |text| text.parse().unwrap());
    let mut random = Random::new();
    let ledger = Ledger::default();
    let (next, catalogs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let mut daemon = Daemon::start(QUIET);
    let began = Instant::now();
    for kill in 1..=kills {
        let (address, token) = (daemon.address, Arc::new(daemon.credentials()));
        let writers = (0..WRITERS).map(|_| {
            let (token, ledger, next) =
                (Arc::clone(&token), Arc::clone(&ledger), Arc::clone(&next));
            std::thread::spawn(move || write(address, &token, &ledger, &next))
        });
        let mut threads: Vec<_> = writers.collect();
        let catalogs = Arc::clone(&catalogs);
        threads.push(std::thread::spawn(move || read(address, &catalogs)));
        std::thread::sleep(Duration::from_millis(random.below(150)));
        daemon.signal("KILL");
        let folder = daemon.wait().1;
        for thread in threads {
            thread.join().unwrap();
        }
        daemon = Daemon::start_in(folder, QUIET);
        compare(&daemon, &ledger);
        if kill % 100 == 0 {
            println!("{kill} kills after {:?}", began.elapsed());
        }
        // With many services it is the test that takes the time: begin anew.
        let kept = ledger
            .lock()
            .unwrap()
            .values()
            .filter(|it| matches!(it, Known::Registered(_)))
            .count();
        if kept > KEPT {
            daemon = Daemon::start(QUIET);
            ledger.lock().unwrap().clear();
        }
    }
    let (asked, catalogs) = (
        next.load(Ordering::Relaxed),
        catalogs.load(Ordering::Relaxed),
    );
    println!(
        "{kills} kills, {asked} registrations, {catalogs} catalogs, {:?}",
        began.elapsed()
    );
    assert!(asked > kills, "there was load");
}

fn shop() -> Value {
    json!({ "name": "shop", "lease": 600, "instances": [{ "url": "http://127.0.0.1:1" }] })
}

/// A limit of the size of files does what a disk without room does: writes fail.
#[cfg(unix)]
#[test]
fn without_room_on_the_disk_nothing_is_acknowledged_and_everything_is_read() {
    let through = Through(&["sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" \"$@\""]);
    let daemon = Daemon::start_through(&through, tempfile::tempdir().unwrap(), QUIET);
    for _ in 0..2 {
        let refused = daemon.send("POST", SERVICES, &shop());
        assert_eq!(refused.status, 507, "{}", refused.text());
        assert!(
            refused.text().contains("registrations.redb"),
            "{}",
            refused.text()
        );
    }
    assert_eq!(daemon.get(SERVICES, &[]).json(), json!({ "services": [] }));
    assert!(daemon.service("landfall").is_some() && daemon.service("shop").is_none());
    // With room again, the same state takes it.
    daemon.signal("TERM");
    let daemon = Daemon::start_in(daemon.wait().1, QUIET);
    assert_eq!(daemon.send("POST", SERVICES, &shop()).status, 201);
}

#[test]
fn a_state_that_cannot_be_written_is_an_error_until_it_can() {
    let daemon = Daemon::start(QUIET);
    let in_the_way = daemon.folder().join("state/registrations.redb.tmp");
    std::fs::create_dir(&in_the_way).unwrap();
    let refused = daemon.send("POST", SERVICES, &shop());
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(
        refused.text().contains("registrations.redb"),
        "{}",
        refused.text()
    );
    assert!(daemon.service("landfall").is_some() && daemon.service("shop").is_none());
    std::fs::remove_dir(in_the_way).unwrap();
    assert_eq!(daemon.send("POST", SERVICES, &shop()).status, 201);
}

#[test]
fn a_corrupt_file_is_named_and_kept_and_the_catalog_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state/registrations.redb");
    std::fs::create_dir(folder.path().join("state")).unwrap();
    std::fs::write(&file, b"not a database").unwrap();
    let daemon = Daemon::start_in(folder, QUIET);
    assert!(daemon.service("landfall").is_some());
    let refused = daemon.send("POST", SERVICES, &shop());
    assert_eq!(refused.status, 503);
    assert!(
        refused.text().contains("move the file away"),
        "{}",
        refused.text()
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"not a database");
    let log = std::fs::read_to_string(daemon.folder().join("log")).unwrap();
    assert!(
        log.contains("ERROR") && log.contains("registrations.redb"),
        "{log}"
    );
    // Moved away, as it says.
    std::fs::remove_file(file).unwrap();
    assert_eq!(daemon.send("POST", SERVICES, &shop()).status, 201);
}
