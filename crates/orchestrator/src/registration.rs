//! A service that registered itself: what it says, where it is, and for how long it counts.
//!
//! A registration is held by a lease. Whoever made it renews it; when nobody does, it ends. The words are those of etcd
//! and Eureka, and so is the rule for a restart: the leases that were held begin anew, whatever the clock says.

mod body;
mod locate;
pub(crate) mod record;
mod written;

pub(crate) use body::{BadBody, Body, InstanceBody};
pub(crate) use locate::{NotLocated, locate};
pub(crate) use written::Written;

use crate::labels::Labels;
use crate::pool::Target;
use crate::settings::{CheckTerms, RequestPath, Span};
use landfall_protocol::endpoint::{Endpoint, Protocol};
use landfall_protocol::name::Name;
use landfall_protocol::time::Millis;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The most registrations.
pub(crate) const MAX_REGISTRATIONS: usize = 4_096;

/// The handle of a registration. Random, so that a late renewal never meets a registration that came after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistrationId(pub(crate) u64);

impl fmt::Display for RegistrationId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.0)
    }
}

impl FromStr for RegistrationId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let id = u64::from_str_radix(text, 16).map(Self).map_err(|_| ())?;
        // One way to write each.
        (id.to_string() == text).then_some(id).ok_or(())
    }
}

/// How long a registration counts after it was made or renewed: 1 s to a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Lease(u32);

impl Lease {
    /// The longest, in seconds.
    const LONGEST: u32 = 86_400;

    /// In milliseconds.
    pub(crate) const fn millis(self) -> Millis {
        Millis::from_secs(self.0 as u64)
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self(30)
    }
}

impl From<Lease> for u32 {
    fn from(lease: Lease) -> Self {
        lease.0
    }
}

impl TryFrom<u32> for Lease {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        if (1..=Self::LONGEST).contains(&seconds) {
            return Ok(Self(seconds));
        }
        Err(format!(
            "{seconds} is not a lease: write whole seconds from 1 to {}",
            Self::LONGEST
        ))
    }
}

/// One place where a registered service runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Where it is: resolved once, when it was registered.
    pub(crate) target: Target,
    /// Its share of the requests.
    pub(crate) weight: u16,
}

/// What somebody registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) id: RegistrationId,
    /// Later registrations have higher numbers: of two for one service, the later one says what it is.
    pub(crate) order: u64,
    pub(crate) name: Name,
    pub(crate) title: Option<Name>,
    pub(crate) lease: Lease,
    pub(crate) seats: Vec<Seat>,
    /// What to ask for in a check; short for the path of `check`.
    pub(crate) health_path: Option<RequestPath>,
    /// Between two checks; short for the interval of `check`.
    pub(crate) interval: Option<Span>,
    /// How it is checked.
    pub(crate) check: CheckTerms,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) labels: Labels,
}

impl Registration {
    /// How it is checked, with what is said beside it.
    pub(crate) fn check(&self) -> CheckTerms {
        let check = self.check.clone();
        check.or(self.health_path.as_ref(), self.interval)
    }

    /// Whether the service itself is asked for its endpoints as well: only where none that speaks HTTP is declared.
    pub(crate) fn is_silent(&self) -> bool {
        let speaks_http = |it: &Endpoint| it.protocol == Protocol::Http;
        !self.endpoints.iter().any(speaks_http)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_one_way() {
        for id in [0, 7, u64::MAX] {
            let text = RegistrationId(id).to_string();
            assert_eq!((text.len(), text.parse()), (16, Ok(RegistrationId(id))));
        }
        for wrong in [
            "",
            "7",
            "+000000000000007",
            "000000000000000G",
            "00000000000000FF",
        ] {
            assert!(wrong.parse::<RegistrationId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_lease_is_a_second_to_a_day() {
        for (seconds, fits) in [(0, false), (1, true), (86_400, true), (86_401, false)] {
            assert_eq!(Lease::try_from(seconds).is_ok(), fits, "{seconds}");
        }
    }
}
