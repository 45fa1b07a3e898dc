//! The registry as a plain machine: no sockets, no clock.

use super::*;
use crate::health::Verdict;
use crate::http::own_service;
use crate::sockets::Process;
use crate::store::EmbeddedStore;
use landfall_protocol::catalog::HealthClass::{self, Healthy, Unhealthy};
use landfall_protocol::endpoint::Evidence;
use landfall_protocol::method::Method;
use landfall_protocol::probe::Rung;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::url::BaseUrl;
use std::collections::VecDeque;

const PERIODS: Periods = Periods {
    retention: Millis(10_000),
    reread: Millis(60_000),
};
const PACE: Pace = Pace {
    steady: Millis(10_000),
    unsteady: Millis(2_000),
    slack_permille: 200,
};

fn registry() -> Registry {
    let own = own_service(BaseUrl::localhost(7420)).unwrap();
    Registry::new(own, &[], Box::new(EmbeddedStore::transient()), PERIODS)
}

fn place(process: &str, pid: u32, port: u16) -> Place {
    let process = Process {
        started: pid.into(),
        pid,
        name: process.to_owned(),
    };
    Place {
        process,
        port,
        host: "127.0.0.1",
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
        url: origin.clone(),
        title: Name::parse(title).ok(),
        endpoints: paths.iter().map(endpoint).collect(),
        described: None,
    };
    Discovered {
        place: place.clone(),
        origin,
        reading,
        latency_us: 100,
    }
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

#[test]
fn one_candidate_is_the_service_that_moved() {
    let mut registry = registry();
    let old = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&old, "Items API", &["/items"])],
    );
    registry.socket_gone(&old, Millis(1), 1);
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    let moved = found(&place("uvicorn", 2, 8_001), "Items API", &["/items"]);
    assert_eq!(
        adopt(&mut registry, 2, vec![moved]),
        ["items-api: 8001 healthy"]
    );
}

#[test]
fn of_two_candidates_neither_is_the_one_that_moved_but_both_are_the_service() {
    let mut registry = registry();
    let old = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&old, "Items API", &["/items"])],
    );
    registry.socket_gone(&old, Millis(1), 1);
    let both = [8_001, 8_002].map(|port| {
        found(
            &place("uvicorn", port.into(), port),
            "Items API",
            &["/items"],
        )
    });
    assert_eq!(
        adopt(&mut registry, 2, both.to_vec()),
        ["items-api: 8001 healthy, 8002 healthy"]
    );
}

#[test]
fn another_program_or_another_api_is_another_service() {
    let mut registry = registry();
    let old = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&old, "Items API", &["/items"])],
    );
    registry.socket_gone(&old, Millis(1), 1);
    let program = found(&place("gunicorn", 2, 8_001), "Items API", &["/items"]);
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
fn a_restart_in_place_is_the_same_service_unless_its_title_is_another() {
    let mut registry = registry();
    let (before, after) = (place("uvicorn", 1, 8_000), place("uvicorn", 2, 8_000));
    adopt(
        &mut registry,
        0,
        vec![found(&before, "Items API", &["/items"])],
    );
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
fn a_name_that_the_store_remembers_is_given_again() {
    let mut store = EmbeddedStore::transient();
    let discovered = found(&place("uvicorn", 1, 8_000), "Items API", &["/items"]);
    let reading = &discovered.reading;
    let identity =
        crate::identity::of("uvicorn", reading.title.as_ref(), &reading.endpoints).unwrap();
    let name = Name::parse("from-before").unwrap();
    store
        .put(crate::store::Registration { name, identity })
        .unwrap();
    let own = own_service(BaseUrl::localhost(7420)).unwrap();
    let mut registry = Registry::new(own, &[], Box::new(store), PERIODS);
    assert_eq!(
        adopt(&mut registry, 0, vec![discovered]),
        ["from-before: 8000 healthy"]
    );
}

#[test]
fn a_service_that_stays_away_is_forgotten_after_the_retention_time() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&place, "Items API", &["/items"])],
    );
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
    adopt(
        &mut registry,
        0,
        vec![found(&place, "Items API", &["/items"])],
    );
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(0), &PACE);
    let id = queue[0];
    let order = registry.check_order(id, Millis(0), &PACE).unwrap();
    registry.socket_gone(&place, Millis(1), 1);
    let late = Checked {
        target: order.target,
        verdict: Verdict::Alive { latency_us: 1 },
        timed_out: false,
    };
    assert!(!registry.record(id, &late, Millis(2), 2));
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    assert!(registry.check_order(id, Millis(3), &PACE).is_none());
}

/// Runs what is due at `now`, with this verdict, and says which ports it was.
fn run_due(registry: &mut Registry, now: u64, verdict: Verdict) -> Vec<u16> {
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(now), &PACE);
    let check = |id: &InstanceId| {
        let order = registry.check_order(*id, Millis(now), &PACE).unwrap();
        let port = order.target.port();
        registry.record(
            *id,
            &Checked {
                target: order.target,
                verdict,
                timed_out: false,
            },
            Millis(now),
            now,
        );
        port
    };
    queue.iter().map(check).collect()
}

const ALIVE: Verdict = Verdict::Alive { latency_us: 100 };

#[test]
fn a_steady_service_is_checked_at_its_interval_and_any_other_more_often() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("uvicorn", 1, 8_000), "Items API", &["/items"])],
    );
    // Being found was its first check; it is steady from the third on.
    assert_eq!(run_due(&mut registry, 0, ALIVE), [8_000]);
    assert_eq!(registry.next_check(), Some(Millis(2_000)));
    assert_eq!(run_due(&mut registry, 2_000, ALIVE), [8_000]);
    assert_eq!(run_due(&mut registry, 4_000, ALIVE), [8_000]);
    assert_eq!(registry.next_check(), Some(Millis(14_000)));
    assert_eq!(run_due(&mut registry, 14_000, Verdict::Failed), [8_000]);
    assert_eq!(registry.next_check(), Some(Millis(24_000)));
}

#[test]
fn what_is_due_soon_runs_along_and_what_is_due_later_does_not() {
    let mut registry = registry();
    let (first, second) = (place("a", 1, 1), place("b", 2, 2));
    adopt(&mut registry, 0, vec![found(&first, "A", &["/a"])]);
    assert_eq!(run_due(&mut registry, 0, ALIVE), [1]);
    adopt(&mut registry, 300, vec![found(&second, "B", &["/b"])]);
    assert_eq!(run_due(&mut registry, 300, ALIVE), [2]);
    // The second is due at 2,300: within a fifth of its interval of 2,000.
    assert!(run_due(&mut registry, 1_599, ALIVE).is_empty());
    assert_eq!(run_due(&mut registry, 2_000, ALIVE), [1, 2]);
}

#[test]
fn what_changes_goes_before_what_is_steady() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("a", 1, 1), "A", &["/a"])],
    );
    for now in [0, 2_000, 4_000] {
        run_due(&mut registry, now, ALIVE);
    }
    adopt(
        &mut registry,
        13_900,
        vec![found(&place("b", 2, 2), "B", &["/b"])],
    );
    assert_eq!(run_due(&mut registry, 14_000, ALIVE), [2, 1]);
}

#[test]
fn a_check_that_is_queued_is_not_queued_again_and_shows_as_overdue() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("a", 1, 1), "A", &["/a"])],
    );
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(0), &PACE);
    registry.queue_due(&mut queue, Millis(5_000), &PACE);
    assert_eq!(queue.len(), 1);
    assert_eq!(registry.next_check(), None);
    assert_eq!(registry.backlog(Millis(5_000)), (1, Some(Millis(5_000))));
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

#[test]
fn a_description_is_read_again_in_time_and_rarely_where_there_is_none() {
    let mut registry = registry();
    let (described, bare) = (place("a", 1, 1), place("b", 2, 2));
    let mut discovered = vec![found(&described, "A", &["/a"]), found(&bare, "", &[])];
    discovered[0].reading.described = Some((Rung::OpenApi, 7));
    adopt(&mut registry, 0, discovered);
    let mut wants = |now| -> Vec<u16> {
        let mut queue = VecDeque::new();
        registry.queue_due(&mut queue, Millis(now), &PACE);
        let mut ports = Vec::new();
        for id in queue {
            let target = registry.check_order(id, Millis(now), &PACE).unwrap().target;
            let checked = Checked {
                target: Rc::clone(&target),
                verdict: ALIVE,
                timed_out: false,
            };
            if registry.record(id, &checked, Millis(now), now) {
                assert!(registry.read_order(id).is_some() && registry.read_order(id).is_none());
                registry.described(id, None, Millis(now));
                ports.push(target.port());
            }
        }
        ports
    };
    assert!(wants(59_999).is_empty());
    assert_eq!(wants(80_000), [1]);
    assert!(wants(139_000).is_empty());
    assert_eq!(wants(600_000), [1, 2]);
}

#[test]
fn health_classes_are_those_of_the_checks() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("a", 1, 1), "A", &["/a"])],
    );
    let class =
        |registry: &Registry| -> HealthClass { registry.catalog_services()[1].instances[0].health };
    assert_eq!(class(&registry), Healthy);
    for now in [0, 2_000, 4_000] {
        run_due(&mut registry, now, Verdict::Failed);
    }
    assert_eq!(class(&registry), Unhealthy);
}
