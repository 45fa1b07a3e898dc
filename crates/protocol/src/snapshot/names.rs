//! What each name of a view means: an endpoint, perhaps with one method; or several, between which it cannot choose.

use super::shown::{Endpoints, Shown};
use crate::catalog::Service;
use crate::method::Method;
use crate::name::Name;
use crate::text::sort;

/// A name with what it means. Of two entries with the same name the later one counts.
pub(super) struct Named<'v> {
    pub(super) name: String,
    pub(super) meanings: Vec<Meaning<'v>>,
}

#[derive(Clone, Copy)]
pub(super) struct Meaning<'v> {
    /// The place of the endpoint in the view.
    pub(super) endpoint: usize,
    /// The method that the name stands for.
    pub(super) method: Option<Method>,
    /// The name without its service.
    name: &'v Name,
}

/// The names that the services give, then the page's own, which go before.
pub(super) fn names<'v>(endpoints: &Endpoints<'v>) -> Vec<Named<'v>> {
    let (mut all, mut meant) = (Vec::new(), Vec::new());
    let mut add = |name: String, meaning: Meaning<'v>| {
        all.push((name, meant.len()));
        meant.push(meaning);
    };
    for (place, shown) in endpoints.shown.iter().enumerate() {
        name(&mut add, place, shown, shown.name, None);
        for (method, operation) in shown.operations {
            name(&mut add, place, shown, operation, Some(*method));
        }
    }
    sort(&mut all);
    let mut names: Vec<Named<'v>> = Vec::new();
    for (name, at) in all {
        let Some(meaning) = meant.get(at).copied() else {
            continue;
        };
        match names.last_mut().filter(|it| it.name == name) {
            Some(named) => named.add(meaning),
            None => names.push(Named {
                name,
                meanings: vec![meaning],
            }),
        }
    }
    for (wanted, places) in &endpoints.meant {
        let mut meanings = Vec::new();
        for endpoint in places {
            meanings.push(Meaning {
                endpoint: *endpoint,
                method: wanted.method,
                name: endpoints
                    .shown
                    .get(*endpoint)
                    .map_or(&wanted.name, |it| it.name),
            });
        }
        names.push(Named {
            name: wanted.name.as_str().to_owned(),
            meanings,
        });
    }
    names
}

/// Adds a name of an endpoint of a service, alone and qualified.
fn name<'v>(
    add: &mut dyn FnMut(String, Meaning<'v>),
    endpoint: usize,
    shown: &Shown<'v>,
    name: &'v Name,
    method: Option<Method>,
) {
    if shown.service.is_some() {
        let meaning = Meaning {
            endpoint,
            method,
            name,
        };
        add(name.as_str().to_owned(), meaning);
        add(meaning.qualified(shown.service), meaning);
    }
}

impl<'v> Named<'v> {
    fn add(&mut self, meaning: Meaning<'v>) {
        let known = self.meanings.last_mut();
        match known.filter(|it| it.endpoint == meaning.endpoint) {
            // Two names of one path: the name means the path, whatever the method.
            Some(known) => known.method = known.method.filter(|it| Some(*it) == meaning.method),
            None => self.meanings.push(meaning),
        }
    }
}

impl Meaning<'_> {
    /// The name with its service's before it.
    pub(super) fn qualified(&self, service: Option<&Service>) -> String {
        let mut text = String::new();
        if let Some(service) = service {
            text.push_str(service.name.as_str());
            text.push('.');
        }
        text.push_str(self.name.as_str());
        text
    }
}
