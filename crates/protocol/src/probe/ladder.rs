//! The ladder of one origin: from the one request that tells everything down to asking for single paths.
//!
//! Catalog, OpenAPI, API catalog, then the endpoints that the page wants. An answer that cannot be read
//! means 'unreadable', not 'absent': the ladder goes on down. It sends at most one request at a time.

use super::access::Access;
use super::answer::{Answer, Body, Failure};
use super::evidence::{of_get, of_options, proves_path};
use super::found::{Found, Rung, Step};
use super::request::{Probe, Purpose};
use crate::catalog::{Document, HealthClass, Instance, Service, WELL_KNOWN};
use crate::endpoint::{Endpoint, Protocol, Wanted};
use crate::json::Json;
use crate::method::SafeMethod;
use crate::name::Name;
use crate::readers::{api_catalog, openapi};
use crate::reason::Reason;
use crate::refused::{Code, Refused};
use crate::url::BaseUrl;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Reach,
    Catalog,
    OpenApi,
    ApiCatalog,
    Description,
    CatchAll,
    Options(usize),
    Get(usize),
}

/// One pass down the ladder of one origin.
#[derive(Debug, Clone)]
pub struct Ladder {
    origin: BaseUrl,
    at: At,
    /// Whether somebody is known to listen, so that a failed request means 'unreadable'.
    reached: bool,
    /// Whether OPTIONS may be sent: across origins a browser would send a preflight for it.
    options: bool,
    /// Where an API catalog may lead.
    access: Access,
    /// A path that nobody can have.
    nonce: u32,
    /// The wanted endpoints that can be asked for, with what is known of them.
    wanted: Vec<(Endpoint, bool)>,
    /// The most telling reason so far.
    reason: Reason,
    /// What every answer of this pass amounted to; `NotFound`, which says something of one path alone, where they differ.
    alike: Option<Reason>,
    /// What every answer of the pass before amounted to: where the first one still does, the others need not be asked for.
    before: Option<Reason>,
}

impl Ladder {
    /// The whole ladder of `origin`. `wanted` are the endpoints to ask for one by one in the end;
    /// `options` says whether OPTIONS may be sent; `nonce` is a random number.
    #[must_use]
    pub fn new(origin: BaseUrl, wanted: &[Wanted], options: bool, nonce: u32) -> Self {
        let mut can_ask = Vec::new();
        for it in wanted {
            if it.protocol == Protocol::Http && it.path.variables().next().is_none() {
                can_ask.push((it.declared(), false));
            }
        }
        Self {
            origin,
            at: At::Catalog,
            reached: false,
            options,
            access: Access::ALL,
            nonce,
            wanted: can_ask,
            reason: Reason::NotFound,
            alike: None,
            before: None,
        }
    }

    /// Does not follow an API catalog to where the page may not go unasked.
    #[must_use]
    pub const fn within(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Begins at the rung that worked before. Single paths are worth nothing without the question for a
    /// catch-all before them.
    #[must_use]
    pub fn start_at(mut self, rung: Rung) -> Self {
        self.at = match rung {
            Rung::Catalog => At::Catalog,
            Rung::OpenApi => At::OpenApi,
            Rung::ApiCatalog => At::ApiCatalog,
            Rung::Endpoints if self.wanted.is_empty() => At::Catalog,
            Rung::Endpoints => At::CatchAll,
        };
        self
    }

    /// Asks first whether anybody listens: one request instead of two for a place that was empty before.
    #[must_use]
    pub fn reach_first(mut self) -> Self {
        self.at = At::Reach;
        self
    }

    /// Goes down the whole ladder even where no answer can be read.
    #[must_use]
    pub const fn in_full(mut self) -> Self {
        self.reached = true;
        self
    }

    /// Ends with the first answer where that is like all those before, which were alike: a server that fails, or that has one
    /// page for everything, does so for every rung.
    #[must_use]
    pub const fn unless_still(mut self, before: Option<Reason>) -> Self {
        self.before = before;
        self
    }

    /// What every answer of a pass that found nothing amounted to: an error of the server, another origin, or nothing that
    /// could be read. `None` where they differ, or say something of one path alone.
    #[must_use]
    pub fn alike(&self) -> Option<Reason> {
        self.alike
            .filter(|it| (Reason::ServerError..=Reason::Malformed).contains(it))
    }

    /// The origin.
    #[must_use]
    pub const fn origin(&self) -> &BaseUrl {
        &self.origin
    }

    /// The first question.
    #[must_use]
    pub fn begin(&self) -> Probe {
        self.ask(None)
    }

    /// Takes the answer to the last question.
    pub fn answer<J: Json>(&mut self, result: Result<Answer<J>, Failure>) -> Step<J> {
        match result {
            Err(Failure::Refused) => Step::Nothing(Reason::NobodyListening, None),
            Err(Failure::TimedOut) => Step::Nothing(Reason::TimedOut, None),
            Err(Failure::Unreadable) => self.unreadable(),
            Ok(answer) if self.at == At::Reach => {
                drop(answer);
                self.reached = true;
                self.go(At::Catalog)
            }
            Ok(answer) => self.read(&answer),
        }
    }

    fn unreadable<J: Json>(&mut self) -> Step<J> {
        if self.at == At::Reach {
            return Step::Nothing(Reason::NobodyListening, None);
        }
        if !self.reached {
            return self.go(At::Reach);
        }
        self.pass(Reason::Unreadable)
    }

    fn read<J: Json>(&mut self, answer: &Answer<J>) -> Step<J> {
        self.reached = true;
        if matches!(answer.status, 429 | 503) {
            let seconds = answer
                .retry_after
                .as_deref()
                .and_then(crate::freshness::delay_seconds);
            return Step::Nothing(Reason::ServerError, seconds);
        }
        if answer.redirected_to.is_some() {
            return self.pass(Reason::Redirected);
        }
        match self.at {
            At::Options(index) => {
                let said = self.wanted.get_mut(index).is_some_and(|(it, seen)| {
                    *seen |= of_options(it, answer);
                    *seen
                });
                self.go(if said {
                    self.wanted_after(index)
                } else {
                    At::Get(index)
                })
            }
            At::Get(index) => {
                if let Some((it, seen)) = self.wanted.get_mut(index) {
                    *seen |= of_get(it, answer);
                }
                self.go(self.wanted_after(index))
            }
            // An error of the server says nothing of which paths it has.
            At::CatchAll if answer.status >= 500 => {
                self.wanted.clear();
                self.pass(Reason::ServerError)
            }
            At::CatchAll if proves_path(answer.status) => {
                self.wanted.clear();
                self.down()
            }
            At::CatchAll => {
                self.alike = Some(Reason::NotFound);
                self.go(self.first_wanted())
            }
            _ if answer.status >= 500 => self.pass(Reason::ServerError),
            _ if !matches!(answer.status, 200..=299) => self.pass(Reason::NotFound),
            _ => self.read_document(answer),
        }
    }

    fn read_document<J: Json>(&mut self, answer: &Answer<J>) -> Step<J> {
        let json = match &answer.body {
            Body::Json(json) => json,
            Body::OutOfBounds(_) => return self.pass(Reason::TooLarge),
            Body::NotJson | Body::Unread => return self.pass(Reason::Malformed),
        };
        let read = match self.at {
            At::Catalog => Document::from_json(json).map(|document| (Rung::Catalog, document)),
            At::ApiCatalog => match api_catalog::read(json, &self.origin) {
                Ok(Some(url)) if self.access.bars(&url) => return self.pass(Reason::Permission),
                Ok(Some(url)) => {
                    self.at = At::Description;
                    return Step::Ask(self.ask(Some(url.as_str().to_owned())));
                }
                Ok(None) => return self.pass(Reason::NotFound),
                Err(refused) => Err(refused),
            },
            at => {
                let rung = if at == At::OpenApi {
                    Rung::OpenApi
                } else {
                    Rung::ApiCatalog
                };
                self.read_openapi(json).map(|document| (rung, document))
            }
        };
        match read {
            Ok((rung, document)) => Step::Found(Box::new(Found {
                rung,
                document,
                cache_control: answer.cache_control.clone(),
            })),
            Err(refused) if refused.code == Code::TooMany => self.pass(Reason::TooLarge),
            Err(_) => self.pass(Reason::Malformed),
        }
    }

    fn read_openapi<J: Json>(&self, json: &J) -> Result<Document<J>, Refused> {
        let reading = openapi::read(json, &self.origin)?;
        let name = match reading.title.as_ref().and_then(Name::slug) {
            Some(name) => name,
            None => self.own_name()?,
        };
        Ok(Document::unstamped(vec![reading.into_service(name)]))
    }

    /// A name for a service that has none: its host and port.
    fn own_name(&self) -> Result<Name, Refused> {
        Name::parse(self.origin.authority())
    }

    /// The next rung.
    fn down<J: Json>(&mut self) -> Step<J> {
        let next = match self.at {
            At::Reach => At::Catalog,
            At::Catalog => At::OpenApi,
            At::OpenApi => At::ApiCatalog,
            At::ApiCatalog | At::Description if !self.wanted.is_empty() => At::CatchAll,
            At::ApiCatalog | At::Description | At::CatchAll => At::Get(self.wanted.len()),
            At::Options(index) => At::Get(index),
            At::Get(index) => self.wanted_after(index),
        };
        self.go(next)
    }

    fn go<J: Json>(&mut self, next: At) -> Step<J> {
        if let At::Get(index) | At::Options(index) = next
            && index >= self.wanted.len()
        {
            return self.finish();
        }
        self.at = next;
        Step::Ask(self.ask(None))
    }

    /// Past the last rung: what the single paths have shown.
    fn finish<J: Json>(&mut self) -> Step<J> {
        let mut endpoints = Vec::new();
        for (endpoint, seen) in std::mem::take(&mut self.wanted) {
            if seen {
                endpoints.push(endpoint);
            }
        }
        // The same name wherever it is, so that it is known again when it has moved.
        match Name::parse("backend") {
            Ok(name) if !endpoints.is_empty() => {
                let instance = Instance {
                    url: self.origin.clone(),
                    weight: 100,
                    health: HealthClass::Unknown,
                };
                let service = Service {
                    name,
                    title: None,
                    instances: vec![instance],
                    endpoints,
                };
                let document = Document::unstamped(vec![service]);
                Step::Found(Box::new(Found {
                    rung: Rung::Endpoints,
                    document,
                    cache_control: None,
                }))
            }
            _ => Step::Nothing(self.reason, None),
        }
    }

    const fn first_wanted(&self) -> At {
        if self.options {
            At::Options(0)
        } else {
            At::Get(0)
        }
    }

    const fn wanted_after(&self, index: usize) -> At {
        if self.options {
            At::Options(index + 1)
        } else {
            At::Get(index + 1)
        }
    }

    fn ask(&self, url: Option<String>) -> Probe {
        let wanted = |index: usize| {
            self.wanted
                .get(index)
                .map_or("/", |(it, _)| it.path.as_str())
                .to_owned()
        };
        let (purpose, path) = match self.at {
            At::Reach => (Purpose::Reach, WELL_KNOWN.to_owned()),
            At::Catalog => (Purpose::Catalog, WELL_KNOWN.to_owned()),
            At::OpenApi | At::Description => (Purpose::OpenApi, openapi::PATH.to_owned()),
            At::ApiCatalog => (Purpose::ApiCatalog, api_catalog::PATH.to_owned()),
            At::CatchAll => (Purpose::CatchAll, self.impossible_path()),
            At::Options(index) | At::Get(index) => (Purpose::Endpoint, wanted(index)),
        };
        let method = if matches!(self.at, At::Options(_)) {
            SafeMethod::Options
        } else {
            SafeMethod::Get
        };
        Probe {
            method,
            url: url.unwrap_or_else(|| self.origin.join(&path)),
            purpose,
        }
    }

    fn impossible_path(&self) -> String {
        let mut path = String::from("/landfall-");
        for shift in (0..8).rev() {
            let digit = (self.nonce >> (shift * 4)) & 15;
            path.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
        path
    }

    /// This rung has nothing: on to the next one, if that is worth a request.
    fn pass<J: Json>(&mut self, reason: Reason) -> Step<J> {
        self.reason = self.reason.max(reason);
        match self.alike {
            None => self.alike = Some(reason),
            Some(it) if it != reason => self.alike = Some(Reason::NotFound),
            _ => {}
        }
        if self.before.take() == Some(reason) {
            return Step::Nothing(reason, None);
        }
        self.down()
    }
}
