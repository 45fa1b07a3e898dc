//! Characters that text from outside may not hold, because they make it look like what it is not.

/// Whether a character is a control (C0, DEL, C1) or turns the direction of the text around it (the bidirectional
/// embeddings, overrides and isolates of Unicode Annex 9, with which `/admin` can be made to look like `/items`).
pub const fn is_deceptive(c: char) -> bool {
    matches!(c, '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::is_deceptive;

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
}
