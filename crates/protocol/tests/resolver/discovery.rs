//! Which origins are asked, how often, and which answers count.

use crate::host::{BACKEND, Host, PAGE, Site, catalog, json_answer, openapi, options, status, url};
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::method::{Method, SafeMethod};
use landfall_protocol::name::Name;
use landfall_protocol::probe::{Answer, Body, Failure, Mode};
use landfall_protocol::resolver::{Event, Input, Options};
use landfall_protocol::template::PathTemplate;
use serde_json::json;

fn wanted(name: &str, path: &str, method: Method) -> Wanted {
    Wanted {
        name: Name::parse(name).unwrap(),
        path: PathTemplate::parse(path).unwrap(),
        method: Some(method),
        protocol: Protocol::Http,
    }
}

#[test]
fn one_request_with_a_catalog() {
    let mut host = Host::new(options())
        .site(
            BACKEND,
            Site::Answers(5, json_answer(catalog(1, 1, BACKEND))),
        )
        .start();
    host.until(1_000);
    assert_eq!(host.requests_to(BACKEND), 1);
    assert_eq!(host.snapshot().view.rung, Some("catalog"));
}

#[test]
fn two_requests_with_fastapi() {
    let mut host = Host::new(options())
        .site(BACKEND, status(404))
        .site(
            "http://localhost:8000/openapi.json",
            Site::Answers(5, json_answer(openapi())),
        )
        .start();
    host.until(1_000);
    assert_eq!((host.status(), host.requests_to(BACKEND)), ("live", 2));
    let view = &host.snapshot().view;
    assert_eq!(
        (view.rung, view.base_url.as_str()),
        (Some("openapi"), BACKEND)
    );
    let items = host.endpoint("/items");
    assert_eq!(
        items["methods"],
        json!({"GET": "openapi", "POST": "openapi"})
    );
    assert_eq!(items["service"], "shop-api");
}

#[test]
fn unreadable_is_not_absent() {
    // CORS allows the OpenAPI document only; somebody listens, so the ladder goes on down.
    let mut host = Host::new(options())
        .site(
            "http://localhost:8000/openapi.json",
            Site::Answers(5, json_answer(openapi())),
        )
        .start();
    host.sites
        .insert(BACKEND.to_owned(), Site::Fails(1, Failure::Unreadable));
    // `no-cors` reaches it: the same URL, so the host tells by the mode.
    let reach = "http://localhost:8000/.well-known/landfall";
    host.until(3_000);
    assert!(
        host.sent
            .iter()
            .any(|(_, probe)| probe.url == reach && probe.purpose.mode() == Mode::NoCors)
    );
    // Here even `no-cors` fails, as where a browser's rule blocks it: the ladder is gone down in full now and then.
    assert_eq!(host.status(), "live");
}

#[test]
fn an_api_catalog_points_at_the_description() {
    let linkset = json!({"linkset": [{"anchor": "http://localhost:8000/", "service-desc": [{"href": "/v1/api.json", "type": "application/json"}]}]});
    let mut host = Host::new(options())
        .site(BACKEND, status(404))
        .site(
            "http://localhost:8000/.well-known/api-catalog",
            Site::Answers(1, json_answer(linkset)),
        )
        .site(
            "http://localhost:8000/v1/api.json",
            Site::Answers(1, json_answer(openapi())),
        )
        .start();
    host.until(1_000);
    assert_eq!(
        (host.status(), host.snapshot().view.rung),
        ("live", Some("api-catalog"))
    );
}

#[test]
fn wanted_endpoints_are_asked_for_by_safe_methods_only() {
    let mut options = options();
    options.wanted = vec![
        wanted("items", "/items", Method::Post),
        wanted("secret", "/secret", Method::Get),
        wanted("gone", "/gone", Method::Get),
    ];
    let not_allowed = Answer {
        allow: Some("POST".to_owned()),
        ..Answer::new(405, Body::Unread)
    };
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site("http://localhost:8000/items", Site::Answers(1, not_allowed))
        .site("http://localhost:8000/secret", status(401))
        .start();
    host.until(1_000);
    assert_eq!(
        (host.status(), host.snapshot().view.rung),
        ("live", Some("endpoints"))
    );
    assert_eq!(host.endpoint("/items")["methods"], json!({"POST": "allow"}));
    assert_eq!(
        host.endpoint("/secret")["methods"],
        json!({"GET": "declared"})
    );
    // What is not there is still hoped for, and belongs to no service.
    assert_eq!(host.endpoint("/gone")["service"], json!(null));
    assert!(
        host.sent
            .iter()
            .all(|(_, probe)| matches!(probe.method, SafeMethod::Get | SafeMethod::Options))
    );
    // Across origins OPTIONS would cause a preflight.
    let options_sent = host
        .sent
        .iter()
        .filter(|(_, probe)| probe.method == SafeMethod::Options);
    assert!(
        options_sent
            .into_iter()
            .all(|(_, probe)| probe.url.starts_with(PAGE))
    );
}

/// Wants `/items`, and takes an origin at the word of its `/health`.
fn by_health() -> Options<serde_json::Value> {
    let mut options = options();
    options.wanted = vec![wanted("items", "/items", Method::Post)];
    options.health = PathTemplate::parse("/health").ok();
    options
}

#[test]
fn a_backend_that_answers_only_for_its_health_is_found() {
    let mut host = Host::new(by_health())
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .start();
    host.until(1_000);
    let view = &host.snapshot().view;
    assert_eq!(
        (view.status, view.rung, view.base_url.as_str()),
        ("live", Some("endpoints"), BACKEND)
    );
    assert_eq!(host.endpoint("/items")["service"], json!(null));
    // It is asked again and again, and stays.
    host.until(20_000);
    assert_eq!(host.event_names(), ["config-ready"]);
}

#[test]
fn a_page_may_want_its_health_itself_under_any_name() {
    for (name, path) in [
        ("health", "/health"),
        ("health", "/api/health"),
        ("up", "/health"),
    ] {
        let mut options = by_health();
        options.wanted.push(wanted(name, path, Method::Get));
        let mut host = Host::new(options)
            .site(BACKEND, status(404))
            .site("http://localhost:8000/health", status(200))
            .site("http://localhost:8000/api/health", status(200))
            .start();
        host.until(1_000);
        let kept = host.stored.clone().expect("it is live");
        let json: serde_json::Value = kept.view.to_json();
        let again = landfall_protocol::snapshot::restore(&json);
        assert!(again.is_ok(), "{name} {path}: {again:?}");
        assert_eq!(json["names"][name]["choices"], json!(null), "{name} {path}");
    }
}

#[test]
fn health_makes_no_backend_of_an_application_that_describes_something_else() {
    let decoy =
        json!({"openapi": "3.1.0", "info": {"title": "Other"}, "paths": {"/health": {"get": {}}}});
    let mut host = Host::new(by_health())
        .site(
            "http://localhost:8000/openapi.json",
            Site::Answers(1, json_answer(decoy)),
        )
        .site("http://localhost:8000/health", status(200))
        .site(BACKEND, status(404))
        .start();
    host.until(5_000);
    assert_eq!(
        (host.status(), host.snapshot().view.code),
        ("fallback", "not-expected")
    );
}

#[test]
fn who_has_what_is_wanted_goes_before_who_is_only_healthy() {
    let right = "http://localhost:8001";
    let mut options = by_health();
    options.candidates.push(url(right));
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .site(right, status(404))
        .site("http://localhost:8001/items", status(405))
        .start();
    host.until(5_000);
    assert_eq!(host.snapshot().view.origin.as_deref(), Some(right));
}

#[test]
fn a_backend_without_a_name_is_known_again_where_it_has_moved() {
    let mut options = by_health();
    let moved = "http://localhost:8001";
    options.candidates.push(url(moved));
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site("http://localhost:8000/health", status(200))
        .start();
    host.until(1_000);
    host.sites.clear();
    host.sites.insert(moved.to_owned(), status(404));
    host.sites
        .insert("http://localhost:8001/health".to_owned(), status(200));
    host.until(5_000);
    let event = Event::ServiceRelocated {
        service: "backend".to_owned(),
        from: BACKEND.to_owned(),
        to: moved.to_owned(),
    };
    assert!(
        host.events.iter().any(|(_, it)| *it == event),
        "{:?}",
        host.events
    );
}

#[test]
fn a_catch_all_proves_nothing() {
    let mut options = options();
    options.wanted = vec![wanted("items", "/items", Method::Get)];
    let mut host = Host::new(options)
        .site(BACKEND, Site::Answers(1, Answer::new(200, Body::NotJson)))
        .start();
    host.until(3_000);
    assert_eq!(host.status(), "fallback");
}

#[test]
fn another_application_is_not_taken_for_the_backend() {
    let decoy =
        json!({"openapi": "3.1.0", "info": {"title": "Other"}, "paths": {"/other": {"get": {}}}});
    let right = "http://localhost:8001";
    let by_wanted =
        |options: &mut Options<_>| options.wanted = vec![wanted("items", "/items", Method::Get)];
    let by_title =
        |options: &mut Options<_>| options.expect.title = Some(Name::parse("Shop API").unwrap());
    for expect in [&by_wanted as &dyn Fn(&mut Options<_>), &by_title] {
        let mut options = options();
        options.candidates.push(url(right));
        expect(&mut options);
        let mut host = Host::new(options)
            .site(
                "http://localhost:8000/openapi.json",
                Site::Answers(1, json_answer(decoy.clone())),
            )
            .site(
                "http://localhost:8001/openapi.json",
                Site::Answers(200, json_answer(openapi())),
            )
            .site(BACKEND, status(404))
            .site(right, status(404))
            .start();
        host.until(1_000);
        assert_eq!(
            (host.status(), host.snapshot().view.origin.as_deref()),
            ("live", Some(right))
        );
    }
}

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
fn a_public_page_does_not_ask_this_machine_before_it_may() {
    let mut options = Options::new(Some(url("https://app.example")));
    options.candidates.push(url(BACKEND));
    let mut host = Host::new(options)
        .site(
            BACKEND,
            Site::Answers(1, json_answer(catalog(1, 1, BACKEND))),
        )
        .start();
    host.until(5_000);
    assert_eq!((host.requests_to(BACKEND), host.status()), (0, "fallback"));
    assert_eq!(
        (
            host.snapshot().view.code,
            host.snapshot().view.subject.as_deref()
        ),
        ("permission", Some(BACKEND))
    );
    host.input(Input::LocalAccess(true));
    host.until(5_100);
    assert_eq!(host.status(), "live");
}

#[test]
fn the_permission_for_this_machine_is_none_for_this_network() {
    let mut options = Options::new(Some(url("https://app.example")));
    let near = "http://192.168.1.7:8000";
    options.candidates.extend([url(BACKEND), url(near)]);
    let mut host = Host::new(options)
        .site(BACKEND, status(404))
        .site(near, Site::Answers(1, json_answer(catalog(1, 1, near))))
        .start();
    host.input(Input::LocalAccess(true));
    host.until(1_000);
    assert!(host.requests_to(BACKEND) > 0);
    assert_eq!((host.requests_to(near), host.status()), (0, "fallback"));
    host.input(Input::NetworkAccess(true));
    host.until(1_100);
    assert_eq!(host.status(), "live");
    host.input(Input::NetworkAccess(false));
    assert_eq!(
        (host.status(), host.snapshot().view.code),
        ("stale", "permission")
    );
}

#[test]
fn an_https_page_does_not_ask_what_the_browser_blocks_as_mixed_content() {
    let mut options = Options::new(Some(url("https://app.example")));
    options.candidates.push(url("http://api.example"));
    let mut host = Host::new(options).start();
    host.until(1_500);
    assert_eq!(host.requests_to("http://api.example"), 0);
    // The page's own origin is asked, and nobody is there.
    let of = |host: &Host, origin: &str| {
        let mut trace = host.resolver.trace();
        trace
            .find(|it| it.origin.as_deref() == Some(origin))
            .map(|it| it.code)
    };
    assert_eq!(of(&host, "http://api.example"), Some("mixed-content"));
    assert_eq!(host.snapshot().view.code, "mixed-content");
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

#[test]
fn where_nobody_listens_the_reason_stays_that() {
    let mut host = Host::new(options()).start();
    host.until(9_000);
    let reasons: Vec<_> = host
        .resolver
        .trace()
        .filter(|it| it.kind == "probe")
        .map(|it| it.code)
        .collect();
    assert!(reasons.contains(&"nobody-listening"));
    assert!(!reasons.contains(&"unreadable"), "{reasons:?}");
}
