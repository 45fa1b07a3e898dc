//! Reads an API catalog (RFC 9727): a linkset (RFC 9264) that may point at an OpenAPI document elsewhere.

use crate::json::Json;
use crate::refused::Refused;
use crate::url::{BaseUrl, MAX_URL};
use serde::Deserialize;

/// Where an origin serves its API catalog (RFC 9727, section 2).
pub const PATH: &str = "/.well-known/api-catalog";
/// The largest API catalog that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most link contexts that are looked at.
const MAX_CONTEXTS: usize = 256;

#[derive(Debug, Deserialize)]
struct Linkset {
    linkset: Vec<Context>,
}

#[derive(Debug, Deserialize)]
struct Context {
    #[serde(default, rename = "service-desc")]
    service_desc: Vec<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    href: String,
    #[serde(default, rename = "type")]
    media_type: Option<String>,
}

/// The URL of the first API description in JSON that an API catalog of `origin` links to
/// (`service-desc`, RFC 8631), on whatever origin it is. `None` when there is none.
///
/// # Errors
/// [`crate::refused::Code::Malformed`] when it is not a linkset.
pub fn read<J: Json>(json: &J, origin: &BaseUrl) -> Result<Option<BaseUrl>, Refused> {
    let linkset = json.read::<Linkset>()?;
    Ok(linkset
        .linkset
        .iter()
        .take(MAX_CONTEXTS)
        .flat_map(|context| &context.service_desc)
        .filter(|link| {
            link.media_type
                .as_deref()
                .is_none_or(|it| it.contains("json"))
        })
        .find_map(|link| target(&link.href, origin)))
}

fn target(href: &str, origin: &BaseUrl) -> Option<BaseUrl> {
    if href.len() > MAX_URL || href.contains(['#', '?']) {
        return None;
    }
    origin.resolve(href).ok()
}
