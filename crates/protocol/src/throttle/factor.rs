//! The simple law: a factor on the pace, less when too much was used, more when not.

use super::CpuShare;
use crate::time::Millis;

const LEAST: u32 = 200;
const MOST: u32 = 1_000;
/// How often the law looks.
const STEP: Millis = Millis::from_secs(1);

#[derive(Clone, Debug)]
pub(super) struct Factor {
    /// Microseconds of CPU a second.
    budget: u64,
    permille: u32,
    /// Since the last look: time, and microseconds of CPU.
    elapsed: Millis,
    used: u64,
}

impl Factor {
    pub(super) fn new(budget: CpuShare) -> Self {
        Self {
            budget: budget.micros_per_second().into(),
            permille: MOST,
            elapsed: Millis::ZERO,
            used: 0,
        }
    }

    pub(super) fn charge(&mut self, elapsed: Millis, used: u64) {
        self.elapsed += elapsed;
        self.used = self.used.saturating_add(used);
        if self.elapsed < STEP {
            return;
        }
        let is_over = self.used.saturating_mul(1_000) > self.budget.saturating_mul(self.elapsed.0);
        let tenths = if is_over { 9 } else { 11 };
        self.permille = (self.permille * tenths / 10).clamp(LEAST, MOST);
        (self.elapsed, self.used) = (Millis::ZERO, 0);
    }

    pub(super) const fn permille(&self) -> u32 {
        self.permille
    }
}
