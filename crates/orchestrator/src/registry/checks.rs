//! What a check needs to know, and what it changes.

use super::{InstanceId, Pace, Registry};
use crate::health::{Reason, Verdict};
use crate::pool::Target;
use crate::settings::CheckKind;
use landfall_protocol::time::Millis;
use std::rc::Rc;
use std::time::Duration;

/// What a check needs.
pub(crate) struct CheckOrder {
    pub(crate) target: Target,
    /// How often the instance had come to where it is.
    pub(crate) arrivals: u32,
    pub(crate) kind: CheckKind,
    pub(crate) path: Rc<str>,
    /// For a whole answer, if it is not the usual time.
    pub(crate) timeout: Option<Duration>,
    pub(crate) suspect: bool,
}

/// What a check has shown.
pub(crate) struct Checked {
    /// That of the order.
    pub(crate) arrivals: u32,
    pub(crate) verdict: Verdict,
}

impl Registry {
    /// The order for a check that begins now; `None` when the instance is gone. The next check is due an interval later.
    pub(crate) fn check_order(
        &mut self,
        id: InstanceId,
        now: Millis,
        pace: &Pace,
    ) -> Option<CheckOrder> {
        let instance = self
            .instances
            .get_mut(id)
            .filter(|instance| instance.is_checked())?;
        instance.due = now + pace.interval(instance);
        Some(CheckOrder {
            target: instance.target.clone(),
            arrivals: instance.arrivals,
            kind: instance.check.kind(),
            path: Rc::clone(&instance.check.path),
            timeout: instance.check.timeout(),
            suspect: instance.suspect,
        })
    }

    /// Whether a status means that the instance lives.
    pub(crate) fn is_alive(&self, id: InstanceId, status: u16) -> bool {
        self.instances
            .get(id)
            .is_some_and(|instance| instance.check.is_alive(status))
    }

    /// Takes the verdict of a check. True when the instance should be asked (again) to describe itself.
    pub(crate) fn record(
        &mut self,
        id: InstanceId,
        checked: &Checked,
        now: Millis,
        unix_ms: u64,
    ) -> bool {
        let Some(instance) = self.instances.get_mut(id) else {
            return false;
        };
        // A verdict that was on its way when the instance vanished or moved is out of date.
        if !instance.is_checked() || instance.arrivals != checked.arrivals {
            return false;
        }
        instance.checking = false;
        let verdict = checked.verdict;
        // What starved says nothing: it is as suspect as before.
        if verdict.reason() != Some(Reason::Starved) {
            instance.suspect = verdict.reason() == Some(Reason::Timeout);
        }
        let transition = instance.record(verdict, now, unix_ms);
        self.verdicts.notify_one();
        if transition.class {
            let health = instance.health.class().as_str();
            let why = instance
                .message(self.periods.deadline)
                .map(tracing::field::display);
            tracing::info!(service = self.services.name(instance.service), url = %instance.target, health, why, "health changed");
            self.changes.notify_one();
        }
        let alive = matches!(verdict, Verdict::Alive { .. });
        let description = &instance.description;
        let due = transition.recovered || description.due <= now;
        alive && due && description.wanted && !description.reading
    }
}
