//! How an instance is: a score from its last checks, and a short history of both score and latency.
//!
//! The score is an exponentially weighted mean with a weight of one half: one failure takes a well instance to 50
//! (degraded), a second one to 25 (unhealthy); from 0, one success leads to 50 (degraded), a second one to 75 (healthy).
//! So it falls and rises with two checks in a row, and one that fails every other check stays degraded. Where thresholds
//! are set, the class comes from counting verdicts in a row instead; the score says how it has been in either case.

mod in_a_row;
mod reason;
mod remembered;

pub(crate) use in_a_row::Thresholds;
pub(crate) use reason::{Kept, Reason};

use crate::pool::Failure;
use in_a_row::InARow;
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::quantize::{Health, Latency};
use remembered::Remembered;

/// How many checks are remembered.
pub(crate) const HISTORY: usize = 64;
/// How many are while memory is short: as many as it takes to tell a steady instance.
const SHORT_HISTORY: usize = 4;
/// A score from which an instance is healthy.
const HEALTHY: u8 = 75;
/// A score below which an instance is unhealthy.
const UNHEALTHY: u8 = 30;

/// What one check has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answered as it should, after this many microseconds.
    Alive {
        /// From the request to the head of the response.
        latency_us: u64,
    },
    /// It did not, for this reason.
    Failed(Reason),
    /// Nothing is known of the instance, for a reason that is the daemon's own.
    Unknown(Reason),
}

impl Verdict {
    /// What it means that there was no answer.
    pub(crate) const fn unanswered(failure: Failure) -> Self {
        let reason = Reason::of(failure);
        if reason.is_own() {
            Self::Unknown(reason)
        } else {
            Self::Failed(reason)
        }
    }

    /// Why it did not show life.
    pub(crate) const fn reason(self) -> Option<Reason> {
        match self {
            Self::Alive { .. } => None,
            Self::Failed(reason) | Self::Unknown(reason) => Some(reason),
        }
    }
}

/// The health of one instance.
#[derive(Debug, Clone)]
pub(crate) struct HealthState {
    score: Option<Health>,
    class: HealthClass,
    in_a_row: InARow,
    /// A ring that grows to its length, and takes no more than that: most of a large registry is young, or checked rarely.
    history: Box<[Remembered]>,
    /// What the oldest in the ring counted on.
    before: Option<Health>,
    /// Where the next entry goes when the ring is full.
    next: u8,
    /// Whether memory is short.
    is_short: bool,
}

impl Default for HealthState {
    fn default() -> Self {
        Self {
            score: None,
            class: HealthClass::Unknown,
            in_a_row: InARow::default(),
            history: Box::default(),
            before: None,
            next: 0,
            is_short: false,
        }
    }
}

impl HealthState {
    /// Takes a verdict. The score decides on the class, or `thresholds` do where there are some.
    pub(crate) fn record(&mut self, verdict: Verdict, thresholds: Option<Thresholds>) {
        let shown = match verdict {
            Verdict::Alive { latency_us } => Remembered::alive(Latency::from_micros(latency_us)),
            Verdict::Failed(_) => Remembered::FAILED,
            Verdict::Unknown(_) => Remembered::UNKNOWN,
        };
        self.take(shown);
        let is_alive = matches!(verdict, Verdict::Alive { .. });
        self.class = match (verdict, thresholds) {
            (Verdict::Unknown(_), _) => HealthClass::Unknown,
            (_, Some(thresholds)) => self.in_a_row.record(is_alive, thresholds),
            (_, None) => self.score.map_or(HealthClass::Unknown, class),
        };
    }

    /// Remembers what a check has shown, and what follows for the score.
    fn take(&mut self, shown: Remembered) {
        self.score = shown.score(self.score).or(self.score);
        let most = self.most();
        if self.history.len() < most {
            let mut longer = std::mem::take(&mut self.history).into_vec();
            longer.reserve_exact(1);
            longer.push(shown);
            self.history = longer.into_boxed_slice();
        } else {
            let next = usize::from(self.next) % most;
            self.before = self.history[next].carried(self.before);
            self.history[next] = shown;
            self.next = ((next + 1) % most) as u8;
        }
    }

    /// Remembers a few checks only, or as many as ever. What is forgotten gives its room back.
    pub(crate) fn shorten(&mut self, is_short: bool) {
        if is_short == self.is_short {
            return;
        }
        // Oldest first, as in a ring that is not full.
        self.history.rotate_left(usize::from(self.next));
        self.next = 0;
        self.is_short = is_short;
        let surplus = self.history.len().saturating_sub(self.most());
        let (over, kept) = self.history.split_at(surplus);
        self.before = over
            .iter()
            .fold(self.before, |before, it| it.carried(before));
        self.history = kept.into();
    }

    /// How many checks are remembered.
    const fn most(&self) -> usize {
        if self.is_short {
            SHORT_HISTORY
        } else {
            HISTORY
        }
    }

    /// The last verdict is so old that nothing is known any more. What the next one means is as if this were the last.
    pub(crate) const fn outdate(&mut self) {
        self.class = HealthClass::Unknown;
    }

    /// Nobody listens any more.
    pub(crate) fn lost(&mut self) {
        self.take(Remembered::LOST);
        self.class = HealthClass::Unhealthy;
        self.in_a_row.lost();
    }

    /// Somebody listens again: what was before does not count against it. The history stays.
    pub(crate) fn begin_anew(&mut self) {
        if let Some(at) = self.last() {
            self.history[at] = self.history[at].at_last();
        }
        self.score = None;
        self.class = HealthClass::Unknown;
        self.in_a_row = InARow::default();
    }

    /// From 0 to 100, from the last checks that said something.
    #[must_use]
    pub(crate) fn score(&self) -> Option<u8> {
        self.score.map(Health::get)
    }

    /// The class of the score; unknown before the first check, after one that says nothing, and when the last one is too old.
    #[must_use]
    pub(crate) const fn class(&self) -> HealthClass {
        self.class
    }

    /// The last answer's latency in microseconds, within 4 %.
    #[must_use]
    pub(crate) fn latency_us(&self) -> Option<u64> {
        let last = self.last().map(|at| self.history[at].latency());
        last.unwrap_or_default().micros()
    }

    /// The remembered scores, oldest first; `None` where nothing was known.
    pub(crate) fn scores(&self) -> impl ExactSizeIterator<Item = Option<u8>> {
        let mut before = self.before;
        self.oldest_first().map(move |it| {
            let score = it.score(before);
            before = it.carried(before);
            score.map(Health::get)
        })
    }

    /// The remembered latencies in microseconds, oldest first; `None` where there was no answer.
    pub(crate) fn latencies_us(&self) -> impl ExactSizeIterator<Item = Option<u64>> {
        self.oldest_first().map(|it| it.latency().micros())
    }

    /// Bytes that remembered checks take at most.
    pub(crate) const MOST_HISTORY_BYTES: usize = HISTORY * size_of::<Remembered>();

    /// Bytes that the remembered checks take.
    pub(crate) const fn history_bytes(&self) -> usize {
        size_of_val(&*self.history)
    }

    fn oldest_first(&self) -> impl ExactSizeIterator<Item = Remembered> {
        let (len, next) = (self.history.len(), usize::from(self.next));
        (0..len).map(move |age| self.history[(next + age) % len])
    }

    /// Where the last check is.
    fn last(&self) -> Option<usize> {
        let len = self.history.len();
        (len > 0).then(|| (usize::from(self.next) + len - 1) % len)
    }
}

fn class(score: Health) -> HealthClass {
    match score.get() {
        HEALTHY.. => HealthClass::Healthy,
        UNHEALTHY.. => HealthClass::Degraded,
        _ => HealthClass::Unhealthy,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HealthClass::{Degraded, Healthy, Unhealthy, Unknown};

    const FAILED: Verdict = Verdict::Failed(Reason::Refused);
    const UNKNOWN: Verdict = Verdict::Unknown(Reason::Starved);
    const ALIVE: Verdict = Verdict::Alive { latency_us: 1_000 };

    fn classes(verdicts: &[Verdict]) -> Vec<HealthClass> {
        let mut state = HealthState::default();
        assert_eq!(state.class(), Unknown);
        let step = |verdict: &Verdict| {
            state.record(*verdict, None);
            state.class()
        };
        verdicts.iter().map(step).collect()
    }

    #[test]
    fn the_first_check_decides_and_then_two_in_a_row() {
        assert_eq!(
            classes(&[ALIVE, FAILED, FAILED]),
            [Healthy, Degraded, Unhealthy]
        );
        assert_eq!(
            classes(&[FAILED, ALIVE, ALIVE]),
            [Unhealthy, Degraded, Healthy]
        );
    }

    #[test]
    fn what_fails_every_other_time_is_degraded_all_the_time() {
        let flapping: Vec<_> = (0..40)
            .map(|n| if n % 2 == 0 { ALIVE } else { FAILED })
            .collect();
        assert!(
            classes(&flapping)[3..]
                .iter()
                .all(|class| *class == Degraded)
        );
    }

    #[test]
    fn the_score_reaches_both_ends() {
        let mut state = HealthState::default();
        state.record(ALIVE, None);
        (0..10).for_each(|_| state.record(FAILED, None));
        assert_eq!(state.score(), Some(0));
        (0..10).for_each(|_| state.record(ALIVE, None));
        assert_eq!(state.score(), Some(100));
    }

    #[test]
    fn a_daemon_that_was_late_knows_nothing_and_forgets_nothing() {
        assert_eq!(
            classes(&[ALIVE, UNKNOWN, ALIVE]),
            [Healthy, Unknown, Healthy]
        );
    }

    #[test]
    fn a_lost_socket_is_unhealthy_at_once() {
        let mut state = HealthState::default();
        state.record(ALIVE, None);
        state.lost();
        assert_eq!(
            (state.class(), state.score(), state.latency_us()),
            (Unhealthy, Some(0), None)
        );
        state.begin_anew();
        state.record(ALIVE, None);
        assert_eq!((state.class(), state.scores().len()), (Healthy, 3));
    }

    #[test]
    fn the_history_holds_the_last_64_checks_oldest_first() {
        let mut state = HealthState::default();
        state.record(UNKNOWN, None);
        for latency_us in 1..=70 {
            let latency_us = latency_us * 1_000;
            state.record(Verdict::Alive { latency_us }, None);
        }
        state.record(FAILED, None);
        assert_eq!(state.scores().len(), HISTORY);
        let latencies: Vec<_> = state.latencies_us().collect();
        assert_eq!(latencies.last(), Some(&None));
        assert!(
            latencies[..63].is_sorted() && latencies[0] > Some(7_000),
            "{latencies:?}"
        );
        assert_eq!(state.scores().last(), Some(Some(50)));
    }

    #[test]
    fn a_short_history_has_the_last_checks_and_grows_again() {
        let mut state = HealthState::default();
        let record = |state: &mut HealthState, millis: std::ops::RangeInclusive<u64>| {
            for millis in millis {
                let latency_us = millis * 1_000;
                state.record(Verdict::Alive { latency_us }, None);
            }
        };
        let millis = |state: &HealthState| -> Vec<u64> {
            // Within 4 %, and these are below 25.
            let rounded = |us: Option<u64>| (us.unwrap() + 500) / 1_000;
            state.latencies_us().map(rounded).collect()
        };
        record(&mut state, 1..=1);
        state.shorten(true);
        assert_eq!(millis(&state), [1]);
        state.shorten(false);
        // A ring that has gone round.
        (0..HISTORY).for_each(|_| record(&mut state, 7..=7));
        record(&mut state, 1..=6);
        let before = (state.class(), state.score(), state.latency_us());
        state.shorten(true);
        state.shorten(true);
        assert_eq!(millis(&state), [3, 4, 5, 6]);
        assert_eq!(state.history_bytes(), 4);
        assert_eq!((state.class(), state.score(), state.latency_us()), before);
        record(&mut state, 7..=8);
        assert_eq!(millis(&state), [5, 6, 7, 8]);
        state.shorten(false);
        record(&mut state, 9..=10);
        assert_eq!(millis(&state), [5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn with_thresholds_the_class_is_counted_and_the_score_goes_its_way() {
        let two = std::num::NonZeroU8::new(2).unwrap();
        let four = std::num::NonZeroU8::new(4).unwrap();
        let thresholds = Some(Thresholds {
            rise: two,
            fall: four,
        });
        let mut state = HealthState::default();
        state.record(ALIVE, thresholds);
        (0..3).for_each(|_| state.record(FAILED, thresholds));
        assert_eq!((state.class(), state.score()), (Degraded, Some(12)));
        // A daemon that was late says nothing, and the count goes on.
        state.record(UNKNOWN, thresholds);
        assert_eq!(state.class(), Unknown);
        state.record(FAILED, thresholds);
        assert_eq!((state.class(), state.score()), (Unhealthy, Some(6)));
        state.record(ALIVE, thresholds);
        assert_eq!(state.class(), Degraded);
        state.record(ALIVE, thresholds);
        assert_eq!((state.class(), state.score()), (Healthy, Some(77)));
        state.lost();
        state.record(ALIVE, thresholds);
        assert_eq!(state.class(), Degraded);
    }
}
