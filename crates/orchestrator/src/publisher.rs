//! Turns changes of the registry into revisions of the catalog and into events.

use crate::cpu::cpu_used;
use crate::http::{Catalog, Hub, Server, Topic};
use crate::registry::Registry;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::sleep;

/// Between two revisions: changes that come together become one. The first is published at once.
const TOGETHER: Duration = Duration::from_millis(50);
/// How many times as long as a revision takes to make there is no other: with thousands of services it takes more than
/// a moment.
const RARITY: u32 = 50;
/// Between two events of raw health.
const HEALTH_EVERY: Duration = Duration::from_secs(1);

/// Publishes the catalog when it changes, for ever.
pub(crate) async fn publish_catalog(
    registry: Rc<RefCell<Registry>>,
    catalog: Rc<Catalog>,
    hub: Rc<Hub>,
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
        sleep((cost * RARITY).clamp(TOGETHER, HEALTH_EVERY)).await;
    }
}

/// Sends raw health while somebody wants it, for ever.
pub(crate) async fn publish_health(server: Rc<Server>) {
    let verdicts = server.registry.borrow().verdicts();
    loop {
        while !server.hub.has(Topic::Health) {
            server.hub.joined().await;
        }
        // Whoever opened a stream was told just then.
        sleep(HEALTH_EVERY).await;
        verdicts.notified().await;
        server.hub.send(Topic::Health, &server.health_event());
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
