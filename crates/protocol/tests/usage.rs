//! How a page uses what was found: where requests go, when they are tried again, and what the registry hears.

use landfall_protocol::catalog::{HealthClass, Instance, Service};
use landfall_protocol::endpoint::{Endpoint, Evidence};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::snapshot::View;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use landfall_protocol::usage::{
    After, CallId, Ended, Kind, MAX_TALLIES, OUTCOMES, Tally, Usage, read, report_to, write,
};
use proptest::prelude::*;
use std::rc::Rc;

const DEADLINE: Millis = Millis(10_000);
const ALL_HEALTH: [HealthClass; 4] = [
    HealthClass::Unhealthy,
    HealthClass::Unknown,
    HealthClass::Degraded,
    HealthClass::Healthy,
];

fn place(number: usize) -> String {
    format!("http://10.0.0.{number}")
}

fn instance(number: usize, weight: u16, health: HealthClass) -> Instance {
    let url = BaseUrl::parse(&place(number)).unwrap();
    Instance {
        url,
        weight,
        health,
    }
}

fn service(name: &str, instances: Vec<Instance>) -> Service {
    Service {
        name: Name::parse(name).unwrap(),
        title: None,
        instances,
        endpoints: Vec::new(),
    }
}

/// A live view from a catalog, whose base URL is `base`.
fn view(base: &str, services: Vec<Service>) -> View {
    View {
        status: "live",
        source: Some("live"),
        code: "live",
        subject: None,
        origin: Some("http://localhost:7420".to_owned()),
        rung: Some("catalog"),
        epoch: None,
        revision: None,
        base_url: base.to_owned(),
        ws_base_url: String::new(),
        services: Rc::new(services),
        wanted: Rc::default(),
    }
}

/// A view whose service `boats` has these instances, numbered from 0, all of weight 100.
fn boats(health: &[HealthClass]) -> View {
    let instances = health
        .iter()
        .enumerate()
        .map(|(number, health)| instance(number, 100, *health));
    view(&place(0), vec![service("boats", instances.collect())])
}

const HEALTHY: HealthClass = HealthClass::Healthy;

/// The same with the registry that it comes from, which takes reports.
fn with_registry(mut view: View) -> View {
    let mut own = Endpoint::unnamed(PathTemplate::parse(OUTCOMES).unwrap()).unwrap();
    own.learn(Evidence::Catalog, [Method::Post]);
    // The daemon names itself by address, and the page has called it by name.
    let url = BaseUrl::parse("http://127.0.0.1:7420").unwrap();
    let instance = Instance {
        url,
        weight: 1,
        health: HEALTHY,
    };
    let mut registry = service("landfall", vec![instance]);
    registry.endpoints.push(own);
    Rc::make_mut(&mut view.services).push(registry);
    view
}

fn request(method: Method) -> Kind {
    Kind::Request {
        method,
        replayable: true,
        retries: 2,
        deadline: DEADLINE,
    }
}

const fn answered(status: u16) -> Ended {
    Ended::Answered {
        status,
        retry_after: None,
    }
}

/// One whole call without retries that ends so; where it went.
fn call(usage: &mut Usage, now: Millis, view: &View, ended: Ended) -> Option<String> {
    let id = usage.begin("boats", request(Method::Post));
    let to = usage.route(now, id, view).to;
    let ended = if to.is_some() { ended } else { Ended::Barred };
    assert_eq!(usage.ended(now, id, ended, view), After::Over);
    to
}

fn pause(after: After) -> Millis {
    match after {
        After::Again(pause) => pause,
        After::Over => panic!("there is no other try"),
    }
}

fn url(usage: &mut Usage, now: Millis, id: CallId, view: &View) -> String {
    usage.route(now, id, view).to.expect("a route")
}

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
fn who_fails_is_left_for_a_healthy_instance_at_once() {
    for seed in 0..50 {
        let (mut usage, view) = (Usage::new(seed), boats(&[HEALTHY, HEALTHY]));
        let id = usage.begin("boats", request(Method::Get));
        let first = usage.route(Millis(0), id, &view);
        assert_eq!(
            first.patience,
            Millis(DEADLINE.0 / 2),
            "the other gets its share of the time"
        );
        let after = usage.ended(Millis(0), id, Ended::TimedOut, &view);
        assert_eq!(after, After::Again(Millis::ZERO));
        let second = usage.route(Millis(0), id, &view);
        assert_ne!(first.to, second.to);
        assert_eq!(second.patience, DEADLINE, "there is no third");
        assert!(pause(usage.ended(Millis(0), id, Ended::TimedOut, &view)) > Millis::ZERO);
    }
}

#[test]
fn an_unhealthy_instance_is_no_place_to_fail_over_to() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY, HealthClass::Unhealthy]));
    let id = usage.begin("boats", request(Method::Get));
    let route = usage.route(Millis(0), id, &view);
    assert_eq!((route.to, route.patience), (Some(place(0)), DEADLINE));
    assert!(pause(usage.ended(Millis(0), id, Ended::Unreachable, &view)) > Millis::ZERO);
    assert_eq!(url(&mut usage, Millis(0), id, &view), place(0));
}

#[test]
fn requests_are_shared_out_by_weight_among_the_healthiest() {
    let instances = vec![
        instance(0, 300, HEALTHY),
        instance(1, 100, HEALTHY),
        instance(2, 0, HEALTHY),
        instance(3, 60_000, HealthClass::Degraded),
    ];
    let view = view(&place(0), vec![service("boats", instances)]);
    let mut usage = Usage::new(5);
    let mut counts = [0; 4];
    for _ in 0..4_000 {
        let to = call(&mut usage, Millis(0), &view, answered(200));
        counts[(0..4).find(|n| to == Some(place(*n))).unwrap()] += 1;
    }
    assert!((2_850..3_150).contains(&counts[0]), "{counts:?}");
    assert_eq!(counts[2..], [0, 0]);
}

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

#[test]
fn what_has_no_service_goes_to_the_base_url_and_to_its_other_instances() {
    let mut usage = Usage::new(1);
    let alone = view("http://10.0.0.9/api", Vec::new());
    let id = usage.begin("", request(Method::Get));
    assert_eq!(
        url(&mut usage, Millis(0), id, &alone),
        "http://10.0.0.9/api"
    );
    assert!(pause(usage.ended(Millis(0), id, Ended::Unreachable, &alone)) > Millis::ZERO);
    let listed = boats(&[HEALTHY, HEALTHY]);
    let id = usage.begin("", request(Method::Get));
    let first = url(&mut usage, Millis(0), id, &listed);
    usage.ended(Millis(0), id, Ended::Unreachable, &listed);
    assert_ne!(url(&mut usage, Millis(0), id, &listed), first);
}

#[test]
fn a_failure_that_says_lost_asks_for_a_look_and_many_at_once_for_one() {
    let (mut usage, view) = (Usage::new(1), boats(&[HEALTHY]));
    for ended in [answered(500), answered(404), Ended::TimedOut] {
        call(&mut usage, Millis(0), &view, ended);
        assert!(!usage.take_look());
    }
    let mut looks = 0;
    for ms in 0..250 {
        let id = usage.begin("", Kind::Connection);
        usage.route(Millis(ms), id, &view);
        usage.ended(Millis(ms), id, Ended::Unreachable, &view);
        looks += u32::from(usage.take_look());
    }
    assert_eq!(looks, 1);
}

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

#[test]
fn the_registry_hears_of_what_contradicts_it_and_of_nothing_else() {
    let live = with_registry(boats(&[HEALTHY]));
    let mut usage = Usage::new(1);
    call(&mut usage, Millis(0), &live, answered(404));
    assert_eq!(usage.report(&live), None);
    call(&mut usage, Millis(0), &live, Ended::Unreachable);
    call(&mut usage, Millis(0), &live, answered(502));
    let (to, tallies) = usage.report(&live).unwrap();
    assert_eq!(to, "http://localhost:7420/v1/outcomes");
    let told: Vec<_> = tallies
        .iter()
        .map(|it| (it.url.as_str(), it.answered, it.failed))
        .collect();
    assert_eq!(told, [("http://10.0.0.0", 0, 2)]);
    assert_eq!(usage.report(&live), None, "once");

    for other in [
        View {
            source: Some("cache"),
            ..live.clone()
        },
        View {
            rung: Some("openapi"),
            ..live.clone()
        },
        View {
            origin: Some("http://localhost:7421".to_owned()),
            ..live.clone()
        },
        View {
            origin: Some("https://localhost:7420".to_owned()),
            ..live.clone()
        },
        View {
            origin: Some("http://evil.example:7420".to_owned()),
            ..live.clone()
        },
        boats(&[HEALTHY]),
    ] {
        assert_eq!(report_to(&other), None, "{other:?}");
    }
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
        let (mut now, mut tries) = (Millis(0), 0);
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
            // Who is woken before the time that it was asked to wait for has had no try.
            tries += u32::from(route.to.is_some());
            let After::Again(pause) = usage.ended(now, id, ended, &view) else { break };
            prop_assert!(now + pause < DEADLINE);
            prop_assert!(tries <= retries);
            now += pause;
        }
    }

    #[test]
    fn a_report_is_read_as_it_was_written(counts in prop::collection::vec((0_usize..255, any::<u32>(), any::<u32>()), 0..MAX_TALLIES)) {
        let tallies: Vec<_> = counts
            .into_iter()
            .map(|(number, answered, failed)| Tally { url: BaseUrl::parse(&place(number)).unwrap(), answered, failed })
            .collect();
        prop_assert_eq!(read(&write::<serde_json::Value>(&tallies)).unwrap(), tallies);
    }

    #[test]
    fn what_is_told_of_more_instances_than_fit_is_bounded(count in 0_usize..80) {
        let view = with_registry(boats(&vec![HEALTHY; count]));
        let mut usage = Usage::new(1);
        for _ in 0..count * 2 {
            call(&mut usage, Millis(0), &view, answered(500));
        }
        let told = usage.report(&view).map_or(0, |(_, tallies)| tallies.len());
        prop_assert!(told <= MAX_TALLIES && (told > 0) == (count > 0));
    }
}
