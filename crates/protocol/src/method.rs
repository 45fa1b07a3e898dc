//! HTTP methods: the ones an endpoint may have, sets of them, and the few that may be sent in order to find something out.

mod method_set;
mod safe_method;
mod wire;

use core::{fmt, str::FromStr};

pub use method_set::MethodSet;
pub use safe_method::{NotAProbe, SafeMethod};

/// A method of an endpoint: those of RFC 9110 section 9.3 without CONNECT (which asks for a tunnel, not a resource),
/// and PATCH of RFC 5789.
///
/// ```
/// use landfall_protocol::method::{Method, UnknownMethod};
///
/// assert_eq!("DELETE".parse(), Ok(Method::Delete));
/// assert_eq!("delete".parse::<Method>(), Err(UnknownMethod::LowerCase));
/// assert_eq!("BREW".parse::<Method>(), Err(UnknownMethod::Other));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads without the content. Never sent by Landfall, which only shows it.
    Head,
    /// Hands content to the resource, with an effect each time.
    Post,
    /// Replaces the resource.
    Put,
    /// Changes part of the resource (RFC 5789).
    Patch,
    /// Removes the resource.
    Delete,
    /// Asks which methods there are.
    Options,
    /// Echoes the request.
    Trace,
}

impl Method {
    /// Every method, in the order in which sets are iterated and shown.
    pub const ALL: [Self; 8] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
        Self::Options,
        Self::Trace,
    ];

    /// The name as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Trace => "TRACE",
        }
    }

    /// Whether the method only reads (RFC 9110 section 9.2.1).
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Options | Self::Trace)
    }

    /// Whether sending twice means the same as sending once, so that a lost request may be retried (RFC 9110 section 9.2.2).
    pub const fn is_idempotent(self) -> bool {
        self.is_safe() || matches!(self, Self::Put | Self::Delete)
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    /// Reads a name as it stands in a request; case counts (RFC 9110 section 9.1).
    fn from_str(name: &str) -> Result<Self, UnknownMethod> {
        let named = |method: &Self| method.as_str() == name;
        Self::ALL.into_iter().find(named).ok_or_else(|| {
            let meant = |method: Self| method.as_str().eq_ignore_ascii_case(name);
            if Self::ALL.into_iter().any(meant) {
                UnknownMethod::LowerCase
            } else {
                UnknownMethod::Other
            }
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// Why a name is not a [`Method`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownMethod {
    /// It would be one in upper case.
    LowerCase,
    /// No method of HTTP that an endpoint can have.
    Other,
}

impl UnknownMethod {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::LowerCase => "method names are case-sensitive: write it in upper case",
            Self::Other => {
                "the method is none of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE"
            }
        }
    }
}

impl fmt::Display for UnknownMethod {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason())
    }
}

impl core::error::Error for UnknownMethod {}

#[cfg(test)]
mod tests {
    use super::{Method, UnknownMethod};

    #[test]
    fn every_method_reads_its_own_name_and_no_other_case_of_it() {
        for method in Method::ALL {
            assert_eq!(method.as_str().parse(), Ok(method));
            assert_eq!(
                method.as_str().to_ascii_lowercase().parse::<Method>(),
                Err(UnknownMethod::LowerCase)
            );
        }
    }

    #[test]
    fn what_is_no_method_is_refused() {
        for name in ["", " GET", "GET ", "CONNECT", "PROPFIND", "GETT", "*"] {
            assert_eq!(
                name.parse::<Method>(),
                Err(UnknownMethod::Other),
                "{name:?}"
            );
        }
    }

    #[test]
    fn the_safe_and_the_idempotent_are_those_of_rfc_9110() {
        let names = |is: fn(Method) -> bool| {
            Method::ALL
                .into_iter()
                .filter(|m| is(*m))
                .map(Method::as_str)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(Method::is_safe), ["GET", "HEAD", "OPTIONS", "TRACE"]);
        assert_eq!(
            names(Method::is_idempotent),
            ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]
        );
    }
}
