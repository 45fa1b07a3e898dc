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

/// When to ask again, counted from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    /// Not sooner than this.
    pub min: Millis,
    /// After this, where neither the document nor its headers say.
    pub default: Millis,
    /// Not later than this.
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
    ttl: Option<Millis>,
    headers: CacheControl,
}

impl Freshness {
    /// From the `ttl` of the document, if it has one, and the headers that it came with.
    ///
    /// `max-age` goes before the document's own word: who serves the document may know better than who wrote it.
    pub const fn new(ttl: Option<Millis>, headers: CacheControl) -> Self {
        Self { ttl, headers }
    }

    /// What may be done with the answer at `age` milliseconds after it came (RFC 9111 section 4.2).
    pub fn at_age(self, age: Millis) -> Use {
        let revalidate = self.headers.no_cache || self.headers.no_store;
        let said = self
            .headers
            .max_age
            .map(seconds)
            .or(self.ttl)
            .filter(|_| !revalidate);
        let fresh_for = said.unwrap_or(Millis::ZERO);
        if age < fresh_for {
            Use::Fresh
        } else if age
            < fresh_for
                + self
                    .headers
                    .stale_while_revalidate
                    .map_or(Millis::ZERO, seconds)
        {
            Use::WhileRevalidating
        } else {
            Use::Stale
        }
    }

    /// When to ask again after an answer at `now`: as soon as the answer ends being fresh, within the bounds, and up to a
    /// tenth sooner, so that clients that were told together drift apart.
    ///
    /// `max-age=0`, `no-cache` and `no-store` forbid to use an answer unasked. They do not say that it will change soon, so
    /// they count as saying nothing here.
    pub fn next_poll(self, now: Millis, polling: Polling, rng: &mut Rng) -> Millis {
        let max_age = self
            .headers
            .max_age
            .filter(|secs| *secs > 0 && !self.headers.no_cache && !self.headers.no_store);
        let wait = max_age
            .map(seconds)
            .or(self.ttl)
            .unwrap_or(polling.default)
            .min(polling.max);
        now + Millis(rng.between(wait.0 - wait.0 / 10, wait.0)).max(polling.min)
    }
}

fn seconds(seconds: u32) -> Millis {
    Millis::from_secs(seconds.into())
}

#[cfg(test)]
mod tests {
    use super::{CacheControl, Freshness, Polling, Use};
    use crate::{rng::Rng, time::Millis};
    use proptest::prelude::*;

    const POLLING: Polling = Polling {
        min: Millis::from_secs(1),
        default: Millis::from_secs(30),
        max: Millis::from_secs(600),
    };

    fn freshness(ttl: Option<u64>, headers: &str) -> Freshness {
        Freshness::new(ttl.map(Millis::from_secs), CacheControl::read(headers))
    }

    #[test]
    fn the_headers_go_before_the_document_and_both_before_the_default() {
        for (ttl, headers, secs) in [
            (Some(20), "max-age=60", 60),
            (Some(20), "max-age=0", 20),
            (Some(20), "no-cache, max-age=60", 20),
            (None, "no-cache, max-age=60", 30),
            (None, "", 30),
            (Some(0), "", 1),
            (Some(86_400), "", 600),
        ] {
            let poll = freshness(ttl, headers).next_poll(Millis(7), POLLING, &mut Rng::new(1));
            let wait = Millis::from_secs(secs).0;
            assert!(
                (wait - wait / 10..=wait).contains(&(poll.0 - 7)),
                "{ttl:?} {headers}: {poll:?}"
            );
        }
    }

    #[test]
    fn polls_that_could_come_together_drift_apart() {
        let mut rng = Rng::new(1);
        let mut poll = || freshness(Some(30), "").next_poll(Millis(0), POLLING, &mut rng);
        assert!(poll() != poll() && poll() != poll());
    }

    #[test]
    fn an_answer_is_used_as_long_as_it_may_be() {
        assert_eq!(freshness(Some(30), "").at_age(Millis(29_999)), Use::Fresh);
        assert_eq!(
            freshness(Some(30), "max-age=10").at_age(Millis(10_000)),
            Use::Stale
        );
        assert_eq!(
            freshness(Some(30), "no-cache").at_age(Millis::ZERO),
            Use::Stale
        );
        assert_eq!(freshness(None, "").at_age(Millis::ZERO), Use::Stale);
        assert_eq!(
            freshness(None, "max-age=0, stale-while-revalidate=5").at_age(Millis(4_999)),
            Use::WhileRevalidating
        );
    }

    proptest! {
        #[test]
        fn a_poll_is_within_its_bounds(
            now in 0_u64..1 << 50, ttl in prop::option::of(0_u64..1 << 40), headers in ".{0,40}", seed: u64,
        ) {
            let poll = freshness(ttl, &headers).next_poll(Millis(now), POLLING, &mut Rng::new(seed));
            prop_assert!((Millis(now) + POLLING.min..=Millis(now) + POLLING.max).contains(&poll));
        }
    }
}
