//! What a name means, and which service is the base.

use crate::host::{BACKEND, Host, Site, json_answer, options};
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::resolver::Options;
use landfall_protocol::template::PathTemplate;
use serde_json::{Value, json};

fn two_services() -> Value {
    let endpoints = |operation: &str| {
        json!({
            "/items/{id}": {"path": "/items/{id}", "methods": {"GET": "openapi", "PUT": "openapi"}, "operations": {"PUT": operation}},
            "live": {"path": "/ws", "protocol": "websocket"}
        })
    };
    json!({
        "landfall": 1, "epoch": {"registry": "r", "boot": 1}, "revision": 1,
        "services": [
            {"name": "shop", "instances": [{"url": "http://localhost:1", "health": "unhealthy"}, {"url": "http://localhost:2", "health": "healthy"}], "endpoints": endpoints("put_shop")},
            {"name": "bank", "instances": [{"url": "http://localhost:3"}], "endpoints": endpoints("put_bank")},
            {"name": "landfall", "instances": [{"url": BACKEND}], "endpoints": {}}
        ]
    })
}

fn names(change: impl FnOnce(&mut Options<Value>)) -> (Value, String) {
    let mut options = options();
    change(&mut options);
    let mut host = Host::new(options)
        .site(BACKEND, Site::Answers(1, json_answer(two_services())))
        .start();
    host.until(1_000);
    let view = &host.snapshot().view;
    (
        view.to_json::<Value>()["names"].clone(),
        view.base_url.clone(),
    )
}

#[test]
fn an_ambiguous_name_gives_the_choices_and_a_qualified_one_decides() {
    let (names, base) = names(|_| ());
    assert_eq!(
        names["/items/{id}"],
        json!({"choices": ["shop./items/{id}", "bank./items/{id}"]})
    );
    assert_eq!(names["shop./items/{id}"], json!({"endpoint": 0}));
    assert_eq!(names["bank.live"], json!({"endpoint": 3}));
    assert_eq!(names["put_bank"], json!({"endpoint": 2, "method": "PUT"}));
    // Two services, none of them asked for: the base is a guess that is not made.
    assert_eq!(base, "http://localhost:8010");
}

#[test]
fn the_base_is_the_named_service_at_its_healthiest_instance() {
    let (_, base) = names(|options| options.service = Some(Name::parse("shop").unwrap()));
    assert_eq!(base, "http://localhost:2");
}

#[test]
fn the_base_is_the_service_that_has_most_of_what_is_wanted() {
    let wanted = |name: &str, path: &str| Wanted {
        name: Name::parse(name).unwrap(),
        path: PathTemplate::parse(path).unwrap(),
        method: Some(Method::Delete),
        protocol: Protocol::Http,
    };
    let (names, base) = names(|options| {
        options.wanted = vec![wanted("item", "/items/{any_name}"), wanted("hope", "/hope")];
    });
    // Both have one of them: the first by name, so that a kept value says the same.
    assert_eq!(base, "http://localhost:3");
    // The page's own name means the endpoint of the base, whatever the template calls its variables.
    assert_eq!(names["item"], json!({"endpoint": 2, "method": "DELETE"}));
    assert_eq!(names["hope"], json!({"endpoint": 4, "method": "DELETE"}));
}
