//! Judges where a call goes, and what comes after each of its tries.

use super::model::{Call, Model, instances};
use crate::invariant::{Checked, Invariant, ensure};
use landfall_protocol::catalog::{HealthClass, Instance};
use landfall_protocol::snapshot::View;

/// The shortest pauses: before a request is sent again, and before a connection is opened again.
const PAUSES: (u64, u64) = (150, 300);

/// Judges that a call goes to `to`, or nowhere, and that its answer is waited for so long.
pub(super) fn route(
    model: &Model,
    call: &Call,
    view: &View,
    now: u64,
    to: Option<&str>,
    patience: u64,
) -> Checked {
    ensure(
        patience <= call.left(now),
        Invariant::EndsByDeadline,
        || {
            format!(
                "an answer is waited for {patience} ms, and {} are left",
                call.left(now)
            )
        },
    )?;
    let listed = instances(view, call.service);
    let urls: Vec<&str> = if listed.is_empty() {
        vec![&view.base_url]
    } else {
        listed.iter().map(|it| it.url.as_str()).collect()
    };
    let Some(to) = to else {
        let free = urls.iter().find(|url| takes(model, call, now, url));
        return ensure(free.is_none(), Invariant::BarredWithCause, || {
            format!("a call goes nowhere, and nothing speaks against {free:?}")
        });
    };
    ensure(urls.contains(&to), Invariant::GoesWhereListed, || {
        format!("a call goes to {to}, and listed is {urls:?}")
    })?;
    let spared = call.spared_until(to);
    ensure(spared <= now, Invariant::RetryAfterObeyed, || {
        format!("{to} is asked again, and is to be left alone until {spared}")
    })?;
    ensure(
        call.sent == 0 || call.may_be_sent_again(),
        Invariant::SentOnce,
        || format!("{:?} is sent again", call.request),
    )?;
    ensure(
        call.request.is_none() || !model.bars(to, now),
        Invariant::OpenCircuitLeftAlone,
        || format!("{to} is asked, whose circuit is {:?}", model.circuit(to)),
    )?;
    let chosen = listed.iter().find(|it| it.url.as_str() == to);
    let Some(chosen) = chosen.filter(|_| call.at.is_none()) else {
        return Ok(());
    };
    let rank = |it: &Instance| {
        let is_new =
            it.health > HealthClass::Unhealthy && !call.failed_at.contains(it.url.as_str());
        (is_new, it.health, it.weight > 0)
    };
    let better = listed
        .iter()
        .find(|it| rank(it) > rank(chosen) && takes(model, call, now, it.url.as_str()));
    ensure(better.is_none(), Invariant::HealthiestFirst, || {
        format!("{chosen:?} is taken where {better:?} is listed")
    })
}

/// Whether nothing speaks against `url`. A connection neither asks the circuits nor is it asked to stay away.
fn takes(model: &Model, call: &Call, now: u64, url: &str) -> bool {
    call.request.is_none() || model.passes(url, now) && call.last_spared(url) <= now
}

/// Judges what comes after a try: `Some(pause)` is another one. `may`: an instance that could take it at once; `must`: one
/// that nothing speaks against.
pub(super) fn after(
    call: &Call,
    now: u64,
    pause: Option<u64>,
    may: Option<&str>,
    must: Option<&str>,
) -> Checked {
    let Some(pause) = pause else { return Ok(()) };
    if let Some(request) = call.request {
        ensure(call.may_be_sent_again(), Invariant::SentOnce, || {
            format!("{request:?} is to be sent again")
        })?;
        ensure(
            call.tries <= request.retries,
            Invariant::RetriesBounded,
            || {
                format!(
                    "try {} of {request:?} is to be followed by another",
                    call.tries
                )
            },
        )?;
        ensure(
            now.saturating_add(pause) < request.deadline,
            Invariant::EndsByDeadline,
            || format!("{request:?} is to be tried again after {pause} ms"),
        )?;
    }
    let least = if call.request.is_some() {
        PAUSES.0
    } else {
        PAUSES.1
    };
    let least = if may.is_some() { 0 } else { least };
    ensure(pause >= least, Invariant::RetriesBounded, || {
        format!(
            "{:?} is tried again after {pause} ms, and nowhere else",
            call.request
        )
    })?;
    ensure(pause == 0 || must.is_none(), Invariant::FailsOver, || {
        format!("a call waits {pause} ms, although {must:?} could answer at once")
    })
}
