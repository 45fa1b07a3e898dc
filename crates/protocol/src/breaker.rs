//! A circuit breaker: who fails again and again is left alone for a while, then tried with one request.
//!
//! Nygard, "Release It!", 2007, chapter 5; <https://martinfowler.com/bliki/CircuitBreaker.html>. It opens after a few failures
//! in a row (the instance is gone) or when half of the latest outcomes are failures (it is overloaded).

use crate::{backoff::Backoff, rng::Rng, time::Millis};

/// This many failures in a row open the circuit.
pub const FAILURES_IN_A_ROW: u32 = 3;
/// Of this many latest outcomes, half being failures open the circuit.
pub const OUTCOMES_REMEMBERED: u32 = 32;

/// A try whose outcome was never recorded must not keep the circuit open for ever.
const TRY_AGAIN_AFTER: Millis = Millis::from_secs(30);

/// How a request ended, for the circuit: a 4xx is a success, since somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was answered.
    Success,
    /// It was not answered in time, or with a 5xx.
    Failure,
}

/// Where the circuit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Requests pass.
    Closed,
    /// No request passes before this instant.
    Open(Millis),
    /// One request was let through to try; if its outcome is not known by this instant, another may try.
    HalfOpen(Millis),
}

/// The circuit breaker of one instance.
///
/// ```
/// use landfall_protocol::{backoff::Backoff, breaker::{Breaker, Outcome}, rng::Rng, time::Millis};
///
/// let mut rng = Rng::new(1);
/// let mut breaker = Breaker::new(Backoff::new(Millis(500), Millis::from_secs(30), 3));
/// for _ in 0..3 {
///     assert!(breaker.allow(Millis(0)));
///     breaker.record(Millis(0), Outcome::Failure, &mut rng);
/// }
/// assert!(!breaker.allow(Millis(499)));
/// assert!(breaker.allow(Millis::from_secs(2)), "one request may try");
/// assert!(!breaker.allow(Millis::from_secs(2)), "and no second one");
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    state: State,
    /// The latest outcomes, the last one in the lowest bit; a failure is 1.
    failures: u32,
    backoff: Backoff,
}

impl Breaker {
    /// A closed circuit. Each time it opens, it stays open for the next delay of `backoff`.
    pub const fn new(backoff: Backoff) -> Self {
        Self {
            state: State::Closed,
            failures: 0,
            backoff,
        }
    }

    /// Where the circuit is.
    pub const fn state(&self) -> State {
        self.state
    }

    /// Whether a request may be sent now. A yes is meant to be used: while a circuit is open, it stands for the one try.
    pub fn allow(&mut self, now: Millis) -> bool {
        match self.state {
            State::Closed => true,
            State::Open(until) | State::HalfOpen(until) if now < until => false,
            State::Open(_) | State::HalfOpen(_) => {
                self.state = State::HalfOpen(now + TRY_AGAIN_AFTER);
                true
            }
        }
    }

    /// A request ended and nobody knows how: if it was the one try, another may try.
    pub fn release(&mut self, now: Millis) {
        if let State::HalfOpen(_) = self.state {
            self.state = State::Open(now);
        }
    }

    /// Takes in how a request ended. While the circuit is open, the ends of requests from before do not count.
    pub fn record(&mut self, now: Millis, outcome: Outcome, rng: &mut Rng) {
        let failed = outcome == Outcome::Failure;
        match self.state {
            State::Closed => {
                self.failures = self.failures << 1 | u32::from(failed);
                let in_a_row = self.failures.trailing_ones() >= FAILURES_IN_A_ROW;
                if failed && (in_a_row || self.failures.count_ones() >= OUTCOMES_REMEMBERED / 2) {
                    self.state = State::Open(now + self.backoff.next(rng));
                }
            }
            State::HalfOpen(_) if failed => self.state = State::Open(now + self.backoff.next(rng)),
            State::HalfOpen(_) => {
                self.state = State::Closed;
                self.failures = 0;
                self.backoff.reset();
            }
            State::Open(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, Outcome, State, TRY_AGAIN_AFTER};
    use crate::{backoff::Backoff, rng::Rng, time::Millis};
    use Outcome::{Failure, Success};
    use proptest::prelude::*;

    fn breaker() -> Breaker {
        Breaker::new(Backoff::new(Millis(100), Millis(10_000), 3))
    }

    fn opened(rng: &mut Rng) -> (Breaker, Millis) {
        let mut breaker = breaker();
        for _ in 0..3 {
            breaker.record(Millis(0), Failure, rng);
        }
        match breaker.state() {
            State::Open(until) => (breaker, until),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_success_between_them_does_not() {
        let rng = &mut Rng::new(1);
        let mut breaker = breaker();
        for outcome in [Failure, Failure, Success, Failure, Failure] {
            breaker.record(Millis(0), outcome, rng);
            assert_eq!(breaker.state(), State::Closed);
        }
        breaker.record(Millis(0), Failure, rng);
        assert!(matches!(breaker.state(), State::Open(until) if until >= Millis(100)));
    }

    #[test]
    fn half_of_the_latest_outcomes_open_it_though_no_three_fail_in_a_row() {
        let rng = &mut Rng::new(1);
        let mut breaker = breaker();
        for _ in 0..15 {
            breaker.record(Millis(0), Failure, rng);
            breaker.record(Millis(0), Success, rng);
        }
        assert_eq!(breaker.state(), State::Closed);
        breaker.record(Millis(0), Failure, rng);
        assert!(matches!(breaker.state(), State::Open(_)));
    }

    #[test]
    fn one_try_closes_it_or_opens_it_for_longer() {
        let rng = &mut Rng::new(1);
        let (mut breaker, until) = opened(rng);
        assert!(!breaker.allow(until - Millis(1)));
        assert!(breaker.allow(until) && !breaker.allow(until));
        breaker.record(until, Failure, rng);
        let State::Open(later) = breaker.state() else {
            panic!("it stayed closed")
        };
        assert!(later > until && breaker.allow(later));
        breaker.record(later, Success, rng);
        assert_eq!(breaker.state(), State::Closed);
        assert!(breaker.allow(later) && breaker.allow(later));
    }

    #[test]
    fn late_outcomes_of_requests_from_before_do_not_count() {
        let rng = &mut Rng::new(1);
        let (mut breaker, until) = opened(rng);
        breaker.record(Millis(1), Success, rng);
        breaker.record(Millis(1), Failure, rng);
        assert_eq!(breaker.state(), State::Open(until));
    }

    #[test]
    fn a_try_without_an_outcome_is_followed_by_another() {
        let (mut breaker, until) = opened(&mut Rng::new(1));
        assert!(breaker.allow(until));
        assert!(!breaker.allow(until + TRY_AGAIN_AFTER - Millis(1)));
        assert!(breaker.allow(until + TRY_AGAIN_AFTER));
    }

    proptest! {
        #[test]
        fn whatever_happens_a_request_passes_again_in_the_end(outcomes: Vec<bool>, step in 0_u64..5_000, seed: u64) {
            let rng = &mut Rng::new(seed);
            let mut breaker = breaker();
            let mut now = Millis(0);
            for success in outcomes {
                now += Millis(step);
                if breaker.allow(now) {
                    breaker.record(now, if success { Success } else { Failure }, rng);
                }
            }
            prop_assert!(breaker.allow(now + TRY_AGAIN_AFTER));
        }
    }
}
