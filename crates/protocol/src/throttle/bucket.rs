//! CPU-time tokens: a token bucket whose tokens are nanoseconds of CPU.
//!
//! Refilled at the budget, charged with what was really used. Whatever the work costs, the use of any stretch of time is at
//! most the refill of that stretch, a full bucket, and the debt of the last batch: over a minute, under 1.05 times the budget
//! as long as a batch costs less than two seconds' refill.
//!
//! What asks nobody is charged too, and alone could keep the work from ever being done. So whoever waits is given one batch
//! in every ten seconds in any case: a fortieth of the budget, which leaves the use under 1.05 times the budget wherever
//! the rest stays within it.

use super::{CpuShare, Decision};
use crate::time::Millis;

/// The bucket holds the refill of this long: what was not used before may be used now.
const BURST: Millis = Millis::from_secs(1);
/// Work is given out in batches of this long's refill, at least: waking up for each single check costs more than the check.
const BATCH: Millis = Millis(250);
/// The time in which work that waits is given a batch in any case. No debt that a batch of the stated cost can leave takes so
/// long to earn back at the full pace: it is for what others have used.
pub(super) const FLOOR: Millis = Millis::from_secs(10);
/// Whoever waits does so for this long at least: to wake up costs something too, and waking up every millisecond for the little that
/// is missing would take all that is earned.
pub(super) const LEAST_WAIT: Millis = Millis(125);
/// Debt beyond the refill of this long is forgiven, or the work would rest for hours after something else took a whole core.
const LONGEST_DEBT: Millis = Millis::from_secs(60);

#[derive(Clone, Debug)]
pub(super) struct Bucket {
    /// Nanoseconds of CPU a millisecond.
    refill: i64,
    /// Nanoseconds of CPU; negative while there is debt.
    balance: i64,
    /// How long the work has waited since the last batch: milliseconds, at most [`FLOOR`]; negative where the last one was dear.
    waited: i64,
    /// Nanoseconds of CPU.
    forgiven: u64,
}

impl Bucket {
    pub(super) fn new(budget: CpuShare) -> Self {
        let refill = i64::from(budget.micros_per_second());
        Self {
            refill,
            balance: refill_of(BURST, refill),
            waited: 0,
            forgiven: 0,
        }
    }

    /// Adds the refill of `elapsed` at `pace` thousandths of the budget, and takes away `used` microseconds.
    pub(super) fn charge(&mut self, elapsed: Millis, used: u64, pace: u32) {
        let used = i64::try_from(used.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let refill = refill_of(elapsed, self.refill).saturating_mul(pace.into()) / 1_000;
        let balance = self
            .balance
            .saturating_add(refill)
            .saturating_sub(used)
            .min(refill_of(BURST, self.refill));
        let lowest = -refill_of(LONGEST_DEBT, self.refill);
        self.forgiven = self
            .forgiven
            .saturating_add(balance.abs_diff(balance.max(lowest)));
        self.balance = balance.max(lowest);
        self.waited = self
            .waited
            .saturating_add(millis(elapsed))
            .min(millis(FLOOR));
    }

    /// A batch, when there are tokens for one or the work has waited for long; else when that will be.
    pub(super) fn decide(&mut self, now: Millis, pace: u32) -> Decision {
        let batch = refill_of(BATCH, self.refill);
        let a_second = self.refill.unsigned_abs() * u64::from(pace);
        if a_second == 0 {
            return Decision::Wait(Millis::NEVER);
        }
        if self.balance >= batch || self.waited >= millis(FLOOR) {
            self.waited = 0;
            return Decision::Spend(batch.unsigned_abs() / 1_000);
        }
        let missing = self.balance.abs_diff(batch);
        let earned = Millis((missing * 1_000).div_ceil(a_second));
        let floor = Millis(self.waited.abs_diff(millis(FLOOR)));
        Decision::Wait(now + earned.max(LEAST_WAIT).min(floor))
    }

    /// The batch that was given out costs so many microseconds more than it should: the next one that is not paid for comes
    /// later in proportion.
    pub(super) fn exceed(&mut self, micros: u64) {
        let batch = refill_of(BATCH, self.refill).unsigned_abs();
        let more = micros.saturating_mul(1_000).saturating_mul(FLOOR.0) / batch.max(1);
        self.waited = self
            .waited
            .saturating_sub(i64::try_from(more).unwrap_or(i64::MAX));
    }

    /// How long it takes to earn back what is owed beyond the refill of `credit`, at `pace` thousandths of the budget.
    pub(super) fn owed(&self, pace: u32, credit: Millis) -> Millis {
        let balance = self.balance.saturating_add(refill_of(credit, self.refill));
        let a_second = self.refill.unsigned_abs() * u64::from(pace);
        if balance >= 0 {
            Millis::ZERO
        } else {
            Millis(
                balance
                    .unsigned_abs()
                    .saturating_mul(1_000)
                    .div_ceil(a_second.max(1)),
            )
        }
    }

    /// Microseconds.
    pub(super) const fn forgiven(&self) -> u64 {
        self.forgiven / 1_000
    }
}

fn refill_of(span: Millis, refill: i64) -> i64 {
    millis(span).saturating_mul(refill)
}

fn millis(span: Millis) -> i64 {
    i64::try_from(span.0).unwrap_or(i64::MAX)
}
