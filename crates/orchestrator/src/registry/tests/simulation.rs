//! Checks, budget and leases together, in virtual time: what the daemon does in minutes, with checks that cost what the
//! test says, on a host that is as busy as the test says.

use super::registrations::{at, registration, with};
use super::*;
use crate::registration::RegistrationId;
use landfall_protocol::throttle::{CpuShare, Decision, Errand, Policy, Throttle};
use proptest::prelude::*;
use serde_json::json;
use std::collections::HashMap;

/// 1 % of a core.
const BUDGET: CpuShare = CpuShare::from_permille(10);
const EVERY_SECOND: Pace = Pace {
    steady: Millis(1_000),
    unsteady: Millis(500),
    slack_permille: 200,
};
const MINUTES: u64 = 4;

/// What a machine does to its daemon.
#[derive(Debug, Clone, Copy)]
struct Load {
    services: u16,
    /// So many of them fail.
    failing: u16,
    /// CPU of one check in microseconds, in each of the minutes.
    cost: [u64; MINUTES as usize],
    /// How many times as long as its CPU time a batch takes.
    slowness: u64,
    /// Pressure on the host, in percent.
    pressure: u8,
    /// Sockets that appear at once in the middle of it, whose places are asked what they are.
    flood: u32,
}

/// When they appear.
const FLOOD_AT: u64 = 90_000;
/// CPU of asking one, in microseconds.
const ASKING_COST: u64 = 300;
/// As the finder does: a quarter of the budget, by four.
const ASKING: Errand = Errand {
    parts: 4 * 4,
    credit: Millis::ZERO,
};

/// What came of it.
#[derive(Debug)]
struct Outcome {
    /// CPU by the second, in microseconds.
    used: Vec<u64>,
    /// The longest time without a check, by service.
    waited: HashMap<u16, u64>,
    /// When leases ended, and when they should have.
    ended: Vec<(u64, u64)>,
    /// When the first and the last place were asked.
    asked: Option<(u64, u64)>,
    /// How many were.
    known: u32,
}

fn run(load: &Load) -> Outcome {
    let mut registry = registry();
    for port in 1..=load.services {
        let body = with(at(&format!("s{port}"), &[port]), "lease", json!(86_400));
        registry.register(registration(port.into(), 0, &body), Millis(0));
    }
    // Ones that end while all the others are checked, at times that nothing else falls on.
    let leases = [7, 61, 133];
    for (index, lease) in leases.iter().enumerate() {
        let id = 10_000 + index as u64;
        let body = with(
            at(&format!("l{index}"), &[20_000 + index as u16]),
            "lease",
            json!(lease),
        );
        registry.register(registration(id, 0, &body), Millis(index as u64 * 333));
    }
    let end = MINUTES * 60_000;
    let mut throttle = Throttle::new(Policy::Tokens, BUDGET);
    let mut outcome = Outcome {
        used: vec![0; MINUTES as usize * 60 + 60],
        waited: HashMap::new(),
        ended: Vec::new(),
        asked: None,
        known: 0,
    };
    let mut askers = [FLOOD_AT; 4];
    let mut checked: HashMap<u16, u64> = HashMap::new();
    let (mut now, mut cpu, mut queue) = (0, 0, VecDeque::new());
    while now < end {
        for id in registry.lapsed(Millis(now)) {
            let index = id.0 - 10_000;
            outcome
                .ended
                .push((now, leases[index as usize] * 1_000 + index * 333));
            registry.deregister(RegistrationId(id.0));
        }
        throttle.observe_pressure(Millis(now), load.pressure);
        registry.queue_due(&mut queue, Millis(now), &EVERY_SECOND);
        let cost = load.cost[(now / 60_000) as usize];
        let mut next = registry.next_check();
        if !queue.is_empty() {
            match throttle.allow(Millis(now), cpu) {
                Decision::Wait(until) => next = Some(until),
                Decision::Spend(micros) => {
                    let number = (micros / cost).clamp(1, queue.len() as u64) as usize;
                    for id in queue.drain(..number) {
                        let Some(order) = registry.check_order(id, Millis(now), &EVERY_SECOND)
                        else {
                            continue;
                        };
                        let port = order.target.port();
                        let since = checked.insert(port, now).unwrap_or_default();
                        let waited = outcome.waited.entry(port).or_default();
                        *waited = (*waited).max(now - since);
                        let verdict = match port {
                            _ if port <= load.failing => FAILED,
                            _ => ALIVE,
                        };
                        let done = Checked {
                            arrivals: order.arrivals,
                            verdict,
                        };
                        registry.record(id, &done, Millis(now), now);
                        registry.hasten(id, Millis(now), &EVERY_SECOND);
                    }
                    let spent = cost * number as u64;
                    cpu += spent;
                    outcome.used[(now / 1_000) as usize] += spent;
                    next = Some(Millis(now + (spent * load.slowness).div_ceil(1_000)));
                }
            }
        }
        for rested in &mut askers {
            if outcome.known < load.flood && now >= *rested {
                outcome.known += 1;
                outcome.asked = Some((outcome.asked.map_or(now, |it| it.0), now));
                cpu += ASKING_COST;
                outcome.used[(now / 1_000) as usize] += ASKING_COST;
                let rest = throttle.rest(Millis(now), cpu, ASKING_COST, ASKING);
                *rested = rest.map_or(now + 1, |it| it.0);
            }
        }
        let lapse = registry.next_lapse().map_or(end, |it| it.0);
        let rested = askers.iter().copied().min();
        let errand = rested.filter(|_| outcome.known < load.flood).unwrap_or(end);
        now = next
            .map_or(end, |it| it.0)
            .min(lapse)
            .min(errand)
            .max(now + 1);
    }
    // Those with a lease of their own have ended.
    outcome.waited.retain(|port, _| *port <= load.services);
    for port in 1..=load.services {
        let since = checked.get(&port).copied().unwrap_or_default();
        let waited = outcome.waited.entry(port).or_default();
        *waited = (*waited).max(end - since);
    }
    outcome
}

impl Outcome {
    /// The most and the least of a budget that a window of a minute has used.
    fn minutes(&self) -> (f64, f64) {
        let seconds = &self.used[..MINUTES as usize * 60];
        let a_minute = f64::from(BUDGET.micros_per_second()) * 60.0;
        let shares = seconds
            .windows(60)
            .map(|minute| minute.iter().sum::<u64>() as f64 / a_minute);
        shares.fold((0.0, f64::MAX), |(most, least), share| {
            (f64::max(most, share), f64::min(least, share))
        })
    }

    /// Leases end when they should, whatever the checks do.
    fn leases_end_in_time(&self) -> bool {
        self.ended.len() == 3 && self.ended.iter().all(|(at, due)| at == due)
    }
}

/// Services whose checks cost twice the budget.
const STEADY: Load = Load {
    services: 200,
    failing: 0,
    cost: [100; MINUTES as usize],
    slowness: 2,
    pressure: 0,
    flood: 0,
};

#[test]
fn the_budget_is_used_and_kept_under_a_steady_load() {
    let outcome = run(&STEADY);
    let (most, least) = outcome.minutes();
    assert!(most <= 1.05 && least >= 0.95, "{least} to {most}");
    assert!(outcome.leases_end_in_time(), "{:?}", outcome.ended);
}

#[test]
fn thousands_that_appear_at_once_are_asked_as_the_budget_pays_for_it_and_leave_most_of_it_to_checks()
 {
    let outcome = run(&Load {
        flood: 10_000,
        ..STEADY
    });
    let (most, least) = outcome.minutes();
    assert!(most <= 1.05 && least >= 0.95, "{least} to {most}");
    // In the 150 s that are left there is CPU for 5,000 of them, and a quarter of that is theirs.
    assert!(
        (1_000..=1_300).contains(&outcome.known),
        "{}",
        outcome.known
    );
    // A round of all 200 takes 3 s with what is left.
    let longest = outcome.waited.values().max().unwrap();
    assert!(*longest < 10_000, "{longest}");
    assert!(outcome.leases_end_in_time(), "{:?}", outcome.ended);
}

#[test]
fn where_there_is_little_to_do_whoever_appears_is_asked_at_once_and_many_take_all_that_is_left() {
    let quiet = Load {
        services: 20,
        cost: [50; MINUTES as usize],
        slowness: 1,
        flood: 1,
        ..STEADY
    };
    assert_eq!(run(&quiet).asked, Some((FLOOD_AT, FLOOD_AT)));
    // Their checks take a tenth of the budget: there are 9 ms a second for the others, and what was saved.
    let outcome = run(&Load {
        flood: 3_000,
        ..quiet
    });
    let (first, last) = outcome.asked.unwrap();
    assert_eq!((first, outcome.known), (FLOOD_AT, 3_000));
    assert!(
        (90_000..=115_000).contains(&(last - first)),
        "{first} {last}"
    );
    assert!(outcome.minutes().0 <= 1.05, "{:?}", outcome.minutes());
}

#[test]
fn others_that_are_busy_cost_time_and_never_more_than_the_budget() {
    let busy = run(&Load {
        slowness: 20,
        ..STEADY
    });
    let (most, least) = busy.minutes();
    assert!(most <= 1.05 && least >= 0.95, "{least} to {most}");
    // Pressure takes the pace down to a fifth within 80 s.
    let pressed = run(&Load {
        pressure: 90,
        ..STEADY
    });
    let (most, least) = pressed.minutes();
    assert!(
        most <= 1.05 && (0.15..0.3).contains(&least),
        "{least} to {most}"
    );
    assert!(busy.leases_end_in_time() && pressed.leases_end_in_time());
}

#[test]
fn checks_that_cost_ten_times_as_much_are_made_a_tenth_as_often() {
    let outcome = run(&Load {
        cost: [100, 1_000, 1_000, 100],
        ..STEADY
    });
    let (most, least) = outcome.minutes();
    assert!(most <= 1.05 && least >= 0.95, "{least} to {most}");
    // A round of all takes 20 s then.
    let longest = outcome.waited.values().max().unwrap();
    assert!((20_000..45_000).contains(longest), "{longest}");
}

#[test]
fn what_changes_goes_first_and_starves_nobody() {
    // The failing ones alone would take the whole budget.
    let outcome = run(&Load {
        failing: 100,
        cost: [200; 4],
        ..STEADY
    });
    let longest = |failing: bool| {
        let of_them = outcome
            .waited
            .iter()
            .filter(|(port, _)| (**port <= 100) == failing);
        of_them.map(|(_, waited)| *waited).max().unwrap()
    };
    // 200 checks of 200 us are 4 s at 10 ms a second.
    assert!(
        longest(true) <= longest(false) && longest(false) < 3 * 4_000,
        "{outcome:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_minute_is_within_the_budget_and_every_service_has_its_turn(
        services in 1_u16..300, failing in 0_u16..300, slowness in 1_u64..50, pressure in 0_u8..=100,
        cost in prop::array::uniform4(20_u64..2_000), flood in 0_u32..5_000,
    ) {
        let load = Load { services, failing, cost, slowness, pressure, flood };
        let outcome = run(&load);
        let (most, _) = outcome.minutes();
        prop_assert!(most <= 1.05, "{most}");
        prop_assert!(outcome.leases_end_in_time(), "{:?}", outcome.ended);
        // A round of all at the least pace: nobody waits for much longer than for two.
        let dearest = cost.iter().max().unwrap();
        let round = u64::from(services + 3) * dearest / 10 * 5;
        let longest = outcome.waited.values().max().unwrap();
        prop_assert!(*longest <= 3 * round + 5_000, "{longest} of {round}");
    }
}
