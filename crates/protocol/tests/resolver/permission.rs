//! What a page may not ask: without the permission for this machine or network, or as mixed content.

use crate::host::{BACKEND, Host, Site, catalog, json_answer, status, url};
use landfall_protocol::resolver::{Input, Options};

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
