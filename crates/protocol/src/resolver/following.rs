//! What a resolver does as one tab among several: lead, follow, take over, let go.

use super::action::Action;
use super::holdings::Taken;
use super::link::Link;
use super::machine::Resolver;
use super::tabs::{Lock, Message};
use crate::json::Json;
use crate::refused::Code;
use std::rc::Rc;

impl<J: Json> Resolver<J> {
    /// This tab leads, or follows, or is alone.
    pub(super) fn locked(&mut self, lock: Lock) {
        let live = self.holdings.is_live();
        if !self.tabs.lock(lock, live, &mut self.io) {
            return;
        }
        if self.tabs.leads() {
            self.lead();
        } else {
            self.rest();
            // The leader may not have found as much.
            if self.holdings.is_live() {
                self.relay();
            }
        }
    }

    /// Talks to the network, from where the tab before left off.
    fn lead(&mut self) {
        self.holdings.relayed = None;
        match self.holdings.live_place() {
            Some((origin, rung)) if self.link.is_none() => {
                self.race.stop(&mut self.io);
                let obstacle = self.race.obstacle(&origin);
                self.link = Some(Link::resume(origin, rung, self.is_active(), &self.io));
                if let Some(reason) = obstacle {
                    self.lost(reason);
                }
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
            Message::Hello { consent } => {
                self.consent(consent);
                self.tabs.hello(&self.io);
                if self.tabs.is_leader() {
                    self.tabs.beat(self.visible, &mut self.io);
                    self.relay();
                }
            }
            Message::Lead { live } => {
                self.tabs.led(&mut self.io);
                if !live && !self.tabs.leads() && self.holdings.is_live() {
                    self.relay();
                }
            }
            Message::Beat { visible, consent } => {
                self.consent(consent);
                self.tabs.alive(visible, self.visible, &mut self.io);
            }
            Message::Snapshot(json) if self.link.is_none() => {
                match self.holdings.take_relayed(&json, self.io.now) {
                    Ok(Taken::Changed) => self.changed = true,
                    Ok(Taken::Same) => {}
                    Err(refused) => {
                        self.note("refused", None, refused.code.as_str());
                        let newer = self.holdings.newest().cloned();
                        if let Some(newer) = newer.filter(|_| refused.code == Code::Older) {
                            self.io.act(Action::Post(Message::Newer(newer)));
                        }
                    }
                }
                // A leader that knew less than its followers goes on from there.
                if self.tabs.leads() {
                    self.lead();
                }
            }
            Message::Snapshot(_) => self.tabs.contradicted(&self.io),
            // Its origin may have something newer by now; otherwise it is behind another one, and is lost.
            Message::Newer(stamp) => {
                if self.holdings.learn(&stamp)
                    && let Some(link) = &mut self.link
                {
                    link.poll_now(&self.io);
                }
            }
        }
    }

    /// Tells the other tabs how things are: what is, or was, live; the rest each page knows of itself.
    pub(super) fn relay(&mut self) {
        let snapshot = match self.published.as_ref().map(|it| it.view.status) {
            Some("live" | "stale") => self.published.clone(),
            // What the page hands in hides from itself that the backend is lost, and not from the others.
            Some("provided") if self.holdings.lost.is_some() => {
                let provided = self.holdings.provided.take();
                let lost = self.view();
                self.holdings.provided = provided;
                Some(Rc::new(lost))
            }
            _ => None,
        };
        if let Some(snapshot) = snapshot {
            self.io.act(Action::Post(Message::Snapshot(snapshot)));
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
