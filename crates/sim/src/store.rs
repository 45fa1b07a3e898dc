//! The facade's store as the page sees it: one snapshot, a `ready` that settles once, and whoever listens.
//!
//! It follows `www/lib/core/store.ts`: who subscribes late is told at once; a listener that throws harms nobody
//! else; a listener may subscribe, unsubscribe or send another one away from inside a call; and when there is
//! no engine by the deadline, the watchdog settles.

use crate::json::Shared;
use crate::schedule::Manner;
use landfall_protocol::snapshot::Snapshot;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// What a page or a listener has before its eyes.
#[derive(Debug, Clone)]
pub(crate) enum Shown {
    Pending,
    /// The fallback of the watchdog.
    Watchdog,
    Published(Rc<Snapshot<Shared>>),
}

impl Shown {
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pending, Self::Pending) | (Self::Watchdog, Self::Watchdog) => true,
            (Self::Published(one), Self::Published(two)) => Rc::ptr_eq(one, two),
            _ => false,
        }
    }

    const fn is_pending(&self) -> bool {
        matches!(self, Self::Pending)
    }
}

/// A listener has thrown.
#[derive(Debug)]
struct Thrown;

#[derive(Debug)]
pub(crate) struct Listener {
    manner: Manner,
    /// What it was told last; it begins with nothing.
    pub(crate) sees: Shown,
    pub(crate) heard_ready: u32,
}

#[derive(Debug)]
pub(crate) struct Store {
    shown: Shown,
    listeners: BTreeMap<u32, Listener>,
    next: u32,
    telling: bool,
    rounds: VecDeque<Shown>,
    /// How often `ready` has settled.
    pub(crate) settlements: u32,
}

impl Store {
    pub(crate) const fn new() -> Self {
        Self {
            shown: Shown::Pending,
            listeners: BTreeMap::new(),
            next: 0,
            telling: false,
            rounds: VecDeque::new(),
            settlements: 0,
        }
    }

    pub(crate) const fn shown(&self) -> &Shown {
        &self.shown
    }

    pub(crate) fn listeners(&self) -> impl Iterator<Item = &Listener> {
        self.listeners.values()
    }

    /// Subscribes; a late subscriber is told at once what holds.
    pub(crate) fn subscribe(&mut self, manner: Manner) {
        let id = self.next;
        self.next += 1;
        let listener = Listener {
            manner,
            sees: Shown::Pending,
            heard_ready: 0,
        };
        self.listeners.insert(id, listener);
        if !self.shown.is_pending() {
            let _reported = self.call(id, &self.shown.clone());
        }
    }

    /// Unsubscribes the listener at this place of those that are left.
    pub(crate) fn unsubscribe(&mut self, place: usize) {
        let id = self.listeners.keys().nth(place).copied();
        self.listeners.retain(|it, _| Some(*it) != id);
    }

    /// The engine's publication.
    pub(crate) fn publish(&mut self, snapshot: &Rc<Snapshot<Shared>>) {
        self.show(Shown::Published(Rc::clone(snapshot)));
    }

    /// There is no engine, and it is time.
    pub(crate) fn watchdog(&mut self) {
        if self.shown.is_pending() {
            self.show(Shown::Watchdog);
        }
    }

    fn show(&mut self, next: Shown) {
        if self.shown.is_pending() {
            self.settlements += 1;
        }
        self.shown = next;
        self.rounds.push_back(self.shown.clone());
        if self.telling {
            return;
        }
        self.telling = true;
        while let Some(round) = self.rounds.pop_front() {
            let ids: Vec<u32> = self.listeners.keys().copied().collect();
            for id in ids {
                // What one listener throws is reported, and ends nobody's round but its own.
                let _reported = self.call(id, &round);
            }
        }
        self.telling = false;
    }

    fn call(&mut self, id: u32, shown: &Shown) -> Result<(), Thrown> {
        let Some(listener) = self.listeners.get_mut(&id) else {
            return Ok(());
        };
        if listener.sees.is_pending() {
            listener.heard_ready += 1;
        }
        listener.sees = shown.clone();
        match listener.manner {
            Manner::Calm => {}
            Manner::Throws => return Err(Thrown),
            Manner::Leaves => {
                self.listeners.remove(&id);
            }
            Manner::SubscribesAnother => {
                listener.manner = Manner::Calm;
                self.subscribe(Manner::Calm);
            }
            Manner::SendsAnotherAway => {
                let other = self.listeners.keys().find(|it| **it != id).copied();
                self.listeners.retain(|it, _| Some(*it) != other);
            }
        }
        Ok(())
    }
}
