//! A visit that is played inside, while the first answers are awaited.
//!
//! A browser compiles a function of WebAssembly when it is first called, and those that read an answer and tell of it are
//! first called when the page waits for nothing else. Called once before, on an answer that is made up, they are ready.

use crate::convert;
use landfall_protocol::probe::{Answer, Body};
use landfall_protocol::resolver::{Action, Input, Options, Resolver};
use landfall_protocol::time::Millis;

/// A catalog that has one of each.
const CATALOG: &str = r#"{"landfall":1,"epoch":{"registry":"a","boot":1},"revision":1,"events":"/","services":[{"name":"a","instances":[{"url":"http://a"}],"endpoints":{"a":{"path":"/","methods":{"GET":"catalog"}}}}]}"#;

/// Plays the visit. Nothing of it is sent, kept or shown.
pub(crate) fn play() {
    let mut resolver = Resolver::new(Options::new(None), 0);
    resolver.handle(Millis::ZERO, Input::Start);
    while let Some(action) = resolver.poll_action() {
        match action {
            Action::Fetch { id, .. } => {
                let Ok(json) = convert::parse(CATALOG, CATALOG.len()) else {
                    return;
                };
                let answer = Answer {
                    status: 200,
                    redirected_to: None,
                    allow: None,
                    cache_control: None,
                    retry_after: None,
                    body: Body::Json(json),
                };
                let result = Ok(answer);
                resolver.handle(Millis::ZERO, Input::Answered { id, result });
            }
            Action::Publish { snapshot, .. } => drop(convert::value(&snapshot.to_json())),
            _ => {}
        }
    }
}
