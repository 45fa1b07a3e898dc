//! The `Retry-After` header (RFC 9110 section 10.2.3): how long a server asks to be left alone.

use super::{cache_control::delta_seconds, http_date::unix_seconds};
use crate::time::Millis;

/// The longest that a server is left alone because it asked for it: a wrong header, or a wrong clock, must not end discovery.
pub const LONGEST_DELAY: Millis = Millis::from_secs(LONGEST_DELAY_SECS as u64);

const LONGEST_DELAY_SECS: u32 = 3_600;

/// The delay in seconds, where it is given in seconds; at most [`LONGEST_DELAY`].
pub fn delay_seconds(value: &str) -> Option<u32> {
    delta_seconds(trimmed(value)).map(|seconds| seconds.min(LONGEST_DELAY_SECS))
}

/// The delay, given in seconds or as a date; at most [`LONGEST_DELAY`], and none from a date that has passed.
///
/// `unix_now` is the host's wall clock in seconds since 1970-01-01.
///
/// ```
/// use landfall_protocol::{freshness::retry_after, time::Millis};
///
/// assert_eq!(retry_after("120", 0), Some(Millis::from_secs(120)));
/// assert_eq!(retry_after("Thu, 01 Jan 1970 00:02:00 GMT", 90), Some(Millis::from_secs(30)));
/// assert_eq!(retry_after("soon", 0), None);
/// ```
pub fn retry_after(value: &str, unix_now: u64) -> Option<Millis> {
    let in_seconds = delay_seconds(value).map(u64::from);
    let delay = in_seconds
        .or_else(|| Some(unix_seconds(trimmed(value), unix_now)?.saturating_sub(unix_now)))?;
    Some(Millis::from_secs(delay).min(LONGEST_DELAY))
}

fn trimmed(value: &str) -> &str {
    value.trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_DELAY, delay_seconds, retry_after};
    use crate::time::Millis;
    use proptest::prelude::*;

    const NOW: u64 = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.

    #[test]
    fn seconds_and_dates_are_read_and_bounded() {
        assert_eq!(retry_after(" 7 ", NOW), Some(Millis::from_secs(7)));
        assert_eq!(retry_after("0", NOW), Some(Millis::ZERO));
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:50:00 GMT", NOW),
            Some(Millis::from_secs(23))
        );
        assert_eq!(
            retry_after("Sun, 06 Nov 1994 08:49:37 GMT", NOW),
            Some(Millis::ZERO)
        );
        assert_eq!(
            retry_after("Fri, 31 Dec 1993 23:59:59 GMT", NOW),
            Some(Millis::ZERO)
        );
        assert_eq!(
            retry_after("Sat, 07 Nov 2065 08:49:37 GMT", NOW),
            Some(LONGEST_DELAY)
        );
        assert_eq!(
            retry_after("99999999999999999999", NOW),
            Some(LONGEST_DELAY)
        );
        assert_eq!(delay_seconds("3601"), Some(3_600));
    }

    #[test]
    fn what_is_neither_is_not_read() {
        for value in [
            "",
            "-1",
            "1.5",
            "soon",
            "1e3",
            "\"7\"",
            "Sun, 06 Nov 1994 08:49:37",
            "7, 8",
        ] {
            assert_eq!(retry_after(value, NOW), None, "{value}");
            assert_eq!(delay_seconds(value), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_the_delay_is_bounded(value in any::<String>(), now: u64) {
            prop_assert!(retry_after(&value, now).is_none_or(|delay| delay <= LONGEST_DELAY));
        }
    }
}
