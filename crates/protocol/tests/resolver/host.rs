//! A host in virtual time: origins are tables of answers, and time goes by when nothing else is left.

use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::probe::{Answer, Body, Failure, Probe};
use landfall_protocol::resolver::{
    Action, Event, Input, Message, Options, RequestId, Resolver, StreamEvent, StreamId,
};
use landfall_protocol::snapshot::Snapshot;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) const PAGE: &str = "http://localhost:3000";
pub(crate) const BACKEND: &str = "http://localhost:8000";

/// What a URL does.
#[derive(Clone)]
pub(crate) enum Site {
    /// Answers after so many milliseconds.
    Answers(u64, Answer<Value>),
    /// Fails after so many milliseconds.
    Fails(u64, Failure),
    /// Says nothing, ever.
    Hangs,
}

pub(crate) struct Host {
    pub(crate) now: u64,
    pub(crate) resolver: Resolver<Value>,
    /// By URL; of an origin when the URL is not there; else nobody listens.
    pub(crate) sites: BTreeMap<String, Site>,
    pub(crate) page_local: Vec<Value>,
    pub(crate) sent: Vec<(u64, Probe)>,
    pub(crate) events: Vec<(u64, Event)>,
    pub(crate) stored: Option<Rc<Snapshot<Value>>>,
    pub(crate) forgotten: bool,
    /// What was asked of the lock, and what was said to the other tabs.
    pub(crate) tab_actions: Vec<Action<Value>>,
    pub(crate) posted: Vec<Message<Rc<Snapshot<Value>>>>,
    pub(crate) streams: Vec<(StreamId, String)>,
    pending: Vec<(u64, RequestId, Result<Answer<Value>, Failure>)>,
}

pub(crate) fn url(text: &str) -> BaseUrl {
    BaseUrl::parse(text).unwrap()
}

/// A local page with one port to try.
pub(crate) fn options() -> Options<Value> {
    let mut options = Options::new(Some(url(PAGE)));
    options.candidates.push(url(BACKEND));
    options
}

pub(crate) fn json_answer(json: Value) -> Answer<Value> {
    Answer::new(200, Body::Json(json))
}

pub(crate) fn status(status: u16) -> Site {
    Site::Answers(1, Answer::new(status, Body::NotJson))
}

/// A catalog with one service at `place`.
pub(crate) fn catalog(boot: u64, revision: u64, place: &str) -> Value {
    json!({
        "landfall": 1, "name": "workshop", "epoch": {"registry": "r", "boot": boot}, "revision": revision,
        "events": "/.well-known/landfall/events",
        "services": [{
            "name": "shop", "instances": [{"url": place, "health": "healthy"}],
            "endpoints": {"items": {"path": "/items", "methods": {"GET": "openapi", "POST": "openapi"}}}
        }]
    })
}

pub(crate) fn openapi() -> Value {
    json!({
        "openapi": "3.1.0", "info": {"title": "Shop API"},
        "paths": {"/items": {"get": {"operationId": "list_items"}, "post": {"operationId": "create_item"}}, "/health": {"get": {}}}
    })
}

impl Host {
    pub(crate) fn new(options: Options<Value>) -> Self {
        let mut sites = BTreeMap::new();
        // The page's own server knows its page and nothing else.
        sites.insert(PAGE.to_owned(), status(404));
        Self {
            now: 0,
            resolver: Resolver::new(options, 11),
            sites,
            page_local: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            stored: None,
            forgotten: false,
            tab_actions: Vec::new(),
            posted: Vec::new(),
            streams: Vec::new(),
            pending: Vec::new(),
        }
    }

    pub(crate) fn site(mut self, url: &str, site: Site) -> Self {
        self.sites.insert(url.to_owned(), site);
        self
    }

    /// The backend is there and has a catalog.
    pub(crate) fn backend(self) -> Self {
        let answer = json_answer(catalog(1, 1, BACKEND));
        self.site(BACKEND, Site::Answers(5, answer))
    }

    pub(crate) fn start(mut self) -> Self {
        self.input(Input::Start);
        self
    }

    pub(crate) fn input(&mut self, input: Input<Value>) {
        self.resolver.handle(Millis(self.now), input);
        while let Some(action) = self.resolver.poll_action() {
            self.act(action);
        }
    }

    fn act(&mut self, action: Action<Value>) {
        match action {
            Action::Fetch { id, probe } => {
                let origin = url(&probe.url).origin().to_owned();
                let site = self
                    .sites
                    .get(&probe.url)
                    .or_else(|| self.sites.get(&origin))
                    .cloned();
                match site.unwrap_or(Site::Fails(1, Failure::Unreadable)) {
                    Site::Answers(after, answer) => {
                        self.pending.push((self.now + after, id, Ok(answer)));
                    }
                    Site::Fails(after, failure) => {
                        self.pending.push((self.now + after, id, Err(failure)));
                    }
                    Site::Hangs => {}
                }
                self.sent.push((self.now, probe));
            }
            Action::Abort(id) => self.pending.retain(|(_, pending, _)| *pending != id),
            Action::Look => {
                let values = self.page_local.clone();
                self.input(Input::Looked(values));
            }
            Action::OpenStream { id, url } => self.streams.push((id, url)),
            Action::CloseStream(id) => self.streams.retain(|(open, _)| *open != id),
            Action::Store(snapshot) => self.stored = Some(snapshot),
            Action::Forget => self.forgotten = true,
            Action::Join | Action::Leave | Action::Steal => self.tab_actions.push(action),
            Action::Post(message) => self.posted.push(message),
            Action::Publish { events, .. } => self
                .events
                .extend(events.into_iter().map(|it| (self.now, it))),
        }
    }

    /// Lets time go by until `end`.
    pub(crate) fn until(&mut self, end: u64) {
        loop {
            self.pending.sort_by_key(|(at, ..)| *at);
            let answer = self.pending.first().map(|(at, ..)| *at);
            let wake = self
                .resolver
                .poll_timeout()
                .map(|(at, _)| at.0.max(self.now));
            let next = answer.into_iter().chain(wake).min().unwrap_or(u64::MAX);
            if next > end {
                self.now = end;
                return;
            }
            self.now = next;
            if answer == Some(next) {
                let (_, id, result) = self.pending.remove(0);
                self.input(Input::Answered { id, result });
            } else {
                self.input(Input::Wake);
            }
        }
    }

    pub(crate) fn stream(&mut self, event: StreamEvent<Value>) {
        let id = self.streams.last().expect("a stream is open").0;
        self.input(Input::Streamed { id, event });
    }

    pub(crate) fn status(&self) -> &'static str {
        self.resolver
            .snapshot()
            .map_or("pending", |it| it.view.status)
    }

    pub(crate) fn snapshot(&self) -> &Snapshot<Value> {
        self.resolver.snapshot().expect("something is published")
    }

    /// The endpoint of a path as the page sees it.
    pub(crate) fn endpoint(&self, path: &str) -> Value {
        let view: Value = self.snapshot().view.to_json();
        let endpoints = view["endpoints"].as_array().unwrap();
        let found = endpoints.iter().find(|it| it["path"] == path);
        found.unwrap_or_else(|| panic!("{path}")).clone()
    }

    pub(crate) fn event_names(&self) -> Vec<&'static str> {
        self.events.iter().map(|(_, event)| event.name()).collect()
    }

    pub(crate) fn requests_to(&self, origin: &str) -> usize {
        self.sent
            .iter()
            .filter(|(_, probe)| probe.url.starts_with(origin))
            .count()
    }
}

pub(crate) fn wanted(name: &str, path: &str, method: Method) -> Wanted {
    Wanted {
        name: Name::parse(name).unwrap(),
        path: PathTemplate::parse(path).unwrap(),
        method: Some(method),
        protocol: Protocol::Http,
    }
}
