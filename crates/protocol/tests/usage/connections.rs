//! Connections that last: where they stay, when they move, how they are opened again.

use crate::support::{HEALTHY, answered, boats, call, pause, place, url};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{Ended, Kind, Usage};

#[test]
fn a_connection_stays_while_its_instance_is_listed_and_moves_when_it_is_not() {
    let mut usage = Usage::new(1);
    let one = boats(&[HEALTHY]);
    let id = usage.begin("boats", Kind::Connection);
    assert_eq!(url(&mut usage, Millis(0), id, &one), place(0));
    usage.ended(Millis(0), id, answered(101), &one);
    let worse_but_listed = boats(&[HealthClass::Degraded, HEALTHY]);
    assert_eq!(url(&mut usage, Millis(1), id, &worse_but_listed), place(0));
    let all_unhealthy = boats(&[HealthClass::Unhealthy; 2]);
    assert_eq!(url(&mut usage, Millis(1), id, &all_unhealthy), place(0));
    let unhealthy = boats(&[HealthClass::Unhealthy, HEALTHY]);
    assert_eq!(url(&mut usage, Millis(1), id, &unhealthy), place(1));
    usage.ended(Millis(2), id, answered(101), &unhealthy);
    assert_eq!(url(&mut usage, Millis(3), id, &one), place(0));
}

#[test]
fn a_connection_is_opened_again_for_ever_and_does_not_touch_the_circuits() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    let id = usage.begin("boats", Kind::Connection);
    let mut now = Millis(0);
    let mut longest = Millis::ZERO;
    for _ in 0..100 {
        assert_eq!(url(&mut usage, now, id, &view), place(0));
        let wait = pause(usage.ended(now, id, Ended::Unreachable, &view));
        assert!(wait >= Millis(300) && wait <= Millis(30_000));
        (now, longest) = (now + wait, longest.max(wait));
    }
    assert!(longest > Millis(5_000), "the pauses grow");
    assert!(call(&mut usage, now, &view, answered(200)).is_some());
    usage.ended(now, id, answered(101), &view);
    let soon = pause(usage.ended(now, id, Ended::Unreachable, &view));
    assert!(soon <= Millis(900), "after a success they start over");
}
