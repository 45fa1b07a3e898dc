//! Using what was found: which instance a request goes to, whether and when it is tried again, when a failure means
//! that the backend is lost, and what the registry hears of it.
//!
//! A host begins a [call](Usage::begin), asks for its [route](Usage::route), sends, and tells how that
//! [ended](Usage::ended), until the answer is that the call is over. Connections that last (WebSockets, event streams) are
//! calls without an end: they keep their place as long as it holds.

mod call;
mod report;
mod route;

pub use call::{After, CallId, Ended, Kind};
pub use report::{MAX_BYTES, MAX_TALLIES, OUTCOMES, Tally, read, report_to, write};
pub use route::Route;

use crate::backoff::Backoff;
use crate::breaker::{Breaker, State};
use crate::catalog::{Instance, Service};
use crate::rng::Rng;
use crate::snapshot::View;
use crate::time::Millis;
use crate::url::BaseUrl;
use call::Call;

/// How long a circuit stays open, from the first time on.
const OPEN: (Millis, Millis) = (Millis(500), Millis(30_000));
/// Between two of the looks that failures cause.
const LOOK_PAUSE: Millis = Millis(250);
/// The most instances that are remembered, a bit of a call for each; then a new one takes the place of the oldest, and what
/// was under way there counts for it.
const MAX_PLACES: usize = 64;

/// The calls of one page. See the [module](self).
#[derive(Debug)]
pub struct Usage {
    rng: Rng,
    calls: Vec<(CallId, Call)>,
    last_id: u32,
    places: Vec<Place>,
    /// Which of the places is forgotten next.
    oldest: usize,
    wants_look: bool,
    next_look: Millis,
}

/// What is known of an instance that was used.
#[derive(Debug)]
struct Place {
    url: String,
    breaker: Breaker,
    /// What contradicts the registry, since the last report.
    answered: u32,
    failed: u32,
}

impl Usage {
    /// Nothing is under way. `seed` is a random number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            calls: Vec::new(),
            last_id: 0,
            places: Vec::new(),
            oldest: 0,
            wants_look: false,
            next_look: Millis::ZERO,
        }
    }

    /// Whether a failure since the last time says that the backend is lost, so that it is to be looked for at once.
    pub const fn take_look(&mut self) -> bool {
        core::mem::replace(&mut self.wants_look, false)
    }

    /// What the registry that `view` comes from should hear of, and at which URL; what nobody wants to hear is dropped.
    pub fn report(&mut self, view: &View) -> Option<(String, Vec<Tally>)> {
        let mut tallies = Vec::new();
        for place in &mut self.places {
            let (answered, failed) = (place.answered, place.failed);
            (place.answered, place.failed) = (0, 0);
            if (answered > 0 || failed > 0)
                && tallies.len() < MAX_TALLIES
                && let Ok(url) = BaseUrl::parse(&place.url)
            {
                tallies.push(Tally {
                    url,
                    answered,
                    failed,
                });
            }
        }
        if tallies.is_empty() {
            return None;
        }
        report_to(view).map(|to| (to, tallies))
    }

    fn known(&self, url: &str) -> Option<usize> {
        self.places.iter().position(|it| it.url == url)
    }

    /// Where `url` is remembered, from now on at the latest.
    fn place(&mut self, url: &str) -> usize {
        if let Some(at) = self.known(url) {
            return at;
        }
        let place = Place {
            url: url.to_owned(),
            breaker: Breaker::new(Backoff::new(OPEN.0, OPEN.1, 3)),
            answered: 0,
            failed: 0,
        };
        let at = self.oldest;
        self.oldest = (at + 1) % MAX_PLACES;
        match self.places.get_mut(at) {
            Some(oldest) => *oldest = place,
            None => self.places.push(place),
        }
        at
    }

    fn state(&self, url: &str) -> State {
        let known = self.known(url).and_then(|at| self.places.get(at));
        known.map_or(State::Closed, |it| it.breaker.state())
    }

    /// Whether the circuit of `url` lets a request pass.
    fn passes(&self, now: Millis, url: &str) -> bool {
        match self.state(url) {
            State::Closed => true,
            State::Open(until) | State::HalfOpen(until) => until <= now,
        }
    }

    /// Whether `url` is one of these places.
    fn is_among(&self, places: u64, url: &str) -> bool {
        self.known(url).is_some_and(|at| places >> at & 1 == 1)
    }

    /// Until when the call leaves `url` alone, as it was asked to.
    fn spared_until(&self, call: &Call, url: &str) -> Millis {
        if self.is_among(call.asked, url) {
            call.asked_until.max(call.all_until)
        } else {
            call.all_until
        }
    }
}

/// The instances of the service of this name; without a name, of the service that runs at the page's base URL.
fn instances<'v>(view: &'v View, service: &str) -> &'v [Instance] {
    let is = |it: &&Service| match service {
        "" => it
            .instances
            .iter()
            .any(|it| it.url.as_str() == view.base_url),
        name => it.name.as_str() == name,
    };
    view.services
        .iter()
        .find(is)
        .map_or(&[], |it| it.instances.as_slice())
}
