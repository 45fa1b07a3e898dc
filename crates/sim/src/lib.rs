//! Landfall in virtual time: the resolver under its one law, on a seeded bad network, with fake origins, against a
//! reference model that runs beside it.
//!
//! A seed makes a [`Schedule`]; running it gives an [`Outcome`]; after every step every [`Invariant`] is judged.
//! Equal seeds give equal runs, so a failing seed is all that is needed to see a failure again.
//!
//! ```
//! use landfall_sim::{Schedule, run};
//! let outcome = run(&Schedule::of(7));
//! assert_eq!(outcome.broken, None);
//! assert_eq!(run(&Schedule::of(7)), outcome);
//! ```

mod calls;
mod campaign;
mod corners;
pub mod corpus;
mod digest;
mod document;
mod events;
mod generate;
mod invariant;
mod json;
mod locks;
mod model;
mod nearness;
mod network;
mod promise;
mod requests;
mod schedule;
mod serve;
mod shrink;
mod simulation;
mod storage;
mod store;
mod streams;
mod tab;
mod visit;
mod world;

pub use campaign::{Campaign, Failure, Tally};
pub use corners::{CORNERS, Reached};
pub use invariant::{Broken, Invariant};
pub use schedule::Schedule;
pub use shrink::shrink;
pub use simulation::Outcome;

/// Runs a schedule to its end, or to the first invariant that does not hold.
#[must_use]
pub fn run(schedule: &Schedule) -> Outcome {
    let page = simulation::run(schedule, false).0;
    page.and(calls::run(schedule.seed, false).0)
}

/// As [`run`], and says line by line what happens.
#[must_use]
pub fn trace(schedule: &Schedule) -> (Outcome, Vec<String>) {
    let (page, mut lines) = simulation::run(schedule, true);
    lines.splice(0..0, schedule.describe());
    if page.broken.is_some() {
        return (run(schedule), lines);
    }
    let (calls, further) = calls::run(schedule.seed, true);
    lines.extend(further);
    (page.and(calls), lines)
}
