//! How far the ladder is gone down, and which answers count.

use crate::host::{BACKEND, Host, PAGE, Site, json_answer, openapi, options, status, url, wanted};
use landfall_protocol::method::{Method, SafeMethod};
use landfall_protocol::name::Name;
use landfall_protocol::probe::{Answer, Body, Failure, Mode};
use landfall_protocol::resolver::Options;
use serde_json::json;

#[test]
fn one_request_with_a_catalog() {
    let mut host = Host::new(options()).backend().start();
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
