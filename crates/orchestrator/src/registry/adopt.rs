//! A socket turned out to speak HTTP: whose is it?
//!
//! The same service on the same port after a restart; a service that moved, when its old socket is gone and exactly
//! one candidate has its identity; another instance of a service that runs; or a service that was not known.

use super::instance::{Description, Source};
use super::services::{Service, ServiceId};
use super::standing::Since;
use super::{Check, Instance, InstanceId, Registry};
use crate::health::{HealthState, Reason, Verdict};
use crate::identity::{self, Identity};
use crate::pool::Target;
use crate::sockets::Place;
use landfall_protocol::catalog::{MAX_INSTANCES, MAX_SERVICES};
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;

/// A place that answered over HTTP.
#[derive(Debug, Clone)]
pub(crate) struct Discovered {
    /// Where.
    pub(crate) place: Place,
    /// What it said.
    pub(crate) reading: Reading,
    /// How fast it answered, in microseconds.
    pub(crate) latency_us: u64,
}

/// What a service says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The base URL of its endpoints.
    pub(crate) url: BaseUrl,
    /// Its title.
    pub(crate) title: Option<Name>,
    /// Its endpoints; none when it describes none.
    pub(crate) endpoints: Vec<Endpoint>,
    /// Where the description was found, and the digest of its bytes; `None` without one.
    pub(crate) described: Option<(Rung, u64)>,
}

/// Whose a discovered place is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Home {
    /// This instance, back where it was.
    Back(InstanceId),
    /// This instance, somewhere else.
    Moved(InstanceId),
    /// This service, which runs or ran elsewhere too.
    Another(ServiceId),
    /// Nobody's.
    New,
}

impl Registry {
    /// Takes in the places that were recognised together.
    pub(crate) fn adopt(&mut self, discovered: Vec<Discovered>, now: Millis, unix_ms: u64) {
        let discovered = self.unknown(discovered);
        let identities: Vec<_> = discovered.iter().map(identity_of).collect();
        for (found, identity) in discovered.into_iter().zip(&identities) {
            let rivals = identities.iter().filter(|other| *other == identity).count();
            let home = self.home(&found, identity.as_ref(), rivals);
            if self.room.is_closed && matches!(home, Home::Another(_) | Home::New) {
                if self.room.leave_out(found.place.port) {
                    tracing::warn!(url = %found.reading.url, "left out until there is room below the memory ceiling");
                }
                continue;
            }
            let id = match home {
                Home::Back(id) => self.settle(id, &found, now),
                Home::Moved(id) => {
                    self.log_move(id, &found);
                    self.settle(id, &found, now)
                }
                Home::Another(service) => target(&found)
                    .and_then(|target| self.add_instance(service, target, &found, now)),
                Home::New => self.add_service(&found, now),
            };
            let Some(instance) = id.and_then(|id| self.instances.get_mut(id)) else {
                continue;
            };
            instance.record(
                Verdict::Alive {
                    latency_us: found.latency_us,
                },
                now,
                unix_ms,
            );
            instance.due = now;
            instance
                .description
                .ask_again_after(now, self.periods.reread);
            let service = instance.service;
            if let Some(of) = self.services.get_mut(service) {
                let Reading {
                    title,
                    endpoints,
                    described,
                    ..
                } = found.reading;
                let learned = of.revise(|profile| {
                    profile.identity.clone_from(identity);
                    profile.learn(title, endpoints, described.is_some(), now)
                });
                if learned.drift {
                    of.profile().log_drift(of.name());
                    self.drifts.notify_one();
                }
            }
            self.drop_superseded(service);
            self.changes.notify_one();
            self.verdicts.notify_one();
            self.nudges.notify_one();
        }
    }

    /// Those that nobody has. One may have been registered while it was recognised; and one that was nobody's twice, since what was
    /// left named its port twice, or since it was closed and opened again, is recognised twice.
    fn unknown(&self, mut discovered: Vec<Discovered>) -> Vec<Discovered> {
        discovered.retain(|found| !self.is_declared_at(&found.place));
        let mut places: Vec<Place> = discovered.iter().map(|it| it.place.clone()).collect();
        places.sort_unstable();
        let mut taken = vec![false; places.len()];
        for (_, instance) in self.instances.iter().filter(|(_, it)| !it.is_gone) {
            let at = instance.place().map(|it| places.binary_search(it));
            if let Some(Ok(at)) = at {
                taken[at] = true;
            }
        }
        discovered.retain(|found| {
            let at = places.binary_search(&found.place);
            at.is_ok_and(|at| !std::mem::replace(&mut taken[at], true))
        });
        discovered
    }

    fn home(&self, found: &Discovered, identity: Option<&Identity>, rivals: usize) -> Home {
        let same_place = |it: &Instance| {
            it.place().is_some_and(|place| {
                place.port == found.place.port && place.process.name == found.place.process.name
            })
        };
        for id in self.gone.keys() {
            let Some(instance) = self.instances.get(*id).filter(|it| same_place(it)) else {
                continue;
            };
            let is_same_api = |service: &Service| {
                let profile = service.profile();
                profile.identity.as_ref() == identity
                    || profile.title.is_some() && profile.title == found.reading.title
            };
            let service = self.services.get(instance.service);
            if service.is_some_and(is_same_api) {
                return Home::Back(*id);
            }
        }
        if identity.is_none() {
            return Home::New;
        }
        let of_this_identity = |service: &Service| service.profile().identity.as_ref() == identity;
        let mut services = self.services.iter();
        let Some((id, service)) = services.find(|(_, service)| of_this_identity(service)) else {
            return Home::New;
        };
        let gone = service.instances.iter().copied();
        let gone: Vec<InstanceId> = gone.filter(|id| self.gone.contains_key(id)).collect();
        match gone[..] {
            [id] if rivals == 1 => Home::Moved(id),
            _ if service.instances.len() < MAX_INSTANCES => Home::Another(id),
            _ => Home::New,
        }
    }

    fn log_move(&self, id: InstanceId, found: &Discovered) {
        if let Some(instance) = self.instances.get(id) {
            let service = self.services.name(instance.service);
            let (from, to) = (&instance.target, &found.reading.url);
            tracing::info!(service, %from, %to, "relocated");
        }
    }

    /// Puts an instance that was gone to the place where it was found.
    fn settle(&mut self, id: InstanceId, found: &Discovered, now: Millis) -> Option<InstanceId> {
        let target = target(found)?;
        let instance = self.instances.get_mut(id)?;
        instance.check = Check::of(&target, &found.reading.endpoints);
        instance.target = target;
        instance.source = Source::Socket(found.place.clone());
        instance.arrivals = instance.arrivals.wrapping_add(1);
        instance.is_gone = false;
        instance.begin_anew(now);
        instance.suspect = false;
        instance.checking = false;
        instance.description = description(found);
        self.gone.remove(&id);
        Some(id)
    }

    fn add_instance(
        &mut self,
        service: ServiceId,
        target: Target,
        found: &Discovered,
        now: Millis,
    ) -> Option<InstanceId> {
        let name = self.services.name(service);
        tracing::info!(service = name, url = %found.reading.url, process = ?found.place.process.name, "found");
        let id = self.insert_instance(Instance {
            service,
            check: Check::of(&target, &found.reading.endpoints),
            target,
            weight: 100,
            source: Source::Socket(found.place.clone()),
            arrivals: 0,
            is_gone: false,
            since: Since::at(now),
            why: Reason::NotChecked.into(),
            health: HealthState::default(),
            checked: None,
            due: Millis::ZERO,
            checking: false,
            suspect: false,
            description: description(found),
        });
        self.services.get_mut(service)?.instances.push(id);
        Some(id)
    }

    fn add_service(&mut self, found: &Discovered, now: Millis) -> Option<InstanceId> {
        // One place is the daemon's own.
        if self.services.len() + 1 >= MAX_SERVICES {
            tracing::warn!(url = %found.reading.url, "left out: the catalog holds no more than {MAX_SERVICES} services");
            return None;
        }
        let name = self.name_for(found)?;
        let target = target(found)?;
        let service = self.services.entry(&name);
        self.add_instance(service, target, found, now)
    }
}

fn identity_of(found: &Discovered) -> Option<Identity> {
    identity::of(
        &found.place.process.name,
        found.reading.title.as_ref(),
        &found.reading.endpoints,
    )
}

fn target(found: &Discovered) -> Option<Target> {
    match Target::new(&found.reading.url) {
        Ok(target) => Some(target),
        Err(error) => {
            tracing::warn!(url = %found.reading.url, %error, "left out");
            None
        }
    }
}

fn description(found: &Discovered) -> Description {
    Description {
        wanted: true,
        is_declared: false,
        before: found.reading.described,
        due: Millis::ZERO,
        reading: false,
    }
}
