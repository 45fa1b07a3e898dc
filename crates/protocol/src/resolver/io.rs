//! The desk that all parts of a resolver work at: the time, the dice, the outgoing tray, the records.

use super::action::{Action, RequestId, StreamId};
use super::trace::{Entry, Ring, Sent};
use crate::json::Json;
use crate::probe::{Answer, Failure, Found, Ladder, Probe, Step};
use crate::reason::Reason;
use crate::rng::Rng;
use crate::time::Millis;

/// How long one request may take. Longer than any deadline of a page, so that a slow backend is still
/// found; short enough that a hanging one is asked again.
pub(super) const REQUEST_TIMEOUT: Millis = Millis(2_000);

pub(super) struct Io<J> {
    pub(super) now: Millis,
    pub(super) rng: Rng,
    pub(super) actions: Vec<Action<J>>,
    pub(super) trace: Ring<Entry>,
    pub(super) audit: Ring<Sent>,
    last_id: u32,
}

impl<J> Io<J> {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            now: Millis::ZERO,
            rng: Rng::new(seed),
            actions: Vec::new(),
            trace: Ring::new(),
            audit: Ring::new(),
            last_id: 0,
        }
    }

    pub(super) fn act(&mut self, action: Action<J>) {
        self.actions.push(action);
    }

    fn next_id(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn fetch(&mut self, probe: Probe) -> RequestId {
        let id = RequestId(self.next_id());
        self.audit.sent(self.now, id, &probe);
        self.act(Action::Fetch { id, probe });
        id
    }

    pub(super) fn open_stream(&mut self, url: String) -> StreamId {
        let id = StreamId(self.next_id());
        self.act(Action::OpenStream { id, url });
        id
    }
}

/// A ladder with its one request under way.
pub(super) struct Asking {
    ladder: Ladder,
    id: RequestId,
    /// When its answer is no longer waited for.
    pub(super) deadline: Millis,
}

/// How a ladder goes on after an answer.
pub(super) enum Progress<J> {
    Asking(Asking),
    Found(Box<Found<J>>),
    /// Why, after how many seconds it may be asked again, and what every answer amounted to ([`Ladder::alike`]).
    Nothing(Reason, Option<u32>, Option<Reason>),
}

impl Asking {
    pub(super) fn begin<J>(ladder: Ladder, io: &mut Io<J>) -> Self {
        let id = io.fetch(ladder.begin());
        Self {
            ladder,
            id,
            deadline: io.now + REQUEST_TIMEOUT,
        }
    }

    pub(super) fn is(&self, id: RequestId) -> bool {
        self.id == id
    }

    pub(super) fn answer<J: Json>(
        mut self,
        result: Result<Answer<J>, Failure>,
        io: &mut Io<J>,
    ) -> Progress<J> {
        match self.ladder.answer(result) {
            Step::Ask(probe) => {
                let id = io.fetch(probe);
                Progress::Asking(Self {
                    id,
                    deadline: io.now + REQUEST_TIMEOUT,
                    ladder: self.ladder,
                })
            }
            Step::Found(found) => Progress::Found(found),
            Step::Nothing(reason, wait) => Progress::Nothing(reason, wait, self.ladder.alike()),
        }
    }

    pub(super) fn abort<J>(self, io: &mut Io<J>) {
        io.audit.aborted(io.now, self.id);
        io.act(Action::Abort(self.id));
    }

    /// Time is up: the request is aborted, and the ladder ends as it does for any silent origin.
    pub(super) fn expire<J: Json>(self, io: &mut Io<J>) -> Progress<J> {
        io.audit.answered(io.now, self.id, Err(Failure::TimedOut));
        io.act(Action::Abort(self.id));
        self.answer(Err(Failure::TimedOut), io)
    }
}
