//! JSON as the host holds it: opaque until the protocol asks for a shape.
//!
//! The browser parses with `JSON.parse`, the daemon with `serde_json`; both keep their own value and
//! the protocol decides what to read from it. So config values pass through untouched, and the
//! WebAssembly build carries no second JSON parser.

use serde::de::DeserializeOwned;

/// A JSON value of the host.
pub trait Json: Clone + PartialEq {
    /// The member `key` of an object that is neither absent nor `null`.
    fn get(&self, key: &str) -> Option<Self>;

    /// Reads the value as `T`. Unknown members are ignored by the wire types.
    ///
    /// # Errors
    /// [`Malformed`] when the value does not have the shape of `T`.
    fn read<T: DeserializeOwned>(&self) -> Result<T, Malformed>;

    /// Whether the value is an object.
    fn is_object(&self) -> bool;
}

/// The value does not have the expected shape. The detail is empty in the browser, where error texts
/// cost bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Malformed(pub String);

/// Why a text is not even handed to a JSON parser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutOfBounds {
    /// More bytes than allowed.
    TooLarge,
    /// Deeper nesting of objects and arrays than allowed.
    TooDeep,
}

/// The deepest nesting that any document may have.
pub const MAX_DEPTH: usize = 64;

/// Checks size and depth of a JSON text before a parser sees it, so that no parser has to be trusted
/// with hostile nesting. Says nothing about whether the text is JSON.
///
/// # Errors
/// [`OutOfBounds`] names the bound that was crossed.
///
/// ```
/// use landfall_protocol::json::{check_bounds, OutOfBounds};
/// assert_eq!(check_bounds(br#"{"a": "[[["}"#, 100, 1), Ok(()));
/// assert_eq!(check_bounds(b"[[]]", 100, 1), Err(OutOfBounds::TooDeep));
/// assert_eq!(check_bounds(b"[[]]", 3, 9), Err(OutOfBounds::TooLarge));
/// ```
pub fn check_bounds(text: &[u8], max_bytes: usize, max_depth: usize) -> Result<(), OutOfBounds> {
    if text.len() > max_bytes {
        return Err(OutOfBounds::TooLarge);
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text {
        if in_string {
            match (escaped, byte) {
                (true, _) => escaped = false,
                (false, b'\\') => escaped = true,
                (false, b'"') => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                if depth > max_depth {
                    return Err(OutOfBounds::TooDeep);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(feature = "serde_json")]
impl Json for serde_json::Value {
    fn get(&self, key: &str) -> Option<Self> {
        self.as_object()?
            .get(key)
            .filter(|value| !value.is_null())
            .cloned()
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        T::deserialize(self).map_err(|error| Malformed(error.to_string()))
    }

    fn is_object(&self) -> bool {
        self.is_object()
    }
}
