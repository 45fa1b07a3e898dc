//! What the schedule's events do to the world, the browser and its pages.

use super::delivery::Content;
use super::{Run, Simulation, records};
use crate::invariant::Invariant;
use crate::json::Shared;
use crate::schedule::{StreamFault, What};
use crate::serve;
use crate::store::Shown;
use crate::tab::Tab;
use landfall_protocol::resolver::Input;

impl Simulation<'_> {
    /// The event at this place of the schedule happens.
    pub(super) fn happen(&mut self, index: usize) -> Run {
        let event = &self.schedule.events[index];
        let (place, what) = (event.tab, event.what.clone());
        let open: Vec<usize> = (0..self.tabs.len())
            .filter(|it| self.tabs[*it].open)
            .collect();
        let Some(tab) = open.get(place % open.len().max(1)).copied() else {
            return Ok(());
        };
        self.say(tab, || format!("** {what:?}"));
        match what {
            What::Serve(origin, serves) => {
                self.world.serves[origin] = serves;
                self.check_streams();
            }
            What::Readable(origin, readable) => self.world.readable[origin] = readable,
            What::Revise(daemon) => {
                self.world.daemons[daemon].revise();
                self.tell_streams(daemon);
            }
            What::Restart(daemon) => {
                self.world.daemons[daemon].restart();
                self.tell_streams(daemon);
            }
            What::Weather(weather) => self.weather = weather,
            What::Stream(fault) => self.harm_streams(fault),
            What::Clock(clock) => {
                self.clock = clock;
                self.unsettle();
            }
            What::WallClock(jump) => {
                self.wall = self.wall.saturating_add(jump);
                self.reached.mark("the wall clock jumped");
            }
            What::Sleep(span, stands_still) => self.sleep(span, stands_still),
            What::Storage(fault) => self.storage.suffer(fault),
            What::Tamper(record) => {
                let written = records::written(&self.setup, record);
                self.storage.put(written, self.wall_now());
            }
            What::Outdate => self.storage.outdate(),
            What::Online(online) => {
                self.world.online = online;
                self.check_streams();
                return self.signal_all(&Input::Online(online));
            }
            What::LocalAccess(allowed) => {
                self.permissions.loopback = allowed;
                return self.signal_all(&Input::Access(self.permissions.access()));
            }
            What::NetworkAccess(allowed) => {
                self.permissions.network = allowed;
                return self.signal_all(&Input::Access(self.permissions.access()));
            }
            What::OpenTab => self.open_tab(),
            What::CloseTab => return self.close_tab(tab),
            What::Crash => self.crash(tab),
            What::Reload => return self.reload(tab),
            What::Visible(visible) if !self.tabs[tab].away => {
                self.tabs[tab].visible = visible;
                self.unsettle();
                return self.signal(tab, Input::Visible(visible));
            }
            What::Freeze(span) => self.freeze(tab, span),
            What::GoAway if self.tabs[tab].runs(self.now) => return self.go_away(tab),
            What::ComeBack if self.tabs[tab].away && !self.tabs[tab].is_frozen(self.now) => {
                return self.come_back(tab);
            }
            what if self.tabs[tab].runs(self.now) => return self.act(tab, what),
            _ => {}
        }
        Ok(())
    }

    /// What only a page whose code runs can do.
    fn act(&mut self, tab: usize, what: What) -> Run {
        let it = &mut self.tabs[tab];
        match what {
            What::Consent => return self.signal(tab, Input::Consent),
            What::Refresh => return self.signal(tab, Input::Refresh),
            What::WakeEarly => return self.signal(tab, Input::Wake),
            What::Provide(handed) => {
                let given = serve::handed(handed);
                if it.started {
                    return self.provide(tab, given);
                }
                it.waiting.push(given);
            }
            What::Inline(values) => it.inline = values.into_iter().map(serve::handed).collect(),
            What::Subscribe(manner) => {
                if !matches!(it.visit.store.shown(), Shown::Pending) {
                    self.reached.mark("somebody subscribed late");
                }
                it.visit.store.subscribe(manner);
            }
            What::Unsubscribe(place) => it.visit.store.unsubscribe(place),
            What::Close => return self.close(tab),
            _ => {}
        }
        Ok(())
    }

    /// Timers are not what they were: whatever was promised is counted anew.
    pub(super) fn unsettle(&mut self) {
        self.quiet.disturb(self.now);
        for tab in 0..self.tabs.len() {
            self.tabs[tab].visit.promise.interrupt();
            self.set_timer(tab);
        }
    }

    fn freeze(&mut self, tab: usize, span: u64) {
        if self.leader() == Some(tab) {
            self.reached.mark("a leader was frozen");
        }
        let it = &mut self.tabs[tab];
        it.frozen_until = it.frozen_until.max(self.now + span);
        self.unsettle();
    }

    /// The machine sleeps: no code runs, streams break; and the clock of the pages may stand still.
    fn sleep(&mut self, span: u64, stands_still: bool) {
        self.reached.mark("the machine slept");
        self.harm_streams(if stands_still {
            StreamFault::Silence
        } else {
            StreamFault::Break
        });
        for it in &mut self.tabs {
            it.frozen_until = it.frozen_until.max(self.now) + span;
            if stands_still {
                it.born += span;
            }
        }
        self.unsettle();
    }

    /// An input that only a running engine hears of; a frozen one when it runs again.
    fn signal(&mut self, tab: usize, input: Input<Shared>) -> Run {
        let it = &self.tabs[tab];
        if !it.open || !it.started {
            return Ok(());
        }
        if it.runs(self.now) && it.awaited == 0 {
            return self.step(tab, input);
        }
        self.send_awaited(tab, 0, Content::Signal(input));
        Ok(())
    }

    fn signal_all(&mut self, input: &Input<Shared>) -> Run {
        self.quiet.disturb(self.now);
        for tab in 0..self.tabs.len() {
            self.signal(tab, input.clone())?;
        }
        Ok(())
    }

    pub(super) fn tell_streams(&mut self, daemon: usize) {
        for tab in 0..self.tabs.len() {
            let mut rng = self.dice(self.setup.origins.len());
            let streams = &self.tabs[tab].streams;
            let delayed = streams.published(&self.world, &self.weather, daemon, &mut rng);
            self.send_streams(tab, delayed);
        }
    }

    pub(super) fn check_streams(&mut self) {
        for tab in 0..self.tabs.len() {
            let mut rng = self.dice(self.setup.origins.len());
            let streams = &mut self.tabs[tab].streams;
            let delayed = streams.check(&self.world, &self.weather, &mut rng);
            self.send_streams(tab, delayed);
        }
    }

    fn harm_streams(&mut self, fault: StreamFault) {
        for tab in 0..self.tabs.len() {
            let mut rng = self.dice(self.setup.origins.len() + 1);
            let delayed = self.tabs[tab].streams.suffer(&self.world, fault, &mut rng);
            self.send_streams(tab, delayed);
        }
    }

    /// Closes the client in a tab; afterwards nothing may come of anything.
    pub(super) fn close(&mut self, tab: usize) -> Run {
        self.quiet.disturb(self.now);
        if !self.tabs[tab].started {
            self.tabs[tab].visit.closed = true;
            return Ok(());
        }
        self.step(tab, Input::Close)?;
        self.call_closed(tab, 0)
    }

    /// The page goes on calling a client that is closed.
    fn call_closed(&mut self, tab: usize, pause: u64) -> Run {
        let before = self.tabs[tab].visit.snapshot().cloned();
        for input in [
            Input::Wake,
            Input::Refresh,
            Input::Visible(false),
            Input::Visible(true),
            Input::Start,
            Input::Close,
        ] {
            self.now += pause;
            self.step(tab, input)?;
        }
        if self.tabs[tab].visit.snapshot() == before.as_ref() {
            return Ok(());
        }
        let what = "something is published after the close".to_owned();
        Err(self.broken((Invariant::SilentAfterClose, what)))
    }

    /// All clients are closed: what is still under way arrives, and the pages go on calling.
    pub(super) fn after_close(&mut self) -> Run {
        for _ in 0..8 {
            if let Some(at) = self.queue.next_at() {
                self.now = self.now.max(at);
                self.arrive()?;
            }
        }
        for tab in 0..self.tabs.len() {
            let it: &Tab<_> = &self.tabs[tab];
            if it.open && it.started && it.visit.closed {
                self.call_closed(tab, 1_000)?;
            }
        }
        Ok(())
    }
}
