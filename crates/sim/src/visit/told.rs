//! What the page is told of itself: seen or hidden, online, permitted, and which of the tabs it is.

use super::{Moment, Role, Visit};
use crate::json::Shared;
use crate::nearness::{Permissions, is_mixed};
use landfall_protocol::resolver::{Input, Message};

impl Visit {
    /// Whether a candidate may not be asked from where the page is.
    pub(super) fn is_barred(&self, candidate: usize) -> bool {
        let url = self.setup.origins[candidate].url;
        self.is_barred_url(url) || is_mixed(self.setup.page, url)
    }

    pub(super) fn is_barred_url(&self, url: &str) -> bool {
        self.permissions.bars(self.setup.page, url)
    }

    pub(super) fn tell_model(&mut self, moment: Moment<'_>, input: &Input<Shared>) {
        match input {
            Input::Start => {
                self.set_role(self.starting_role());
                self.model.start(self.kept.as_ref());
            }
            Input::Lock(lock) => self.told_lock(*lock),
            Input::Leave => self.set_role(Role::Away),
            Input::Return => self.set_role(self.starting_role()),
            Input::Looked(_) => self.model.look(moment.inline),
            Input::Visible(visible) => self.visible = *visible,
            Input::Online(online) => self.online = *online,
            Input::Access(access) => self.permit(Permissions {
                loopback: access.loopback,
                network: access.network,
            }),
            Input::NotKept => self.model.refused_record = true,
            Input::Consent => {
                if self.role == Role::Follower {
                    self.reached.mark("the user's word was given to a follower");
                }
                self.take_consent();
            }
            Input::Heard(
                Message::Hello { consent: true } | Message::Beat { consent: true, .. },
            ) if !self.consent && !self.closed => {
                if self.role == Role::Leader {
                    self.reached.mark("a leader heard of the user's word");
                }
                self.take_consent();
            }
            _ => {}
        }
    }

    fn take_consent(&mut self) {
        self.consent = true;
        self.permit(Permissions::ALL);
    }

    pub(super) fn permit(&mut self, permissions: Permissions) {
        self.permissions = permissions;
        self.promise.interrupt();
        let live = self.model.live.as_ref().and_then(|it| it.origin.clone());
        if let Some(origin) = live.filter(|it| self.is_barred_url(it)) {
            self.model.doubt(&origin);
        }
    }
}
