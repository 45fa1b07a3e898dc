//! `/v1/drift`: what services had before and have no more, and that this is as it should be.

use super::events::drift_event;
use super::reply::{Reply, empty, json, refusal};
use super::server::Server;
use crate::clock::unix_ms;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::HeaderMap;
use percent_encoding::percent_decode_str;

/// Where it is.
pub(crate) const DRIFT: &str = "/v1/drift";

impl Server {
    /// What all services lack.
    pub(super) fn drift(&self) -> Reply {
        json(&self.registry.borrow().drift(self.clock.now(), unix_ms()))
    }

    /// The event that tells it.
    pub(crate) fn drift_event(&self) -> Bytes {
        let registry = self.registry.borrow();
        serde_json::to_vec(&registry.drift(self.clock.now(), unix_ms()))
            .map(|json| drift_event(&json))
            .unwrap_or_default()
    }

    /// Accepts what the service of this name, as it stands in the path, lacks.
    pub(super) fn accept_drift(&self, headers: &HeaderMap, name: &str) -> Reply {
        if let Some(refused) = self.barrier(headers) {
            return refused;
        }
        let name = percent_decode_str(name).decode_utf8();
        if name.is_ok_and(|name| self.registry.borrow_mut().accept_drift(&name)) {
            empty(StatusCode::NO_CONTENT)
        } else {
            refusal(
                StatusCode::NOT_FOUND,
                "no service of this name lacks anything",
            )
        }
    }
}
