//! Health as a number: 0 is dead, 100 is well.

use std::num::NonZeroU8;

/// A health score in `0..=100`, exact.
///
/// ```
/// use landfall_protocol::quantize::Health;
///
/// assert_eq!(Health::new(80).map(Health::get), Some(80));
/// assert_eq!(Health::new(101), None);
/// assert_eq!(Health::clamped(99.6), Some(Health::WELL));
/// assert_eq!(Health::clamped(f32::NAN), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Health(
    /// The score and one, so that no score takes no room beside it.
    NonZeroU8,
);

impl Health {
    /// Nothing works.
    pub const DEAD: Self = Self(NonZeroU8::MIN);
    /// Everything works.
    pub const WELL: Self = Self(NonZeroU8::MIN.saturating_add(100));

    /// The score, if it is one.
    pub const fn new(score: u8) -> Option<Self> {
        if score <= Self::WELL.get() {
            Some(Self(NonZeroU8::MIN.saturating_add(score)))
        } else {
            None
        }
    }

    /// The score nearest to a measured one: what lies outside `0..=100`, infinity too, becomes the nearer end, and the
    /// error within is at most 0.5. NaN is no measurement and gives no score.
    pub fn clamped(score: f32) -> Option<Self> {
        // The cast cuts the fraction off and saturates below.
        let nearest = ((score + 0.5) as u8).min(Self::WELL.get());
        Self::new(nearest).filter(|_| !score.is_nan())
    }

    /// The score as a number.
    pub const fn get(self) -> u8 {
        self.0.get() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::Health;
    use proptest::prelude::*;

    #[test]
    fn what_is_outside_becomes_the_nearer_end() {
        for (score, expected) in [
            (f32::NEG_INFINITY, 0),
            (-1.0, 0),
            (-0.0, 0),
            (0.4, 0),
            (0.5, 1),
            (100.4, 100),
            (1e9, 100),
            (f32::INFINITY, 100),
        ] {
            assert_eq!(
                Health::clamped(score).map(Health::get),
                Some(expected),
                "{score}"
            );
        }
    }

    #[test]
    fn every_score_is_kept_exactly() {
        for score in 0..=u8::MAX {
            assert_eq!(
                Health::new(score).map(Health::get),
                (score <= 100).then_some(score)
            );
        }
    }

    proptest! {
        #[test]
        fn a_score_is_off_by_half_at_most(score in 0.0_f32..=100.0) {
            let health = Health::clamped(score).unwrap();
            prop_assert!((f32::from(health.get()) - score).abs() <= 0.5);
        }
    }
}
