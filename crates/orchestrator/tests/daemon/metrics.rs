//! What Prometheus scrapes.

use crate::support::daemon::{Daemon, QUIET};
use std::collections::HashMap;

/// Series and values, after a look at the form of every line.
fn scrape(daemon: &Daemon) -> HashMap<String, f64> {
    let answer = daemon.get("/metrics", &[]);
    assert_eq!(
        (answer.status, answer.field("content-type")),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    let samples = answer.text().lines().filter(|line| !line.starts_with('#'));
    let samples = samples.map(|line| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(series.starts_with("landfall_"), "{line}");
        (series.to_owned(), value.parse().unwrap())
    });
    samples.collect()
}

#[test]
fn the_metrics_say_how_the_daemon_is() {
    let daemon = Daemon::start(&format!(
        "{QUIET}[[services]]\nname = \"gone\"\nurl = \"http://127.0.0.1:9\"\n"
    ));
    let before = scrape(&daemon);
    for (series, value) in [
        ("landfall_cpu_budget_ratio", 1.0),
        ("landfall_catalog_revisions_total", 1.0),
        ("landfall_registrations", 0.0),
        ("landfall_streams", 0.0),
        ("landfall_http_connections", 1.0),
        ("landfall_boot", 1.0),
    ] {
        assert!(before[series] >= value, "{series}: {}", before[series]);
    }
    for series in [
        "landfall_resident_memory_bytes",
        "landfall_cpu_seconds_total",
        "landfall_check_pace_ratio",
        "landfall_uptime_seconds",
        "landfall_catalog_bytes",
        "landfall_checks_total{verdict=\"failed\"}",
    ] {
        assert!(before.contains_key(series), "{series}");
    }
    let services = |class| before[&format!("landfall_services{{class=\"{class}\"}}")];
    let all = ["healthy", "degraded", "unhealthy", "unknown"].map(services);
    assert_eq!(all.iter().sum::<f64>(), 2.0, "{all:?}");
}

#[test]
fn what_is_asked_for_makes_no_new_series() {
    let daemon = Daemon::start(QUIET);
    daemon.get("/healthz", &[]);
    daemon.get("/nothing", &[]);
    let before = scrape(&daemon);
    for path in ["/a", "/b?c=d", "/v1/services/0", "/v1/services/1"] {
        daemon.get(path, &[]);
    }
    daemon.get("/healthz", &[("Host", "evil.example")]);
    let after = scrape(&daemon);
    let count = |route: &str, class: &str| {
        let series =
            format!("landfall_http_requests_total{{route=\"{route}\",status=\"{class}\"}}");
        (before.get(&series).copied(), after.get(&series).copied())
    };
    assert_eq!(count("healthz", "2xx"), (Some(1.0), Some(1.0)));
    assert_eq!(count("none", "4xx"), (Some(1.0), Some(4.0)));
    assert_eq!(count("service", "4xx"), (None, Some(2.0)));
    assert_eq!(count("metrics", "2xx"), (None, Some(1.0)));
    assert_eq!(after.len(), before.len() + 2);
}
