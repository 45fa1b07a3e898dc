//! `/v1/status`: what the daemon says of itself.

use crate::budget::BudgetView;
use serde::Serialize;

/// The body of `/v1/status`.
#[derive(Debug, Serialize)]
pub(crate) struct Status<'s> {
    pub(crate) name: &'s str,
    pub(crate) version: &'static str,
    pub(crate) epoch: EpochView<'s>,
    pub(crate) revision: u64,
    pub(crate) uptime_ms: u64,
    pub(crate) budget: Budget,
    pub(crate) memory: Memory,
    pub(crate) checks: Checks,
    pub(crate) services: usize,
    pub(crate) streams: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct EpochView<'s> {
    pub(crate) registry: &'s str,
    pub(crate) boot: u64,
}

/// The CPU budget, with what it holds back.
#[derive(Debug, Serialize)]
pub(crate) struct Budget {
    #[serde(flatten)]
    pub(crate) cpu: BudgetView,
    /// Checks that are due and wait for their turn.
    pub(crate) overdue: usize,
    /// The age of the oldest verdict.
    pub(crate) oldest_verdict_ms: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    /// Resident memory, where the system tells it.
    pub(crate) rss_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Checks {
    pub(crate) total: u64,
    pub(crate) failed: u64,
    pub(crate) in_flight: usize,
    pub(crate) in_flight_limit: usize,
    pub(crate) per_host_limit: usize,
}
