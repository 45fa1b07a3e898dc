//! A question to an origin. It cannot express an unsafe method.

use crate::method::SafeMethod;
use crate::{catalog, readers};

/// One request that finds something out.
///
/// Its method is a [`SafeMethod`]: a probe with HEAD, POST, PUT, PATCH or DELETE cannot be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// GET or OPTIONS.
    pub method: SafeMethod,
    /// The absolute URL.
    pub url: String,
    /// What is asked.
    pub purpose: Purpose,
}

/// What a probe asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The catalog document.
    Catalog,
    /// Whether anybody listens, readable or not.
    Reach,
    /// An OpenAPI document.
    OpenApi,
    /// The API catalog (RFC 9727).
    ApiCatalog,
    /// A path that nobody can have, to know a catch-all when it answers.
    CatchAll,
    /// Whether an endpoint that the page wants is there.
    Endpoint,
}

/// How a browser sends a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The answer is to be read: an ordinary cross-origin request.
    Cors,
    /// Only whether there is an answer: `no-cors`, whose answer stays opaque.
    NoCors,
}

impl Purpose {
    /// How many bytes of a body are read at most; 0: the body is not read.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Catalog => catalog::MAX_BYTES,
            Self::OpenApi => readers::openapi::MAX_BYTES,
            Self::ApiCatalog => readers::api_catalog::MAX_BYTES,
            Self::Reach | Self::CatchAll | Self::Endpoint => 0,
        }
    }

    /// How a browser sends it.
    #[must_use]
    pub const fn mode(self) -> Mode {
        if matches!(self, Self::Reach) {
            Mode::NoCors
        } else {
            Mode::Cors
        }
    }

    /// Its name in audits.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Reach => "reach",
            Self::OpenApi => "openapi",
            Self::ApiCatalog => "api-catalog",
            Self::CatchAll => "catch-all",
            Self::Endpoint => "endpoint",
        }
    }
}
