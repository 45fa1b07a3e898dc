//! Judges who leads over time: only while nothing has disturbed the browser can be said how long a change may take.

use super::{Run, Simulation};
use crate::invariant::Invariant;
use crate::visit::Role;

/// How long nobody may lead after a close or a crash.
const AFTER_A_CLOSE: u64 = 1_000;
/// And after a tab was frozen, or while one is.
const AFTER_A_FREEZE: u64 = 5_000;
/// How long a hidden tab may lead while a visible one follows.
const AFTER_HIDING: u64 = 1_000;
/// After so long without a disturbance every tab has heard of a leader that lives.
const SETTLED: u64 = 6_000;
/// For so long a follower relies on the sign of life of a leader in front.
const RELIED_ON: u64 = 3_000;

#[derive(Debug, Default)]
pub(super) struct Quiet {
    disturbed: u64,
    /// Since when nobody leads although somebody could.
    unled: Option<u64>,
    /// Since when a hidden tab leads although a visible one follows.
    hidden: Option<u64>,
}

impl Quiet {
    /// Something happens that may move the lead.
    pub(super) fn disturb(&mut self, now: u64) {
        self.disturbed = self.disturbed.max(now);
    }
}

impl Simulation<'_> {
    /// Judges the time until `end`, in which nothing happens.
    pub(super) fn judge_leadership(&mut self, end: u64) -> Run {
        if self.tabs.is_empty() {
            return Ok(());
        }
        let now = self.now;
        self.note_thaws();
        let attentive = |it: &&crate::tab::Tab<_>| it.is_attentive(now, self.clock, &self.setup);
        let mut ready = self.tabs.iter().filter(attentive);
        let leader = self.leader();
        let hidden = leader.is_some_and(|it| !self.tabs[it].visible)
            && ready.clone().any(|it| it.visit.role == Role::Follower);
        let unled = leader.is_none() && ready.any(|it| it.visit.role != Role::Alone);
        let since = |since: &mut Option<u64>, holds: bool| {
            *since = holds.then(|| since.unwrap_or(now));
            *since
        };
        let unled = since(&mut self.quiet.unled, unled);
        let hidden = since(&mut self.quiet.hidden, hidden);
        let frozen = self.tabs.iter().any(|it| it.is_frozen(now));
        let patience = if frozen {
            AFTER_A_FREEZE
        } else {
            AFTER_A_CLOSE
        };
        let late = |since: Option<u64>, patience| {
            since.is_some_and(|it| end > it.max(self.quiet.disturbed) + patience)
        };
        if late(unled, patience) {
            let what = format!("nobody leads since {unled:?}, although somebody could");
            return Err(self.broken((Invariant::SomebodyLeads, what)));
        }
        if late(hidden, AFTER_HIDING) {
            let what =
                format!("a hidden tab leads since {hidden:?}, although a visible one follows");
            return Err(self.broken((Invariant::HiddenLeaderYields, what)));
        }
        Ok(())
    }

    fn note_thaws(&mut self) {
        for tab in &self.tabs {
            if tab.open && tab.frozen_until <= self.now {
                self.quiet.disturb(tab.frozen_until);
            }
        }
    }

    /// Nobody robs a leader that lives.
    pub(super) fn judge_steal(&mut self, thief: usize) -> Run {
        self.note_thaws();
        let Some(leader) = self.leader().filter(|it| *it != thief) else {
            return Ok(());
        };
        let lives = self.tabs[leader].is_attentive(self.now, self.clock, &self.setup);
        if !self.tabs[leader].visible {
            self.reached.mark("a hidden leader yielded");
        }
        let heard = self.tabs[thief].heard_leader;
        let knows = heard.is_some_and(|it| self.now < it + RELIED_ON);
        if lives && (knows || self.now > self.quiet.disturbed + SETTLED) {
            let what = format!("tab {thief} robs tab {leader}, which lives and is in front");
            return Err(self.broken((Invariant::LivingLeaderStays, what)));
        }
        Ok(())
    }
}
