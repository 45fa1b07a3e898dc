//! What a page may not ask: without the permission for this machine or network, or as mixed content.

use crate::browser::Browser;
use crate::host::{BACKEND, Host, Site, catalog, json_answer, options, status, url};
use landfall_protocol::probe::Access;
use landfall_protocol::resolver::{Input, Lock, Message, Options};

const LOOPBACK: Access = Access {
    loopback: true,
    network: false,
};

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
    host.input(Input::Access(LOOPBACK));
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
    host.input(Input::Access(LOOPBACK));
    host.until(1_000);
    assert!(host.requests_to(BACKEND) > 0);
    assert_eq!((host.requests_to(near), host.status()), (0, "fallback"));
    host.input(Input::Access(Access::ALL));
    host.until(1_100);
    assert_eq!(host.status(), "live");
    host.input(Input::Access(LOOPBACK));
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
fn the_user_s_word_in_one_tab_holds_in_all_of_them() {
    let page = || Options {
        page: Some(url("https://app.example")),
        ..options()
    };
    let mut browser = Browser::new();
    for _ in 0..3 {
        browser.open_with(page());
    }
    browser.until(1_500);
    assert_eq!(browser.tabs[0].snapshot().view.code, "permission");
    // A click in a tab that follows, in a browser that knows no such permission: no other tab could notice.
    browser.input(2, Input::Consent);
    browser.until(1_600);
    let live = |browser: &Browser| browser.tabs.iter().all(|it| it.status() == "live");
    assert!(live(&browser));
    assert_eq!(browser.tabs[2].requests_to(BACKEND), 0);
    // A tab that is opened later has it from the one that leads, also where its browser has said no such thing.
    let late = browser.open_with(page());
    browser.input(late, Input::Access(Access::NONE));
    browser.until(2_000);
    for closed in 0..3 {
        browser.crash(closed);
    }
    browser.until(3_000);
    assert_eq!(browser.tabs[late].status(), "live");
    assert!(browser.tabs[late].requests_to(BACKEND) > 0);
}

#[test]
fn a_tab_that_takes_over_hears_of_the_word_that_was_given_while_nobody_led() {
    let mut host = Host::new(Options {
        page: Some(url("https://app.example")),
        tabs: true,
        ..options()
    })
    .start();
    host.input(Input::Lock(Lock::Granted));
    host.until(1_500);
    assert_eq!((host.status(), host.requests_to(BACKEND)), ("fallback", 0));
    host.input(Input::Heard(Message::Hello { consent: true }));
    assert_eq!(host.requests_to(BACKEND), 1);
}
