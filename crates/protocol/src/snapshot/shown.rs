//! The endpoints of a view: those of the services, with what the page declares of them, then those it only hopes for.

use super::View;
use crate::catalog::Service;
use crate::endpoint::{Contradiction, Endpoint, Evidence, Protocol, Wanted};
use crate::method::Method;
use crate::name::Name;
use crate::template::PathTemplate;

/// One endpoint as a view shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'v> {
    /// Its service; `None` for an endpoint that the page only hopes for.
    pub service: Option<&'v Service>,
    /// Its name: the declared one, or its path template.
    pub name: &'v Name,
    /// Its path template.
    pub path: &'v PathTemplate,
    /// What it speaks.
    pub protocol: Protocol,
    /// The evidence of each method, in the order of [`Method`].
    pub methods: Vec<(Method, Evidence)>,
    /// Other names, each for the path with one method.
    pub operations: &'v [(Method, Name)],
    /// Methods that some evidence names and other evidence denies.
    pub contradictions: &'v [Contradiction],
}

/// The endpoints of a view, and the places among them that each wanted endpoint may mean: at least one.
pub(super) struct Endpoints<'v> {
    pub(super) shown: Vec<Shown<'v>>,
    pub(super) meant: Vec<(&'v Wanted, Vec<usize>)>,
}

impl View {
    /// The endpoints, in the order in which names count them.
    #[must_use]
    pub fn endpoints(&self) -> Vec<Shown<'_>> {
        Endpoints::of(self).shown
    }
}

impl<'v> Endpoints<'v> {
    pub(super) fn of(view: &'v View) -> Self {
        let mut shown = Vec::new();
        for service in view.services.iter() {
            for endpoint in &service.endpoints {
                shown.push(Shown::of(service, endpoint));
            }
        }
        let known = shown.len();
        let mut meant = Vec::new();
        for wanted in view.wanted.iter() {
            let mut places = Vec::new();
            for (place, it) in shown.iter().take(known).enumerate() {
                if wanted.is_at(it.protocol, it.path) {
                    places.push(place);
                }
            }
            if places.len() > 1 {
                // Of several services that have it, the base URL's is meant.
                let at_base = |place: &usize| {
                    shown
                        .get(*place)
                        .and_then(|it| it.service?.best_instance())
                        .is_some_and(|it| it.url.as_str() == view.base_url)
                };
                let mut bases = places.iter().filter(|place| at_base(place));
                if let (Some(base), None) = (bases.next(), bases.next()) {
                    places = vec![*base];
                }
            }
            match (places.as_slice(), wanted.method) {
                ([], _) => {
                    places.push(shown.len());
                    shown.push(Shown::hoped(wanted));
                }
                ([only], Some(method)) => {
                    if let Some(it) = shown.get_mut(*only) {
                        it.declare(method);
                    }
                }
                _ => {}
            }
            meant.push((wanted, places));
        }
        Self { shown, meant }
    }
}

impl<'v> Shown<'v> {
    fn of(service: &'v Service, endpoint: &'v Endpoint) -> Self {
        Self {
            service: Some(service),
            name: &endpoint.name,
            path: &endpoint.path,
            protocol: endpoint.protocol,
            methods: endpoint.methods().to_vec(),
            operations: &endpoint.operations,
            contradictions: &endpoint.contradictions,
        }
    }

    fn hoped(wanted: &'v Wanted) -> Self {
        Self {
            service: None,
            name: &wanted.name,
            path: &wanted.path,
            protocol: wanted.protocol,
            methods: wanted
                .method
                .map(|it| (it, Evidence::Declared))
                .into_iter()
                .collect(),
            operations: &[],
            contradictions: &[],
        }
    }

    /// What the page declares is evidence too, the weakest; it never hides what is known.
    fn declare(&mut self, method: Method) {
        if let Err(at) = self
            .methods
            .binary_search_by_key(&method, |(known, _)| *known)
        {
            self.methods.insert(at, (method, Evidence::Declared));
        }
    }
}
