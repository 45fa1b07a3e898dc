//! The registry as a plain machine: no sockets, no clock.

mod clock;
mod doubts;
mod drift;
mod machine;
mod reasons;
mod registrations;
mod room;
mod schedule;
mod simulation;

use super::*;
use crate::health::{Reason, Verdict};
use crate::http::own_service;
use crate::sockets::{Host, Place, Process};
use landfall_protocol::endpoint::{Endpoint, Evidence};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::url::BaseUrl;
use std::collections::VecDeque;

const PERIODS: Periods = Periods {
    retention: Millis(10_000),
    reread: Millis(60_000),
    deadline: Duration::from_secs(2),
};
const PACE: Pace = Pace {
    steady: Millis(10_000),
    unsteady: Millis(2_000),
    slack_permille: 200,
};

const ALIVE: Verdict = Verdict::Alive { latency_us: 100 };
const FAILED: Verdict = Verdict::Failed(Reason::Refused);

fn registry() -> Registry {
    let own = own_service(BaseUrl::localhost(7420)).unwrap();
    Registry::new(own, &[], Epoch::new("test", 1).unwrap(), PERIODS)
}

fn place(process: &str, pid: u32, port: u16) -> Place {
    let process = Process {
        started: pid.into(),
        pid,
        name: process.into(),
    };
    Place {
        process: process.into(),
        port,
        host: Host::V4,
    }
}

fn found(place: &Place, title: &str, paths: &[&str]) -> Discovered {
    let origin = BaseUrl::parse(&format!("http://127.0.0.1:{}", place.port)).unwrap();
    let endpoint = |path: &&str| {
        let mut endpoint = Endpoint::unnamed(PathTemplate::parse(path).unwrap()).unwrap();
        endpoint.learn(Evidence::OpenApi, [Method::Get]);
        endpoint
    };
    let reading = Reading {
        url: origin,
        title: Name::parse(title).ok(),
        endpoints: paths.iter().map(endpoint).collect(),
        described: None,
    };
    Discovered {
        place: place.clone(),
        reading,
        latency_us: 100,
    }
}

impl Registry {
    /// Nobody listens at `place` any more.
    fn socket_gone(&mut self, place: &Place, now: Millis, unix_ms: u64) {
        self.sockets_gone(std::slice::from_ref(place), now, unix_ms);
    }
}

/// Checks an instance, with this verdict. Says which port that is, and whether the instance is to be asked what it has.
fn check(registry: &mut Registry, id: InstanceId, now: u64, verdict: Verdict) -> (u16, bool) {
    let now = Millis(now);
    let order = registry.check_order(id, now, &PACE).unwrap();
    let checked = Checked {
        arrivals: order.arrivals,
        verdict,
    };
    let is_to_be_asked = registry.record(id, &checked, now, now.0);
    (order.target.port(), is_to_be_asked)
}

/// Adopts everything at once and says what the catalog shows, without the daemon itself.
fn adopt(registry: &mut Registry, now: u64, discovered: Vec<Discovered>) -> Vec<String> {
    registry.adopt(discovered, Millis(now), now);
    shown(registry)
}

fn shown(registry: &Registry) -> Vec<String> {
    let line = |service: &CatalogService| {
        let instances: Vec<_> = service
            .instances
            .iter()
            .map(|it| format!("{} {}", it.url.port(), it.health.as_str()))
            .collect();
        format!("{}: {}", service.name, instances.join(", "))
    };
    registry
        .catalog_services()
        .iter()
        .skip(1)
        .map(line)
        .collect()
}

/// The API that most of these tests are about, at this place.
fn items_at(place: &Place) -> Discovered {
    found(place, "Items API", &["/items"])
}

/// A registry that knew the items on port 8000, whose process is gone since 1 ms.
fn gone_from_8000() -> Registry {
    let mut registry = registry();
    let old = place("uvicorn", 1, 8_000);
    adopt(&mut registry, 0, vec![items_at(&old)]);
    registry.socket_gone(&old, Millis(1), 1);
    registry
}

#[test]
fn one_candidate_is_the_service_that_moved() {
    let mut registry = gone_from_8000();
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    let moved = items_at(&place("uvicorn", 2, 8_001));
    assert_eq!(
        adopt(&mut registry, 2, vec![moved]),
        ["items-api: 8001 healthy"]
    );
}

#[test]
fn of_two_candidates_neither_is_the_one_that_moved_but_both_are_the_service() {
    let mut registry = gone_from_8000();
    let both = [8_001, 8_002].map(|port| items_at(&place("uvicorn", port.into(), port)));
    assert_eq!(
        adopt(&mut registry, 2, both.to_vec()),
        ["items-api: 8001 healthy, 8002 healthy"]
    );
}

#[test]
fn another_program_or_another_api_is_another_service() {
    let mut registry = gone_from_8000();
    let program = items_at(&place("gunicorn", 2, 8_001));
    let api = found(&place("uvicorn", 3, 8_002), "Items API", &["/things"]);
    assert_eq!(
        adopt(&mut registry, 2, vec![program, api]),
        [
            "items-api: 8000 unhealthy",
            "items-api-8001: 8001 healthy",
            "items-api-8002: 8002 healthy"
        ]
    );
}

#[test]
fn a_port_that_another_program_takes_is_not_the_service_that_was_there() {
    let mut registry = gone_from_8000();
    let other = items_at(&place("node", 2, 8_000));
    assert_eq!(
        adopt(&mut registry, 2, vec![other]),
        ["items-api: 8000 unhealthy", "items-api-8000: 8000 healthy"]
    );
    // Where it comes back, with another pid, it is known again.
    let moved = items_at(&place("uvicorn", 3, 8_001));
    assert_eq!(
        adopt(&mut registry, 3, vec![moved]),
        ["items-api: 8001 healthy", "items-api-8000: 8000 healthy"]
    );
}

#[test]
fn of_several_instances_one_that_comes_back_elsewhere_is_one_of_them() {
    let mut registry = registry();
    let at = |pid: u32, port| place("uvicorn", pid, port);
    let both = [1, 2].map(|pid| items_at(&at(pid, 7_999 + pid as u16)));
    assert_eq!(
        adopt(&mut registry, 0, both.to_vec()),
        ["items-api: 8000 healthy, 8001 healthy"]
    );
    registry.socket_gone(&at(1, 8_000), Millis(1), 1);
    assert_eq!(shown(&registry), ["items-api: 8001 healthy"]);
    let third = items_at(&at(3, 8_002));
    assert_eq!(
        adopt(&mut registry, 2, vec![third]),
        ["items-api: 8001 healthy, 8002 healthy"]
    );
    // The one that goes while another runs is not waited for; the last one is, and has moved.
    registry.socket_gone(&at(2, 8_001), Millis(3), 3);
    registry.socket_gone(&at(3, 8_002), Millis(4), 4);
    let fourth = items_at(&at(4, 8_003));
    assert_eq!(
        adopt(&mut registry, 5, vec![fourth]),
        ["items-api: 8003 healthy"]
    );
}

#[test]
fn a_restart_in_place_is_the_same_service_unless_its_title_is_another() {
    let mut registry = registry();
    let (before, after) = (place("uvicorn", 1, 8_000), place("uvicorn", 2, 8_000));
    adopt(&mut registry, 0, vec![items_at(&before)]);
    registry.socket_gone(&before, Millis(1), 1);
    assert_eq!(
        adopt(
            &mut registry,
            2,
            vec![found(&after, "Items API", &["/things"])]
        ),
        ["items-api: 8000 healthy"]
    );
    registry.socket_gone(&after, Millis(3), 3);
    let other = found(&place("uvicorn", 3, 8_000), "Orders", &["/orders"]);
    assert_eq!(
        adopt(&mut registry, 4, vec![other]),
        ["items-api: 8000 unhealthy", "orders: 8000 healthy"]
    );
}

#[test]
fn what_describes_nothing_is_known_by_its_place() {
    let mut registry = registry();
    let (first, second) = (place("nginx", 1, 80), place("nginx", 1, 81));
    let both = vec![found(&first, "", &[]), found(&second, "", &[])];
    assert_eq!(
        adopt(&mut registry, 0, both),
        ["nginx-80: 80 healthy", "nginx-81: 81 healthy"]
    );
    registry.socket_gone(&first, Millis(1), 1);
    let third = found(&place("nginx", 2, 82), "", &[]);
    assert_eq!(
        adopt(&mut registry, 2, vec![third]),
        [
            "nginx-80: 80 unhealthy",
            "nginx-81: 81 healthy",
            "nginx-82: 82 healthy"
        ]
    );
    let back = found(&place("nginx", 3, 80), "", &[]);
    assert_eq!(
        adopt(&mut registry, 3, vec![back])[0],
        "nginx-80: 80 healthy"
    );
}

#[test]
fn names_are_unique_and_the_daemons_own_is_taken() {
    let mut registry = registry();
    let titled = |port: u16, path| found(&place("p", port.into(), port), "Landfall", &[path]);
    let services = adopt(&mut registry, 0, vec![titled(1, "/a"), titled(2, "/b")]);
    assert_eq!(services, ["landfall-1: 1 healthy", "landfall-2: 2 healthy"]);
    let long = "x".repeat(landfall_protocol::name::MAX_NAME);
    let clash = |port: u16, path| found(&place("p", port.into(), port), &long, &[path]);
    let names = adopt(&mut registry, 0, vec![clash(3, "/c"), clash(4, "/d")]);
    assert!(
        names.contains(&format!("{long}: 3 healthy"))
            && names.contains(&"service-4: 4 healthy".to_owned()),
        "{names:?}"
    );
}

#[test]
fn a_service_that_stays_away_is_forgotten_after_the_retention_time() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(&mut registry, 0, vec![items_at(&place)]);
    registry.socket_gone(&place, Millis(5), 5);
    assert!(registry.misses_any() && registry.misses("uvicorn") && !registry.misses("nginx"));
    assert_eq!(registry.retire(Millis(10_004)).len(), 0);
    assert_eq!(registry.retire(Millis(10_005)).len(), 1);
    assert!(shown(&registry).is_empty() && !registry.misses_any());
}

#[test]
fn a_verdict_on_its_way_when_the_socket_vanished_counts_for_nothing() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(&mut registry, 0, vec![items_at(&place)]);
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(0), &PACE);
    let id = queue[0];
    let order = registry.check_order(id, Millis(0), &PACE).unwrap();
    registry.socket_gone(&place, Millis(1), 1);
    let late = Checked {
        arrivals: order.arrivals,
        verdict: ALIVE,
    };
    assert!(!registry.record(id, &late, Millis(2), 2));
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    assert!(registry.check_order(id, Millis(3), &PACE).is_none());
}

#[test]
fn endpoints_that_do_not_fit_into_the_document_are_left_out_whole() {
    let mut registry = registry();
    let paths: Vec<String> = (0..4_000)
        .map(|number| format!("/{}/{number}", "x".repeat(100)))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    for port in 1..=5 {
        adopt(
            &mut registry,
            0,
            vec![found(
                &place("p", port.into(), port),
                &format!("API {port}"),
                &paths,
            )],
        );
    }
    let services = registry.catalog_services();
    let counts: Vec<usize> = services
        .iter()
        .skip(1)
        .map(|service| service.endpoints.len())
        .collect();
    assert!(counts.contains(&4_000) && counts.contains(&0), "{counts:?}");
    let bytes = serde_json::to_vec(
        &services
            .iter()
            .map(CatalogService::to_wire)
            .collect::<Vec<_>>(),
    )
    .unwrap()
    .len();
    assert!(bytes < landfall_protocol::catalog::MAX_BYTES, "{bytes}");
}
