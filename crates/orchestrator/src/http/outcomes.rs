//! `POST /v1/outcomes`: what pages say of the services that they use.
//!
//! A page sends its report without a preflight, as `text/plain`. Whoever may read the catalog may send one, and all that it
//! can do is to bring a check forward: who lies here has the daemon look sooner, within its limits and its budget.

use super::content::read_bytes;
use super::reply::{Reply, empty, refusal};
use crate::clock::Clock;
use crate::registry::Registry;
use hyper::StatusCode;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, RETRY_AFTER};
use landfall_protocol::json::{MAX_DEPTH, check_bounds};
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{MAX_BYTES, Tally, read};
use std::cell::{Cell, RefCell};

/// A report takes one of so many places, and a place is free again after a time.
const PLACES: u64 = 32;
const REFILL: Millis = Millis(100);

/// Takes reports, at most ten in a second and [`PLACES`] at once.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    /// When all places are free again.
    free_at: Cell<Millis>,
}

impl Outcomes {
    /// Reads a report and has the registry act on it.
    pub(crate) async fn take(
        &self,
        body: Incoming,
        registry: &RefCell<Registry>,
        clock: &Clock,
    ) -> Reply {
        if !self.has_place(clock.now()) {
            let mut reply = refusal(
                StatusCode::TOO_MANY_REQUESTS,
                "too many reports: send fewer and larger ones",
            );
            reply
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
            return reply;
        }
        let bytes = match read_bytes(body, MAX_BYTES).await {
            Ok(bytes) => bytes,
            Err(not_taken) => return not_taken.reply(),
        };
        match parse(&bytes) {
            Ok(tallies) => {
                registry.borrow_mut().doubt(&tallies, clock.now());
                empty(StatusCode::NO_CONTENT)
            }
            Err(reason) => refusal(StatusCode::BAD_REQUEST, &reason),
        }
    }

    fn has_place(&self, now: Millis) -> bool {
        let taken = self.free_at.get().max(now) + REFILL;
        let has_place = (taken - now).0 <= PLACES * REFILL.0;
        if has_place {
            self.free_at.set(taken);
        }
        has_place
    }
}

/// Reads a report.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Tally>, String> {
    check_bounds(bytes, MAX_BYTES, MAX_DEPTH).map_err(|_| "the report is nested too deep")?;
    let json: serde_json::Value = serde_json::from_slice(bytes)
        .map_err(|error| format!("the report is not JSON: {error}"))?;
    read(&json).map_err(|refused| refused.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_beyond_the_rate_have_no_place() {
        let outcomes = Outcomes::default();
        let taken = (0..100).filter(|_| outcomes.has_place(Millis(5))).count();
        assert_eq!(taken as u64, PLACES);
        let later = Millis(5) + REFILL;
        assert!(outcomes.has_place(later) && !outcomes.has_place(later));
        let rested = later + Millis::from_secs(60);
        let taken = (0..100).filter(|_| outcomes.has_place(rested)).count();
        assert_eq!(taken as u64, PLACES);
    }

    #[test]
    fn what_is_no_report_is_refused_in_words() {
        for (text, word) in [
            ("", "JSON"),
            ("[]", "outcomes"),
            ("{}", "outcomes"),
            (r#"{"outcomes": [{"url": "javascript:0"}]}"#, "javascript:0"),
        ] {
            let reason = parse(text.as_bytes()).unwrap_err();
            assert!(reason.contains(word), "{text}: {reason}");
        }
        assert_eq!(parse(br#"{"outcomes": []}"#), Ok(Vec::new()));
    }
}
