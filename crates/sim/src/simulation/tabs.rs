//! Tabs come and go, and share a lock and a channel: what the browser does for `src/effects/tabs.rs`, and that host.

use super::delivery::Content;
use super::{Run, Simulation};
use crate::invariant::Invariant;
use crate::locks::{LockNews, Request};
use crate::model::Given;
use crate::schedule::Setup;
use crate::serve;
use crate::tab::Tab;
use crate::visit::{Role, Told};
use landfall_protocol::resolver::{Input, Lock};
use std::rc::Rc;

/// The most tabs that are open at once.
const MAX_TABS: usize = 5;
/// The most tabs that are ever opened.
const MAX_OPENED: usize = 9;

impl Simulation<'_> {
    /// A tab is opened: its page is there at once, its engine on its way.
    pub(super) fn open_tab(&mut self) {
        let open = self.tabs.iter().filter(|it| it.open).count();
        if open >= MAX_TABS || self.tabs.len() >= MAX_OPENED {
            return;
        }
        let (visit, number) = self.visit();
        let first = self.tabs.is_empty();
        let mut tab = Tab::new(visit, number, self.now, inline(&self.setup));
        tab.visible = if first { self.setup.visible } else { true };
        self.tabs.push(tab);
        self.open_page(self.tabs.len() - 1);
    }

    pub(super) fn open_page(&mut self, tab: usize) {
        let setup = Rc::clone(&self.setup);
        self.say(tab, || "** opened".to_owned());
        for manner in &setup.early {
            self.tabs[tab].visit.store.subscribe(*manner);
        }
        self.send(tab, setup.engine_after, Content::Start);
        self.send(tab, setup.timeout, Content::Watchdog);
        self.quiet.disturb(self.now);
    }

    /// The page is loaded again.
    pub(super) fn reload(&mut self, tab: usize) -> Run {
        self.pagehide(tab)?;
        self.release(tab);
        self.sum_up(tab);
        let (visit, number) = self.visit();
        let it = &mut self.tabs[tab];
        let (visible, turn) = (it.visible, it.turn);
        *it = Tab::new(visit, number, self.now, inline(&self.setup));
        (it.visible, it.turn) = (visible, turn);
        self.reached.mark("the page came again");
        self.open_page(tab);
        Ok(())
    }

    /// The tab is closed: its page is told, in time or not at all.
    pub(super) fn close_tab(&mut self, tab: usize) -> Run {
        self.pagehide(tab)?;
        self.crash(tab);
        Ok(())
    }

    pub(super) fn crash(&mut self, tab: usize) {
        self.reached.mark("a tab was closed or crashed");
        self.tabs[tab].open = false;
        self.tabs[tab].wake = None;
        self.tabs[tab].channel = None;
        self.quiet.disturb(self.now);
        self.release(tab);
    }

    /// What the host hears when its page goes: it still counts as visible then, and is told that it is not.
    fn pagehide(&mut self, tab: usize) -> Run {
        let it = &self.tabs[tab];
        if it.runs(self.now) && it.started && !it.visit.closed {
            self.step(tab, Input::Visible(false))?;
            self.step(tab, Input::Leave)?;
        }
        Ok(())
    }

    /// The page goes into the back/forward cache.
    pub(super) fn go_away(&mut self, tab: usize) -> Run {
        self.pagehide(tab)?;
        self.tabs[tab].away = true;
        self.tabs[tab].wake = None;
        self.quiet.disturb(self.now);
        self.judge_tabs()
    }

    /// And is back: what was held back meanwhile reaches it.
    pub(super) fn come_back(&mut self, tab: usize) -> Run {
        let it = &mut self.tabs[tab];
        it.away = false;
        it.visit.promise.interrupt();
        self.send(tab, 0, Content::Thaw);
        self.quiet.disturb(self.now);
        let it = &self.tabs[tab];
        if it.started && !it.visit.closed {
            self.reached.mark("a page came back from the cache");
            let (visible, online) = (it.visible, self.world.online);
            self.step(tab, Input::Visible(visible))?;
            self.step(tab, Input::Online(online))?;
            self.step(tab, Input::Return)?;
        }
        Ok(())
    }

    /// The host asks for the lock and opens the channel.
    pub(super) fn join(&mut self, tab: usize) {
        let it = &mut self.tabs[tab];
        it.channels += 1;
        it.channel = Some(it.channels);
        let request = self.ask(tab);
        self.locks.if_available(request);
        self.tell_locks();
    }

    pub(super) fn let_go(&mut self, tab: usize) {
        self.tabs[tab].channel = None;
        self.tabs[tab].turn += 1;
        self.release(tab);
    }

    pub(super) fn steal(&mut self, tab: usize) -> Run {
        self.say(tab, || "  -> steals the lock".to_owned());
        self.judge_steal(tab)?;
        let request = self.ask(tab);
        self.locks.steal(request);
        self.tell_locks();
        Ok(())
    }

    fn ask(&mut self, tab: usize) -> Request {
        self.tabs[tab].turn += 1;
        let turn = self.tabs[tab].turn;
        Request { tab, turn }
    }

    fn release(&mut self, tab: usize) {
        self.locks.release(tab);
        self.tell_locks();
    }

    fn tell_locks(&mut self) {
        for (Request { tab, turn }, news) in self.locks.take_news() {
            let after = self.lag();
            self.send_awaited(tab, after, Content::Lock(turn, news));
        }
    }

    /// A promise of the lock manager settles.
    pub(super) fn hear_lock(&mut self, tab: usize, turn: u32, news: LockNews) -> Run {
        if self.tabs[tab].turn != turn {
            // The host has asked again meanwhile, or has left.
            return self.judge_tabs();
        }
        let lock = match news {
            LockNews::Granted => Lock::Granted,
            LockNews::Unavailable | LockNews::Robbed => Lock::Taken,
        };
        if news == LockNews::Robbed {
            self.reached.mark("a leader was robbed");
        }
        self.step(tab, Input::Lock(lock))?;
        if lock == Lock::Taken && self.tabs[tab].turn == turn {
            let request = self.ask(tab);
            self.locks.in_turn(request);
            self.tell_locks();
        }
        Ok(())
    }

    /// A message goes to every channel but its own, in one order for all; a receiver may be slow.
    pub(super) fn post(&mut self, from: usize, told: &Told) {
        self.say(from, || {
            format!("  -> tells {}", super::telling::brief_told(told))
        });
        if self.tabs[from].channel.is_none() {
            return;
        }
        let told = Rc::new(told.clone());
        for tab in 0..self.tabs.len() {
            let Some(channel) = self.tabs[tab].channel.filter(|_| tab != from) else {
                continue;
            };
            let at = (self.now + self.lag()).max(self.tabs[tab].heard_until);
            self.tabs[tab].heard_until = at;
            self.send_awaited(
                tab,
                at - self.now,
                Content::Message(channel, Rc::clone(&told)),
            );
        }
    }

    /// How long the browser takes to tell one tab of another.
    fn lag(&mut self) -> u64 {
        if self.setup.lag == 0 {
            return 0;
        }
        let most = self.setup.lag;
        self.dice(self.setup.origins.len() + 2).below(most + 1)
    }

    /// What must hold at once, whenever nothing is under way between the tabs.
    pub(super) fn judge_tabs(&self) -> Run {
        if self.tabs.len() < 2 && !self.tabs.iter().any(|it| it.away) {
            return Ok(());
        }
        self.judge_away()?;
        let told = |it: &Tab<_>| !it.runs(self.now) || it.awaited == 0;
        if !self.tabs.iter().all(told) {
            return Ok(());
        }
        let shares = |it: &&Tab<_>| it.runs(self.now) && it.visit.role != Role::Alone;
        let talkers = self
            .tabs
            .iter()
            .filter(shares)
            .filter(|it| it.visit.talks());
        let talkers = talkers.count();
        if talkers > 1 {
            let what = format!("{talkers} tabs talk to the network, and each was told who leads");
            return Err(self.broken((Invariant::OneTabTalks, what)));
        }
        self.judge_followers()
    }

    fn judge_away(&self) -> Run {
        for (index, tab) in self.tabs.iter().enumerate() {
            if !tab.open || !tab.away && !tab.visit.closed {
                continue;
            }
            let locked = self.locks.holder() == Some(index) || self.locks.is_in_queue(index);
            if locked || tab.channel.is_some() || tab.visit.talks() {
                let what = format!("tab {index} is away, and holds a lock, a channel or a request");
                return Err(self.broken((Invariant::AwayHoldsNothing, what)));
            }
        }
        Ok(())
    }

    /// The tab that leads, knows it and runs.
    pub(super) fn leader(&self) -> Option<usize> {
        let holder = self.locks.holder()?;
        let tab = &self.tabs[holder];
        (tab.runs(self.now) && tab.has_role(Role::Leader)).then_some(holder)
    }

    fn judge_followers(&self) -> Run {
        let Some(leader) = self.leader() else {
            return Ok(());
        };
        for (index, tab) in self.tabs.iter().enumerate() {
            let follows = tab.runs(self.now) && tab.has_role(Role::Follower);
            let consent = self.tabs[leader].visit.consent;
            if follows && tab.visit.consent != consent {
                let what = format!(
                    "the user's word is given in tab {index}: {}, and in tab {leader}, which leads: {consent}",
                    tab.visit.consent
                );
                return Err(self.broken((Invariant::ConsentIsShared, what)));
            }
            if follows && !tab.visit.agrees_with(&self.tabs[leader].visit) {
                let shown = |at: usize| {
                    let view = self.tabs[at].visit.snapshot().map(|it| &it.view);
                    view.map(|it| (it.status, it.origin.as_deref()))
                };
                let what = format!(
                    "tab {index} shows {:?}, and tab {leader}, which leads, {:?}",
                    shown(index),
                    shown(leader)
                );
                return Err(self.broken((Invariant::FollowersAgree, what)));
            }
        }
        Ok(())
    }
}

/// What lies in a page when it is loaded.
fn inline(setup: &Setup) -> Vec<Given> {
    setup.inline.iter().map(|it| serve::handed(*it)).collect()
}
