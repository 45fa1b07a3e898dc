//! One run: virtual time, the schedule's events, what is under way, and the host that obeys the one law.

mod ending;
mod happenings;
mod queue;
mod records;
mod telling;

use crate::corners::Reached;
use crate::invariant::{Broken, Invariant};
use crate::json::Shared;
use crate::model::{Given, Held};
use crate::network::{self, dice};
use crate::schedule::{Clock, Schedule, Setup, Weather};
use crate::serve;
use crate::streams::{Arriving, Delayed, Streams};
use crate::visit::{Effect, Moment, Visit};
use crate::world::World;
use landfall_protocol::resolver::{Input, RequestId, StreamId};
use landfall_protocol::snapshot::Snapshot;
use queue::Queue;
use std::rc::Rc;

/// The most steps of one run; a run that needs more goes round in circles.
const MAX_STEPS: u64 = 60_000;

/// Between two words of a stream that says the same again and again.
const NAGS_EVERY: u64 = 700;

/// What a run was like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Inputs that the machine got.
    pub steps: u64,
    /// The corners that it reached.
    pub reached: Reached,
    /// A fingerprint of everything it did.
    pub digest: u64,
    /// The first invariant that did not hold.
    pub broken: Option<Broken>,
}

/// Something under way to the page.
#[derive(Debug)]
enum Delivery {
    Answer(RequestId, network::Arrival),
    Stream(StreamId, Arriving),
    /// The engine has arrived.
    Start,
    /// The facade's own deadline.
    Watchdog,
}

/// What is in the browser's storage.
struct Stored {
    snapshot: Rc<Snapshot<Shared>>,
    held: Held,
    at: u64,
}

pub(crate) struct Simulation<'a> {
    schedule: &'a Schedule,
    setup: Rc<Setup>,
    world: World,
    weather: Weather,
    clock: Clock,
    now: u64,
    frozen_until: u64,
    queue: Queue<Delivery>,
    visit: Visit,
    born: u64,
    visits: u64,
    started: bool,
    /// Calls of the page that wait for the engine.
    waiting: Vec<Given>,
    inline: Vec<Given>,
    streams: Streams,
    visible: bool,
    local_access: bool,
    storage: Option<Stored>,
    /// How often each thing happened whose fate is diced.
    counts: Vec<u64>,
    steps: u64,
    reached: Reached,
    log: Option<Vec<String>>,
}

type Run = Result<(), Broken>;

/// Runs a schedule. With `log`, says what happens.
pub(crate) fn run(schedule: &Schedule, log: bool) -> (Outcome, Vec<String>) {
    let mut simulation = Simulation::new(schedule, log);
    let broken = simulation.live().err();
    simulation.leave();
    let outcome = Outcome {
        steps: simulation.steps,
        reached: simulation.reached,
        digest: simulation.visit.digest.value(),
        broken,
    };
    (outcome, simulation.log.unwrap_or_default())
}

impl<'a> Simulation<'a> {
    fn new(schedule: &'a Schedule, log: bool) -> Self {
        let setup = Rc::new(schedule.setup.clone());
        let world = World::new(&setup);
        let kept = records::first_record(&setup);
        let visit = Visit::new(&setup, world.page_origin(), schedule.seed, kept);
        let mut simulation = Self {
            schedule,
            world,
            weather: setup.weather,
            clock: setup.clock,
            now: 0,
            frozen_until: 0,
            queue: Queue::default(),
            visit,
            born: 0,
            visits: 0,
            started: false,
            waiting: Vec::new(),
            inline: setup.inline.iter().map(|it| serve::handed(*it)).collect(),
            streams: Streams::default(),
            visible: setup.visible,
            local_access: false,
            storage: None,
            counts: vec![0; setup.origins.len() + 2],
            steps: 0,
            reached: Reached::default(),
            log: log.then(Vec::new),
            setup,
        };
        simulation.open_page();
        simulation
    }

    /// The page is there; its engine is on its way.
    fn open_page(&mut self) {
        for manner in &self.setup.early {
            self.visit.store.subscribe(*manner);
        }
        self.queue
            .push(self.now + self.setup.engine_after, Delivery::Start);
        self.queue
            .push(self.now + self.setup.timeout, Delivery::Watchdog);
    }

    /// The visit is over: it goes into the sums.
    fn leave(&mut self) {
        self.steps += self.visit.steps;
        self.reached.add(self.visit.reached);
        if self.visit.model.dropped_provided {
            self.reached.mark("an older provided document came");
        }
    }

    fn live(&mut self) -> Run {
        for index in 0..self.schedule.events.len() {
            let at = self.schedule.events[index].at;
            self.pass_until(at)?;
            self.happen(index)?;
            if self.visit.closed {
                self.reached.mark("the client was closed under way");
                return self.after_close();
            }
        }
        self.end()
    }

    /// Lets time go by: whatever comes first, an arrival or a wake-up, until nothing is due by `end`.
    fn pass_until(&mut self, end: u64) -> Run {
        while self.pass_once(end)? {}
        self.now = self.now.max(end);
        Ok(())
    }

    /// The next thing that is due by `end`, if there is one.
    fn pass_once(&mut self, end: u64) -> Result<bool, Broken> {
        let arrival = self.queue.next_at();
        let wake = self.wake_at();
        let Some(next) = arrival.into_iter().chain(wake).min() else {
            return Ok(false);
        };
        let at = next.max(self.frozen_until).max(self.now);
        if at > end {
            return Ok(false);
        }
        self.now = at;
        if self.steps + self.visit.steps > MAX_STEPS {
            return Err(self.broken((
                Invariant::NoBusyLoop,
                format!("more than {MAX_STEPS} steps"),
            )));
        }
        if arrival.is_some_and(|it| it <= next) {
            self.arrive()?;
        } else {
            self.step(Input::Wake)?;
        }
        Ok(true)
    }

    /// When the host's timer goes off: never before it is due.
    fn wake_at(&self) -> Option<u64> {
        if !self.started {
            return None;
        }
        let due = (self.born + self.visit.timeout()?.0).max(self.now);
        Some(match self.clock {
            Clock::Punctual => due,
            Clock::Late(most) => due + dice(self.schedule.seed, 99, due).below(most + 1),
            Clock::Throttled(grid) => due.div_ceil(grid) * grid,
        })
    }

    fn arrive(&mut self) -> Run {
        let Some(delivery) = self.queue.pop() else {
            return Ok(());
        };
        let now = self.now - self.born;
        match delivery {
            Delivery::Start => self.start(),
            Delivery::Watchdog => {
                if !self.started {
                    self.say(|| "the watchdog settles".to_owned());
                    self.reached.mark("the watchdog settled");
                    self.visit.store.watchdog();
                }
                Ok(())
            }
            Delivery::Answer(id, arrival) => {
                let (result, heard) = arrival.told;
                self.say(|| format!("answer to {id:?}: {}", telling::brief(&result, &heard)));
                self.visit.hear(now, id, &heard);
                self.step(Input::Answered { id, result })
            }
            Delivery::Stream(id, arriving) => {
                self.say(|| format!("stream {id:?}: {}", telling::brief_stream(&arriving)));
                if let Some(document) = arriving.catalog() {
                    self.visit.hear_stream(id, document);
                }
                if matches!(arriving, Arriving::Nagging(_)) && self.streams.is_open(id) {
                    let again = self.now + NAGS_EVERY;
                    self.queue
                        .push(again, Delivery::Stream(id, arriving.clone()));
                }
                let event = arriving.event();
                self.step(Input::Streamed { id, event })
            }
        }
    }

    fn start(&mut self) -> Run {
        self.started = true;
        self.step(Input::Start)?;
        if self.local_access {
            self.step(Input::LocalAccess(true))?;
        }
        if !self.visible {
            self.step(Input::Visible(false))?;
        }
        if !self.world.online {
            self.step(Input::Online(false))?;
        }
        for given in std::mem::take(&mut self.waiting) {
            self.provide(given)?;
        }
        Ok(())
    }

    fn provide(&mut self, given: Given) -> Run {
        self.visit.model.provide(&given);
        self.step(Input::Provided(given.json))
    }

    /// Hands one input to the machine and carries out what follows.
    fn step(&mut self, input: Input<Shared>) -> Run {
        if self.log.is_some() {
            let text = match &input {
                Input::Answered { .. } | Input::Streamed { .. } => None,
                other => Some(format!("{other:?}")),
            };
            if let Some(text) = text {
                self.say(|| text.chars().take(160).collect());
            }
        }
        let moment = Moment {
            now: self.now - self.born,
            punctual: self.clock == Clock::Punctual && self.frozen_until <= self.now,
            inline: &self.inline,
            world: &self.world,
        };
        let before = self.visit.snapshot().cloned();
        let effects = self.visit.step(moment, input);
        self.say_shown(before.as_ref());
        let effects = effects.map_err(|it| self.broken(it))?;
        for effect in effects {
            self.carry_out(effect)?;
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) -> Run {
        match effect {
            Effect::Send(asked) => {
                self.say(|| {
                    let probe = &asked.probe;
                    format!(
                        "  -> {:?} {} {}",
                        asked.id,
                        probe.method.as_str(),
                        probe.url
                    )
                });
                let mut rng = self.dice(asked.candidate);
                let arrivals = network::send(&mut self.world, &self.weather, &asked, &mut rng);
                for arrival in arrivals {
                    let at = self.now + arrival.after;
                    self.queue.push(at, Delivery::Answer(asked.id, arrival));
                }
            }
            Effect::OpenStream(id, url) => {
                self.say(|| format!("  -> {id:?} stream {url}"));
                let mut rng = self.dice(self.setup.origins.len());
                let delayed = self
                    .streams
                    .open(&self.world, &self.weather, id, &url, &mut rng);
                self.send_streams(delayed);
            }
            Effect::CloseStream(id) => {
                self.say(|| format!("  -> {id:?} closed"));
                self.streams.close(id);
            }
            Effect::Store(snapshot) => match self.visit.live().cloned() {
                Some(held) => {
                    let at = self.now;
                    self.storage = Some(Stored { snapshot, held, at });
                }
                None => {
                    let what = "something is stored that is not live".to_owned();
                    return Err(self.broken((Invariant::ValueAsDelivered, what)));
                }
            },
            Effect::Forget => self.storage = None,
        }
        Ok(())
    }

    fn send_streams(&mut self, delayed: Vec<Delayed>) {
        for (id, after, arriving) in delayed {
            self.queue
                .push(self.now + after, Delivery::Stream(id, arriving));
        }
    }

    /// A generator for the next thing of a kind.
    fn dice(&mut self, kind: usize) -> landfall_protocol::rng::Rng {
        self.counts[kind] += 1;
        dice(self.schedule.seed, kind as u64, self.counts[kind])
    }

    fn broken(&self, (invariant, what): (Invariant, String)) -> Broken {
        Broken {
            invariant,
            at: self.now,
            what,
        }
    }
}
