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
use crate::breaker::{Breaker, Outcome, State};
use crate::catalog::{HealthClass, Instance, Service};
use crate::rng::Rng;
use crate::snapshot::View;
use crate::time::Millis;
use crate::url::BaseUrl;
use call::Call;

/// How long a circuit stays open, from the first time on.
const OPEN: (Millis, Millis) = (Millis(500), Millis(30_000));
/// Between two of the looks that failures cause.
const LOOK_PAUSE: Millis = Millis(250);
/// The most instances whose circuits are kept: only those that have failed have one.
const MAX_CIRCUITS: usize = 64;

/// The calls of one page. See the [module](self).
#[derive(Debug)]
pub struct Usage {
    rng: Rng,
    calls: Vec<(CallId, Call)>,
    last_id: u32,
    circuits: Vec<(String, Breaker)>,
    tallies: Vec<Tally>,
    wants_look: bool,
    next_look: Millis,
}

impl Usage {
    /// Nothing is under way. `seed` is a random number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            rng: Rng::new(seed),
            calls: Vec::new(),
            last_id: 0,
            circuits: Vec::new(),
            tallies: Vec::new(),
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
        let tallies = core::mem::take(&mut self.tallies);
        (!tallies.is_empty())
            .then(|| report_to(view))
            .flatten()
            .map(|to| (to, tallies))
    }

    fn state(&self, url: &str) -> State {
        let known = self.circuits.iter().find(|(known, _)| known == url);
        known.map_or(State::Closed, |(_, breaker)| breaker.state())
    }

    /// Whether the circuit of `url` lets a request pass.
    fn passes(&self, now: Millis, url: &str) -> bool {
        match self.state(url) {
            State::Closed => true,
            State::Open(until) | State::HalfOpen(until) => until <= now,
        }
    }

    /// Tells the circuit of `url` how a request ended.
    fn record(&mut self, now: Millis, url: &str, outcome: Outcome) {
        let known = self.circuits.iter().position(|(known, _)| known == url);
        let at = match known {
            Some(at) => at,
            // Who never failed needs no circuit.
            None if outcome == Outcome::Success => return,
            None => {
                if self.circuits.len() >= MAX_CIRCUITS {
                    self.circuits.remove(0);
                }
                let breaker = Breaker::new(Backoff::new(OPEN.0, OPEN.1, 3));
                self.circuits.push((url.to_owned(), breaker));
                self.circuits.len() - 1
            }
        };
        if let Some((_, breaker)) = self.circuits.get_mut(at) {
            breaker.record(now, outcome, &mut self.rng);
        }
    }

    /// Counts for the registry what may contradict what it says of an instance.
    fn tally(&mut self, url: &str, failed: bool, instances: &[Instance]) {
        let Some(instance) = instances.iter().find(|it| it.url.as_str() == url) else {
            return;
        };
        if !failed && instance.health != HealthClass::Unhealthy {
            return;
        }
        let known = self.tallies.iter().position(|it| it.url == instance.url);
        let at = known.unwrap_or_else(|| {
            if self.tallies.len() < MAX_TALLIES {
                self.tallies.push(Tally::of(&instance.url));
            }
            self.tallies.len() - 1
        });
        if let Some(tally) = self.tallies.get_mut(at).filter(|it| it.url == instance.url) {
            tally.add(failed);
        }
    }
}

/// The instances of the service of this name; without a name, of the service that runs at the page's base URL.
fn instances<'v>(view: &'v View, service: &str) -> &'v [Instance] {
    let is = |it: &&Service| match service {
        "" => it.instances.iter().any(|it| is_at(&it.url, &view.base_url)),
        name => it.name.as_str() == name,
    };
    view.services
        .iter()
        .find(is)
        .map_or(&[], |it| it.instances.as_slice())
}

fn is_at(url: &BaseUrl, text: &str) -> bool {
    url.as_str() == text
}
