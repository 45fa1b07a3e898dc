//! What was used over the last minute, kept by the second.

use super::CpuShare;
use crate::time::Millis;

const SECONDS: u64 = 60;

#[derive(Clone, Debug)]
pub(super) struct Window {
    /// When the first report came.
    began: Option<Millis>,
    /// The second of the latest report.
    latest: u64,
    /// Microseconds of CPU by second, each in the place that its number leaves when divided by 60.
    used: [u32; SECONDS as usize],
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            began: None,
            latest: 0,
            used: [0; SECONDS as usize],
        }
    }

    /// Adds microseconds of CPU, to the second of the report.
    pub(super) fn add(&mut self, now: Millis, micros: u64) {
        self.began.get_or_insert(now);
        let second = now.0 / 1_000;
        for passed in (self.latest + 1..=second).rev().take(SECONDS as usize) {
            self.slot(passed, |_| 0);
        }
        self.latest = self.latest.max(second);
        self.slot(self.latest, |used| {
            used.saturating_add(u32::try_from(micros).unwrap_or(u32::MAX))
        });
    }

    /// The average share over the last 60 s, or since the first report.
    pub(super) fn used(&self, now: Millis) -> CpuShare {
        let Some(began) = self.began else {
            return CpuShare::default();
        };
        let second = (now.0 / 1_000).max(self.latest);
        let first = (second + 1).saturating_sub(SECONDS);
        let in_window =
            (first..=self.latest).filter_map(|second| self.used.get((second % SECONDS) as usize));
        let micros: u64 = in_window.copied().map(u64::from).sum();
        let span = now - began.max(Millis(first * 1_000));
        let per_second = micros.saturating_mul(1_000) / span.0.max(1);
        CpuShare::from_micros_per_second(u32::try_from(per_second).unwrap_or(u32::MAX))
    }

    fn slot(&mut self, second: u64, change: impl Fn(u32) -> u32) {
        if let Some(used) = self.used.get_mut((second % SECONDS) as usize) {
            *used = change(*used);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Window;
    use crate::time::Millis;
    use proptest::prelude::*;

    fn used(window: &Window, now: u64) -> u32 {
        window.used(Millis(now)).micros_per_second()
    }

    #[test]
    fn a_young_process_is_averaged_over_its_life() {
        let mut window = Window::new();
        assert_eq!(used(&window, 5_000), 0);
        window.add(Millis(10_000), 0);
        window.add(Millis(12_000), 30_000);
        assert_eq!(used(&window, 12_000), 15_000);
        assert_eq!(used(&window, 13_000), 10_000);
    }

    #[test]
    fn what_is_older_than_a_minute_is_forgotten() {
        let mut window = Window::new();
        window.add(Millis(0), 0);
        window.add(Millis(1_000), 1_000_000);
        assert_ne!(used(&window, 60_999), 0);
        assert_eq!(used(&window, 61_000), 0);
        window.add(Millis(1_000_000), 60_000);
        assert_eq!(used(&window, 1_001_999), 1_000);
    }

    proptest! {
        #[test]
        fn it_sums_what_was_reported_in_the_window(
            reports in prop::collection::vec((0_u64..5_000, 0_u64..1_000), 1..100), later in 0_u64..100_000,
        ) {
            let mut window = Window::new();
            let mut now = 0;
            let mut all = Vec::new();
            for (wait, micros) in reports {
                now += wait;
                window.add(Millis(now), micros);
                all.push((now, micros));
            }
            now += later;
            let first = (now / 1_000 + 1).saturating_sub(60) * 1_000;
            let sum: u64 = all.iter().filter(|(at, _)| *at >= first).map(|(_, micros)| micros).sum();
            let span = now - first.max(all[0].0).min(now);
            prop_assert_eq!(u64::from(used(&window, now)), sum * 1_000 / span.max(1));
        }
    }
}
