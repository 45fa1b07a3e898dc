//! How often the sockets are looked at. Each look wakes a sleeping process, so there are no more of them than somebody
//! has use for.

use landfall_protocol::time::Millis;
use std::time::Duration;

/// Between two looks while something happens.
const LIVELY: Duration = Duration::from_millis(250);
/// While somebody wants to know.
const WATCHED: Duration = Duration::from_secs(1);
/// While nobody does.
const QUIET: Duration = Duration::from_secs(3);
/// How long a socket that came or went counts as something that happens: what starts several processes does so within
/// some seconds.
const LATELY: Millis = Millis::from_secs(10);
/// The same while a service is missing: it may be starting somewhere else.
const RESTARTING: Millis = Millis::from_secs(60);
/// How long somebody who asked for the catalog wants to know: pages ask again within its time to live, which is 30 s
/// unless the settings say otherwise.
const INTEREST: Millis = Millis::from_secs(60);
/// Between two looks in any case, whoever asks for one.
const BREATH: Duration = Duration::from_millis(20);
/// What looks may take of the budget: one part in so many, of what pressure on the host leaves of it. Where a look costs more,
/// as with thousands of sockets, there are fewer.
const BUDGET_PARTS: f64 = 5.0;

/// When to look.
#[derive(Debug)]
pub(super) struct Looks {
    /// How many times as long as a look takes there is none.
    rarity: f64,
    changed: Millis,
    asked: Option<Millis>,
}

/// What matters for the next look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// What the last look took of a CPU.
    pub(super) cost: Duration,
    /// What there is of the budget now, in thousandths.
    pub(super) pace_permille: u32,
    /// Whether a service is missing that may come back.
    pub(super) is_missing: bool,
    /// Whether a stream is open.
    pub(super) is_watched: bool,
}

impl Looks {
    /// Looks that take their share of a budget, which is a fraction of a core. Starting is a change.
    pub(super) fn new(budget: f64, now: Millis) -> Self {
        Self {
            rarity: BUDGET_PARTS / budget,
            changed: now,
            asked: None,
        }
    }

    /// Takes its share of another budget.
    pub(super) fn share(&mut self, budget: f64) {
        self.rarity = BUDGET_PARTS / budget;
    }

    /// A socket came or went.
    pub(super) const fn changed(&mut self, now: Millis) {
        self.changed = now;
    }

    /// Somebody asked for the catalog. True when nobody had for some time, so that it is worth a look now.
    pub(super) fn asked(&mut self, now: Millis) -> bool {
        let is_news = !self.is_of_interest(now);
        self.asked = Some(now);
        is_news
    }

    fn is_of_interest(&self, now: Millis) -> bool {
        self.asked.is_some_and(|asked| now - asked < INTEREST)
    }

    /// The shortest time without a look.
    pub(super) fn breath(&self, now: Circumstances) -> Duration {
        let pace = f64::from(now.pace_permille.max(1)) / 1_000.0;
        BREATH.max(now.cost.mul_f64(self.rarity / pace))
    }

    /// The time without a look when nobody asks for one.
    pub(super) fn pause(&self, now: Millis, how: Circumstances) -> Duration {
        let lately = if how.is_missing { RESTARTING } else { LATELY };
        let pause = if now - self.changed < lately {
            LIVELY
        } else if how.is_watched || self.is_of_interest(now) {
            WATCHED
        } else {
            QUIET
        };
        pause.max(self.breath(how))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Circumstances = Circumstances {
        cost: Duration::from_micros(25),
        pace_permille: 1_000,
        is_missing: false,
        is_watched: false,
    };

    fn looks() -> Looks {
        Looks::new(0.01, Millis(0))
    }

    #[test]
    fn there_are_many_looks_while_something_happens_and_few_when_nobody_cares() {
        let mut looks = looks();
        let pause = |looks: &Looks, now, how| looks.pause(Millis(now), how).as_millis();
        assert_eq!(pause(&looks, 9_999, NOTHING), 250);
        assert_eq!(pause(&looks, 10_000, NOTHING), 3_000);
        let (missing, watched) = (
            Circumstances {
                is_missing: true,
                ..NOTHING
            },
            Circumstances {
                is_watched: true,
                ..NOTHING
            },
        );
        assert_eq!(pause(&looks, 59_999, missing), 250);
        assert_eq!(pause(&looks, 60_000, missing), 3_000);
        assert_eq!(pause(&looks, 60_000, watched), 1_000);
        looks.changed(Millis(70_000));
        assert_eq!(pause(&looks, 70_001, NOTHING), 250);
    }

    #[test]
    fn who_asks_for_the_catalog_is_interested_for_a_while() {
        let mut looks = looks();
        assert!(looks.asked(Millis(20_000)), "the first");
        assert!(!looks.asked(Millis(50_000)), "again");
        assert_eq!(looks.pause(Millis(109_999), NOTHING), WATCHED);
        assert_eq!(looks.pause(Millis(110_000), NOTHING), QUIET);
        assert!(looks.asked(Millis(110_000)), "after a while");
    }

    #[test]
    fn looks_that_cost_more_are_fewer() {
        let dear = Circumstances {
            cost: Duration::from_millis(20),
            ..NOTHING
        };
        // A fifth of one per cent.
        assert_eq!(looks().breath(dear), Duration::from_secs(10));
        assert_eq!(looks().pause(Millis(0), dear), Duration::from_secs(10));
        assert_eq!(looks().breath(NOTHING), BREATH);
    }

    #[test]
    fn under_pressure_looks_take_their_share_of_what_is_left() {
        let pressed = Circumstances {
            cost: Duration::from_millis(20),
            pace_permille: 200,
            ..NOTHING
        };
        // A fifth of two thousandths.
        assert_eq!(looks().breath(pressed), Duration::from_secs(50));
        assert_eq!(looks().pause(Millis(0), pressed), Duration::from_secs(50));
        let cheap = Circumstances {
            pace_permille: 200,
            ..NOTHING
        };
        assert_eq!(looks().pause(Millis(0), cheap), LIVELY);
    }
}
