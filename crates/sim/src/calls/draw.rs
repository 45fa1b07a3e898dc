//! Draws a session: the views in their order, how each instance behaves, and what the page calls.

use crate::network::pick;
use crate::world::index;
use landfall_protocol::catalog::{HealthClass, Instance, Service};
use landfall_protocol::endpoint::{Endpoint, Evidence};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::rng::Rng;
use landfall_protocol::snapshot::View;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::url::BaseUrl;
use landfall_protocol::usage::OUTCOMES;
use std::rc::Rc;

/// The registry that a view may come from, as the page calls it and as it calls itself.
pub(super) const REGISTRY: (&str, &str) = ("http://localhost:7420", "http://127.0.0.1:7420");
const SERVICES: [&str; 2] = ["nets", "boats"];
const HEALTH: [HealthClass; 4] = [
    HealthClass::Unhealthy,
    HealthClass::Unknown,
    HealthClass::Degraded,
    HealthClass::Healthy,
];

/// What an instance does with what reaches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    Answers(u16),
    /// With this status it asks to be left alone for so many milliseconds.
    Asks(u16, u64),
    Refuses,
    Hangs,
    /// Any of these.
    Wavers,
}

/// One thing that the page wants.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) at: u64,
    /// Empty: of what runs at the page's base URL.
    pub(super) service: &'static str,
    /// `None`: a connection.
    pub(super) request: Option<Request>,
    /// After so long nobody waits for it any more.
    pub(super) abandoned_after: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) replayable: bool,
    pub(super) retries: u32,
    pub(super) deadline: u64,
}

pub(super) struct Drawn {
    /// In the order of their times; the first at 0.
    pub(super) views: Vec<(u64, Rc<View>)>,
    /// When an instance changes its behaviour.
    pub(super) turns: Vec<(u64, usize, Behaviour)>,
    pub(super) wishes: Vec<Wish>,
    pub(super) reports: Vec<u64>,
    /// How many instances there are.
    pub(super) places: usize,
    /// How late the host's timers are at most.
    pub(super) late: u64,
    pub(super) horizon: u64,
}

pub(super) fn place(number: usize) -> String {
    format!("http://10.0.{}.{}:8000", number / 250, number % 250)
}

pub(super) fn draw(rng: &mut Rng) -> Drawn {
    let places = match rng.below(40) {
        0 => 60 + index(rng, 30),
        1..=9 => 1,
        _ => 2 + index(rng, 4),
    };
    let horizon = rng.between(2_000, 60_000);
    let mut views = vec![(0, Rc::new(view(rng, places)))];
    for _ in 0..rng.below(6) {
        views.push((rng.below(horizon), Rc::new(view(rng, places))));
    }
    views.sort_by_key(|it| it.0);
    let mut turns: Vec<_> = (0..places).map(|it| (0, it, behaviour(rng))).collect();
    for _ in 0..rng.below(8) {
        turns.push((rng.below(horizon), index(rng, places), behaviour(rng)));
    }
    let count = if places > 60 { 120 } else { 2 + rng.below(14) };
    // Some come all at once.
    let burst = rng.below(horizon);
    let wishes = (0..count)
        .map(|_| {
            let at = if rng.below(2) == 0 {
                burst
            } else {
                rng.below(horizon)
            };
            wish(rng, at)
        })
        .collect();
    Drawn {
        views,
        turns,
        wishes,
        reports: (0..rng.below(4))
            .map(|_| rng.below(horizon + 10_000))
            .collect(),
        places,
        late: pick(rng, &[0, 0, 0, 5, 700]),
        horizon,
    }
}

fn view(rng: &mut Rng, places: usize) -> View {
    let mut services: Vec<Service> = Vec::new();
    for (number, name) in SERVICES.into_iter().enumerate() {
        let own = (0..places).filter(|it| places > 60 || it % 2 == number);
        let mut instances = Vec::new();
        for number in own {
            let health = if rng.below(3) > 0 {
                HEALTH[3]
            } else {
                pick(rng, &HEALTH)
            };
            let weight = pick(rng, &[100, 100, 50, 1, 0]);
            if rng.below(8) > 0 {
                instances.push(instance(&place(number), weight, health));
            }
        }
        services.push(service(name, instances));
    }
    if rng.below(2) == 0 {
        let mut registry = service("landfall", vec![instance(REGISTRY.1, 100, HEALTH[3])]);
        let outcomes = PathTemplate::parse(OUTCOMES)
            .ok()
            .and_then(|it| Endpoint::unnamed(it).ok());
        registry.endpoints.extend(outcomes.map(|mut it| {
            it.learn(Evidence::Catalog, [Method::Post]);
            it
        }));
        services.push(registry);
    }
    let lost = rng.below(5) == 0;
    View {
        status: if lost { "stale" } else { "live" },
        source: Some(if lost { "cache" } else { "live" }),
        code: if lost { "timed-out" } else { "live" },
        subject: None,
        origin: Some(pick(rng, &[REGISTRY.0, REGISTRY.0, "http://localhost:9000"]).to_owned()),
        rung: Some(pick(rng, &["catalog", "catalog", "openapi"])),
        epoch: None,
        revision: None,
        base_url: place(index(rng, places)),
        ws_base_url: String::new(),
        services: Rc::new(services),
        wanted: Rc::default(),
    }
}

fn service(name: &str, instances: Vec<Instance>) -> Service {
    Service {
        name: Name::parse(name).expect("the sessions' names are valid"),
        title: None,
        instances,
        endpoints: Vec::new(),
    }
}

fn instance(url: &str, weight: u16, health: HealthClass) -> Instance {
    Instance {
        url: BaseUrl::parse(url).expect("the sessions' URLs are valid"),
        weight,
        health,
    }
}

fn behaviour(rng: &mut Rng) -> Behaviour {
    let wait = pick(rng, &[0, 1_000, 3_000, 20_000]);
    match rng.below(12) {
        0..=3 => Behaviour::Answers(200),
        4 => Behaviour::Answers(pick(rng, &[404, 408, 429, 500, 502, 503])),
        5 => Behaviour::Asks(429, wait),
        6 => Behaviour::Asks(503, wait),
        7..=8 => Behaviour::Refuses,
        9 => Behaviour::Hangs,
        _ => Behaviour::Wavers,
    }
}

/// What an instance that wavers does this time.
pub(super) fn now(behaviour: Behaviour, rng: &mut Rng) -> Behaviour {
    match behaviour {
        Behaviour::Wavers => pick(
            rng,
            &[
                Behaviour::Answers(200),
                Behaviour::Answers(500),
                Behaviour::Refuses,
                Behaviour::Asks(503, 1_000),
            ],
        ),
        other => other,
    }
}

fn wish(rng: &mut Rng, at: u64) -> Wish {
    let request = Request {
        method: if rng.below(2) == 0 {
            Method::Get
        } else {
            pick(rng, &Method::ALL)
        },
        replayable: rng.below(5) > 0,
        retries: pick(rng, &[2, 2, 0, 1, 5]),
        deadline: at + pick(rng, &[10_000, 10_000, 300, 2_000, 40_000]),
    };
    Wish {
        at,
        service: pick(rng, &["nets", "boats", "boats", "", "nowhere"]),
        request: (rng.below(6) > 0).then_some(request),
        abandoned_after: (rng.below(10) == 0).then(|| rng.below(5_000)),
    }
}
