//! What the simulator found of several tabs, as scenes: each of these went wrong once.

use crate::browser::Browser;
use crate::host::{BACKEND, Host, Site, catalog, json_answer, options, url};
use landfall_protocol::id::{Epoch, Stamp};
use landfall_protocol::probe::Access;
use landfall_protocol::resolver::{Action, Input, Lock, Message, StreamEvent};
use serde_json::{Value, json};

const ELSEWHERE: &str = "http://localhost:9";
const HELLO: Message<Value> = Message::Hello { consent: false };

const fn beat(visible: bool) -> Message<Value> {
    Message::Beat {
        visible,
        consent: false,
    }
}

/// What a leader relays of a catalog, live or lost.
fn relayed(status: &str, revision: u64) -> Message<Value> {
    let code = if status == "live" {
        "live"
    } else {
        "timed-out"
    };
    Message::Snapshot(json!({
        "status": status, "source": "live", "code": code, "origin": BACKEND, "rung": "catalog",
        "epoch": {"registry": "r", "boot": 1}, "revision": revision, "config": {"n": revision},
        "services": {}, "endpoints": []
    }))
}

/// A tab among others that finds nothing itself.
fn tab() -> Host {
    let mut options = options();
    options.tabs = true;
    Host::new(options).start()
}

fn follower() -> Host {
    let mut host = tab();
    host.input(Input::Lock(Lock::Taken));
    host
}

/// A tab that finds a backend which does this.
fn finder(site: Site) -> Host {
    let mut host = tab();
    host.sites.insert(BACKEND.to_owned(), site);
    host
}

/// The one that leads, and is followed.
fn leader(site: Site) -> Host {
    let mut host = finder(site);
    host.input(Input::Lock(Lock::Granted));
    host.input(Input::Heard(HELLO));
    host
}

/// A tab of a page that may not ask this machine.
fn public_tab() -> Host {
    let mut options = options();
    options.tabs = true;
    options.page = Some(url("https://app.example"));
    Host::new(options).start()
}

fn stamp(revision: u64) -> Stamp {
    Stamp {
        epoch: Epoch::new("r", 1).unwrap(),
        revision,
    }
}

fn serving(revision: u64) -> Site {
    Site::Answers(5, json_answer(catalog(1, revision, BACKEND)))
}

/// What it has posted since the last time, without the signs of life.
fn told(host: &mut Host) -> Vec<&'static str> {
    let posted = std::mem::take(&mut host.posted).into_iter();
    let names = posted.filter_map(|it| match it {
        Message::Hello { .. } => Some("hello"),
        Message::Lead { live: true } => Some("leads"),
        Message::Lead { live: false } => Some("leads and asks"),
        Message::Beat { .. } => None,
        Message::Snapshot(it) => Some(it.view.status),
        Message::Newer(_) => Some("newer"),
    });
    names.collect()
}

#[test]
fn a_tab_that_takes_over_is_followed_and_is_not_taken_for_frozen() {
    let mut browser = Browser::new();
    for _ in 0..3 {
        browser.open();
    }
    browser.until(1_000);
    browser.crash(0);
    browser.until(1_100);
    browser.tabs[1].stream(StreamEvent::Catalog(catalog(1, 2, ELSEWHERE)));
    browser.settle();
    assert_eq!(browser.tabs[2].snapshot().view.base_url, ELSEWHERE);
    browser.until(30_000);
    assert_eq!(browser.leaders(), [1]);
}

#[test]
fn a_tab_that_leads_without_knowing_is_told_by_those_that_follow() {
    let mut browser = Browser::new();
    browser.open();
    browser.open();
    browser.until(1_000);
    browser.input(1, Input::Visible(false));
    // A new tab comes while the leader is frozen: the hidden one knows, and takes nothing away.
    browser.frozen.push(0);
    let new = browser.open();
    browser.tabs[new]
        .sites
        .insert(BACKEND.to_owned(), Site::Hangs);
    browser.until(5_500);
    assert_eq!(browser.leaders(), [new]);
    assert_eq!(browser.tabs[new].status(), "live");
}

#[test]
fn what_a_tab_found_before_it_was_told_who_leads_the_leader_hears() {
    let mut host = finder(serving(1));
    host.until(100);
    assert_eq!(host.status(), "live");
    host.input(Input::Lock(Lock::Taken));
    assert_eq!(told(&mut host), ["hello", "live"]);
}

#[test]
fn the_page_s_own_values_hide_the_loss_of_the_backend_from_nobody_else() {
    let mut host = leader(serving(1));
    host.until(100);
    host.input(Input::Provided(json!({"from": "page"})));
    assert_eq!(told(&mut host), ["leads and asks", "live"]);
    host.sites.clear();
    host.stream(StreamEvent::Failed);
    host.until(1_000);
    assert_eq!(host.status(), "provided");
    assert_eq!(told(&mut host), ["stale"]);
}

#[test]
fn what_a_page_has_of_itself_is_not_told_to_others() {
    let mut host = tab();
    host.input(Input::Lock(Lock::Granted));
    host.input(Input::Heard(HELLO));
    host.until(2_000);
    assert_eq!(host.status(), "fallback");
    host.input(Input::Provided(json!({"from": "page"})));
    host.input(Input::Heard(HELLO));
    assert_eq!(told(&mut host), ["leads and asks"]);
}

#[test]
fn lost_is_lost_also_for_a_tab_that_knew_something_newer() {
    let mut host = follower();
    host.input(Input::Heard(relayed("live", 5)));
    host.input(Input::Heard(relayed("live", 4)));
    assert_eq!(
        (host.status(), host.snapshot().view.revision),
        ("live", Some(5))
    );
    host.input(Input::Heard(relayed("stale", 4)));
    assert_eq!(
        (host.status(), host.snapshot().view.revision),
        ("stale", Some(5))
    );
    // And what is too old to be taken does not become the reason.
    host.input(Input::Heard(relayed("live", 4)));
    assert_eq!(host.snapshot().view.code, "timed-out");
}

#[test]
fn a_tab_that_takes_over_does_not_ask_this_machine_without_permission() {
    let mut host = public_tab();
    host.input(Input::Lock(Lock::Taken));
    host.input(Input::Heard(relayed("live", 1)));
    host.input(Input::Lock(Lock::Granted));
    host.until(3_000);
    assert_eq!((host.requests_to(BACKEND), host.status()), (0, "stale"));
}

#[test]
fn a_leader_that_is_contradicted_tells_again_and_not_at_once() {
    let mut host = leader(serving(1));
    host.until(100);
    told(&mut host);
    // A tab that led and was frozen does not know yet that it was robbed; two such tabs do not shout at each other.
    for _ in 0..5 {
        host.input(Input::Heard(relayed("live", 9)));
    }
    assert_eq!(told(&mut host), Vec::<&str>::new());
    host.until(1_600);
    assert_eq!(told(&mut host), ["live"]);
    host.until(9_000);
    assert_eq!(told(&mut host), Vec::<&str>::new());
}

#[test]
fn who_has_slept_asks_before_it_takes_the_lock() {
    let steals = |host: &Host| host.tab_actions.contains(&Action::Steal);
    let mut host = follower();
    told(&mut host);
    // The silence was its own.
    host.now = 60_000;
    host.input(Input::Wake);
    assert_eq!((told(&mut host), steals(&host)), (vec!["hello"], false));
    host.until(60_100);
    host.input(Input::Heard(beat(true)));
    host.until(63_000);
    assert!(!steals(&host));
    // A leader that does not answer is frozen.
    host.until(64_500);
    assert_eq!((told(&mut host), steals(&host)), (vec!["hello"], true));
}

#[test]
fn who_meant_to_take_over_from_a_hidden_leader_and_was_hidden_itself_asks_anew() {
    let mut host = follower();
    host.input(Input::Heard(beat(false)));
    host.input(Input::Visible(false));
    host.until(200);
    host.input(Input::Visible(true));
    host.until(3_000);
    assert!(!host.tab_actions.contains(&Action::Steal));
}

#[test]
fn what_one_tab_has_seen_the_leader_is_told_and_it_looks_elsewhere() {
    let mut host = leader(serving(4));
    host.until(100);
    assert_eq!(host.snapshot().view.revision, Some(4));
    // A follower was told, and has seen something newer.
    let mut other = follower();
    other.input(Input::Heard(relayed("live", 5)));
    told(&mut other);
    other.input(Input::Heard(relayed("live", 4)));
    let Some(Message::Newer(stamp)) = other.posted.pop() else {
        panic!("{:?}", other.posted)
    };
    assert_eq!(stamp.revision, 5);
    // The origin is asked at once, and still has what is older: it is behind another one.
    let sent = host.requests_to(BACKEND);
    host.input(Input::Heard(Message::Newer(stamp)));
    host.until(150);
    assert!(host.requests_to(BACKEND) > sent);
    assert_eq!(
        (host.status(), host.snapshot().view.code),
        ("stale", "older")
    );
}

#[test]
fn a_leader_whose_origin_has_something_newer_by_then_loses_nothing() {
    let mut host = leader(serving(4));
    host.until(100);
    host.sites.insert(BACKEND.to_owned(), serving(6));
    host.input(Input::Heard(Message::Newer(stamp(5))));
    host.until(200);
    assert_eq!(
        (host.status(), host.snapshot().view.revision),
        ("live", Some(6))
    );
    assert!(!host.event_names().contains(&"discovery-failed"));
    // And what is known already changes nothing.
    let sent = host.requests_to(BACKEND);
    host.input(Input::Heard(Message::Newer(stamp(5))));
    host.until(300);
    assert_eq!(host.requests_to(BACKEND), sent);
}

#[test]
fn what_another_tab_found_and_the_leader_may_not_ask_is_stale_for_all_of_them() {
    let mut host = public_tab();
    host.input(Input::Lock(Lock::Granted));
    host.input(Input::Heard(HELLO));
    host.until(1_500);
    host.input(Input::Provided(json!({"from": "page"})));
    told(&mut host);
    // Another tab was told of the permission sooner.
    host.input(Input::Heard(relayed("live", 1)));
    assert_eq!((host.status(), host.requests_to(BACKEND)), ("provided", 0));
    assert_eq!(told(&mut host), ["stale"]);
    host.sites.insert(BACKEND.to_owned(), serving(1));
    host.input(Input::Access(Access::ALL));
    host.until(1_600);
    assert_eq!((host.status(), told(&mut host)), ("live", vec!["live"]));
}
