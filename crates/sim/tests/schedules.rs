//! The simulation as a test: the seeds that once failed, a few thousand others, and whether they try anything at all.

use landfall_sim::{Campaign, Schedule, corpus, run, trace};
use std::thread;

/// Enough to reach every corner; `npm run sim` runs the hundred thousand.
const SCHEDULES: u64 = 3_000;

#[test]
fn every_invariant_holds_in_the_kept_seeds_and_in_others_and_every_corner_is_reached() {
    let campaign = Campaign {
        first: corpus::seeds().unwrap(),
        seed: 0,
        schedules: SCHEDULES,
        threads: thread::available_parallelism().map_or(1, usize::from),
    };
    let tally = campaign.run(|_| ());
    assert_eq!(tally.failures, []);
    assert_eq!(tally.schedules, SCHEDULES + campaign.first.len() as u64);
    assert_eq!(
        tally.reached.missing().collect::<Vec<_>>(),
        Vec::<&str>::new()
    );
}

#[test]
fn a_trace_tells_the_same_run() {
    for seed in 0..20 {
        let schedule = Schedule::of(seed);
        let (traced, lines) = trace(&schedule);
        assert_eq!(traced, run(&schedule));
        assert!(lines.iter().any(|line| line.contains("-> RequestId(1)")));
    }
}
