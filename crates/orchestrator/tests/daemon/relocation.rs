//! Services that come, go and move: processes of their own, found by their sockets.

use crate::support::backend::{Process, be_backend_if_asked, free_ports, openapi};
use crate::support::daemon::{Daemon, watching};
use crate::support::eventually;
use serde_json::Value;

#[test]
fn backend_process() {
    be_backend_if_asked();
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// The urls and health classes of a service.
fn instances(daemon: &Daemon, name: &str) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let service = daemon.service(name)?;
    let instances = service["instances"].as_array()?;
    Some(
        instances
            .iter()
            .map(|it| (text(&it["url"]), text(&it["health"])))
            .collect(),
    )
}

fn until(daemon: &Daemon, name: &str, wanted: &[(String, &str)]) {
    let wanted: Vec<_> = wanted
        .iter()
        .map(|(url, health)| (url.clone(), (*health).to_owned()))
        .collect();
    let what = format!("{name} is {wanted:?}");
    eventually(&what, || {
        (instances(daemon, name).as_ref() == Some(&wanted)).then_some(())
    });
}

#[test]
fn a_service_is_found_with_its_methods_and_keeps_its_name_when_it_moves() {
    let [first, second] = free_ports();
    let daemon = Daemon::start(&watching(&[first, second]));
    let process = Process::start(first, &openapi("Items API", "/items/{id}"));
    until(&daemon, "items-api", &[(url(first), "healthy")]);
    let service = daemon.service("items-api").unwrap();
    assert_eq!(service["title"], "Items API");
    assert_eq!(
        service["endpoints"]["/items/{id}"]["methods"],
        serde_json::json!({ "GET": "openapi", "DELETE": "openapi" })
    );
    drop(process);
    until(&daemon, "items-api", &[(url(first), "unhealthy")]);
    let _moved = Process::start(second, &openapi("Items API", "/items/{id}"));
    until(&daemon, "items-api", &[(url(second), "healthy")]);
    let services = daemon.catalog()["services"].as_array().unwrap().len();
    assert_eq!(services, 2, "the daemon and the one service");
}

#[test]
fn a_service_that_restarts_in_place_is_the_same_with_its_new_endpoints() {
    let [port] = free_ports();
    let daemon = Daemon::start(&watching(&[port]));
    let process = Process::start(port, &openapi("Items API", "/items"));
    until(&daemon, "items-api", &[(url(port), "healthy")]);
    drop(process);
    until(&daemon, "items-api", &[(url(port), "unhealthy")]);
    let _restarted = Process::start(port, &openapi("Items API", "/things"));
    until(&daemon, "items-api", &[(url(port), "healthy")]);
    let endpoints = daemon.service("items-api").unwrap()["endpoints"].clone();
    assert_eq!(
        endpoints.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["/things"]
    );
}

#[test]
fn another_process_of_the_same_api_is_another_instance() {
    let [first, second] = free_ports();
    let daemon = Daemon::start(&watching(&[first, second]));
    let _one = Process::start(first, &openapi("Items API", "/items"));
    until(&daemon, "items-api", &[(url(first), "healthy")]);
    let other = Process::start(second, &openapi("Items API", "/items"));
    until(
        &daemon,
        "items-api",
        &[(url(first), "healthy"), (url(second), "healthy")],
    );
    drop(other);
    until(&daemon, "items-api", &[(url(first), "healthy")]);
}

#[test]
fn what_says_nothing_of_itself_is_not_taken_for_something_that_moved() {
    let [first, second] = free_ports();
    let daemon = Daemon::start(&watching(&[first, second]));
    let name_of = |port: u16| {
        let catalog = daemon.catalog();
        let services = catalog["services"].as_array().unwrap().clone();
        let at = |service: &&Value| service["instances"][0]["url"] == url(port);
        services
            .iter()
            .find(at)
            .map(|service| service["name"].as_str().unwrap().to_owned())
    };
    let process = Process::start(first, "");
    let name = eventually("the first is listed", || name_of(first));
    assert!(name.ends_with(&format!("-{first}")), "{name}");
    drop(process);
    until(&daemon, &name, &[(url(first), "unhealthy")]);
    let _other = Process::start(second, "");
    let other = eventually("the second is listed", || name_of(second));
    assert_ne!(name, other);
    until(&daemon, &name, &[(url(first), "unhealthy")]);
}

#[test]
fn a_service_that_stays_away_is_forgotten() {
    let [port] = free_ports();
    let daemon = Daemon::start(&format!("retention = \"1ms\"\n{}", watching(&[port])));
    let process = Process::start(port, &openapi("Items API", "/items"));
    until(&daemon, "items-api", &[(url(port), "healthy")]);
    drop(process);
    eventually("it is gone", || {
        daemon.service("items-api").is_none().then_some(())
    });
}

#[test]
fn a_service_of_the_settings_is_listed_once_and_describes_itself() {
    let [port] = free_ports();
    let daemon = Daemon::start(&format!(
        "{}[[services]]\nname = \"mine\"\nurl = \"http://localhost:{port}\"\n",
        watching(&[port])
    ));
    let at = format!("http://localhost:{port}");
    until(&daemon, "mine", &[(at.clone(), "unhealthy")]);
    let process = Process::start(port, &openapi("Items API", "/items"));
    until(&daemon, "mine", &[(at.clone(), "healthy")]);
    let endpoints = || {
        daemon.service("mine").unwrap()["endpoints"]
            .as_object()
            .unwrap()
            .len()
    };
    eventually("its endpoints are read", || {
        (endpoints() == 1).then_some(())
    });
    assert_eq!(daemon.service("mine").unwrap()["title"], "Items API");
    assert!(daemon.service("items-api").is_none());
    drop(process);
    until(&daemon, "mine", &[(at, "unhealthy")]);
}
