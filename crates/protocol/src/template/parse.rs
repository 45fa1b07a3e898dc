//! Reading a template, and why one is refused.

use super::{
    PathTemplate,
    parts::KEEPS_SLASHES,
    percent::{has_dot_segment, is_segment_char, is_well_encoded, push_encoded},
};
use crate::text::is_deceptive;
use core::fmt;

/// The longest template, in bytes, as it stands and percent-encoded.
pub const MAX_BYTES: usize = 2_048;
/// The most variables that a template may have.
pub const MAX_VARIABLES: usize = 32;

/// Why a text is not a [`PathTemplate`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateError {
    /// Longer than [`MAX_BYTES`].
    TooLong,
    /// It does not begin with a slash: a URL, or a relative path.
    NotAbsolute,
    /// It begins with two slashes, which a browser takes for the name of another host.
    Authority,
    /// It holds a control character, or one that turns the direction of the text.
    Deceptive,
    /// A character that has no place in a path, such as a space, `?`, `#` or a percent sign without two digits.
    ForbiddenCharacter,
    /// A segment is `.` or `..`, which a URL parser resolves away.
    DotSegment,
    /// A brace without its counterpart.
    UnbalancedBrace,
    /// An expression that is neither `{name}` nor `{name:path}`.
    BadExpression,
    /// More than [`MAX_VARIABLES`].
    TooManyVariables,
}

impl TemplateError {
    /// The reason in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "the path template is longer than 2048 bytes",
            Self::NotAbsolute => {
                "a path template begins with /; scheme and host belong to the instance's url"
            }
            Self::Authority => "a path template may not begin with //, which names another host",
            Self::Deceptive => "the path template holds a control or text direction character",
            Self::ForbiddenCharacter => {
                "the path template holds a character that must be percent-encoded in a path"
            }
            Self::DotSegment => {
                "the path template holds a . or .. segment: write the path it leads to"
            }
            Self::UnbalancedBrace => "the path template holds a brace without its counterpart",
            Self::BadExpression => "a variable of a path template is written {name} or {name:path}",
            Self::TooManyVariables => "the path template has more than 32 variables",
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.reason())
    }
}

impl core::error::Error for TemplateError {}

impl PathTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// See [`TemplateError`].
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > MAX_BYTES {
            return Err(TemplateError::TooLong);
        }
        if !text.starts_with('/') {
            return Err(TemplateError::NotAbsolute);
        }
        if text.starts_with("//") {
            return Err(TemplateError::Authority);
        }
        if text.contains(is_deceptive) {
            return Err(TemplateError::Deceptive);
        }
        let mut template = String::with_capacity(text.len());
        let (mut rest, mut variables) = (text, 0);
        while let Some((literal, tail)) = rest.split_once('{') {
            push_literal(&mut template, literal)?;
            let (expression, after) = tail.split_once('}').ok_or(TemplateError::UnbalancedBrace)?;
            if !is_name(expression.strip_suffix(KEEPS_SLASHES).unwrap_or(expression)) {
                return Err(TemplateError::BadExpression);
            }
            variables += 1;
            template.push('{');
            template.push_str(expression);
            template.push('}');
            rest = after;
        }
        push_literal(&mut template, rest)?;
        if variables > MAX_VARIABLES {
            return Err(TemplateError::TooManyVariables);
        }
        if template.len() > MAX_BYTES {
            return Err(TemplateError::TooLong);
        }
        if has_dot_segment(&template) {
            return Err(TemplateError::DotSegment);
        }
        Ok(Self(template.into_boxed_str()))
    }
}

/// Appends literal text as it goes into a URL: segments and slashes as they stand, the rest of Unicode percent-encoded.
fn push_literal(out: &mut String, literal: &str) -> Result<(), TemplateError> {
    if literal.contains('}') {
        return Err(TemplateError::UnbalancedBrace);
    }
    if !is_well_encoded(literal) {
        return Err(TemplateError::ForbiddenCharacter);
    }
    let mut chars = literal.chars();
    while let Some(c) = chars.next() {
        match c {
            _ if is_segment_char(c) || c == '/' => out.push(c),
            '%' => {
                out.push(c);
                out.extend(
                    chars
                        .by_ref()
                        .take(2)
                        .map(|digit| digit.to_ascii_uppercase()),
                );
            }
            _ if c.is_ascii() => return Err(TemplateError::ForbiddenCharacter),
            _ => push_encoded(out, c),
        }
    }
    Ok(())
}

/// `varname` of RFC 6570 section 2.3, with hyphens and characters outside ASCII besides.
fn is_name(name: &str) -> bool {
    let is_varchar =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '%') || !c.is_ascii();
    is_well_encoded(name)
        && name
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(is_varchar))
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, MAX_VARIABLES, PathTemplate, TemplateError};
    use proptest::prelude::*;

    #[test]
    fn templates_that_real_apis_have_are_read_as_they_stand() {
        for text in [
            "/",
            "/items/{item_id}",
            "/users/{user-id}/v1.0",
            "/files/{file_path:path}",
            "/v1/things:batchGet",
            "/a//b",
            "/calendar/{year}-{month}.{format}",
            "/matrix;a=1,2/@me/(x)'*+$&!~",
            "/{größe}",
            "/.well-known/landfall",
        ] {
            assert_eq!(
                PathTemplate::parse(text).as_ref().map(PathTemplate::as_str),
                Ok(text)
            );
        }
    }

    #[test]
    fn every_refusal_has_its_reason() {
        let long = "/".to_owned() + &"a".repeat(MAX_BYTES);
        let encoded = "/".to_owned() + &"é".repeat(MAX_BYTES / 4);
        let many = "/{a}".repeat(MAX_VARIABLES + 1);
        for (text, reason) in [
            (long.as_str(), TemplateError::TooLong),
            (encoded.as_str(), TemplateError::TooLong),
            ("", TemplateError::NotAbsolute),
            ("items", TemplateError::NotAbsolute),
            ("{base}/items", TemplateError::NotAbsolute),
            ("http://localhost:8010/items", TemplateError::NotAbsolute),
            ("//evil.example/items", TemplateError::Authority),
            ("/a\nb", TemplateError::Deceptive),
            ("/{a\u{202e}b}", TemplateError::Deceptive),
            ("/\u{2066}items", TemplateError::Deceptive),
            ("/a b", TemplateError::ForbiddenCharacter),
            ("/a?b", TemplateError::ForbiddenCharacter),
            ("/a#b", TemplateError::ForbiddenCharacter),
            ("/\\evil.example", TemplateError::ForbiddenCharacter),
            ("/100%", TemplateError::ForbiddenCharacter),
            ("/a/../b", TemplateError::DotSegment),
            ("/a/%2E%2e/{b}", TemplateError::DotSegment),
            ("/{a", TemplateError::UnbalancedBrace),
            ("/a}", TemplateError::UnbalancedBrace),
            ("/{}", TemplateError::BadExpression),
            ("/{{a}}", TemplateError::BadExpression),
            ("/{:path}", TemplateError::BadExpression),
            ("/{id:int}", TemplateError::BadExpression),
            ("/{a/b}", TemplateError::BadExpression),
            (many.as_str(), TemplateError::TooManyVariables),
        ] {
            let refused = PathTemplate::parse(text).unwrap_err();
            assert_eq!(refused, reason, "{text:?}");
            assert_eq!(refused.to_string(), reason.reason());
        }
    }

    #[test]
    fn the_bounds_themselves_are_allowed() {
        let long = "/".to_owned() + &"a".repeat(MAX_BYTES - 1);
        assert!(PathTemplate::parse(&long).is_ok());
        assert!(PathTemplate::parse(&"/{a}".repeat(MAX_VARIABLES)).is_ok());
    }

    proptest! {
        #[test]
        fn a_template_that_was_read_reads_the_same_again(text in r"/([a-zé%2F{}:pth./-]|\{[a-c]\}){0,20}") {
            if let Ok(template) = PathTemplate::parse(&text) {
                prop_assert_eq!(PathTemplate::parse(template.as_str()), Ok(template));
            }
        }
    }
}
