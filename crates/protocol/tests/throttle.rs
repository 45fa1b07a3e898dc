//! The throttle against a step model: no real CPU is used. It mirrors the loads by which control laws were compared.
//!
//! The plant wants 200 checks a second at about 100 us each, 2 % of a core, and has a budget of 1 %. It runs at most ten checks at once,
//! trusts its estimate of their cost, and is woken late by a busy host.

use landfall_protocol::{
    rng::Rng,
    throttle::{CpuShare, Decision, Errand, Policy, Throttle},
    time::Millis,
};
use proptest::prelude::*;

const BUDGET: CpuShare = CpuShare::from_permille(10);
const SECONDS: u64 = 1_200;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Load {
    Steady,
    /// Others use most of the machine all the time.
    Busy,
    /// Others use most of the machine for 20 s, and nothing for 20 s.
    Square,
    /// From 400 s on, a check costs ten times as much.
    CostTimesTen,
}

const LOADS: [Load; 4] = [Load::Steady, Load::Busy, Load::Square, Load::CostTimesTen];

impl Load {
    fn is_busy(self, now: u64) -> bool {
        self == Self::Busy || (self == Self::Square && now / 20_000 % 2 == 1)
    }

    /// CPU microseconds of a check.
    fn cost(self, now: u64, rng: &mut Rng) -> u64 {
        let cost = rng.between(70, 130);
        if self == Self::CostTimesTen && now >= 400_000 {
            cost * 10
        } else {
            cost
        }
    }
}

/// Runs the plant and returns the CPU microseconds used until the end of each second.
fn run(policy: Policy, load: Load, psi: bool) -> Vec<u64> {
    let mut throttle = Throttle::new(policy, BUDGET);
    let mut rng = Rng::new(1);
    let (mut used, mut due, mut estimate, mut wake) = (0, 0, 100, 0);
    let mut by_second = vec![0];
    for now in 0..SECONDS * 1_000 {
        // Wanted checks in thousandths; a check that is overdue does not become due again.
        due = (due + 200 * u64::from(throttle.pace()) / 1_000).min(200_000);
        if psi && now % 2_000 == 0 {
            throttle.observe_pressure(Millis(now), if load.is_busy(now) { 80 } else { 2 });
        }
        if now >= wake && due >= 1_000 {
            match throttle.allow(Millis(now), used) {
                Decision::Spend(micros) => {
                    let batch = (micros / estimate).clamp(1, 10).min(due / 1_000);
                    let cost: u64 = (0..batch).map(|_| load.cost(now, &mut rng)).sum();
                    due -= batch * 1_000;
                    used += cost;
                    estimate = (9 * estimate + cost / batch).div_ceil(10);
                    wake = now + 1 + cost / 1_000;
                }
                Decision::Wait(until) => {
                    assert!(until > Millis(now), "it waits for what has passed");
                    wake = until.0
                        + if load.is_busy(now) {
                            rng.below(200)
                        } else {
                            rng.below(2)
                        };
                }
            }
        }
        if (now + 1) % 1_000 == 0 {
            by_second.push(used);
        }
    }
    by_second
}

/// The use of every minute, in thousandths of the budget.
fn minutes(by_second: &[u64]) -> Vec<u64> {
    let budget = u64::from(BUDGET.micros_per_second()) * 60;
    by_second
        .windows(61)
        .map(|minute| (minute[60] - minute[0]) * 1_000 / budget)
        .collect()
}

#[test]
fn with_tokens_every_minute_keeps_within_5_percent_of_the_budget_under_every_load() {
    for load in LOADS {
        let minutes = minutes(&run(Policy::Tokens, load, false));
        assert_eq!(minutes.len() as u64, SECONDS - 59);
        let (least, most) = (minutes.iter().min().unwrap(), minutes.iter().max().unwrap());
        assert!(
            (950..=1_050).contains(least) && *most <= 1_050,
            "{load:?}: {least}..{most}"
        );
    }
}

#[test]
fn pressure_on_the_host_lowers_the_use_and_never_raises_it() {
    for load in LOADS {
        let minutes = minutes(&run(Policy::Tokens, load, true));
        assert!(
            minutes.iter().all(|used| *used <= 1_050),
            "{load:?}: {:?}",
            minutes.iter().max()
        );
        let last = *minutes.last().unwrap();
        match load {
            Load::Busy => assert!((190..=210).contains(&last), "{last}"),
            Load::Square => assert!((300..=900).contains(&last), "{last}"),
            Load::Steady | Load::CostTimesTen => assert!(last >= 950, "{last}"),
        }
    }
}

#[test]
fn the_factor_law_keeps_near_the_budget_until_its_floor_breaks_it() {
    let steady = minutes(&run(Policy::Factor, Load::Steady, false));
    assert!(
        (900..=1_100).contains(steady.last().unwrap()),
        "{:?}",
        steady.last()
    );
    let dear = minutes(&run(Policy::Factor, Load::CostTimesTen, false));
    assert!(
        (3_800..=4_200).contains(dear.last().unwrap()),
        "{:?}",
        dear.last()
    );
}

#[test]
fn what_serving_clients_uses_is_charged_and_the_rest_forgiven() {
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    throttle.allow(Millis(0), 0);
    throttle.allow(Millis::from_secs(9), 0);
    // Ten seconds of a core: 1,000 s of the budget, of which a minute is earned back.
    let Decision::Wait(until) = throttle.allow(Millis::from_secs(10), 10_000_000) else {
        panic!("it may spend")
    };
    assert_eq!(until, Millis::from_secs(9 + 10));
    assert_eq!(throttle.forgiven(), 10_000_000 - 10_000 - 10_000 - 600_000);
    assert_eq!(throttle.used(Millis::from_secs(10)).permille(), 1_000);
    // Until then there is a batch every ten seconds, then there are tokens for one after the other.
    let (mut now, mut batches) = (until, Vec::new());
    while batches.len() < 8 {
        match throttle.allow(now, 10_000_000) {
            Decision::Spend(_) => {
                batches.push(now.0);
                now += Millis(1);
            }
            Decision::Wait(until) => now = until,
        }
    }
    assert_eq!(
        batches,
        [
            19_000, 29_000, 39_000, 49_000, 59_000, 69_000, 70_250, 70_251
        ]
    );
}

/// Work that is always overdue, done by somebody whose every wake-up costs something too.
#[test]
fn waking_up_takes_little_of_what_is_waited_for() {
    for (budget, wake_up) in [(10, 30), (2, 10)] {
        let mut throttle = Throttle::new(Policy::Tokens, CpuShare::from_permille(budget));
        let (mut now, mut used, mut done) = (Millis(0), 0, 0);
        while now < Millis::from_secs(60) {
            used += wake_up;
            match throttle.allow(now, used) {
                Decision::Spend(micros) => {
                    used += micros;
                    done += micros;
                    now += Millis(1);
                }
                Decision::Wait(until) => now = until,
            }
        }
        assert!(done * 10 >= used * 9, "{done} of {used} at {budget}");
    }
}

/// Checks that are always overdue, of which each costs 100 us, beside something that asks nobody and uses so many thousandths of
/// the budget in each minute, on a host under this pressure. Returns the CPU used by the second, and the longest time
/// without a batch.
fn beside(others: &[u64], pressure: u8) -> (Vec<u64>, u64) {
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    let (mut used, mut wake, mut last, mut longest) = (0, 0, 0, 0);
    let mut by_second = vec![0];
    for now in (0..others.len() as u64 * 60_000).step_by(10) {
        let share = others[(now / 60_000) as usize];
        // Ten milliseconds of its share: a thousandth of the budget is 10 us a second.
        used += share / 10 + u64::from(now / 10 % 10 < share % 10);
        if now % 5_000 == 0 {
            throttle.observe_pressure(Millis(now), pressure);
        }
        if now >= wake {
            match throttle.allow(Millis(now), used) {
                Decision::Spend(micros) => {
                    used += micros / 100 * 100;
                    longest = longest.max(now - last);
                    (last, wake) = (now, now + 10);
                }
                Decision::Wait(until) => wake = until.0,
            }
        }
        if (now + 10) % 1_000 == 0 {
            by_second.push(used);
        }
    }
    (by_second, longest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_asks_nobody_starves_no_checks_and_both_keep_to_the_budget_while_it_does(
        others in prop::collection::vec(0_u64..=1_000, 2..8), pressure in 0_u8..=100,
    ) {
        let (by_second, longest) = beside(&others, pressure);
        let most = minutes(&by_second).into_iter().max().unwrap();
        prop_assert!(most <= 1_050, "{most}");
        prop_assert!(longest <= 10_100, "{longest}");
    }

    #[test]
    fn whatever_else_is_used_checks_take_no_more_than_a_fortieth_beyond_the_budget(
        more in 1_000_u64..100_000, pressure in 0_u8..=100,
    ) {
        let (by_second, longest) = beside(&[more; 6], pressure);
        let later: Vec<u64> = by_second[60..].to_vec();
        for minute in minutes(&later) {
            // Six batches in a minute, seven at most.
            prop_assert!((more..=more + 30).contains(&minute), "{minute} of {more}");
        }
        prop_assert!(longest <= 10_100, "{longest}");
    }
}

#[test]
fn a_batch_that_is_dearer_than_it_should_be_puts_off_the_next_one_in_proportion() {
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    throttle.allow(Millis(0), 0);
    // Debt that a minute does not earn back.
    assert_eq!(
        throttle.allow(Millis(1), 100_000_000),
        Decision::Wait(Millis(10_000))
    );
    let start = Decision::Spend(2_500);
    assert_eq!(throttle.allow(Millis(10_000), 100_000_000), start);
    // Four times the cost of a batch: the next is due after 40 s.
    throttle.exceed(7_500);
    assert_eq!(
        throttle.allow(Millis(10_001), 100_010_000),
        Decision::Wait(Millis(50_000))
    );
    // To report is not to ask: nobody takes the batch away.
    throttle.report(Millis(50_000), 100_010_000);
    assert_eq!(throttle.allow(Millis(50_000), 100_010_000), start);
}

#[test]
fn rest_does_not_add_up_beyond_the_burst() {
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    throttle.allow(Millis(0), 0);
    let (mut now, mut used) = (Millis::from_secs(3_600), 0);
    while let Decision::Spend(micros) = throttle.allow(now, used) {
        used += micros;
        now += Millis(1);
    }
    assert!(used <= 10_100, "{used}");
}

#[test]
fn an_errand_goes_on_while_the_balance_pays_for_it_and_then_as_it_is_earned() {
    let errand = Errand {
        parts: 2,
        credit: Millis::ZERO,
    };
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    assert_eq!(throttle.rest(Millis(0), 0, 0, errand), None);
    // There are 10 ms.
    assert_eq!(throttle.rest(Millis(0), 10_000, 10_000, errand), None);
    // It owes 5 ms, which takes half a second; a little is rested for as long as it takes to be worth waking up for.
    assert_eq!(
        throttle.rest(Millis(0), 15_000, 5_000, errand),
        Some(Millis(500))
    );
    assert_eq!(
        throttle.rest(Millis(490), 15_000, 0, errand),
        Some(Millis(615))
    );
    assert_eq!(throttle.rest(Millis(500), 15_000, 0, errand), None);
    // On credit it goes further into debt, and whatever somebody has used, it comes to its end.
    let credit = Errand {
        credit: Millis(1_000),
        ..errand
    };
    assert_eq!(throttle.rest(Millis(500), 25_000, 10_000, credit), None);
    assert_eq!(
        throttle.rest(Millis(500), 25_000, 10_000, errand),
        Some(Millis(1_500))
    );
    assert_eq!(
        throttle.rest(Millis(500), 9_000_000, 0, errand),
        Some(Millis(10_500))
    );
}

#[test]
fn while_others_wait_an_errand_takes_its_part_and_no_more() {
    let errand = Errand {
        parts: 4,
        credit: Millis::from_secs(60),
    };
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    assert_eq!(throttle.allow(Millis(0), 0), Decision::Spend(2_500));
    assert_eq!(throttle.rest(Millis(0), 2_500, 1_000, errand), None);
    assert_eq!(
        throttle.allow(Millis(0), 12_500),
        Decision::Wait(Millis(500))
    );
    // A quarter of 10 ms a second: 1 ms takes 400 ms.
    assert_eq!(
        throttle.rest(Millis(100), 12_500, 1_000, errand),
        Some(Millis(500))
    );
    assert_eq!(
        throttle.rest(Millis(1_400), 12_500, 1_000, errand),
        Some(Millis(1_800))
    );
    // Nobody has come back for a second.
    assert_eq!(throttle.rest(Millis(1_600), 12_500, 1_000, errand), None);
    // The simple law has no balance: it takes the budget.
    let mut simple = Throttle::new(Policy::Factor, BUDGET);
    assert_eq!(
        simple.rest(Millis(0), 5_000, 5_000, errand),
        Some(Millis(500))
    );
}

#[test]
fn a_budget_of_nothing_allows_nothing() {
    let mut throttle = Throttle::new(Policy::Tokens, CpuShare::default());
    assert_eq!(
        throttle.allow(Millis(5), 100),
        Decision::Wait(Millis::NEVER)
    );
}

#[test]
fn numbers_at_their_ends_break_nothing() {
    for budget in [0, 1, u32::MAX] {
        for policy in [Policy::Tokens, Policy::Factor] {
            let mut throttle = Throttle::new(policy, CpuShare::from_micros_per_second(budget));
            for (now, used) in [(0, u64::MAX), (u64::MAX, 0), (u64::MAX, u64::MAX), (7, 7)] {
                throttle.allow(Millis(now), used);
                throttle.observe_pressure(Millis(now), u8::MAX);
                throttle.used(Millis(now));
                for (parts, credit) in [(0, 0), (u32::MAX, u64::MAX)] {
                    let credit = Millis(credit);
                    let rest = throttle.rest(Millis(now), used, u64::MAX, Errand { parts, credit });
                    assert!(rest.is_none_or(|until| until <= Millis(now) + Millis(10_000)));
                }
            }
            assert!((200..=1_000).contains(&throttle.pace()));
        }
    }
}
