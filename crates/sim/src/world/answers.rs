//! The answers that are put together in one step.

use super::{Heard, Told, World, index};
use crate::document::{Document, HEALTH, WISHES};
use crate::json::Shared;
use landfall_protocol::probe::{Answer, Body, Probe, Purpose};
use landfall_protocol::rng::Rng;
use std::rc::Rc;

pub(super) fn body(reads: bool) -> Body<Shared> {
    if reads { Body::NotJson } else { Body::Unread }
}

pub(crate) fn document(document: &Rc<Document>, rung: &'static str) -> Told {
    (
        Ok(Answer::new(200, Body::Json(document.json.clone()))),
        Heard::Document(Rc::clone(document), rung),
    )
}

pub(super) fn document_or_nothing(world: &World, reads: bool) -> Answer<Shared> {
    match world.daemons.first() {
        Some(daemon) if reads => Answer::new(200, Body::Json(daemon.current().json.clone())),
        _ => Answer::new(200, body(reads)),
    }
}

/// An answer of another origin: worth nothing, however good it looks.
pub(crate) fn redirected(answer: Answer<Shared>) -> Told {
    let answer = Answer {
        redirected_to: Some("https://login.example".to_owned()),
        ..answer
    };
    (Ok(answer), Heard::Nothing)
}

pub(crate) fn busy(seconds: Option<u64>, rng: &mut Rng) -> Told {
    let status = if rng.below(2) == 0 { 503 } else { 429 };
    let mut answer = Answer::new(status, Body::Unread);
    answer.retry_after = seconds.map(|it| it.to_string());
    (Ok(answer), Heard::Busy(seconds))
}

/// Endpoints without a description: some answer, some want credentials, some know other methods only.
pub(super) fn plain(path: &str, probe: &Probe, rng: &mut Rng) -> Told {
    if probe.purpose == Purpose::CatchAll {
        return (Ok(Answer::new(404, Body::Unread)), Heard::NoCatchAll);
    }
    let known = WISHES
        .iter()
        .position(|it| it.path == path && it.can_be_asked())
        .or_else(|| HEALTH.iter().rposition(|it| *it == path));
    let asks_options = probe.method.as_str() == "OPTIONS";
    let (status, allow) = match known {
        Some(0) if asks_options => (200, Some("GET, POST")),
        Some(0) => ([200, 401, 403][index(rng, 3)], None),
        Some(4) => (405, Some("POST")),
        Some(_) if asks_options => (405, None),
        Some(_) => (204, None),
        None => (404, None),
    };
    let mut answer = Answer::new(status, body(probe.purpose.max_bytes() > 0));
    answer.allow = allow.map(str::to_owned);
    (Ok(answer), Heard::Path(status, allow))
}
