//! What a resolver does as one tab among several: lead, follow, take over, let go.

use super::action::Action;
use super::holdings::Taken;
use super::link::Link;
use super::machine::Resolver;
use super::tabs::{Lock, Message};
use crate::json::Json;
use crate::snapshot::Snapshot;
use std::rc::Rc;

impl<J: Json> Resolver<J> {
    /// This tab leads, or follows, or is alone.
    pub(super) fn locked(&mut self, lock: Lock) {
        if !self.tabs.lock(lock, self.visible, &mut self.io) {
            return;
        }
        if self.tabs.leads() {
            self.lead();
        } else {
            self.rest();
        }
    }

    /// Talks to the network, from where the tab before left off.
    fn lead(&mut self) {
        match self.holdings.live_place() {
            Some((origin, rung)) if self.link.is_none() => {
                self.link = Some(Link::resume(origin, rung, self.is_active(), &self.io));
            }
            None if !self.race.is_running() => self.begin_race(),
            _ => {}
        }
    }

    /// Lets go of the network.
    fn rest(&mut self) {
        self.race.stop(&mut self.io);
        if let Some(mut link) = self.link.take() {
            link.stop(&mut self.io);
        }
    }

    pub(super) fn heard(&mut self, message: Message<J>) {
        match message {
            Message::Hello => {
                self.tabs.hello(&self.io);
                self.post_snapshot();
            }
            Message::Beat { visible } => self.tabs.alive(visible, self.visible, &mut self.io),
            Message::Snapshot(json) if !self.tabs.leads() => {
                match self.holdings.take_relayed(&json, self.io.now) {
                    Ok(Taken::Changed) => self.changed = true,
                    Ok(Taken::Same) => {}
                    Err(refused) => self.note("refused", None, refused.code.as_str()),
                }
            }
            Message::Snapshot(_) => {}
        }
    }

    /// Tells a follower how things are: what is, or was, live; the rest each page knows of itself.
    fn post_snapshot(&mut self) {
        if !self.tabs.is_leader() {
            return;
        }
        self.io.act(Action::Post(Message::Beat {
            visible: self.visible,
        }));
        let worth = |it: &&Rc<Snapshot<J>>| matches!(it.view.status, "live" | "stale");
        if let Some(snapshot) = self.published.as_ref().filter(worth) {
            self.io
                .act(Action::Post(Message::Snapshot(Rc::clone(snapshot))));
        }
    }

    /// The page goes into the back/forward cache or is closed: a held lock or stream would keep it out of there.
    pub(super) fn leave(&mut self) {
        self.tabs.leave(&mut self.io);
        self.rest();
    }

    /// The page is back.
    pub(super) fn come_back(&mut self) {
        if self.options.tabs {
            self.tabs.join(&mut self.io);
        } else {
            self.lead();
        }
    }
}
