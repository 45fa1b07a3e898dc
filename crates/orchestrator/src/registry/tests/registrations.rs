//! Services that register themselves: leases, and what was found by its socket.

use super::*;
use crate::pool::Target;
use crate::registration::{Body, Registration, RegistrationId, Seat};
use serde_json::{Value, json};

/// A registration of `body`, whose lease is 30 s unless it says another.
pub(super) fn registration(id: u64, order: u64, body: &Value) -> Registration {
    let body = Body::read(body.to_string().as_bytes()).unwrap();
    let seat = |instance: &crate::registration::InstanceBody| Seat {
        target: Target::new(&instance.url).unwrap(),
        weight: instance.weight,
    };
    let seats = body.instances.iter().map(seat).collect();
    body.registration(RegistrationId(id), order, seats)
}

pub(super) fn at(name: &str, ports: &[u16]) -> Value {
    let instance = |port: &u16| json!({ "url": format!("http://127.0.0.1:{port}") });
    json!({ "name": name, "instances": ports.iter().map(instance).collect::<Vec<_>>() })
}

pub(super) fn with(mut body: Value, key: &str, value: Value) -> Value {
    body[key] = value;
    body
}

fn register(registry: &mut Registry, now: u64, id: u64, body: &Value) {
    let registration = registration(id, registry.next_order(), body);
    registry.register(registration, Millis(now));
}

pub(super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The endpoints that the catalog shows of a service.
fn endpoints(registry: &Registry, name: &str) -> Vec<String> {
    let services = registry.catalog_services();
    let service = services.iter().find(|it| it.name.as_str() == name).unwrap();
    let shown = |it: &Endpoint| format!("{} {}", it.name, it.path);
    service.endpoints.iter().map(shown).collect()
}

#[test]
fn a_registration_counts_until_its_lease_ends() {
    let mut registry = registry();
    register(&mut registry, 0, 1, &at("shop", &[8_000]));
    assert_eq!(shown(&registry), ["shop: 8000 unknown"]);
    assert_eq!(registry.next_lapse(), Some(Millis(30_000)));
    assert_eq!(registry.lapsed(Millis(29_999)), []);
    assert_eq!(registry.renew(RegistrationId(1), Millis(29_999)), Some(()));
    assert_eq!(registry.lapsed(Millis(59_998)), []);
    assert_eq!(registry.lapsed(Millis(59_999)), [RegistrationId(1)]);
    let left = registry.deregister(RegistrationId(1)).unwrap();
    assert_eq!(left.iter().map(|it| it.port()).collect::<Vec<_>>(), [8_000]);
    assert!(shown(&registry).is_empty());
    assert_eq!(registry.next_lapse(), None);
    assert_eq!(registry.renew(RegistrationId(1), Millis(0)), None);
    assert!(registry.deregister(RegistrationId(1)).is_none());
}

#[test]
fn a_registered_service_is_checked_like_any_other() {
    let mut registry = registry();
    let body = with(at("shop", &[8_000]), "health_path", json!("/alive"));
    register(&mut registry, 5, 1, &body);
    let mut queue = VecDeque::new();
    registry.queue_due(&mut queue, Millis(5), &PACE);
    let order = registry.check_order(queue[0], Millis(5), &PACE).unwrap();
    assert_eq!((&*order.path, order.target.port()), ("/alive", 8_000));
    assert!(registry.is_alive(queue[0], 204) && !registry.is_alive(queue[0], 404));
}

#[test]
fn what_was_found_by_its_socket_becomes_the_registered_instance() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&place, "Items API", &["/items"])],
    );
    register(&mut registry, 1, 1, &at("shop", &[8_000]));
    // One instance, and what was known of its health.
    assert_eq!(shown(&registry), ["shop: 8000 healthy"]);
    registry.socket_gone(&place, Millis(2), 2);
    assert_eq!(shown(&registry), ["shop: 8000 healthy"], "a check decides");
    // Taken back, the place is nobody's; whoever listens there is found anew.
    registry.deregister(RegistrationId(1));
    let again = vec![found(&place, "Items API", &["/items"])];
    assert_eq!(adopt(&mut registry, 3, again), ["items-api: 8000 healthy"]);
}

#[test]
fn a_socket_of_a_registered_place_is_no_other_service() {
    let mut registry = registry();
    register(&mut registry, 0, 1, &at("shop", &[8_000]));
    let place = place("uvicorn", 1, 8_000);
    assert!(registry.is_declared_at(&place));
    let late = vec![found(&place, "Items API", &["/items"])];
    assert_eq!(adopt(&mut registry, 1, late), ["shop: 8000 unknown"]);
}

#[test]
fn a_found_service_and_a_registration_of_its_name_are_one_service() {
    let mut registry = registry();
    let found = found(&place("uvicorn", 1, 8_000), "Items API", &["/items"]);
    adopt(&mut registry, 0, vec![found]);
    register(&mut registry, 1, 1, &at("items-api", &[8_001]));
    assert_eq!(shown(&registry), ["items-api: 8000 healthy, 8001 unknown"]);
    assert_eq!(endpoints(&registry, "items-api"), ["/items /items"]);
    registry.deregister(RegistrationId(1));
    assert_eq!(shown(&registry), ["items-api: 8000 healthy"]);
}

#[test]
fn what_is_declared_goes_before_what_a_service_says_and_the_rest_stays() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&place, "Items API", &["/items", "/users"])],
    );
    let declared = json!({
        "live": { "path": "/live", "protocol": "websocket" },
        "items": { "path": "/items", "methods": ["GET", "POST"] },
    });
    let body = with(at("items-api", &[8_001]), "endpoints", declared);
    let body = with(body, "title", json!("The shop"));
    register(&mut registry, 1, 1, &body);
    let all = ["/users /users", "items /items", "live /live"];
    assert_eq!(endpoints(&registry, "items-api"), all);
    // Read again, it says the same.
    let id = registry.instances.keys().next().unwrap();
    let reading = found(&place, "Items API", &["/items", "/users"]).reading;
    registry.described(id, Some(reading), Millis(2));
    assert_eq!(endpoints(&registry, "items-api"), all);
    let title = |registry: &Registry| registry.catalog_services()[1].title.clone().unwrap();
    assert_eq!(title(&registry).as_str(), "The shop");
    // What was hidden shows when the service is read the next time, which is at once.
    registry.deregister(RegistrationId(1));
    assert_eq!(endpoints(&registry, "items-api"), ["/users /users"]);
    assert_eq!(registry.instances[id].description.due, Millis::ZERO);
}

#[test]
fn whoever_registers_again_replaces_what_it_registered_before() {
    let mut registry = registry();
    let name = Name::parse("shop").unwrap();
    register(&mut registry, 0, 1, &at("shop", &[8_000, 8_001]));
    assert_eq!(
        registry.replaces(&name, &[&url(8_001)]),
        Ok(Some(RegistrationId(1)))
    );
    register(&mut registry, 10, 1, &at("shop", &[8_001, 8_002]));
    assert_eq!(shown(&registry), ["shop: 8001 unknown, 8002 unknown"]);
    assert_eq!(registry.next_lapse(), Some(Millis(30_010)));
    // A second process of the service has a registration and a lease of its own.
    assert_eq!(registry.replaces(&name, &[&url(8_003)]), Ok(None));
    register(&mut registry, 20, 2, &at("shop", &[8_003]));
    registry.deregister(RegistrationId(1));
    assert_eq!(shown(&registry), ["shop: 8003 unknown"]);
}

#[test]
fn a_service_that_registers_again_is_not_held_to_have_been_down() {
    let mut registry = registry();
    let place = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&place, "Items API", &["/items"])],
    );
    registry.socket_gone(&place, Millis(1), 1);
    assert_eq!(shown(&registry), ["items-api: 8000 unhealthy"]);
    register(&mut registry, 2, 1, &at("items-api", &[8_000]));
    assert_eq!(shown(&registry), ["items-api: 8000 unknown"]);
}

#[test]
fn nobody_takes_the_name_or_the_place_of_another() {
    let settings: crate::settings::Settings =
        toml::from_str("[[services]]\nname = \"mine\"\nurl = \"http://127.0.0.1:7000\"").unwrap();
    let own = own_service(BaseUrl::localhost(7420)).unwrap();
    let epoch = Epoch::new("test", 1).unwrap();
    let mut registry = Registry::new(own, &settings.services, epoch, PERIODS);
    register(&mut registry, 0, 1, &at("shop", &[8_000]));
    register(&mut registry, 0, 2, &at("shop", &[8_001]));
    let (mine, shop, other) = (
        Name::parse("mine").unwrap(),
        Name::parse("shop").unwrap(),
        Name::parse("other").unwrap(),
    );
    assert_eq!(
        registry.replaces(&mine, &[&url(8_002)]),
        Err(Conflict::Name(mine.clone()))
    );
    for (port, owner) in [(7_000, &mine), (8_000, &shop)] {
        let (url, owner) = (url(port), owner.as_str());
        assert_eq!(
            registry.replaces(&other, &[&url]),
            Err(Conflict::Url {
                url,
                owner: owner.to_owned()
            })
        );
    }
    assert!(matches!(
        registry.replaces(&shop, &[&url(8_000), &url(8_001)]),
        Err(Conflict::Split(_))
    ));
    let many: Vec<_> = (9_000..9_063).map(url).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(registry.replaces(&shop, &many[..62]), Ok(None));
    assert_eq!(
        registry.replaces(&shop, &many),
        Err(Conflict::Instances(shop))
    );
}
