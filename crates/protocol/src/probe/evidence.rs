//! What an answer proves of an endpoint that the page wants, where no document describes it.

use super::answer::Answer;
use crate::endpoint::{Endpoint, Evidence};
use crate::method::Method;
use crate::readers::allow;

/// Whether a status proves that the path exists: it answers, asks for credentials, or knows the path
/// but not with this method. A redirect or an error of the server proves nothing.
pub(super) const fn proves_path(status: u16) -> bool {
    matches!(status, 200..=299 | 401 | 403 | 405)
}

/// Adds what the answer to an OPTIONS request says. `false` when it says nothing.
pub(super) fn of_options<J>(endpoint: &mut Endpoint, answer: &Answer<J>) -> bool {
    let Some(header) = answer
        .allow
        .as_deref()
        .filter(|_| matches!(answer.status, 200..=299))
    else {
        return false;
    };
    learn_allow(endpoint, Evidence::Options, header)
}

/// Adds what the answer to a GET request proves. `false` when it proves nothing.
pub(super) fn of_get<J>(endpoint: &mut Endpoint, answer: &Answer<J>) -> bool {
    match answer.status {
        200..=299 => endpoint.learn(Evidence::Get, [Method::Get]),
        405 => {
            if let Some(header) = answer.allow.as_deref() {
                learn_allow(endpoint, Evidence::Allow, header);
            }
        }
        _ => {}
    }
    proves_path(answer.status)
}

fn learn_allow(endpoint: &mut Endpoint, evidence: Evidence, header: &str) -> bool {
    let methods = allow::read(header).methods;
    if methods.is_empty() {
        return false;
    }
    endpoint.learn(evidence, methods.iter());
    true
}
