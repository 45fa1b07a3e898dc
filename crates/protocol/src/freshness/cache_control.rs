//! The `Cache-Control` header of a response, as far as Landfall heeds it.

use crate::field_list;

/// The directives that matter here (RFC 9111 section 5.2.2; `stale-while-revalidate`: RFC 5861 section 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheControl {
    /// Seconds for which the response is fresh.
    pub max_age: Option<u32>,
    /// Seconds for which it may be used after that, while it is asked for again.
    pub stale_while_revalidate: Option<u32>,
    /// It may not be used without asking again.
    pub no_cache: bool,
    /// It may not be kept.
    pub no_store: bool,
}

impl CacheControl {
    /// Reads the value of the header. Directives that it does not know do not count.
    ///
    /// Of a directive that comes twice the first counts. A `max-age` that is no number makes the response stale at once
    /// (RFC 9111 section 4.2.1), a `stale-while-revalidate` that is none does not count.
    pub fn read(value: &str) -> Self {
        let mut read = Self::default();
        for directive in field_list::members(value) {
            let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
            // A sender may quote an argument that it need not (section 5.2).
            let unquoted = argument
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            let argument = unquoted.unwrap_or(argument);
            let is = |known: &str| name.eq_ignore_ascii_case(known);
            if is("max-age") {
                read.max_age = read.max_age.or(delta_seconds(argument).or(Some(0)));
            } else if is("stale-while-revalidate") {
                read.stale_while_revalidate =
                    read.stale_while_revalidate.or(delta_seconds(argument));
            } else if is("no-cache") {
                // With field names as its argument it is about those fields; to be strict is always allowed.
                read.no_cache = true;
            } else if is("no-store") {
                read.no_store = true;
            }
        }
        read
    }
}

/// `delta-seconds` of RFC 9111 section 1.2.2: digits only; what is too much for 31 bits counts as the most they hold.
pub(super) fn delta_seconds(digits: &str) -> Option<u32> {
    let seconds = crate::text::number(digits, (1 << 31) - 1)?;
    u32::try_from(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::{CacheControl, delta_seconds};
    use proptest::prelude::*;

    #[test]
    fn headers_as_real_servers_send_them() {
        assert_eq!(CacheControl::read(""), CacheControl::default());
        let read =
            CacheControl::read("public, Max-Age=60 ,stale-while-revalidate=\"30\", immutable");
        assert_eq!(
            (read.max_age, read.stale_while_revalidate),
            (Some(60), Some(30))
        );
        let read = CacheControl::read("no-cache, no-store, must-revalidate, max-age=0");
        assert!(read.no_cache && read.no_store);
        assert!(CacheControl::read("no-cache=\"set-cookie, max-age=9\"").no_cache);
        assert_eq!(
            CacheControl::read("ext=\"a, max-age=9\", max-age=1").max_age,
            Some(1)
        );
    }

    #[test]
    fn the_first_of_two_counts_and_a_wrong_number_is_stale() {
        assert_eq!(CacheControl::read("max-age=1, max-age=2").max_age, Some(1));
        for wrong in [
            "max-age",
            "max-age=",
            "max-age=-1",
            "max-age=1.5",
            "max-age= 5",
            "max-age=0x9",
            "max-age=9s",
        ] {
            assert_eq!(CacheControl::read(wrong).max_age, Some(0), "{wrong}");
        }
        assert_eq!(
            CacheControl::read("stale-while-revalidate=soon").stale_while_revalidate,
            None
        );
    }

    proptest! {
        #[test]
        fn seconds_are_read_exactly_up_to_31_bits(seconds: u64) {
            let expected = u32::try_from(seconds.min(1 << 31)).unwrap();
            prop_assert_eq!(delta_seconds(&seconds.to_string()), Some(expected));
        }

        #[test]
        fn whatever_is_sent_it_is_read(value in any::<String>()) {
            CacheControl::read(&value);
        }
    }
}
