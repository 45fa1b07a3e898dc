//! The services that this daemon knows, and what happens to them.
//!
//! Everything here is a plain change of state: what it means that a socket appeared, vanished or answered. Time is an
//! argument. Whoever changes something that the catalog shows wakes the publisher through [`Registry::changes`].

mod adopt;
mod instance;
mod naming;
mod schedule;
mod view;

pub(crate) use adopt::{Discovered, Reading};
pub(crate) use instance::{Check, Instance, InstanceId};
pub(crate) use schedule::Pace;

use crate::health::{HealthState, Verdict};
use crate::pool::Target;
use crate::settings::{ServiceSettings, Span};
use crate::sockets::Place;
use crate::store::{Identity, Store};
use instance::Description;
use landfall_protocol::catalog::Service as CatalogService;
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::id::Epoch;
use landfall_protocol::name::Name;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use tokio::sync::Notify;

/// A service and where it runs.
#[derive(Debug)]
struct Service {
    title: Option<Name>,
    endpoints: Vec<Endpoint>,
    /// Who it is whatever its port; `None` for what is known by its address only.
    identity: Option<Identity>,
    instances: Vec<InstanceId>,
}

/// Times that the settings give.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Periods {
    /// How long a service that is gone stays.
    pub(crate) retention: Millis,
    /// How often a description is read again.
    pub(crate) reread: Millis,
}

/// All services.
pub(crate) struct Registry {
    /// The daemon itself: always there, never checked.
    own: CatalogService,
    services: BTreeMap<Name, Service>,
    instances: BTreeMap<InstanceId, Instance>,
    /// Names that the store keeps for services that may come back.
    reserved: HashMap<Identity, Name>,
    store: Box<dyn Store>,
    periods: Periods,
    next_id: u32,
    changes: Rc<Notify>,
    verdicts: Rc<Notify>,
    nudges: Rc<Notify>,
}

/// What a check needs.
pub(crate) struct CheckOrder {
    pub(crate) target: Rc<Target>,
    pub(crate) path: Rc<str>,
    pub(crate) suspect: bool,
}

/// What reading a description needs.
pub(crate) struct ReadOrder {
    /// Where to ask.
    pub(crate) origin: BaseUrl,
    /// The question that was answered before, and the digest of the answer.
    pub(crate) before: Option<(Rung, u64)>,
}

/// What a check has shown.
pub(crate) struct Checked {
    /// What was checked.
    pub(crate) target: Rc<Target>,
    pub(crate) verdict: Verdict,
    /// Whether it took too long.
    pub(crate) timed_out: bool,
}

impl Registry {
    /// The registry of `store`, with the daemon itself and the services of the settings.
    pub(crate) fn new(
        own: CatalogService,
        settings: &[ServiceSettings],
        store: Box<dyn Store>,
        periods: Periods,
    ) -> Self {
        let reserved = match store.registrations() {
            Ok(registrations) => registrations
                .into_iter()
                .map(|it| (it.identity, it.name))
                .collect(),
            Err(error) => {
                tracing::warn!(%error, "services may get other names than before");
                HashMap::new()
            }
        };
        let mut registry = Self {
            own,
            services: BTreeMap::new(),
            instances: BTreeMap::new(),
            reserved,
            store,
            periods,
            next_id: 0,
            changes: Rc::default(),
            verdicts: Rc::default(),
            nudges: Rc::default(),
        };
        for service in settings {
            registry.add_from_settings(service);
        }
        registry
    }

    fn add_from_settings(&mut self, settings: &ServiceSettings) {
        let endpoints = settings.endpoints();
        let target = Rc::new(settings.url.target.clone());
        let check = match &settings.health_path {
            Some(path) => Check::fixed(path.as_str()),
            None => Check::of(&target, &endpoints),
        };
        let check = Check {
            interval: settings.interval.map(Span::millis),
            ..check
        };
        let instance = Instance {
            service: settings.name().clone(),
            url: settings.url.url.clone(),
            target,
            weight: settings.weight,
            place: None,
            gone_since: None,
            health: HealthState::default(),
            checked: None,
            check,
            due: Millis::ZERO,
            checking: false,
            suspect: false,
            description: Description {
                origin: settings.url.url.clone(),
                wanted: endpoints.is_empty(),
                before: None,
                due: Millis::ZERO,
                reading: false,
            },
        };
        let title = settings.title.as_ref().map(|title| title.0.clone());
        let id = self.insert_instance(instance);
        let service = Service {
            title,
            endpoints,
            identity: None,
            instances: vec![id],
        };
        self.services.insert(settings.name().clone(), service);
    }

    fn insert_instance(&mut self, instance: Instance) -> InstanceId {
        let id = InstanceId(self.next_id);
        self.next_id += 1;
        self.instances.insert(id, instance);
        id
    }

    /// Which run of which registry this is.
    pub(crate) fn epoch(&self) -> &Epoch {
        self.store.epoch()
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

    /// The order for a check that begins now; `None` when the instance is gone. The next check is due an interval later.
    pub(crate) fn check_order(
        &mut self,
        id: InstanceId,
        now: Millis,
        pace: &Pace,
    ) -> Option<CheckOrder> {
        let instance = self
            .instances
            .get_mut(&id)
            .filter(|instance| instance.is_checked())?;
        instance.due = now + pace.interval(instance);
        Some(CheckOrder {
            target: Rc::clone(&instance.target),
            path: Rc::clone(&instance.check.path),
            suspect: instance.suspect,
        })
    }

    /// Whether a status means that the instance lives.
    pub(crate) fn is_alive(&self, id: InstanceId, status: u16) -> bool {
        self.instances
            .get(&id)
            .is_some_and(|instance| instance.check.is_alive(status))
    }

    /// Takes the verdict of a check of `target`. True when the instance should be asked (again) to describe itself.
    pub(crate) fn record(
        &mut self,
        id: InstanceId,
        checked: &Checked,
        now: Millis,
        unix_ms: u64,
    ) -> bool {
        let Some(instance) = self.instances.get_mut(&id) else {
            return false;
        };
        // A verdict that was on its way when the instance vanished or moved is out of date.
        if !instance.is_checked() || !Rc::ptr_eq(&instance.target, &checked.target) {
            return false;
        }
        instance.checking = false;
        instance.suspect = checked.timed_out;
        let verdict = checked.verdict;
        let transition = instance.record(verdict, now, unix_ms);
        self.verdicts.notify_one();
        if transition.class {
            let health = instance.health.class().as_str();
            tracing::info!(service = %instance.service, url = %instance.url, health, "health changed");
            self.changes.notify_one();
        }
        let alive = matches!(verdict, Verdict::Alive { .. });
        let description = &instance.description;
        let due = transition.recovered || description.due <= now;
        alive && due && description.wanted && !description.reading
    }

    /// The order for reading an instance's description, which is thereby being read; `None` when it is gone or is
    /// being read already.
    pub(crate) fn read_order(&mut self, id: InstanceId) -> Option<ReadOrder> {
        let instance = self
            .instances
            .get_mut(&id)
            .filter(|instance| instance.is_checked())?;
        let description = &mut instance.description;
        if !description.wanted || description.reading {
            return None;
        }
        description.reading = true;
        Some(ReadOrder {
            origin: description.origin.clone(),
            before: description.before,
        })
    }

    /// Takes what an instance said of itself; `None` when it said nothing new.
    pub(crate) fn described(&mut self, id: InstanceId, reading: Option<Reading>, now: Millis) {
        let Some(instance) = self.instances.get_mut(&id) else {
            return;
        };
        instance.description.reading = false;
        instance.description.due = now + self.periods.reread;
        let (Some(reading), Some(service)) = (reading, self.services.get_mut(&instance.service))
        else {
            return;
        };
        instance.description.before = reading.described;
        if let Some(place) = &instance.place {
            service.identity = crate::identity::of(
                &place.process.name,
                reading.title.as_ref(),
                &reading.endpoints,
            );
        }
        if !instance.check.is_fixed {
            instance.check = Check {
                interval: instance.check.interval,
                ..Check::of(&instance.target, &reading.endpoints)
            };
        }
        // What a person wrote goes before what the service says.
        let own_words = service.title.take();
        let title = if instance.place.is_none() {
            own_words.clone().or(reading.title)
        } else {
            reading.title
        };
        if service.endpoints != reading.endpoints || title != own_words {
            tracing::info!(service = %instance.service, endpoints = reading.endpoints.len(), "endpoints read");
            service.endpoints = reading.endpoints;
            self.changes.notify_one();
        }
        service.title = title;
    }

    /// Nobody listens at `place` any more.
    pub(crate) fn socket_gone(&mut self, place: &Place, now: Millis, unix_ms: u64) {
        let Some(instance) = self
            .instances
            .values_mut()
            .find(|it| it.place.as_ref() == Some(place))
        else {
            self.nudge_settings(place);
            return;
        };
        tracing::info!(service = %instance.service, url = %instance.url, "nobody listens any more");
        instance.gone_since = Some(now);
        instance.health.lost();
        instance.checked = Some((now, unix_ms));
        let service = instance.service.clone();
        self.drop_superseded(&service);
        self.changes.notify_one();
        self.verdicts.notify_one();
    }

    /// A gone instance says that a service is down. While the service runs elsewhere it says nothing.
    fn drop_superseded(&mut self, name: &Name) {
        let Some(service) = self.services.get_mut(name) else {
            return;
        };
        let instances = &mut self.instances;
        let lives = |id: &InstanceId| instances.get(id).is_some_and(Instance::is_checked);
        if !service.instances.iter().any(lives) {
            return;
        }
        let (live, gone): (Vec<_>, Vec<_>) = service.instances.iter().partition(|id| lives(id));
        service.instances = live;
        instances.retain(|id, _| !gone.contains(id));
    }

    /// The settings' service that is reached at `place`, if there is one: such a socket is not a new service.
    pub(crate) fn settings_instance_at(&self, place: &Place) -> Option<InstanceId> {
        let at = |(_, it): &(&InstanceId, &Instance)| {
            it.place.is_none() && it.target.port() == place.port
        };
        self.instances.iter().find(at).map(|(id, _)| *id)
    }

    /// Something happened to the socket of a service from the settings: look at once.
    pub(crate) fn nudge_settings(&mut self, place: &Place) {
        if let Some(instance) = self
            .settings_instance_at(place)
            .and_then(|id| self.instances.get_mut(&id))
        {
            instance.due = Millis::ZERO;
            instance.description.due = Millis::ZERO;
            self.nudges.notify_one();
        }
    }

    /// Whether a service is missing that could come back on another socket.
    pub(crate) fn misses_any(&self) -> bool {
        self.instances
            .values()
            .any(|instance| instance.gone_since.is_some())
    }

    /// Whether a service of a process of this name is missing.
    pub(crate) fn misses(&self, process: &str) -> bool {
        let gone = |it: &&Instance| it.gone_since.is_some();
        self.instances.values().filter(gone).any(|it| {
            it.place
                .as_ref()
                .is_some_and(|place| place.process.name == process)
        })
    }

    /// Forgets what has been gone for longer than the retention time. Returns the targets that are left.
    pub(crate) fn retire(&mut self, now: Millis) -> Vec<Rc<Target>> {
        let over = |it: &Instance| {
            it.gone_since
                .is_some_and(|since| since + self.periods.retention <= now)
        };
        let retired: Vec<InstanceId> = self
            .instances
            .iter()
            .filter(|(_, it)| over(it))
            .map(|(id, _)| *id)
            .collect();
        let mut targets = Vec::new();
        for id in retired {
            let Some(instance) = self.instances.remove(&id) else {
                continue;
            };
            tracing::info!(service = %instance.service, url = %instance.url, "forgotten");
            targets.push(instance.target);
            let Some(service) = self.services.get_mut(&instance.service) else {
                continue;
            };
            service.instances.retain(|other| *other != id);
            if service.instances.is_empty() {
                self.remove_service(&instance.service);
            }
            self.changes.notify_one();
        }
        targets
    }

    fn remove_service(&mut self, name: &Name) {
        if let Some(identity) = self
            .services
            .remove(name)
            .and_then(|service| service.identity)
        {
            self.reserved.remove(&identity);
        }
        if let Err(error) = self.store.remove(name) {
            tracing::warn!(%error, service = %name, "not removed from the store");
        }
    }
}
