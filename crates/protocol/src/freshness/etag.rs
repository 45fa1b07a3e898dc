//! Entity tags (RFC 9110 section 8.8.3): whether two answers are the same, without comparing them.

use core::fmt;

/// The longest entity tag that is kept, in bytes.
pub const MAX_ETAG_BYTES: usize = 256;

/// An entity tag.
///
/// ```
/// use landfall_protocol::freshness::ETag;
///
/// let strong = ETag::read("\"v42\"").unwrap();
/// let weak = ETag::read("W/\"v42\"").unwrap();
/// assert!(strong.matches_weakly(&weak) && !strong.matches_strongly(&weak));
/// assert_eq!(weak.as_str(), "W/\"v42\"");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ETag(Box<str>);

impl ETag {
    /// Reads the value of an `ETag` header; nothing when it is no entity tag, or longer than [`MAX_ETAG_BYTES`].
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        let opaque = value
            .strip_prefix("W/")
            .unwrap_or(value)
            .strip_prefix('"')?
            .strip_suffix('"')?;
        let is_etagc = |c: char| c == '!' || ('#'..='~').contains(&c) || c >= '\u{80}';
        (value.len() <= MAX_ETAG_BYTES && opaque.chars().all(is_etagc)).then(|| Self(value.into()))
    }

    /// The tag as it stands in a header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both tags name the same bytes: neither is weak, and they are equal.
    pub fn matches_strongly(&self, other: &Self) -> bool {
        self == other && !self.0.starts_with('W')
    }

    /// Whether both tags name what may stand for each other: they are equal, weak or not. What `If-None-Match` asks.
    pub fn matches_weakly(&self, other: &Self) -> bool {
        self.opaque() == other.opaque()
    }

    fn opaque(&self) -> &str {
        self.0.strip_prefix("W/").unwrap_or(&self.0)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{ETag, MAX_ETAG_BYTES};
    use proptest::prelude::*;

    fn tag(value: &str) -> ETag {
        ETag::read(value).unwrap()
    }

    #[test]
    fn the_comparisons_are_those_of_rfc_9110() {
        // The table of section 8.8.3.2.
        for (a, b, strongly, weakly) in [
            ("W/\"1\"", "W/\"1\"", false, true),
            ("W/\"1\"", "W/\"2\"", false, false),
            ("W/\"1\"", "\"1\"", false, true),
            ("\"1\"", "\"1\"", true, true),
        ] {
            assert_eq!(tag(a).matches_strongly(&tag(b)), strongly, "{a} {b}");
            assert_eq!(tag(a).matches_weakly(&tag(b)), weakly, "{a} {b}");
        }
        assert!(!tag("\"11\"").matches_weakly(&tag("W/\"1\"")));
    }

    #[test]
    fn what_is_no_tag_is_not_read() {
        for value in [
            "", "\"", "v42", "'v42'", "\"a", "a\"", "w/\"a\"", "W/ \"a\"", "\"a b\"", "\"a\"b\"",
            "\"a\nb\"", "*",
        ] {
            assert_eq!(ETag::read(value), None, "{value:?}");
        }
        let longest = ["\"", &"a".repeat(MAX_ETAG_BYTES - 2), "\""].concat();
        assert_eq!(tag(&longest).as_str(), longest);
        assert_eq!(ETag::read(&["W/", &longest].concat()), None);
    }

    #[test]
    fn the_empty_tag_is_a_tag() {
        assert_eq!(tag(" \"\" ").as_str(), "\"\"");
    }

    proptest! {
        #[test]
        fn a_tag_that_was_read_reads_the_same_again(value in "(W/)?\"[ -~é]{0,9}\"") {
            if let Some(tag) = ETag::read(&value) {
                let again = ETag::read(tag.as_str()).unwrap();
                prop_assert!(again == tag && again.matches_weakly(&tag));
            }
        }
    }
}
