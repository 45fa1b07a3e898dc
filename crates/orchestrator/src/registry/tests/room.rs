//! What the registry does without while memory is short.

use super::registrations::{at, registration, url};
use super::*;

#[test]
fn a_closed_registry_takes_in_nothing_new_and_loses_nothing() {
    let mut registry = registry();
    let items = place("uvicorn", 1, 8_000);
    adopt(
        &mut registry,
        0,
        vec![found(&items, "Items API", &["/items"])],
    );
    registry.register(registration(1, 0, &at("shop", &[8_500])), Millis(0));
    assert!(registry.make_do(true, true).is_empty());
    let before = shown(&registry);
    // Neither another service, nor one more instance of one that is there.
    let new = [
        found(&place("node", 2, 8_100), "Orders", &["/orders"]),
        found(&place("uvicorn", 3, 8_001), "Items API", &["/items"]),
    ];
    assert_eq!(adopt(&mut registry, 1, new.to_vec()), before);
    let replaces = |registry: &Registry, name: &str, port| {
        let name = Name::parse(name).unwrap();
        registry.replaces(&name, &[&url(port)])
    };
    assert_eq!(replaces(&registry, "other", 8_600), Err(Conflict::Memory));
    // What is there may say something else, vanish and come back, or move.
    let shop = replaces(&registry, "shop", 8_500).unwrap();
    assert_eq!(shop, Some(RegistrationId(1)));
    registry.socket_gone(&items, Millis(2), 2);
    let moved = found(&place("uvicorn", 4, 8_002), "Items API", &["/items"]);
    let after = adopt(&mut registry, 3, vec![moved]);
    assert!(
        after.contains(&"items-api: 8002 healthy".to_owned()),
        "{after:?}"
    );
    // Then what was left out is named once.
    let left_out: Vec<u16> = registry.make_do(true, false).into_iter().collect();
    assert_eq!(left_out, [8_001, 8_100]);
    assert!(registry.make_do(false, false).is_empty());
    assert_eq!(replaces(&registry, "other", 8_600), Ok(None));
    assert_eq!(adopt(&mut registry, 4, new.to_vec()).len(), 3);
}

#[test]
fn histories_of_what_comes_while_memory_is_short_are_short_too() {
    let mut registry = registry();
    adopt(
        &mut registry,
        0,
        vec![found(&place("uvicorn", 1, 8_000), "Items API", &["/items"])],
    );
    let check_all = |registry: &mut Registry| {
        let ids: Vec<_> = registry.instances.keys().collect();
        for n in 0..100 {
            for id in &ids {
                let checked = Checked {
                    arrivals: 0,
                    verdict: ALIVE,
                };
                registry.record(*id, &checked, Millis(n), n);
            }
        }
    };
    check_all(&mut registry);
    assert_eq!(
        registry.footprint().histories,
        registry.most_history_bytes()
    );
    registry.make_do(true, false);
    adopt(
        &mut registry,
        1,
        vec![found(&place("node", 2, 8_100), "Orders", &["/orders"])],
    );
    check_all(&mut registry);
    assert_eq!(registry.footprint().histories, 2 * 4);
    assert!(registry.instances.values().all(|it| it.is_steady()));
    registry.make_do(false, false);
    check_all(&mut registry);
    assert_eq!(
        registry.footprint().histories,
        registry.most_history_bytes()
    );
}
