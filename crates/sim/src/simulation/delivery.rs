//! What is under way to a tab, and what happens when it arrives.

use super::{Run, Simulation, telling};
use crate::json::Shared;
use crate::locks::LockNews;
use crate::nearness::Permissions;
use crate::streams::Arriving;
use crate::visit::Told;
use crate::world;
use landfall_protocol::resolver::{Input, RequestId, StreamId};
use std::rc::Rc;

/// Between two words of a stream that says the same again and again.
const NAGS_EVERY: u64 = 700;

/// Something under way.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    /// Which tab, and which visit in it; `None`: the browser itself.
    pub(super) to: Option<(usize, u64)>,
    pub(super) what: Content,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    /// A tab is to be opened.
    Open,
    /// A tab runs again.
    Thaw,
    Answer(RequestId, world::Told),
    Stream(StreamId, Arriving),
    /// The engine has arrived.
    Start,
    /// The facade's own deadline.
    Watchdog,
    /// News for a request for the lock.
    Lock(u32, LockNews),
    /// What another tab has said on the channel that was open then.
    Message(u32, Rc<Told>),
    /// What the browser tells a running engine.
    Signal(Input<Shared>),
}

impl Content {
    /// Whether the tabs cannot agree before it has arrived.
    const fn is_awaited(&self) -> bool {
        matches!(self, Self::Lock(..) | Self::Message(..) | Self::Signal(_))
    }
}

impl Delivery {
    pub(super) const fn opening() -> Self {
        Self {
            to: None,
            what: Content::Open,
        }
    }
}

impl Simulation<'_> {
    /// Sends something that the tabs cannot agree without.
    pub(super) fn send_awaited(&mut self, tab: usize, after: u64, what: Content) {
        self.tabs[tab].awaited += 1;
        self.send(tab, after, what);
    }

    pub(super) fn arrive(&mut self) -> Run {
        let Some(delivery) = self.queue.pop() else {
            return Ok(());
        };
        let Some((tab, number)) = delivery.to else {
            self.to_come -= 1;
            self.open_tab();
            return Ok(());
        };
        let it = &mut self.tabs[tab];
        if !it.open || it.number != number {
            return Ok(());
        }
        if matches!(delivery.what, Content::Thaw) {
            return self.thaw(tab);
        }
        if it.runs(self.now) && it.held_back.is_empty() {
            return self.deliver(tab, delivery.what);
        }
        // What comes while something is held back does not overtake it.
        it.held_back.push_back(delivery.what);
        if it.held_back.len() == 1 && !it.away {
            let after = it.frozen_until.saturating_sub(self.now);
            // Sometimes what is held back comes first, sometimes a timer that is due.
            let timer_first = self.dice(self.setup.origins.len() + 2).below(2);
            self.send(tab, after + timer_first, Content::Thaw);
        }
        Ok(())
    }

    /// The tab runs again, unless it does not: what was held back reaches it, one after the other.
    fn thaw(&mut self, tab: usize) -> Run {
        let it = &mut self.tabs[tab];
        if it.away {
            return Ok(());
        }
        if it.frozen_until > self.now {
            let after = it.frozen_until - self.now;
            self.send(tab, after, Content::Thaw);
            return Ok(());
        }
        let Some(next) = it.held_back.pop_front() else {
            return Ok(());
        };
        if !it.held_back.is_empty() {
            self.send(tab, 0, Content::Thaw);
        }
        self.deliver(tab, next)
    }

    fn deliver(&mut self, tab: usize, what: Content) -> Run {
        let it = &mut self.tabs[tab];
        if what.is_awaited() {
            it.awaited -= 1;
        }
        let now = self.now.saturating_sub(it.born);
        match what {
            Content::Open | Content::Thaw => Ok(()),
            Content::Start if it.visit.closed => Ok(()),
            Content::Start => self.start(tab),
            Content::Watchdog => {
                if !it.started {
                    it.visit.store.watchdog();
                    self.say(tab, || "the watchdog settles".to_owned());
                    self.reached.mark("the watchdog settled");
                }
                Ok(())
            }
            Content::Answer(id, (result, heard)) => {
                it.visit.hear(now, id, &heard);
                self.say(tab, || {
                    format!("answer to {id:?}: {}", telling::brief(&result, &heard))
                });
                self.step(tab, Input::Answered { id, result })
            }
            Content::Stream(id, arriving) => {
                if let Some(document) = arriving.catalog() {
                    it.visit.hear_stream(id, document);
                }
                let again = matches!(arriving, Arriving::Nagging(_)) && it.streams.is_open(id);
                self.say(tab, || {
                    format!("stream {id:?}: {}", telling::brief_stream(&arriving))
                });
                if again {
                    self.send(tab, NAGS_EVERY, Content::Stream(id, arriving.clone()));
                }
                let event = arriving.event();
                self.step(tab, Input::Streamed { id, event })
            }
            Content::Lock(turn, news) => self.hear_lock(tab, turn, news),
            Content::Message(channel, told) => {
                if it.channel != Some(channel) {
                    return self.judge_tabs();
                }
                match &*told {
                    Told::Snapshot(_, relayed) => it.visit.hear_relay(relayed),
                    Told::Beat { visible, .. } => it.heard_leader = visible.then_some(self.now),
                    Told::Lead { .. } => it.heard_leader = None,
                    Told::Newer(_, stamp) => it.visit.hear_newer(*stamp),
                    Told::Hello { .. } => {}
                }
                self.step(tab, Input::Heard(told.message()))
            }
            Content::Signal(input) if it.started => {
                // An event is late; what it makes the host look at is of now.
                let input = match input {
                    Input::Visible(_) => Input::Visible(it.visible),
                    Input::Online(_) => Input::Online(self.world.online),
                    Input::Access(_) => Input::Access(self.permissions.access()),
                    other => other,
                };
                self.step(tab, input)
            }
            Content::Signal(_) => Ok(()),
        }
    }

    fn start(&mut self, tab: usize) -> Run {
        if let Some(kept) = self.storage.read(self.wall_now()) {
            self.tabs[tab].visit.recall(kept);
        }
        self.tabs[tab].started = true;
        self.quiet.disturb(self.now);
        self.step(tab, Input::Start)?;
        if self.permissions != Permissions::default() {
            self.step(tab, Input::Access(self.permissions.access()))?;
        }
        if !self.tabs[tab].visible {
            self.step(tab, Input::Visible(false))?;
        }
        if !self.world.online {
            self.step(tab, Input::Online(false))?;
        }
        for given in std::mem::take(&mut self.tabs[tab].waiting) {
            self.provide(tab, given)?;
        }
        Ok(())
    }
}
