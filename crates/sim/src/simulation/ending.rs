//! How a schedule ends: healed, in the dark, or closed; and what must have come true in every tab by then.

use super::{Run, Simulation};
use crate::invariant::Invariant;
use crate::nearness::Permissions;
use crate::schedule::{Clock, Cure, Ending, Page, Serves, Weather};
use crate::serve::App;
use crate::visit::Role;
use landfall_protocol::resolver::Input;

/// How long it may take until a backend that is up is live: the longest time to live or `Retry-After` of these
/// schedules, a failed poll behind it, and the longest backoff.
const IN_THE_END: u64 = 240_000;
/// How long a run goes on after everything is as it should be, to see that it stays so.
const AFTERWARDS: u64 = 1_500;

impl Simulation<'_> {
    pub(super) fn end(&mut self) -> Run {
        let opened = self.setup.opened.last().copied().unwrap_or_default();
        self.pass_until((self.now + self.schedule.rest).max(opened))?;
        match self.schedule.ending {
            Ending::Closed => {}
            Ending::Healed(origin, cure) => self.heal(origin, cure)?,
            Ending::Dark => self.darken()?,
        }
        for tab in 0..self.tabs.len() {
            if self.tabs[tab].is_used() {
                self.say(tab, || "** the end: closed".to_owned());
                self.wait_for(tab)?;
                self.close(tab)?;
            }
        }
        self.after_close()
    }

    /// Until the tab's code runs, and its engine has come.
    fn wait_for(&mut self, tab: usize) -> Run {
        self.pass_until(self.now.max(self.tabs[tab].frozen_until))?;
        if self.tabs[tab].away {
            self.come_back(tab)?;
        }
        while !self.tabs[tab].started && self.pass_once(u64::MAX)? {}
        Ok(())
    }

    /// The tabs whose clients are used in the end.
    fn used(&self) -> Vec<usize> {
        let used = |it: &usize| self.tabs[*it].is_used();
        (0..self.tabs.len()).filter(used).collect()
    }

    /// Every tab runs, one of them at least is in front, and nothing is in their way.
    fn clear_up(&mut self) -> Run {
        self.weather = Weather::CLEAR;
        self.clock = Clock::Punctual;
        self.unsettle();
        self.world.online = true;
        let asks = !matches!(self.setup.page, Page::None | Page::Local);
        if asks && self.setup.knows_permission {
            self.permissions = Permissions::ALL;
        }
        for tab in self.used() {
            self.wait_for(tab)?;
        }
        if !self.setup.knows_permission {
            self.consent()?;
        }
        let mut in_front = self.used().iter().any(|it| self.tabs[*it].visible);
        for tab in self.used() {
            // Nothing is told that does not change: each of these is a reason to hurry, and a backend that comes up
            // while nobody does anything has to be found too.
            let (now, told) = (self.permissions, self.tabs[tab].visit.permissions);
            if now == Permissions::ALL && now != told {
                self.step(tab, Input::Access(now.access()))?;
            }
            if !self.tabs[tab].visit.online {
                self.step(tab, Input::Online(true))?;
            }
            // Who is alone has to be looked at to do anything; of those that share, one is enough.
            let alone = self.tabs[tab].visit.role == Role::Alone;
            if !self.tabs[tab].visible && (alone || !in_front) {
                in_front = true;
                self.tabs[tab].visible = true;
                self.unsettle();
                self.step(tab, Input::Visible(true))?;
            }
        }
        Ok(())
    }

    /// The user clicks in each tab that is on its own, and in the youngest of the others: the rest has to hear of it.
    fn consent(&mut self) -> Run {
        let shares = |tab: &usize| self.tabs[*tab].visit.role != Role::Alone;
        let youngest = self.used().into_iter().rfind(shares);
        for tab in self.used() {
            let visit = &self.tabs[tab].visit;
            let is_clicked = visit.role == Role::Alone || youngest == Some(tab);
            if is_clicked && !visit.consent {
                self.step(tab, Input::Consent)?;
            }
        }
        Ok(())
    }

    fn heal(&mut self, origin: usize, cure: Cure) -> Run {
        self.say_to_all(|| format!("** healed: {cure:?} is up at candidate {origin}"));
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
        for tab in self.used() {
            while !self.is_live_and_newest(tab) {
                if !self.pass_once(end)? {
                    let visit = &self.tabs[tab].visit;
                    let what = format!(
                        "{IN_THE_END} ms after a backend was up at {} what tab {tab} shows is {:?} of {:?}",
                        self.setup.origins[origin].url,
                        visit.snapshot().map(|it| it.view.status),
                        visit.live().map(|it| &it.origin)
                    );
                    return Err(self.broken((Invariant::LiveInTheEnd, what)));
                }
            }
            self.say(tab, || "** live and newest".to_owned());
        }
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
            let mut visits = self.tabs.iter().map(|it| &it.visit);
            if visits.all(|it| it.model.expects(&document, "openapi")) {
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
        let mut visits = self.tabs.iter().filter(|it| it.is_used());
        let live = visits.find_map(|it| it.visit.live())?;
        let origin = live.origin.as_deref()?;
        let index = self.setup.origins.iter().position(|it| it.url == origin)?;
        match self.world.serves[index] {
            Serves::Daemon(daemon) => Some(daemon),
            _ => None,
        }
    }

    /// Whether what is live is what its origin says now; or newer, where its origin is behind another one of its
    /// registry.
    fn is_live_and_newest(&mut self, tab: usize) -> bool {
        // A follower has what its leader has, or something newer.
        let leader = self.leader();
        let leader = leader.filter(|_| self.tabs[tab].has_role(Role::Follower));
        if let Some(leader) = leader.filter(|_| self.tabs[tab].visit.live().is_some()) {
            return self.is_live_and_newest(leader);
        }
        let Some(live) = self.tabs[tab].visit.live().cloned() else {
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
        self.say_to_all(|| "** everything is gone".to_owned());
        self.world.serves.fill(Serves::Nobody);
        self.check_streams();
        self.clear_up()?;
        let end = self.now + IN_THE_END;
        for tab in self.used() {
            while let Some(origin) = self.tabs[tab].visit.live().map(|it| it.origin.clone()) {
                if !self.pass_once(end)? {
                    let what = format!(
                        "{IN_THE_END} ms after everything was gone tab {tab} still calls {origin:?} live"
                    );
                    return Err(self.broken((Invariant::LossIsNoticed, what)));
                }
            }
        }
        self.pass_until(self.now + AFTERWARDS)
    }
}
