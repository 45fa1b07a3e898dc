//! What a report of a page can do, and what it cannot.

use super::*;
use landfall_protocol::usage::Tally;

/// A healthy, steady instance, last checked at 1,000 and due at 11,000.
fn steady() -> (Registry, InstanceId) {
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
    for now in [0, 500, 1_000] {
        check(&mut registry, id, now, ALIVE);
    }
    registry.check_order(id, Millis(1_000), &PACE).unwrap();
    assert_eq!(registry.next_check(), Some(Millis(11_000)));
    (registry, id)
}

fn tally(port: u16, answered: u32, failed: u32) -> Tally {
    Tally {
        url: BaseUrl::parse(&format!("http://127.0.0.1:{port}")).unwrap(),
        answered,
        failed,
    }
}

#[test]
fn a_failure_of_a_healthy_instance_brings_its_check_forward_and_changes_nothing_else() {
    let (mut registry, _) = steady();
    let before = shown(&registry);
    registry.doubt(&[tally(8_000, 9, 1)], Millis(5_000));
    assert_eq!(registry.next_check(), Some(Millis(5_000)));
    assert_eq!(shown(&registry), before);
}

#[test]
fn after_the_check_that_fails_the_instance_is_checked_as_often_as_an_unsteady_one() {
    let (mut registry, id) = steady();
    let order = registry.check_order(id, Millis(5_000), &PACE).unwrap();
    let failed = Checked {
        arrivals: order.arrivals,
        verdict: FAILED,
    };
    registry.record(id, &failed, Millis(5_010), 5_010);
    registry.hasten(id, Millis(5_010), &PACE);
    assert_eq!(registry.next_check(), Some(Millis(7_010)));
}

#[test]
fn reports_cannot_drive_checks_faster_than_one_in_a_second() {
    let (mut registry, _) = steady();
    for now in [1_000, 1_001, 1_500] {
        registry.doubt(&[tally(8_000, 0, 1_000_000)], Millis(now));
        assert_eq!(registry.next_check(), Some(Millis(2_000)));
    }
}

#[test]
fn what_fits_the_verdict_and_what_is_about_nobody_does_nothing() {
    let (mut registry, _) = steady();
    for report in [tally(8_000, 9, 0), tally(8_001, 0, 9), tally(8_000, 0, 0)] {
        registry.doubt(&[report], Millis(5_000));
        assert_eq!(registry.next_check(), Some(Millis(11_000)));
    }
}

#[test]
fn an_instance_that_counts_as_unhealthy_is_looked_at_when_a_page_gets_an_answer() {
    let (mut registry, id) = steady();
    for _ in 0..20 {
        check(&mut registry, id, 2_000, FAILED);
    }
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    registry.doubt(&[tally(8_000, 1, 0)], Millis(3_500));
    assert_eq!(registry.next_check(), Some(Millis(3_500)));
}
