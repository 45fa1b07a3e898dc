//! Sockets that vanish: what is missing then, and when it is forgotten.

use super::services::ServiceId;
use super::{Instance, InstanceId, Registry};
use crate::pool::Target;
use crate::sockets::Place;
use landfall_protocol::time::Millis;

impl Registry {
    /// Nobody listens at these places any more, which are in order: thousands may vanish at once.
    pub(crate) fn sockets_gone(&mut self, places: &[Place], now: Millis, unix_ms: u64) {
        let mut ids = vec![None; places.len()];
        for (id, instance) in &self.instances {
            let at = instance.place().map(|it| places.binary_search(it));
            if let Some(Ok(at)) = at {
                ids[at] = Some(id);
            }
        }
        for (place, id) in places.iter().zip(ids) {
            match id {
                Some(id) => self.lose(id, now, unix_ms),
                None => self.nudge_at(place),
            }
        }
    }

    fn lose(&mut self, id: InstanceId, now: Millis, unix_ms: u64) {
        let Some(instance) = self.instances.get_mut(id) else {
            return;
        };
        let service = instance.service;
        let name = self.services.name(service);
        tracing::info!(service = name, url = %instance.target, "nobody listens any more");
        instance.lose(now, unix_ms);
        self.gone.insert(id, now);
        self.drop_superseded(service);
        self.changes.notify_one();
        self.verdicts.notify_one();
    }

    /// A gone instance says that a service is down. While the service runs elsewhere it says nothing.
    pub(super) fn drop_superseded(&mut self, service: ServiceId) {
        let Some(service) = self.services.get_mut(service) else {
            return;
        };
        let instances = &mut self.instances;
        let lives = |id: &InstanceId| instances.get(*id).is_some_and(Instance::is_checked);
        if !service.instances.iter().any(lives) {
            return;
        }
        if service.instances.iter().all(lives) {
            return;
        }
        let (live, gone): (Vec<_>, Vec<_>) = service.instances.iter().partition(|id| lives(id));
        service.instances = live.into();
        for id in gone {
            instances.remove(id);
            self.gone.remove(&id);
        }
    }

    /// Whether a service is missing that could come back on another socket.
    pub(crate) fn misses_any(&self) -> bool {
        !self.gone.is_empty()
    }

    /// Whether a service of a process of this name is missing.
    pub(crate) fn misses(&self, process: &str) -> bool {
        let mut gone = self.gone.keys().filter_map(|id| self.instances.get(*id));
        gone.any(|it| {
            it.place()
                .is_some_and(|place| *place.process.name == *process)
        })
    }

    /// Forgets what has been gone for longer than the retention time. Returns the targets that are left.
    pub(crate) fn retire(&mut self, now: Millis) -> Vec<Target> {
        let is_over = |since: Millis| since + self.periods.retention <= now;
        let gone = self.gone.iter().filter(|(_, since)| is_over(**since));
        let retired: Vec<InstanceId> = gone.map(|(id, _)| *id).collect();
        self.forget(&retired)
    }

    /// Forgets instances, and services that have none left. Returns where they were.
    pub(super) fn forget(&mut self, ids: &[InstanceId]) -> Vec<Target> {
        let mut targets = Vec::new();
        for id in ids {
            let Some(instance) = self.instances.remove(*id) else {
                continue;
            };
            if instance.is_declared() {
                self.declared.changed();
            }
            let name = self.services.name(instance.service);
            tracing::info!(service = name, url = %instance.target, "forgotten");
            self.gone.remove(id);
            self.leave(instance.service, *id);
            targets.push(instance.target);
            self.changes.notify_one();
        }
        targets
    }

    /// A service runs at a place no longer, and is forgotten if it runs nowhere.
    pub(super) fn leave(&mut self, service: ServiceId, id: InstanceId) {
        let Some(left) = self.services.get_mut(service) else {
            return;
        };
        left.instances.retain(|other| *other != id);
        if left.instances.is_empty() {
            let removed = self.services.remove(service);
            let drift = removed.as_ref().and_then(|it| it.profile().drift.as_ref());
            if drift.is_some_and(|it| it.is_any()) {
                self.drifts.notify_one();
            }
        }
    }
}
