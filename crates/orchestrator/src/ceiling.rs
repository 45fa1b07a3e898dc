//! The memory ceiling: sheds history before it sheds services.
//!
//! It is looked at when a registration comes, and when the checker is awake for something else; nothing wakes up for it.
//! What is compared with it is the resident memory without what the allocator keeps free in pages of which something is
//! in use: new things take that first.

mod level;

pub(crate) use level::Level;

use crate::clock::Clock;
use crate::finder::Finder;
use crate::memory::{held_bytes, rss_bytes};
use crate::pool::Pool;
use crate::registry::Registry;
use crate::settings::Size;
use landfall_protocol::time::Millis;
use level::{Reading, near};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Between two looks of the checker, unless many services have come.
const LOOK_EVERY: Millis = Millis::from_secs(1);
/// So many services are worth a look of their own.
const MANY: usize = 64;
/// Idle connections that are kept when memory is short.
const FEW_CONNECTIONS: usize = 16;
/// About what an idle connection takes, in bytes.
const CONNECTION: u64 = 1_024;

/// The ceiling of this process.
pub(crate) struct Ceiling {
    limit: Cell<Option<Size>>,
    level: Cell<Level>,
    /// When it was last looked at, and how many instances there were.
    looked: Cell<(Option<Millis>, usize)>,
    /// What shedding has freed, as far as it could be seen.
    freed: Cell<u64>,
    registry: Rc<RefCell<Registry>>,
    pool: Rc<Pool>,
    finder: Rc<Finder>,
    clock: Clock,
}

/// The ceiling in `/v1/status`.
#[derive(Debug, Serialize)]
pub(crate) struct CeilingView {
    /// What is compared with the ceiling, if there is one and where the system tells it.
    pub(crate) held_bytes: Option<u64>,
    /// `None` without one.
    pub(crate) ceiling_bytes: Option<u64>,
    pub(crate) level: Level,
}

impl Ceiling {
    /// A ceiling of which nothing is known yet.
    pub(crate) fn new(
        limit: Option<Size>,
        registry: Rc<RefCell<Registry>>,
        pool: Rc<Pool>,
        finder: Rc<Finder>,
        clock: Clock,
    ) -> Self {
        warn_if_blind(limit);
        Self {
            limit: Cell::new(limit),
            level: Cell::default(),
            looked: Cell::default(),
            freed: Cell::new(0),
            registry,
            pool,
            finder,
            clock,
        }
    }

    /// Another ceiling from now on.
    pub(crate) fn change(&self, limit: Option<Size>) {
        if self.limit.replace(limit) == limit {
            return;
        }
        warn_if_blind(limit);
        if limit.is_some() {
            self.look();
        } else {
            self.take(Level::Full);
        }
    }

    /// Looks again when the last look is some time or many services ago.
    pub(crate) fn look_if_due(&self) {
        let (looked, instances) = self.looked.get();
        let has_many = || self.registry.borrow().instances() >= instances + MANY;
        let is_due = |at| self.clock.now() - at >= LOOK_EVERY;
        if looked.is_none_or(is_due) || has_many() {
            self.look();
        }
    }

    /// Compares, and sheds or keeps again what that leads to.
    pub(crate) fn look(&self) {
        let Some(ceiling) = self.limit.get().map(Size::bytes) else {
            return;
        };
        let instances = self.registry.borrow().instances();
        self.looked.set((Some(self.clock.now()), instances));
        // From one end to the other in two steps.
        for _ in 0..2 {
            let Some(held) = self.held(ceiling) else {
                return;
            };
            let level = self.level.get();
            let next = level.after(Reading {
                held,
                ceiling,
                shed: self.shed(),
            });
            if next == level {
                return;
            }
            tell(level, next, held, ceiling);
            self.take(next);
            if level == Level::Full {
                let now = self.held(ceiling).unwrap_or(held);
                self.freed.set(held.saturating_sub(now));
            }
        }
    }

    /// How it stands.
    pub(crate) fn view(&self) -> CeilingView {
        CeilingView {
            held_bytes: self.limit.get().and_then(|_| held_bytes(0)),
            ceiling_bytes: self.limit.get().map(Size::bytes),
            level: self.level.get(),
        }
    }

    fn held(&self, ceiling: u64) -> Option<u64> {
        let is_full = self.level.get() == Level::Full;
        held_bytes(if is_full { near(ceiling) } else { 0 })
    }

    /// What would be held besides, if nothing were shed: what that freed, and no less than is known to come back.
    fn shed(&self) -> u64 {
        let registry = self.registry.borrow();
        let connections = registry.instances().min(self.pool.limits().idle) as u64;
        let known = registry.most_history_bytes() as u64 + connections * CONNECTION;
        known.max(self.freed.get())
    }

    fn take(&self, level: Level) {
        self.level.set(level);
        let is_short = level > Level::Full;
        let is_closed = level == Level::NoNewServices;
        self.pool.spare(if is_short {
            FEW_CONNECTIONS
        } else {
            usize::MAX
        });
        let left_out = self.registry.borrow_mut().make_do(is_short, is_closed);
        for port in left_out {
            self.finder.look_at(port);
        }
    }
}

fn warn_if_blind(limit: Option<Size>) {
    if limit.is_some() && rss_bytes().is_none() {
        tracing::warn!(
            "budget.memory is not kept: this system does not tell how much memory the daemon has"
        );
    }
}

fn tell(before: Level, level: Level, held: u64, ceiling: u64) {
    match level {
        Level::Full => {
            tracing::info!(
                held,
                ceiling,
                "well below the memory ceiling: histories are kept again"
            );
        }
        Level::NoHistory if before == Level::Full => {
            tracing::warn!(
                held,
                ceiling,
                "near the memory ceiling: histories and idle connections are given up; raise budget.memory, or have \
                 fewer services"
            );
        }
        Level::NoHistory => {
            tracing::info!(
                held,
                ceiling,
                "below the memory ceiling: new services are taken in again"
            );
        }
        Level::NoNewServices => {
            tracing::warn!(
                held,
                ceiling,
                "at the memory ceiling: nothing new is taken in, and what is known stays; raise budget.memory, or take \
                 back what is not needed"
            );
        }
    }
}
