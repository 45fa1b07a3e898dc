//! OpenAPI documents of real frameworks, and hostile ones.

use landfall_protocol::endpoint::Evidence;
use landfall_protocol::method::Method::{self, Delete, Get, Patch, Post, Put};
use landfall_protocol::readers::openapi::{self, Reading};
use landfall_protocol::url::BaseUrl;
use serde_json::{Value, json};

fn origin() -> BaseUrl {
    BaseUrl::parse("http://localhost:8000").unwrap()
}

fn methods(reading: &Reading, path: &str) -> Vec<Method> {
    let endpoint = reading
        .endpoints
        .iter()
        .find(|it| it.path.as_str() == path)
        .unwrap_or_else(|| panic!("{path}"));
    assert!(
        endpoint
            .methods()
            .iter()
            .all(|(_, evidence)| *evidence == Evidence::OpenApi)
    );
    endpoint
        .methods()
        .iter()
        .map(|(method, _)| *method)
        .collect()
}

#[test]
fn fastapi_with_several_methods_on_one_path() {
    let json: Value = serde_json::from_str(include_str!("corpus/openapi/fastapi.json")).unwrap();
    let reading = openapi::read(&json, &origin()).unwrap();
    assert_eq!(reading.title.as_ref().unwrap().as_str(), "Shop API");
    assert_eq!(reading.url, origin());
    assert_eq!(methods(&reading, "/items"), [Get, Post]);
    assert_eq!(methods(&reading, "/items/{item_id}"), [Get, Put, Delete]);
    assert_eq!(
        reading.endpoints.len(),
        json["paths"].as_object().unwrap().len()
    );
    assert_eq!(reading.left_out, 0);
    let operations: Vec<_> = reading
        .endpoints
        .iter()
        .flat_map(|it| &it.operations)
        .map(|(_, name)| name.as_str())
        .collect();
    assert!(
        operations.contains(&"replace_item_items__item_id__put"),
        "{operations:?}"
    );
}

#[test]
fn version_3_0_with_servers_references_and_bad_paths() {
    let json: Value =
        serde_json::from_str(include_str!("corpus/openapi/openapi-3.0.json")).unwrap();
    let reading = openapi::read(&json, &origin()).unwrap();
    // Its production servers are not the origin that was found.
    assert_eq!(reading.url.as_str(), "http://localhost:8000/api/v3");
    assert_eq!(methods(&reading, "/pets/{petId}"), [Get, Patch]);
    assert_eq!(reading.endpoints.len(), 2);
    assert_eq!(reading.left_out, 3);
}

#[test]
fn what_is_not_openapi_3_is_refused() {
    for (json, code) in [
        (
            json!({"swagger": "2.0", "info": {"title": "x"}, "paths": {}}),
            "malformed",
        ),
        (
            json!({"openapi": "4.0", "info": {"title": "x"}, "paths": {}}),
            "bad-version",
        ),
        (json!({"openapi": "3.1.0", "paths": {}}), "malformed"),
        (json!({"openapi": 3.1, "info": {"title": "x"}}), "malformed"),
        (json!("3.1.0"), "malformed"),
        (json!(null), "malformed"),
    ] {
        assert_eq!(
            openapi::read(&json, &origin()).unwrap_err().code.as_str(),
            code,
            "{json}"
        );
    }
}

#[test]
fn a_title_that_tries_to_deceive_is_cleaned() {
    let json = json!({"openapi": "3.1.0", "info": {"title": "Bank\u{202e}\n API"}});
    assert_eq!(
        openapi::read(&json, &origin())
            .unwrap()
            .title
            .unwrap()
            .as_str(),
        "Bank API"
    );
}
