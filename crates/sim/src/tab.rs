//! One browser tab: the visit in it, and what its browser lets it do.

use crate::model::Given;
use crate::network::dice;
use crate::schedule::{Clock, Setup};
use crate::streams::Streams;
use crate::visit::{Role, Visit};
use std::collections::VecDeque;

pub(crate) struct Tab<D> {
    pub(crate) visit: Visit,
    /// Which visit of the run this is.
    pub(crate) number: u64,
    /// When its clock showed 0.
    pub(crate) born: u64,
    /// Whether the engine has come.
    pub(crate) started: bool,
    /// Whether the tab is there.
    pub(crate) open: bool,
    /// Whether its page is in the back/forward cache.
    pub(crate) away: bool,
    pub(crate) visible: bool,
    pub(crate) frozen_until: u64,
    /// Calls of the page that wait for the engine.
    pub(crate) waiting: Vec<Given>,
    pub(crate) inline: Vec<Given>,
    pub(crate) streams: Streams,
    /// What reaches a page that does not run, when it runs again.
    pub(crate) held_back: VecDeque<D>,
    /// When the host's timer goes off.
    pub(crate) wake: Option<u64>,
    /// Which request for the lock counts.
    pub(crate) turn: u32,
    /// Which channel is open, if one is.
    pub(crate) channel: Option<u32>,
    pub(crate) channels: u32,
    /// When the last message to it arrives: no later one overtakes it.
    pub(crate) heard_until: u64,
    /// When it heard last of a leader in front.
    pub(crate) heard_leader: Option<u64>,
    /// What is under way to it: news of the lock, messages and signals.
    pub(crate) awaited: u32,
}

impl<D> Tab<D> {
    pub(crate) fn new(visit: Visit, number: u64, now: u64, inline: Vec<Given>) -> Self {
        Self {
            visit,
            number,
            born: now,
            started: false,
            open: true,
            away: false,
            visible: true,
            frozen_until: 0,
            waiting: Vec::new(),
            inline,
            streams: Streams::default(),
            held_back: VecDeque::new(),
            wake: None,
            turn: 0,
            channel: None,
            channels: 0,
            heard_until: 0,
            heard_leader: None,
            awaited: 0,
        }
    }

    /// Whether its code runs.
    pub(crate) const fn runs(&self, now: u64) -> bool {
        self.open && !self.away && self.frozen_until <= now
    }

    pub(crate) const fn is_frozen(&self, now: u64) -> bool {
        self.open && self.frozen_until > now
    }

    /// Whether there is a client in it.
    pub(crate) const fn is_used(&self) -> bool {
        self.open && !self.visit.closed
    }

    /// How punctual its timers are: browsers throttle those of hidden tabs.
    pub(crate) const fn clock(&self, clock: Clock, setup: &Setup) -> Clock {
        if self.visible {
            clock
        } else {
            setup.hidden_clock
        }
    }

    /// Whether it can be relied upon: running, in front, with punctual timers.
    pub(crate) fn is_attentive(&self, now: u64, clock: Clock, setup: &Setup) -> bool {
        self.runs(now)
            && self.started
            && !self.visit.closed
            && self.visible
            && self.clock(clock, setup) == Clock::Punctual
    }

    pub(crate) fn has_role(&self, role: Role) -> bool {
        self.open && self.started && !self.visit.closed && self.visit.role == role
    }

    /// Sets the host's timer: never before it is due.
    pub(crate) fn set_timer(&mut self, now: u64, clock: Clock, setup: &Setup, seed: u64) {
        let due = self
            .visit
            .timeout()
            .filter(|_| self.open && self.started && !self.away);
        let due = due.map(|(at, _)| (self.born + at).max(now));
        self.wake = due.map(|due| match self.clock(clock, setup) {
            Clock::Punctual => due,
            Clock::Late(most) => due + dice(seed, 99, due).below(most + 1),
            Clock::Throttled(grid) => due.div_ceil(grid) * grid,
        });
    }
}
