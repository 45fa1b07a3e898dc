//! How long an answer may be used, and when to ask again.

mod cache_control;
mod etag;
mod http_date;
mod retry_after;

use crate::{rng::Rng, time::Millis};

pub use cache_control::CacheControl;
pub use etag::{ETag, MAX_ETAG_BYTES};
pub use http_date::unix_seconds;
pub use retry_after::{LONGEST_DELAY, delay_seconds, retry_after};

/// What may be done with an answer of a given age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Use it.
    Fresh,
    /// Use it, and ask again behind it (RFC 5861 section 3).
    WhileRevalidating,
    /// Ask first.
    Stale,
}

/// The bounds of polling, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Never sooner than this after an answer.
    pub min: Millis,
    /// After this, where neither the document nor its headers say.
    pub default: Millis,
    /// Never later than this, jitter aside.
    pub max: Millis,
}

/// How long one answer holds.
///
/// ```
/// use landfall_protocol::{freshness::{CacheControl, Freshness, Use}, time::Millis};
///
/// let headers = CacheControl::read("max-age=30, stale-while-revalidate=60");
/// let freshness = Freshness::new(None, headers);
/// assert_eq!(freshness.at_age(Millis::from_secs(29)), Use::Fresh);
/// assert_eq!(freshness.at_age(Millis::from_secs(30)), Use::WhileRevalidating);
/// assert_eq!(freshness.at_age(Millis::from_secs(90)), Use::Stale);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    said: Option<Millis>,
    stale_while_revalidate: Millis,
    may_be_kept: bool,
}

impl Freshness {
    /// From the `ttl` of the document, if it has one, and the headers that it came with.
    ///
    /// The document's own word goes before `max-age`: it is about its content, where the header also serves caches
    /// in between. `no-cache` says that an answer may not be used unasked, and nothing of how soon it changes.
    pub fn new(ttl: Option<Millis>, headers: CacheControl) -> Self {
        let header = headers
            .max_age
            .filter(|_| !headers.no_cache && !headers.no_store);
        Self {
            said: ttl.or(header.map(seconds)),
            stale_while_revalidate: headers.stale_while_revalidate.map_or(Millis::ZERO, seconds),
            may_be_kept: !headers.no_store,
        }
    }

    /// Whether the answer may be kept for a later visit: not with `no-store`.
    pub const fn may_be_kept(self) -> bool {
        self.may_be_kept
    }

    /// What may be done with the answer at `age` milliseconds after it came.
    pub fn at_age(self, age: Millis) -> Use {
        let fresh_for = self.said.unwrap_or(Millis::ZERO);
        if age < fresh_for {
            Use::Fresh
        } else if age < fresh_for + self.stale_while_revalidate {
            Use::WhileRevalidating
        } else {
            Use::Stale
        }
    }

    /// When to ask again after an answer at `now`: when it ends being fresh, within the bounds, and up to a tenth later, so
    /// that clients that were told together do not come back together.
    pub fn next_poll(self, now: Millis, bounds: Bounds, rng: &mut Rng) -> Millis {
        let wait = self
            .said
            .unwrap_or(bounds.default)
            .min(bounds.max)
            .max(bounds.min);
        now + wait + Millis(rng.between(0, wait.0 / 10))
    }
}

fn seconds(seconds: u32) -> Millis {
    Millis::from_secs(seconds.into())
}

#[cfg(test)]
mod tests {
    use super::{Bounds, CacheControl, Freshness, Use};
    use crate::{rng::Rng, time::Millis};
    use proptest::prelude::*;

    const BOUNDS: Bounds = Bounds {
        min: Millis::from_secs(1),
        default: Millis::from_secs(30),
        max: Millis::from_secs(600),
    };

    fn freshness(ttl: Option<u64>, headers: &str) -> Freshness {
        Freshness::new(ttl.map(Millis::from_secs), CacheControl::read(headers))
    }

    #[test]
    fn the_documents_word_goes_before_the_headers_and_both_before_the_default() {
        for (ttl, headers, secs) in [
            (Some(20), "max-age=60", 20),
            (Some(20), "no-cache", 20),
            (None, "max-age=60", 60),
            (None, "max-age=0", 1),
            (None, "no-cache, max-age=60", 30),
            (None, "", 30),
            (Some(86_400), "", 600),
        ] {
            let poll = freshness(ttl, headers).next_poll(Millis(7), BOUNDS, &mut Rng::new(1));
            let wait = Millis::from_secs(secs).0;
            assert!(
                (wait..=wait + wait / 10).contains(&(poll.0 - 7)),
                "{ttl:?} {headers}: {poll:?}"
            );
        }
    }

    #[test]
    fn without_a_word_on_freshness_an_answer_is_stale_at_once() {
        assert_eq!(freshness(None, "no-cache").at_age(Millis::ZERO), Use::Stale);
        assert_eq!(freshness(None, "").at_age(Millis::ZERO), Use::Stale);
        assert_eq!(
            freshness(None, "no-cache, stale-while-revalidate=5").at_age(Millis(1)),
            Use::WhileRevalidating
        );
    }

    #[test]
    fn only_no_store_forbids_to_keep_an_answer() {
        assert!(!freshness(Some(30), "no-store").may_be_kept());
        assert!(freshness(Some(30), "no-cache, max-age=0").may_be_kept());
    }

    proptest! {
        #[test]
        fn a_poll_is_never_sooner_than_the_least_nor_much_later_than_the_most(
            now in 0_u64..1 << 50, ttl in prop::option::of(0_u64..1 << 40), headers in ".{0,40}", seed: u64,
        ) {
            let poll = freshness(ttl, &headers).next_poll(Millis(now), BOUNDS, &mut Rng::new(seed));
            prop_assert!(poll >= Millis(now) + BOUNDS.min);
            prop_assert!(poll <= Millis(now) + BOUNDS.max + Millis(BOUNDS.max.0 / 10));
        }
    }
}
