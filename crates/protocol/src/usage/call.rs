//! One call: what is known of its tries, and whether there is another one.

use super::{LOOK_PAUSE, Usage, instances};
use crate::backoff::Backoff;
use crate::breaker::{Outcome, State};
use crate::catalog::{HealthClass, Instance};
use crate::method::Method;
use crate::snapshot::View;
use crate::time::Millis;

/// The pauses between the tries of a request.
const RETRY: (Millis, Millis) = (Millis(150), Millis(3_000));
/// The pauses before a broken connection is opened again.
const REOPEN: (Millis, Millis) = (Millis(300), Millis(30_000));
/// The statuses that another try may change (RFC 9110 sections 15.5.9 and 15.6, RFC 6585 section 4).
const PASSING: [u16; 6] = [408, 429, 500, 502, 503, 504];

/// Names a call. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallId(pub u32);

/// What kind of call it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One answer is wanted.
    Request {
        /// What is sent; only an idempotent method is sent twice (RFC 9110 section 9.2.2).
        method: Method,
        /// Whether its content can be sent again: a stream that was read cannot.
        replayable: bool,
        /// How often it may be tried again.
        retries: u32,
        /// When nobody waits for it any more.
        deadline: Millis,
    },
    /// A connection that is kept, and opened again whenever it breaks. It neither asks nor tells the circuits: that one path
    /// lets nobody connect says nothing of the others, and its pauses protect the instance already.
    Connection,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With an answer, or with an open connection (status 101 or 200).
    Answered {
        /// Its status.
        status: u16,
        /// How long the server asks to be left alone (RFC 9110 section 10.2.3).
        retry_after: Option<Millis>,
    },
    /// Nobody answered; or the connection broke.
    Unreachable,
    /// There was no answer in the time that the route gave.
    TimedOut,
    /// Nothing was sent: there was no route.
    Barred,
    /// Nobody waits for it any more.
    Abandoned,
}

/// What comes after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing: the call ends as its last try did. A connection that is open stays a call.
    Over,
    /// Another try, after this pause.
    Again(Millis),
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) service: String,
    pub(super) kind: Kind,
    /// The place where it is: being tried, or for a connection open. None between two tries.
    pub(super) at: Option<usize>,
    /// The places where it was tried, without success: a bit for each.
    pub(super) tried: u64,
    /// The places that asked it to leave them alone, a bit for each, and until when; until when all of them are left alone.
    pub(super) asked: u64,
    pub(super) asked_until: Millis,
    pub(super) all_until: Millis,
    tries: u32,
    previous: Millis,
}

impl Call {
    /// Whether it may be sent again.
    pub(super) fn may_repeat(&self) -> bool {
        match self.kind {
            Kind::Connection => true,
            Kind::Request {
                method,
                replayable,
                retries,
                ..
            } => method.is_idempotent() && replayable && self.tries < retries,
        }
    }

    pub(super) const fn left(&self, now: Millis) -> Millis {
        match self.kind {
            Kind::Request { deadline, .. } => Millis(deadline.0.saturating_sub(now.0)),
            Kind::Connection => Millis::NEVER,
        }
    }
}

impl Usage {
    /// Begins a call of `service`; empty: of what runs at the page's base URL.
    pub fn begin(&mut self, service: &str, kind: Kind) -> CallId {
        self.last_id = self.last_id.wrapping_add(1);
        let id = CallId(self.last_id);
        let call = Call {
            service: service.to_owned(),
            kind,
            at: None,
            tried: 0,
            asked: 0,
            asked_until: Millis::ZERO,
            all_until: Millis::ZERO,
            tries: 0,
            previous: Millis::ZERO,
        };
        self.calls.push((id, call));
        id
    }

    /// Takes in how the last try of a call ended, and says what comes next.
    pub fn ended(&mut self, now: Millis, id: CallId, ended: Ended, view: &View) -> After {
        let Some(place) = self.calls.iter().position(|(it, _)| *it == id) else {
            return After::Over;
        };
        let (_, mut call) = self.calls.swap_remove(place);
        let instances = instances(view, &call.service);
        self.take_in(now, &call, ended, instances);
        let lasts = call.kind == Kind::Connection && ended != Ended::Abandoned;
        let after = if matches!(ended, Ended::Answered { .. }) && lasts {
            call.previous = Millis::ZERO;
            call.tried = 0;
            After::Over
        } else {
            self.after(now, &mut call, ended, instances, &view.base_url)
        };
        if lasts || after != After::Over {
            self.calls.push((id, call));
        }
        after
    }

    /// What a try says of the instance.
    fn take_in(&mut self, now: Millis, call: &Call, ended: Ended, instances: &[Instance]) {
        let Some(place) = call.at.and_then(|at| self.places.get_mut(at)) else {
            return;
        };
        let failed = match ended {
            Ended::Answered { status, .. } => status >= 500,
            Ended::Unreachable | Ended::TimedOut => true,
            Ended::Barred => return,
            Ended::Abandoned => {
                if call.kind != Kind::Connection {
                    place.breaker.release(now);
                }
                return;
            }
        };
        // The registry hears of what contradicts it.
        let listed = instances.iter().find(|it| it.url.as_str() == place.url);
        if failed && listed.is_some() {
            place.failed += 1;
        } else if listed.is_some_and(|it| it.health == HealthClass::Unhealthy) {
            place.answered += 1;
        }
        if call.kind != Kind::Connection {
            let outcome = if failed {
                Outcome::Failure
            } else {
                Outcome::Success
            };
            place.breaker.record(now, outcome, &mut self.rng);
        }
        if ended == Ended::Unreachable && self.next_look <= now {
            self.wants_look = true;
            self.next_look = now + LOOK_PAUSE;
        }
    }

    fn after(
        &mut self,
        now: Millis,
        call: &mut Call,
        ended: Ended,
        instances: &[Instance],
        base: &str,
    ) -> After {
        let is_final = match ended {
            Ended::Answered { status, .. } => !PASSING.contains(&status),
            Ended::Abandoned => true,
            Ended::Unreachable | Ended::TimedOut | Ended::Barred => false,
        };
        // Woken early, it has not had the try that it was promised.
        let waits = ended == Ended::Barred && now < call.all_until.max(call.asked_until);
        if is_final || !(waits || call.may_repeat()) {
            return After::Over;
        }
        call.tries += u32::from(!waits);
        let place = call.at.take().map_or(0, |at| 1 << at);
        call.tried |= place;
        let asks = match ended {
            Ended::Answered {
                status,
                retry_after: Some(wait),
            } => {
                // Too many requests are too many wherever they go.
                if status == 429 {
                    call.all_until = now + wait;
                } else {
                    if call.asked_until <= now {
                        call.asked = 0;
                    }
                    call.asked |= place;
                    call.asked_until = call.asked_until.max(now + wait);
                }
                true
            }
            _ => ended == Ended::Barred,
        };
        let pauses = match call.kind {
            Kind::Request { .. } => RETRY,
            Kind::Connection => REOPEN,
        };
        let mut backoff = Backoff::new(pauses.0, pauses.1, 3).after(call.previous);
        call.previous = backoff.next(&mut self.rng);
        let pause = if self.is_elsewhere(now, call, instances) {
            // A healthy instance that was not tried yet need not be spared.
            Millis::ZERO
        } else if asks {
            (self.first_free(call, instances, base) - now).max(call.previous)
        } else {
            call.previous
        };
        if pause < call.left(now) {
            After::Again(pause)
        } else {
            After::Over
        }
    }

    /// Whether there is an instance that the call has not tried, and that nothing speaks against.
    pub(super) fn is_elsewhere(&self, now: Millis, call: &Call, instances: &[Instance]) -> bool {
        instances.iter().any(|it| {
            let url = it.url.as_str();
            it.health > HealthClass::Unhealthy
                && (call.at.is_none() || self.known(url) != call.at)
                && !self.is_among(call.tried, url)
                && self.spared_until(call, url) <= now
                && self.passes(now, url)
        })
    }

    /// When the first of the instances may be asked. A circuit that is being tried may let a request pass at any time.
    fn first_free(&self, call: &Call, instances: &[Instance], base: &str) -> Millis {
        let of = |url: &str| {
            let open = match self.state(url) {
                State::Open(until) => until,
                State::Closed | State::HalfOpen(_) => Millis::ZERO,
            };
            open.max(self.spared_until(call, url))
        };
        let listed = instances.iter().map(|it| of(it.url.as_str())).min();
        listed.unwrap_or_else(|| of(base))
    }
}
