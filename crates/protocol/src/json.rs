//! JSON as the host holds it: opaque until the protocol asks for a shape.
//!
//! The daemon parses with `serde_json` and keeps its values. The browser's host has `JSON.parse` look whether a text is
//! JSON, and keeps the [`Text`] itself, as `JSON.stringify` writes it: to read from that takes less code than to hold
//! values of JavaScript. So config values pass through untouched, and the WebAssembly build carries no second JSON parser.

#[cfg(feature = "serde_json")]
mod native;
mod text;

pub use text::{Part, Text};

use crate::refused::{Code, Refused};

/// The largest integer that a JavaScript number holds exactly.
pub const MAX_COUNT: u64 = (1 << 53) - 1;

/// A JSON value of the host, as it is kept and written.
pub trait Json: Clone + PartialEq {
    /// The value, or a part of it, while it is read.
    type Node<'a>: Node<Kept = Self>
    where
        Self: 'a;

    /// The value, to be read.
    fn node(&self) -> Self::Node<'_>;

    /// `null`.
    fn null() -> Self;

    /// A text.
    fn of_text(text: &str) -> Self;

    /// A text, or `null` where there is none.
    fn of_optional_text(text: Option<&str>) -> Self {
        text.map_or_else(Self::null, Self::of_text)
    }

    /// A number of at most [`MAX_COUNT`].
    fn of_count(count: u64) -> Self;

    /// An array.
    fn array() -> Self;

    /// Adds an element to a value made by [`Json::array`].
    fn push(&mut self, element: Self);

    /// An object.
    fn object() -> Self;

    /// Sets a member of a value made by [`Json::object`]; at most once for each name.
    fn set(&mut self, key: &str, value: Self);
}

/// A JSON value that is read: it costs nothing to hand on, and lasts as long as the value that it is a part of.
pub trait Node: Copy {
    /// What it becomes where it is kept.
    type Kept: Json;

    /// The value by itself.
    fn keep(self) -> Self::Kept;

    /// The member `key` of an object that is neither absent nor `null`.
    fn get(self, key: &'static str) -> Option<Self>;

    /// Whether the value is an object.
    fn is_object(self) -> bool;

    /// The text, where the value is one.
    fn text(self) -> Option<String>;

    /// The number, where the value is a whole one, not below 0, that the host holds exactly.
    fn count(self) -> Option<u64>;

    /// The elements, where the value is an array.
    fn elements(self) -> Option<Vec<Self>>;

    /// The members in the order of their names, where the value is an object.
    fn members(self) -> Option<Vec<(String, Self)>>;
}

/// Reads the members of an object in the shapes that documents have. `null` counts as absent everywhere; the error says
/// which member has another shape than it should ([`Code::Malformed`]).
pub trait Members: Node {
    /// A text.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn optional_text(self, key: &'static str) -> Result<Option<String>, Refused> {
        let value = self.get(key);
        value
            .map(|it| it.text().ok_or_else(|| malformed(key)))
            .transpose()
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn required_text(self, key: &'static str) -> Result<String, Refused> {
        self.optional_text(key)?.ok_or_else(|| malformed(key))
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn optional_count(self, key: &'static str) -> Result<Option<u64>, Refused> {
        let value = self.get(key);
        value
            .map(|it| it.count().ok_or_else(|| malformed(key)))
            .transpose()
    }

    /// A whole number that must be there.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn required_count(self, key: &'static str) -> Result<u64, Refused> {
        self.optional_count(key)?.ok_or_else(|| malformed(key))
    }

    /// A list; empty where it is absent.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn list(self, key: &'static str) -> Result<Vec<Self>, Refused> {
        match self.get(key) {
            Some(list) => list.elements().ok_or_else(|| malformed(key)),
            None => Ok(Vec::new()),
        }
    }

    /// A map; empty where it is absent.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn map(self, key: &'static str) -> Result<Vec<(String, Self)>, Refused> {
        match self.get(key) {
            Some(map) => map.members().ok_or_else(|| malformed(key)),
            None => Ok(Vec::new()),
        }
    }

    /// An object.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn optional_object(self, key: &'static str) -> Result<Option<Self>, Refused> {
        match self.get(key) {
            Some(object) if !object.is_object() => Err(malformed(key)),
            object => Ok(object),
        }
    }

    /// An object that must be there.
    ///
    /// # Errors
    /// [`Code::Malformed`].
    fn required_object(self, key: &'static str) -> Result<Self, Refused> {
        self.optional_object(key)?.ok_or_else(|| malformed(key))
    }
}

impl<N: Node> Members for N {}

/// A refusal of a member that does not have the shape it should have.
#[must_use]
pub fn malformed(key: &str) -> Refused {
    Refused::new(Code::Malformed, "").within(key)
}

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
