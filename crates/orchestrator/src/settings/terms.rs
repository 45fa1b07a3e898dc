//! How one service is checked: `[services.check]` in the settings, `check` in a registration.

use super::addresses::RequestPath;
use super::amounts::Span;
use super::statuses::Statuses;
use crate::health::Thresholds;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU8;
use std::str::FromStr;
use std::time::Duration;

/// The longest timeout of a check, which holds one of few slots for as long.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(60);
/// The most verdicts in a row that can be asked for.
const MOST_IN_A_ROW: u8 = 100;
/// What is not said of rising or falling: as many as the score needs.
const USUAL: NonZeroU8 = NonZeroU8::new(2).unwrap();

/// How one service is checked. What is not said is as for any other service.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CheckTerms {
    /// What counts as life.
    #[serde(skip_serializing_if = "is_usual")]
    pub kind: CheckKind,
    /// What to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<RequestPath>,
    /// The statuses that mean life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Statuses>,
    /// Between two checks while the service is steadily healthy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Span>,
    /// For a whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rise: Option<InARow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fall: Option<InARow>,
    /// Whether the certificate of an https service must be valid.
    #[serde(skip_serializing_if = "is_true")]
    pub verify: bool,
}

impl Default for CheckTerms {
    fn default() -> Self {
        Self {
            kind: CheckKind::Http,
            path: None,
            status: None,
            interval: None,
            timeout: None,
            rise: None,
            fall: None,
            verify: true,
        }
    }
}

/// What counts as life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum CheckKind {
    /// An answer over HTTP; over TLS where the URL is an https one.
    #[default]
    Http,
    /// That it accepts a connection. Nothing is sent.
    Tcp,
}

impl CheckTerms {
    /// The same with what is said elsewhere, in a short form.
    pub(crate) fn or(self, path: Option<&RequestPath>, interval: Option<Span>) -> Self {
        Self {
            path: self.path.or_else(|| path.cloned()),
            interval: self.interval.or(interval),
            ..self
        }
    }

    /// How many verdicts in a row change the class; `None` where the score decides.
    pub(crate) fn thresholds(&self) -> Option<Thresholds> {
        let (rise, fall) = (self.rise.map(|it| it.0), self.fall.map(|it| it.0));
        (rise.is_some() || fall.is_some()).then(|| Thresholds {
            rise: rise.unwrap_or(USUAL),
            fall: fall.unwrap_or(USUAL),
        })
    }

    /// Checks what one value alone cannot know. An error is the name of a key, and what is wrong with it.
    pub(crate) fn check_together(&self, is_loopback: bool) -> Result<(), (&'static str, String)> {
        let of_http = [
            ("path", self.path.is_some()),
            ("status", self.status.is_some()),
        ];
        for (key, is_there) in of_http {
            if is_there && self.kind == CheckKind::Tcp {
                let reason = format!(
                    "a tcp check asks for nothing: leave {key} out, or let kind be \"http\""
                );
                return Err((key, reason));
            }
        }
        if self.timeout.is_some_and(|it| it.0 > LONGEST_TIMEOUT) {
            return Err((
                "timeout",
                "a check takes a minute at most: write \"60s\" or less".to_owned(),
            ));
        }
        if !self.verify && !is_loopback {
            let reason = "certificates go unverified on this machine only; for another one, name its authority in checks.ca_file";
            return Err(("verify", reason.to_owned()));
        }
        Ok(())
    }
}

fn is_usual(kind: &CheckKind) -> bool {
    *kind == CheckKind::default()
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
const fn is_true(flag: &bool) -> bool {
    *flag
}

from_text!(CheckKind);

impl From<CheckKind> for &'static str {
    fn from(kind: CheckKind) -> Self {
        match kind {
            CheckKind::Http => "http",
            CheckKind::Tcp => "tcp",
        }
    }
}

impl FromStr for CheckKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "http" => Ok(Self::Http),
            "tcp" => Ok(Self::Tcp),
            _ => Err(format!("{text:?} is no kind of check: write http or tcp")),
        }
    }
}

/// A number of verdicts in a row: 1 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "u8", into = "u8")]
pub(crate) struct InARow(NonZeroU8);

impl From<InARow> for u8 {
    fn from(number: InARow) -> Self {
        number.0.get()
    }
}

impl FromStr for InARow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number: Option<u8> = text.parse().ok();
        let wrong = || format!("{text} is not between 1 and {MOST_IN_A_ROW}");
        Self::try_from(number.ok_or_else(wrong)?)
    }
}

impl TryFrom<u8> for InARow {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        let fits = NonZeroU8::new(number).filter(|it| it.get() <= MOST_IN_A_ROW);
        fits.map(Self)
            .ok_or_else(|| format!("{number} is not between 1 and {MOST_IN_A_ROW}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(json: &str) -> Result<CheckTerms, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_said_comes_back_as_it_was_said() {
        for json in [
            "{}",
            r#"{"kind":"tcp","interval":"5s","timeout":"500ms"}"#,
            r#"{"path":"/health","status":[200,"204-299"],"rise":2,"fall":3,"verify":false}"#,
        ] {
            let written = serde_json::to_string(&terms(json).unwrap()).unwrap();
            assert_eq!(written, json);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (json, reason) in [
            (r#"{"status":[99]}"#, "99 is no status"),
            (r#"{"rise":0}"#, "0 is not between 1 and 100"),
            (r#"{"fall":101}"#, "101 is not between"),
            (r#"{"kind":"icmp"}"#, "write http or tcp"),
            (r#"{"until":1}"#, "unknown field `until`"),
        ] {
            let error = terms(json).unwrap_err();
            assert!(error.contains(reason), "{json}: {error}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_refused_with_its_key() {
        for (json, key) in [
            (r#"{"kind":"tcp","path":"/"}"#, "path"),
            (r#"{"kind":"tcp","status":[200]}"#, "status"),
            (r#"{"timeout":"61s"}"#, "timeout"),
            (r#"{"verify":false}"#, "verify"),
        ] {
            let refused = terms(json).unwrap().check_together(false);
            assert_eq!(refused.unwrap_err().0, key, "{json}");
        }
        let unverified = terms(r#"{"verify":false}"#).unwrap();
        assert_eq!(unverified.check_together(true), Ok(()));
    }

    #[test]
    fn one_threshold_brings_the_other_with_it() {
        let in_a_row = |json: &str| {
            let thresholds = terms(json).unwrap().thresholds();
            thresholds.map(|it| (it.rise.get(), it.fall.get()))
        };
        assert_eq!(in_a_row("{}"), None);
        assert_eq!(in_a_row(r#"{"rise":1}"#), Some((1, 2)));
        assert_eq!(in_a_row(r#"{"fall":5}"#), Some((2, 5)));
    }
}
