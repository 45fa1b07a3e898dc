//! One visit to the page: the machine under the one law, with its store, the model beside it, and every invariant
//! judged after every step.

mod judge;
mod options;
mod relay;
mod told;

use crate::corners::Reached;
use crate::digest::Digest;
use crate::document::Document;
use crate::invariant::{Checked, Invariant, ensure};
use crate::json::Shared;
use crate::model::{Delivered, Given, Held, Kept, Model, Relayed};
use crate::nearness::Permissions;
use crate::promise::Promise;
use crate::schedule::{Setup, Sharing};
use crate::store::Store;
use crate::world::{Heard, World};
use crate::{events, requests};
use landfall_protocol::probe::Probe;
use landfall_protocol::resolver::{
    Action, Event, Input, Lock, Message, RequestId, Resolver, StreamId,
};
use landfall_protocol::snapshot::{Snapshot, View};
use landfall_protocol::time::Millis;
use std::collections::VecDeque;
use std::rc::Rc;

pub(crate) use relay::{Role, Told};

/// A request under way.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) id: RequestId,
    pub(crate) candidate: usize,
    pub(crate) path: String,
    pub(crate) probe: Probe,
}

/// What a step wants done outside.
#[derive(Debug)]
pub(crate) enum Effect {
    Send(Asked),
    OpenStream(StreamId, String),
    CloseStream(StreamId),
    Store(Rc<Snapshot<Shared>>),
    Forget,
    Join,
    Leave,
    Steal,
    Post(Told),
}

/// What the host knows when it hands in an input.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// Since the visit began.
    pub(crate) now: u64,
    /// Whether timers are punctual.
    pub(crate) punctual: bool,
    /// The page-local sources.
    pub(crate) inline: &'a [Given],
    pub(crate) world: &'a World,
}

/// One visit.
pub(crate) struct Visit {
    setup: Rc<Setup>,
    resolver: Resolver<Shared>,
    pub(crate) store: Store,
    pub(crate) model: Model,
    pub(crate) promise: Promise,
    kept: Option<Kept>,
    page: Option<&'static str>,
    seed: u64,
    in_flight: Vec<Asked>,
    stream: Option<StreamId>,
    shown: Option<Rc<Snapshot<Shared>>>,
    pub(crate) role: Role,
    /// Whether it has asked the network since it asked for the lock, without an answer from there.
    asked_unled: bool,
    /// What was published last, with the truth that others are to be told about it.
    truth: Option<(Rc<Snapshot<Shared>>, Option<Relayed>)>,
    /// What it tells the other tabs in this step.
    posts: Vec<Message<Rc<Snapshot<Shared>>>>,
    pub(crate) closed: bool,
    pub(crate) visible: bool,
    pub(crate) online: bool,
    pub(crate) permissions: Permissions,
    /// Whether the user's word for near places was given, here or as another tab told.
    pub(crate) consent: bool,
    /// How many wake-ups in a row at one instant led to another one at once.
    spins: (u64, usize),
    effects: Vec<Effect>,
    pub(crate) digest: Digest,
    pub(crate) reached: Reached,
    pub(crate) steps: u64,
}

impl Visit {
    pub(crate) fn new(setup: &Rc<Setup>, page: Option<&'static str>, seed: u64) -> Self {
        let options = options::options(setup, page, None);
        Self {
            setup: Rc::clone(setup),
            resolver: Resolver::new(options, seed),
            store: Store::new(),
            model: Model::new(setup),
            promise: Promise::new(setup.origins.len()),
            kept: None,
            page,
            seed,
            in_flight: Vec::new(),
            stream: None,
            shown: None,
            role: Role::Alone,
            asked_unled: false,
            truth: None,
            posts: Vec::new(),
            closed: false,
            visible: true,
            online: true,
            permissions: Permissions::default(),
            consent: false,
            spins: (0, 0),
            effects: Vec::new(),
            digest: Digest::default(),
            reached: Reached::default(),
            steps: 0,
        }
    }

    /// The engine finds this when it comes.
    pub(crate) fn recall(&mut self, kept: Kept) {
        let options = options::options(&self.setup, self.page, Some(&kept));
        self.resolver = Resolver::new(options, self.seed);
        self.kept = Some(kept);
    }

    /// What the machine has published last.
    pub(crate) fn snapshot(&self) -> Option<&Rc<Snapshot<Shared>>> {
        self.resolver.snapshot()
    }

    /// When the machine wants to be woken, and why.
    pub(crate) fn timeout(&self) -> Option<(u64, &'static str)> {
        self.resolver
            .poll_timeout()
            .map(|(at, why)| (at.0, why.as_str()))
    }

    /// The value that is live, as the model knows it.
    pub(crate) fn live(&self) -> Option<&Held> {
        self.model.live.as_ref()
    }

    /// Tells the model of an answer before the machine gets it, if anybody waits for it.
    pub(crate) fn hear(&mut self, now: u64, id: RequestId, heard: &Heard) {
        let Some(place) = self.in_flight.iter().position(|it| it.id == id) else {
            self.reached.mark("an answer came that nobody waited for");
            return;
        };
        let asked = self.in_flight.swap_remove(place);
        self.promise.ended(now, asked.candidate);
        let origin = self.setup.origins[asked.candidate].url;
        let options = asked.probe.method.as_str() == "OPTIONS";
        self.model
            .proofs
            .answered(origin, asked.probe.purpose, &asked.path, options, heard);
        match heard {
            Heard::Document(document, rung) => self.deliver(document, origin, rung),
            Heard::Busy(seconds) => {
                self.model.doubt(origin);
                if let Some(seconds) = seconds {
                    self.promise.leave_alone(now, asked.candidate, *seconds);
                }
            }
            Heard::Path(..) | Heard::NoCatchAll | Heard::Nothing => self.model.doubt(origin),
        }
    }

    /// Tells the model of a catalog on a stream before the machine gets it, if anybody listens to it.
    pub(crate) fn hear_stream(&mut self, id: StreamId, catalog: &Rc<Document>) {
        let live = self.model.live.as_ref().and_then(|it| it.origin.clone());
        match live {
            Some(origin) if self.stream == Some(id) => self.deliver(catalog, &origin, "catalog"),
            _ => self.reached.mark("a stream spoke that was closed"),
        }
    }

    fn deliver(&mut self, document: &Rc<Document>, origin: &str, rung: &'static str) {
        match self.model.deliver(document, origin, rung) {
            Delivered::Taken => {}
            Delivered::Older => self.reached.mark("an older live document came"),
            Delivered::NotExpected => self.reached.mark("a document came that was not expected"),
        }
    }

    /// Hands in one input, obeys the one law, and judges.
    pub(crate) fn step(
        &mut self,
        moment: Moment<'_>,
        input: Input<Shared>,
    ) -> Result<Vec<Effect>, (Invariant, String)> {
        if !self.closed {
            self.promise
                .judge(moment.now, |candidate| self.is_barred(candidate))?;
        }
        let mut inbox = VecDeque::from([input]);
        while let Some(input) = inbox.pop_front() {
            self.tell_model(moment, &input);
            let wake = input == Input::Wake;
            self.closed |= input == Input::Close;
            self.steps += 1;
            self.resolver.handle(Millis(moment.now), input);
            let drained = self.drain(moment, &mut inbox)?;
            self.judge(moment, wake, drained)?;
            self.tell()?;
        }
        Ok(std::mem::take(&mut self.effects))
    }

    fn drain(
        &mut self,
        moment: Moment<'_>,
        inbox: &mut VecDeque<Input<Shared>>,
    ) -> Result<Drained, (Invariant, String)> {
        let mut drained = Drained::default();
        while let Some(action) = self.resolver.poll_action() {
            drained.actions += 1;
            let ends = matches!(
                action,
                Action::Abort(_) | Action::CloseStream(_) | Action::Leave
            );
            ensure(ends || !self.closed, Invariant::SilentAfterClose, || {
                format!("{action:?} after the close")
            })?;
            match action {
                Action::Fetch { id, probe } => {
                    drained.sent += 1;
                    self.send(moment, id, probe)?;
                }
                Action::Abort(id) => self.abort(moment.now, id)?,
                Action::Look => {
                    let values = moment.inline.iter().map(|it| it.json.clone()).collect();
                    inbox.push_back(Input::Looked(values));
                }
                Action::OpenStream { id, url } => {
                    ensure(self.stream.is_none(), Invariant::Bounded, || {
                        format!("a second stream is opened: {url}")
                    })?;
                    self.digest.add(&url);
                    self.stream = Some(id);
                    self.effects.push(Effect::OpenStream(id, url));
                }
                Action::CloseStream(id) => {
                    self.stream = self.stream.filter(|it| *it != id);
                    self.effects.push(Effect::CloseStream(id));
                }
                Action::Join if self.setup.sharing == Sharing::Unsupported => {
                    self.reached.mark("a browser had no locks");
                    inbox.push_back(Input::Lock(Lock::Unsupported));
                }
                Action::Join => self.effects.push(Effect::Join),
                Action::Leave => self.effects.push(Effect::Leave),
                Action::Steal => self.effects.push(Effect::Steal),
                Action::Post(message) => self.posts.push(message),
                Action::Store(snapshot) => self.effects.push(Effect::Store(snapshot)),
                Action::Forget => {
                    drained.forgets = true;
                    self.reached.mark("a kept record was refused");
                    self.effects.push(Effect::Forget);
                }
                Action::Publish { snapshot, events } => {
                    drained.publications += 1;
                    let old = self.shown.as_deref();
                    ensure(
                        old != Some(&*snapshot),
                        Invariant::NoEqualPublications,
                        || format!("{} is published again", snapshot.view.status),
                    )?;
                    events::judge(old, &snapshot, &events)?;
                    self.digest.add(snapshot.view.status);
                    self.digest.add(snapshot.view.code);
                    self.mark_publication(&snapshot.view, &events);
                    self.store.publish(&snapshot);
                    self.shown = Some(snapshot);
                }
            }
        }
        Ok(drained)
    }

    fn mark_publication(&mut self, view: &View, events: &[Event]) {
        self.reached.mark(view.status);
        self.reached.mark(view.code);
        if let Some(rung) = view.rung {
            self.reached.mark(&format!("by {rung}"));
        }
        for event in events {
            self.reached.mark(event.name());
        }
    }

    fn send(&mut self, moment: Moment<'_>, id: RequestId, probe: Probe) -> Checked {
        let world = moment.world;
        let Some((candidate, path)) = world.place(&probe.url) else {
            return Err((
                Invariant::SafeMethodsOnly,
                format!("{} is asked, which nobody named", probe.url),
            ));
        };
        let path = path.to_owned();
        let page = world.page_origin();
        requests::judge(&probe, &self.setup, &path, page, self.permissions)?;
        let twice = self.in_flight.iter().any(|it| it.candidate == candidate);
        ensure(!twice, Invariant::Bounded, || {
            format!(
                "a second request at once to candidate {candidate}: {}",
                probe.url
            )
        })?;
        self.digest.add(&probe.url);
        self.digest.add_number(moment.now);
        self.reached.mark(probe.method.as_str());
        self.reached
            .mark(&format!("asked {}", probe.purpose.as_str()));
        self.promise.sent(candidate);
        self.asked_unled = true;
        self.model
            .proofs
            .asked(self.setup.origins[candidate].url, probe.purpose);
        let asked = Asked {
            id,
            candidate,
            path,
            probe,
        };
        self.in_flight.push(asked.clone());
        self.effects.push(Effect::Send(asked));
        Ok(())
    }

    fn abort(&mut self, now: u64, id: RequestId) -> Checked {
        let place = self.in_flight.iter().position(|it| it.id == id);
        let Some(place) = place else {
            return Err((
                Invariant::Bounded,
                format!("{id:?} is aborted, which is not under way"),
            ));
        };
        let asked = self.in_flight.swap_remove(place);
        self.promise.ended(now, asked.candidate);
        self.model.doubt(self.setup.origins[asked.candidate].url);
        Ok(())
    }
}

/// What was drained after one input.
#[derive(Debug, Clone, Copy, Default)]
struct Drained {
    actions: usize,
    sent: usize,
    publications: usize,
    forgets: bool,
}
