//! One candidate of the race: what is known of it, and whose turn it is with.

use super::io::Asking;
use super::options::ORCHESTRATOR_PORT;
use crate::backoff::Backoff;
use crate::probe::Rung;
use crate::reason::Reason;
use crate::time::Millis;
use crate::url::BaseUrl;

/// The pauses of the slow retries: the first and the longest.
const SLOW_PAUSE: (Millis, Millis) = (Millis(1_000), Millis(30_000));
/// Every so many attempts a place is asked in full of which one request seems to tell all: what a browser reports as a failed
/// request, where nobody seems to listen, may be a rule of the browser; a server that fails may do so for one path only.
const FULL_EVERY: u32 = 6;

pub(super) struct Contender {
    pub(super) origin: BaseUrl,
    /// What worked there before.
    pub(super) rung: Option<Rung>,
    pub(super) asking: Option<Asking>,
    pub(super) at: Millis,
    pub(super) attempts: u32,
    /// Whether it has answered since the race began.
    pub(super) heard: bool,
    /// Whether its first answer could not be read, and it is still to be seen whether anybody is there.
    pub(super) doubtful: bool,
    pub(super) backoff: Backoff,
    pub(super) reason: Option<Reason>,
    /// What it answered to everything that it was asked in the last attempt.
    pub(super) alike: Option<Reason>,
}

/// What a candidate is, which says who starts together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The page's own origin and the daemon, on this machine: where a catalog is, if there is one.
    Place,
    /// Another port of this machine, one of several for the same backend: to ask them one by one would save a listener
    /// that is not meant a request, and cost the page its time.
    Port,
    /// What worked before, or is elsewhere: alone.
    One,
}

impl Contender {
    pub(super) fn new(origin: &BaseUrl) -> Self {
        Self {
            origin: origin.clone(),
            rung: None,
            asking: None,
            at: Millis::NEVER,
            attempts: 0,
            heard: false,
            doubtful: false,
            backoff: Backoff::new(SLOW_PAUSE.0, SLOW_PAUSE.1, 2),
            reason: None,
            alike: None,
        }
    }

    pub(super) fn kind(&self, page: Option<&BaseUrl>) -> Kind {
        if self.rung.is_some() || !self.origin.is_loopback() {
            Kind::One
        } else if page == Some(&self.origin) || self.origin == BaseUrl::localhost(ORCHESTRATOR_PORT)
        {
            Kind::Place
        } else {
            Kind::Port
        }
    }

    /// Whether it has been asked and has not said anything.
    pub(super) const fn is_promising(&self) -> bool {
        self.asking.is_some() && !self.heard
    }

    /// Whether its first turn is still to come.
    pub(super) const fn is_waiting(&self) -> bool {
        self.is_new() && self.asking.is_none()
    }

    /// Whether this attempt goes down the whole ladder, although one request seems to tell all.
    pub(super) const fn is_full(&self) -> bool {
        self.attempts.is_multiple_of(FULL_EVERY)
    }

    pub(super) const fn is_new(&self) -> bool {
        self.attempts == 0 && self.reason.is_none()
    }

    /// Whether its first attempt is still to be made or to be ended, which a hidden page does too.
    pub(super) const fn is_first(&self) -> bool {
        self.is_new() || self.doubtful
    }

    pub(super) fn is_due(&self, now: Millis, active: bool) -> bool {
        self.asking.is_none() && self.at <= now && (active || self.is_first())
    }
}
