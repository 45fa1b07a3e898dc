//! What a ladder gives: the next question, or what the origin serves and how that was found.

use super::request::Probe;
use crate::catalog::Document;
use crate::reason::Reason;

/// The rung of the ladder that told something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    /// The catalog document.
    Catalog,
    /// An OpenAPI document at its usual place.
    OpenApi,
    /// An OpenAPI document that the API catalog points at.
    ApiCatalog,
    /// Single paths.
    Endpoints,
}

impl Rung {
    /// Its name in snapshots.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::OpenApi => "openapi",
            Self::ApiCatalog => "api-catalog",
            Self::Endpoints => "endpoints",
        }
    }

    /// Reads its name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [
            Self::Catalog,
            Self::OpenApi,
            Self::ApiCatalog,
            Self::Endpoints,
        ]
        .into_iter()
        .find(|it| it.as_str() == text)
    }
}

/// What an origin serves.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<J> {
    /// Where it was found.
    pub rung: Rung,
    /// What was found.
    pub document: Document<J>,
    /// `Cache-Control` of the answer, for [`crate::freshness`].
    pub cache_control: Option<String>,
}

/// What to do after an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Step<J> {
    /// Send this, and hand in its answer.
    Ask(Probe),
    /// Done.
    Found(Box<Found<J>>),
    /// Done, with nothing; and how many seconds the origin asked to be left alone.
    Nothing(Reason, Option<u32>),
}
