//! A registration as it is shown and kept.

use super::{Lease, Registration, Seat};
use crate::labels::Labels;
use crate::settings::{CheckTerms, RequestPath, Span};
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;
use serde::Serialize;
use std::collections::BTreeMap;

/// A registration as [`Body`](super::Body) reads it.
#[derive(Debug, Serialize)]
pub(crate) struct Written<'r> {
    name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'r str>,
    lease: Lease,
    instances: Vec<WrittenInstance<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    health_path: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval: Option<Span>,
    #[serde(skip_serializing_if = "says_nothing")]
    check: &'r CheckTerms,
    endpoints: BTreeMap<&'r str, WrittenEndpoint<'r>>,
    #[serde(skip_serializing_if = "Labels::is_empty")]
    labels: &'r Labels,
}

fn says_nothing(check: &&CheckTerms) -> bool {
    **check == CheckTerms::default()
}

#[derive(Debug, Serialize)]
struct WrittenInstance<'r> {
    url: &'r str,
    weight: u16,
}

#[derive(Debug, Serialize)]
struct WrittenEndpoint<'r> {
    path: &'r str,
    methods: Vec<&'static str>,
    protocol: &'static str,
}

impl<'r> From<&'r Registration> for Written<'r> {
    fn from(registration: &'r Registration) -> Self {
        let instance = |seat: &'r Seat| WrittenInstance {
            url: seat.target.as_str(),
            weight: seat.weight,
        };
        let endpoint = |it: &'r Endpoint| {
            let methods = it.methods().iter();
            let written = WrittenEndpoint {
                path: it.path.as_str(),
                methods: methods.map(|(method, _)| method.as_str()).collect(),
                protocol: it.protocol.as_str(),
            };
            (it.name.as_str(), written)
        };
        Self {
            name: registration.name.as_str(),
            title: registration.title.as_ref().map(Name::as_str),
            lease: registration.lease,
            instances: registration.seats.iter().map(instance).collect(),
            health_path: registration.health_path.as_ref().map(RequestPath::as_str),
            interval: registration.interval,
            check: &registration.check,
            endpoints: registration.endpoints.iter().map(endpoint).collect(),
            labels: &registration.labels,
        }
    }
}
