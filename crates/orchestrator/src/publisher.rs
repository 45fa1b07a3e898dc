//! Turns changes of the registry into revisions of the catalog and into events.

use crate::budget::CpuBudget;
use crate::clock::Clock;
use crate::cpu::cpu_used;
use crate::http::{Catalog, Hub, Server, Topic};
use crate::registry::Registry;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::sleep;

/// Between two revisions: changes that come together become one. The first is published at once.
const TOGETHER: Duration = Duration::from_millis(50);
/// What revisions may take of the budget, one part in so many, of what pressure on the host leaves of it: with thousands of
/// services one takes more than a moment to make.
const REVISION_PARTS: u32 = 2;
/// The same while checks wait: while thousands of services are found, each revision is soon followed by the next.
const REVISION_PARTS_SHORT: u32 = 4;
/// What events of raw health may take.
const HEALTH_PARTS: u32 = 5;
/// What has changed waits for no longer, whatever it costs to tell: five times as long on a host under pressure.
const LONGEST: Duration = Duration::from_secs(1);
/// The same while checks wait.
const LONGEST_SHORT: Duration = Duration::from_secs(5);
/// Between two events of raw health.
const HEALTH_EVERY: Duration = Duration::from_secs(1);

/// Publishes the catalog when it changes, for ever.
pub(crate) async fn publish_catalog(
    registry: Rc<RefCell<Registry>>,
    catalog: Rc<Catalog>,
    hub: Rc<Hub>,
    budget: Rc<CpuBudget>,
    clock: Clock,
) {
    let changes = registry.borrow().changes();
    loop {
        changes.notified().await;
        let cpu = cpu_used();
        let updated = catalog.update(registry.borrow().catalog());
        let cost = Duration::from_micros(cpu_used().saturating_sub(cpu));
        match updated {
            Ok(Some(news)) => {
                tracing::debug!(revision = news.published.stamp().revision, "published");
                hub.tell(&news);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::error!(%error, "the catalog could not be published; the last one stays");
            }
        }
        let (parts, longest) = if budget.is_short(clock.now()) {
            (REVISION_PARTS_SHORT, LONGEST_SHORT)
        } else {
            (REVISION_PARTS, budget.slowed(LONGEST))
        };
        sleep(budget.rest(cost, parts).clamp(TOGETHER, longest)).await;
    }
}

/// Sends raw health while somebody wants it, for ever.
pub(crate) async fn publish_health(server: Rc<Server>) {
    let verdicts = server.registry.borrow().verdicts();
    let mut rest = HEALTH_EVERY;
    loop {
        while !server.hub.has(Topic::Health) {
            server.hub.joined().await;
        }
        // Whoever opened a stream was told just then.
        sleep(rest.clamp(HEALTH_EVERY, server.budget.slowed(LONGEST))).await;
        verdicts.notified().await;
        let cpu = cpu_used();
        server.hub.send(Topic::Health, &server.health_event());
        let cost = Duration::from_micros(cpu_used().saturating_sub(cpu));
        rest = server.budget.rest(cost, HEALTH_PARTS);
    }
}

/// Tells what services lack whenever that changes, for ever.
pub(crate) async fn publish_drift(server: Rc<Server>) {
    let drifts = server.registry.borrow().drifts();
    loop {
        drifts.notified().await;
        if server.hub.has(Topic::Drift) {
            server.hub.send(Topic::Drift, &server.drift_event());
        }
        sleep(TOGETHER).await;
    }
}
