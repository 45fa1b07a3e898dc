//! The tie to the origin that is live: a stream where it offers one, polls behind it, and the moment
//! it is lost.

use super::Why;
use super::action::{Action, RequestId, StreamId};
use super::input::StreamEvent;
use super::io::{Asking, Io, Progress};
use crate::backoff::Backoff;
use crate::freshness::{CacheControl, Freshness, Polling};
use crate::id::Stamp;
use crate::json::Json;
use crate::probe::{Answer, Failure, Found, Ladder, Rung};
use crate::reason::Reason;
use crate::time::Millis;
use crate::url::BaseUrl;

/// How often an origin is asked. One that does not say how long its answer is good for (an OpenAPI document has no
/// time to live) is asked often enough to notice a backend that moved within two seconds.
const POLLING: Polling = Polling {
    min: Millis(1_000),
    max: Millis(3_600_000),
    default: Millis(1_500),
};
/// Before the second try that makes a failure a loss.
const SECOND_TRY: Millis = Millis(100);
/// The pauses before a broken stream is opened again.
const REOPEN: (Millis, Millis) = (Millis(500), Millis(30_000));

pub(super) struct Link {
    pub(super) origin: BaseUrl,
    pub(super) rung: Rung,
    asking: Option<Asking>,
    next_poll: Millis,
    failures: u32,
    /// The path of the stream, if there is one.
    events: Option<String>,
    stream: Option<StreamId>,
    reopen_at: Millis,
    backoff: Backoff,
    active: bool,
}

/// What the link has to tell.
pub(super) enum News<J> {
    None,
    Found(Box<Found<J>>),
    Streamed(J),
    Lost(Reason),
}

impl Link {
    pub(super) fn new<J>(origin: BaseUrl, found: &Found<J>, active: bool, io: &mut Io<J>) -> Self {
        let mut link = Self::resume(origin, found.rung, active, io);
        link.good(found, io);
        link
    }

    /// The link of a tab that takes over: what is live was relayed, and is asked for anew at once.
    pub(super) fn resume<J>(origin: BaseUrl, rung: Rung, active: bool, io: &Io<J>) -> Self {
        Self {
            origin,
            rung,
            asking: None,
            next_poll: io.now,
            failures: 0,
            events: None,
            stream: None,
            reopen_at: io.now,
            backoff: Backoff::new(REOPEN.0, REOPEN.1, 2),
            active,
        }
    }

    /// A valid answer: when to ask again, and where its stream is.
    pub(super) fn good<J>(&mut self, found: &Found<J>, io: &mut Io<J>) {
        self.rung = found.rung;
        self.failures = 0;
        self.events.clone_from(&found.document.events);
        let headers = found
            .cache_control
            .as_deref()
            .map(CacheControl::read)
            .unwrap_or_default();
        let ttl = found
            .document
            .stamp
            .is_some()
            .then(|| Millis::from_secs(found.document.ttl.into()));
        self.next_poll = Freshness::new(ttl, headers).next_poll(io.now, POLLING, &mut io.rng);
    }

    /// A valid push: somebody is there. It does not put off the poll, or a stream that says the same for ever
    /// would hide what is new.
    pub(super) const fn pushed(&mut self) {
        self.failures = 0;
    }

    pub(super) fn poll_now<J>(&mut self, io: &Io<J>) {
        self.next_poll = io.now;
    }

    /// Begins again what is under way.
    pub(super) fn ask_anew<J>(&mut self, io: &mut Io<J>) {
        if let Some(asking) = self.asking.take() {
            asking.abort(io);
            self.poll_now(io);
        }
    }

    /// Pauses or resumes: what is hidden or offline neither polls nor streams.
    pub(super) fn set_active<J>(&mut self, active: bool, io: &mut Io<J>) {
        if active && !self.active {
            self.poll_now(io);
            self.reopen_at = io.now;
        }
        if !active {
            self.close_stream(io);
        }
        self.active = active;
    }

    /// Does what is due. A tab that does not know yet whether it `leads` asks, but opens no stream: there is one per browser.
    pub(super) fn advance<J: Json>(
        &mut self,
        ladder: impl FnOnce(&BaseUrl, Rung) -> Ladder,
        stamp: Option<&Stamp>,
        leads: bool,
        io: &mut Io<J>,
    ) -> News<J> {
        if let Some(late) = self.asking.take_if(|it| it.deadline <= io.now) {
            let progress = late.expire(io);
            return self.progress(progress, io);
        }
        if !self.active {
            return News::None;
        }
        if self.asking.is_none() && self.next_poll <= io.now {
            self.asking = Some(Asking::begin(ladder(&self.origin, self.rung), io));
        }
        let opens = leads && self.reopen_at <= io.now;
        if let (None, Some(path), true) = (self.stream, &self.events, opens) {
            self.stream = Some(io.open_stream(stream_url(&self.origin, path, stamp)));
        }
        News::None
    }

    pub(super) fn answer<J: Json>(
        &mut self,
        id: RequestId,
        result: Result<Answer<J>, Failure>,
        io: &mut Io<J>,
    ) -> News<J> {
        match self.asking.take_if(|it| it.is(id)) {
            Some(asking) => {
                let progress = asking.answer(result, io);
                self.progress(progress, io)
            }
            None => News::None,
        }
    }

    fn progress<J>(&mut self, progress: Progress<J>, io: &Io<J>) -> News<J> {
        match progress {
            Progress::Asking(asking) => self.asking = Some(asking),
            Progress::Found(found) => return News::Found(found),
            Progress::Nothing(reason, wait, _) => return self.failed(reason, wait, io),
        }
        News::None
    }

    /// One failure may be chance, a second one at once is not. Where nobody listens there is no chance.
    fn failed<J>(&mut self, reason: Reason, wait: Option<u32>, io: &Io<J>) -> News<J> {
        self.failures += 1;
        if self.failures > 1 || reason == Reason::NobodyListening {
            return News::Lost(reason);
        }
        self.next_poll = io.now
            + wait.map_or(SECOND_TRY, |seconds| {
                Millis::from_secs(seconds.min(60).into())
            });
        News::None
    }

    pub(super) fn streamed<J>(
        &mut self,
        id: StreamId,
        event: StreamEvent<J>,
        io: &mut Io<J>,
    ) -> News<J> {
        if self.stream != Some(id) {
            return News::None;
        }
        match event {
            StreamEvent::Opened => self.backoff.reset(),
            StreamEvent::Catalog(json) => return News::Streamed(json),
            StreamEvent::Garbage | StreamEvent::Failed => {
                self.close_stream(io);
                self.reopen_at = io.now + self.backoff.next(&mut io.rng);
                // The stream's end is the first sign of a lost backend: ask at once.
                self.poll_now(io);
            }
        }
        News::None
    }

    fn close_stream<J>(&mut self, io: &mut Io<J>) {
        if let Some(id) = self.stream.take() {
            io.act(Action::CloseStream(id));
        }
    }

    pub(super) fn stop<J>(&mut self, io: &mut Io<J>) {
        self.close_stream(io);
        if let Some(asking) = self.asking.take() {
            asking.abort(io);
        }
    }

    pub(super) fn next(&self, leads: bool) -> (Millis, Why) {
        let mut next = (Millis::NEVER, Why::Poll);
        if let Some(asking) = &self.asking {
            next = (asking.deadline, Why::RequestTimeout);
        } else if self.active {
            next = (self.next_poll, Why::Poll);
        }
        let reopens = leads && self.active && self.stream.is_none() && self.events.is_some();
        if reopens && self.reopen_at < next.0 {
            next = (self.reopen_at, Why::Reopen);
        }
        next
    }
}

/// An `EventSource` cannot be given another tab's `Last-Event-ID`: a stream resumes by its URL.
fn stream_url(origin: &BaseUrl, path: &str, stamp: Option<&Stamp>) -> String {
    let mut url = String::from(origin.origin());
    url.push_str(path);
    if let Some(stamp) = stamp {
        url.push_str(if path.contains('?') {
            "&after="
        } else {
            "?after="
        });
        url.push_str(stamp.epoch.registry());
        for number in [stamp.epoch.boot(), stamp.revision] {
            url.push(':');
            crate::url::push_number(&mut url, number);
        }
    }
    url
}
