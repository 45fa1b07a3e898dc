//! Sockets that vanish: what is missing then, and when it is forgotten.

use super::{Instance, InstanceId, Registry};
use crate::pool::Target;
use crate::sockets::Place;
use landfall_protocol::name::Name;
use landfall_protocol::time::Millis;
use std::rc::Rc;

impl Registry {
    /// Nobody listens at `place` any more.
    pub(crate) fn socket_gone(&mut self, place: &Place, now: Millis, unix_ms: u64) {
        let mut instances = self.instances.iter_mut();
        let Some((id, instance)) = instances.find(|(_, it)| it.place.as_ref() == Some(place))
        else {
            self.nudge_at(place);
            return;
        };
        tracing::info!(service = %instance.service, url = %instance.url, "nobody listens any more");
        instance.gone_since = Some(now);
        self.gone.insert(*id);
        instance.health.lost();
        instance.checked = Some((now, unix_ms));
        let service = instance.service.clone();
        self.drop_superseded(&service);
        self.changes.notify_one();
        self.verdicts.notify_one();
    }

    /// A gone instance says that a service is down. While the service runs elsewhere it says nothing.
    pub(super) fn drop_superseded(&mut self, name: &Name) {
        let Some(service) = self.services.get_mut(name) else {
            return;
        };
        let instances = &mut self.instances;
        let lives = |id: &InstanceId| instances.get(id).is_some_and(|it| it.is_checked());
        if !service.instances.iter().any(lives) {
            return;
        }
        if service.instances.iter().all(lives) {
            return;
        }
        let (live, gone): (Vec<_>, Vec<_>) = service.instances.iter().partition(|id| lives(id));
        service.instances = live;
        for id in &gone {
            instances.remove(id);
            self.gone.remove(id);
        }
    }

    /// Whether a service is missing that could come back on another socket.
    pub(crate) fn misses_any(&self) -> bool {
        !self.gone.is_empty()
    }

    /// Whether a service of a process of this name is missing.
    pub(crate) fn misses(&self, process: &str) -> bool {
        let mut gone = self.gone.iter().filter_map(|id| self.instances.get(id));
        gone.any(|it| {
            it.place
                .as_ref()
                .is_some_and(|place| *place.process.name == *process)
        })
    }

    /// Forgets what has been gone for longer than the retention time. Returns the targets that are left.
    pub(crate) fn retire(&mut self, now: Millis) -> Vec<Rc<Target>> {
        let is_over = |id: &InstanceId| {
            let since = self.instances.get(id).and_then(|it| it.gone_since);
            since.is_some_and(|since| since + self.periods.retention <= now)
        };
        let gone = self.gone.iter().copied();
        let retired: Vec<InstanceId> = gone.filter(is_over).collect();
        self.forget(&retired)
    }

    /// Forgets instances, and services that have none left. Returns where they were.
    pub(super) fn forget(&mut self, ids: &[InstanceId]) -> Vec<Rc<Target>> {
        let mut targets = Vec::new();
        for id in ids {
            let Some(instance) = self.take_instance(*id) else {
                continue;
            };
            tracing::info!(service = %instance.service, url = %instance.url, "forgotten");
            self.remove_if_empty(&instance.service);
            targets.push(instance.target);
            self.changes.notify_one();
        }
        targets
    }

    /// Takes an instance away from its service.
    pub(super) fn take_instance(&mut self, id: InstanceId) -> Option<Box<Instance>> {
        let instance = self.instances.remove(&id)?;
        self.gone.remove(&id);
        if let Some(service) = self.services.get_mut(&instance.service) {
            service.instances.retain(|other| *other != id);
        }
        Some(instance)
    }

    /// Forgets a service that runs nowhere.
    pub(super) fn remove_if_empty(&mut self, name: &Name) {
        let service = self.services.get(name);
        if service.is_some_and(|it| it.instances.is_empty()) {
            let removed = self.services.remove(name);
            if removed.is_some_and(|it| it.drift.is_some_and(|drift| drift.is_any())) {
                self.drifts.notify_one();
            }
        }
    }
}
