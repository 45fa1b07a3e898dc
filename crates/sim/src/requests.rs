//! What may leave: judged on each probe as the host gets it.

use crate::document::Wish;
use crate::invariant::{Checked, Invariant, ensure};
use crate::nearness::{Permissions, is_mixed};
use crate::schedule::Setup;
use crate::world::origin_of;
use landfall_protocol::probe::{Probe, Purpose};

/// Judges a probe that leaves for the candidate `candidate`. `path`: what it asks there.
pub(crate) fn judge(
    probe: &Probe,
    setup: &Setup,
    path: &str,
    page_origin: Option<&str>,
    permissions: Permissions,
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
            setup.health == Some(path) || setup.wishes.iter().any(asked)
        }
        Purpose::CatchAll => path.len() > 10,
    };
    ensure(known, Invariant::SafeMethodsOnly, || {
        format!("{:?} asks for {url}, which nobody named", probe.purpose)
    })?;
    ensure(
        !permissions.bars(setup.page, url),
        Invariant::NoUnaskedLocalAccess,
        || format!("a page of {:?} asks {url} without permission", setup.page),
    )?;
    ensure(
        !is_mixed(setup.page, url),
        Invariant::NoMixedContent,
        || {
            format!(
                "a page of {:?} asks {url}, which its browser blocks",
                setup.page
            )
        },
    )
}
