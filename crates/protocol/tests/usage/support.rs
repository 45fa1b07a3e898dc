//! Views, calls and how they end.

use landfall_protocol::catalog::{HealthClass, Instance, Service};
use landfall_protocol::endpoint::{Endpoint, Evidence};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::snapshot::View;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use landfall_protocol::usage::{After, CallId, Ended, Kind, OUTCOMES, Usage};
use std::rc::Rc;

pub(crate) const DEADLINE: Millis = Millis(10_000);

pub(crate) fn place(number: usize) -> String {
    format!("http://10.0.0.{number}")
}

pub(crate) fn instance(number: usize, weight: u16, health: HealthClass) -> Instance {
    let url = BaseUrl::parse(&place(number)).unwrap();
    Instance {
        url,
        weight,
        health,
    }
}

pub(crate) fn service(name: &str, instances: Vec<Instance>) -> Service {
    Service {
        name: Name::parse(name).unwrap(),
        title: None,
        instances,
        endpoints: Vec::new(),
    }
}

/// A live view from a catalog, whose base URL is `base`.
pub(crate) fn view(base: &str, services: Vec<Service>) -> View {
    View {
        status: "live",
        source: Some("live"),
        code: "live",
        subject: None,
        origin: Some("http://localhost:7420".to_owned()),
        rung: Some("catalog"),
        epoch: None,
        revision: None,
        base_url: base.to_owned(),
        ws_base_url: String::new(),
        services: Rc::new(services),
        wanted: Rc::default(),
    }
}

/// A view whose service `boats` has these instances, numbered from 0, all of weight 100.
pub(crate) fn boats(health: &[HealthClass]) -> View {
    let instances = health
        .iter()
        .enumerate()
        .map(|(number, health)| instance(number, 100, *health));
    view(&place(0), vec![service("boats", instances.collect())])
}

pub(crate) const HEALTHY: HealthClass = HealthClass::Healthy;

/// The same with the registry that it comes from, which takes reports.
pub(crate) fn with_registry(mut view: View) -> View {
    let mut own = Endpoint::unnamed(PathTemplate::parse(OUTCOMES).unwrap()).unwrap();
    own.learn(Evidence::Catalog, [Method::Post]);
    // The daemon names itself by address, and the page has called it by name.
    let url = BaseUrl::parse("http://127.0.0.1:7420").unwrap();
    let instance = Instance {
        url,
        weight: 1,
        health: HEALTHY,
    };
    let mut registry = service("landfall", vec![instance]);
    registry.endpoints.push(own);
    Rc::make_mut(&mut view.services).push(registry);
    view
}

pub(crate) fn request(method: Method) -> Kind {
    Kind::Request {
        method,
        replayable: true,
        retries: 2,
        deadline: DEADLINE,
    }
}

pub(crate) const fn answered(status: u16) -> Ended {
    Ended::Answered {
        status,
        retry_after: None,
    }
}

/// One whole call without retries that ends so; where it went.
pub(crate) fn call(usage: &mut Usage, now: Millis, view: &View, ended: Ended) -> Option<String> {
    let id = usage.begin("boats", request(Method::Post));
    let to = usage.route(now, id, view).to;
    let ended = if to.is_some() { ended } else { Ended::Barred };
    assert_eq!(usage.ended(now, id, ended, view), After::Over);
    to
}

pub(crate) fn pause(after: After) -> Millis {
    match after {
        After::Again(pause) => pause,
        After::Over => panic!("there is no other try"),
    }
}

pub(crate) fn url(usage: &mut Usage, now: Millis, id: CallId, view: &View) -> String {
    usage.route(now, id, view).to.expect("a route")
}
