//! `/v1/status`: what the daemon says of itself.

use super::reply::{Reply, json};
use super::server::Server;
use crate::budget::BudgetView;
use crate::ceiling::CeilingView;
use crate::finder::Waiting;
use crate::memory::rss_bytes;
use crate::reload::Report;
use serde::Serialize;

/// The body of `/v1/status`.
#[derive(Debug, Serialize)]
struct Status<'s> {
    name: &'s str,
    settings: &'s Report,
    version: &'static str,
    epoch: EpochView<'s>,
    revision: u64,
    uptime_ms: u64,
    budget: Budget,
    memory: Memory,
    checks: Checks,
    /// What is still to be found out.
    finding: Waiting,
    services: usize,
    /// How many of them lack something that they had.
    drifted: usize,
    streams: usize,
}

#[derive(Debug, Serialize)]
struct EpochView<'s> {
    registry: &'s str,
    boot: u64,
}

/// The CPU budget, with what it holds back.
#[derive(Debug, Serialize)]
struct Budget {
    #[serde(flatten)]
    cpu: BudgetView,
    /// Checks that are due and wait for their turn.
    overdue: usize,
    /// The age of the oldest verdict.
    oldest_verdict_ms: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Memory {
    /// Resident memory, where the system tells it.
    rss_bytes: Option<u64>,
    #[serde(flatten)]
    ceiling: CeilingView,
}

#[derive(Debug, Serialize)]
struct Checks {
    total: u64,
    failed: u64,
    in_flight: usize,
    in_flight_limit: usize,
    per_host_limit: usize,
}

impl Server {
    /// Answers a request for the status.
    pub(super) fn status(&self) -> Reply {
        let now = self.clock.now();
        let registry = self.registry.borrow();
        let epoch = registry.epoch();
        let (overdue, oldest) = registry.backlog(now);
        let counts = self.checker.counts();
        json(&Status {
            name: &self.name.borrow(),
            settings: &self.settings.borrow(),
            version: env!("CARGO_PKG_VERSION"),
            epoch: EpochView {
                registry: epoch.registry(),
                boot: epoch.boot(),
            },
            revision: self.catalog.current().stamp().revision,
            uptime_ms: now.0,
            budget: Budget {
                cpu: self.budget.view(now),
                overdue,
                oldest_verdict_ms: oldest.map(|age| age.0),
            },
            memory: Memory {
                rss_bytes: rss_bytes(),
                ceiling: self.checker.ceiling.view(),
            },
            checks: Checks {
                total: counts.total,
                failed: counts.failed,
                in_flight: self.pool.in_flight(),
                in_flight_limit: self.pool.limits().in_flight,
                per_host_limit: self.pool.limits().per_host,
            },
            finding: self.checker.finder.waiting(),
            services: registry.len(),
            drifted: registry.drifted(),
            streams: self.hub.len(),
        })
    }
}
