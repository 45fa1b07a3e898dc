//! Many schedules on all threads: which seeds fail, and how much was run.

use crate::corners::Reached;
use crate::invariant::{Broken, Invariant};
use crate::run;
use crate::schedule::Schedule;
use crate::simulation::Outcome;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

/// How many seeds a thread takes at a time.
const CHUNK: u64 = 64;
/// Every so many schedules one is run twice, to see that the same seed gives the same run.
const TWICE_EVERY: u64 = 16;
/// After so many failures the rest is not run.
const ENOUGH: usize = 50;

/// What to run.
#[derive(Debug, Clone)]
pub struct Campaign {
    /// Seeds that are run first.
    pub first: Vec<u64>,
    /// The first of the seeds that follow each other.
    pub seed: u64,
    /// How many of those.
    pub schedules: u64,
    /// On how many threads.
    pub threads: usize,
}

/// A seed that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The seed.
    pub seed: u64,
    /// What did not hold.
    pub broken: Broken,
}

/// What was run, and what failed.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// How many schedules.
    pub schedules: u64,
    /// How many inputs the machine got in all.
    pub steps: u64,
    /// The corners that were reached by any of them.
    pub reached: Reached,
    /// The seeds that fail, in their order.
    pub failures: Vec<Failure>,
}

impl Campaign {
    /// Runs it. `progress` is called now and then with the number of schedules so far.
    pub fn run(&self, progress: impl Fn(u64) + Sync) -> Tally {
        let all = self.first.len() as u64 + self.schedules;
        let (next, done, steps) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
        let failures = Mutex::new(Vec::new());
        let reached = Mutex::new(Reached::default());
        let enough = AtomicBool::new(false);
        let work = || {
            while !enough.load(Ordering::Relaxed) {
                let start = next.fetch_add(CHUNK, Ordering::Relaxed);
                if start >= all {
                    break;
                }
                let end = (start + CHUNK).min(all);
                let mut corners = Reached::default();
                for number in start..end {
                    let seed = self.seed_of(number);
                    let outcome = run_one(seed, number % TWICE_EVERY == 0);
                    steps.fetch_add(outcome.steps, Ordering::Relaxed);
                    corners.add(outcome.reached);
                    if let (Some(broken), Ok(mut failures)) = (outcome.broken, failures.lock()) {
                        failures.push(Failure { seed, broken });
                        enough.store(failures.len() >= ENOUGH, Ordering::Relaxed);
                    }
                }
                if let Ok(mut reached) = reached.lock() {
                    reached.add(corners);
                }
                progress(done.fetch_add(end - start, Ordering::Relaxed) + end - start);
            }
        };
        thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(work);
            }
        });
        let mut failures = failures.into_inner().unwrap_or_default();
        failures.sort_by_key(|it: &Failure| it.seed);
        failures.dedup();
        Tally {
            schedules: done.into_inner(),
            steps: steps.into_inner(),
            reached: reached.into_inner().unwrap_or_default(),
            failures,
        }
    }

    fn seed_of(&self, number: u64) -> u64 {
        let first = usize::try_from(number)
            .ok()
            .and_then(|it| self.first.get(it));
        first
            .copied()
            .unwrap_or_else(|| self.seed.wrapping_add(number - self.first.len() as u64))
    }
}

/// Runs a seed, perhaps twice to see that both runs are the same.
fn run_one(seed: u64, twice: bool) -> Outcome {
    let schedule = Schedule::of(seed);
    let mut outcome = run(&schedule);
    if outcome.broken.is_none() && twice {
        let again = run(&Schedule::of(seed));
        outcome.broken = (again != outcome).then(|| Broken {
            invariant: Invariant::SameSeedSameRun,
            at: 0,
            what: format!("two runs differ: {outcome:?} and {again:?}"),
        });
    }
    outcome
}
