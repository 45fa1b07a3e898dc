//! What is tried again, when, and how often.

use crate::support::{DEADLINE, HEALTHY, answered, boats, pause, place, request, url};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::method::Method;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{After, Ended, Kind, Usage};
use proptest::prelude::*;

const ALL_HEALTH: [HealthClass; 4] = [
    HealthClass::Unhealthy,
    HealthClass::Unknown,
    HealthClass::Degraded,
    HealthClass::Healthy,
];

#[test]
fn what_is_idempotent_is_tried_again_and_nothing_else() {
    for method in Method::ALL {
        for ended in [Ended::Unreachable, answered(503)] {
            let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
            let id = usage.begin("boats", request(method));
            url(&mut usage, Millis(0), id, &view);
            let after = usage.ended(Millis(0), id, ended, &view);
            assert_eq!(
                after != After::Over,
                method.is_idempotent(),
                "{method} {ended:?}"
            );
        }
    }
}

#[test]
fn content_that_cannot_be_sent_again_is_not_sent_again() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    let kind = Kind::Request {
        method: Method::Put,
        replayable: false,
        retries: 2,
        deadline: DEADLINE,
    };
    let id = usage.begin("boats", kind);
    url(&mut usage, Millis(0), id, &view);
    assert_eq!(
        usage.ended(Millis(0), id, Ended::Unreachable, &view),
        After::Over
    );
}

#[test]
fn an_answer_that_another_try_would_not_change_is_the_answer() {
    for status in [200, 204, 301, 400, 401, 404, 409, 501] {
        let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY, HEALTHY]));
        let id = usage.begin("boats", request(Method::Get));
        url(&mut usage, Millis(0), id, &view);
        assert_eq!(
            usage.ended(Millis(0), id, answered(status), &view),
            After::Over,
            "{status}"
        );
    }
}

#[test]
fn retry_after_is_obeyed_and_what_it_puts_beyond_the_deadline_is_not_tried() {
    for status in [429, 503] {
        for (secs, again) in [(3, true), (20, false)] {
            let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
            let id = usage.begin("boats", request(Method::Get));
            url(&mut usage, Millis(0), id, &view);
            let ended = Ended::Answered {
                status,
                retry_after: Some(Millis::from_secs(secs)),
            };
            match usage.ended(Millis(0), id, ended, &view) {
                After::Again(pause) => assert!(again && pause >= Millis::from_secs(secs)),
                After::Over => assert!(!again),
            }
        }
    }
}

#[test]
fn too_many_requests_are_too_many_for_every_instance_but_unavailable_is_one() {
    let wait = Millis::from_secs(5);
    for (status, least) in [(429, wait), (503, Millis::ZERO)] {
        let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY, HEALTHY]));
        let id = usage.begin("boats", request(Method::Get));
        url(&mut usage, Millis(0), id, &view);
        let ended = Ended::Answered {
            status,
            retry_after: Some(wait),
        };
        assert_eq!(pause(usage.ended(Millis(0), id, ended, &view)), least);
    }
}

/// As a host does that heard of a change: it does not wait for the end of the pause.
#[test]
fn who_asked_to_be_left_alone_is_left_alone_by_a_call_that_is_woken_early() {
    for status in [503, 429] {
        let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
        let id = usage.begin("boats", request(Method::Get));
        url(&mut usage, Millis(0), id, &view);
        let asks = Ended::Answered {
            status,
            retry_after: Some(Millis(4_000)),
        };
        assert_eq!(
            pause(usage.ended(Millis(0), id, asks, &view)),
            Millis(4_000)
        );
        // However often it is woken: that was no try.
        for now in [100, 200, 300].map(Millis) {
            assert_eq!(usage.route(now, id, &view).to, None);
            let left = pause(usage.ended(now, id, Ended::Barred, &view));
            assert_eq!(now + left, Millis(4_000));
        }
        assert_eq!(url(&mut usage, Millis(4_000), id, &view), place(0));
    }
}

#[test]
fn one_that_asks_to_be_left_alone_keeps_nobody_from_another_one_that_has_come() {
    let mut usage = Usage::new(1);
    let (one, two) = (boats(&[HEALTHY]), boats(&[HEALTHY, HEALTHY]));
    let id = usage.begin("boats", request(Method::Get));
    url(&mut usage, Millis(0), id, &one);
    let asks = Ended::Answered {
        status: 503,
        retry_after: Some(Millis(4_000)),
    };
    usage.ended(Millis(0), id, asks, &one);
    assert_eq!(url(&mut usage, Millis(100), id, &two), place(1));
}

proptest! {
    #[test]
    fn whatever_happens_a_call_ends_by_its_deadline_within_its_tries(
        seed: u64,
        health in prop::collection::vec(0_usize..4, 0..5),
        ends in prop::collection::vec((0_u8..8, 0_u64..3_000), 1..20),
        retries in 0_u32..6,
    ) {
        let health: Vec<_> = health.into_iter().map(|at| ALL_HEALTH[at]).collect();
        let (mut usage, view) = (Usage::new(seed), boats(&health));
        let kind = Kind::Request { method: Method::Get, replayable: true, retries, deadline: DEADLINE };
        let id = usage.begin("boats", kind);
        let (mut now, mut tries, mut asked) = (Millis(0), 0, Millis(0));
        for (end, took) in ends {
            let route = usage.route(now, id, &view);
            prop_assert!(now + route.patience <= DEADLINE);
            let listed = view.services[0].instances.iter().any(|it| Some(it.url.as_str()) == route.to.as_deref());
            prop_assert!(listed || health.is_empty() || route.to.is_none());
            now += Millis(took).min(route.patience);
            let ended = match end {
                _ if route.to.is_none() => Ended::Barred,
                0 => answered(200),
                1 => Ended::Answered { status: 429, retry_after: Some(Millis(took)) },
                2 => Ended::Answered { status: 503, retry_after: Some(Millis::NEVER) },
                3 => answered(500),
                4 => Ended::TimedOut,
                5 => Ended::Abandoned,
                _ => Ended::Unreachable,
            };
            if let Ended::Answered { retry_after: Some(wait), .. } = ended {
                asked = asked.max(now + wait);
            }
            // Who is woken before the time that it was asked to wait for has had no try; whom a circuit bars has.
            tries += u32::from(route.to.is_some() || asked <= now);
            let After::Again(pause) = usage.ended(now, id, ended, &view) else { break };
            prop_assert!(now + pause < DEADLINE);
            prop_assert!(tries <= retries);
            now += pause;
        }
    }
}
