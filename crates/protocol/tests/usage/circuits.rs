//! Who fails again and again is left alone.

use crate::support::{HEALTHY, answered, boats, call, pause, place, request, url};
use landfall_protocol::method::Method;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{After, Ended, Kind, Usage};

#[test]
fn an_open_circuit_sends_nothing_until_one_try_closes_it() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    for _ in 0..3 {
        assert!(call(&mut usage, Millis(0), &view, Ended::Unreachable).is_some());
    }
    assert_eq!(
        call(&mut usage, Millis(1), &view, answered(200)),
        None,
        "it is open"
    );
    let id = usage.begin("boats", request(Method::Get));
    assert_eq!(usage.route(Millis(1), id, &view).to, None);
    let wait = pause(usage.ended(Millis(1), id, Ended::Barred, &view));
    assert!(
        wait >= Millis(499),
        "an idempotent call waits for the try: {wait:?}"
    );
    let later = Millis(1) + wait;
    assert_eq!(url(&mut usage, later, id, &view), place(0));
    assert_eq!(
        call(&mut usage, later, &view, answered(200)),
        None,
        "one try only"
    );
    usage.ended(later, id, answered(200), &view);
    assert_eq!(
        call(&mut usage, later, &view, answered(200)),
        Some(place(0))
    );
}

#[test]
fn a_try_that_nobody_waits_for_any_more_leaves_the_circuit_to_the_next_one() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    for _ in 0..3 {
        call(&mut usage, Millis(0), &view, Ended::Unreachable);
    }
    let now = Millis(5_000);
    let id = usage.begin("boats", request(Method::Get));
    url(&mut usage, now, id, &view);
    assert_eq!(usage.ended(now, id, Ended::Abandoned, &view), After::Over);
    assert_eq!(call(&mut usage, now, &view, answered(200)), Some(place(0)));
}

#[test]
fn a_connection_that_nobody_wants_any_more_leaves_the_one_try_of_a_circuit_alone() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    let connection = usage.begin("boats", Kind::Connection);
    url(&mut usage, Millis(0), connection, &view);
    for _ in 0..3 {
        call(&mut usage, Millis(0), &view, Ended::Unreachable);
    }
    let now = Millis(5_000);
    let id = usage.begin("boats", request(Method::Get));
    url(&mut usage, now, id, &view);
    usage.ended(now, connection, Ended::Abandoned, &view);
    assert_eq!(call(&mut usage, now, &view, answered(200)), None);
}

#[test]
fn a_failing_instance_costs_the_others_nothing() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY, HEALTHY]));
    for _ in 0..40 {
        let id = usage.begin("boats", request(Method::Get));
        if url(&mut usage, Millis(0), id, &view) == place(0) {
            assert_eq!(
                usage.ended(Millis(0), id, answered(500), &view),
                After::Again(Millis::ZERO)
            );
            assert_eq!(url(&mut usage, Millis(0), id, &view), place(1));
        }
        assert_eq!(
            usage.ended(Millis(0), id, answered(200), &view),
            After::Over
        );
    }
    // Its circuit has opened meanwhile.
    for _ in 0..40 {
        assert_eq!(
            call(&mut usage, Millis(0), &view, answered(200)),
            Some(place(1))
        );
    }
}
