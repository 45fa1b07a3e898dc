//! Holding a process to a CPU budget.
//!
//! The host reports the CPU time that its process has really used (`CLOCK_PROCESS_CPUTIME_ID`), asks before each batch of
//! work, and is told to go on or to wait. [`Policy::Tokens`] keeps the budget under every load; [`Policy::Factor`] is the simple
//! law that many health checkers have, to compare with. An estimate of what work costs is only ever a hint: what counts is what was used.

mod bucket;
mod factor;
mod pressure;
mod share;
mod window;

use crate::time::Millis;
use bucket::Bucket;
use factor::Factor;
use pressure::Pressure;
use window::Window;

pub use share::CpuShare;

/// For so long after it had to wait, other work counts as waiting.
const LATELY: Millis = Millis::from_secs(1);

/// The law that keeps the budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// CPU-time tokens: refilled at the budget, charged with what was used; the balance may become negative and is earned back.
    /// Pressure on the host lowers the refill. Whatever the balance, work that waits is given one batch in ten seconds, which
    /// is a fortieth of the budget: what asks nobody cannot keep it from ever being done.
    #[default]
    Tokens,
    /// Once a second the pace times 0.9 when more than the budget was used, else times 1.1, kept in 0.2..=1.0. Never waits, and
    /// breaks the budget where a fifth of the wanted work costs more.
    Factor,
}

/// What the host may do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Start work that is expected to cost up to this many microseconds of CPU (`u64::MAX`: no limit), finish it, ask again.
    Spend(u64),
    /// Start nothing before this instant.
    Wait(Millis),
}

/// Work in pieces for which nobody waits, such as finding out who is there: it begins at once, and rests after each piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errand {
    /// While other work waits, it takes one part in so many of the budget at most.
    pub parts: u32,
    /// It goes on until so much of the refill is owed.
    pub credit: Millis,
}

/// The controller.
///
/// ```
/// use landfall_protocol::{throttle::{CpuShare, Decision, Policy, Throttle}, time::Millis};
///
/// // 1 % of a core: 10 ms of CPU a second, given out in batches of 2.5 ms.
/// let mut throttle = Throttle::new(Policy::Tokens, CpuShare::from_permille(10));
/// assert_eq!(throttle.allow(Millis(0), 5_000), Decision::Spend(2_500));
/// // The work cost 12.5 ms: 2.5 ms more than there was. It takes half a second to earn that and another batch.
/// assert_eq!(throttle.allow(Millis(0), 17_500), Decision::Wait(Millis(500)));
/// assert_eq!(throttle.allow(Millis(500), 17_500), Decision::Spend(2_500));
/// ```
#[derive(Clone, Debug)]
pub struct Throttle {
    budget: CpuShare,
    law: Law,
    pressure: Pressure,
    window: Window,
    /// When CPU time was last reported, and how much the process had used until then.
    reported: Option<(Millis, u64)>,
    /// Whoever asked was told to wait, and has asked again by then.
    short_until: Millis,
}

#[derive(Clone, Debug)]
enum Law {
    Tokens(Bucket),
    Factor(Factor),
}

impl Throttle {
    /// A controller that begins with a full bucket and at full pace.
    pub fn new(policy: Policy, budget: CpuShare) -> Self {
        let law = match policy {
            Policy::Tokens => Law::Tokens(Bucket::new(budget)),
            Policy::Factor => Law::Factor(Factor::new(budget)),
        };
        Self {
            budget,
            law,
            pressure: Pressure::new(),
            window: Window::new(),
            reported: None,
            short_until: Millis::ZERO,
        }
    }

    /// Another law or another budget from now on: with a full bucket and at full pace, but for what pressure on the host has
    /// taken. What was used before is still in the window.
    pub fn change(&mut self, policy: Policy, budget: CpuShare) {
        let new = Self::new(policy, budget);
        (self.law, self.budget) = (new.law, budget);
    }

    /// Whether work may be started. Ask when work is due, after each batch, and not while its cost is still to come.
    ///
    /// `cpu_used_total` is the CPU time of the process in microseconds. What it had used before the first call is not charged.
    pub fn allow(&mut self, now: Millis, cpu_used_total: u64) -> Decision {
        self.charge(now, cpu_used_total);
        let decision = match &mut self.law {
            Law::Tokens(bucket) => bucket.decide(now, self.pressure.permille()),
            Law::Factor(_) => Decision::Spend(u64::MAX),
        };
        if let Decision::Wait(until) = decision {
            self.short_until = until + LATELY;
        }
        decision
    }

    /// Until when an errand rests after a piece that has cost so many microseconds of CPU; `None` when it may go on at once: as
    /// long as nobody else waits and the balance pays for it. Ten seconds are the most, so that it comes to its end. Where
    /// there is no balance ([`Policy::Factor`]) it takes the budget at most.
    pub fn rest(
        &mut self,
        now: Millis,
        cpu_used_total: u64,
        piece: u64,
        errand: Errand,
    ) -> Option<Millis> {
        self.charge(now, cpu_used_total);
        let (owed, parts) = match &self.law {
            Law::Tokens(bucket) => {
                let owed = bucket.owed(self.pressure.permille(), errand.credit);
                (owed, if self.is_short(now) { errand.parts } else { 0 })
            }
            Law::Factor(_) => (Millis::ZERO, 1),
        };
        let a_second = u64::from(self.budget.micros_per_second())
            * u64::from(self.pressure.permille())
            / 1_000;
        let share = piece.saturating_mul(u64::from(parts)).saturating_mul(1_000) / a_second.max(1);
        let rest = owed.max(Millis(share));
        (rest > Millis::ZERO).then(|| now + rest.clamp(bucket::LEAST_WAIT, bucket::FLOOR))
    }

    /// Takes in what the process has used so far, without asking for anything.
    pub fn report(&mut self, now: Millis, cpu_used_total: u64) {
        self.charge(now, cpu_used_total);
    }

    /// What was just started is expected to cost so many microseconds more than [`Decision::Spend`] said, since the least
    /// piece of work costs that much. The next batch that the balance does not pay for is given so much later.
    pub fn exceed(&mut self, micros: u64) {
        if let Law::Tokens(bucket) = &mut self.law {
            bucket.exceed(micros);
        }
    }

    /// Takes in the pressure on the host: the share of the last ten seconds in which some task waited for a CPU, in percent
    /// (`some avg10` of `/proc/pressure/cpu`, Linux PSI). It acts slowly, and on [`Policy::Tokens`] only.
    pub fn observe_pressure(&mut self, now: Millis, some_avg10_percent: u8) {
        self.pressure.observe(now, some_avg10_percent);
    }

    /// Whether work waits for the budget, or did a moment ago: what else is done should leave something for it.
    pub fn is_short(&self, now: Millis) -> bool {
        now < self.short_until
    }

    /// By what, in thousandths, the host multiplies the rate of the work it wants to do: `200..=1000`.
    pub const fn pace(&self) -> u32 {
        match &self.law {
            Law::Tokens(_) => self.pressure.permille(),
            Law::Factor(factor) => factor.permille(),
        }
    }

    /// The budget.
    pub const fn budget(&self) -> CpuShare {
        self.budget
    }

    /// What was used over the last minute, or since the first report where that is shorter; of what was reported so far.
    pub fn used(&self, now: Millis) -> CpuShare {
        self.window.used(now)
    }

    /// CPU time in microseconds that was used beyond what a minute of waiting can earn back, and so was forgiven: by something
    /// that asks nobody, such as serving clients. Always 0 under [`Policy::Factor`].
    pub const fn forgiven(&self) -> u64 {
        match &self.law {
            Law::Tokens(bucket) => bucket.forgiven(),
            Law::Factor(_) => 0,
        }
    }

    fn charge(&mut self, now: Millis, cpu_used_total: u64) {
        let (before, used_before) = self.reported.unwrap_or((now, cpu_used_total));
        self.reported = Some((now, cpu_used_total));
        let (elapsed, used) = (now - before, cpu_used_total.saturating_sub(used_before));
        self.window.add(now, used);
        match &mut self.law {
            Law::Tokens(bucket) => bucket.charge(elapsed, used, self.pressure.permille()),
            Law::Factor(factor) => factor.charge(elapsed, used),
        }
    }
}
