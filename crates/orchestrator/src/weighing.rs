//! Registries of many services, for the test that weighs them; nothing else builds them.

use crate::health::Verdict;
use crate::http::{Catalog, EVENTS, Frame, own_service};
use crate::registry::{Checked, Discovered, Pace, Periods, Reading, Registry};
use crate::settings::Settings;
use crate::sockets::{Host, Place, Process};
use landfall_protocol::id::Epoch;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// Where the ports of the services begin.
const FIRST_PORT: u16 = 12_000;
/// Every check is due at once.
const PACE: Pace = Pace {
    steady: Millis(1),
    unsteady: Millis(1),
    slack_permille: 0,
};

/// A registry and what is published of it.
pub struct Known {
    registry: Registry,
    catalog: Catalog,
    now: Millis,
}

/// So many services that were found by their sockets: none says anything of itself, and all are of one process.
#[must_use]
pub fn found(services: u16) -> Known {
    let mut known = known(&Settings::default());
    let process = Rc::new(Process {
        started: 1,
        pid: 1,
        name: "nginx".into(),
    });
    for port in FIRST_PORT..FIRST_PORT + services {
        let place = Place {
            process: Rc::clone(&process),
            port,
            host: Host::V4,
        };
        let url = BaseUrl::parse(&format!("http://127.0.0.1:{port}"));
        let reading = Reading {
            url: url.unwrap_or_else(|_| unreachable!("it is one")),
            title: None,
            endpoints: Vec::new(),
            described: None,
        };
        let discovered = Discovered {
            place,
            reading,
            latency_us: 100,
        };
        known.registry.adopt(vec![discovered], known.now, 1);
    }
    known.publish();
    known
}

/// So many services of a settings file.
#[must_use]
pub fn written(services: u16) -> Known {
    let service =
        |port| format!("[[services]]\nname = \"s{port}\"\nurl = \"http://127.0.0.1:{port}\"\n");
    let text: String = (FIRST_PORT..FIRST_PORT + services).map(service).collect();
    let settings = Settings::parse(&text);
    let mut known = known(&settings.unwrap_or_else(|error| unreachable!("{error}")));
    known.publish();
    known
}

fn known(settings: &Settings) -> Known {
    let epoch = Epoch::new("weighed", 1).unwrap_or_else(|_| unreachable!("it is one"));
    let own = own_service(BaseUrl::localhost(7420));
    let own = own.unwrap_or_else(|error| unreachable!("{error}"));
    let periods = Periods {
        deadline: Duration::from_secs(2),
        retention: Millis::from_secs(60),
        reread: Millis::from_secs(60),
    };
    let registry = Registry::new(own, &settings.services, epoch.clone(), periods);
    let frame = Frame {
        name: None,
        epoch,
        ttl: 30,
        events: EVENTS,
        config: serde_json::Map::new(),
    };
    let catalog = Catalog::new(frame, registry.catalog());
    Known {
        catalog: catalog.unwrap_or_else(|error| unreachable!("{error}")),
        registry,
        now: Millis(1),
    }
}

impl Known {
    /// Checks every service so often, and publishes what that changes.
    pub fn check(&mut self, times: usize) {
        for _ in 0..times {
            self.check_once();
        }
        self.publish();
    }

    fn check_once(&mut self) {
        self.now += Millis(1);
        let mut queue = VecDeque::new();
        self.registry.queue_due(&mut queue, self.now, &PACE);
        for id in queue {
            let Some(order) = self.registry.check_order(id, self.now, &PACE) else {
                continue;
            };
            let checked = Checked {
                arrivals: order.arrivals,
                verdict: Verdict::Alive { latency_us: 100 },
            };
            self.registry.record(id, &checked, self.now, self.now.0);
        }
    }

    /// How many services are published, and how many checks are remembered, of all.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        // A byte each.
        let remembered = self.registry.footprint().histories;
        (self.registry.len() - 1, remembered)
    }

    /// Keeps the document as it is kept while nobody wants it uncompressed.
    pub fn rest(&self) {
        self.catalog.pack();
    }

    /// Bytes of the document, uncompressed.
    #[must_use]
    pub fn document(&self) -> usize {
        self.catalog.current().len()
    }

    fn publish(&mut self) {
        let published = self.catalog.update(self.registry.catalog());
        published.unwrap_or_else(|error| unreachable!("{error}"));
    }
}
