//! Header fields that are lists: `Allow`, `Cache-Control`.

/// The longest header value that is read, in bytes. The fields read here need a tenth of it.
pub(crate) const MAX_FIELD_BYTES: usize = 1_024;

/// The members of a list-based field (RFC 9110 section 5.6.1), without the white space around them; empty members do not
/// count (section 5.6.1.2). A comma within a quoted string separates nothing. Of a value longer than [`MAX_FIELD_BYTES`]
/// nothing is read: a part of it might mean something else than the whole.
pub(crate) fn members(value: &str) -> Vec<&str> {
    let mut members = Vec::new();
    if value.len() > MAX_FIELD_BYTES {
        return members;
    }
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in value.bytes().chain([b',']).enumerate() {
        match byte {
            _ if escaped && at < value.len() => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b',' if !quoted || at == value.len() => {
                let member = value.get(start..at).unwrap_or_default().trim_ascii();
                if !member.is_empty() {
                    members.push(member);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::{MAX_FIELD_BYTES, members};

    #[test]
    fn white_space_and_empty_members_do_not_count() {
        assert_eq!(members(" a ,, b\t,\t ,c d"), ["a", "b", "c d"]);
        assert!(members("").is_empty() && members(" , ,").is_empty());
    }

    #[test]
    fn a_comma_in_a_quoted_string_separates_nothing() {
        assert_eq!(
            members(r#"a="1,2", b="\",", c"#),
            [r#"a="1,2""#, r#"b="\",""#, "c"]
        );
        // Whatever is left open ends with the value.
        assert_eq!(members(r#"a, "b, c"#), ["a", r#""b, c"#]);
        assert_eq!(members(r#""b\"#), [r#""b\"#]);
        assert_eq!(members(r"a\,b"), [r"a\", "b"]);
    }

    #[test]
    fn a_value_beyond_the_bound_is_not_read() {
        assert_eq!(members(&"a".repeat(MAX_FIELD_BYTES)).len(), 1);
        assert_eq!(members(&"a,".repeat(MAX_FIELD_BYTES)).len(), 0);
    }
}
