//! Names of services, endpoints and catalogs: text that is safe to show and to look up.

use crate::refused::{Code, Refused};
use crate::text::is_deceptive;
use std::fmt;

/// The longest name, in characters.
pub const MAX_NAME: usize = 256;

/// A name: 1 to [`MAX_NAME`] characters without control characters and
/// bidirectional overrides (which make one name look like another, see Unicode TR 36).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Box<str>);

impl Name {
    /// Takes `text` as a name.
    ///
    /// # Errors
    /// [`Code::BadName`].
    pub fn parse(text: &str) -> Result<Self, Refused> {
        // `__proto__` would set the prototype of the JavaScript objects that are keyed by names.
        let fits = !text.is_empty()
            && text != "__proto__"
            && text.chars().take(MAX_NAME + 1).count() <= MAX_NAME
            && !text.chars().any(is_deceptive);
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(Refused::new(Code::BadName, text))
        }
    }

    /// The name nearest to `text` that is allowed: for titles, which are only shown. `None` when
    /// nothing is left of it.
    #[must_use]
    pub fn from_title(text: &str) -> Option<Self> {
        let kept: String = text
            .chars()
            .filter(|c| !is_deceptive(*c))
            .take(MAX_NAME)
            .collect();
        Self::parse(kept.trim()).ok()
    }

    /// The name as one lower-case word, as for an address: letters, digits and single hyphens.
    /// `None` when nothing is left of it.
    ///
    /// ```
    /// use landfall_protocol::name::Name;
    /// let title = Name::parse("Items API (v2)").unwrap();
    /// assert_eq!(title.slug().unwrap().as_str(), "items-api-v2");
    /// ```
    #[must_use]
    pub fn slug(&self) -> Option<Self> {
        let mut slug = String::new();
        for c in self.0.chars() {
            if c.is_ascii() && !c.is_ascii_alphanumeric() {
                if !slug.is_empty() && !slug.ends_with('-') {
                    slug.push('-');
                }
            } else {
                slug.push(c.to_ascii_lowercase());
            }
        }
        Self::parse(slug.trim_end_matches('-')).ok()
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_a_person_would_call_one() {
        for good in ["items-api", "Items API", "übersicht", "/items/{id}", "a.b"] {
            assert_eq!(Name::parse(good).unwrap().as_str(), good);
        }
    }

    #[test]
    fn deceptive_empty_and_endless_names_are_refused() {
        for bad in [
            "",
            "a\nb",
            "a\u{202E}b",
            "\u{2067}x",
            "__proto__",
            &"x".repeat(257),
        ] {
            assert_eq!(Name::parse(bad).unwrap_err().code, Code::BadName, "{bad:?}");
        }
        assert!(Name::parse(&"ü".repeat(256)).is_ok());
    }

    #[test]
    fn a_title_is_cleaned_rather_than_refused() {
        assert_eq!(
            Name::from_title(" Items\u{202E} API\n").unwrap().as_str(),
            "Items API"
        );
        assert_eq!(Name::from_title("\n\n"), None);
    }
}
