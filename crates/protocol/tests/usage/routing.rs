//! Which instance a request goes to, and how long its answer is waited for.

use crate::support::{
    DEADLINE, HEALTHY, answered, boats, call, instance, pause, place, request, service, url, view,
};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::method::Method;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{After, Ended, Usage};

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
