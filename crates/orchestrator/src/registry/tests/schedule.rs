//! When instances are checked and asked, and what verdicts do.

use super::*;
use landfall_protocol::catalog::HealthClass::{self, Healthy, Unhealthy};
use landfall_protocol::probe::Rung;

/// Runs what is due at `now`, with this verdict, and says which ports it was.
fn run_due(registry: &mut Registry, now: u64, verdict: Verdict) -> Vec<u16> {
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(now), &PACE);
    let ids = queue.into_iter();
    ids.map(|id| check(registry, id, now, verdict).0).collect()
}

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
    assert_eq!(run_due(&mut registry, 14_000, FAILED), [8_000]);
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
            let (port, is_to_be_asked) = check(&mut registry, id, now, ALIVE);
            if is_to_be_asked {
                assert!(registry.is_to_be_read(id) && !registry.is_to_be_read(id));
                assert!(registry.read_order(id).is_some());
                registry.described(id, None, Millis(now));
                ports.push(port);
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
        run_due(&mut registry, now, FAILED);
    }
    assert_eq!(class(&registry), Unhealthy);
}

#[test]
fn a_bad_verdict_means_nothing_any_more_when_its_check_is_late_for_long() {
    let mut registry = registry();
    let (bad, good, lost) = (place("a", 1, 1), place("b", 2, 2), place("c", 3, 3));
    let discovered = vec![
        found(&bad, "A", &["/a"]),
        found(&good, "B", &["/b"]),
        found(&lost, "C", &["/c"]),
    ];
    adopt(&mut registry, 0, discovered);
    registry.socket_gone(&lost, Millis(0), 0);
    let mut queue = VecDeque::new();
    let mut check_all = |registry: &mut Registry, now: u64, fails: &[u16]| {
        registry.queue_due(&mut queue, Millis(now), &PACE);
        for id in queue.drain(..) {
            let fails = fails.contains(&registry.instances[id].target.port());
            check(registry, id, now, if fails { FAILED } else { ALIVE });
        }
    };
    for now in [0, 2_000] {
        check_all(&mut registry, now, &[1]);
    }
    let said = ["a: 1 unhealthy", "b: 2 healthy", "c: 3 unhealthy"];
    assert_eq!(shown(&registry), said);
    // Both are due at 4,000. The budget allows nothing from now on.
    let mut starved = VecDeque::new();
    registry.queue_due(&mut starved, Millis(4_000), &PACE);
    registry.outdate(Millis(34_000), &PACE);
    assert_eq!(shown(&registry), said);
    registry.outdate(Millis(34_001), &PACE);
    let unknown = ["a: 1 unknown", "b: 2 healthy", "c: 3 unhealthy"];
    assert_eq!(shown(&registry), unknown);
    // It is as old as it is.
    let health = registry.health(Millis(34_001), 34_001);
    let health = serde_json::to_value(health).unwrap();
    assert_eq!(health["services"][1]["age_ms"], 32_001);
    // A failure is none the less a failure, when somebody has looked.
    starved.into_iter().for_each(|id| {
        check(&mut registry, id, 35_000, FAILED);
    });
    registry.outdate(Millis(35_001), &PACE);
    assert_eq!(
        shown(&registry),
        ["a: 1 unhealthy", "b: 2 degraded", "c: 3 unhealthy"]
    );
}

#[test]
fn a_daemon_that_starved_has_no_failure_to_record() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("a", 1, 1), "A", &["/a"])],
    );
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(0), &PACE);
    let id = queue[0];
    let mut record = |verdict, now| {
        check(&mut registry, id, now, verdict);
        let suspect = registry
            .check_order(id, Millis(now), &PACE)
            .unwrap()
            .suspect;
        (shown(&registry)[0].clone(), suspect)
    };
    let unknown = "a: 1 unknown".to_owned();
    let starved = |suspect| (unknown.clone(), suspect);
    let late = Verdict::Unknown(Reason::Starved);
    assert_eq!(record(late, 1), starved(false));
    let degraded = ("a: 1 degraded".to_owned(), true);
    assert_eq!(record(Verdict::Failed(Reason::Timeout), 2), degraded);
    // It is as suspect as before: it must not take the slots of those that answer.
    assert_eq!(record(late, 3), starved(true));
}
