//! The wall clock is shown and decides nothing: it may be set at any time, by a day and backwards.

use super::registrations::{at, registration};
use super::*;

/// A day, in milliseconds.
const DAY: u64 = 86_400_000;

#[test]
fn a_step_of_the_wall_clock_moves_no_lease_no_check_and_no_age() {
    let mut registry = registry();
    let shop = registration(1, registry.next_order(), &at("shop", &[8_000]));
    registry.register(shop, Millis(0));
    let id = registry.instances.keys().next().unwrap();
    let mut wall = 30 * DAY;
    for (now, step) in [
        (1_000, -(DAY as i64)),
        (2_000, 20 * DAY as i64),
        (3_000, -(40 * DAY as i64)),
    ] {
        let mut queue = VecDeque::new();
        registry.queue_due(&mut queue, Millis(now), &PACE);
        let order = registry.check_order(id, Millis(now), &PACE).unwrap();
        let checked = Checked {
            arrivals: order.arrivals,
            verdict: ALIVE,
        };
        registry.record(id, &checked, Millis(now), wall);
        let due = registry.next_check();
        wall = wall.saturating_add_signed(step);
        let health = serde_json::to_value(registry.health(Millis(now + 250), wall)).unwrap();
        assert_eq!(health["services"][1]["age_ms"], 250);
        assert_eq!(registry.backlog(Millis(now + 250)).1, Some(Millis(250)));
        assert_eq!(registry.next_check(), due);
        assert_eq!(registry.next_lapse(), Some(Millis(30_000)));
        assert_eq!(registry.lapsed(Millis(29_999)), []);
    }
    assert_eq!(registry.lapsed(Millis(30_000)), [RegistrationId(1)]);
}
