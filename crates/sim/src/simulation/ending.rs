//! How a schedule ends: healed, in the dark, or closed; and what must have come true by then.

use super::{Run, Simulation};
use crate::invariant::Invariant;
use crate::schedule::{Clock, Cure, Ending, Page, Serves, Weather};
use crate::serve::App;
use landfall_protocol::resolver::Input;

/// How long it may take until a backend that is up is live: the longest time to live or `Retry-After` of these
/// schedules, a failed poll behind it, and the longest backoff.
const IN_THE_END: u64 = 240_000;
/// How long a run goes on after everything is as it should be, to see that it stays so.
const AFTERWARDS: u64 = 1_500;

impl Simulation<'_> {
    pub(super) fn end(&mut self) -> Run {
        let rested = self.now + self.schedule.rest;
        self.pass_until(rested.max(self.frozen_until))?;
        match self.schedule.ending {
            Ending::Closed => {}
            Ending::Healed(origin, cure) => self.heal(origin, cure)?,
            Ending::Dark => self.darken()?,
        }
        self.say(|| "** the end: closed".to_owned());
        self.close()?;
        self.after_close()
    }

    /// The page is in front, and nothing is in its way.
    fn clear_up(&mut self) -> Run {
        self.weather = Weather::CLEAR;
        self.clock = Clock::Punctual;
        self.visit.promise.interrupt();
        self.world.online = true;
        let barred = self.setup.page == Page::Public && !self.local_access;
        self.local_access |= barred;
        if !self.started {
            let at = self.queue.next_at().unwrap_or(self.now);
            self.pass_until(at.max(self.born + self.setup.engine_after))?;
        }
        // Nothing is told that does not change: each of these is a reason to hurry, and a backend that comes up while
        // nobody does anything has to be found too.
        if barred && !self.visit.local_access {
            self.step(Input::LocalAccess(true))?;
        }
        if !self.visit.online {
            self.step(Input::Online(true))?;
        }
        if !self.visit.visible {
            self.visible = true;
            self.step(Input::Visible(true))?;
        }
        Ok(())
    }

    fn heal(&mut self, origin: usize, cure: Cure) -> Run {
        self.say(|| format!("** healed: {cure:?} is up at candidate {origin}"));
        self.world.readable[origin] = true;
        self.world.serves[origin] = match cure {
            Cure::App(app) => Serves::App(self.expected_app(origin, app)),
            Cure::Daemon(daemon) => {
                self.catch_up(daemon);
                Serves::Daemon(daemon)
            }
        };
        self.check_streams();
        self.clear_up()?;
        let end = self.now + IN_THE_END;
        while !self.is_live_and_newest() {
            if !self.pass_once(end)? {
                let what = format!(
                    "{IN_THE_END} ms after a backend was up at {} what is shown is {:?} of {:?}",
                    self.setup.origins[origin].url,
                    self.visit.snapshot().map(|it| it.view.status),
                    self.visit.live().map(|it| &it.origin)
                );
                return Err(self.broken((Invariant::LiveInTheEnd, what)));
            }
        }
        self.say(|| "** live and newest".to_owned());
        self.pass_until(self.now + AFTERWARDS)?;
        // A change is noticed too.
        if let Some(daemon) = self.live_daemon() {
            self.world.daemons[daemon].revise();
            self.tell_streams(daemon);
        }
        self.pass_until(self.now + AFTERWARDS)
    }

    fn expected_app(&self, origin: usize, app: App) -> App {
        let mut app = app;
        while app.version < 64 {
            let document = crate::serve::openapi(app, self.setup.origins[origin].url);
            if self.visit.model.expects(&document, "openapi") {
                break;
            }
            app.version += 1;
        }
        app
    }

    /// A daemon that is up in the end is not behind another one of its registry: else it would rightly be refused.
    fn catch_up(&mut self, daemon: usize) {
        for other in 0..self.world.daemons.len() {
            while self.world.daemons[daemon].is_behind(&self.world.daemons[other]) {
                self.world.daemons[daemon].restart();
            }
        }
        self.tell_streams(daemon);
    }

    fn live_daemon(&self) -> Option<usize> {
        let live = self.visit.live()?;
        let origin = live.origin.as_deref()?;
        let index = self.setup.origins.iter().position(|it| it.url == origin)?;
        match self.world.serves[index] {
            Serves::Daemon(daemon) => Some(daemon),
            _ => None,
        }
    }

    /// Whether what is live is what its origin says now; or newer, where its origin is behind another one of its
    /// registry.
    fn is_live_and_newest(&mut self) -> bool {
        let Some(live) = self.visit.live().cloned() else {
            return false;
        };
        let at = |url: &str| self.setup.origins.iter().position(|it| it.url == url);
        let Some(index) = live.origin.as_deref().and_then(at) else {
            return false;
        };
        match self.world.serves[index] {
            Serves::Plain => live.rung == Some("endpoints"),
            // Its present state may not be who is expected; then it is lost, and another one is found.
            _ => self.world.newest(index).is_some_and(|newest| {
                let behind = newest.stamp.zip(live.document.stamp);
                *newest == *live.document
                    || behind.is_some_and(|(it, live)| it.is_older_than(&live))
            }),
        }
    }

    fn darken(&mut self) -> Run {
        self.say(|| "** everything is gone".to_owned());
        self.world.serves.fill(Serves::Nobody);
        self.check_streams();
        self.clear_up()?;
        let end = self.now + IN_THE_END;
        while self.visit.live().is_some() {
            if !self.pass_once(end)? {
                let what = format!(
                    "{IN_THE_END} ms after everything was gone {:?} is still called live",
                    self.visit.live().map(|it| &it.origin)
                );
                return Err(self.broken((Invariant::LossIsNoticed, what)));
            }
        }
        self.pass_until(self.now + AFTERWARDS)
    }
}
