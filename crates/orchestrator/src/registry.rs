//! The services that this daemon knows, and what happens to them.
//!
//! Everything here is a plain change of state: what it means that a socket appeared, vanished or answered. Time is an
//! argument. Whoever changes something that the catalog shows wakes the publisher through [`Registry::changes`].

mod adopt;
mod checks;
mod declared;
mod departures;
mod descriptions;
mod doubts;
mod drift;
mod footprint;
mod from_settings;
mod instance;
mod naming;
mod registrations;
mod room;
mod schedule;
mod services;
mod standing;
#[cfg(test)]
mod tests;
mod unclear;
mod view;

pub(crate) use adopt::{Discovered, Reading};
pub(crate) use checks::{CheckOrder, Checked};
pub(crate) use instance::{Check, Instance, InstanceId};
pub(crate) use registrations::{Conflict, Leased};
pub(crate) use schedule::Pace;

use crate::registration::RegistrationId;
use crate::settings::ServiceSettings;
use declared::Declared;
use landfall_protocol::catalog::Service as CatalogService;
use landfall_protocol::id::Epoch;
use landfall_protocol::time::Millis;
use room::Room;
use services::Services;
use slotmap::SlotMap;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;

/// Times that the settings give.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Periods {
    /// How long a service that is gone stays.
    pub(crate) retention: Millis,
    /// How often a description is read again.
    pub(crate) reread: Millis,
    /// Of a check that has none of its own.
    pub(crate) deadline: Duration,
}

/// All services.
pub(crate) struct Registry {
    /// The daemon itself: always there, never checked.
    own: CatalogService,
    services: Services,
    instances: SlotMap<InstanceId, Instance>,
    declared: Declared,
    /// Those of them whose socket is gone, and since when.
    gone: BTreeMap<InstanceId, Millis>,
    registrations: BTreeMap<RegistrationId, Leased>,
    epoch: Epoch,
    periods: Periods,
    room: Room,
    changes: Rc<Notify>,
    verdicts: Rc<Notify>,
    nudges: Rc<Notify>,
    drifts: Rc<Notify>,
}

impl Registry {
    /// A registry with the daemon itself and the services of the settings.
    pub(crate) fn new(
        own: CatalogService,
        settings: &[ServiceSettings],
        epoch: Epoch,
        periods: Periods,
    ) -> Self {
        let mut registry = Self {
            own,
            services: Services::default(),
            instances: SlotMap::with_key(),
            declared: Declared::default(),
            gone: BTreeMap::new(),
            registrations: BTreeMap::new(),
            epoch,
            periods,
            room: Room::default(),
            changes: Rc::default(),
            verdicts: Rc::default(),
            nudges: Rc::default(),
            drifts: Rc::default(),
        };
        for service in settings {
            registry.add_from_settings(service, Millis::ZERO);
        }
        registry
    }

    fn insert_instance(&mut self, mut instance: Instance) -> InstanceId {
        instance.health.shorten(self.room.is_short);
        if instance.is_declared() {
            self.declared.changed();
        }
        self.instances.insert(instance)
    }

    /// Other times from now on.
    pub(crate) const fn set_periods(&mut self, periods: Periods) {
        self.periods = periods;
    }

    /// Which run of which registry this is.
    pub(crate) const fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// Woken when the catalog may have changed.
    pub(crate) fn changes(&self) -> Rc<Notify> {
        Rc::clone(&self.changes)
    }

    /// Woken when there is a new verdict: from a check, or because a socket appeared or vanished.
    pub(crate) fn verdicts(&self) -> Rc<Notify> {
        Rc::clone(&self.verdicts)
    }

    /// Woken when a check became due out of turn.
    pub(crate) fn nudges(&self) -> Rc<Notify> {
        Rc::clone(&self.nudges)
    }

    /// Woken when services lack something that they had, or have it again.
    pub(crate) fn drifts(&self) -> Rc<Notify> {
        Rc::clone(&self.drifts)
    }
}
