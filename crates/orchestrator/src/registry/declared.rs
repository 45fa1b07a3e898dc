//! Where the services of the settings and the registered ones are on this machine: a socket that appears there is no new
//! service. There may be thousands of both, and thousands of sockets may appear at once.

use super::{Instance, InstanceId, Registry};
use crate::sockets::Place;
use landfall_protocol::time::Millis;
use slotmap::SlotMap;
use std::cell::RefCell;

/// Declared instances in the order of their ports, when somebody has asked since they last changed.
#[derive(Debug, Default)]
pub(super) struct Declared(RefCell<Option<Box<[InstanceId]>>>);

impl Declared {
    /// One was added, changed, or removed.
    pub(super) fn changed(&mut self) {
        self.0 = RefCell::default();
    }

    fn at(&self, port: u16, instances: &SlotMap<InstanceId, Instance>) -> Option<InstanceId> {
        let mut ids = self.0.borrow_mut();
        let ids = ids.get_or_insert_with(|| in_order(instances));
        let port_of = |id: &InstanceId| instances.get(*id).map(|it| it.target.port());
        let at = ids.binary_search_by_key(&Some(port), port_of).ok()?;
        Some(ids[at])
    }

    /// Bytes that are kept.
    pub(super) fn kept(&self) -> usize {
        self.0.borrow().as_deref().map_or(0, size_of_val)
    }
}

fn in_order(instances: &SlotMap<InstanceId, Instance>) -> Box<[InstanceId]> {
    let declared = instances.iter().filter(|(_, it)| it.is_declared());
    let mut ids: Vec<InstanceId> = declared.map(|(id, _)| id).collect();
    ids.sort_by_key(|id| instances[*id].target.port());
    ids.into()
}

impl Registry {
    /// Whether a service of the settings or a registered one is reached at `place`: such a socket is not a new service.
    pub(crate) fn is_declared_at(&self, place: &Place) -> bool {
        self.declared.at(place.port, &self.instances).is_some()
    }

    /// Something happened to the socket of a declared service: look at once.
    pub(crate) fn nudge_at(&mut self, place: &Place) {
        let id = self.declared.at(place.port, &self.instances);
        if let Some(instance) = id.and_then(|id| self.instances.get_mut(id)) {
            instance.due = Millis::ZERO;
            instance.description.due = Millis::ZERO;
            self.nudges.notify_one();
        }
    }
}

impl Instance {
    /// Whether somebody has said that it is on this machine.
    pub(super) fn is_declared(&self) -> bool {
        self.place().is_none() && self.target.is_loopback()
    }
}
