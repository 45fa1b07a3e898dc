//! When checks are due, and which come first.
//!
//! A wake-up costs more than a check, so a check that is due soon runs with one that is due now: every check may be
//! early by a stated share of its interval. It is late only when the budget or the limits of the pool hold it back.

use super::{Instance, InstanceId, Registry};
use landfall_protocol::catalog::HealthClass;
use landfall_protocol::time::Millis;
use std::collections::VecDeque;

/// A check that is late by more than so many intervals, and by more than [`LATE`], leaves a bad verdict without meaning.
const LATE_INTERVALS: u64 = 5;
/// See [`LATE_INTERVALS`].
const LATE: Millis = Millis::from_secs(30);

/// How often instances are checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// A steady one.
    pub(crate) steady: Millis,
    /// One that is new, failing or recovering.
    pub(crate) unsteady: Millis,
    /// The share of its interval, in thousandths, by which a check may be early.
    pub(crate) slack_permille: u64,
}

impl Pace {
    /// The same at another rate, in thousandths.
    pub(crate) fn at_rate(self, permille: u32) -> Self {
        let slower =
            |span: Millis| Millis(span.0.saturating_mul(1_000) / u64::from(permille.max(1)));
        Self {
            steady: slower(self.steady),
            unsteady: slower(self.unsteady),
            ..self
        }
    }

    pub(super) fn interval(&self, instance: &Instance) -> Millis {
        let steady = instance.check.interval().unwrap_or(self.steady);
        if instance.is_steady() {
            steady
        } else {
            steady.min(self.unsteady)
        }
    }

    fn latest(&self, instance: &Instance) -> Millis {
        let intervals = self.interval(instance).0.saturating_mul(LATE_INTERVALS);
        instance.due + LATE.max(Millis(intervals))
    }

    fn earliest(&self, instance: &Instance) -> Millis {
        let slack = self
            .interval(instance)
            .0
            .saturating_mul(self.slack_permille)
            / 1_000;
        instance.due - Millis(slack)
    }
}

impl Registry {
    /// When the next check is due that is not queued already.
    pub(crate) fn next_check(&self) -> Option<Millis> {
        self.instances
            .values()
            .filter(|it| is_waiting(it))
            .map(|it| it.due)
            .min()
    }

    /// Adds the instances to check now to `queue` and puts the most urgent first: those that wait for longest, where a steady
    /// one has to wait for an interval more than one that changes, and then has its turn. They count as queued until their
    /// verdict is recorded.
    pub(crate) fn queue_due(&mut self, queue: &mut VecDeque<InstanceId>, now: Millis, pace: &Pace) {
        let before = queue.len();
        for (id, instance) in &mut self.instances {
            if is_waiting(instance) && pace.earliest(instance) <= now {
                instance.checking = true;
                queue.push_back(id);
            }
        }
        if queue.len() > before {
            let urgency = |id: &InstanceId| {
                let instance = self.instances.get(*id)?;
                let handicap = Millis(u64::from(instance.is_steady()) * pace.interval(instance).0);
                Some(instance.due + handicap)
            };
            queue.make_contiguous().sort_by_cached_key(urgency);
        }
    }

    /// What was said of instances that count as unhealthy or degraded is unknown from when their checks are late for long, since
    /// the daemon starves: they may be well since. A good verdict stays, with its age.
    pub(crate) fn outdate(&mut self, now: Millis, pace: &Pace) {
        let mut any = false;
        for instance in self.instances.values_mut() {
            let class = instance.health.class();
            let is_bad = matches!(class, HealthClass::Unhealthy | HealthClass::Degraded);
            if is_bad && instance.is_checked() && pace.latest(instance) < now {
                instance.outdate(now);
                any = true;
            }
        }
        if any {
            self.changes.notify_one();
        }
    }

    /// The last verdict may have made an instance unsteady: it is not left alone for as long as before.
    pub(crate) fn hasten(&mut self, id: InstanceId, now: Millis, pace: &Pace) {
        if let Some(instance) = self.instances.get_mut(id) {
            instance.due = instance.due.min(now + pace.interval(instance));
        }
    }

    /// How many checks wait for their turn, and how old the oldest verdict is.
    pub(crate) fn backlog(&self, now: Millis) -> (usize, Option<Millis>) {
        let checked = self.instances.values().filter(|it| it.is_checked());
        let overdue = checked.clone().filter(|it| it.due < now).count();
        (
            overdue,
            checked
                .filter_map(|it| it.checked)
                .map(|it| now - it.at)
                .max(),
        )
    }
}

const fn is_waiting(instance: &Instance) -> bool {
    instance.is_checked() && !instance.checking
}
