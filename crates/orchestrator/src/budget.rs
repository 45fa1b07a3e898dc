//! The daemon's own CPU against its budget: the protocol's controller, fed with what the process really used.

use crate::clock::Clock;
use crate::cpu::cpu_used;
use crate::settings::{BudgetSettings, Percent, Policy};
use landfall_protocol::throttle::{self, CpuShare, Decision, Errand, Throttle};
use landfall_protocol::time::Millis;
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::time::Duration;
use tokio::time::sleep_until;

/// What a check is thought to cost before one was measured, in microseconds of CPU.
const FIRST_ESTIMATE: u64 = 50;
/// The weight of the last measurement in the estimate.
const ESTIMATE_WEIGHT: u64 = 8;
/// From this many times the estimate on, what a check costs has changed.
const DEARER: u64 = 2;
/// How often the pressure on the host is looked at; the kernel's figure is a mean of ten seconds.
const PRESSURE_EVERY: Millis = Millis::from_secs(5);
/// The span over which use is reported.
const WINDOW: Millis = Millis::from_secs(60);

/// How many checks may be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// So many, now.
    Checks(usize),
    /// None before this time.
    Wait(Millis),
}

/// The budget of this process.
pub(crate) struct CpuBudget {
    settings: Cell<BudgetSettings>,
    state: RefCell<State>,
}

struct State {
    throttle: Throttle,
    /// CPU time of one check in microseconds, smoothed.
    estimate: u64,
    /// That of the check that was measured last.
    latest: u64,
    /// What is left of the batch that was given out, in microseconds.
    batch: u64,
    pressure_seen: Option<Millis>,
}

/// The budget in `/v1/status`.
#[derive(Debug, Serialize)]
pub(crate) struct BudgetView {
    pub(crate) policy: &'static str,
    pub(crate) budget_permille: u32,
    pub(crate) used_permille: f64,
    pub(crate) pace_permille: u32,
    pub(crate) window_ms: u64,
    /// CPU time beyond the budget that was written off: by serving clients, which is not held back.
    pub(crate) forgiven_us: u64,
}

impl CpuBudget {
    /// A budget that begins now.
    pub(crate) fn new(settings: BudgetSettings, clock: &Clock) -> Self {
        let (law, share) = law(settings);
        let mut throttle = Throttle::new(law, share);
        throttle.report(clock.now(), cpu_used());
        let state = State {
            throttle,
            estimate: FIRST_ESTIMATE,
            latest: FIRST_ESTIMATE,
            batch: 0,
            pressure_seen: None,
        };
        Self {
            settings: Cell::new(settings),
            state: RefCell::new(state),
        }
    }

    /// What it is of one core.
    pub(crate) fn share(&self) -> Percent {
        self.settings.get().cpu_percent
    }

    /// Another budget from now on.
    pub(crate) fn change(&self, settings: BudgetSettings) {
        let before = law(self.settings.replace(settings));
        let (law, share) = law(settings);
        // Another memory ceiling is no reason to begin anew.
        if before != (law, share) {
            self.state.borrow_mut().throttle.change(law, share);
        }
    }

    /// How many checks may be started now.
    pub(crate) fn allow(&self, now: Millis) -> Allowance {
        let mut state = self.state.borrow_mut();
        state.look_at_pressure(now);
        let decision = state.throttle.allow(now, cpu_used());
        match decision {
            Decision::Wait(until) => Allowance::Wait(until),
            Decision::Spend(micros) => {
                state.batch = micros;
                let dearer = state.estimate.saturating_sub(micros);
                state.throttle.exceed(dearer);
                let checks = micros / state.estimate;
                Allowance::Checks(usize::try_from(checks).unwrap_or(usize::MAX).max(1))
            }
        }
    }

    /// Whether checks wait for it, so that what else it pays for should leave something for them.
    pub(crate) fn is_short(&self, now: Millis) -> bool {
        self.state.borrow().throttle.is_short(now)
    }

    /// Rests after a piece of an errand that has cost so many microseconds of CPU, if it must.
    pub(crate) async fn rest_after(&self, clock: &Clock, piece: u64, errand: Errand) {
        let rested = self
            .state
            .borrow_mut()
            .throttle
            .rest(clock.now(), cpu_used(), piece, errand);
        if let Some(until) = rested {
            sleep_until(clock.instant(until)).await;
        }
    }

    /// A check of the batch is made: whether the next one may be. Not where checks turn out to cost far more than they did when
    /// the batch was given out: it would leave a debt.
    pub(crate) fn goes_on(&self) -> bool {
        let mut state = self.state.borrow_mut();
        let cost = state.cost();
        state.batch = state.batch.saturating_sub(cost);
        state.batch >= cost || cost == state.estimate
    }

    /// Learns what a check has used, in microseconds of CPU.
    pub(crate) fn learn(&self, micros: u64) {
        self.state.borrow_mut().estimate_cost(micros);
    }

    /// By what, in thousandths, the refill is lowered now, or the rate of checks.
    pub(crate) fn pace_permille(&self) -> u32 {
        self.state.borrow().throttle.pace()
    }

    /// A span, the longer the less of the budget pressure on the host leaves: five times as long at the most.
    pub(crate) fn slowed(&self, span: Duration) -> Duration {
        span.mul_f64(1_000.0 / f64::from(self.pace_permille().max(1)))
    }

    /// How long something rests that took so much of a CPU and asks nobody, for it to take at most one part in so many of
    /// the budget as it is now.
    pub(crate) fn rest(&self, cost: Duration, parts: u32) -> Duration {
        let budget = self.share().fraction();
        // A budget is a tenth of a percent at least.
        self.slowed(cost).mul_f64(f64::from(parts) / budget)
    }

    /// By what, in thousandths, the wanted rate of checks is multiplied. Tokens leave the rate alone and hold back
    /// what they cannot pay for.
    pub(crate) fn rate_permille(&self) -> u32 {
        match self.settings.get().policy {
            Policy::Tokens => 1_000,
            Policy::Step => self.state.borrow().throttle.pace(),
        }
    }

    /// How it stands.
    pub(crate) fn view(&self, now: Millis) -> BudgetView {
        let mut state = self.state.borrow_mut();
        state.throttle.report(now, cpu_used());
        let throttle = &state.throttle;
        BudgetView {
            policy: match self.settings.get().policy {
                Policy::Tokens => "tokens",
                Policy::Step => "step",
            },
            budget_permille: throttle.budget().permille(),
            used_permille: f64::from(throttle.used(now).micros_per_second()) / 1_000.0,
            pace_permille: throttle.pace(),
            window_ms: WINDOW.0.min(now.0),
            forgiven_us: throttle.forgiven(),
        }
    }
}

fn law(settings: BudgetSettings) -> (throttle::Policy, CpuShare) {
    let micros = (settings.cpu_percent.fraction() * 1e6).round();
    let law = match settings.policy {
        Policy::Tokens => throttle::Policy::Tokens,
        Policy::Step => throttle::Policy::Factor,
    };
    // At most a million: a percentage is at most one hundred.
    (law, CpuShare::from_micros_per_second(micros as u32))
}

impl State {
    /// What the next check is thought to cost.
    const fn cost(&self) -> u64 {
        if self.latest >= self.estimate.saturating_mul(DEARER) {
            self.latest
        } else {
            self.estimate
        }
    }

    fn estimate_cost(&mut self, micros: u64) {
        let cost = micros.clamp(5, 20_000);
        self.latest = cost;
        self.estimate = (self.estimate * (ESTIMATE_WEIGHT - 1) + cost).div_ceil(ESTIMATE_WEIGHT);
    }

    fn look_at_pressure(&mut self, now: Millis) {
        if self
            .pressure_seen
            .is_some_and(|seen| now - seen < PRESSURE_EVERY)
        {
            return;
        }
        self.pressure_seen = Some(now);
        if let Some(percent) = pressure_percent() {
            self.throttle.observe_pressure(now, percent);
        }
    }
}

/// The share of the last ten seconds in which some task waited for a CPU (Linux PSI), in percent.
#[cfg(target_os = "linux")]
fn pressure_percent() -> Option<u8> {
    use procfs::Current;
    let some = procfs::CpuPressure::current().ok()?.some.avg10;
    // A percentage; the cast saturates.
    Some(some.round().clamp(0.0, 100.0) as u8)
}

#[cfg(not(target_os = "linux"))]
fn pressure_percent() -> Option<u8> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[tokio::test]
    async fn work_is_charged_with_what_it_really_used() {
        let budget = CpuBudget::new(BudgetSettings::default(), &Clock::start());
        assert!(matches!(budget.allow(Millis(0)), Allowance::Checks(_)));
        let before = cpu_used();
        let mut sum = 0_u64;
        // Ten times what the bucket of a 1 % budget holds.
        while cpu_used() - before < 500_000 {
            sum = black_box(sum.wrapping_add(1));
        }
        let allowed = budget.allow(Millis(1));
        assert!(
            matches!(allowed, Allowance::Wait(until) if until > Millis(1_000)),
            "{allowed:?}"
        );
    }

    #[test]
    fn the_estimate_follows_the_measurements() {
        let throttle = Throttle::new(throttle::Policy::Tokens, CpuShare::from_permille(10));
        let mut state = State {
            throttle,
            estimate: FIRST_ESTIMATE,
            latest: FIRST_ESTIMATE,
            batch: 0,
            pressure_seen: None,
        };
        (0..40).for_each(|_| state.estimate_cost(20));
        assert!((18..=27).contains(&state.estimate), "{}", state.estimate);
        // One measurement, however strange, does not decide.
        state.estimate_cost(u64::MAX);
        assert!(state.estimate < 2_600, "{}", state.estimate);
    }

    #[test]
    fn a_batch_ends_when_its_checks_turn_out_to_be_dear() {
        let budget = CpuBudget::new(BudgetSettings::default(), &Clock::start());
        (0..100).for_each(|_| budget.learn(10));
        let batch = || match budget.allow(Millis(0)) {
            Allowance::Checks(number) => number,
            Allowance::Wait(until) => panic!("the bucket is empty until {until:?}"),
        };
        let number = batch();
        assert!(number > 100, "{number}");
        // As many as were allowed, as long as they cost what they did, and a little more or less.
        (0..17).for_each(|_| assert!(budget.goes_on()));
        budget.learn(15);
        (17..number).for_each(|_| assert!(budget.goes_on()));

        let number = batch();
        (0..17).for_each(|_| assert!(budget.goes_on()));
        budget.learn(160);
        let more = (0..number).take_while(|_| budget.goes_on()).count();
        assert!((5..20).contains(&more), "{more}");
    }

    #[test]
    fn what_asks_nobody_rests_for_longer_on_a_host_under_pressure() {
        let budget = CpuBudget::new(BudgetSettings::default(), &Clock::start());
        let cost = Duration::from_millis(1);
        let rested = |budget: &CpuBudget| budget.rest(cost, 2).as_millis();
        assert!((199..=201).contains(&rested(&budget)));
        let slow = |secs| {
            let now = Millis::from_secs(secs);
            budget.state.borrow_mut().throttle.observe_pressure(now, 90);
        };
        (0..20).for_each(|look| slow(look * 5));
        assert_eq!(budget.pace_permille(), 200);
        assert!((999..=1_001).contains(&rested(&budget)));
    }
}
