//! The world around the page: daemons with a history, and origins that serve them or something else.

mod answers;
mod daemon;

use crate::document::Document;
use crate::json::Shared;
use crate::schedule::{Elsewhere, Page, Serves, Setup};
use crate::serve::{self, App};
use answers::{body, document_or_nothing, plain};
pub(crate) use answers::{busy, document, redirected};
pub(crate) use daemon::Daemon;
use landfall_protocol::json::OutOfBounds;
use landfall_protocol::probe::{Answer, Body, Failure, Mode, Probe, Purpose};
use landfall_protocol::rng::Rng;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What an answer tells, apart from how it is written.
#[derive(Debug, Clone)]
pub(crate) enum Heard {
    /// A valid document, and the rung of the ladder on which it is found.
    Document(Rc<Document>, &'static str),
    /// A status and what can be read of `Allow`, for a single path.
    Path(u16, Option<&'static str>),
    /// That the origin does not answer every path alike.
    NoCatchAll,
    /// To come again after so many seconds at the earliest.
    Busy(Option<u64>),
    /// Nothing of use.
    Nothing,
}

/// An answer with the truth about it.
pub(crate) type Told = (Result<Answer<Shared>, Failure>, Heard);

/// A random place in something of that length, which is not 0.
pub(crate) fn index(rng: &mut Rng, length: usize) -> usize {
    usize::try_from(rng.below(length as u64)).unwrap_or_default()
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) setup: Rc<Setup>,
    pub(crate) daemons: Vec<Daemon>,
    pub(crate) serves: Vec<Serves>,
    pub(crate) readable: Vec<bool>,
    pub(crate) online: bool,
    openapi: BTreeMap<(usize, &'static str, u64), Rc<Document>>,
}

impl World {
    pub(crate) fn new(setup: &Rc<Setup>) -> Self {
        Self {
            setup: Rc::clone(setup),
            daemons: setup.daemons.iter().map(Daemon::new).collect(),
            serves: setup.origins.iter().map(|it| it.serves).collect(),
            readable: setup.origins.iter().map(|it| it.readable).collect(),
            online: setup.online,
            openapi: BTreeMap::new(),
        }
    }

    /// What is newest at an origin, where a document is.
    pub(crate) fn newest(&mut self, origin: usize) -> Option<Rc<Document>> {
        match self.serves[origin] {
            Serves::Daemon(daemon) => Some(Rc::clone(self.daemons[daemon].current())),
            Serves::App(app) | Serves::Described(app, _) => Some(self.openapi(origin, app)),
            Serves::Stranger => Some(self.openapi(origin, STRANGER)),
            _ => None,
        }
    }

    pub(crate) fn openapi(&mut self, origin: usize, app: App) -> Rc<Document> {
        let url = self.setup.origins[origin].url;
        let key = (origin, app.title, app.version);
        Rc::clone(
            self.openapi
                .entry(key)
                .or_insert_with(|| Rc::new(serve::openapi(app, url))),
        )
    }

    /// The candidate that a URL belongs to, and the path below it: the longest that it begins with, else the first
    /// of its origin.
    pub(crate) fn candidate<'a>(&self, url: &'a str) -> Option<(usize, &'a str)> {
        let below = |(index, origin): (usize, &crate::schedule::Origin)| {
            let path = url.strip_prefix(origin.url)?;
            path.starts_with('/')
                .then_some((index, path, origin.url.len()))
        };
        let found = self.setup.origins.iter().enumerate().filter_map(below);
        let longest = found.max_by_key(|(_, _, length)| *length);
        let beside = || {
            let same = |it: &crate::schedule::Origin| origin_of(it.url) == origin_of(url);
            let index = self.setup.origins.iter().position(same)?;
            Some((index, &url[origin_of(url).len()..]))
        };
        longest
            .map(|(index, path, _)| (index, path))
            .or_else(beside)
    }

    /// The candidate for which a URL is asked, and the path: below a candidate, or what an API catalog points at.
    pub(crate) fn place<'a>(&self, url: &'a str) -> Option<(usize, &'a str)> {
        pointed_at(url).or_else(|| self.candidate(url))
    }

    /// What an origin answers to a probe of `path`, if it answers at all and the network is well.
    pub(crate) fn answer(
        &mut self,
        origin: usize,
        path: &str,
        probe: &Probe,
        rng: &mut Rng,
    ) -> Option<Told> {
        let no_cors = probe.purpose.mode() == Mode::NoCors;
        let native = self.setup.page == Page::None;
        let same_origin =
            self.page_origin() == Some(origin_of(self.setup.origins[origin].url)) || native;
        if !self.online {
            return Some((Err(Failure::Unreadable), Heard::Nothing));
        }
        if pointed_at(&probe.url).is_some() {
            return Some(self.elsewhere(origin));
        }
        match self.serves[origin] {
            Serves::Nobody if native => return Some((Err(Failure::Refused), Heard::Nothing)),
            Serves::Nobody => return Some((Err(Failure::Unreadable), Heard::Nothing)),
            Serves::Hangs => return None,
            _ if !native && no_cors => {
                return Some((Ok(Answer::new(0, Body::Unread)), Heard::Nothing));
            }
            _ if !same_origin && !self.readable[origin] => {
                return Some((Err(Failure::Unreadable), Heard::Nothing));
            }
            _ => {}
        }
        Some(self.respond(origin, path, probe, rng))
    }

    fn respond(&mut self, origin: usize, path: &str, probe: &Probe, rng: &mut Rng) -> Told {
        let purpose = probe.purpose;
        let reads = purpose.max_bytes() > 0;
        match self.serves[origin] {
            Serves::Daemon(daemon) if purpose == Purpose::Catalog => {
                let mut told = document(self.daemons[daemon].current(), "catalog");
                if let (Ok(answer), 0) = (&mut told.0, rng.below(4)) {
                    let header = if rng.below(2) == 0 {
                        "no-cache"
                    } else {
                        "max-age=20"
                    };
                    answer.cache_control = Some(header.to_owned());
                }
                told
            }
            Serves::App(app) if path == OPENAPI => document(&self.openapi(origin, app), "openapi"),
            Serves::Described(app, elsewhere) => {
                self.described(origin, app, elsewhere, path, purpose)
            }
            Serves::Plain => plain(path, probe, rng),
            Serves::CatchAll => {
                let body = if reads { Body::NotJson } else { Body::Unread };
                (Ok(Answer::new(200, body)), Heard::Path(200, None))
            }
            Serves::Stranger if path == OPENAPI => {
                document(&self.openapi(origin, STRANGER), "openapi")
            }
            Serves::Garbage(kind) if reads => (
                Ok(Answer::new(200, Body::Json(serve::garbage(kind)))),
                Heard::Nothing,
            ),
            Serves::Busy(seconds) => busy(seconds, rng),
            Serves::Breaks => (Ok(Answer::new(500, body(reads))), Heard::Path(500, None)),
            Serves::Redirects => redirected(document_or_nothing(self, reads)),
            Serves::TooLarge if reads => (
                Ok(Answer::new(200, Body::OutOfBounds(OutOfBounds::TooLarge))),
                Heard::Nothing,
            ),
            _ => (
                Ok(Answer::new(404, body(reads))),
                if purpose == Purpose::CatchAll {
                    Heard::NoCatchAll
                } else {
                    Heard::Path(404, None)
                },
            ),
        }
    }

    fn described(
        &mut self,
        origin: usize,
        app: App,
        elsewhere: Elsewhere,
        path: &str,
        purpose: Purpose,
    ) -> Told {
        match purpose {
            Purpose::ApiCatalog => {
                let href = match elsewhere {
                    Elsewhere::Here => {
                        let url = self.setup.origins[origin].url;
                        format!("{}/docs/api.json", &url[origin_of(url).len()..])
                    }
                    Elsewhere::OtherHost => format!("{OTHER_HOST}/{origin}/api.json"),
                    Elsewhere::Loopback => format!("{LOOPBACK}/{origin}/api.json"),
                };
                let answer = Answer::new(200, Body::Json(serve::linkset(&href)));
                (Ok(answer), Heard::Nothing)
            }
            Purpose::OpenApi if path == "/docs/api.json" => {
                document(&self.openapi(origin, app), "api-catalog")
            }
            Purpose::CatchAll => (Ok(Answer::new(404, Body::Unread)), Heard::NoCatchAll),
            _ => (
                Ok(Answer::new(404, body(purpose.max_bytes() > 0))),
                Heard::Path(404, None),
            ),
        }
    }

    /// What another host answers where the API catalog of a candidate points at it.
    fn elsewhere(&mut self, origin: usize) -> Told {
        match self.serves[origin] {
            Serves::Described(app, _) => document(&self.openapi(origin, app), "api-catalog"),
            _ => (Ok(Answer::new(404, Body::NotJson)), Heard::Nothing),
        }
    }

    pub(crate) fn page_origin(&self) -> Option<&'static str> {
        self.setup.page.origin()
    }
}

/// Where applications serve their OpenAPI document.
const OPENAPI: &str = "/openapi.json";
/// Some other application.
const STRANGER: App = App {
    title: "Other",
    version: 3,
    base: "",
};

/// Where API catalogs point when they point elsewhere.
const OTHER_HOST: &str = "https://docs.example";
const LOOPBACK: &str = "http://localhost:9009";

/// The candidate and the path of a URL that an API catalog points at on another host.
fn pointed_at(url: &str) -> Option<(usize, &str)> {
    let path = url
        .strip_prefix(OTHER_HOST)
        .or_else(|| url.strip_prefix(LOOPBACK))?;
    let origin = path.strip_prefix('/')?.split_once('/')?.0.parse().ok()?;
    Some((origin, path))
}

/// Scheme, host and port.
pub(crate) fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |at| &url[..host + at])
}
