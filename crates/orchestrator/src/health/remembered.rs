//! A check that is remembered, in one byte: what it has shown.
//!
//! The score after it is not kept. It follows from what the checks have shown, one after the other, from the score before the oldest of them.

use landfall_protocol::quantize::{Health, Latency};

/// What a check has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remembered(u8);

impl Remembered {
    /// There was no answer, or not the right one.
    pub(super) const FAILED: Self = Self(0);
    /// The same, and what comes after does not count together with it.
    const FAILED_AT_LAST: Self = Self(253);
    /// Nobody listens any more, whatever was before; and what comes after does not count together with it.
    pub(super) const LOST: Self = Self(254);
    /// Nothing is known.
    pub(super) const UNKNOWN: Self = Self(255);

    /// The right answer after this time: up to 248 s, longer ones count as that.
    pub(super) fn alive(latency: Latency) -> Self {
        let longest = Self::FAILED_AT_LAST.0 - 1;
        Self(latency.code().clamp(1, longest))
    }

    /// How long the answer took; none where there was none.
    pub(super) const fn latency(self) -> Latency {
        if self.0 < Self::FAILED_AT_LAST.0 {
            Latency::from_code(self.0)
        } else {
            Latency::NONE
        }
    }

    /// The same, if what comes after does not count together with it.
    pub(super) fn at_last(self) -> Self {
        if self == Self::FAILED {
            Self::FAILED_AT_LAST
        } else {
            self
        }
    }

    /// The score after it; `None` where nothing was known.
    pub(super) fn score(self, before: Option<Health>) -> Option<Health> {
        let value = match self {
            Self::UNKNOWN => return None,
            Self::LOST => return Some(Health::DEAD),
            Self::FAILED | Self::FAILED_AT_LAST => Health::DEAD,
            Self(_) => Health::WELL,
        };
        Some(before.map_or(value, |score| towards(score, value)))
    }

    /// What the next one counts on.
    pub(super) fn carried(self, before: Option<Health>) -> Option<Health> {
        match self {
            Self::FAILED_AT_LAST | Self::LOST => None,
            _ => self.score(before).or(before),
        }
    }
}

/// Half of the way, and never stuck one before the end.
fn towards(score: Health, value: Health) -> Health {
    let sum = u16::from(score.get()) + u16::from(value.get());
    let half = if value > score {
        sum.div_ceil(2)
    } else {
        sum / 2
    };
    // Between two scores.
    u8::try_from(half)
        .ok()
        .and_then(Health::new)
        .unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::super::{HISTORY, HealthState, Reason, SHORT_HISTORY, Verdict};
    use super::*;
    use landfall_protocol::catalog::HealthClass;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    #[test]
    fn a_byte_holds_every_latency_of_a_check() {
        for micros in [1, 100, 1_000, 250_000, 10_000_000, 240_000_000] {
            let latency = Latency::from_micros(micros);
            assert_eq!(Remembered::alive(latency).latency(), latency);
        }
        let longest = Remembered::alive(Latency::from_micros(u64::MAX)).latency();
        assert!(longest.micros() > Some(240_000_000));
        assert_eq!(Remembered::alive(Latency::NONE).latency().micros(), Some(1));
    }

    #[derive(Debug, Clone)]
    enum Event {
        Check(Verdict),
        Lost,
        IsShort(bool),
    }

    /// What is kept when every score is written down as it was.
    #[derive(Default)]
    struct Model {
        score: Option<Health>,
        checks: VecDeque<(Option<u8>, Option<u64>)>,
        is_short: bool,
    }

    impl Model {
        fn check(&mut self, verdict: Verdict) {
            let value = match verdict {
                Verdict::Alive { .. } => Some(Health::WELL),
                Verdict::Failed(_) => Some(Health::DEAD),
                Verdict::Unknown(_) => None,
            };
            if let Some(value) = value {
                self.score = Some(self.score.map_or(value, |score| towards(score, value)));
            }
            let latency = match verdict {
                Verdict::Alive { latency_us } => Latency::from_micros(latency_us).micros(),
                Verdict::Failed(_) | Verdict::Unknown(_) => None,
            };
            let score = value.and(self.score).map(Health::get);
            self.checks.push_back((score, latency));
            self.forget();
        }

        fn forget(&mut self) {
            let most = if self.is_short {
                SHORT_HISTORY
            } else {
                HISTORY
            };
            let surplus = self.checks.len().saturating_sub(most);
            self.checks.drain(..surplus);
        }
    }

    fn event() -> impl Strategy<Value = Event> {
        let alive = (1..60_000_000_u64).prop_map(|latency_us| Verdict::Alive { latency_us });
        prop_oneof![
            60 => alive.prop_map(Event::Check),
            30 => Just(Event::Check(Verdict::Failed(Reason::Refused))),
            10 => Just(Event::Check(Verdict::Unknown(Reason::Starved))),
            3 => Just(Event::Lost),
            1 => any::<bool>().prop_map(Event::IsShort),
        ]
    }

    proptest! {
        #[test]
        fn scores_follow_from_what_was_shown(
            events in prop::collection::vec((event(), any::<bool>()), 1..300),
        ) {
            let (mut state, mut model) = (HealthState::default(), Model::default());
            for (event, comes_back) in events {
                match event {
                    Event::Check(verdict) => {
                        state.record(verdict, None);
                        model.check(verdict);
                    }
                    Event::Lost => {
                        state.lost();
                        model.score = Some(Health::DEAD);
                        model.check(Verdict::Failed(Reason::SocketClosed));
                        prop_assert_eq!(state.score(), Some(0));
                    }
                    Event::IsShort(is_short) => {
                        state.shorten(is_short);
                        model.is_short = is_short;
                        model.forget();
                    }
                }
                let is_dead = state.class() == HealthClass::Unhealthy;
                // What is lost is not checked before it is there again; what is dead may register anew.
                if is_dead && (matches!(event, Event::Lost) || comes_back) {
                    state.begin_anew();
                    model.score = None;
                }
                prop_assert_eq!(state.score(), model.score.map(Health::get));
                let shown: Vec<_> = state.scores().zip(state.latencies_us()).collect();
                prop_assert_eq!(shown, Vec::from(model.checks.clone()));
                prop_assert_eq!(state.latency_us(), model.checks.back().and_then(|it| it.1));
            }
        }
    }
}
