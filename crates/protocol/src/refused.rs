//! Why a value from outside was not accepted: the crate's one error type, with stable codes.

use std::fmt;
use std::ops::Deref;

/// What is wrong with an input. The codes of [`Code::as_str`] are stable: programs may match on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// Not of the expected shape.
    Malformed,
    /// A version of the format that this build does not read.
    BadVersion,
    /// More bytes than the format allows.
    TooLarge,
    /// Nested deeper than the format allows.
    TooDeep,
    /// More entries than the format allows.
    TooMany,
    /// A name that is empty, too long or holds control or bidirectional-override characters.
    BadName,
    /// Not an absolute http or https URL without user, query and fragment.
    BadUrl,
    /// Not a path template.
    BadPath,
    /// Not a known HTTP method.
    BadMethod,
    /// Not a known kind of evidence.
    BadEvidence,
    /// Not a known protocol (http, websocket, sse).
    BadProtocol,
    /// Not a known health class.
    BadHealth,
    /// A number outside its bounds.
    BadNumber,
    /// Something that must be unique is there twice.
    Duplicate,
    /// A valid answer from something that is not what was expected.
    NotExpected,
    /// Older than what is already known from the same registry.
    Older,
    /// Kept for too long to be believed.
    TooOld,
}

impl Code {
    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::BadVersion => "bad-version",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooMany => "too-many",
            Self::BadName => "bad-name",
            Self::BadUrl => "bad-url",
            Self::BadPath => "bad-path",
            Self::BadMethod => "bad-method",
            Self::BadEvidence => "bad-evidence",
            Self::BadProtocol => "bad-protocol",
            Self::BadHealth => "bad-health",
            Self::BadNumber => "bad-number",
            Self::Duplicate => "duplicate",
            Self::NotExpected => "not-expected",
            Self::Older => "older",
            Self::TooOld => "too-old",
        }
    }

    #[cfg(feature = "explain")]
    const fn sentence(self) -> &'static str {
        match self {
            Self::Malformed => "is not of the expected shape",
            Self::BadVersion => {
                "is a version of the format that this build does not read (it reads 1)"
            }
            Self::TooLarge => "is larger than the format allows",
            Self::TooDeep => "is nested deeper than the format allows",
            Self::TooMany => "has more entries than the format allows",
            Self::BadName => {
                "is not a name: use 1 to 256 characters, none of them control or bidirectional-override characters"
            }
            Self::BadUrl => "is not an absolute http or https URL without user, query and fragment",
            Self::BadPath => {
                "is not a path template: it begins with one '/' and has variables like {id}"
            }
            Self::BadMethod => "is not one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE",
            Self::BadEvidence => "is not one of catalog, openapi, options, allow, get, declared",
            Self::BadProtocol => "is not one of http, websocket, sse",
            Self::BadHealth => "is not one of healthy, degraded, unhealthy, unknown",
            Self::BadNumber => "is outside its bounds",
            Self::Duplicate => "is there twice",
            Self::NotExpected => "is not the backend that is expected",
            Self::Older => "is older than what is already known",
            Self::TooOld => "was kept for too long to be believed",
        }
    }
}

/// An input that was refused: why, and with the feature `explain` also what it was and where it stood. One pointer wide at
/// most, because nearly every function that reads something may return it.
///
/// A browser's engine shows people nothing of a document that it refuses but the code, and texts take bytes: there a refusal
/// is its code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(
    #[cfg(feature = "explain")] Box<Refusal>,
    #[cfg(not(feature = "explain"))] Refusal,
);

/// What a [`Refused`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Why.
    pub code: Code,
    /// Where in the input, as a path such as `services/items-api/instances`; empty for the whole.
    #[cfg(feature = "explain")]
    pub at: String,
    /// The value, as [`crate::text::shown`] cuts it. May be empty.
    #[cfg(feature = "explain")]
    pub value: String,
}

#[cfg(feature = "explain")]
impl Refused {
    /// A refusal of `value`.
    #[must_use]
    pub fn new(code: Code, value: &str) -> Self {
        Self(Box::new(Refusal {
            code,
            at: String::new(),
            value: crate::text::shown(value),
        }))
    }

    /// The same refusal, found inside `parent`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        let at = &mut self.0.at;
        if !at.is_empty() {
            at.insert(0, '/');
        }
        at.insert_str(0, parent);
        self
    }
}

#[cfg(not(feature = "explain"))]
impl Refused {
    /// A refusal.
    #[must_use]
    pub const fn new(code: Code, _value: &str) -> Self {
        Self(Refusal { code })
    }

    /// The same refusal, found inside `parent`.
    #[must_use]
    pub const fn within(self, _parent: &str) -> Self {
        self
    }
}

impl Deref for Refused {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

/// Says where a refused input was found.
pub trait Within {
    /// The same outcome; a refusal was found inside `parent`.
    ///
    /// # Errors
    /// The refusal, if it is one.
    fn within(self, parent: &str) -> Self;
}

impl<T> Within for Result<T, Refused> {
    #[inline]
    fn within(self, parent: &str) -> Self {
        self.map_err(|refused| refused.within(parent))
    }
}

#[cfg(feature = "explain")]
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.at.is_empty() {
            "the value"
        } else {
            &self.at
        })?;
        f.write_str(" ")?;
        f.write_str(self.code.sentence())?;
        if !self.value.is_empty() {
            f.write_str(": ")?;
            f.write_str(&self.value)?;
        }
        Ok(())
    }
}

#[cfg(not(feature = "explain"))]
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl std::error::Error for Refused {}
