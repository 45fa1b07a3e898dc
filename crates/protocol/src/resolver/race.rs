//! Candidate origins race with staggered starts; the first that serves something valid wins.
//!
//! As Happy Eyeballs (RFC 8305) does for addresses: candidates that hang do not hold up the next ones, and once
//! all that were asked have said that the best is not there, the next ones start at once. So everybody is asked
//! for the best before somebody is asked for all. Each goes down its own ladder, and each that found nothing
//! tries again: quickly at first, then with a jittered backoff.

use super::Why;
use super::action::RequestId;
use super::contender::{Contender, Kind};
use super::holdings::is_useful;
use super::io::{Asking, Io, Progress};
use super::options::Options;
use crate::endpoint::{Protocol, Wanted};
use crate::json::Json;
use crate::method::Method;
use crate::name::Name;
use crate::probe::{Access, Answer, Failure, Found, Ladder, Rung};
use crate::reason::Reason;
use crate::template::PathTemplate;
use crate::time::Millis;
use crate::url::BaseUrl;
use std::rc::Rc;

/// Between two starts, while the earlier one says nothing: the least that Happy Eyeballs allows, which is more than an
/// answer takes from where most candidates are, the page's own machine.
const STAGGER: Millis = Millis(10);
/// How long one whose first answer could not be read waits for those that can be, at the longest.
const DOUBT: Millis = Millis(50);
/// How long retries come quickly, from when the search began.
const EAGER_FOR: Millis = Millis(10_000);
/// The pause before a quick retry: with the time that an attempt takes, under the 350 ms that are promised.
const EAGER_PAUSE: (u64, u64) = (150, 300);
/// The longest that an origin may ask to be left alone, in seconds.
const MAX_WAIT: u32 = 60;

pub(super) struct Race {
    contenders: Vec<Contender>,
    began: Millis,
    /// What makes an origin the backend.
    wanted: Rc<Vec<Wanted>>,
    /// What it is asked for where it describes nothing: what is wanted, and its health.
    asked: Vec<Wanted>,
    page: Option<BaseUrl>,
    /// What the browser permits the page.
    permitted: Access,
    /// What the page may ask by that, by its user's word, and by where it is.
    access: Access,
}

/// The winner.
pub(super) struct Won<J> {
    pub(super) origin: BaseUrl,
    pub(super) found: Box<Found<J>>,
}

impl Race {
    pub(super) fn new<J>(options: &Options<J>, wanted: &Rc<Vec<Wanted>>) -> Self {
        let mut asked = Vec::clone(wanted);
        // Named by its path, as every endpoint is that nobody has named.
        let is_wanted = |path: &PathTemplate| wanted.iter().any(|it| it.path == *path);
        if let Some(path) = options.health.as_ref().filter(|path| !is_wanted(path))
            && let Ok(name) = Name::parse(path.as_str())
        {
            asked.push(Wanted {
                name,
                path: path.clone(),
                method: Some(Method::Get),
                protocol: Protocol::Http,
            });
        }
        Self {
            contenders: options.candidates.iter().map(Contender::new).collect(),
            began: Millis::ZERO,
            wanted: Rc::clone(wanted),
            asked,
            page: options.page.clone(),
            permitted: Access::NONE,
            access: Access::NONE.and_of(options.page.as_ref()),
        }
    }

    /// Puts an origin that worked before at the front.
    pub(super) fn prefer(&mut self, origin: &BaseUrl, rung: Rung) {
        if let Some(at) = self.contenders.iter().position(|it| it.origin == *origin) {
            if let Some(contender) = self.contenders.get_mut(at) {
                contender.rung = Some(rung);
            }
            self.contenders[..=at].rotate_right(1);
        }
    }

    /// Starts the race, or starts it again after a loss, with all candidates anew.
    pub(super) fn start<J>(&mut self, io: &mut Io<J>) {
        self.began = io.now;
        let mut at = io.now;
        let mut before = None;
        for contender in self.contenders.iter_mut().filter(|it| it.asking.is_none()) {
            let kind = contender.kind(self.page.as_ref());
            if before.is_some_and(|it| it != kind || kind == Kind::One) {
                at += STAGGER;
            }
            before = Some(kind);
            contender.at = at;
            contender.attempts = 0;
            contender.heard = false;
            contender.doubtful = false;
            contender.alike = None;
            contender.reason = None;
            contender.backoff.reset();
        }
    }

    /// Everything that waits may go at once: the page is visible again, or online, or somebody asked.
    pub(super) fn hurry<J>(&mut self, io: &Io<J>) {
        self.began = io.now;
        for contender in self.contenders.iter_mut().filter(|it| it.asking.is_none()) {
            contender.at = contender.at.min(io.now);
            contender.backoff.reset();
        }
    }

    /// The browser permits the page to ask other near origins than before, or its user has given the word. What was begun with a permission ends
    /// with it. Says whether one was lost; `None` when nothing has changed for this page.
    pub(super) fn permit<J>(
        &mut self,
        permitted: Access,
        consent: bool,
        io: &mut Io<J>,
    ) -> Option<bool> {
        self.permitted = permitted;
        let granted = if consent { Access::ALL } else { permitted };
        let after = granted.and_of(self.page.as_ref());
        let before = std::mem::replace(&mut self.access, after);
        let lost = before.loopback && !after.loopback || before.network && !after.network;
        for contender in self.contenders.iter_mut().filter(|_| lost) {
            if let Some(asking) = contender.asking.take() {
                asking.abort(io);
                contender.at = io.now;
            }
        }
        (after != before).then_some(lost)
    }

    pub(super) const fn permitted(&self) -> Access {
        self.permitted
    }

    /// What keeps this page from asking `origin`: it would cause a prompt, or the browser would block it.
    pub(super) fn obstacle(&self, origin: &BaseUrl) -> Option<Reason> {
        let page = self.page.as_ref()?;
        if self.access.bars(origin) {
            return Some(Reason::Permission);
        }
        let mixed = page.is_secure() && !origin.is_secure() && !origin.is_local();
        mixed.then_some(Reason::MixedContent)
    }

    /// The ladder of `origin`, as far as this page may go.
    pub(super) fn ladder(&self, origin: &BaseUrl, nonce: u32) -> Ladder {
        // Across origins a browser asks with a preflight before it sends OPTIONS.
        let options = self
            .page
            .as_ref()
            .is_none_or(|page| page.origin() == origin.origin());
        Ladder::new(origin.clone(), &self.asked, options, nonce).within(self.access)
    }

    /// Starts what is due and ends what takes too long. `active` is false while the page is hidden or
    /// offline: a first attempt is made all the same, retries are not.
    pub(super) fn advance<J: Json>(&mut self, io: &mut Io<J>, active: bool) {
        for index in 0..self.contenders.len() {
            let Some(contender) = self.contenders.get_mut(index) else {
                continue;
            };
            match contender.asking.take_if(|it| it.deadline <= io.now) {
                Some(late) => {
                    if let Progress::Nothing(reason, ..) = late.expire(io) {
                        self.failed(index, reason, None, io);
                    }
                }
                None if contender.is_due(io.now, active) => self.ask(index, io),
                None => {}
            }
        }
    }

    fn ask<J: Json>(&mut self, index: usize, io: &mut Io<J>) {
        let Some(origin) = self.contenders.get(index).map(|it| &it.origin) else {
            return;
        };
        if let Some(reason) = self.obstacle(origin) {
            self.failed(index, reason, None, io);
            return;
        }
        let mut ladder = self.ladder(origin, io.rng.next_u32());
        let Some(contender) = self.contenders.get_mut(index) else {
            return;
        };
        if std::mem::take(&mut contender.doubtful) {
            contender.asking = Some(Asking::begin(ladder.reach_first(), io));
            return;
        }
        contender.attempts += 1;
        if contender.reason == Some(Reason::NobodyListening) {
            ladder = if contender.is_full() {
                ladder.in_full()
            } else {
                ladder.reach_first()
            };
        } else if let Some(rung) = contender.rung {
            ladder = ladder.start_at(rung);
        } else if !contender.is_full() {
            ladder = ladder.unless_still(contender.alike);
        }
        contender.asking = Some(Asking::begin(ladder, io));
    }

    /// Takes an answer, if it is for one of the contenders.
    pub(super) fn answer<J: Json>(
        &mut self,
        id: RequestId,
        result: Result<Answer<J>, Failure>,
        io: &mut Io<J>,
    ) -> Option<Won<J>> {
        let index = self
            .contenders
            .iter()
            .position(|it| it.asking.as_ref().is_some_and(|it| it.is(id)))?;
        let contender = self.contenders.get_mut(index)?;
        let asking = contender.asking.take()?;
        let first = !std::mem::replace(&mut contender.heard, true);
        if first && matches!(result, Err(Failure::Unreadable)) {
            // Mostly nobody listens there. To make sure can wait: those who have said something go first.
            contender.doubtful = true;
            contender.at = io.now + DOUBT;
            self.start_next(io);
            return None;
        }
        match asking.answer(result, io) {
            Progress::Asking(asking) => {
                contender.asking = Some(asking);
                self.start_next(io);
            }
            // Its health is all that it has of what was asked: whoever has what is wanted goes before.
            Progress::Found(found)
                if found.rung == Rung::Endpoints
                    && !is_useful(&found, &self.wanted)
                    && contender.reason != Some(Reason::NotExpected) =>
            {
                self.failed(index, Reason::NotExpected, None, io);
            }
            Progress::Found(found) => {
                return Some(Won {
                    origin: contender.origin.clone(),
                    found,
                });
            }
            Progress::Nothing(reason, wait, alike) => {
                self.failed(index, reason, wait, io);
                if let Some(contender) = self.contenders.get_mut(index) {
                    contender.alike = alike;
                }
            }
        }
        None
    }

    /// What `origin` serves was refused.
    pub(super) fn refuse<J: Json>(&mut self, origin: &BaseUrl, reason: Reason, io: &mut Io<J>) {
        if let Some(index) = self.contenders.iter().position(|it| it.origin == *origin) {
            self.failed(index, reason, None, io);
        }
    }

    fn failed<J>(&mut self, index: usize, reason: Reason, wait: Option<u32>, io: &mut Io<J>) {
        let eager = io.now - self.began < EAGER_FOR;
        let Some(contender) = self.contenders.get_mut(index) else {
            return;
        };
        let reason = match (contender.reason, reason) {
            // An attempt in full has not looked whether anybody listens.
            (Some(empty @ Reason::NobodyListening), Reason::Unreadable) if contender.is_full() => {
                empty
            }
            _ => reason,
        };
        let pause = match wait {
            Some(seconds) => Millis::from_secs(seconds.min(MAX_WAIT).into()),
            None if eager => Millis(io.rng.between(EAGER_PAUSE.0, EAGER_PAUSE.1)),
            None => contender.backoff.next(&mut io.rng),
        };
        // What was remembered of it no longer holds.
        contender.rung = None;
        contender.doubtful = false;
        contender.alike = None;
        contender.at = io.now + pause;
        if contender.reason.replace(reason) != Some(reason) {
            io.trace.push(
                super::trace::Entry::new(io.now, "probe", reason.as_str())
                    .of(Some(&contender.origin)),
            );
        }
        self.start_next(io);
    }

    /// Those whose turn is next start at once when nobody is left who may still have the best; at the very end those
    /// that could not be read.
    fn start_next<J>(&mut self, io: &Io<J>) {
        if self.contenders.iter().any(Contender::is_promising) {
            return;
        }
        let waiting = self.contenders.iter_mut().filter(|it| it.is_waiting());
        let mut turn = None;
        for next in waiting {
            if *turn.get_or_insert(next.at) == next.at {
                next.at = next.at.min(io.now);
            }
        }
        let nobody = turn.is_none() && self.contenders.iter().all(|it| it.asking.is_none());
        for doubtful in self
            .contenders
            .iter_mut()
            .filter(|it| nobody && it.doubtful)
        {
            doubtful.at = doubtful.at.min(io.now);
        }
    }

    /// Ends the race: nobody waits for the others any more.
    pub(super) fn stop<J>(&mut self, io: &mut Io<J>) {
        for contender in &mut self.contenders {
            contender.at = Millis::NEVER;
            if let Some(asking) = contender.asking.take() {
                asking.abort(io);
            }
        }
    }

    /// Whether anybody is still in the race.
    pub(super) fn is_running(&self) -> bool {
        self.contenders
            .iter()
            .any(|it| it.asking.is_some() || it.at < Millis::NEVER)
    }

    pub(super) fn next(&self, active: bool) -> (Millis, Why) {
        let mut first = (Millis::NEVER, Why::Retry);
        for contender in &self.contenders {
            let next = match &contender.asking {
                Some(asking) => (asking.deadline, Why::RequestTimeout),
                None if active || contender.is_first() => (contender.at, Why::Retry),
                None => continue,
            };
            if next.0 < first.0 {
                first = next;
            }
        }
        first
    }

    /// The most telling barrier, and the origin that has it.
    pub(super) fn barrier(&self) -> (Reason, Option<&BaseUrl>) {
        let failed = self
            .contenders
            .iter()
            .rev()
            .filter_map(|it| Some((it.reason?, &it.origin)));
        match failed.max_by_key(|(reason, _)| *reason) {
            Some((reason, origin)) => (reason, Some(origin)),
            None if self.contenders.is_empty() => (Reason::NoCandidates, None),
            None => (Reason::Deadline, None),
        }
    }

    /// The origins in the race, for the trace.
    pub(super) fn origins(&self) -> Vec<String> {
        let origins = self.contenders.iter();
        origins.map(|it| it.origin.as_str().to_owned()).collect()
    }
}
