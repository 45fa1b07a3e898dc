//! Judges where a call goes, and what comes after each of its tries.

use super::model::{Call, Circuit, Model, OPEN, TRY, instances};
use crate::invariant::{Checked, Invariant, ensure};
use landfall_protocol::catalog::HealthClass;
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
        // Open for no longer than it may be, or asked to be left alone.
        let passes = |url: &&&str| {
            let open = match model.circuit(url) {
                Circuit::Closed(_) => false,
                Circuit::Open(since, _) => now < since + OPEN.1,
                Circuit::Trying(since) => now < since + TRY,
            };
            // Of several that asked, the last one counts for all of them.
            !open && call.spared_until(url).max(call.last_spared(url)) <= now
        };
        let free = urls.iter().find(passes).filter(|_| !model.forgets());
        return ensure(free.is_none(), Invariant::BarredWithCause, || {
            format!("a call goes nowhere, and nothing speaks against {free:?}")
        });
    };
    ensure(urls.contains(&to), Invariant::GoesWhereListed, || {
        format!("a call goes to {to}, and listed is {urls:?}")
    })?;
    let spared = call.spared_until(to);
    // What was forgotten of an instance cannot be obeyed.
    let obeys = spared <= now || model.forgets();
    ensure(obeys, Invariant::RetryAfterObeyed, || {
        format!("{to} is asked again, and is to be left alone until {spared}")
    })?;
    let Some(_) = call.request else {
        return Ok(());
    };
    ensure(
        call.sent == 0 || call.may_be_sent_again(),
        Invariant::SentOnce,
        || format!("{:?} is sent again", call.request),
    )?;
    let shut = match model.circuit(to) {
        Circuit::Closed(_) => false,
        Circuit::Open(_, until) => now < until,
        Circuit::Trying(since) => now < since + TRY,
    };
    ensure(
        !shut || model.forgets(),
        Invariant::OpenCircuitLeftAlone,
        || format!("{to} is asked, whose circuit is {:?}", model.circuit(to)),
    )?;
    let chosen = listed.iter().find(|it| it.url.as_str() == to);
    let Some(chosen) = chosen.filter(|_| call.at.is_none() && !model.forgets()) else {
        return Ok(());
    };
    let is_new = |url: &str| !call.failed_at.contains(url);
    let rank = (is_new(to), chosen.health, chosen.weight > 0);
    let better = listed.iter().find(|it| {
        let url = it.url.as_str();
        matches!(model.circuit(url), Circuit::Closed(_))
            && call.spared_until(url).max(call.last_spared(url)) <= now
            && it.health > HealthClass::Unhealthy
            && (is_new(url), it.health, it.weight > 0) > rank
    });
    ensure(better.is_none(), Invariant::HealthiestFirst, || {
        format!("{chosen:?} is taken where {better:?} is listed")
    })
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
