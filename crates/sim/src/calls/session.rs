//! One session: virtual time, the host of the calls, and every invariant judged at every step.

use super::draw::{Behaviour, Drawn, draw, now, place};
use super::judge;
use super::model::{Call, Model};
use crate::digest::Digest;
use crate::invariant::{Broken, Checked, Invariant, ensure};
use crate::simulation::{Outcome, Queue};
use landfall_protocol::rng::Rng;
use landfall_protocol::snapshot::View;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{CallId, Ended, Kind, Usage};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Sets these dice apart from those of the page.
const SALT: u64 = 0x6361_6c6c_7300_0000;
/// How long after the last wish a session goes on: longer than any deadline.
const AFTERWARDS: u64 = 45_000;
/// How long a host waits for a connection.
const CONNECTING: u64 = 5_000;

/// Something that is due.
#[derive(Debug, Clone, Copy)]
pub(super) enum Due {
    View(usize),
    Turn(usize),
    Wish(usize),
    /// Another try, if the call still waits for this one.
    Try(usize, u32),
    End(usize, u32, Ended),
    Abandon(usize),
    Report,
}

/// What the host does for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Waiting,
    Sent,
    /// A connection that is open.
    Open,
}

pub(super) struct Hosted {
    pub(super) id: CallId,
    pub(super) call: Call,
    pub(super) state: State,
    /// Which try this is: what is due for an earlier one is nobody's.
    pub(super) turn: u32,
}

pub(super) struct Session {
    pub(super) rng: Rng,
    pub(super) drawn: Drawn,
    pub(super) usage: Usage,
    pub(super) model: Model,
    pub(super) view: Rc<View>,
    pub(super) behaves: Vec<Behaviour>,
    pub(super) calls: Vec<Hosted>,
    pub(super) queue: Queue<Due>,
    pub(super) now: u64,
    pub(super) outcome: Outcome,
    pub(super) digest: Digest,
    pub(super) log: Option<Vec<String>>,
}

/// Runs the session of a seed. With `log`, says what happens.
pub(crate) fn run(seed: u64, log: bool) -> (Outcome, Vec<String>) {
    let mut rng = Rng::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ SALT);
    let drawn = draw(&mut rng);
    let mut session = Session {
        view: Rc::clone(&drawn.views[0].1),
        behaves: vec![Behaviour::Hangs; drawn.places],
        usage: Usage::new(seed),
        model: Model::default(),
        calls: Vec::new(),
        queue: Queue::default(),
        now: 0,
        outcome: Outcome::default(),
        digest: Digest::default(),
        log: log.then(Vec::new),
        rng,
        drawn,
    };
    let broken = session.live().err();
    session.outcome.broken = broken.map(|(invariant, what)| Broken {
        invariant,
        at: session.now,
        what: format!("in the calls of seed {seed}: {what}"),
    });
    session.outcome.digest = session.digest.value();
    (session.outcome, session.log.unwrap_or_default())
}

impl Session {
    fn live(&mut self) -> Checked {
        let drawn = &self.drawn;
        let due = (0..drawn.views.len()).map(|it| (drawn.views[it].0, Due::View(it)));
        let due = due.chain((0..drawn.turns.len()).map(|it| (drawn.turns[it].0, Due::Turn(it))));
        let due = due.chain((0..drawn.wishes.len()).map(|it| (drawn.wishes[it].at, Due::Wish(it))));
        let due = due.chain(drawn.reports.iter().map(|at| (*at, Due::Report)));
        for (at, due) in due {
            self.queue.push(at, due);
        }
        let end = self.drawn.horizon + AFTERWARDS;
        while let Some(at) = self.queue.next_at().filter(|at| *at <= end) {
            self.now = at;
            if let Some(due) = self.queue.pop() {
                self.outcome.steps += 1;
                self.happen(due)?;
            }
        }
        let left = self
            .calls
            .iter()
            .find(|it| it.call.request.is_some() && !it.call.over);
        ensure(left.is_none(), Invariant::EndsByDeadline, || {
            format!("{:?} has not ended", left.map(|it| &it.call))
        })
    }

    pub(super) fn say(&mut self, what: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(log) = &mut self.log {
            log.push(format!("{now:>7} calls  {}", what()));
        }
    }

    pub(super) fn mark(&mut self, corner: &str) {
        self.outcome.reached.mark(corner);
    }

    fn happen(&mut self, due: Due) -> Checked {
        match due {
            Due::View(number) => self.see(number),
            Due::Turn(number) => {
                let (_, place, behaviour) = self.drawn.turns[number];
                self.behaves[place] = behaviour;
                self.say(|| format!("** {} {behaviour:?}", super::draw::place(place)));
                Ok(())
            }
            Due::Wish(number) => self.begin(number),
            Due::Try(at, turn) if self.calls[at].turn == turn => self.attempt(at),
            Due::End(at, turn, ended) if self.calls[at].turn == turn => self.end(at, ended),
            Due::Abandon(at) if !self.calls[at].call.over => self.end(at, Ended::Abandoned),
            Due::Report => self.report(),
            _ => Ok(()),
        }
    }

    /// Another view: connections may have to move, and who waits may be woken by it.
    fn see(&mut self, number: usize) -> Checked {
        self.view = Rc::clone(&self.drawn.views[number].1);
        self.say(|| format!("** view {number}"));
        for at in 0..self.calls.len() {
            let it = &self.calls[at];
            match it.state {
                _ if it.call.over => {}
                State::Open => self.attempt(at)?,
                State::Waiting if self.rng.below(2) == 0 => self.attempt(at)?,
                State::Waiting | State::Sent => {}
            }
        }
        Ok(())
    }

    fn begin(&mut self, number: usize) -> Checked {
        let wish = self.drawn.wishes[number];
        let kind = wish.request.map_or(Kind::Connection, |it| Kind::Request {
            method: it.method,
            replayable: it.replayable,
            retries: it.retries,
            deadline: Millis(it.deadline),
        });
        let id = self.usage.begin(wish.service, kind);
        let call = Call {
            service: wish.service,
            request: wish.request,
            at: None,
            sent: 0,
            tries: 0,
            failed_at: Default::default(),
            spared: BTreeMap::new(),
            over: false,
        };
        let at = self.calls.len();
        self.say(|| format!("call {at} begins: {:?} {:?}", wish.service, wish.request));
        self.calls.push(Hosted {
            id,
            call,
            state: State::Waiting,
            turn: 0,
        });
        if let Some(after) = wish.abandoned_after {
            self.queue.push(self.now + after, Due::Abandon(at));
        }
        self.attempt(at)
    }

    /// Asks where the call goes, and sends it there; an open connection that need not move stays.
    fn attempt(&mut self, at: usize) -> Checked {
        let view = Rc::clone(&self.view);
        let route = self.usage.route(Millis(self.now), self.calls[at].id, &view);
        let to = route.to.as_deref();
        self.say(|| format!("call {at} goes to {to:?}, for {:?}", route.patience));
        self.digest.add(to.unwrap_or_default());
        let hosted = &mut self.calls[at];
        judge::route(
            &self.model,
            &hosted.call,
            &view,
            self.now,
            to,
            route.patience.0,
        )?;
        let Some(to) = route.to else {
            hosted.turn += 1;
            self.mark("a call was barred");
            return self.end(at, Ended::Barred);
        };
        let stays = hosted.call.at.as_ref() == Some(&to);
        if hosted.state == State::Open {
            if stays {
                return Ok(());
            }
            self.outcome.reached.mark("a connection moved");
        }
        if hosted.call.failed_at.iter().any(|it| *it != to) && hosted.state != State::Open {
            self.outcome.reached.mark("a call failed over");
        }
        hosted.turn += 1;
        hosted.state = State::Sent;
        hosted.call.sent += 1;
        let is_request = hosted.call.request.is_some();
        if let Some(forgotten) = self.model.sent(self.now, &to, is_request) {
            for hosted in &mut self.calls {
                hosted.call.forget(&forgotten, &to);
            }
            self.mark("there were more instances than are remembered");
        }
        let (after, ended) = self.fate(&to, is_request, route.patience.0);
        let hosted = &mut self.calls[at];
        hosted.call.at = Some(to);
        let turn = hosted.turn;
        self.queue
            .push(self.now.saturating_add(after), Due::End(at, turn, ended));
        Ok(())
    }

    /// When and how a try ends.
    fn fate(&mut self, to: &str, is_request: bool, patience: u64) -> (u64, Ended) {
        let number = (0..self.drawn.places).find(|it| place(*it) == to);
        let behaviour = number.map_or(Behaviour::Refuses, |it| self.behaves[it]);
        let slow = self.rng.below(6) == 0;
        let after = self.rng.between(1, if slow { 4_000 } else { 120 });
        let answered = |status, wait: Option<u64>| Ended::Answered {
            status,
            retry_after: wait.map(Millis),
        };
        let patience = if is_request { patience } else { CONNECTING };
        let ended = match now(behaviour, &mut self.rng) {
            Behaviour::Answers(200) if !is_request => answered(101, None),
            Behaviour::Answers(status) if is_request => answered(status, None),
            Behaviour::Asks(status, wait) if is_request => answered(status, Some(wait)),
            Behaviour::Hangs => return (patience, Ended::TimedOut),
            _ => Ended::Unreachable,
        };
        if after > patience {
            (patience, Ended::TimedOut)
        } else {
            (after, ended)
        }
    }
}
