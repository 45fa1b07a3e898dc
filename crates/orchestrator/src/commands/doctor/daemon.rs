//! The daemon at work: whether its budget suffices, and whether its clock goes evenly.

use super::finding::Finding;
use super::port::{Checked, Health, Running};
use crate::commands::table::printable;
use crate::settings::Settings;
use std::time::Duration;

/// CPU time of one check, generously: see `docs/orchestrator.md` for what is measured.
const CHECK: Duration = Duration::from_micros(40);
/// A verdict that is older than so many intervals was held back.
const PATIENCE: u32 = 3;
/// So many instances that are not healthy are named.
const NAMED: usize = 3;
/// By how much the wall clock may drift from the monotonic one between a check and now, in milliseconds.
const DRIFT: u64 = 2_000;

/// Looks at it.
pub(super) fn look(settings: &Settings, running: Option<&Running>) -> Vec<Finding> {
    let mut findings = vec![budget(settings, running)];
    if let Some(running) = running {
        findings.extend(descriptors(running));
        findings.push(clock(&running.health));
        findings.push(services(&running.health));
    }
    findings
}

/// The share of a core that the checks need, in percent: of the settings' services, and of the others that run.
fn needed(settings: &Settings, running: Option<&Running>) -> f64 {
    let usual = settings.checks.interval.0.as_secs_f64();
    let of_settings = settings.services.iter().map(|service| {
        let interval = service
            .check()
            .interval
            .map_or(usual, |it| it.0.as_secs_f64());
        1.0 / interval
    });
    let known = running.map_or(0, |running| running.health.services.len());
    // The daemon lists itself, and does not check itself.
    let others = known.saturating_sub(settings.services.len() + 1) as f64 / usual;
    (of_settings.sum::<f64>() + others) * CHECK.as_secs_f64() * 100.0
}

fn budget(settings: &Settings, running: Option<&Running>) -> Finding {
    let needed = needed(settings, running);
    let have = running.map_or(settings.budget.cpu_percent.fraction() * 100.0, |running| {
        running.status.budget.budget_permille / 10.0
    });
    let mend = |enough: f64| {
        let enough = enough.clamp(0.1, 100.0);
        format!("set budget.cpu_percent to {enough:.1} or more, or make checks.interval longer")
    };
    if let Some(running) = running {
        let held = &running.status.budget;
        let late = settings.checks.interval.0 * PATIENCE;
        let oldest = Duration::from_millis(held.oldest_verdict_ms.unwrap_or(0));
        if held.overdue > 0 && oldest > late {
            let said = format!(
                "the budget of {have:.1} % of a core is too small: {} checks wait, and the oldest verdict is {} s old",
                held.overdue,
                oldest.as_secs()
            );
            return Finding::problem("budget", said, mend((have * 2.0).max(needed * 1.5)));
        }
        if needed <= have {
            let used = held.used_permille / 10.0;
            let said = format!("{used:.2} % of a core of {have:.1} % used, no verdict is late");
            return Finding::well("budget", said);
        }
    }
    if needed > have {
        let said = format!(
            "the checks may need {needed:.1} % of a core, the budget is {have:.1} %: verdicts will be older than checks.interval"
        );
        return Finding::warning("budget", said, mend(needed * 1.5));
    }
    Finding::well(
        "budget",
        format!("{have:.1} % of a core; the settings' services need {needed:.2} %"),
    )
}

fn clock(health: &Health) -> Finding {
    let moved = health.services.iter().filter_map(|it| {
        // Negative where the clock went back to before the check.
        let by_wall = health.now as f64 - it.checked_at? as f64;
        Some(by_wall - it.age_ms? as f64)
    });
    let most = moved.fold(
        0.0_f64,
        |most, it| if it.abs() > most.abs() { it } else { most },
    );
    if most.abs() > DRIFT as f64 {
        let seconds = (most.abs() / 1_000.0).round();
        let way = if most > 0.0 { "forwards" } else { "backwards" };
        return Finding::warning(
            "clock",
            format!("the wall clock has jumped {way} by {seconds} s since the last checks"),
            "checks and leases go by a clock that does not jump, and are right; look at the time synchronisation of this machine".to_owned(),
        );
    }
    Finding::well(
        "clock",
        "the wall clock has not jumped since the last checks".to_owned(),
    )
}

/// Whether the daemon's services are healthy, and why not.
fn services(health: &Health) -> Finding {
    let is_wrong = |it: &&Checked| it.class != "healthy";
    let wrong = health.services.iter().filter(is_wrong);
    let (count, all) = (wrong.clone().count(), health.services.len());
    if count == 0 {
        return Finding::well("services", format!("all instances ({all}) are healthy"));
    }
    let named = wrong.take(NAMED).filter_map(|it| {
        let why = it.message.as_deref().unwrap_or(&it.class);
        printable(&format!("{}: {why}", it.service))
    });
    let named: Vec<_> = named.collect();
    let more = if count > NAMED { "; …" } else { "" };
    Finding::warning(
        "services",
        format!(
            "of {all} instances {count} are not healthy: {}{more}",
            named.join("; ")
        ),
        "`landfall services` shows all of them, with the reason and since when".to_owned(),
    )
}

#[cfg(target_os = "linux")]
fn descriptors(running: &Running) -> Option<Finding> {
    use procfs::process::{LimitValue, Process};
    let pid = i32::try_from(running.process.as_ref()?.pid).ok()?;
    let process = Process::new(pid).ok()?;
    let used = u64::try_from(process.fd_count().ok()?).ok()?;
    let LimitValue::Value(limit) = process.limits().ok()?.max_open_files.soft_limit else {
        return None;
    };
    (used >= limit / 10 * 9).then(|| {
        Finding::problem(
            "files",
            format!("the daemon uses {used} of its {limit} file descriptors"),
            "raise its hard limit (LimitNOFILE in a unit, ulimit -Hn in a shell), or lower checks.idle_connections".to_owned(),
        )
    })
}

#[cfg(not(target_os = "linux"))]
fn descriptors(_running: &Running) -> Option<Finding> {
    None
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::super::port::{Budget, Checked, Epoch, Status};
    use super::*;

    fn running(services: usize, overdue: u64, oldest_verdict_ms: u64) -> Running {
        let check = || Checked {
            service: "shop".to_owned(),
            class: "healthy".to_owned(),
            message: None,
            checked_at: Some(1_000),
            age_ms: Some(500),
        };
        Running {
            status: Status {
                version: String::new(),
                epoch: Epoch {
                    registry: String::new(),
                },
                budget: Budget {
                    budget_permille: 10.0,
                    used_permille: 4.0,
                    overdue,
                    oldest_verdict_ms: Some(oldest_verdict_ms),
                },
            },
            health: Health {
                now: 1_500,
                services: std::iter::repeat_with(check).take(services).collect(),
            },
            process: None,
        }
    }

    #[test]
    fn a_budget_that_holds_verdicts_back_is_a_problem_and_one_that_will_is_a_warning() {
        let settings = Settings::default();
        let look = |running: &Running| budget(&settings, Some(running));
        assert_eq!(look(&running(100, 3, 8_000)).state, State::Ok);
        let late = look(&running(100, 3, 31_000));
        assert_eq!(late.state, State::Problem);
        assert!(late.mend.unwrap().contains("cpu_percent to 2.0"));
        // 10,000 services every ten seconds are 1,000 checks a second.
        let many = look(&running(10_001, 0, 8_000));
        assert_eq!(many.state, State::Warning);
        assert!(many.mend.unwrap().contains("cpu_percent to 6.0"));
    }

    #[test]
    fn the_settings_alone_show_a_budget_that_is_too_small() {
        let services = (1..=300).map(|port| {
            format!("[[services]]\nname = \"s{port}\"\nurl = \"http://127.0.0.1:{port}\"\ninterval = \"1s\"\n")
        });
        let settings = Settings::parse(&services.collect::<String>()).unwrap();
        assert_eq!(budget(&settings, None).state, State::Warning);
        assert_eq!(budget(&Settings::default(), None).state, State::Ok);
    }

    #[test]
    fn what_is_not_healthy_is_named_with_the_reason() {
        let mut health = running(5, 0, 0).health;
        assert_eq!(services(&health).state, State::Ok);
        for it in &mut health.services[1..] {
            it.class = "unhealthy".to_owned();
        }
        health.services[1].message = Some("connection\u{1b} refused".to_owned());
        let wrong = services(&health);
        assert_eq!(wrong.state, State::Warning);
        assert_eq!(
            wrong.said,
            "of 5 instances 4 are not healthy: shop: connection refused; shop: unhealthy; shop: unhealthy; …"
        );
    }

    #[test]
    fn a_clock_that_jumped_is_told_from_one_that_goes() {
        let mut health = running(3, 0, 0).health;
        assert_eq!(clock(&health).state, State::Ok);
        health.now = 61_500;
        let jumped = clock(&health);
        assert_eq!(jumped.state, State::Warning);
        assert!(jumped.said.contains("forwards by 60 s"), "{}", jumped.said);
        health.services[0].checked_at = Some(100_000);
        health.services[0].age_ms = Some(7_000);
        health.services.truncate(1);
        assert!(clock(&health).said.contains("backwards by 46 s"));
    }
}
