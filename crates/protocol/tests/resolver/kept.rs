//! Whatever a client has taken and keeps, the next visit reads back the same; or it is not kept.

use crate::host::{BACKEND, Host, options, status, url};
use landfall_protocol::catalog;
use landfall_protocol::json::{MAX_DEPTH, Text, check_bounds};
use landfall_protocol::probe::{Answer, Body};
use landfall_protocol::resolver::{Action, Input, Options, Resolver};
use landfall_protocol::rng::Rng;
use landfall_protocol::snapshot::{Snapshot, record};
use landfall_protocol::time::Millis;
use std::fmt::Write as _;

/// A day on which it was kept, in milliseconds since 1970.
const TODAY: u64 = 1_795_000_000_000;

/// A catalog with so many endpoints, and config values whose own nesting is so deep.
fn catalog_text(rng: &mut Rng, endpoints: usize, depth: usize) -> String {
    let mut config = String::from(r#""\u0007 of \"both\" kinds""#);
    for level in 0..depth {
        config = match rng.below(3) {
            0 if level + 1 < depth => format!("[{config},null,-1.5e-7]"),
            _ => format!(r#"{{"__proto__":{config},"{level}":true}}"#),
        };
    }
    let mut services = String::new();
    for number in 0..endpoints {
        let method = ["GET", "POST", "DELETE"][usize::try_from(rng.below(3)).unwrap()];
        services.push_str(match number {
            0 => "",
            // A service has 4,096 at the most.
            it if it.is_multiple_of(4_000) => "}},",
            _ => ",",
        });
        if number.is_multiple_of(4_000) {
            write!(
                services,
                r#"{{"name":"service {number}","instances":[{{"url":"{BACKEND}","weight":7}}],"endpoints":{{"#
            )
            .unwrap();
        }
        write!(
            services,
            r#""endpoint {number} with a name of its own":{{"path":"/items/{number}/{{id}}","methods":{{"{method}":"catalog"}},"operations":{{"{method}":"op{number}"}}}}"#
        )
        .unwrap();
    }
    if endpoints > 0 {
        services.push_str("}}");
    }
    format!(
        r#"{{"landfall":1,"epoch":{{"registry":"r","boot":1}},"revision":{},"config":{config},"services":[{services}]}}"#,
        rng.below(1_000)
    )
}

fn page() -> Options<Text> {
    let mut options = Options::new(Some(url("http://localhost:3000")));
    options.candidates.push(url(BACKEND));
    options
}

/// What a page publishes and wants to be kept, once a candidate has answered with this; `None` where that is not taken.
fn kept_of(document: &str) -> Option<std::rc::Rc<Snapshot<Text>>> {
    check_bounds(document.as_bytes(), catalog::MAX_BYTES, MAX_DEPTH).ok()?;
    let mut resolver = Resolver::new(page(), 1);
    resolver.handle(Millis::ZERO, Input::Start);
    let mut stored = None;
    while let Some(action) = resolver.poll_action() {
        match action {
            Action::Fetch { id, .. } if stored.is_none() => {
                let body = Body::Json(Text::trusted(document.to_owned()));
                let result = Ok(Answer::new(200, body));
                resolver.handle(Millis(1), Input::Answered { id, result });
            }
            Action::Store(snapshot) => stored = Some(snapshot),
            _ => {}
        }
    }
    stored
}

/// What the next visit shows of a record, as the browser gives it.
fn shown_of(record: &str) -> Text {
    check_bounds(record.as_bytes(), record::MAX_BYTES, record::MAX_DEPTH)
        .expect("what was written is within the bounds of who reads it");
    let read = record::read(&Text::trusted(record.to_owned()), TODAY + 5);
    let mut options = page();
    options.cached = Some(read);
    let mut resolver = Resolver::new(options, 2);
    resolver.handle(Millis::ZERO, Input::Start);
    let shown = resolver.snapshot().expect("a kept value is shown at once");
    assert_eq!(shown.view.status, "cached");
    said_by(shown)
}

/// A snapshot without what a source says of itself.
fn said_by(snapshot: &Snapshot<Text>) -> Text {
    let mut snapshot = snapshot.clone();
    (snapshot.view.status, snapshot.view.code) = ("", "");
    (snapshot.view.source, snapshot.view.subject) = (None, None);
    snapshot.to_json()
}

#[test]
fn what_is_kept_is_read_back_the_same_or_is_not_kept() {
    let mut kept = 0;
    let mut refused = 0;
    for seed in 0..160 {
        let rng = &mut Rng::new(seed);
        // Small ones of any depth, and now and then one whose snapshot is about as large as a record may be.
        let endpoints = match seed % 40 {
            7 => 4_500 + seed / 40 * 3_000,
            _ => rng.below(12),
        };
        let depth = 1 + rng.below(MAX_DEPTH as u64);
        let document = catalog_text(
            rng,
            usize::try_from(endpoints).unwrap(),
            usize::try_from(depth).unwrap(),
        );
        let Some(stored) = kept_of(&document) else {
            // The document itself has one level more than its config values.
            assert_eq!(depth, MAX_DEPTH as u64, "{endpoints} endpoints");
            continue;
        };
        match record::write(stored.to_json(), TODAY) {
            Some(record) => {
                assert_eq!(shown_of(record.as_str()), said_by(&stored), "seed {seed}");
                kept += 1;
            }
            None => refused += 1,
        }
    }
    assert!(kept > 120, "{kept}");
    assert!(refused > 0, "none was as large as that");
}

#[test]
fn config_values_as_deep_as_a_document_may_have_them_are_kept() {
    let document = catalog_text(&mut Rng::new(1), 1, MAX_DEPTH - 1);
    assert_eq!(
        check_bounds(document.as_bytes(), usize::MAX, MAX_DEPTH - 1),
        Err(landfall_protocol::json::OutOfBounds::TooDeep)
    );
    let stored = kept_of(&document).unwrap();
    let record = record::write(stored.to_json(), TODAY).unwrap();
    assert_eq!(shown_of(record.as_str()), said_by(&stored));
}

#[test]
fn what_could_not_be_kept_is_said_and_what_was_kept_before_is_removed() {
    let mut host = Host::new(options()).site(BACKEND, status(404)).start();
    host.input(Input::NotKept);
    let mut trace = host.resolver.trace();
    assert!(trace.any(|it| (it.kind, it.code) == ("not-kept", "too-large")));
    assert!(host.forgotten);
}
