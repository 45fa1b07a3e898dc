//! Time as the machines of this crate see it: whole milliseconds on the host's monotonic clock.
//!
//! The crate never asks what time it is. Every function that needs the time takes it as an argument, so the browser,
//! the daemon and the simulator run the same code, and a test can live through an hour in no time.

use core::ops::{Add, AddAssign, Sub};

/// Milliseconds: an instant, counted from the start of the client or daemon, or a span between two instants.
///
/// One type serves for both, because every host counts from zero: an instant *is* the span since the start.
/// Arithmetic saturates: time before the start is [`Millis::ZERO`], and time beyond the end is [`Millis::NEVER`].
///
/// ```
/// use landfall_protocol::time::Millis;
///
/// let started = Millis(250);
/// let deadline = started + Millis::from_secs(1);
/// assert_eq!(deadline, Millis(1_250));
/// assert_eq!(started - deadline, Millis::ZERO);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub u64);

impl Millis {
    /// The start, or no time at all.
    pub const ZERO: Self = Self(0);
    /// Later than any instant a host can report (585 million years).
    pub const NEVER: Self = Self(u64::MAX);

    /// A span of whole seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000))
    }
}

impl Add for Millis {
    type Output = Self;

    fn add(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign for Millis {
    fn add_assign(&mut self, span: Self) {
        *self = *self + span;
    }
}

impl Sub for Millis {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self(self.0.saturating_sub(earlier.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Millis;

    #[test]
    fn time_saturates_at_both_ends() {
        assert_eq!(Millis(3) - Millis(5), Millis::ZERO);
        assert_eq!(Millis::NEVER + Millis(1), Millis::NEVER);
        assert_eq!(Millis::from_secs(u64::MAX), Millis::NEVER);
    }

    #[test]
    fn a_span_added_and_taken_away_gives_the_same_instant() {
        let mut instant = Millis(1_000);
        instant += Millis::from_secs(2);
        assert_eq!(instant, Millis(3_000));
        assert_eq!(instant - Millis(1_000), Millis::from_secs(2));
    }
}
