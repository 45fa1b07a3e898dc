//! What single paths have proven of each candidate, in its present pass down the ladder.

use crate::document::{Document, Route, Service, WISHES};
use crate::invariant::{Invariant, ensure};
use crate::json::Shared;
use crate::model::expectation::seen_methods;
use crate::world::Heard;
use landfall_protocol::probe::Purpose;
use landfall_protocol::snapshot::{Shown, View};
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Proofs(BTreeMap<String, Pass>);

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
            self.0.remove(origin);
        }
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
                self.0.insert(origin.to_owned(), pass);
            }
            (Purpose::Endpoint, Heard::Path(status, allow)) => {
                let Some(wish) = WISHES.iter().find(|it| it.path == path) else {
                    return;
                };
                let Some(pass) = self.0.get_mut(origin) else {
                    return;
                };
                let named = || allow.iter().flat_map(|it| it.split(", "));
                if options {
                    if (200..300).contains(status) && allow.is_some() {
                        pass.prove(wish.path, named());
                    }
                } else if (200..300).contains(status) {
                    pass.prove(wish.path, ["GET"]);
                } else if *status == 405 {
                    pass.prove(wish.path, named());
                } else if matches!(status, 401 | 403) {
                    pass.prove(wish.path, []);
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
        let pass = self.0.get(origin);
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
