//! `/debug/memory`: what the daemon's memory is for.
//!
//! Subsystems count what they hold; the allocator says what it has given out. The difference is what nobody counts: the
//! buffers of connections, the runtime, and what the allocator and the collections add.

use super::reply::{Reply, json};
use super::server::Server;
use crate::memory::{Heap, Resident, heap, resident};
use serde::Serialize;

/// The body of `/debug/memory`. Everything is in bytes.
#[derive(Debug, Serialize)]
struct Memory {
    /// `None` where the system does not tell.
    resident: Option<Resident>,
    /// `None` where the allocator does not tell.
    heap: Option<Heap>,
    subsystems: Subsystems,
    /// Of the heap in use.
    unattributed: Option<usize>,
    services: usize,
    instances: usize,
    connections: usize,
    /// What the registry holds, for each service.
    per_service: Option<usize>,
}

#[derive(Debug, Serialize)]
struct Subsystems {
    registry: usize,
    histories: usize,
    texts: usize,
    endpoints: usize,
    registrations: usize,
    /// Pages of the file of registrations.
    store: usize,
    catalog: usize,
    streams: usize,
    pool: usize,
    /// Listening sockets, their processes, and places that are still to be asked what they are.
    sockets: usize,
}

impl Server {
    /// Answers a request for the use of memory.
    pub(super) fn memory(&self) -> Reply {
        let registry = self.registry.borrow();
        let footprint = registry.footprint();
        let registering = self.registering.as_ref().ok();
        let subsystems = Subsystems {
            registry: footprint.records,
            histories: footprint.histories,
            texts: footprint.texts,
            endpoints: footprint.endpoints,
            registrations: footprint.registrations,
            store: registering.map_or(0, |it| it.registrar.kept()),
            catalog: self.catalog.kept(),
            streams: self.hub.kept(),
            pool: self.pool.kept(),
            sockets: self.checker.finder.kept(),
        };
        let beside = [
            subsystems.store,
            subsystems.catalog,
            subsystems.streams,
            subsystems.pool,
            subsystems.sockets,
        ];
        let counted = footprint.sum() + beside.iter().sum::<usize>();
        let heap = heap();
        let in_use = heap.as_ref().map(|it| it.in_use);
        // The daemon itself is none of them.
        let services = registry.len() - 1;
        json(&Memory {
            resident: resident(),
            heap,
            unattributed: in_use.map(|it| it.saturating_sub(counted)),
            subsystems,
            services,
            instances: registry.instances(),
            connections: self.connections.get(),
            per_service: footprint.sum().checked_div(services),
        })
    }
}
