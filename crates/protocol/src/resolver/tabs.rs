//! Tabs of one origin and name: one leads and talks to the network, the others follow.
//!
//! The leader holds a lock (Web Locks), so a close or a crash hands it on at once. A leader that is frozen
//! still holds it: whoever hears nothing for [`SILENCE`], and no answer to a last question, takes the lock away. A hidden leader is throttled by
//! its browser, so a visible tab takes over from it. Where the browser has no locks, each tab is on its own.

use super::action::Action;
use super::io::Io;
use super::{Why, trace::Entry};
use crate::id::Stamp;
use crate::time::Millis;

/// How long a tab waits to hear whether it leads before it asks the network all the same.
const JOINING: Millis = Millis(60);
/// Between two signs of life of a leader that is followed.
const BEAT: Millis = Millis(1_500);
/// After this long without a sign of life a follower asks whether the leader is still there.
const SILENCE: Millis = Millis(3_500);
/// Without an answer for this long the leader counts as frozen.
const LAST_WORD: Millis = Millis(500);
/// Visible followers of a hidden leader take over after a random moment, so that mostly one of them does.
const TAKEOVER: u64 = 150;

/// What became of the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// This tab holds it.
    Granted,
    /// Another tab holds it, or has taken it away.
    Taken,
    /// The browser has no locks or no channels.
    Unsupported,
}

/// What one tab tells the others.
#[derive(Debug, Clone, PartialEq)]
pub enum Message<S> {
    /// A follower is there and wants to know how things are.
    Hello {
        /// See [`super::Input::Consent`].
        consent: bool,
    },
    /// This tab leads from now on: whoever follows says hello.
    Lead {
        /// Whether it knows what is live; otherwise it wants to be told.
        live: bool,
    },
    /// The leader is alive.
    Beat {
        /// Whether its page is visible.
        visible: bool,
        /// See [`super::Input::Consent`].
        consent: bool,
    },
    /// The leader's snapshot.
    Snapshot(S),
    /// What was told is older than this, which was live here: what one tab has seen, all of them know.
    Newer(Stamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// There are no other tabs, or no way to know of them.
    Alone,
    /// The lock was asked for.
    Joining,
    Leader,
    Follower,
    /// The page has gone into the back/forward cache.
    Away,
}

pub(super) struct Tabs {
    pub(super) role: Role,
    followed: bool,
    /// Whether the user has allowed near places by the page's word, here or in another tab.
    pub(super) consent: bool,
    /// Whether another tab has told something else: the followers are told again with the next sign of life.
    contradicted: bool,
    /// When the role is settled, the next beat is due, or the leader counts as frozen: what the role waits for.
    at: Millis,
    /// When to take over from a leader that is hidden, or does not answer.
    takeover_at: Millis,
}

impl Tabs {
    pub(super) const fn alone() -> Self {
        Self {
            role: Role::Alone,
            followed: false,
            consent: false,
            contradicted: false,
            at: Millis::NEVER,
            takeover_at: Millis::NEVER,
        }
    }

    /// Whether this tab talks to the network.
    pub(super) const fn leads(&self) -> bool {
        matches!(self.role, Role::Alone | Role::Leader)
    }

    pub(super) const fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader)
    }

    /// Whether there is anybody to tell.
    pub(super) const fn is_followed(&self) -> bool {
        self.is_leader() && self.followed
    }

    fn become_<J>(&mut self, role: Role, at: Millis, name: &'static str, io: &mut Io<J>) {
        self.role = role;
        self.at = at;
        self.followed = false;
        self.contradicted = false;
        self.takeover_at = Millis::NEVER;
        io.trace.push(Entry::new(io.now, "tab", name));
    }

    pub(super) fn join<J>(&mut self, io: &mut Io<J>) {
        self.become_(Role::Joining, io.now + JOINING, "joining", io);
        io.act(Action::Join);
    }

    pub(super) fn leave<J>(&mut self, io: &mut Io<J>) {
        if !matches!(self.role, Role::Alone | Role::Away) {
            self.become_(Role::Away, Millis::NEVER, "away", io);
            io.act(Action::Leave);
        }
    }

    /// Takes the news of the lock. `true` when the role has changed.
    pub(super) fn lock<J>(&mut self, lock: Lock, live: bool, io: &mut Io<J>) -> bool {
        if matches!(self.role, Role::Alone | Role::Away) {
            return false;
        }
        match lock {
            Lock::Granted => {
                self.become_(Role::Leader, Millis::NEVER, "leader", io);
                io.act(Action::Post(Message::Lead { live }));
            }
            Lock::Taken => {
                self.become_(Role::Follower, io.now + SILENCE, "follower", io);
                self.greet(io);
            }
            Lock::Unsupported => self.become_(Role::Alone, Millis::NEVER, "alone", io),
        }
        true
    }

    /// Wants to know how things are, or tells what the user has allowed.
    pub(super) fn greet<J>(&self, io: &mut Io<J>) {
        let consent = self.consent;
        io.act(Action::Post(Message::Hello { consent }));
    }

    /// Shows that the leader is alive.
    pub(super) fn beat<J>(&self, visible: bool, io: &mut Io<J>) {
        let consent = self.consent;
        io.act(Action::Post(Message::Beat { visible, consent }));
    }

    /// A follower is there.
    pub(super) fn hello<J>(&mut self, io: &Io<J>) {
        if self.is_leader() && !self.followed {
            self.followed = true;
            self.at = io.now + BEAT;
        }
    }

    /// Another tab leads from now on.
    pub(super) fn led<J>(&mut self, io: &mut Io<J>) {
        if self.role == Role::Follower {
            self.at = io.now + SILENCE;
            self.takeover_at = Millis::NEVER;
            self.greet(io);
        }
    }

    /// Another tab tells what this one knows better.
    pub(super) fn contradicted<J>(&mut self, io: &Io<J>) {
        if self.is_leader() {
            self.contradicted = true;
            self.at = self.at.min(io.now + BEAT);
        }
    }

    /// A sign of life of the leader.
    pub(super) fn alive<J>(&mut self, leader_visible: bool, visible: bool, io: &mut Io<J>) {
        if self.role == Role::Follower {
            self.at = io.now + SILENCE;
            self.takeover_at = match (leader_visible, visible) {
                (false, true) => self
                    .takeover_at
                    .min(io.now + Millis(io.rng.below(TAKEOVER))),
                _ => Millis::NEVER,
            };
        }
    }

    /// The page is, or is no longer, visible.
    pub(super) fn seen<J>(&mut self, visible: bool, io: &mut Io<J>) {
        match self.role {
            Role::Leader if self.followed => self.beat(visible, io),
            Role::Follower if visible => {
                self.at = io.now + SILENCE;
                self.takeover_at = Millis::NEVER;
                self.greet(io);
            }
            _ => {}
        }
    }

    /// Does what is due. `true` when the tab has waited long enough to hear of its role, or when it leads and has to
    /// tell again how things are.
    pub(super) fn advance<J>(&mut self, visible: bool, io: &mut Io<J>) -> bool {
        if self.next(visible).0 > io.now {
            return false;
        }
        match self.role {
            Role::Joining => {
                self.at = Millis::NEVER;
                return true;
            }
            Role::Leader => {
                self.at = io.now + BEAT;
                self.beat(visible, io);
                return std::mem::take(&mut self.contradicted);
            }
            // Who comes too late has slept itself, and asks first.
            _ if self.takeover_at <= io.now && io.now <= self.takeover_at + LAST_WORD => {
                self.at = io.now + SILENCE;
                self.takeover_at = Millis::NEVER;
                io.act(Action::Steal);
            }
            _ => {
                self.at = Millis::NEVER;
                self.takeover_at = io.now + LAST_WORD;
                self.greet(io);
            }
        }
        false
    }

    pub(super) fn next(&self, visible: bool) -> (Millis, Why) {
        match self.role {
            // A hidden tab takes nothing away from another one.
            Role::Follower if !visible => (Millis::NEVER, Why::Tabs),
            _ => (self.at.min(self.takeover_at), Why::Tabs),
        }
    }
}
