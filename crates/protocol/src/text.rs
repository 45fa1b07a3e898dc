//! Characters that text from outside may not hold, because they make it look like what it is not.

/// Whether a character is a control (C0, DEL, C1) or turns the direction of the text around it (the bidirectional
/// embeddings, overrides and isolates of Unicode Annex 9, with which `/admin` can be made to look like `/items`).
pub const fn is_deceptive(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The number that a text of decimal digits stands for; what is larger than `most` counts as one more than that. `None` for
/// every other text. One function for all numbers, because each of the standard library's parsers costs bytes in the browser.
pub(crate) fn number(digits: &str, most: u64) -> Option<u64> {
    let mut number = 0_u64;
    for byte in digits.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u64::from(byte - b'0');
        number = number.min(most + 1);
    }
    (!digits.is_empty()).then_some(number)
}

/// Sorts texts, each with its place before: equal ones stay in their order. One function for all lists, because a sort is
/// compiled anew for each type of elements.
pub(crate) fn sort(texts: &mut [(String, usize)]) {
    texts.sort_unstable();
}

/// A text from outside as an error message shows it: its first 80 characters, without deceptive ones.
#[must_use]
pub fn shown(text: &str) -> String {
    text.chars()
        .take(80)
        .map(|c| if is_deceptive(c) { '\u{FFFD}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_deceptive, number, shown};

    #[test]
    fn controls_and_bidirectional_overrides_are_deceptive() {
        for c in [
            '\0', '\n', '\u{1b}', '\u{7f}', '\u{85}', '\u{202a}', '\u{202e}', '\u{2066}',
            '\u{2069}',
        ] {
            assert!(is_deceptive(c), "{c:?}");
        }
        for c in [
            ' ', '~', '\u{a0}', 'é', '\u{2029}', '\u{202f}', '\u{2065}', '\u{206a}', '🛬',
        ] {
            assert!(!is_deceptive(c), "{c:?}");
        }
    }

    #[test]
    fn an_error_message_shows_no_more_than_a_line() {
        assert_eq!(shown("a\nb\u{202e}"), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(shown(&"ü".repeat(99)), "ü".repeat(80));
    }

    #[test]
    fn a_number_is_digits_and_bounded() {
        for (text, expected) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("99", Some(99)),
            ("100", Some(100)),
            ("101", Some(100)),
            ("99999999999999999999999999", Some(100)),
            ("", None),
            ("+1", None),
            ("1a", None),
            ("\u{661}", None),
        ] {
            assert_eq!(number(text, 99), expected, "{text}");
        }
        assert_eq!(
            number("99999999999999999999", crate::json::MAX_COUNT),
            Some(crate::json::MAX_COUNT + 1)
        );
    }
}
