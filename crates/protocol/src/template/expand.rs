//! Filling in a template.
//!
//! A value can never leave its place: what would end the path is encoded, and an expansion that a URL parser would read
//! as another host or another path is refused. Encoding cannot prevent that: to a URL parser, `%2e%2e` is `..` as well.

use super::{
    PathTemplate,
    parts::Part,
    percent::{has_dot_segment, is_unreserved, push_encoded},
};
use core::fmt;

/// The longest path that an expansion may give, in bytes: what every server can be expected to read (RFC 9110 section 4.1).
pub const MAX_EXPANDED_BYTES: usize = 8_000;

/// Why a template could not be expanded with the given values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExpandError<'t> {
    /// There is no value for the variable of this name.
    Missing(&'t str),
    /// A value makes a `.` or `..` segment.
    DotSegment,
    /// An empty value, or one that begins with a slash, makes the path begin with two slashes: another host's name.
    Authority,
    /// Longer than [`MAX_EXPANDED_BYTES`].
    TooLong,
}

impl ExpandError<'_> {
    /// The reason in words.
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Missing(_) => "there is no value for a variable of the path",
            Self::DotSegment => "a value makes a . or .. segment, which would lead to another path",
            Self::Authority => "the values make the path begin with //, which names another host",
            Self::TooLong => "the path would be longer than 8000 bytes",
        }
    }
}

impl fmt::Display for ExpandError<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason())?;
        if let Self::Missing(name) = self {
            out.write_str(": ")?;
            out.write_str(name)?;
        }
        Ok(())
    }
}

impl core::error::Error for ExpandError<'_> {}

impl PathTemplate {
    /// The path with a value for each variable: simple string expansion of RFC 6570 section 3.2.2.
    ///
    /// Everything but letters, digits and `-._~` is percent-encoded; a variable marked `:path` keeps its slashes, and
    /// unlike in RFC 6570 nothing else that is reserved. A variable without a value is an error, not an empty place.
    ///
    /// # Errors
    /// See [`ExpandError`].
    pub fn expand<'v>(
        &self,
        value: &dyn Fn(&str) -> Option<&'v str>,
    ) -> Result<String, ExpandError<'_>> {
        let mut path = String::with_capacity(self.as_str().len());
        for part in self.parts() {
            match part {
                Part::Literal(text) => path.push_str(text),
                Part::Variable {
                    name,
                    keeps_slashes,
                } => {
                    let value = value(name).ok_or(ExpandError::Missing(name))?;
                    for c in value.chars() {
                        if is_unreserved(c) || (keeps_slashes && c == '/') {
                            path.push(c);
                        } else {
                            push_encoded(&mut path, c);
                        }
                    }
                }
            }
            if path.len() > MAX_EXPANDED_BYTES {
                return Err(ExpandError::TooLong);
            }
        }
        if path.starts_with("//") {
            return Err(ExpandError::Authority);
        }
        if has_dot_segment(&path) {
            return Err(ExpandError::DotSegment);
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpandError, MAX_EXPANDED_BYTES, PathTemplate};
    use proptest::prelude::*;

    fn expand(template: &str, value: &str) -> Result<String, String> {
        let template = PathTemplate::parse(template).unwrap();
        template
            .expand(&|_| Some(value))
            .map_err(|refused| refused.to_string())
    }

    #[test]
    fn a_value_stays_in_its_segment_unless_it_may_have_slashes() {
        assert_eq!(
            expand("/items/{id}", "a/b?c#d%2F").as_deref(),
            Ok("/items/a%2Fb%3Fc%23d%252F")
        );
        assert_eq!(
            expand("/files/{p:path}", "a/b c?d").as_deref(),
            Ok("/files/a/b%20c%3Fd")
        );
        assert_eq!(expand("/{a}-{b}.json", "x").as_deref(), Ok("/x-x.json"));
    }

    #[test]
    fn a_variable_without_a_value_is_named() {
        let template = PathTemplate::parse("/a/{x}/{item_id}").unwrap();
        let missing = template
            .expand(&|name| (name == "x").then_some("1"))
            .unwrap_err();
        assert_eq!(missing, ExpandError::Missing("item_id"));
        assert_eq!(
            missing.to_string(),
            "there is no value for a variable of the path: item_id"
        );
    }

    #[test]
    fn values_that_would_lead_elsewhere_are_refused() {
        for (template, value, reason) in [
            ("/items/{id}", "..", ExpandError::DotSegment),
            ("/items/{a}{b}/x", ".", ExpandError::DotSegment),
            ("/items/%2e{b}", ".", ExpandError::DotSegment),
            ("/files/{p:path}", "a/../../b", ExpandError::DotSegment),
            ("/{p:path}", "/evil.example", ExpandError::Authority),
            ("/{a}/evil.example", "", ExpandError::Authority),
            (
                "/{a}",
                &"x".repeat(MAX_EXPANDED_BYTES),
                ExpandError::TooLong,
            ),
        ] {
            assert_eq!(
                expand(template, value),
                Err(reason.reason().to_owned()),
                "{template} {value}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_the_values_the_path_is_a_path_of_its_template(a in any::<String>(), b in any::<String>()) {
            let template = PathTemplate::parse("/items/{a}/x/{b:path}").unwrap();
            if let Ok(path) = template.expand(&|name| Some(if name == "a" { a.as_str() } else { b.as_str() })) {
                prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\\\"<>".contains(&byte)));
                prop_assert_eq!(template.matches(&path), !a.is_empty());
            }
        }
    }
}
