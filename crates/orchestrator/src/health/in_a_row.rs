//! A class by counting: so many verdicts in a row, as other checkers have it.

use landfall_protocol::catalog::HealthClass;
use std::num::NonZeroU8;

/// How many verdicts in a row change the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// Successes until an instance that was unhealthy is healthy.
    pub(crate) rise: NonZeroU8,
    /// Failures until an instance that was healthy is unhealthy.
    pub(crate) fall: NonZeroU8,
}

/// What the verdicts so far amount to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct InARow {
    /// What it counts as until enough verdicts in a row say otherwise; `None` before the first.
    counts_as_alive: Option<bool>,
    /// How many verdicts in a row have said otherwise.
    contrary: u8,
}

impl InARow {
    /// Takes a verdict. The first one decides.
    pub(super) fn record(&mut self, alive: bool, thresholds: Thresholds) -> HealthClass {
        let before = *self.counts_as_alive.get_or_insert(alive);
        self.contrary = if before == alive {
            0
        } else {
            self.contrary.saturating_add(1)
        };
        let needed = if before {
            thresholds.fall
        } else {
            thresholds.rise
        };
        if self.contrary >= needed.get() {
            (self.counts_as_alive, self.contrary) = (Some(alive), 0);
        }
        match (self.counts_as_alive, self.contrary) {
            (_, 1..) => HealthClass::Degraded,
            (Some(true), 0) => HealthClass::Healthy,
            (Some(false) | None, 0) => HealthClass::Unhealthy,
        }
    }

    /// It is dead, whatever was before.
    pub(super) const fn lost(&mut self) {
        (self.counts_as_alive, self.contrary) = (Some(false), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use HealthClass::{Degraded, Healthy, Unhealthy};

    fn classes(rise: u8, fall: u8, verdicts: &str) -> Vec<HealthClass> {
        let thresholds = Thresholds {
            rise: NonZeroU8::new(rise).unwrap(),
            fall: NonZeroU8::new(fall).unwrap(),
        };
        let mut row = InARow::default();
        let verdicts = verdicts.chars();
        verdicts
            .map(|it| row.record(it == '+', thresholds))
            .collect()
    }

    #[test]
    fn it_falls_and_rises_after_so_many_in_a_row() {
        assert_eq!(
            classes(2, 3, "+---++"),
            [Healthy, Degraded, Degraded, Unhealthy, Degraded, Healthy]
        );
        assert_eq!(classes(1, 1, "+-+"), [Healthy, Unhealthy, Healthy]);
    }

    #[test]
    fn one_that_says_otherwise_begins_the_count_anew() {
        assert_eq!(
            classes(2, 2, "+-+-+"),
            [Healthy, Degraded, Healthy, Degraded, Healthy]
        );
        assert_eq!(
            classes(3, 3, "-++-++"),
            [Unhealthy, Degraded, Degraded, Unhealthy, Degraded, Degraded]
        );
    }
}
