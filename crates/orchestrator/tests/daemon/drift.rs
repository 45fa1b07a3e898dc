//! Endpoints that vanish between two starts of a service: over HTTP, as an event and in the log.

use crate::support::backend::{Process, free_ports, openapi};
use crate::support::client::{Events, request};
use crate::support::daemon::{Daemon, watching};
use crate::support::eventually;

const DRIFT: &str = "/v1/drift";

#[test]
fn what_a_restart_takes_away_is_told_in_each_way_until_somebody_accepts_it() {
    let [port] = free_ports();
    let daemon = Daemon::start(&watching(&[port]));
    let process = Process::start(port, &openapi("Items API", "/items"));
    eventually("it is found", || daemon.service("items-api"));
    assert_eq!(
        daemon.get(DRIFT, &[]).json()["services"],
        serde_json::json!([])
    );
    let mut events = Events::open(
        daemon.address,
        "/.well-known/landfall/events?topics=drift",
        &[],
    );
    assert_eq!(
        events.next().unwrap().json()["services"],
        serde_json::json!([])
    );
    drop(process);
    let _restarted = Process::start(port, &openapi("Items API", "/things"));
    let event = events.next().unwrap();
    assert_eq!(event.name, "drift");
    let service = event.json()["services"][0].clone();
    assert_eq!(service["service"], "items-api");
    assert_eq!(
        (
            &service["missing"][0]["path"],
            &service["missing"][0]["whole"]
        ),
        (&"/items".into(), &true.into())
    );
    let shown = daemon.get(DRIFT, &[]).json()["services"][0].clone();
    assert_eq!(
        (&shown["service"], &shown["missing"][0]["path"]),
        (&"items-api".into(), &"/items".into())
    );
    assert_eq!(daemon.get("/v1/status", &[]).json()["drifted"], 1);
    let said = std::fs::read_to_string(daemon.folder().join("log")).unwrap();
    assert!(said.contains("drift") && said.contains("/items"), "{said}");
    // Only who knows the token accepts it.
    let accept = format!("{DRIFT}/items-api");
    let stranger = request(daemon.address, "DELETE", &accept, &[]);
    assert_eq!(stranger.status, 401);
    assert_eq!(
        daemon
            .send("DELETE", &accept, &serde_json::Value::Null)
            .status,
        204
    );
    assert_eq!(
        events.next().unwrap().json()["services"],
        serde_json::json!([])
    );
    assert_eq!(
        daemon
            .send("DELETE", &accept, &serde_json::Value::Null)
            .status,
        404
    );
}
