//! What is shed, and when: histories first, new services at last. What is there is never shed.
//!
//! Each step has a mark to go down and a lower one to come back, and histories come back only if they fit below it, so
//! that a level does not come and go with what it sheds.

use serde::Serialize;

/// What the daemon does without.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Level {
    /// Nothing.
    #[default]
    Full = 0,
    /// Histories but for the last few checks, and idle connections but for a few.
    NoHistory = 1,
    /// That, and services that are new.
    NoNewServices = 2,
}

/// What is known of the memory, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// What the process holds.
    pub(super) held: u64,
    /// What it may.
    pub(super) ceiling: u64,
    /// What would be held besides, if histories and connections were kept again.
    pub(super) shed: u64,
}

/// From here on histories are shed.
pub(super) const fn near(ceiling: u64) -> u64 {
    ceiling / 8 * 7
}

impl Level {
    /// The level after a reading: one step at most, so that what a step frees counts before the next one.
    pub(super) const fn after(self, reading: Reading) -> Self {
        let Reading {
            held,
            ceiling,
            shed,
        } = reading;
        let with_shed = held.saturating_add(shed);
        match self {
            Self::Full if held >= near(ceiling) => Self::NoHistory,
            Self::NoHistory if held >= ceiling => Self::NoNewServices,
            Self::NoHistory if with_shed < ceiling / 4 * 3 => Self::Full,
            Self::NoNewServices if held < near(ceiling) => Self::NoHistory,
            stays => stays,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level::{Full, NoHistory, NoNewServices};
    use super::*;
    use proptest::prelude::*;

    const fn at(held: u64, shed: u64) -> Reading {
        Reading {
            held,
            ceiling: 800,
            shed,
        }
    }

    #[test]
    fn histories_go_before_services_and_come_back_after_them() {
        for (level, held, shed, after) in [
            (Full, 699, 0, Full),
            (Full, 700, 0, NoHistory),
            // However much it is: the history may have been what was too much.
            (Full, 5_000, 0, NoHistory),
            (NoHistory, 799, 0, NoHistory),
            (NoHistory, 800, 0, NoNewServices),
            (NoNewServices, 700, 0, NoNewServices),
            (NoNewServices, 699, 0, NoHistory),
            (NoNewServices, 0, 0, NoHistory),
            (NoHistory, 600, 0, NoHistory),
            (NoHistory, 599, 0, Full),
            // It fits only without what was shed.
            (NoHistory, 599, 1, NoHistory),
            (NoHistory, 0, u64::MAX, NoHistory),
        ] {
            assert_eq!(level.after(at(held, shed)), after, "{level:?} {held}");
        }
    }

    proptest! {
        /// Shedding frees `shed`, and keeping it again takes as much: no level leads to one that leads back.
        #[test]
        fn no_level_flaps_with_what_it_sheds(base in 0_u64..1_200, shed in 0_u64..800) {
            let held = |level| if level == Full { base + shed } else { base };
            let settle = |mut level: Level| {
                for _ in 0..3 {
                    level = level.after(at(held(level), shed));
                }
                level
            };
            for from in [Full, NoHistory, NoNewServices] {
                let level = settle(from);
                prop_assert_eq!(level.after(at(held(level), shed)), level);
                prop_assert!(level != NoNewServices || base >= near(800));
            }
        }
    }
}
