//! Jittered exponential backoff: how long to wait before the next try.
//!
//! "Decorrelated jitter" of Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015
//! (<https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>): each delay is drawn between the base and
//! a multiple of the delay before it. Unlike there, the cap bounds the draw and not its result: otherwise most delays of a
//! long outage would be the cap itself, and clients that lost a backend together would come back together.

use crate::{rng::Rng, time::Millis};

/// The delays of one series of tries.
///
/// ```
/// use landfall_protocol::{backoff::Backoff, rng::Rng, time::Millis};
///
/// let mut rng = Rng::new(1);
/// let mut backoff = Backoff::new(Millis(350), Millis::from_secs(30), 3);
/// let delay = backoff.next(&mut rng);
/// assert!(delay >= Millis(350) && delay <= Millis(3 * 350));
/// ```
#[derive(Clone, Debug)]
pub struct Backoff {
    base: Millis,
    cap: Millis,
    factor: u32,
    previous: Millis,
}

impl Backoff {
    /// Delays from `base` to `cap` milliseconds, each at most `factor` times the one before it.
    ///
    /// A base of 0 counts as 1 ms (a loop without a pause is never wanted), a cap below the base as the base, and a
    /// factor below 2 as 2.
    pub fn new(base: Millis, cap: Millis, factor: u32) -> Self {
        let base = base.max(Millis(1));
        Self {
            base,
            cap: cap.max(base),
            factor: factor.max(2),
            previous: base,
        }
    }

    /// The same series, as it goes on after a delay of `previous`; from its start when that is 0.
    #[must_use]
    pub fn after(mut self, previous: Millis) -> Self {
        self.previous = previous.max(self.base);
        self
    }

    /// The delay before the next try.
    pub fn next(&mut self, rng: &mut Rng) -> Millis {
        let longest = self
            .cap
            .0
            .min(self.previous.0.saturating_mul(self.factor.into()));
        self.previous = Millis(rng.between(self.base.0, longest));
        self.previous
    }

    /// Starts over, after a success.
    pub const fn reset(&mut self) {
        self.previous = self.base;
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use crate::{rng::Rng, time::Millis};
    use proptest::prelude::*;

    #[test]
    fn delays_grow_to_about_half_the_cap_and_keep_their_jitter_there() {
        let mut rng = Rng::new(3);
        let mut backoff = Backoff::new(Millis(100), Millis(10_000), 3);
        let delays: Vec<u64> = (0..1_000).map(|_| backoff.next(&mut rng).0).collect();
        assert!(delays[0] <= 300);
        let late = &delays[100..];
        let mean = late.iter().sum::<u64>() / late.len() as u64;
        assert!((3_000..6_000).contains(&mean), "{mean}");
        assert!(
            late.iter().filter(|delay| **delay == 10_000).count() < 20,
            "delays pile up at the cap"
        );
    }

    #[test]
    fn after_a_reset_the_delays_start_over() {
        let mut rng = Rng::new(4);
        let mut backoff = Backoff::new(Millis(10), Millis(100_000), 4);
        for _ in 0..50 {
            backoff.next(&mut rng);
        }
        backoff.reset();
        assert!(backoff.next(&mut rng) <= Millis(40));
    }

    proptest! {
        #[test]
        fn every_delay_is_positive_bounded_and_at_most_factor_times_the_one_before(
            seed: u64, base in 0_u64..100_000, cap: u64, factor: u32,
        ) {
            let mut rng = Rng::new(seed);
            let mut backoff = Backoff::new(Millis(base), Millis(cap), factor);
            let base = base.max(1);
            let mut previous = base;
            for _ in 0..20 {
                let delay = backoff.next(&mut rng).0;
                prop_assert!((base..=cap.max(base)).contains(&delay));
                prop_assert!(delay <= previous.saturating_mul(factor.max(2).into()));
                previous = delay;
            }
        }
    }
}
