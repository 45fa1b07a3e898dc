//! Why an instance is not healthy, and since when, from its first day to its last.

use super::*;
use serde_json::Value;

/// The class of the only instance, the reason, and the second since when, on a wall clock that is a day ahead.
fn said(registry: &Registry, now: u64) -> (String, Option<String>, u64) {
    const DAY: u64 = 86_400_000;
    let health = serde_json::to_value(registry.health(Millis(now), DAY + now)).unwrap();
    let it = &health["services"][1];
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let since = it["class_since"].as_u64().unwrap() - DAY;
    assert_eq!(it["reason"].is_null(), it["message"].is_null());
    (
        text(&it["class"]).unwrap(),
        text(&it["reason"]),
        since / 1_000,
    )
}

fn told(class: &str, reason: &str, since: u64) -> (String, Option<String>, u64) {
    let reason = Some(reason.to_owned()).filter(|it| !it.is_empty());
    (class.to_owned(), reason, since)
}

#[test]
fn a_class_has_the_time_of_its_last_change_and_a_reason_while_it_is_not_healthy() {
    let mut registry = registry();
    let place = place("a", 1, 1);
    adopt(&mut registry, 1_000, vec![found(&place, "A", &["/a"])]);
    let id = registry.instances.keys().next().unwrap();
    assert_eq!(said(&registry, 1_500), told("healthy", "", 1));
    check(&mut registry, id, 3_000, ALIVE);
    assert_eq!(said(&registry, 9_000), told("healthy", "", 1));
    check(&mut registry, id, 13_000, FAILED);
    let degraded = told("degraded", "connection-refused", 13);
    assert_eq!(said(&registry, 13_999), degraded);
    let timeout = Verdict::Failed(Reason::Timeout);
    check(&mut registry, id, 15_000, timeout);
    assert_eq!(said(&registry, 15_000), told("unhealthy", "timeout", 15));
    // It is unhealthy all the time, for another reason.
    let status = Verdict::Failed(Reason::Status(503));
    check(&mut registry, id, 17_000, status);
    assert_eq!(said(&registry, 20_000), told("unhealthy", "status", 15));
    // What was wrong is told until it is well.
    check(&mut registry, id, 19_000, ALIVE);
    assert_eq!(said(&registry, 19_000), told("degraded", "status", 19));
    check(&mut registry, id, 23_000, ALIVE);
    assert_eq!(said(&registry, 23_000), told("healthy", "", 23));
    registry.socket_gone(&place, Millis(24_000), 24_000);
    let gone = told("unhealthy", "socket-closed", 24);
    assert_eq!(said(&registry, 24_000), gone);
    adopt(&mut registry, 25_000, vec![found(&place, "A", &["/a"])]);
    assert_eq!(said(&registry, 25_000), told("healthy", "", 25));
}

#[test]
fn what_nobody_has_looked_at_says_so() {
    let mut registry = registry();
    let shop = registrations::registration(1, 0, &registrations::at("shop", &[8_000]));
    registry.register(shop, Millis(5_000));
    assert_eq!(said(&registry, 6_000), told("unknown", "not-checked", 5));
    let id = registry.instances.keys().next().unwrap();
    check(&mut registry, id, 6_000, FAILED);
    registry.outdate(Millis(90_000), &PACE);
    assert_eq!(said(&registry, 90_000), told("unknown", "overdue", 90));
    check(&mut registry, id, 91_000, Verdict::Unknown(Reason::Starved));
    assert_eq!(said(&registry, 91_000), told("unknown", "starved", 90));
    check(&mut registry, id, 92_000, FAILED);
    let failed = told("unhealthy", "connection-refused", 92);
    assert_eq!(said(&registry, 92_000), failed);
    // It registers anew: it has just started.
    let again = registrations::registration(1, 1, &registrations::at("shop", &[8_000]));
    registry.register(again, Millis(93_000));
    assert_eq!(said(&registry, 93_000), told("unknown", "not-checked", 93));
}

#[test]
fn the_words_say_what_was_expected() {
    let terms = |json: &str| serde_json::from_str(json).unwrap();
    let target = crate::pool::Target::new(&BaseUrl::localhost(1)).unwrap();
    let words = |json: &str, verdict: Verdict| {
        let mut registry = registry();
        adopt(&mut registry, 0, vec![found(&place("a", 1, 1), "", &[])]);
        let id = registry.instances.keys().next().unwrap();
        registry.instances[id].check = Check::on(terms(json), &target, &[]);
        check(&mut registry, id, 0, verdict);
        let message = registry.instances[id].message(PERIODS.deadline);
        message.unwrap().into_owned()
    };
    let timeout = Verdict::Failed(Reason::Timeout);
    let status = |status| Verdict::Failed(Reason::Status(status));
    for (json, verdict, said) in [
        ("{}", timeout, "no answer in 2 s"),
        (r#"{"timeout":"250ms"}"#, timeout, "no answer in 250 ms"),
        (r#"{"kind":"tcp"}"#, timeout, "no connection in 2 s"),
        ("{}", status(500), "status 500, expected less than 500"),
        (
            r#"{"path":"/up"}"#,
            status(404),
            "status 404, expected 200 to 399, 401 or 403",
        ),
        (
            r#"{"status":["200-299"]}"#,
            status(503),
            "status 503, expected 200 to 299",
        ),
    ] {
        assert_eq!(words(json, verdict), said, "{json}");
    }
}
