//! One visit among several: which part it plays, and what it hears from the others.

use super::{Effect, Visit};
use crate::document::Stamp;
use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use crate::model::{Held, Relayed};
use crate::schedule::Sharing;
use landfall_protocol::id;
use landfall_protocol::resolver::{Lock, Message};
use landfall_protocol::snapshot::Snapshot;
use std::rc::Rc;

/// The part that a tab plays, as far as it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It does not share, or cannot.
    Alone,
    /// It has asked for the lock.
    Joining,
    Leader,
    Follower,
    /// It is in the back/forward cache.
    Away,
}

/// What one tab tells the others.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    Hello {
        consent: bool,
    },
    Lead {
        live: bool,
    },
    Beat {
        visible: bool,
        consent: bool,
    },
    Snapshot(Shared, Relayed),
    /// Something newer is known than what was told.
    Newer(id::Stamp, Stamp),
}

impl Told {
    pub(crate) fn message(&self) -> Message<Shared> {
        match self {
            Self::Hello { consent } => Message::Hello { consent: *consent },
            Self::Lead { live } => Message::Lead { live: *live },
            Self::Beat { visible, consent } => Message::Beat {
                visible: *visible,
                consent: *consent,
            },
            Self::Snapshot(json, _) => Message::Snapshot(json.clone()),
            Self::Newer(stamp, _) => Message::Newer(stamp.clone()),
        }
    }
}

impl Visit {
    /// Whether it has a request or a stream open.
    pub(crate) fn talks(&self) -> bool {
        !self.in_flight.is_empty() || self.stream.is_some()
    }

    /// Whether it has to search while nothing live is known: the leader, or whoever is alone; and whoever was not told in
    /// time, once it has begun.
    pub(super) fn searches(&self) -> bool {
        match self.role {
            Role::Alone | Role::Leader => true,
            Role::Joining => self.asked_unled,
            Role::Follower | Role::Away => false,
        }
    }

    pub(super) fn starting_role(&self) -> Role {
        match self.setup.sharing {
            Sharing::Off => Role::Alone,
            Sharing::On | Sharing::Unsupported => Role::Joining,
        }
    }

    pub(super) fn set_role(&mut self, role: Role) {
        self.role = role;
        self.asked_unled = false;
        match role {
            Role::Joining | Role::Follower | Role::Away => self.model.linked = false,
            Role::Leader | Role::Alone => self.go_on(),
        }
    }

    pub(super) fn told_lock(&mut self, lock: Lock) {
        match (self.role, lock) {
            (Role::Alone | Role::Away, _) => {}
            (_, Lock::Granted) => {
                if self.role == Role::Follower {
                    self.reached.mark("a follower took over");
                }
                self.set_role(Role::Leader);
            }
            (_, Lock::Taken) => self.set_role(Role::Follower),
            (_, Lock::Unsupported) => self.set_role(Role::Alone),
        }
    }

    /// Tells the model what another tab relays, before the machine gets it.
    pub(crate) fn hear_relay(&mut self, relayed: &Relayed) {
        if self.model.linked || self.closed {
            if self.role == Role::Leader {
                self.reached.mark("a leader was contradicted");
            }
            return;
        }
        if matches!(relayed, Relayed::Lost(_)) && self.model.live.is_some() {
            self.reached.mark("a relayed value was lost");
        }
        if !self.model.relay(relayed) {
            self.reached.mark("a relay was older");
        }
        if self.role == Role::Leader && self.model.live.is_some() {
            self.reached.mark("a leader learnt from a follower");
            self.go_on();
        }
    }

    /// It leads and goes on from what other tabs found; what it may not ask itself, it cannot say to be live.
    fn go_on(&mut self) {
        let live = self.model.live.as_ref().and_then(|it| it.origin.clone());
        self.model.linked = live.is_some();
        if live.is_some_and(|it| self.is_barred_url(&it)) {
            self.reached
                .mark("a leader may not ask what another tab found");
            self.model.lose();
        }
    }

    /// Tells the model what another tab knows, before the machine gets it.
    pub(crate) fn hear_newer(&mut self, stamp: Stamp) {
        if !self.closed && self.model.learn(stamp) {
            self.reached
                .mark("a tab learnt that what it has is outdated");
        }
    }

    /// Posts what it has to tell, with the truth about it.
    pub(super) fn tell(&mut self) -> Checked {
        let before = self.truth.take();
        if self.setup.sharing == Sharing::On {
            self.truth = self.shown.as_ref().map(|shown| match &before {
                Some((snapshot, truth)) if Rc::ptr_eq(snapshot, shown) => {
                    (Rc::clone(shown), truth.clone())
                }
                _ => (Rc::clone(shown), self.relayed(shown)),
            });
        }
        for message in std::mem::take(&mut self.posts) {
            let told = match message {
                Message::Hello { consent } => {
                    self.judge_consent(consent)?;
                    Told::Hello { consent }
                }
                Message::Lead { live } => Told::Lead { live },
                Message::Beat { visible, consent } => {
                    self.judge_consent(consent)?;
                    Told::Beat { visible, consent }
                }
                Message::Snapshot(snapshot) => {
                    let known = [&before, &self.truth].into_iter().flatten();
                    let mut known = known.filter(|it| Rc::ptr_eq(&it.0, &snapshot));
                    let truth = known
                        .next()
                        .map_or_else(|| self.relayed(&snapshot), |it| it.1.clone());
                    let Some(truth) = truth else {
                        let what = format!("{} is told to other tabs", snapshot.view.status);
                        return Err((Invariant::FollowersAgree, what));
                    };
                    Told::Snapshot(snapshot.to_json(), truth)
                }
                Message::Newer(stamp) => {
                    let newest = self.model.newest(stamp.epoch.registry());
                    let same =
                        |it: &Stamp| (it.boot, it.revision) == (stamp.epoch.boot(), stamp.revision);
                    let Some(truth) = newest.filter(same) else {
                        let what =
                            format!("{stamp:?} is told to other tabs, which is not the newest");
                        return Err((Invariant::FollowersAgree, what));
                    };
                    Told::Newer(stamp, truth)
                }
            };
            self.effects.push(Effect::Post(told));
        }
        Ok(())
    }

    fn judge_consent(&self, told: bool) -> Checked {
        ensure(told == self.consent, Invariant::ConsentIsShared, || {
            format!("consent {told} is told where {} is known", self.consent)
        })
    }

    /// What others are to be told of a snapshot: what is, or was, live.
    fn relayed(&self, snapshot: &Snapshot<Shared>) -> Option<Relayed> {
        match snapshot.view.status {
            "live" => self.model.live.clone().map(Relayed::Live),
            "stale" => self.model.lost_value().cloned().map(Relayed::Lost),
            _ => None,
        }
    }

    /// Whether a follower has what its leader has, live or lost; nothing is under way between them.
    pub(crate) fn agrees_with(&self, leader: &Self) -> bool {
        let (mine, theirs) = (&self.model, &leader.model);
        let same = |mine: Option<&Held>, theirs: &Held| {
            mine.is_some_and(|mine| {
                mine.origin == theirs.origin
                    && mine.rung == theirs.rung
                    && mine.document.says_the_same(&theirs.document)
            })
        };
        if let Some(live) = &theirs.live {
            // What is older than what it has seen itself is no news to a tab.
            return same(mine.live.as_ref(), live) || mine.knows_newer(live);
        }
        let lost = |it| same(mine.lost_value(), it) || mine.knows_newer(it);
        mine.live.is_none() && theirs.lost_value().is_none_or(lost)
    }
}
