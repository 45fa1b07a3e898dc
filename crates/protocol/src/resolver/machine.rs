//! The machine: one input at a time, everything that follows from it, and one publication at the end.

use super::Why;
use super::action::{Action, RequestId, StreamId};
use super::holdings::{Held, Holdings, Source, Taken, is_expected};
use super::input::{Input, StreamEvent};
use super::io::Io;
use super::link::{Link, News};
use super::options::Options;
use super::race::{Race, Won};
use super::tabs::Tabs;
use super::trace::{Entry, Sent};
use crate::catalog::Document;
use crate::endpoint::Wanted;
use crate::json::Json;
use crate::probe::{Answer, Failure, Found, Rung};
use crate::reason::Reason;
use crate::refused::{Code, Refused};
use crate::snapshot::Snapshot;
use crate::time::Millis;
use crate::url::BaseUrl;
use std::rc::Rc;

/// The first look at the page-local sources after the one at the start: the event that was missed.
const FIRST_LOOK: Millis = Millis(100);
/// Between two later looks, while the search is young; afterwards the span doubles up to the second.
pub(super) const LOOKS: (Millis, Millis) = (Millis(250), Millis(5_000));

/// Finds the backend of one page and keeps what the page sees true. See the [module](super).
pub struct Resolver<J> {
    pub(super) options: Options<J>,
    pub(super) wanted: Rc<Vec<Wanted>>,
    pub(super) io: Io<J>,
    pub(super) holdings: Holdings<J>,
    pub(super) race: Race,
    pub(super) tabs: Tabs,
    pub(super) link: Option<Link>,
    looked: Vec<J>,
    next_look: Millis,
    look_span: Millis,
    pub(super) deadline: Millis,
    pub(super) visible: bool,
    pub(super) online: bool,
    pub(super) settled: bool,
    closed: bool,
    pub(super) published: Option<Rc<Snapshot<J>>>,
    pub(super) changed: bool,
}

impl<J: Json> Resolver<J> {
    /// A resolver that has not started. `seed` is a random number; it is the only source of chance.
    #[must_use]
    pub fn new(mut options: Options<J>, seed: u64) -> Self {
        let wanted = Rc::new(std::mem::take(&mut options.wanted));
        let race = Race::new(&options, &wanted);
        Self {
            options,
            wanted,
            io: Io::new(seed),
            holdings: Holdings::new(),
            race,
            tabs: Tabs::alone(),
            link: None,
            looked: Vec::new(),
            next_look: Millis::NEVER,
            look_span: LOOKS.0,
            deadline: Millis::NEVER,
            visible: true,
            online: true,
            settled: false,
            closed: false,
            published: None,
            changed: false,
        }
    }

    /// Takes one input. Time never goes backwards: an earlier `now` than the last counts as the last.
    pub fn handle(&mut self, now: Millis, input: Input<J>) {
        if self.closed {
            return;
        }
        self.io.now = now.max(self.io.now);
        match input {
            Input::Start => self.start(),
            Input::Wake => {}
            Input::Answered { id, result } => self.answered(id, result),
            Input::Looked(values) => self.looked(values),
            Input::Provided(value) => {
                self.provided(&value);
            }
            Input::Streamed { id, event } => self.streamed(id, event),
            Input::Visible(visible) => self.set_active(visible, self.online),
            Input::Online(online) => self.set_active(self.visible, online),
            Input::Access(permitted) => self.permit(permitted),
            Input::Consent => {
                self.consent(true);
                self.tabs.greet(&mut self.io);
            }
            Input::Refresh => self.refresh(),
            Input::Lock(lock) => self.locked(lock),
            Input::Heard(message) => self.heard(message),
            Input::NotKept => {
                // What was kept before is no longer what was last known to be good.
                self.note("not-kept", Some(Source::Cache), Code::TooLarge.as_str());
                self.io.act(Action::Forget);
            }
            Input::Leave => self.leave(),
            Input::Return => self.come_back(),
            Input::Close => return self.close(),
        }
        self.advance();
        self.publish();
    }

    /// The next thing for the host to do.
    pub fn poll_action(&mut self) -> Option<Action<J>> {
        (!self.io.actions.is_empty()).then(|| self.io.actions.remove(0))
    }

    /// When [`Input::Wake`] is due, and why; `None` when nothing is waited for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Millis, Why)> {
        if self.closed {
            return None;
        }
        let next = match &self.link {
            Some(link) => link.next(self.tabs.leads()),
            None => self.race.next(self.is_active()),
        };
        let look = (self.next_look, Why::Look);
        let tabs = self.tabs.next(self.visible);
        let mut first = (self.deadline, Why::Deadline);
        for time in [look, next, tabs] {
            if time.0 < first.0 {
                first = time;
            }
        }
        (first.0 < Millis::NEVER).then_some(first)
    }

    /// The last snapshot that was published; `None` while pending.
    #[must_use]
    pub fn snapshot(&self) -> Option<&Rc<Snapshot<J>>> {
        self.published.as_ref()
    }

    /// What it did and why, oldest first.
    pub fn trace(&self) -> std::slice::Iter<'_, Entry> {
        self.io.trace.0.iter()
    }

    /// Every request it sent, oldest first.
    pub fn audit(&self) -> std::slice::Iter<'_, Sent> {
        self.io.audit.0.iter()
    }

    fn start(&mut self) {
        self.deadline = self.options.timeout;
        if let Some(kept) = self.options.cached.take() {
            let (expect, now) = (&self.options.expect, self.io.now);
            let taken = kept
                .map_err(|code| Refused::new(code, ""))
                .and_then(|(json, age)| self.holdings.take_cached(&json, age, expect, now));
            match taken {
                Ok(place) => {
                    if let Some((origin, rung)) = place {
                        self.race.prefer(&origin, rung);
                    }
                    self.changed = true;
                }
                Err(refused) => {
                    self.note("refused", Some(Source::Cache), refused.code.as_str());
                    self.io.act(Action::Forget);
                }
            }
        }
        // The browser is asked first: its answer takes time, a look at the page does not.
        if self.options.tabs {
            self.tabs.join(&mut self.io);
        } else {
            self.begin_race();
        }
        self.look(FIRST_LOOK);
    }

    pub(super) fn begin_race(&mut self) {
        let mut entry = Entry::new(self.io.now, "race", Reason::Starting.as_str());
        entry.raced = self.race.origins();
        self.io.trace.push(entry);
        self.race.start(&mut self.io);
    }

    pub(super) fn look(&mut self, pause: Millis) {
        self.io.act(Action::Look);
        self.next_look = self.io.now + pause;
    }

    fn looked(&mut self, values: Vec<J>) {
        if values == self.looked {
            return;
        }
        for value in &values {
            // What is no value in one place does not hide the value in the next one.
            if self.provided(value) {
                break;
            }
        }
        self.looked = values;
    }

    /// Takes what the page hands in; `false` when it is no value at all.
    fn provided(&mut self, value: &J) -> bool {
        match self.holdings.take_provided(value, self.io.now) {
            Ok(Taken::Changed) => self.changed = true,
            Ok(Taken::Same) => {}
            Err(refused) => {
                self.note("refused", Some(Source::Provided), refused.code.as_str());
                return refused.code == Code::Older;
            }
        }
        true
    }

    fn answered(&mut self, id: RequestId, result: Result<Answer<J>, Failure>) {
        self.io.audit.answered(
            self.io.now,
            id,
            result.as_ref().map(|it| it.status).map_err(|it| *it),
        );
        if let Some(link) = &mut self.link {
            let news = link.answer(id, result, &mut self.io);
            self.link_news(news);
        } else if let Some(Won { origin, found }) = self.race.answer(id, result, &mut self.io) {
            match self.take_live(&origin, &found) {
                Ok(()) => {
                    self.race.stop(&mut self.io);
                    self.link = Some(Link::new(origin, &found, self.is_active(), &mut self.io));
                }
                Err(reason) => self.race.refuse(&origin, reason, &mut self.io),
            }
        }
    }

    fn streamed(&mut self, id: StreamId, event: StreamEvent<J>) {
        if let Some(link) = &mut self.link {
            let news = link.streamed(id, event, &mut self.io);
            self.link_news(news);
        }
    }

    fn link_news(&mut self, news: News<J>) {
        let Some(link) = &mut self.link else { return };
        match news {
            News::None => {}
            News::Streamed(json) => match Document::from_json(&json) {
                Ok(document) => {
                    let found = Found {
                        rung: Rung::Catalog,
                        document,
                        cache_control: None,
                    };
                    let origin = link.origin.clone();
                    link.pushed();
                    if let Err(reason) = self.take_live(&origin, &found) {
                        self.note("refused", Some(Source::Live), reason.as_str());
                    }
                }
                Err(refused) => self.note("refused", Some(Source::Live), refused.code.as_str()),
            },
            News::Found(found) => {
                link.good(&found, &mut self.io);
                let origin = link.origin.clone();
                match self.take_live(&origin, &found) {
                    Ok(()) => {}
                    // Another answer was quicker: nothing is wrong with the origin.
                    Err(Reason::Older) if !self.holdings.is_outdated() => {}
                    Err(reason) => self.lost(reason),
                }
            }
            News::Lost(reason) => self.lost(reason),
        }
    }

    fn take_live(&mut self, origin: &BaseUrl, found: &Found<J>) -> Result<(), Reason> {
        if !is_expected(found, &self.options.expect, &self.wanted) {
            return Err(Reason::NotExpected);
        }
        let held = Held {
            document: found.document.clone(),
            origin: Some(origin.clone()),
            rung: Some(found.rung),
            since: self.io.now,
            age: Millis::ZERO,
        };
        if self.holdings.take_live(held)? == Taken::Changed {
            self.changed = true;
        }
        Ok(())
    }

    pub(super) fn lost(&mut self, reason: Reason) {
        let Some(mut link) = self.link.take() else {
            return;
        };
        link.stop(&mut self.io);
        self.io
            .trace
            .push(Entry::new(self.io.now, "lost", reason.as_str()).of(Some(&link.origin)));
        self.race.prefer(&link.origin, link.rung);
        self.holdings.lose_live(Some(link.origin), reason);
        self.look_span = LOOKS.0;
        self.begin_race();
        self.changed = true;
    }

    fn close(&mut self) {
        self.leave();
        self.closed = true;
    }

    /// Everything that is due by now.
    fn advance(&mut self) {
        if self.next_look <= self.io.now {
            if self.holdings.is_live() {
                // Nothing that the page provides could supersede what is live.
                self.next_look = Millis::NEVER;
            } else {
                self.look(self.look_span);
                if self.settled {
                    self.look_span = (self.look_span + self.look_span).min(LOOKS.1);
                }
            }
        } else if self.next_look == Millis::NEVER
            && !self.holdings.is_live()
            && self.deadline > Millis::ZERO
        {
            self.next_look = self.io.now + self.look_span;
        }
        if self.tabs.advance(self.visible, &mut self.io) {
            if self.tabs.is_leader() {
                self.relay();
            } else {
                self.begin_race();
            }
        }
        let race = &self.race;
        match &mut self.link {
            Some(link) => {
                let nonce = self.io.rng.next_u32();
                let ladder =
                    |origin: &BaseUrl, rung: Rung| race.ladder(origin, nonce).start_at(rung);
                let leads = self.tabs.leads();
                let news = link.advance(ladder, self.holdings.live_stamp(), leads, &mut self.io);
                self.link_news(news);
            }
            None => {
                let active = self.is_active();
                self.race.advance(&mut self.io, active);
            }
        }
    }

    pub(super) fn note(&mut self, kind: &'static str, source: Option<Source>, code: &'static str) {
        let mut entry = Entry::new(self.io.now, kind, code);
        entry.source = source.map(Source::as_str);
        self.io.trace.push(entry);
    }
}
