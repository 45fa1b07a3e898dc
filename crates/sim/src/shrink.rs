//! Makes a failing schedule small: drops events, then softens what is left, as long as the same invariant breaks.

use crate::invariant::Invariant;
use crate::run;
use crate::schedule::{Clock, Schedule, StorageFault, Weather};

/// The most runs that shrinking may take.
const MAX_RUNS: usize = 2_000;

/// The smallest schedule found that breaks `invariant` too.
#[must_use]
pub fn shrink(schedule: &Schedule, invariant: Invariant) -> Schedule {
    let mut runs = 0;
    let mut fails = |candidate: &Schedule| {
        runs += 1;
        runs <= MAX_RUNS
            && run(candidate)
                .broken
                .is_some_and(|it| it.invariant == invariant)
    };
    let mut best = schedule.clone();
    let mut width = best.events.len().max(1);
    while width > 0 {
        let mut start = 0;
        while start < best.events.len() {
            let mut candidate = best.clone();
            let end = (start + width).min(candidate.events.len());
            candidate.events.drain(start..end);
            if fails(&candidate) {
                best = candidate;
            } else {
                start += width;
            }
        }
        width /= 2;
    }
    let softer: [fn(&mut Schedule); 13] = [
        |it| it.rest = 0,
        |it| it.setup.opened.truncate(1),
        |it| it.setup.opened.truncate(2),
        |it| it.setup.lag = 0,
        |it| it.setup.storage = StorageFault::None,
        |it| it.setup.hidden_clock = Clock::Punctual,
        |it| it.setup.weather = Weather::CLEAR,
        |it| it.setup.clock = Clock::Punctual,
        |it| it.setup.cached = None,
        |it| it.setup.inline.clear(),
        |it| it.setup.early.clear(),
        |it| it.setup.engine_after = 0,
        |it| it.setup.wishes.clear(),
    ];
    for soften in softer {
        let mut candidate = best.clone();
        soften(&mut candidate);
        if candidate != best && fails(&candidate) {
            best = candidate;
        }
    }
    best
}
