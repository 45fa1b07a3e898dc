//! Services that registered themselves, and the leases that hold them.
//!
//! The registrations, in their order, decide what the catalog shows of them: taking them all in again after a restart
//! gives the same services. A registered place that was found by its socket before is one instance, not two.

use super::instance::{Description, Source};
use super::services::{Profile, ServiceId};
use super::standing::Since;
use super::unclear::any_unclear;
use super::{Check, Instance, InstanceId, Registry};
use crate::health::{HealthState, Reason};
use crate::pool::Target;
use crate::registration::{MAX_REGISTRATIONS, Registration, RegistrationId, Seat};
use landfall_protocol::catalog::{HealthClass, MAX_INSTANCES, MAX_SERVICES};
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;
use landfall_protocol::time::Millis;
use std::rc::Rc;

/// A registration and its lease.
#[derive(Debug)]
pub(crate) struct Leased {
    pub(crate) registration: Rc<Registration>,
    /// When it ends, unless it is renewed.
    pub(crate) until: Millis,
}

/// Why a service cannot be registered now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Conflict {
    /// The name is another service's, which stays.
    #[error("name: {0} is in the settings; choose another name, or take it out there")]
    Name(Name),
    /// The URL is another service's.
    #[error("instances: {url} is {owner} already; let that end first, or choose its name")]
    Url {
        /// Which.
        url: String,
        /// Whose it is.
        owner: String,
    },
    /// Two registrations would have to become one.
    #[error("instances: {0} is in another registration of the service; take that back first")]
    Split(String),
    /// The service has no more room.
    #[error("instances: {0} would have more than {MAX_INSTANCES} instances")]
    Instances(Name),
    /// The registry has no more room.
    #[error("there are {MAX_REGISTRATIONS} registrations, and there is room for no more")]
    Full,
    /// The daemon is at its memory ceiling.
    #[error(
        "the daemon is at its memory ceiling and takes in nothing new: take back what is not needed, or raise budget.memory \
         in its settings"
    )]
    Memory,
}

impl Registry {
    /// Which registration a service that wants to be at `urls` replaces: its own from before, if there is one.
    ///
    /// # Errors
    /// [`Conflict`].
    pub(crate) fn replaces(
        &self,
        name: &Name,
        urls: &[&str],
    ) -> Result<Option<RegistrationId>, Conflict> {
        let service = self.services.named(name.as_str());
        let mut replaced = None;
        for instance in self.instances.values() {
            let is_its = Some(instance.service) == service;
            if instance.is_from_settings() && is_its {
                return Err(Conflict::Name(name.clone()));
            }
            if !urls.contains(&instance.target.as_str()) || instance.place().is_some() {
                continue;
            }
            let url = instance.target.to_string();
            if !is_its {
                return Err(Conflict::Url {
                    url,
                    owner: self.services.name(instance.service).to_owned(),
                });
            }
            if replaced.is_some_and(|id| instance.registration() != Some(id)) {
                return Err(Conflict::Split(url));
            }
            replaced = instance.registration();
        }
        let stay = self.instances.values().filter(|it| {
            let goes = replaced.is_some() && it.registration() == replaced;
            Some(it.service) == service && !goes && !urls.contains(&it.target.as_str())
        });
        if stay.count() + urls.len() > MAX_INSTANCES {
            return Err(Conflict::Instances(name.clone()));
        }
        // One place is the daemon's own.
        let is_full = self.registrations.len() >= MAX_REGISTRATIONS
            || service.is_none() && self.services.len() + 1 >= MAX_SERVICES;
        if replaced.is_none() && is_full {
            return Err(Conflict::Full);
        }
        if replaced.is_none() && self.room.is_closed {
            return Err(Conflict::Memory);
        }
        Ok(replaced)
    }

    /// The number of the next registration.
    pub(crate) fn next_order(&self) -> u64 {
        let orders = self.registrations.values().map(|it| it.registration.order);
        orders.max().map_or(0, |last| last + 1)
    }

    /// Takes in a registration, in the place of the one with the same id. Its lease begins now. Returns where the service
    /// is no longer.
    pub(crate) fn register(&mut self, registration: Registration, now: Millis) -> Vec<Target> {
        let id = registration.id;
        let registration = Rc::new(registration);
        let leased = Leased {
            until: now + registration.lease.millis(),
            registration: Rc::clone(&registration),
        };
        self.registrations.insert(id, leased);
        let service = self.services.entry(&registration.name);
        self.redeclare(service, Some(&registration), now);
        let is_wanted =
            |it: &Instance| (registration.seats.iter()).any(|seat| is_at(it, &seat.target));
        let dropped = self.of_registration(id, service, |it| !is_wanted(it));
        for seat in &registration.seats {
            self.seat(service, &registration, seat, now);
        }
        let targets = self.forget(&dropped);
        self.drop_superseded(service);
        self.changes.notify_one();
        self.nudges.notify_one();
        targets
    }

    /// The instances of a registration of a service for which something holds.
    fn of_registration(
        &self,
        id: RegistrationId,
        service: ServiceId,
        holds: impl Fn(&Instance) -> bool,
    ) -> Vec<InstanceId> {
        let of_it = |it: &Instance| it.registration() == Some(id) && holds(it);
        let instances = self.services.get(service).map(|it| it.instances.iter());
        let instances = instances.into_iter().flatten().copied();
        instances
            .filter(|id| self.instances.get(*id).is_some_and(of_it))
            .collect()
    }

    /// Puts an instance at a registered place: the one that is there, or a new one.
    fn seat(&mut self, service: ServiceId, registration: &Registration, seat: &Seat, now: Millis) {
        let known = self.instance_at(service, registration, seat);
        let endpoints = self.services.get(service);
        let endpoints = endpoints.map_or(&[][..], |it| &it.profile().endpoints);
        let check = Check::on(registration.check(), &seat.target, endpoints);
        let description = Description {
            wanted: (registration.is_silent() || any_unclear(&registration.endpoints))
                && seat.target.is_loopback()
                && check.allows_questions(),
            is_declared: !registration.is_silent(),
            before: None,
            due: now,
            reading: false,
        };
        let mut instance = Instance {
            service,
            target: seat.target.clone(),
            weight: seat.weight,
            source: Source::Registration(registration.id),
            arrivals: 0,
            is_gone: false,
            since: Since::at(now),
            why: Reason::NotChecked.into(),
            health: HealthState::default(),
            checked: None,
            check,
            due: now,
            checking: false,
            suspect: false,
            description,
        };
        if let Some(before) = known.and_then(|id| self.instances.get_mut(id)) {
            instance.arrivals = before.arrivals.wrapping_add(1);
            instance.succeed(before);
        }
        // Who registers has just started, or lives.
        if instance.health.class() == HealthClass::Unhealthy {
            instance.begin_anew(now);
        }
        let id = match known {
            Some(id) => {
                let before = std::mem::replace(&mut self.instances[id], instance);
                self.declared.changed();
                self.gone.remove(&id);
                // It may have been found as another service.
                if before.service != service {
                    self.leave(before.service, id);
                }
                id
            }
            None => self.insert_instance(instance),
        };
        if let Some(service) = self.services.get_mut(service)
            && !service.instances.contains(&id)
        {
            service.instances.push(id);
        }
    }

    /// The instance of this registration at a place, or one that was found there by its socket.
    fn instance_at(
        &self,
        service: ServiceId,
        registration: &Registration,
        seat: &Seat,
    ) -> Option<InstanceId> {
        let is_there = |it: &Instance| is_at(it, &seat.target);
        let own = self.of_registration(registration.id, service, is_there);
        let found = |it: &Instance| {
            let port = it.place().map(|place| place.port);
            seat.target.is_loopback() && port == Some(seat.target.port())
        };
        own.first().copied().or_else(|| {
            let mut instances = self.instances.iter();
            instances.find(|(_, it)| found(it)).map(|(id, _)| id)
        })
    }

    /// Begins the lease anew. `None` when there is no such registration (any more).
    pub(crate) fn renew(&mut self, id: RegistrationId, now: Millis) -> Option<()> {
        let leased = self.registrations.get_mut(&id)?;
        leased.until = now + leased.registration.lease.millis();
        Some(())
    }

    /// Forgets a registration. Returns where its instances were; `None` when there was none.
    pub(crate) fn deregister(&mut self, id: RegistrationId) -> Option<Vec<Target>> {
        let ended = self.registrations.remove(&id)?.registration;
        self.changes.notify_one();
        let Some(service) = self.services.named(ended.name.as_str()) else {
            return Some(Vec::new());
        };
        self.redeclare(service, None, Millis::ZERO);
        let instances = self.of_registration(id, service, |_| true);
        Some(self.forget(&instances))
    }

    /// All registrations.
    pub(crate) fn registrations(&self) -> impl Iterator<Item = &Leased> {
        self.registrations.values()
    }

    /// One registration.
    pub(crate) fn registration(&self, id: RegistrationId) -> Option<&Leased> {
        self.registrations.get(&id)
    }

    /// When the first lease ends.
    pub(crate) fn next_lapse(&self) -> Option<Millis> {
        self.registrations.values().map(|it| it.until).min()
    }

    /// The registrations whose lease has ended.
    pub(crate) fn lapsed(&self, now: Millis) -> Vec<RegistrationId> {
        let lapsed = self.registrations.iter().filter(|(_, it)| it.until <= now);
        lapsed.map(|(id, _)| *id).collect()
    }

    /// The last registration of a service says what it is; `new` has no instances yet.
    fn redeclare(&mut self, id: ServiceId, new: Option<&Rc<Registration>>, now: Millis) {
        let Some(service) = self.services.get_mut(id) else {
            return;
        };
        let instances = service.instances.iter();
        let ids = instances.filter_map(|id| self.instances.get(*id)?.registration());
        let registered = ids.filter_map(|id| Some(&self.registrations.get(&id)?.registration));
        let last = registered.chain(new).max_by_key(|it| it.order).cloned();
        // What was declared may have hidden what the service says of itself.
        for id in &service.instances {
            if let Some(instance) = self.instances.get_mut(*id) {
                instance.description.read_anew();
            }
        }
        if service.revise(|profile| profile.redeclare(last, new, now)) {
            service.profile().log_drift(service.name());
            self.drifts.notify_one();
        }
    }
}

/// Whether an instance is at a place.
fn is_at(instance: &Instance, target: &Target) -> bool {
    instance.target.as_str() == target.as_str()
}

impl Profile {
    /// The `last` registration says what there is. True when that changes what the service lacks.
    fn redeclare(
        &mut self,
        last: Option<Rc<Registration>>,
        new: Option<&Rc<Registration>>,
        now: Millis,
    ) -> bool {
        let before = std::mem::replace(&mut self.declared, last);
        let mut endpoints = std::mem::take(&mut self.endpoints);
        let mut title = self.title.take();
        if let Some(before) = &before {
            endpoints.retain(|it| !is_declared(before, it));
            title = title.filter(|_| before.title.is_none());
        }
        let (title, endpoints) = self.below_declared(title, endpoints);
        self.set(title, endpoints);
        // What is taken back is not missed.
        let before = before.filter(|_| new.is_some());
        let before = before.as_ref().map_or(&[][..], |it| &it.endpoints);
        let is_to_be_asked = new.is_some_and(|it| it.is_silent());
        self.redeclared(before, is_to_be_asked, now)
    }

    /// What is to be shown when a service says this of itself, or its settings say it: what it registered goes before.
    pub(super) fn below_declared(
        &self,
        title: Option<Name>,
        mut endpoints: Vec<Endpoint>,
    ) -> (Option<Name>, Vec<Endpoint>) {
        let Some(declared) = &self.declared else {
            return (title, endpoints);
        };
        endpoints.retain(|it| !is_declared(declared, it));
        endpoints.extend(declared.endpoints.iter().cloned());
        endpoints.sort_by(|a, b| a.name.cmp(&b.name));
        (declared.title.clone().or(title), endpoints)
    }

    /// Shows this. True when that changes something.
    pub(super) fn set(&mut self, title: Option<Name>, endpoints: Vec<Endpoint>) -> bool {
        let changes = self.endpoints != endpoints || self.title != title;
        self.endpoints = endpoints;
        self.title = title;
        changes
    }
}

fn is_declared(declared: &Registration, endpoint: &Endpoint) -> bool {
    let same = |it: &Endpoint| {
        it.name == endpoint.name || it.path == endpoint.path && it.protocol == endpoint.protocol
    };
    declared.endpoints.iter().any(same)
}
