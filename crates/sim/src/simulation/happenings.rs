//! What the schedule's events do to the world, the browser and the page.

use super::{Run, Simulation};
use crate::invariant::Invariant;
use crate::schedule::What;
use crate::serve;
use crate::store::Shown;
use crate::visit::Visit;
use landfall_protocol::resolver::Input;

impl Simulation<'_> {
    /// The event at this place of the schedule happens.
    pub(super) fn happen(&mut self, index: usize) -> Run {
        let what = self.schedule.events[index].what.clone();
        self.say(|| format!("** {what:?}"));
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
            What::Clock(clock) => {
                self.clock = clock;
                self.visit.promise.interrupt();
            }
            What::Visible(visible) => {
                self.visible = visible;
                return self.signal(Input::Visible(visible));
            }
            What::Online(online) => {
                self.world.online = online;
                self.check_streams();
                return self.signal(Input::Online(online));
            }
            What::LocalAccess(allowed) => {
                self.local_access = allowed;
                return self.signal(Input::LocalAccess(allowed));
            }
            What::Refresh => return self.signal(Input::Refresh),
            What::WakeEarly => return self.signal(Input::Wake),
            What::Provide(handed) => {
                let given = serve::handed(handed);
                if self.started {
                    return self.provide(given);
                }
                self.waiting.push(given);
            }
            What::Inline(values) => {
                self.inline = values.into_iter().map(serve::handed).collect();
            }
            What::Subscribe(manner) => {
                if !matches!(self.visit.store.shown(), Shown::Pending) {
                    self.reached.mark("somebody subscribed late");
                }
                self.visit.store.subscribe(manner);
            }
            What::Unsubscribe(place) => self.visit.store.unsubscribe(place),
            What::Stream(fault) => {
                let mut rng = self.dice(self.setup.origins.len() + 1);
                let delayed = self.streams.suffer(&self.world, fault, &mut rng);
                self.send_streams(delayed);
            }
            What::Freeze(span) => {
                self.frozen_until = self.now + span;
                self.visit.promise.interrupt();
            }
            What::Reload => return self.reload(),
            What::Close => return self.close(),
        }
        Ok(())
    }

    /// An input that only a running engine hears of.
    fn signal(&mut self, input: Input<crate::json::Shared>) -> Run {
        if self.started {
            self.now = self.now.max(self.frozen_until);
            self.step(input)
        } else {
            Ok(())
        }
    }

    pub(super) fn tell_streams(&mut self, daemon: usize) {
        let mut rng = self.dice(self.setup.origins.len());
        let delayed = self
            .streams
            .published(&self.world, &self.weather, daemon, &mut rng);
        self.send_streams(delayed);
    }

    pub(super) fn check_streams(&mut self) {
        let mut rng = self.dice(self.setup.origins.len());
        let delayed = self.streams.check(&self.world, &self.weather, &mut rng);
        self.send_streams(delayed);
    }

    /// The page goes and is loaded again; it finds what was kept.
    fn reload(&mut self) -> Run {
        self.close()?;
        self.queue.clear();
        self.visits += 1;
        self.born = self.now;
        self.started = false;
        self.waiting.clear();
        self.streams = crate::streams::Streams::default();
        let kept = self.record();
        let seed = self.schedule.seed ^ self.visits;
        let mut visit = Visit::new(&self.setup, self.world.page_origin(), seed, kept);
        visit.digest = self.visit.digest;
        self.leave();
        self.reached.mark("the page came again");
        self.visit = visit;
        self.open_page();
        Ok(())
    }

    /// Closes the client; afterwards nothing may come of anything.
    pub(super) fn close(&mut self) -> Run {
        self.now = self.now.max(self.frozen_until);
        if !self.started {
            self.visit.closed = true;
            return Ok(());
        }
        self.step(Input::Close)
    }

    /// What is still under way arrives, and the page goes on calling.
    pub(super) fn after_close(&mut self) -> Run {
        if !self.started {
            return Ok(());
        }
        let before = self.visit.snapshot().cloned();
        for _ in 0..8 {
            if let Some(at) = self.queue.next_at() {
                self.now = self.now.max(at);
                self.arrive()?;
            }
        }
        for input in [
            Input::Wake,
            Input::Refresh,
            Input::Visible(false),
            Input::Visible(true),
            Input::Start,
            Input::Close,
        ] {
            self.now += 1_000;
            self.step(input)?;
        }
        if self.visit.snapshot() == before.as_ref() {
            Ok(())
        } else {
            Err(self.broken((
                Invariant::SilentAfterClose,
                "something is published after the close".to_owned(),
            )))
        }
    }
}
