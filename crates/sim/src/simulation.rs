//! One run: virtual time, the schedule's events, what is under way, and a browser that obeys the one law in each tab.

mod delivery;
mod ending;
mod happenings;
mod queue;
mod quiet;
mod records;
mod tabs;
mod telling;

use crate::corners::Reached;
use crate::digest::Digest;
use crate::invariant::{Broken, Invariant};
use crate::json::Shared;
use crate::locks::Locks;
use crate::model::Given;
use crate::nearness::Permissions;
use crate::network::{self, dice};
use crate::schedule::{Clock, Schedule, Setup, Weather};
use crate::storage::Storage;
use crate::streams::Delayed;
use crate::tab::Tab;
use crate::visit::{Effect, Moment, Visit};
use crate::world::World;
use delivery::{Content, Delivery};
use landfall_protocol::resolver::Input;
pub(crate) use queue::Queue;
use quiet::Quiet;
use std::rc::Rc;

/// The most steps of one run; a run that needs more goes round in circles.
const MAX_STEPS: u64 = 120_000;

/// What a run was like.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Inputs that the machines got.
    pub steps: u64,
    /// The corners that it reached.
    pub reached: Reached,
    /// A fingerprint of everything they did.
    pub digest: u64,
    /// The first invariant that did not hold.
    pub broken: Option<Broken>,
}

impl Outcome {
    /// With what else was run of the same seed.
    pub(crate) fn and(self, other: Self) -> Self {
        let mut digest = Digest::default();
        digest.add_number(self.digest);
        digest.add_number(other.digest);
        let mut reached = self.reached;
        reached.add(other.reached);
        Self {
            steps: self.steps + other.steps,
            reached,
            digest: digest.value(),
            broken: self.broken.or(other.broken),
        }
    }
}

pub(crate) struct Simulation<'a> {
    schedule: &'a Schedule,
    setup: Rc<Setup>,
    world: World,
    weather: Weather,
    clock: Clock,
    now: u64,
    /// The wall clock, as seen from `now`.
    wall: i64,
    queue: Queue<Delivery>,
    tabs: Vec<Tab<Content>>,
    visits: u64,
    /// How many tabs are still to be opened.
    to_come: usize,
    locks: Locks,
    storage: Storage,
    /// Whether the host is to be told that something could not be kept.
    unkept: bool,
    permissions: Permissions,
    quiet: Quiet,
    /// How often each thing happened whose fate is diced.
    counts: Vec<u64>,
    steps: u64,
    reached: Reached,
    digest: Digest,
    log: Option<Vec<String>>,
}

type Run = Result<(), Broken>;

/// Runs a schedule. With `log`, says what happens.
pub(crate) fn run(schedule: &Schedule, log: bool) -> (Outcome, Vec<String>) {
    let mut simulation = Simulation::new(schedule, log);
    let broken = simulation.live().err();
    for tab in 0..simulation.tabs.len() {
        simulation.sum_up(tab);
    }
    let outcome = Outcome {
        steps: simulation.steps,
        reached: simulation.reached,
        digest: simulation.digest.value(),
        broken,
    };
    (outcome, simulation.log.unwrap_or_default())
}

impl<'a> Simulation<'a> {
    fn new(schedule: &'a Schedule, log: bool) -> Self {
        let setup = Rc::new(schedule.setup.clone());
        let first = setup.cached.map(|it| records::written(&setup, it));
        let mut simulation = Self {
            schedule,
            world: World::new(&setup),
            weather: setup.weather,
            clock: setup.clock,
            now: 0,
            wall: 0,
            queue: Queue::default(),
            tabs: Vec::new(),
            visits: 0,
            to_come: setup.opened.len(),
            locks: Locks::default(),
            storage: Storage::new(first, setup.storage),
            unkept: false,
            permissions: Permissions::default(),
            quiet: Quiet::default(),
            counts: vec![0; setup.origins.len() + 3],
            steps: 0,
            reached: Reached::default(),
            digest: Digest::default(),
            log: log.then(Vec::new),
            setup,
        };
        for at in &schedule.setup.opened {
            simulation.queue.push(*at, Delivery::opening());
        }
        simulation
    }

    /// A visit is over: it goes into the sums.
    fn sum_up(&mut self, tab: usize) {
        let visit = &self.tabs[tab].visit;
        self.steps += visit.steps;
        self.reached.add(visit.reached);
        if visit.model.dropped_provided {
            self.reached.mark("an older provided document came");
        }
        if visit.model.by_health {
            self.reached.mark("by its health alone");
        }
        self.digest.add_number(visit.digest.value());
    }

    fn live(&mut self) -> Run {
        for index in 0..self.schedule.events.len() {
            let at = self.schedule.events[index].at;
            self.pass_until(at)?;
            self.happen(index)?;
            if self.to_come == 0 && !self.tabs.iter().any(Tab::is_used) {
                self.reached.mark("the client was closed under way");
                return self.after_close();
            }
        }
        self.end()
    }

    /// Lets time go by: whatever comes first, an arrival or a wake-up, until nothing is due by `end`.
    fn pass_until(&mut self, end: u64) -> Run {
        while self.pass_once(end)? {}
        self.judge_leadership(end)?;
        self.now = self.now.max(end);
        Ok(())
    }

    /// The next thing that is due by `end`, if there is one.
    fn pass_once(&mut self, end: u64) -> Result<bool, Broken> {
        let arrival = self.queue.next_at().map(|at| at.max(self.now));
        let woken = (0..self.tabs.len()).filter_map(|tab| {
            let it = &self.tabs[tab];
            let at = it.wake?.max(it.frozen_until).max(self.now);
            Some((at, tab))
        });
        let wake = woken.min().filter(|it| arrival.is_none_or(|at| it.0 < at));
        let Some(at) = wake.map(|it| it.0).or(arrival).filter(|at| *at <= end) else {
            return Ok(false);
        };
        self.judge_leadership(at)?;
        self.now = at;
        let steps: u64 = self.tabs.iter().map(|it| it.visit.steps).sum();
        if self.steps + steps > MAX_STEPS {
            let what = format!("more than {MAX_STEPS} steps");
            return Err(self.broken((Invariant::NoBusyLoop, what)));
        }
        match wake {
            Some((_, tab)) => self.step(tab, Input::Wake)?,
            None => self.arrive()?,
        }
        Ok(true)
    }

    /// Something reaches a tab after so many milliseconds.
    fn send(&mut self, tab: usize, after: u64, what: Content) {
        let number = self.tabs[tab].number;
        self.queue.push(
            self.now + after,
            Delivery {
                to: Some((tab, number)),
                what,
            },
        );
    }

    fn provide(&mut self, tab: usize, given: Given) -> Run {
        self.tabs[tab].visit.model.provide(&given);
        self.step(tab, Input::Provided(given.json))
    }

    /// Hands one input to the machine of a tab and carries out what follows.
    fn step(&mut self, tab: usize, input: Input<Shared>) -> Run {
        if self.log.is_some() {
            self.say_input(tab, &input);
        }
        let it = &mut self.tabs[tab];
        let clock = it.clock(self.clock, &self.setup);
        let moment = Moment {
            now: self.now - it.born,
            punctual: clock == Clock::Punctual && it.frozen_until <= self.now,
            inline: &it.inline,
            world: &self.world,
        };
        let before = self.log.as_ref().and(it.visit.snapshot().cloned());
        let effects = it.visit.step(moment, input);
        self.say_shown(tab, before.as_ref());
        let effects = effects.map_err(|it| self.broken(it))?;
        for effect in effects {
            self.carry_out(tab, effect)?;
        }
        if std::mem::take(&mut self.unkept) {
            return self.step(tab, Input::NotKept);
        }
        self.set_timer(tab);
        self.judge_tabs()
    }

    fn set_timer(&mut self, tab: usize) {
        let (now, clock, seed) = (self.now, self.clock, self.schedule.seed);
        self.tabs[tab].set_timer(now, clock, &self.setup, seed);
    }

    fn carry_out(&mut self, tab: usize, effect: Effect) -> Run {
        match effect {
            Effect::Send(asked) => {
                self.say(tab, || {
                    let probe = &asked.probe;
                    let method = probe.method.as_str();
                    format!("  -> {:?} {method} {}", asked.id, probe.url)
                });
                let mut rng = self.dice(asked.candidate);
                let arrivals = network::send(&mut self.world, &self.weather, &asked, &mut rng);
                for arrival in arrivals {
                    self.send(tab, arrival.after, Content::Answer(asked.id, arrival.told));
                }
            }
            Effect::OpenStream(id, url) => {
                self.say(tab, || format!("  -> {id:?} stream {url}"));
                let mut rng = self.dice(self.setup.origins.len());
                let streams = &mut self.tabs[tab].streams;
                let delayed = streams.open(&self.world, &self.weather, id, &url, &mut rng);
                self.send_streams(tab, delayed);
            }
            Effect::CloseStream(id) => {
                self.say(tab, || format!("  -> {id:?} closed"));
                self.tabs[tab].streams.close(id);
            }
            Effect::Store(snapshot) => {
                let Some(held) = self.tabs[tab].visit.live().cloned() else {
                    let what = "something is stored that is not live".to_owned();
                    return Err(self.broken((Invariant::ValueAsDelivered, what)));
                };
                if !self.storage.keep(snapshot, held, self.wall_now()) {
                    self.reached.mark("nothing could be stored");
                    self.unkept = true;
                }
            }
            Effect::Forget => self.storage.forget(),
            Effect::Join => self.join(tab),
            Effect::Leave => self.let_go(tab),
            Effect::Steal => return self.steal(tab),
            Effect::Post(told) => self.post(tab, &told),
        }
        Ok(())
    }

    fn send_streams(&mut self, tab: usize, delayed: Vec<Delayed>) {
        for (id, after, arriving) in delayed {
            self.send(tab, after, Content::Stream(id, arriving));
        }
    }

    /// A new visit.
    fn visit(&mut self) -> (Visit, u64) {
        let number = self.visits;
        self.visits += 1;
        let seed = self.schedule.seed ^ number;
        let visit = Visit::new(&self.setup, self.world.page_origin(), seed);
        (visit, number)
    }

    fn wall_now(&self) -> i64 {
        self.wall.saturating_add_unsigned(self.now)
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
