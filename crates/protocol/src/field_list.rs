//! Header fields that are lists: `Allow`, `Cache-Control`.

/// The longest header value that is read, in bytes. The fields read here need a tenth of it.
pub(crate) const MAX_FIELD_BYTES: usize = 1_024;

/// The members of a list-based field (RFC 9110 section 5.6.1), without the white space around them; empty members do not
/// count (section 5.6.1.2). A comma within a quoted string separates nothing. Of a value longer than [`MAX_FIELD_BYTES`]
/// nothing is read: a part of it might mean something else than the whole.
pub(crate) fn members(value: &str) -> impl Iterator<Item = &str> {
    let value = if value.len() <= MAX_FIELD_BYTES {
        value
    } else {
        ""
    };
    let (mut quoted, mut escaped) = (false, false);
    let separates = move |c: char| {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            ',' => return !quoted,
            _ => {}
        }
        false
    };
    value
        .split(separates)
        .map(|member| member.trim_matches([' ', '\t']))
        .filter(|member| !member.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{MAX_FIELD_BYTES, members};

    #[test]
    fn white_space_and_empty_members_do_not_count() {
        assert!(members(" a ,, b\t,\t ,c d").eq(["a", "b", "c d"]));
        assert_eq!(members("").chain(members(" , ,")).count(), 0);
    }

    #[test]
    fn a_comma_in_a_quoted_string_separates_nothing() {
        assert!(members(r#"a="1,2", b="\",", c"#).eq([r#"a="1,2""#, r#"b="\",""#, "c"]));
        assert!(members(r#"a\,b"#).eq([r"a\", "b"]));
    }

    #[test]
    fn a_value_beyond_the_bound_is_not_read() {
        assert_eq!(members(&"a".repeat(MAX_FIELD_BYTES)).count(), 1);
        assert_eq!(members(&"a,".repeat(MAX_FIELD_BYTES)).count(), 0);
    }
}
