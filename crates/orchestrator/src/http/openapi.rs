//! The daemon's own API as an OpenAPI 3.1 document, made from the table of its routes.
//!
//! `openapi.json` beside this crate is what it makes, checked in; a test compares the two, and reads it with the
//! protocol's reader.

mod schemas;

use super::api_catalog::LINKSET;
use super::exposition::CONTENT_TYPE as METRICS;
use super::routes::{Entry, Route, TABLE};
use super::variant::Variants;
use landfall_protocol::method::Method;
use serde_json::{Map, Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What an operation does and what it answers with.
struct Operation {
    summary: &'static str,
    parameters: Vec<Value>,
    body: Option<Value>,
    /// Status, what it means, and its media type.
    answers: Vec<(u16, &'static str, Option<&'static str>)>,
    /// What is in an answer of 200, by the name of its schema.
    gives: Option<&'static str>,
    needs_token: bool,
}

const JSON: Option<&str> = Some("application/json");
const TEXT: Option<&str> = Some("text/plain");

impl Operation {
    fn new(summary: &'static str, answers: &[(u16, &'static str, Option<&'static str>)]) -> Self {
        Self {
            summary,
            parameters: Vec::new(),
            body: None,
            answers: answers.to_vec(),
            gives: None,
            needs_token: false,
        }
    }

    fn with(mut self, parameter: Value) -> Self {
        self.parameters.push(parameter);
        self
    }

    fn sends(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    fn gives(self, schema: &'static str) -> Self {
        Self {
            gives: Some(schema),
            ..self
        }
    }

    fn with_token(mut self) -> Self {
        self.needs_token = true;
        let answers = [
            (401, "no token, or a wrong one", TEXT),
            (
                403,
                "a page asks, or an instance is where no check may go",
                TEXT,
            ),
            (503, "nobody can register, and why", TEXT),
        ];
        self.answers.extend(answers);
        self.answers.sort_by_key(|(status, _, _)| *status);
        self
    }

    fn json(&self, id: &str) -> Value {
        let answer = |(status, means, media): &(u16, &str, Option<&str>)| {
            let mut answer = json!({ "description": means });
            if let Some(media) = media {
                let schema = self.gives.filter(|_| *status == 200);
                let content =
                    schema.map_or_else(|| json!({}), |it| json!({ "schema": reference(it) }));
                answer["content"] = json!({ *media: content });
            }
            (status.to_string(), answer)
        };
        let answers: Map<String, Value> = self.answers.iter().map(answer).collect();
        let mut operation = json!({
            "operationId": id, "summary": self.summary, "responses": answers
        });
        if !self.parameters.is_empty() {
            operation["parameters"] = self.parameters.clone().into();
        }
        if let Some(body) = &self.body {
            operation["requestBody"] = body.clone();
        }
        if self.needs_token {
            operation["security"] = json!([{ "token": [] }]);
        }
        operation
    }
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn query(name: &str, is_list: bool, description: &str) -> Value {
    let schema = if is_list {
        json!({ "type": "array", "items": { "type": "string" } })
    } else {
        json!({ "type": "string" })
    };
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn operation(route: Route, method: Method) -> Operation {
    let new = Operation::new;
    let bad = |means| (400, means, TEXT);
    match (route, method) {
        (Route::Catalog, _) => new(
            "The catalog, or a part of it",
            &[
                (200, "the catalog document", JSON),
                (304, "If-None-Match names it", None),
                bad("a condition that cannot be meant"),
            ],
        )
        .with(query(
            "service",
            true,
            "only the services with one of these names",
        ))
        .with(query(
            "label",
            true,
            "only the services with all of these labels: KEY=VALUE",
        )),
        (Route::Events, _) => new(
            "Changes of the catalog, raw health and drift, as server-sent events",
            &[
                (
                    200,
                    "events, until one side ends them",
                    Some("text/event-stream"),
                ),
                bad("a topic that there is not"),
                (503, "too many streams; come back later", TEXT),
            ],
        )
        .with(query(
            "topics",
            false,
            "catalog (when absent) or changes, health, drift: separated by commas",
        ))
        .with(query(
            "after",
            false,
            "the id of the last event that was seen: REGISTRY:BOOT:REVISION",
        )),
        (Route::Health, _) => new(
            "Raw health and the last checks of every instance",
            &[(200, "classes and why, scores, ages, latencies", JSON)],
        )
        .gives("Health"),
        (Route::Status, _) => new(
            "The daemon itself: budget, memory, checks",
            &[(200, "how it stands", JSON)],
        ),
        (Route::Outcomes, _) => new(
            "What a page saw of the instances that it uses",
            &[
                (204, "taken", None),
                bad("it is not a report"),
                (413, "longer than 16 KiB", TEXT),
                (429, "too many reports", TEXT),
            ],
        )
        .sends(json!({
            "required": true,
            "content": { "application/json": {}, "text/plain": {} }
        })),
        (Route::Services, Method::Post) => new(
            "Registers a service",
            &[
                (200, "it takes the place of the registration before", JSON),
                (201, "registered", JSON),
                bad("the body is not JSON"),
                (408, "the body did not come in time", TEXT),
                (409, "the name or a URL is another service's", TEXT),
                (413, "longer than 256 KiB", TEXT),
                (415, "the body is not said to be JSON", TEXT),
                (422, "a value is wrong, with its field", TEXT),
                (507, "no room", TEXT),
            ],
        )
        .with_token()
        .sends(json!({
            "required": true,
            "content": { "application/json": { "schema": reference("Registration") } }
        })),
        (Route::Services, _) => new("All registrations", &[(200, "the registrations", JSON)]),
        (Route::Service, Method::Put) => new(
            "Begins the lease of a registration anew",
            &[
                (200, "the registration", JSON),
                (404, "there is nothing to renew: register again", TEXT),
            ],
        )
        .with_token(),
        (Route::Service, Method::Delete) => new(
            "Takes a registration back",
            &[(204, "taken back", None), (404, "there is none", TEXT)],
        )
        .with_token(),
        (Route::Service, _) => new(
            "One registration",
            &[
                (200, "the registration", JSON),
                (404, "there is none", TEXT),
            ],
        ),
        (Route::Drift, _) => new(
            "Endpoints that are missing since a service started anew",
            &[(200, "what is missing", JSON)],
        ),
        (Route::ServiceDrift, _) => new(
            "Accepts what a service lacks",
            &[(204, "accepted", None), (404, "nothing is missing", TEXT)],
        )
        .with_token(),
        (Route::Healthz, _) => new("Whether the daemon answers", &[(200, "ok", TEXT)]),
        (Route::Metrics, _) => new(
            "What the daemon measures of itself, for Prometheus",
            &[(200, "samples", Some(METRICS))],
        ),
        (Route::Memory, _) => new(
            "What the memory of the daemon is for",
            &[(
                200,
                "bytes by subsystem, and the allocator's own figures",
                JSON,
            )],
        ),
        (Route::OpenApi, _) => new(
            "This document",
            &[
                (200, "an OpenAPI 3.1 document", JSON),
                (304, "If-None-Match names it", None),
            ],
        ),
        (Route::ApiCatalog, _) => new(
            "Where the descriptions of the daemon's and the services' APIs are (RFC 9727)",
            &[(200, "a linkset", Some(LINKSET))],
        ),
        (Route::Dashboard, _) => new(
            "The dashboard",
            &[
                (200, "a page", Some("text/html")),
                (304, "If-None-Match names it", None),
            ],
        ),
    }
}

/// The document.
pub(crate) fn document() -> Value {
    let item = |entry: &Entry| {
        let operation = |method: &Method| {
            let verb = method.as_str().to_ascii_lowercase();
            let id = match method {
                Method::Get => entry.name.to_owned(),
                _ => format!("{verb}-{}", entry.name),
            };
            (verb, operation(entry.route, *method).json(&id))
        };
        let mut item: Map<String, Value> = entry.methods.iter().map(operation).collect();
        if entry.path.contains('{') {
            let name = entry.path.split(['{', '}']).nth(1);
            let parameter = json!({
                "name": name, "in": "path", "required": true, "schema": { "type": "string" }
            });
            item.insert("parameters".to_owned(), json!([parameter]));
        }
        (entry.path.to_owned(), Value::Object(item))
    };
    let paths: Map<String, Value> = TABLE.iter().map(item).collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Landfall",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The services of one machine. Every path also has OPTIONS; a method that a path does not have is 405 with Allow."
        },
        "paths": paths,
        "components": {
            "schemas": { "Health": schemas::health(), "Registration": schemas::registration() },
            "securitySchemes": {
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "The token in the file `token` of the daemon's state folder."
                }
            }
        }
    })
}

/// The document as bytes.
pub(crate) fn variants() -> Variants {
    // It has no values that cannot be written.
    let json = serde_json::to_vec(&document()).unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    json.hash(&mut hasher);
    let tag = format!("openapi-{:016x}", hasher.finish());
    Variants::new("application/json", json.into(), tag)
}

#[cfg(test)]
mod tests {
    use super::super::routes::own_service;
    use super::*;
    use landfall_protocol::readers::openapi;
    use landfall_protocol::url::BaseUrl;
    use std::path::Path;

    /// Made anew with `LANDFALL_WRITE_OPENAPI=1 cargo test -p landfall-orchestrator openapi`.
    #[test]
    fn what_is_checked_in_is_what_the_code_says() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        let made = serde_json::to_string_pretty(&document()).unwrap() + "\n";
        if std::env::var_os("LANDFALL_WRITE_OPENAPI").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(kept, made, "openapi.json is not what the code says");
    }

    #[test]
    fn the_protocol_reads_every_route_with_all_of_its_methods() {
        let origin = BaseUrl::localhost(7420);
        let reading = openapi::read(&document(), &origin).unwrap();
        assert_eq!(reading.left_out, 0);
        assert_eq!(reading.title.unwrap().as_str(), "Landfall");
        let own = own_service(origin).unwrap();
        assert_eq!(reading.endpoints.len(), own.endpoints.len());
        for endpoint in &own.endpoints {
            let read = reading.endpoints.iter().find(|it| it.path == endpoint.path);
            let methods = |it: &landfall_protocol::endpoint::Endpoint| {
                let methods = it.methods().iter().map(|(method, _)| method.as_str());
                methods.collect::<Vec<_>>()
            };
            assert_eq!(
                methods(read.unwrap()),
                methods(endpoint),
                "{}",
                endpoint.path
            );
        }
    }

    #[test]
    fn no_two_operations_have_one_name() {
        let document = document();
        let paths = document["paths"].as_object().unwrap().values();
        let operations = paths.flat_map(|item| item.as_object().unwrap().values());
        let mut names: Vec<_> = operations
            .filter_map(|it| it["operationId"].as_str())
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), all > TABLE.len()), (all, true));
    }
}
