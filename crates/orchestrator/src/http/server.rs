//! From a request to its answer. Whatever is read is in memory already, so no request waits for another: only what is
//! sent to the daemon waits for its own body, and a change of the registry for the disk.

use super::answering::Answer;
use super::body::ReplyBody;
use super::catalog::Catalog;
use super::dashboard;
use super::events::{Hub, health_event};
use super::guard::{Barred, Guard};
use super::openapi;
use super::outcomes::Outcomes;
use super::reply::{Reply, json, method_not_allowed, refusal, reply};
use super::routes::{Entry, FILES, Route, route};
use super::services::Registering;
use super::shelf::Shelf;
use super::traffic::Traffic;
use super::variant::Variants;
use crate::budget::CpuBudget;
use crate::checker::Checker;
use crate::clock::{Clock, unix_ms};
use crate::pool::Pool;
use crate::registry::Registry;
use crate::reload::Report;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{HeaderValue, ORIGIN};
use hyper::{Request, StatusCode};
use landfall_protocol::method::Method;
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// What the routes answer with.
pub(crate) struct Server {
    pub(crate) name: RefCell<String>,
    pub(crate) guard: RefCell<Guard>,
    pub(crate) settings: RefCell<Report>,
    pub(crate) catalog: Rc<Catalog>,
    pub(crate) shelf: Rc<Shelf>,
    pub(crate) hub: Rc<Hub>,
    pub(crate) registry: Rc<RefCell<Registry>>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) budget: Rc<CpuBudget>,
    pub(crate) checker: Rc<Checker>,
    pub(crate) outcomes: Outcomes,
    pub(crate) traffic: Traffic,
    /// The description of the API, once somebody wants it.
    pub(crate) openapi: OnceCell<Variants>,
    /// Open connections of clients.
    pub(crate) connections: Cell<usize>,
    pub(crate) clock: Clock,
    /// What registering needs, or why nobody can register.
    pub(crate) registering: Result<Registering, String>,
}

impl Server {
    /// Answers a request.
    pub(super) fn handle(self: &Rc<Self>, request: Request<Incoming>) -> Answer {
        let headers = request.headers();
        if let Err(barred) = self.guard.borrow().admit(request.uri(), headers) {
            let reply = barred.reply();
            self.traffic.count(None, reply.status());
            return Answer::Now(reply);
        }
        let origin = headers.get(ORIGIN);
        let path = request.uri().path();
        let found = route(path).or_else(|| dashboard::has(path).then_some((&FILES, "")));
        let Some((entry, parameter)) = found else {
            let reply = refusal(StatusCode::NOT_FOUND, "nothing is here");
            return Answer::Now(self.finish(None, origin, reply));
        };
        let is_page = origin.is_some();
        let method = match allowed(request.method().as_str(), entry, is_page) {
            Ok(method) => method,
            Err(aside) => {
                let reply = aside.reply(entry, is_page);
                return Answer::Now(self.finish(Some(entry), origin, reply));
            }
        };
        if matches!(entry.route, Route::Catalog | Route::Events) {
            self.checker.finder.asked();
        }
        if entry.route == Route::Catalog {
            // The one that is asked for most: its head is prepared, with what `finish` would add.
            let reply = self.catalog.reply(request.uri().query(), headers);
            if reply.status().is_client_error() || reply.status().is_server_error() {
                return Answer::Now(self.finish(Some(entry), origin, reply));
            }
            if let ReplyBody::Whole(Some(document)) = reply.body() {
                self.shelf.served(document);
            }
            self.traffic.count(Some(entry), reply.status());
            return Answer::Now(reply);
        }
        if !entry.waits(method) {
            let reply = self.read(entry.route, method, parameter, &request);
            return Answer::Now(self.finish(Some(entry), origin, reply));
        }
        let (server, parameter) = (Rc::clone(self), parameter.to_owned());
        Answer::Later(Box::pin(async move {
            let origin = request.headers().get(ORIGIN).cloned();
            let reply = server.write(entry.route, &parameter, request).await;
            server.finish(Some(entry), origin.as_ref(), reply)
        }))
    }

    /// Counts an answer, and lets the page read it that asked.
    fn finish(
        &self,
        entry: Option<&Entry>,
        origin: Option<&HeaderValue>,
        mut reply: Reply,
    ) -> Reply {
        self.traffic.count(entry, reply.status());
        Guard::allow_reading(&mut reply, origin);
        reply
    }

    /// Answers from memory.
    fn read(
        &self,
        route: Route,
        method: Method,
        parameter: &str,
        request: &Request<Incoming>,
    ) -> Reply {
        let (uri, headers) = (request.uri(), request.headers());
        match route {
            Route::Catalog => self.catalog.reply(uri.query(), headers),
            Route::Events => {
                let (health, drift) = (|| self.health_event(), || self.drift_event());
                self.hub
                    .open(uri.query(), headers, &self.catalog, health, drift)
            }
            Route::Health => json(&self.registry.borrow().health(self.clock.now(), unix_ms())),
            Route::Drift => self.drift(),
            Route::ServiceDrift => self.accept_drift(headers, parameter),
            Route::Status => self.status(),
            Route::Services => self.list_services(),
            Route::Service if method == Method::Put => self.renew(headers, parameter),
            Route::Service => self.show_service(parameter),
            Route::Metrics => self.metrics(),
            Route::Memory => self.memory(),
            Route::OpenApi => self.openapi.get_or_init(openapi::variants).reply(headers),
            Route::ApiCatalog => self.api_catalog(),
            Route::Healthz => reply(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"),
            Route::Dashboard => dashboard::reply(uri.path(), headers)
                .unwrap_or_else(|| refusal(StatusCode::NOT_FOUND, "nothing is here")),
            // It only waits.
            Route::Outcomes => refusal(StatusCode::NOT_FOUND, "nothing is here"),
        }
    }

    /// Answers once a body has come, or the disk has what it must have.
    async fn write(&self, route: Route, parameter: &str, request: Request<Incoming>) -> Reply {
        match route {
            Route::Services => self.register(request).await,
            Route::Service => self.deregister(request.headers(), parameter).await,
            _ => {
                let body = request.into_body();
                self.outcomes.take(body, &self.registry, &self.clock).await
            }
        }
    }

    /// The event that tells the present raw health.
    pub(crate) fn health_event(&self) -> Bytes {
        let registry = self.registry.borrow();
        serde_json::to_vec(&registry.health(self.clock.now(), unix_ms()))
            .map(|json| health_event(&json))
            .unwrap_or_default()
    }
}

/// What is answered by looking at the method alone.
enum Aside {
    Options,
    NotAllowed,
    Page,
}

impl Aside {
    fn reply(&self, entry: &Entry, is_page: bool) -> Reply {
        match self {
            Self::Options => Guard::options(entry.methods, entry.of_pages, is_page),
            Self::NotAllowed => method_not_allowed(entry.methods),
            Self::Page => Barred::Page.reply(),
        }
    }
}

/// The method of a request, if its route has it, and a page may use it where a page asks.
fn allowed(method: &str, entry: &Entry, is_page: bool) -> Result<Method, Aside> {
    match method.parse() {
        Ok(Method::Options) => Err(Aside::Options),
        Ok(method) if !entry.methods.contains(&method) => Err(Aside::NotAllowed),
        Ok(method) if is_page && !entry.of_pages.contains(&method) => Err(Aside::Page),
        Ok(method) => Ok(method),
        Err(_) => Err(Aside::NotAllowed),
    }
}
