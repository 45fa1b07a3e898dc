//! What single paths have proven of each candidate, in its present pass down the ladder.

use crate::document::{Document, HEALTH, Route, Service, WISHES};
use crate::invariant::{Invariant, ensure};
use crate::json::Shared;
use crate::model::expectation::seen_methods;
use crate::world::Heard;
use landfall_protocol::probe::Purpose;
use landfall_protocol::snapshot::{Shown, View};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
pub(crate) struct Proofs {
    passes: BTreeMap<String, Pass>,
    /// Who had something that was asked for, or a document, and was not taken.
    passed_over: BTreeSet<String>,
}

/// One pass down the ladder.
#[derive(Debug, Default)]
struct Pass {
    /// Whether the origin was seen not to answer every path alike.
    no_catch_all: bool,
    paths: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Proofs {
    /// A probe leaves for `origin`.
    pub(crate) fn asked(&mut self, origin: &str, purpose: Purpose) {
        if purpose != Purpose::Endpoint {
            let before = self.passes.remove(origin);
            if before.is_some_and(|it| !it.paths.is_empty()) {
                self.pass_over(origin);
            }
        }
    }

    pub(crate) fn pass_over(&mut self, origin: &str) {
        self.passed_over.insert(origin.to_owned());
    }

    pub(crate) fn was_passed_over(&self, origin: &str) -> bool {
        self.passed_over.contains(origin)
    }

    /// Its answer is there.
    pub(crate) fn answered(
        &mut self,
        origin: &str,
        purpose: Purpose,
        path: &str,
        options: bool,
        heard: &Heard,
    ) {
        match (purpose, heard) {
            (Purpose::CatchAll, Heard::NoCatchAll) => {
                let pass = Pass {
                    no_catch_all: true,
                    ..Pass::default()
                };
                self.passes.insert(origin.to_owned(), pass);
            }
            (Purpose::Endpoint, Heard::Path(status, allow)) => {
                let mut known = WISHES.iter().map(|it| it.path).chain(HEALTH);
                let Some(path) = known.find(|it| *it == path) else {
                    return;
                };
                let Some(pass) = self.passes.get_mut(origin) else {
                    return;
                };
                let named = || allow.iter().flat_map(|it| it.split(", "));
                if options {
                    if (200..300).contains(status) && allow.is_some() {
                        pass.prove(path, named());
                    }
                } else if (200..300).contains(status) {
                    pass.prove(path, ["GET"]);
                } else if *status == 405 {
                    pass.prove(path, named());
                } else if matches!(status, 401 | 403) {
                    pass.prove(path, []);
                }
            }
            _ => {}
        }
    }

    /// The document that a live value from single paths must be, if all that is shown of it was proven.
    pub(crate) fn justify(
        &self,
        origin: &str,
        view: &View,
    ) -> Result<Document, (Invariant, String)> {
        let pass = self.passes.get(origin);
        let proven = pass.filter(|it| it.no_catch_all && !it.paths.is_empty());
        ensure(proven.is_some(), Invariant::ValueAsDelivered, || {
            format!("single paths of {origin} are shown of which none was proven: {pass:?}")
        })?;
        let routes = proven.into_iter().flat_map(|it| &it.paths);
        let service = Service {
            // Whatever its place: it is known again where it has moved.
            name: "backend".to_owned(),
            title: None,
            url: origin.to_owned(),
            routes: routes
                .map(|(path, methods)| Route {
                    path,
                    protocol: "http",
                    methods: methods.clone(),
                })
                .collect(),
        };
        let document = Document {
            json: Shared::new(Value::Null),
            name: None,
            stamp: None,
            config: None,
            api_base: None,
            services: vec![service],
        };
        ensure(
            describes(&document, view),
            Invariant::ValueAsDelivered,
            || {
                format!(
                    "of single paths {:?} is shown where {:?} was proven",
                    view.endpoints(),
                    document.services
                )
            },
        )?;
        Ok(document)
    }
}

impl Pass {
    fn prove(&mut self, path: &'static str, named: impl IntoIterator<Item = &'static str>) {
        let methods = self.paths.entry(path).or_default();
        for method in named {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        // In the order in which a view shows them.
        methods.sort_unstable();
    }
}

/// Whether the endpoints of a view are those of a document.
pub(super) fn describes(document: &Document, view: &View) -> bool {
    let routes = || document.services.iter().flat_map(|it| &it.routes);
    let mut shown = view.endpoints();
    shown.retain(|it| it.service.is_some());
    let is_shown = |shown: &Shown<'_>| {
        routes().any(|it| it.path == shown.path.as_str() && seen_methods(shown) == it.methods)
    };
    shown.len() == routes().count() && shown.iter().all(is_shown)
}

/// Whether the one path that was proven is that of a health check.
pub(super) fn is_only_healthy(document: &Document) -> bool {
    let mut routes = document.services.iter().flat_map(|it| &it.routes);
    routes.all(|it| HEALTH.contains(&it.path))
}
