//! The outer loop: a host under pressure gets some of the budget back, slowly, and slowly returns it.
//!
//! Slowly, because pressure is measured over ten seconds and the daemon's own work is part of it: a quick answer would swing.

use crate::time::Millis;

/// Up to this much pressure, in percent, everything is as usual.
const USUAL: u8 = 10;
/// From this much on, the pace is the least.
const HEAVY: u8 = 50;
const LEAST: u32 = 200;
const MOST: u32 = 1_000;
/// The pace changes by a thousandth in this time, at the most: from end to end in 80 s.
const SLEW: Millis = Millis(100);
/// After a longer silence (a suspended host) the pace changes as after this one.
const LONGEST_SILENCE: Millis = Millis::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Pressure {
    permille: u32,
    observed: Millis,
}

impl Pressure {
    pub(super) const fn new() -> Self {
        Self {
            permille: MOST,
            observed: Millis::ZERO,
        }
    }

    pub(super) fn observe(&mut self, now: Millis, percent: u8) {
        let above = u32::from(percent.clamp(USUAL, HEAVY) - USUAL);
        let target = MOST - above * (MOST - LEAST) / u32::from(HEAVY - USUAL);
        self.observed = self.observed.max(now - LONGEST_SILENCE);
        let steps = (now - self.observed).0 / SLEW.0;
        // What is left of the time counts the next time, however often pressure is observed.
        self.observed += Millis(steps * SLEW.0);
        let steps = steps as u32;
        self.permille = target.clamp(self.permille.saturating_sub(steps), self.permille + steps);
    }

    pub(super) const fn permille(&self) -> u32 {
        self.permille
    }
}

#[cfg(test)]
mod tests {
    use super::{LEAST, MOST, Pressure};
    use crate::time::Millis;
    use proptest::prelude::*;

    fn after(pressure: &mut Pressure, from: u64, secs: u64, percent: u8) -> u32 {
        for at in (from..from + secs * 1_000).step_by(2_000) {
            pressure.observe(Millis(at + 2_000), percent);
        }
        pressure.permille()
    }

    #[test]
    fn heavy_pressure_slows_down_in_80_s_and_it_takes_as_long_to_recover() {
        let mut pressure = Pressure::new();
        assert_eq!(after(&mut pressure, 0, 40, 90), 600);
        assert_eq!(after(&mut pressure, 40_000, 60, 90), LEAST);
        assert_eq!(after(&mut pressure, 100_000, 40, 0), 600);
        assert_eq!(after(&mut pressure, 140_000, 60, 10), MOST);
    }

    #[test]
    fn some_pressure_slows_down_somewhat() {
        assert_eq!(after(&mut Pressure::new(), 0, 200, 30), 600);
    }

    #[test]
    fn after_a_long_silence_nothing_jumps() {
        let mut pressure = Pressure::new();
        pressure.observe(Millis::from_secs(100_000), 100);
        assert_eq!(pressure.permille(), 900);
    }

    proptest! {
        #[test]
        fn however_often_it_is_observed_it_changes_no_faster(
            waits in prop::collection::vec(0_u64..400, 0..200), percent in 0_u8..=100,
        ) {
            let mut pressure = Pressure::new();
            let mut now = Millis(0);
            for wait in waits {
                now += Millis(wait);
                pressure.observe(now, percent);
                prop_assert!((LEAST..=MOST).contains(&pressure.permille()));
                prop_assert!(u64::from(MOST - pressure.permille()) <= now.0 / 100);
            }
        }
    }
}
