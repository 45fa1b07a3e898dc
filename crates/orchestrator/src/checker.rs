//! Health checks: wakes when one is due, takes what is due soon along, and keeps to the budget.
//!
//! A wake-up asks the budget how many checks it may start and hands so many to workers, of which there are never more
//! than requests may be in flight. A worker takes the next check when it is done with one, so a service that hangs
//! holds up one worker and nobody else.

use crate::budget::{Allowance, CpuBudget};
use crate::ceiling::Ceiling;
use crate::clock::{Clock, unix_ms};
use crate::cpu::metered;
use crate::finder::Finder;
use crate::health::{Reason, Verdict};
use crate::pool::{Buffers, Failure, Pool, Request, Want};
use crate::registry::{CheckOrder, Checked, InstanceId, Pace, Registry};
use crate::settings::CheckKind;
use landfall_protocol::method::SafeMethod;
use landfall_protocol::time::Millis;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use tokio::sync::Notify;

/// Read of a body for the sake of the connection; what is longer costs the connection.
const DISCARD: usize = 64 * 1_024;

/// Between two looks at what is due besides what is queued already: with thousands of services a look takes longer than a
/// check.
const LOOK_EVERY: Millis = Millis::from_secs(1);

/// One check in so many is measured: a prime, so that it is not always that of the same services.
const MEASURED: u64 = 17;

/// The checker.
pub(crate) struct Checker {
    pub(crate) registry: Rc<RefCell<Registry>>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) budget: Rc<CpuBudget>,
    pub(crate) finder: Rc<Finder>,
    pub(crate) ceiling: Rc<Ceiling>,
    pub(crate) clock: Clock,
    pub(crate) pace: Cell<Pace>,
    pub(crate) work: Work,
}

/// What is to do, and what was done.
#[derive(Default)]
pub(crate) struct Work {
    /// Due, but not paid for yet.
    queued: RefCell<VecDeque<InstanceId>>,
    /// When it was last looked at what is due.
    looked: Cell<Option<Millis>>,
    /// To be taken by the next free worker.
    ready: RefCell<VecDeque<InstanceId>>,
    /// Workers that run.
    workers: Cell<usize>,
    /// Woken when a worker has nothing left to do: what it checked waits for its next turn.
    done: Notify,
    buffers: RefCell<Vec<Buffers>>,
    total: Cell<u64>,
    failed: Cell<u64>,
    unknown: Cell<u64>,
}

/// Checks since the start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counts {
    pub(crate) total: u64,
    /// Those that failed.
    pub(crate) failed: u64,
    /// Those that said nothing, since the daemon itself was late.
    pub(crate) unknown: u64,
}

impl Checker {
    /// How many checks were made.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            total: self.work.total.get(),
            failed: self.work.failed.get(),
            unknown: self.work.unknown.get(),
        }
    }

    /// Checks at another pace from now on.
    pub(crate) fn set_pace(&self, pace: Pace) {
        self.pace.set(pace);
    }

    /// Checks for ever.
    pub(crate) async fn run(self: Rc<Self>) {
        let nudges = self.registry.borrow().nudges();
        let mut is_nudged = false;
        loop {
            let now = self.clock.now();
            // Whatever was taken in or checked has woken this up.
            self.ceiling.look_if_due();
            if is_nudged || self.is_to_look(now) {
                self.queue_due(now);
            }
            let blocked = self.start_what_is_allowed(now);
            let next = match blocked {
                Some(until) => Some(until),
                // A worker that is done wakes this up.
                None if !self.work.queued.borrow().is_empty() => None,
                None => self.registry.borrow().next_check(),
            };
            is_nudged = tokio::select! {
                () = sleep_until(&self.clock, next) => false,
                () = nudges.notified() => true,
                () = self.work.done.notified() => false,
            };
        }
    }

    /// Whether it is time to look what is due: not while there is enough to do.
    fn is_to_look(&self, now: Millis) -> bool {
        let is_long_ago = |looked| now - looked >= LOOK_EVERY;
        self.work.queued.borrow().is_empty() || self.work.looked.get().is_none_or(is_long_ago)
    }

    fn queue_due(&self, now: Millis) {
        let mut registry = self.registry.borrow_mut();
        let mut queued = self.work.queued.borrow_mut();
        registry.queue_due(&mut queued, now, &self.pace());
        registry.outdate(now, &self.pace());
        self.work.looked.set(Some(now));
    }

    fn pace(&self) -> Pace {
        self.pace.get().at_rate(self.budget.rate_permille())
    }

    /// Hands queued checks to workers. Returns until when the budget forbids more.
    fn start_what_is_allowed(self: &Rc<Self>, now: Millis) -> Option<Millis> {
        let mut queued = self.work.queued.borrow_mut();
        let mut ready = self.work.ready.borrow_mut();
        // What is ready is still to be paid for: its cost is not known before it is done.
        if queued.is_empty() || !ready.is_empty() {
            return None;
        }
        match self.budget.allow(now) {
            Allowance::Wait(until) => return Some(until),
            Allowance::Checks(number) => {
                let number = number.min(queued.len());
                ready.extend(queued.drain(..number));
            }
        }
        let wanted = ready.len().min(self.pool.limits().in_flight);
        for _ in self.work.workers.get()..wanted {
            self.work.workers.set(self.work.workers.get() + 1);
            tokio::task::spawn_local(Rc::clone(self).worker());
        }
        None
    }

    async fn worker(self: Rc<Self>) {
        let mut buffers = self.work.buffers.borrow_mut().pop().unwrap_or_default();
        loop {
            let Some(id) = self.work.ready.borrow_mut().pop_front() else {
                break;
            };
            if self.work.total.get().is_multiple_of(MEASURED) {
                let ((), micros) = metered(self.check(id, &mut buffers)).await;
                self.budget.learn(micros);
            } else {
                self.check(id, &mut buffers).await;
            }
            if !self.budget.goes_on() {
                self.hand_back();
            }
        }
        self.work.workers.set(self.work.workers.get() - 1);
        self.work.buffers.borrow_mut().push(buffers);
        self.work.done.notify_one();
    }

    /// What is not paid for after all waits again, before everything else.
    fn hand_back(&self) {
        let mut queued = self.work.queued.borrow_mut();
        let mut ready = self.work.ready.borrow_mut();
        ready.drain(..).rev().for_each(|id| queued.push_front(id));
    }

    async fn check(&self, id: InstanceId, buffers: &mut Buffers) {
        let order = self
            .registry
            .borrow_mut()
            .check_order(id, self.clock.now(), &self.pace());
        let Some(order) = order else { return };
        let verdict = self.ask(id, &order, buffers).await;
        let verdict = verdict.unwrap_or_else(Verdict::unanswered);
        self.work.total.set(self.work.total.get() + 1);
        match verdict {
            Verdict::Alive { .. } => {}
            Verdict::Failed(_) => self.work.failed.set(self.work.failed.get() + 1),
            Verdict::Unknown(_) => self.work.unknown.set(self.work.unknown.get() + 1),
        }
        if verdict.reason() == Some(Reason::Refused) {
            // Its socket is gone: where did it go?
            self.finder.look_now();
        }
        let checked = Checked {
            arrivals: order.arrivals,
            verdict,
        };
        let (now, pace) = (self.clock.now(), self.pace());
        let mut registry = self.registry.borrow_mut();
        let describes = registry.record(id, &checked, now, unix_ms());
        registry.hasten(id, now, &pace);
        drop(registry);
        if describes {
            self.finder.describe(id);
        }
    }
}

impl Checker {
    /// What its answer shows.
    async fn ask(
        &self,
        id: InstanceId,
        order: &CheckOrder,
        buffers: &mut Buffers,
    ) -> Result<Verdict, Failure> {
        let deadline = order.timeout.unwrap_or(self.pool.limits().deadline);
        if order.kind == CheckKind::Tcp {
            let reached = self.pool.reach(&order.target, deadline, order.suspect);
            return reached
                .await
                .map(|latency_us| Verdict::Alive { latency_us });
        }
        let request = Request {
            method: SafeMethod::Get,
            path: &order.path,
            want: Want::Nothing(DISCARD),
            suspect: order.suspect,
        };
        let sent = self
            .pool
            .send_within(&order.target, request, deadline, buffers);
        let reply = sent.await?;
        let is_alive = self.registry.borrow().is_alive(id, reply.status);
        Ok(if is_alive {
            let latency_us = reply.latency_us;
            Verdict::Alive { latency_us }
        } else {
            Verdict::Failed(Reason::Status(reply.status))
        })
    }
}

async fn sleep_until(clock: &Clock, at: Option<Millis>) {
    match at {
        Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
        None => std::future::pending().await,
    }
}
