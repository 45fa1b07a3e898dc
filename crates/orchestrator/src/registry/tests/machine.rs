//! The registry as a state machine: random registrations, renewals, ends, sockets that come and go with another API each
//! time, and restarts of the daemon, against a model that knows only what was said last.

use super::registrations::{at, registration, with};
use super::*;
use crate::registration::{Registration, RegistrationId};
use landfall_protocol::probe::Rung;
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 3] = ["shop", "search", "chat"];
/// Ports of services: few, so that they meet.
const PORTS: std::ops::Range<u16> = 8_000..8_006;

#[derive(Debug, Clone)]
enum Step {
    /// A service registers at these ports, with this title and lease.
    Register(usize, BTreeSet<u16>, u8, u32),
    /// The n-th registration that there is, is renewed.
    Renew(usize),
    /// The same, taken back.
    Deregister(usize),
    /// Time passes, in milliseconds; leases end.
    Wait(u64),
    /// A process begins to listen, with an API of these endpoints, and is found.
    Listen(u16, BTreeSet<u8>),
    /// It ends.
    Close(u16),
    /// What the service that was found at this port lacks is as it should be.
    Accept(u16),
    /// The daemon starts anew, with what its store has.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let ports = prop::collection::btree_set(PORTS, 1..3);
    prop_oneof![
        4 => (0..NAMES.len(), ports, any::<u8>(), 1..5_u32).prop_map(|(name, ports, title, lease)| Step::Register(name, ports, title, lease)),
        2 => (0..8_usize).prop_map(Step::Renew),
        1 => (0..8_usize).prop_map(Step::Deregister),
        2 => (0..3_000_u64).prop_map(Step::Wait),
        3 => (PORTS, prop::collection::btree_set(0..4_u8, 1..4)).prop_map(|(port, api)| Step::Listen(port, api)),
        2 => PORTS.prop_map(Step::Close),
        1 => PORTS.prop_map(Step::Accept),
        1 => Just(Step::Restart),
    ]
}

/// What was said last.
#[derive(Debug, Clone)]
struct Said {
    name: &'static str,
    ports: BTreeSet<u16>,
    title: String,
    order: u64,
    until: u64,
}

/// A service that was found by its socket.
#[derive(Debug, Default)]
struct Found {
    api: BTreeSet<u8>,
    missing: BTreeSet<u8>,
    gone_since: Option<u64>,
}

struct World {
    registry: Registry,
    /// What a store has.
    kept: BTreeMap<RegistrationId, Registration>,
    said: BTreeMap<RegistrationId, Said>,
    listening: BTreeMap<u16, BTreeSet<u8>>,
    found: BTreeMap<u16, Found>,
    now: u64,
    next_id: u64,
}

fn found_at(port: u16, api: &BTreeSet<u8>) -> Discovered {
    let paths: Vec<_> = api.iter().map(|number| format!("/{number}")).collect();
    let paths: Vec<_> = paths.iter().map(String::as_str).collect();
    let place = place("app", port.into(), port);
    let mut found = found(&place, &format!("App {port}"), &paths);
    found.reading.described = Some((Rung::OpenApi, 1));
    found
}

impl World {
    fn new() -> Self {
        Self {
            registry: registry(),
            kept: BTreeMap::new(),
            said: BTreeMap::new(),
            listening: BTreeMap::new(),
            found: BTreeMap::new(),
            now: 0,
            next_id: 1,
        }
    }

    fn nth(&self, n: usize) -> Option<RegistrationId> {
        let count = self.said.len().max(1);
        self.said.keys().nth(n % count).copied()
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Register(name, ports, title, lease) => {
                self.register(NAMES[*name], ports, *title, *lease);
            }
            Step::Renew(n) => {
                let Some(id) = self.nth(*n) else { return };
                self.registry.renew(id, Millis(self.now)).unwrap();
                let lease = self.kept[&id].lease.millis().0;
                self.said.get_mut(&id).unwrap().until = self.now + lease;
            }
            Step::Deregister(n) => {
                if let Some(id) = self.nth(*n) {
                    self.end(id);
                }
            }
            Step::Wait(span) => {
                self.now += span;
                let mut lapsed: Vec<_> = self
                    .said
                    .iter()
                    .filter(|(_, it)| it.until <= self.now)
                    .map(|(id, _)| *id)
                    .collect();
                lapsed.sort_unstable();
                assert_eq!(self.registry.lapsed(Millis(self.now)), lapsed);
                lapsed.into_iter().for_each(|id| self.end(id));
                for target in self.registry.retire(Millis(self.now)) {
                    assert!(!self.listening.contains_key(&target.port()));
                }
                let kept = |since: u64| since + PERIODS.retention.0 > self.now;
                self.found.retain(|_, it| it.gone_since.is_none_or(kept));
            }
            Step::Listen(port, api) => {
                if !self.listening.contains_key(port) {
                    self.listening.insert(*port, api.clone());
                    self.find(*port);
                }
            }
            Step::Close(port) => {
                if self.listening.remove(port).is_some() {
                    let place = place("app", (*port).into(), *port);
                    self.registry
                        .socket_gone(&place, Millis(self.now), self.now);
                    if let Some(found) = self.found.get_mut(port) {
                        found.gone_since = Some(self.now);
                    }
                }
            }
            Step::Accept(port) => {
                let found = self.found.get_mut(port);
                let missing = found.map(|it| std::mem::take(&mut it.missing));
                let accepted = self.registry.accept_drift(&format!("app-{port}"));
                assert_eq!(accepted, missing.is_some_and(|it| !it.is_empty()));
            }
            Step::Restart => self.restart(),
        }
    }

    fn register(&mut self, name: &'static str, ports: &BTreeSet<u16>, title: u8, lease: u32) {
        let urls: Vec<_> = ports
            .iter()
            .map(|port| super::registrations::url(*port))
            .collect();
        let urls: Vec<_> = urls.iter().map(String::as_str).collect();
        let meets = |it: &&Said| !it.ports.is_disjoint(ports);
        let met: Vec<_> = self.said.iter().filter(|(_, it)| meets(it)).collect();
        let may = met.len() <= 1 && met.iter().all(|(_, it)| it.name == name);
        let replaced = met.first().map(|(id, _)| **id);
        let answer = self.registry.replaces(&Name::parse(name).unwrap(), &urls);
        assert_eq!(answer.is_ok(), may, "{answer:?}");
        let Ok(answer) = answer else { return };
        assert_eq!(answer, replaced);
        let id = replaced.unwrap_or_else(|| {
            self.next_id += 1;
            RegistrationId(self.next_id)
        });
        let ports_list: Vec<_> = ports.iter().copied().collect();
        let body = with(
            at(name, &ports_list),
            "title",
            json!(format!("Title {title}")),
        );
        let body = with(body, "lease", json!(lease));
        let order = self.registry.next_order();
        let made = registration(id.0, order, &body);
        let before = self.said.get(&id).map(|it| it.ports.clone());
        self.registry.register(made.clone(), Millis(self.now));
        self.kept.insert(id, made);
        self.found.retain(|port, _| !ports.contains(port));
        let said = Said {
            name,
            ports: ports.clone(),
            title: format!("Title {title}"),
            order,
            until: self.now + u64::from(lease) * 1_000,
        };
        self.said.insert(id, said);
        let left = before.unwrap_or_default();
        left.difference(ports).for_each(|port| self.find(*port));
    }

    fn end(&mut self, id: RegistrationId) {
        let left = self.registry.deregister(id).unwrap();
        self.kept.remove(&id);
        let said = self.said.remove(&id).unwrap();
        let left: BTreeSet<_> = left.iter().map(|it| it.port()).collect();
        assert_eq!(left, said.ports);
        left.into_iter().for_each(|port| self.find(port));
    }

    /// What the finder does about a place that is nobody's.
    fn find(&mut self, port: u16) {
        let Some(api) = self.listening.get(&port) else {
            return;
        };
        let discovered = found_at(port, api);
        if self.registry.is_declared_at(&discovered.place) {
            return;
        }
        let found = self.found.entry(port).or_default();
        found.missing.extend(&found.api);
        found.missing.retain(|path| !api.contains(path));
        found.api.clone_from(api);
        found.gone_since = None;
        // Whatever is recognised twice, together or one after the other, is there once.
        let twice = vec![discovered.clone(), discovered.clone()];
        self.registry.adopt(twice, Millis(self.now), self.now);
        self.registry
            .adopt(vec![discovered], Millis(self.now), self.now);
    }

    fn restart(&mut self) {
        self.registry = registry();
        self.found.clear();
        let mut kept: Vec<_> = self.kept.values().cloned().collect();
        kept.sort_by_key(|it| it.order);
        for registration in kept {
            let said = self.said.get_mut(&registration.id).unwrap();
            said.until = self.now + registration.lease.millis().0;
            self.registry.register(registration, Millis(self.now));
        }
        let listening: Vec<_> = self.listening.keys().copied().collect();
        listening.into_iter().for_each(|port| self.find(port));
    }

    fn check(&self) {
        let services = self.registry.catalog_services();
        let mut places: BTreeMap<u16, &str> = BTreeMap::new();
        for service in services.iter().skip(1) {
            assert!(
                !service.instances.is_empty(),
                "{} runs nowhere",
                service.name
            );
            for instance in &service.instances {
                let before = places.insert(instance.url.port(), service.name.as_str());
                assert_eq!(before, None, "{} is there twice", instance.url);
            }
        }
        for said in self.said.values() {
            for port in &said.ports {
                assert_eq!(places.get(port), Some(&said.name), "{port}");
            }
            let of_name = self.said.values().filter(|it| it.name == said.name);
            let last = of_name.max_by_key(|it| it.order).unwrap();
            let service = services
                .iter()
                .find(|it| it.name.as_str() == said.name)
                .unwrap();
            assert_eq!(
                service.title.as_ref().map(Name::as_str),
                Some(last.title.as_str())
            );
        }
        let registered: BTreeSet<_> = self.said.values().flat_map(|it| &it.ports).collect();
        for port in self.listening.keys() {
            assert!(places.contains_key(port), "{port} listens and is not shown");
        }
        for (port, name) in &places {
            let is_registered = registered.contains(port);
            assert_eq!(NAMES.contains(name), is_registered, "{port} is {name}");
        }
        let lacks = self.found.iter().filter(|(_, it)| !it.missing.is_empty());
        let lacks = lacks.map(|(port, it)| {
            let paths = it.missing.iter().map(|number| format!("/{number}"));
            (format!("app-{port}"), paths.collect::<BTreeSet<_>>())
        });
        assert_eq!(
            super::drift::missing(&self.registry, self.now),
            lacks.collect()
        );
        let until = self.said.values().map(|it| Millis(it.until)).min();
        assert_eq!(self.registry.next_lapse(), until);
        let gone = self.registry.instances.iter();
        let gone = gone.filter(|(_, it)| it.is_gone);
        assert!(
            gone.map(|(id, _)| id)
                .eq(self.registry.gone.keys().copied())
        );
        // What is kept in order is what is there.
        for port in places.keys() {
            let place = place("any", 1, *port);
            let is_declared = |it: &Instance| it.is_declared() && it.target.port() == *port;
            let declared = self.registry.instances.values().any(is_declared);
            assert_eq!(self.registry.is_declared_at(&place), declared, "{port}");
        }
        // The two sides of the registry agree.
        let listed = self
            .registry
            .services
            .iter()
            .flat_map(|(of, service)| service.instances.iter().map(move |id| (*id, of)));
        let listed: BTreeMap<_, _> = listed.collect();
        let held = self
            .registry
            .instances
            .iter()
            .map(|(id, it)| (id, it.service));
        assert_eq!(listed, held.collect());
    }
}

proptest! {
    #[test]
    fn whatever_happens_the_catalog_shows_what_was_said_last(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in &steps {
            world.apply(step);
            world.check();
        }
    }
}
