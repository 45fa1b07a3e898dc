//! Finds services: follows the listening sockets, recognises HTTP, reads what services say of themselves.
//!
//! A place is asked what it is once, and a few more times when it does not answer.

mod descriptions;
mod looks;
mod pending;

use crate::budget::CpuBudget;
use crate::clock::{Clock, unix_ms};
use crate::cpu::{cpu_used, metered};
use crate::http::Hub;
use crate::pool::{Buffers, Pool};
use crate::reader::{Heard, read};
use crate::registry::{Discovered, InstanceId, Registry};
use crate::settings::Percent;
use crate::sockets::{Kernel, Listening, Place, PortFilter, Process, Search, Tracker};
use landfall_protocol::endpoint::Wanted;
use landfall_protocol::probe::Rung;
use landfall_protocol::throttle::Errand;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use looks::{Circumstances, Looks};
use pending::{Candidate, Pending};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tokio::task::{AbortHandle, yield_now};
use tokio::time::{Instant, sleep, sleep_until};

/// Services that are read at the same time: descriptions can be large.
const READERS: usize = 4;
/// Asking places what they are: those that are known go on being checked.
const ASKING: Errand = Errand {
    parts: 4,
    credit: Millis::ZERO,
};
/// Looking for the processes of new sockets. It goes on to a fortieth of what a minute earns, so that where there are not
/// thousands of descriptors, whoever is new is known at once; with a full bucket before it, a minute stays within 1.05 times the budget.
const SEARCHING: Errand = Errand {
    parts: 4,
    credit: Millis(1_500),
};

/// What the budget has not paid for yet.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Waiting {
    /// Places that were not asked yet what they are.
    pub(crate) places: usize,
    /// Services that are to be asked what they have.
    pub(crate) descriptions: usize,
}

/// The finder.
pub(crate) struct Finder {
    registry: Rc<RefCell<Registry>>,
    pool: Rc<Pool>,
    clock: Clock,
    budget: Rc<CpuBudget>,
    tracker: RefCell<Tracker>,
    /// Who follows the catalog.
    hub: Rc<Hub>,
    readers: Semaphore,
    /// Instances whose description is to be read.
    undescribed: RefCell<VecDeque<InstanceId>>,
    /// Tasks that read them.
    describing: Cell<usize>,
    looks: RefCell<Looks>,
    look: Notify,
    /// Places that are still to be asked, or to be asked again.
    pending: RefCell<Pending>,
    /// Tasks that ask them.
    asking: Cell<usize>,
    /// Starts them when the next place is due.
    alarm: Cell<Option<AbortHandle>>,
    /// Places that were recognised and may be a missing service, while a place of the same program is pending.
    undecided: RefCell<Vec<Discovered>>,
}

impl Finder {
    /// A finder that has found nothing.
    pub(crate) fn new(
        registry: Rc<RefCell<Registry>>,
        pool: Rc<Pool>,
        clock: Clock,
        tracker: Tracker,
        budget: Rc<CpuBudget>,
        hub: Rc<Hub>,
    ) -> Self {
        let share = budget.share().fraction();
        Self {
            registry,
            pool,
            clock,
            budget,
            tracker: RefCell::new(tracker),
            hub,
            readers: Semaphore::new(READERS),
            undescribed: RefCell::default(),
            describing: Cell::new(0),
            looks: RefCell::new(Looks::new(share, clock.now())),
            look: Notify::new(),
            pending: RefCell::default(),
            asking: Cell::new(0),
            alarm: Cell::new(None),
            undecided: RefCell::default(),
        }
    }

    /// Asks for a look at the sockets out of turn.
    pub(crate) fn look_now(&self) {
        self.look.notify_one();
    }

    /// Looks at other ports, and takes its share of another budget.
    pub(crate) fn adjust(&self, filter: PortFilter, budget: Percent) {
        self.tracker.borrow_mut().refilter(filter);
        self.looks.borrow_mut().share(budget.fraction());
        self.look_now();
    }

    /// Somebody wants to know what there is.
    pub(crate) fn asked(&self) {
        if self.looks.borrow_mut().asked(self.clock.now()) {
            self.look_now();
        }
    }

    /// What waits for its turn, or is asked just now.
    pub(crate) fn waiting(&self) -> Waiting {
        Waiting {
            places: self.pending.borrow().unheard(),
            descriptions: self.undescribed.borrow().len() + self.describing.get(),
        }
    }

    /// Bytes that are kept: the sockets of the last look, and what is still to be asked.
    pub(crate) fn kept(&self) -> usize {
        let undescribed = self.undescribed.borrow().capacity() * size_of::<InstanceId>();
        self.tracker.borrow().kept() + self.pending.borrow().kept() + undescribed
    }

    /// A place on this machine is nobody's any more: who listens there, if somebody does?
    pub(crate) fn look_at(self: &Rc<Self>, port: u16) {
        let places = self.tracker.borrow().at(port);
        self.appeared(places);
    }

    /// Rests after a piece of an errand that so many are out on.
    async fn rest_after(&self, micros: u64, errand: Errand, many: usize) {
        let many = u32::try_from(many).unwrap_or(1);
        let parts = errand.parts.saturating_mul(many);
        let errand = Errand { parts, ..errand };
        self.budget.rest_after(&self.clock, micros, errand).await;
    }

    /// Follows the sockets for ever.
    pub(crate) async fn run(self: Rc<Self>) {
        let mut kernel = match Kernel::open() {
            Ok(kernel) => kernel,
            Err(error) => {
                tracing::warn!(%error, "services are not found by their sockets, only by the settings");
                return;
            }
        };
        let mut listening = Vec::new();
        let mut failing = false;
        loop {
            let cpu = cpu_used();
            let looked = kernel.listening(&mut listening);
            let cost = Duration::from_micros(cpu_used().saturating_sub(cpu));
            match looked {
                Ok(()) => {
                    failing = false;
                    self.compare(&mut listening).await;
                }
                Err(error) if !failing => {
                    failing = true;
                    tracing::warn!(%error, "the listening sockets could not be read");
                }
                Err(_) => {}
            }
            let now = self.clock.now();
            for target in self.registry.borrow_mut().retire(now) {
                self.pool.forget(&target);
            }
            let how = Circumstances {
                cost,
                pace_permille: self.budget.pace_permille(),
                is_missing: self.registry.borrow().misses_any(),
                is_watched: self.hub.len() > 0,
            };
            let (breath, pause) = {
                let looks = self.looks.borrow();
                (looks.breath(how), looks.pause(now, how))
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.look.notified() => sleep(breath).await,
            }
        }
    }

    /// What has changed since the last look?
    async fn compare(self: &Rc<Self>, listening: &mut Vec<Listening>) {
        let new = self.tracker.borrow().look(listening);
        let Some(new) = new else { return };
        let owners = self.owners(new).await;
        let changes = self.tracker.borrow_mut().take(listening, owners);
        if !changes.appeared.is_empty() || !changes.gone.is_empty() {
            self.looks.borrow_mut().changed(self.clock.now());
            self.gone(&changes.gone);
            self.appeared(changes.appeared);
        }
    }

    /// The processes of new sockets. Others have their turn between two pieces of the search.
    async fn owners(&self, inodes: Vec<u32>) -> HashMap<u32, Rc<Process>> {
        let mut search = Search::new(inodes);
        loop {
            let cpu = cpu_used();
            if search.is_over_after_a_piece() {
                return search.found();
            }
            let micros = cpu_used().saturating_sub(cpu);
            yield_now().await;
            self.rest_after(micros, SEARCHING, 1).await;
        }
    }

    /// Nobody listens at these places any more, which are in order.
    fn gone(&self, places: &[Place]) {
        let is_there = |it: &Discovered| places.binary_search(&it.place).is_err();
        self.pending.borrow_mut().gone(places);
        self.undecided.borrow_mut().retain(is_there);
        let mut registry = self.registry.borrow_mut();
        registry.sockets_gone(places, self.clock.now(), unix_ms());
    }

    fn appeared(self: &Rc<Self>, places: Vec<Place>) {
        for place in places {
            let mut registry = self.registry.borrow_mut();
            if registry.is_declared_at(&place) {
                registry.nudge_at(&place);
                continue;
            }
            self.pending.borrow_mut().add(place, Instant::now());
        }
        self.ask_what_is_due();
    }

    /// Has as many places asked as may be, and wakes up for the next one.
    fn ask_what_is_due(self: &Rc<Self>) {
        while self.asking.get() < READERS
            && let Some(candidate) = self.next_candidate()
        {
            self.asking.set(self.asking.get() + 1);
            tokio::task::spawn_local(Rc::clone(self).ask(candidate));
        }
        // Whoever is done asks for the next one.
        let due = self.pending.borrow().next_due();
        let due = due.filter(|_| self.asking.get() < READERS);
        let alarm = due.map(|due| {
            let finder = Rc::clone(self);
            let wake = async move {
                sleep_until(due).await;
                finder.ask_what_is_due();
            };
            tokio::task::spawn_local(wake).abort_handle()
        });
        if let Some(before) = self.alarm.replace(alarm) {
            before.abort();
        }
    }

    fn next_candidate(&self) -> Option<Candidate> {
        self.pending.borrow_mut().next(Instant::now())
    }

    async fn ask(self: Rc<Self>, candidate: Candidate) {
        let mut next = Some(candidate);
        while let Some(candidate) = next {
            let ((), micros) = metered(self.recognise(candidate)).await;
            // Also after the last one, or whoever comes in small numbers would be asked for nothing.
            self.rest_after(micros, ASKING, self.asking.get()).await;
            next = self.next_candidate();
        }
        self.asking.set(self.asking.get() - 1);
        self.ask_what_is_due();
    }

    async fn recognise(&self, candidate: Candidate) {
        let place = candidate.place.clone();
        let Some(origin) = origin(&place) else {
            return self.decide(&place, None);
        };
        let found = match self.read(&origin, None, &[]).await {
            Heard::Http {
                reading,
                latency_us,
            } => Some(Discovered {
                place: place.clone(),
                reading,
                latency_us,
            }),
            Heard::Silent(failure) => {
                tracing::debug!(%origin, %failure, process = ?place.process.name, "no answer");
                // Its socket may have vanished meanwhile.
                if self.tracker.borrow().has(&place) {
                    self.pending.borrow_mut().again(candidate, Instant::now());
                }
                None
            }
            Heard::NotHttp | Heard::Unchanged => {
                tracing::debug!(%origin, process = ?place.process.name, "not recognised as HTTP");
                None
            }
        };
        self.decide(&place, found);
    }

    /// A place is no longer pending. Takes in what can be decided now: while a service is missing, all places of its
    /// program are heard before one of them is taken for it.
    fn decide(&self, place: &Place, found: Option<Discovered>) {
        let mut pending = self.pending.borrow_mut();
        let mut undecided = self.undecided.borrow_mut();
        let mut registry = self.registry.borrow_mut();
        pending.heard(place);
        // Its socket may have vanished while it answered.
        undecided.extend(found.filter(|found| self.tracker.borrow().has(&found.place)));
        let is_clear = |found: &mut Discovered| {
            let program = &found.place.process.name;
            !registry.misses(program) || !pending.has_unheard(program)
        };
        let clear: Vec<Discovered> = undecided.extract_if(.., is_clear).collect();
        if !clear.is_empty() {
            registry.adopt(clear, self.clock.now(), unix_ms());
        }
    }

    async fn read(
        &self,
        origin: &BaseUrl,
        before: Option<(Rung, u64)>,
        wanted: &[Wanted],
    ) -> Heard {
        // The semaphore is never closed.
        let _reader = self.readers.acquire().await;
        let mut buffers = Buffers::default();
        // Boxed: thousands of services may wait for their turn, and each would hold room for all that reading takes.
        Box::pin(read(&self.pool, origin, before, wanted, &mut buffers)).await
    }
}

fn origin(place: &Place) -> Option<BaseUrl> {
    BaseUrl::parse(&format!("http://{}:{}", place.host.as_str(), place.port)).ok()
}
