//! Reads an API catalog (RFC 9727): a linkset (RFC 9264) that may point at an OpenAPI document elsewhere.

use crate::json::{Json, Members, Node};
use crate::refused::{Code, Refused};
use crate::url::{BaseUrl, MAX_URL};

/// Where an origin serves its API catalog (RFC 9727, section 2).
pub const PATH: &str = "/.well-known/api-catalog";
/// The largest API catalog that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// The most link contexts that are looked at.
const MAX_CONTEXTS: usize = 256;

/// The URL of the first API description in JSON that an API catalog of `origin` links to
/// (`service-desc`, RFC 8631), on whatever origin it is. `None` when there is none.
///
/// # Errors
/// [`crate::refused::Code::Malformed`] when it is not a linkset.
pub fn read<J: Json>(json: &J, origin: &BaseUrl) -> Result<Option<BaseUrl>, Refused> {
    let malformed = || Refused::new(Code::Malformed, "").within("linkset");
    let contexts = json.node().get("linkset").and_then(|it| it.elements());
    for context in contexts.ok_or_else(malformed)?.iter().take(MAX_CONTEXTS) {
        for link in context.list("service-desc")? {
            let href = link.required_text("href")?;
            let media_type = link.optional_text("type")?;
            // `application/json`, and formats on top of it, such as `application/openapi+json;version=3.1`.
            let is_json = |it: String| it.as_bytes().windows(4).any(|part| part == b"json");
            if media_type.is_none_or(is_json)
                && let Some(url) = target(&href, origin)
            {
                return Ok(Some(url));
            }
        }
    }
    Ok(None)
}

fn target(href: &str, origin: &BaseUrl) -> Option<BaseUrl> {
    if href.len() > MAX_URL || href.contains(['#', '?']) {
        return None;
    }
    origin.resolve(href).ok()
}
