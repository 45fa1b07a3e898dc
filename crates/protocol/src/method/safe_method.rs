//! The methods that may be sent in order to find something out: two, and no way to a third.
//!
//! Landfall promises never to send HEAD (many frameworks answer it with 405 where GET works), nor a method that changes
//! anything, just to learn about an endpoint. A probe holds a [`SafeMethod`], so the compiler keeps that promise.

use super::Method;
use core::fmt;

/// The method of a probe.
///
/// ```
/// use landfall_protocol::method::{Method, NotAProbe, SafeMethod};
///
/// assert_eq!(SafeMethod::try_from(Method::Get), Ok(SafeMethod::Get));
/// assert_eq!(SafeMethod::try_from(Method::Post), Err(NotAProbe(Method::Post)));
/// ```
///
/// No probe can be written down that changes something, or that is a HEAD or a TRACE:
///
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Post;
/// ```
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Put;
/// ```
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Patch;
/// ```
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Delete;
/// ```
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Head;
/// ```
/// ```compile_fail,E0599
/// let method = landfall_protocol::method::SafeMethod::Trace;
/// ```
///
/// Nor does any other method become one unasked, or by a number:
///
/// ```compile_fail,E0277
/// use landfall_protocol::method::{Method, SafeMethod};
/// let method: SafeMethod = Method::Delete.into();
/// ```
/// ```compile_fail,E0605
/// let method = 2_u8 as landfall_protocol::method::SafeMethod;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SafeMethod {
    /// Reads; 2xx, 401, 403 and 405 prove that the path exists.
    Get,
    /// Asks for the `Allow` header.
    Options,
}

impl SafeMethod {
    /// The name as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => Method::Get.as_str(),
            Self::Options => Method::Options.as_str(),
        }
    }
}

impl From<SafeMethod> for Method {
    fn from(method: SafeMethod) -> Self {
        match method {
            SafeMethod::Get => Self::Get,
            SafeMethod::Options => Self::Options,
        }
    }
}

impl TryFrom<Method> for SafeMethod {
    type Error = NotAProbe;

    fn try_from(method: Method) -> Result<Self, NotAProbe> {
        match method {
            Method::Get => Ok(Self::Get),
            Method::Options => Ok(Self::Options),
            other => Err(NotAProbe(other)),
        }
    }
}

/// The method is never sent in order to find something out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAProbe(pub Method);

impl fmt::Display for NotAProbe {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.0.as_str())?;
        out.write_str(" is never sent to find something out: a probe is a GET or an OPTIONS")
    }
}

impl core::error::Error for NotAProbe {}

#[cfg(test)]
mod tests {
    use super::{Method, NotAProbe, SafeMethod};

    #[test]
    fn of_all_methods_get_and_options_alone_become_a_probe() {
        for method in Method::ALL {
            match SafeMethod::try_from(method) {
                Ok(safe) => {
                    assert!(matches!(method, Method::Get | Method::Options));
                    assert_eq!(Method::from(safe), method);
                    assert_eq!(safe.as_str(), method.as_str());
                }
                Err(refused) => {
                    assert!(!matches!(method, Method::Get | Method::Options));
                    assert_eq!(refused, NotAProbe(method));
                }
            }
        }
    }
}
