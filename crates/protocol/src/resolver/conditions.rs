//! What the browser and its user let the page do now: seen or hidden, online or not, with which permissions; and the
//! wish for a fresh look.

use super::machine::{LOOKS, Resolver};
use crate::json::Json;
use crate::probe::Access;

impl<J: Json> Resolver<J> {
    pub(super) const fn is_active(&self) -> bool {
        self.visible && self.online
    }

    pub(super) fn set_active(&mut self, visible: bool, online: bool) {
        let before = self.is_active();
        if self.visible != visible {
            self.tabs.seen(visible, &mut self.io);
        }
        self.visible = visible;
        self.online = online;
        let active = self.is_active();
        if before == active {
            return;
        }
        match &mut self.link {
            Some(link) => link.set_active(active, &mut self.io),
            None if active && self.tabs.leads() && !self.holdings.is_live() => {
                self.race.hurry(&self.io);
            }
            None => {}
        }
    }

    pub(super) fn permit(&mut self, permitted: Access) {
        let consent = self.tabs.consent;
        let Some(lost) = self.race.permit(permitted, consent, &mut self.io) else {
            return;
        };
        match &mut self.link {
            Some(link) => match self.race.obstacle(&link.origin) {
                Some(reason) => self.lost(reason),
                None if lost => link.ask_anew(&mut self.io),
                None => {}
            },
            None if !lost && self.tabs.leads() => self.race.hurry(&self.io),
            None => {}
        }
    }

    /// The user's word for near places was given, here or in another tab; `false` where it was not.
    pub(super) fn consent(&mut self, given: bool) {
        if given {
            self.tabs.consent = true;
            self.permit(self.race.permitted());
        }
    }

    pub(super) fn refresh(&mut self) {
        self.look(LOOKS.0);
        match &mut self.link {
            Some(link) => link.poll_now(&self.io),
            None if self.tabs.leads() => self.race.hurry(&self.io),
            None => self.tabs.greet(&mut self.io),
        }
    }
}
