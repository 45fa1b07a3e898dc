//! The one law: after every input the machine's actions are drained, then it sleeps until its timeout.
//!
//! Whatever happens goes through [`Driver::handle`]. Inputs that arrive while one is being worked on (from a
//! listener, or from an action that is answered at once) wait in the inbox, so the machine is never entered
//! twice, and publications wait in the outbox until it is drained, so no code of the page runs inside it.

use crate::convert;
use crate::effects::{
    clock::Clock, fetch, page, signals::Signals, storage::Storage, stream, tabs::Tabs,
    timers::Alarm,
};
use crate::options::Options;
use crate::rehearsal;
use js_sys::Function;
use landfall_protocol::json::Text;
use landfall_protocol::resolver::{Action, Event, Input, Lock, RequestId, Resolver, StreamId};
use landfall_protocol::snapshot::{Snapshot, View};
use landfall_protocol::time::Millis;
use landfall_protocol::usage::Usage;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsValue;

/// What is under way, by its name: few at a time, and dropped when it is taken out.
type Held<K, V> = Vec<(K, V)>;

/// What the page is to be told.
struct Publication {
    snapshot: Rc<Snapshot<Text>>,
    events: Vec<Event>,
    /// Whether it is kept for the next visit once the page has it: storage is slow.
    keep: bool,
}

/// Runs one machine and its effects.
pub(crate) struct Driver {
    this: Weak<Driver>,
    clock: Clock,
    /// Names the lock and the channel of the tabs.
    name: String,
    locks: Option<JsValue>,
    storage: Option<Storage>,
    publish: Function,
    resolver: RefCell<Resolver<Text>>,
    usage: RefCell<Usage>,
    inbox: RefCell<Vec<Input<Text>>>,
    outbox: RefCell<Vec<Publication>>,
    busy: Cell<bool>,
    closed: Cell<bool>,
    /// Whether the first requests have gone.
    begun: Cell<bool>,
    alarm: RefCell<Option<Alarm>>,
    requests: RefCell<Held<RequestId, fetch::InFlight>>,
    streams: RefCell<Held<StreamId, stream::Stream>>,
    signals: RefCell<Option<Signals>>,
    tabs: RefCell<Option<Tabs>>,
}

impl Driver {
    /// A driver whose machine has not started.
    pub(crate) fn new(mut options: Options, publish: Function) -> Rc<Self> {
        let storage = options.cache.then(|| Storage::new(&options.name));
        options.resolver.cached = storage.as_ref().and_then(Storage::recall);
        Rc::new_cyclic(|this| Self {
            this: this.clone(),
            clock: Clock::new(options.started_at),
            name: options.name,
            locks: options.locks,
            storage,
            publish,
            resolver: RefCell::new(Resolver::new(options.resolver, options.seed)),
            usage: RefCell::new(Usage::new(!options.seed)),
            inbox: RefCell::default(),
            outbox: RefCell::default(),
            busy: Cell::new(false),
            closed: Cell::new(false),
            begun: Cell::new(false),
            alarm: RefCell::default(),
            requests: RefCell::default(),
            streams: RefCell::default(),
            signals: RefCell::default(),
            tabs: RefCell::default(),
        })
    }

    /// Begins to listen to the browser, and starts the machine.
    pub(crate) fn start(&self) {
        self.handle(Input::Start);
        *self.signals.borrow_mut() = Some(Signals::listen(self.this.clone()));
    }

    /// Takes one input and does everything that follows from it.
    pub(crate) fn handle(&self, input: Input<Text>) {
        if self.closed.get() {
            return;
        }
        self.inbox.borrow_mut().push(input);
        if self.busy.replace(true) {
            return;
        }
        loop {
            if let Some(input) = take(&self.inbox) {
                self.resolver.borrow_mut().handle(self.clock.now(), input);
                while let Some(action) = self.next_action() {
                    self.perform(action);
                }
            } else if let Some(publication) = take(&self.outbox) {
                self.tell(&publication);
            } else {
                break;
            }
        }
        self.busy.set(false);
        self.sleep();
        if !self.requests.borrow().is_empty() && !self.begun.replace(true) {
            rehearsal::play();
        }
    }

    /// Releases everything that is held. Nothing is published any more.
    pub(crate) fn close(&self) {
        self.handle(Input::Close);
        self.closed.set(true);
        self.outbox.borrow_mut().clear();
        self.alarm.take();
        self.signals.take();
        self.requests.take();
        self.streams.take();
        self.tabs.take();
    }

    /// The trace as JavaScript data.
    pub(crate) fn trace(&self) -> JsValue {
        convert::to_js(self.resolver.borrow().trace().as_slice())
    }

    /// The audit as JavaScript data.
    pub(crate) fn requests(&self) -> JsValue {
        convert::to_js(self.resolver.borrow().audit().as_slice())
    }

    /// The time of the machines.
    pub(crate) fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Works with the calls of the page and with what it sees now, if there is anything yet.
    pub(crate) fn usage<T>(&self, work: impl FnOnce(&mut Usage, Option<&View>) -> T) -> T {
        let resolver = self.resolver.borrow();
        let view = resolver.snapshot().map(|snapshot| &snapshot.view);
        work(&mut self.usage.borrow_mut(), view)
    }

    fn next_action(&self) -> Option<Action<Text>> {
        self.resolver.borrow_mut().poll_action()
    }

    fn perform(&self, action: Action<Text>) {
        match action {
            Action::Fetch { id, probe } => {
                let driver = self.this.clone();
                let request = fetch::send(probe, move |result| {
                    let Some(driver) = driver.upgrade() else {
                        return;
                    };
                    // The answer of an aborted request is nobody's.
                    if remove(&driver.requests, &id).is_some() {
                        driver.handle(Input::Answered { id, result });
                    }
                });
                self.requests.borrow_mut().push((id, request));
            }
            Action::Abort(id) => drop(remove(&self.requests, &id)),
            Action::Look => {
                // A getter of the page runs in here, and may call the client: nothing is borrowed meanwhile.
                let looked = Input::Looked(page::look());
                self.inbox.borrow_mut().push(looked);
            }
            Action::OpenStream { id, url } => {
                let driver = self.this.clone();
                let stream = stream::open(&url, move |event| {
                    if let Some(driver) = driver.upgrade() {
                        driver.handle(Input::Streamed { id, event });
                    }
                });
                self.streams.borrow_mut().push((id, stream));
            }
            Action::CloseStream(id) => drop(remove(&self.streams, &id)),
            Action::Join => self.join(),
            Action::Leave => drop(self.tabs.take()),
            Action::Steal => {
                if let Some(tabs) = self.tabs.borrow().as_ref() {
                    tabs.steal();
                }
            }
            Action::Post(message) => {
                if let Some(tabs) = self.tabs.borrow().as_ref() {
                    tabs.post(&message);
                }
            }
            Action::Store(snapshot) => {
                let mut outbox = self.outbox.borrow_mut();
                match outbox.last_mut() {
                    Some(last) if Rc::ptr_eq(&last.snapshot, &snapshot) => last.keep = true,
                    _ => self.keep(snapshot.to_json()),
                }
            }
            Action::Forget => {
                if let Some(storage) = &self.storage {
                    storage.forget();
                }
            }
            Action::Publish { snapshot, events } => {
                self.outbox.borrow_mut().push(Publication {
                    snapshot,
                    events,
                    keep: false,
                });
            }
        }
    }

    fn tell(&self, publication: &Publication) {
        let snapshot = publication.snapshot.to_json();
        convert::publish(&self.publish, &snapshot, &publication.events);
        if publication.keep {
            self.keep(snapshot);
        }
    }

    fn keep(&self, snapshot: Text) {
        if let Some(storage) = &self.storage
            && !storage.keep(snapshot)
        {
            self.inbox.borrow_mut().push(Input::NotKept);
        }
    }

    fn join(&self) {
        let driver = self.this.clone();
        let tabs = Tabs::join(&self.name, self.locks.clone(), move |input| {
            if let Some(driver) = driver.upgrade() {
                driver.handle(input);
            }
        });
        if tabs.is_none() {
            self.inbox.borrow_mut().push(Input::Lock(Lock::Unsupported));
        }
        *self.tabs.borrow_mut() = tabs;
    }

    fn sleep(&self) {
        let next = self.resolver.borrow().poll_timeout();
        let mut alarm = self.alarm.borrow_mut();
        match next {
            Some((at, _)) if alarm.as_ref().is_some_and(|it| it.at == at) => {}
            Some((at, _)) => {
                let driver = self.this.clone();
                *alarm = Some(Alarm::set(at, self.clock.now(), move || {
                    if let Some(driver) = driver.upgrade() {
                        driver.alarm.take();
                        driver.handle(Input::Wake);
                    }
                }));
            }
            None => *alarm = None,
        }
    }
}

/// The first of a queue. Queues are short: most hold one thing at a time.
fn take<T>(queue: &RefCell<Vec<T>>) -> Option<T> {
    let mut queue = queue.borrow_mut();
    (!queue.is_empty()).then(|| queue.remove(0))
}

fn remove<K: PartialEq, V>(held: &RefCell<Held<K, V>>, key: &K) -> Option<V> {
    let mut held = held.borrow_mut();
    let at = held.iter().position(|(it, _)| it == key)?;
    Some(held.swap_remove(at).1)
}
