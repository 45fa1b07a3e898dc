//! Percent-encoding (RFC 3986 section 2.1) and the dot segments that URL parsers resolve (section 5.2.4).

/// `unreserved` of RFC 3986 section 2.3: what needs no encoding anywhere.
pub(super) const fn is_unreserved(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~')
}

/// What stands for itself within a segment: `pchar` of RFC 3986 section 3.3 but for percent-encoded characters.
pub(super) const fn is_segment_char(c: char) -> bool {
    is_unreserved(c)
        || matches!(
            c,
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | ':' | '@'
        )
}

/// Appends a character percent-encoded, in upper case as RFC 3986 recommends.
pub(super) fn push_encoded(out: &mut String, c: char) {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        out.push('%');
        out.push(DIGITS[usize::from(byte >> 4)].into());
        out.push(DIGITS[usize::from(byte & 0xf)].into());
    }
}

/// Whether every percent sign is followed by two hexadecimal digits.
pub(super) fn is_well_encoded(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|tail| tail.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2)
}

/// Whether a segment is `.` or `..` to a URL parser, which takes `%2e` for a dot (WHATWG URL, "double-dot URL path segment").
pub(super) fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| {
        let rest = without_dot(segment);
        rest.is_some_and(|rest| rest.is_empty() || without_dot(rest) == Some(""))
    })
}

fn without_dot(text: &str) -> Option<&str> {
    text.strip_prefix('.')
        .or_else(|| text.strip_prefix("%2e"))
        .or_else(|| text.strip_prefix("%2E"))
}

#[cfg(test)]
mod tests {
    use super::{has_dot_segment, is_well_encoded, push_encoded};

    #[test]
    fn characters_are_encoded_byte_by_byte() {
        let mut out = String::new();
        "/ é🛬".chars().for_each(|c| push_encoded(&mut out, c));
        assert_eq!(out, "%2F%20%C3%A9%F0%9F%9B%AC");
    }

    #[test]
    fn a_percent_sign_wants_two_digits() {
        assert!(is_well_encoded("a%2fb%C3"));
        for bad in ["%", "%2", "%2x", "%%41", "%4", "a%", "%é1"] {
            assert!(!is_well_encoded(bad), "{bad}");
        }
    }

    #[test]
    fn dots_are_found_however_they_are_written() {
        for path in ["/.", "/a/../b", "/%2e", "/.%2E/", "/%2e%2e", "/a/%2E."] {
            assert!(has_dot_segment(path), "{path}");
        }
        for path in ["/...", "/a.b", "/.well-known/x", "/%2e%2e%2e", "/", "/..a"] {
            assert!(!has_dot_segment(path), "{path}");
        }
    }
}
