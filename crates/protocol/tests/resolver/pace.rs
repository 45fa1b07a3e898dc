//! When which origin is asked, and how often.

use crate::host::{BACKEND, Host, PAGE, Site, catalog, json_answer, openapi, options, status, url};
use landfall_protocol::probe::{Answer, Body, Failure, Mode};
use landfall_protocol::resolver::{Input, Options};
use landfall_protocol::template::PathTemplate;

#[test]
fn a_hanging_candidate_does_not_hold_up_the_next() {
    let mut options = options();
    options.candidates.push(url("http://localhost:8001"));
    let mut host = Host::new(options)
        .site(BACKEND, Site::Hangs)
        .site("http://localhost:7420", Site::Hangs)
        .site(
            "http://localhost:8001",
            Site::Answers(5, json_answer(catalog(1, 1, BACKEND))),
        )
        .start();
    host.until(100);
    assert_eq!(host.status(), "live");
}

/// When the first request left for each of these origins.
fn first_asked(host: &Host, origins: &[&str]) -> Vec<Option<u64>> {
    let first = |origin: &&str| {
        let mut sent = host.sent.iter();
        let found = sent.find(|(_, probe)| probe.url.starts_with(*origin));
        found.map(|(at, _)| *at)
    };
    origins.iter().map(first).collect()
}

/// A local page with three ports to try, whose own server and daemon answer as said.
fn three_ports(own: Site, daemon: Site) -> Host {
    let mut options = options();
    options
        .candidates
        .extend(PORTS[1..].iter().map(|it| url(it)));
    Host::new(options)
        .site(PAGE, own)
        .site("http://localhost:7420", daemon)
}

const PORTS: [&str; 3] = [BACKEND, "http://localhost:8001", "http://localhost:8002"];

#[test]
fn the_ports_are_asked_together_once_the_better_places_have_said_no() {
    let absent = || Site::Answers(6, Answer::new(404, Body::Unread));
    let nobody = || Site::Fails(2, Failure::Unreadable);
    for (own, daemon) in [(absent(), nobody()), (nobody(), absent())] {
        let mut host = three_ports(own, daemon).start();
        host.until(50);
        assert_eq!(first_asked(&host, &PORTS), [Some(6); 3]);
    }
}

#[test]
fn where_the_daemon_has_the_catalog_no_port_is_asked() {
    let daemon = Site::Answers(9, json_answer(catalog(1, 1, BACKEND)));
    let mut host = three_ports(status(404), daemon).start();
    host.until(1_000);
    assert_eq!(host.status(), "live");
    assert_eq!(first_asked(&host, &PORTS), [None; 3]);
}

#[test]
fn a_better_place_that_says_nothing_holds_up_the_ports_no_longer_than_the_stagger() {
    let mut host = three_ports(status(404), Site::Hangs).start();
    host.until(50);
    assert_eq!(first_asked(&host, &PORTS), [Some(10); 3]);
}

/// When somebody was asked for the first time whether anybody is there.
fn first_reach(host: &Host) -> Option<u64> {
    let mut sent = host.sent.iter();
    let reach = sent.find(|(_, probe)| probe.purpose.mode() == Mode::NoCors);
    reach.map(|(at, _)| *at)
}

#[test]
fn whether_anybody_is_where_nothing_can_be_read_is_asked_when_nobody_else_has_anything_to_say() {
    let mut host = three_ports(status(404), status(404))
        .site(PORTS[1], Site::Answers(5, Answer::new(404, Body::Unread)))
        .site(
            "http://localhost:8001/openapi.json",
            Site::Answers(5, json_answer(openapi())),
        )
        .start();
    host.until(1_000);
    assert_eq!((host.status(), first_reach(&host)), ("live", None));
}

#[test]
fn where_nothing_can_be_read_the_ladder_is_gone_down_soon_whoever_else_hangs() {
    let mut host = three_ports(status(404), status(404))
        .site(PORTS[2], Site::Hangs)
        .start();
    host.until(1_000);
    assert_eq!(first_reach(&host), Some(52));
}

#[test]
fn a_hidden_page_sees_too_whether_anybody_is_there() {
    let mut host = three_ports(status(404), status(404));
    host.input(Input::Visible(false));
    host = host.start();
    host.until(1_000);
    assert!(first_reach(&host).is_some());
}

#[test]
fn what_is_elsewhere_is_asked_one_after_another() {
    let page = "https://app.example";
    let elsewhere = [
        "https://a.example",
        "https://b.example",
        "https://c.example",
    ];
    let mut options = Options::new(Some(url(page)));
    options
        .candidates
        .extend(elsewhere.iter().map(|it| url(it)));
    let mut host = Host::new(options)
        .site(page, status(404))
        .site(elsewhere[0], Site::Hangs)
        .site(elsewhere[1], Site::Hangs)
        .start();
    host.until(100);
    // The page's own server says no at 1 ms, the others say nothing: each has its turn.
    assert_eq!(
        first_asked(&host, &elsewhere),
        [Some(1), Some(20), Some(30)]
    );
}

#[test]
fn a_visible_page_retries_quickly_and_a_hidden_one_waits() {
    let mut host = Host::new(options()).start();
    host.until(10_000);
    let mut times: Vec<u64> = host.sent.iter().map(|(at, _)| *at).collect();
    times.dedup();
    assert!(
        times.windows(2).all(|pair| pair[1] - pair[0] <= 350),
        "{times:?}"
    );
    host.input(Input::Visible(false));
    host.until(10_500);
    let sent = host.sent.len();
    host.until(60_000);
    assert_eq!(host.sent.len(), sent, "a hidden page does not poll");
    host.input(Input::Visible(true));
    assert!(host.sent.len() > sent, "and resumes at once");
}

#[test]
fn an_origin_that_asks_to_be_left_alone_is_left_alone() {
    let busy = Answer {
        retry_after: Some("5".to_owned()),
        ..Answer::new(503, Body::NotJson)
    };
    let mut host = Host::new(options())
        .site(BACKEND, Site::Answers(1, busy))
        .start();
    host.until(4_900);
    assert_eq!(host.requests_to(BACKEND), 1);
    host.until(5_200);
    assert_eq!(host.requests_to(BACKEND), 2);
}

/// When the backend was asked, and for what.
fn asked_for(host: &Host) -> Vec<(u64, &str)> {
    let sent = host.sent.iter();
    let backend = sent.filter_map(|(at, probe)| Some((*at, probe.url.strip_prefix(BACKEND)?)));
    backend.collect()
}

/// A page whose backend answers everything like this, and what it is found by once that is mended.
fn useless(site: Site) -> Host {
    let mut options = options();
    options.health = PathTemplate::parse("/health").ok();
    Host::new(options).site(BACKEND, site).start()
}

#[test]
fn a_server_that_answers_everything_alike_is_asked_for_one_thing_until_it_does_not() {
    let redirected = Answer {
        redirected_to: Some("https://elsewhere.example/".to_owned()),
        ..Answer::new(200, Body::Unread)
    };
    for answer in [
        Answer::new(500, Body::NotJson),
        Answer::new(200, Body::NotJson),
        redirected,
    ] {
        let mut host = useless(Site::Answers(1, answer.clone()));
        host.until(1_000);
        let first: Vec<_> = asked_for(&host);
        // Down the ladder once, then for the catalog alone.
        assert!((6..=10).contains(&first.len()), "{first:?}");
        assert!(first[4..].iter().all(|(_, it)| *it == first[0].1));
        assert!(first[4..].windows(2).all(|it| it[1].0 - it[0].0 <= 350));
        // Every sixth time for all of it, which may have an error for one path only.
        host.until(2_200);
        let all = asked_for(&host);
        assert_eq!(all.iter().filter(|it| it.1 == "/openapi.json").count(), 2);
        host.sites.insert(BACKEND.to_owned(), status(404));
        host.sites.insert(
            format!("{BACKEND}/openapi.json"),
            Site::Answers(1, json_answer(openapi())),
        );
        host.until(2_560);
        assert_eq!(host.status(), "live");
    }
}

#[test]
fn a_server_that_fails_for_one_path_is_asked_for_the_others() {
    for (path, answer) in [
        // Nothing speaks for the others where one is absent.
        ("/openapi.json", Answer::new(500, Body::NotJson)),
        ("/.well-known/landfall", Answer::new(200, Body::NotJson)),
    ] {
        let mut host = useless(status(404));
        host.sites
            .insert(format!("{BACKEND}{path}"), Site::Answers(1, answer));
        host.until(900);
        host.sites.insert(
            format!("{BACKEND}/openapi.json"),
            Site::Answers(1, json_answer(openapi())),
        );
        host.until(1_255);
        assert_eq!(host.status(), "live", "{path}");
    }
    // Where all were alike and one is mended, it is found when all of them are asked for again.
    let mut host = useless(status(500));
    host.until(500);
    host.sites.insert(
        format!("{BACKEND}/openapi.json"),
        Site::Answers(1, json_answer(openapi())),
    );
    host.until(2_200);
    assert_eq!(host.status(), "live");
}
