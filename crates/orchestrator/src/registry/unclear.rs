//! Endpoints whose methods nobody has declared: the service is asked for them.
//!
//! What a service declares goes before what it says. Only where a declared endpoint names no methods, what the service
//! says of that place is taken: from its description, else from OPTIONS and the `Allow` of a 405.

use super::services::Profile;
use landfall_protocol::endpoint::{Endpoint, Evidence, Protocol, Wanted};

/// The most endpoints that one service is asked for, one by one.
const MAX_ASKED: usize = 32;

/// Whether the methods of a declared endpoint are to be asked for. One with variables has no path that could be.
fn is_unclear(endpoint: &Endpoint) -> bool {
    let is_asked_for = |evidence: Evidence| evidence < Evidence::Catalog;
    endpoint.protocol == Protocol::Http
        && endpoint.path.variables().next().is_none()
        && endpoint
            .methods()
            .iter()
            .all(|(_, evidence)| is_asked_for(*evidence))
}

/// Whether a service that declares these endpoints is asked for the methods of some.
pub(super) fn any_unclear(endpoints: &[Endpoint]) -> bool {
    endpoints.iter().any(is_unclear)
}

impl Profile {
    /// The endpoints to ask for.
    pub(super) fn unclear(&self) -> Vec<Wanted> {
        let unclear = self.endpoints.iter().filter(|it| is_unclear(it));
        let wanted = |it: &Endpoint| Wanted {
            name: it.name.clone(),
            path: it.path.clone(),
            method: None,
            protocol: it.protocol,
        };
        unclear.map(wanted).take(MAX_ASKED).collect()
    }

    /// Takes the methods of the endpoints that were asked for from what the service said. True when that changes
    /// something.
    pub(super) fn clear_up(&mut self, said: &[Endpoint]) -> bool {
        let mut changes = false;
        for endpoint in self.endpoints.iter_mut().filter(|it| is_unclear(it)) {
            let mut clear = Endpoint::new(
                endpoint.name.clone(),
                endpoint.path.clone(),
                endpoint.protocol,
            );
            let same = said
                .iter()
                .find(|it| it.protocol == clear.protocol && it.path.same_shape(&clear.path));
            if let Some(same) = same {
                for (method, evidence) in same.methods() {
                    // It is the place that was declared, not what the service's own catalog says of it.
                    clear.set(*method, (*evidence).min(Evidence::OpenApi));
                }
                clear.contradictions.clone_from(&same.contradictions);
            }
            if clear != *endpoint {
                *endpoint = clear;
                changes = true;
            }
        }
        changes
    }
}
