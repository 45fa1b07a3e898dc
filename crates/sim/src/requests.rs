//! What may leave: judged on each probe as the host gets it.

use crate::document::Wish;
use crate::invariant::{Checked, Invariant, ensure};
use crate::schedule::{Page, Setup};
use crate::world::origin_of;
use landfall_protocol::probe::{Probe, Purpose};

/// Judges a probe that leaves for the candidate `candidate`. `path`: what it asks there.
pub(crate) fn judge(
    probe: &Probe,
    setup: &Setup,
    path: &str,
    page_origin: Option<&str>,
    local_access: bool,
) -> Checked {
    let method = probe.method.as_str();
    let url = probe.url.as_str();
    let without_preflight =
        method == "GET" || method == "OPTIONS" && page_origin.is_none_or(|it| it == origin_of(url));
    ensure(without_preflight, Invariant::SafeMethodsOnly, || {
        format!("{method} {url} leaves")
    })?;
    let known = match probe.purpose {
        Purpose::Catalog | Purpose::Reach => path == "/.well-known/landfall",
        Purpose::OpenApi => path.ends_with("/openapi.json") || path.ends_with("/api.json"),
        Purpose::ApiCatalog => path == "/.well-known/api-catalog",
        Purpose::Endpoint => {
            let asked = |it: &Wish| it.can_be_asked() && it.path == path;
            setup.wishes.iter().any(asked)
        }
        Purpose::CatchAll => path.len() > 10,
    };
    ensure(known, Invariant::SafeMethodsOnly, || {
        format!("{:?} asks for {url}, which nobody named", probe.purpose)
    })?;
    let barred = setup.page == Page::Public && is_local(url) && !local_access;
    ensure(!barred, Invariant::NoUnaskedLocalAccess, || {
        format!("a public page asks {url} without permission")
    })
}

/// Whether a URL of these simulations is on this machine.
pub(crate) fn is_local(url: &str) -> bool {
    let host = origin_of(url);
    host.starts_with("http://localhost") || host.starts_with("http://127.0.0.1")
}
