//! `/metrics`: what the daemon measures of itself, for Prometheus (text format 0.0.4).
//!
//! Everything is read when somebody asks, and nothing is kept for it but the counters that the daemon has anyway. No label
//! holds anything that comes from outside: there are as many series as there are routes, classes and verdicts.

use super::exposition::{CONTENT_TYPE, Kind, Metrics};
use super::reply::{Reply, refusal, reply};
use super::server::Server;
use crate::cpu::cpu_used;
use crate::memory::rss_bytes;
use hyper::StatusCode;
use landfall_protocol::catalog::HealthClass;

/// As a metric has it. Counts beyond 2^53 would lose their last digits.
const fn number(count: u64) -> f64 {
    count as f64
}

const fn size(count: usize) -> f64 {
    count as f64
}

const fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

impl Server {
    /// Answers a request for the metrics.
    pub(super) fn metrics(&self) -> Reply {
        match self.gather().text() {
            Ok(text) => reply(StatusCode::OK, CONTENT_TYPE, text),
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                let reason = "the metrics could not be written";
                refusal(StatusCode::INTERNAL_SERVER_ERROR, reason)
            }
        }
    }

    fn gather(&self) -> Metrics {
        let mut metrics = Metrics::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        metrics.family(
            Kind::Gauge,
            "landfall_build_info",
            "The version of the daemon.",
            [(version, 1.0)],
        );
        metrics.gauge(
            "landfall_uptime_seconds",
            "Since the daemon was started.",
            seconds(self.clock.now().0 * 1_000),
        );
        if let Some(bytes) = rss_bytes() {
            metrics.gauge(
                "landfall_resident_memory_bytes",
                "Resident memory of the process.",
                number(bytes),
            );
        }
        self.gather_ceiling(&mut metrics);
        self.gather_budget(&mut metrics);
        self.gather_checks(&mut metrics);
        self.gather_registry(&mut metrics);
        self.gather_serving(&mut metrics);
        metrics
    }

    fn gather_ceiling(&self, metrics: &mut Metrics) {
        let ceiling = self.checker.ceiling.view();
        if let Some(bytes) = ceiling.held_bytes {
            metrics.gauge(
                "landfall_memory_held_bytes",
                "Resident memory without what the allocator keeps free: what the ceiling is compared with.",
                number(bytes),
            );
        }
        if let Some(bytes) = ceiling.ceiling_bytes {
            metrics.gauge(
                "landfall_memory_ceiling_bytes",
                "The memory from which on nothing new is taken in.",
                number(bytes),
            );
        }
        metrics.gauge(
            "landfall_memory_level",
            "What is shed: 0 nothing, 1 histories and idle connections, 2 new services too.",
            f64::from(ceiling.level as u8),
        );
    }

    fn gather_budget(&self, metrics: &mut Metrics) {
        let budget = self.budget.view(self.clock.now());
        metrics.counter(
            "landfall_cpu_seconds",
            "CPU time that the process has used.",
            seconds(cpu_used()),
        );
        metrics.gauge(
            "landfall_cpu_budget_ratio",
            "The budget, as a share of one core.",
            f64::from(budget.budget_permille) / 1e3,
        );
        metrics.gauge(
            "landfall_cpu_used_ratio",
            "The share of one core that was used in the last minute.",
            budget.used_permille / 1e3,
        );
        metrics.gauge(
            "landfall_check_pace_ratio",
            "By what the wanted rate of checks is multiplied to stay within the budget.",
            f64::from(budget.pace_permille) / 1e3,
        );
        metrics.counter(
            "landfall_cpu_forgiven_seconds",
            "CPU time beyond the budget that was written off: serving clients is not held back.",
            seconds(budget.forgiven_us),
        );
    }

    fn gather_checks(&self, metrics: &mut Metrics) {
        let counts = self.checker.counts();
        let alive = counts.total - counts.failed - counts.unknown;
        let verdicts = [
            ("alive", alive),
            ("failed", counts.failed),
            ("unknown", counts.unknown),
        ];
        let samples = verdicts.map(|(verdict, count)| (vec![("verdict", verdict)], number(count)));
        metrics.family(
            Kind::Counter,
            "landfall_checks",
            "Health checks, by what they have shown; unknown when the daemon itself was late.",
            samples,
        );
        let (overdue, oldest) = self.registry.borrow().backlog(self.clock.now());
        metrics.gauge(
            "landfall_checks_overdue",
            "Checks that are due and wait for their turn.",
            size(overdue),
        );
        metrics.gauge(
            "landfall_checks_in_flight",
            "Requests to services that are on their way.",
            size(self.pool.in_flight()),
        );
        metrics.gauge(
            "landfall_idle_connections",
            "Idle connections to services that are kept.",
            size(self.pool.idle()),
        );
        if let Some(age) = oldest {
            metrics.gauge(
                "landfall_oldest_verdict_seconds",
                "The age of the oldest verdict.",
                seconds(age.0 * 1_000),
            );
        }
    }

    fn gather_registry(&self, metrics: &mut Metrics) {
        let registry = self.registry.borrow();
        let by_class = |counts: [(HealthClass, usize); 4]| {
            counts.map(|(class, count)| (vec![("class", class.as_str())], size(count)))
        };
        metrics.family(
            Kind::Gauge,
            "landfall_services",
            "Services, by the health class of their best instance.",
            by_class(registry.services_by_class()),
        );
        metrics.family(
            Kind::Gauge,
            "landfall_instances",
            "Instances, by health class.",
            by_class(registry.instances_by_class()),
        );
        metrics.gauge(
            "landfall_registrations",
            "Registrations that are held by a lease.",
            size(registry.registrations().count()),
        );
        let epoch = registry.epoch();
        metrics.gauge(
            "landfall_boot",
            "How often the registry was started.",
            number(epoch.boot()),
        );
    }

    fn gather_serving(&self, metrics: &mut Metrics) {
        let published = self.catalog.current();
        metrics.counter(
            "landfall_catalog_revisions",
            "Revisions of the catalog in this run.",
            number(published.stamp().revision),
        );
        metrics.gauge(
            "landfall_catalog_bytes",
            "The size of the catalog, without any encoding.",
            size(published.len()),
        );
        metrics.gauge(
            "landfall_catalog_kept_bytes",
            "What is kept to serve it: encodings, views, events, the log of changes.",
            size(self.catalog.kept()),
        );
        metrics.gauge(
            "landfall_streams",
            "Open event streams.",
            size(self.hub.len()),
        );
        metrics.counter(
            "landfall_streams_dropped",
            "Event streams that were ended because their readers fell behind.",
            number(self.hub.dropped()),
        );
        metrics.gauge(
            "landfall_http_connections",
            "Open connections of clients.",
            size(self.connections.get()),
        );
        let requests = self.traffic.counted().map(|(route, class, count)| {
            (vec![("route", route), ("status", class)], number(count))
        });
        metrics.family(
            Kind::Counter,
            "landfall_http_requests",
            "Requests that were answered, by route and class of status.",
            requests,
        );
    }
}
