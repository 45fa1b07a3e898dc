//! Several tabs of one page: one leads, the others follow, and somebody always leads.

use crate::browser::Browser;
use crate::host::{BACKEND, Host, catalog, options};
use landfall_protocol::resolver::{Input, Lock, Message, StreamEvent};
use serde_json::json;

#[test]
fn ten_tabs_have_one_stream_and_one_request() {
    let mut browser = Browser::new();
    browser.open();
    browser.until(500);
    for _ in 1..10 {
        browser.open();
    }
    browser.until(2_000);
    assert!(browser.tabs.iter().all(|it| it.status() == "live"));
    assert_eq!(
        browser
            .tabs
            .iter()
            .map(|it| it.streams.len())
            .sum::<usize>(),
        1
    );
    assert_eq!(
        browser
            .tabs
            .iter()
            .map(|it| it.requests_to(BACKEND))
            .sum::<usize>(),
        1
    );
}

#[test]
fn what_the_leader_learns_the_others_know() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.tabs[0].stream(StreamEvent::Catalog(catalog(1, 2, "http://localhost:9")));
    browser.settle();
    assert_eq!(
        browser.tabs[1].snapshot().view.base_url,
        "http://localhost:9"
    );
    assert!(browser.tabs[1].event_names().contains(&"service-relocated"));
}

#[test]
fn a_crashed_leader_is_replaced_at_once_and_nothing_flickers() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.crash(0);
    browser.until(1_200);
    assert_eq!(
        (
            browser.leaders(),
            browser.tabs[1].status(),
            browser.tabs[1].streams.len()
        ),
        (vec![1], "live", 1)
    );
    assert!(!browser.tabs[1].event_names().contains(&"discovery-failed"));
}

#[test]
fn a_frozen_leader_is_replaced_within_five_seconds() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.frozen.push(0);
    browser.until(6_000);
    assert_eq!(browser.leaders(), [1]);
    assert_eq!(browser.tabs[1].streams.len(), 1);
    // It thaws: it has been told that the lock is gone, and follows.
    browser.frozen.clear();
    browser.input(0, Input::Lock(Lock::Taken));
    browser.until(7_000);
    assert_eq!(
        (browser.tabs[0].streams.len(), browser.tabs[0].status()),
        (0, "live")
    );
}

#[test]
fn a_living_leader_keeps_the_lead() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.open();
    browser.until(60_000);
    assert_eq!(browser.leaders(), [0]);
}

#[test]
fn a_hidden_leader_yields_to_a_visible_tab() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.input(0, Input::Visible(false));
    browser.until(2_000);
    assert_eq!(
        (
            browser.leaders(),
            browser.tabs[0].streams.len(),
            browser.tabs[1].streams.len()
        ),
        (vec![1], 0, 1)
    );
    // All hidden: nobody talks, and whoever is seen first leads.
    browser.input(1, Input::Visible(false));
    browser.until(3_000);
    assert_eq!(
        browser
            .tabs
            .iter()
            .map(|it| it.streams.len())
            .sum::<usize>(),
        0
    );
    browser.input(0, Input::Visible(true));
    browser.until(4_000);
    assert_eq!(
        (browser.leaders(), browser.tabs[0].streams.len()),
        (vec![0], 1)
    );
}

#[test]
fn a_page_in_the_back_forward_cache_holds_nothing() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.input(0, Input::Leave);
    browser.until(2_000);
    assert_eq!(
        (browser.leaders(), browser.tabs[0].streams.len()),
        (vec![1], 0)
    );
    let sent = browser.tabs[0].sent.len();
    browser.until(100_000);
    assert_eq!(browser.tabs[0].sent.len(), sent);
    browser.input(0, Input::Return);
    browser.until(101_000);
    assert_eq!(
        (browser.tabs[0].status(), browser.leaders()),
        ("live", vec![1])
    );
}

#[test]
fn without_other_tabs_a_page_leaves_and_returns() {
    let mut host = Host::new(options()).backend().start();
    host.until(1_000);
    host.input(Input::Visible(false));
    host.input(Input::Leave);
    host.until(900_000);
    assert_eq!((host.streams.len(), host.requests_to(BACKEND)), (0, 1));
    host.input(Input::Visible(true));
    host.input(Input::Return);
    host.until(901_000);
    assert_eq!(
        (host.status(), host.streams.len(), host.requests_to(BACKEND)),
        ("live", 1, 2)
    );
}

#[test]
fn where_there_are_no_locks_each_tab_is_on_its_own() {
    let mut options = options();
    options.tabs = true;
    let mut host = Host::new(options).backend().start();
    host.input(Input::Lock(Lock::Unsupported));
    host.until(100);
    assert_eq!(host.status(), "live");
}

#[test]
fn a_silent_browser_does_not_hold_up_the_page() {
    let mut options = options();
    options.tabs = true;
    let mut host = Host::new(options).backend().start();
    host.until(200);
    // A stream is the leader's: another tab may have one.
    assert_eq!((host.status(), host.streams.len()), ("live", 0));
    assert!(host.stored.is_some(), "what was found is kept");
    host.input(Input::Lock(Lock::Granted));
    host.until(300);
    assert_eq!(
        (host.status(), host.streams.len(), host.requests_to(BACKEND)),
        ("live", 1, 1)
    );
}

#[test]
fn a_poisoned_relay_is_refused() {
    let mut options = options();
    options.tabs = true;
    let mut host = Host::new(options).start();
    host.input(Input::Lock(Lock::Taken));
    for poison in [
        json!(null),
        json!({"status": "live", "code": "live"}),
        json!({"status": "live", "code": "live", "services": {}, "endpoints": [{"service": "x", "name": "a", "path": "b", "protocol": "c", "methods": {}}]}),
    ] {
        host.input(Input::Heard(Message::Snapshot(poison)));
    }
    host.until(1_500);
    assert_eq!(host.status(), "fallback");
    assert_eq!(
        host.resolver
            .trace()
            .filter(|it| it.kind == "refused")
            .count(),
        3
    );
}
