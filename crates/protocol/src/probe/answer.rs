//! What comes back for a probe, as the host saw it.

use crate::json::OutOfBounds;

/// An answer with a status.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<J> {
    /// The status code.
    pub status: u16,
    /// The origin that answered in the end, when redirects led to another one.
    pub redirected_to: Option<String>,
    /// The `Allow` header, where it is readable.
    pub allow: Option<String>,
    /// The `Cache-Control` header.
    pub cache_control: Option<String>,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Body<J>,
}

/// A body, as far as the probe's purpose wants it read.
#[derive(Debug, Clone, PartialEq)]
pub enum Body<J> {
    /// Not read.
    Unread,
    /// JSON.
    Json(J),
    /// Something else, or cut off.
    NotJson,
    /// Past the bounds of [`crate::json::check_bounds`] or of [`super::Purpose::max_bytes`].
    OutOfBounds(OutOfBounds),
}

impl<J> Answer<J> {
    /// An answer without headers.
    #[must_use]
    pub const fn new(status: u16, body: Body<J>) -> Self {
        Self {
            status,
            redirected_to: None,
            allow: None,
            cache_control: None,
            retry_after: None,
            body,
        }
    }
}

/// No answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The request failed and the host may not know why: a browser's rejected `fetch`.
    Unreadable,
    /// Nobody listens there: only a native host can tell.
    Refused,
    /// Time ran out.
    TimedOut,
}
