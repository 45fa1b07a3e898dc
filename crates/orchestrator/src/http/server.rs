//! Connections in, responses out. Whatever is read is in memory already, so no request waits for another: only what is
//! sent to the daemon waits for its own body, and a change of the registry for the disk.

use super::body::ReplyBody;
use super::catalog::Catalog;
use super::dashboard;
use super::events::{Hub, health_event};
use super::guard::{Barred, Guard};
use super::outcomes::Outcomes;
use super::reply::{Reply, json, method_not_allowed, refusal, reply};
use super::routes::{FILES, Route, route};
use super::services::Registering;
use super::stall::StallGuard;
use super::status::{Budget, Checks, EpochView, Memory, Status};
use crate::budget::CpuBudget;
use crate::checker::Checker;
use crate::clock::{Clock, unix_ms};
use crate::memory::rss_bytes;
use crate::pool::Pool;
use crate::registry::Registry;
use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::ORIGIN;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use landfall_protocol::method::Method;
use std::cell::RefCell;
use std::convert::Infallible;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// For a whole request head, and for the next request on a kept connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// For a reader that stops reading.
const STALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest request head, in bytes.
const MAX_HEAD: usize = 16 * 1_024;
/// The most connections; further ones wait in the kernel's queue.
const MAX_CONNECTIONS: u32 = 2_048;
/// For connections to end when the daemon stops.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// After a connection could not be accepted, as when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the routes answer with.
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) guard: Guard,
    pub(crate) catalog: Rc<Catalog>,
    pub(crate) hub: Rc<Hub>,
    pub(crate) registry: Rc<RefCell<Registry>>,
    pub(crate) pool: Rc<Pool>,
    pub(crate) budget: Rc<CpuBudget>,
    pub(crate) checker: Rc<Checker>,
    pub(crate) outcomes: Outcomes,
    pub(crate) clock: Clock,
    /// What registering needs, or why nobody can register.
    pub(crate) registering: Result<Registering, String>,
}

impl Server {
    async fn handle(&self, request: Request<Incoming>) -> Reply {
        if let Err(barred) = self.guard.admit(request.uri(), request.headers()) {
            return barred.reply();
        }
        let origin = request.headers().get(ORIGIN).cloned();
        let mut reply = self.answer(request, origin.is_some()).await;
        Guard::allow_reading(&mut reply, origin.as_ref());
        reply
    }

    async fn answer(&self, request: Request<Incoming>, is_page: bool) -> Reply {
        let path = request.uri().path();
        let (entry, parameter) = match route(path) {
            Some((entry, parameter)) => (entry, parameter.to_owned()),
            None if dashboard::has(path) => (&FILES, String::new()),
            None => return refusal(StatusCode::NOT_FOUND, "nothing is here"),
        };
        let method = match request.method().as_str().parse() {
            Ok(Method::Options) => return Guard::options(entry.methods, entry.of_pages, is_page),
            Ok(method) if entry.methods.contains(&method) => method,
            _ => return method_not_allowed(entry.methods),
        };
        if is_page && !entry.of_pages.contains(&method) {
            return Barred::Page.reply();
        }
        let headers = request.headers();
        if matches!(entry.route, Route::Catalog | Route::Events) {
            self.checker.finder.asked();
        }
        match (entry.route, method) {
            (Route::Catalog, _) => self.catalog.reply(headers),
            (Route::Events, _) => self.hub.open(
                request.uri().query(),
                headers,
                &self.catalog.current(),
                || self.health_event(),
            ),
            (Route::Health, _) => json(&self.registry.borrow().health(self.clock.now(), unix_ms())),
            (Route::Status, _) => self.status(),
            (Route::Outcomes, _) => {
                let body = request.into_body();
                self.outcomes.take(body, &self.registry, &self.clock).await
            }
            (Route::Services, Method::Post) => self.register(request).await,
            (Route::Services, _) => self.list_services(),
            (Route::Service, Method::Put) => self.renew(headers, &parameter),
            (Route::Service, Method::Delete) => self.deregister(headers, &parameter).await,
            (Route::Service, _) => self.show_service(&parameter),
            (Route::Healthz, _) => reply(StatusCode::OK, "text/plain; charset=utf-8", "ok\n"),
            (Route::Dashboard, _) => dashboard::reply(path, headers)
                .unwrap_or_else(|| refusal(StatusCode::NOT_FOUND, "nothing is here")),
        }
    }

    /// The event that tells the present raw health.
    pub(crate) fn health_event(&self) -> Bytes {
        let view = self.registry.borrow().health(self.clock.now(), unix_ms());
        serde_json::to_vec(&view)
            .map(|json| health_event(&json))
            .unwrap_or_default()
    }

    fn status(&self) -> Reply {
        let now = self.clock.now();
        let registry = self.registry.borrow();
        let epoch = registry.epoch();
        let (overdue, oldest) = registry.backlog(now);
        let (total, failed) = self.checker.counts();
        json(&Status {
            name: &self.name,
            version: env!("CARGO_PKG_VERSION"),
            epoch: EpochView {
                registry: epoch.registry(),
                boot: epoch.boot(),
            },
            revision: self.catalog.current().stamp().revision,
            uptime_ms: now.0,
            budget: Budget {
                cpu: self.budget.view(now),
                overdue,
                oldest_verdict_ms: oldest.map(|age| age.0),
            },
            memory: Memory {
                rss_bytes: rss_bytes(),
            },
            checks: Checks {
                total,
                failed,
                in_flight: self.pool.in_flight(),
                in_flight_limit: self.pool.limits().in_flight,
                per_host_limit: self.pool.limits().per_host,
            },
            services: registry.len(),
            streams: self.hub.len(),
        })
    }
}

/// Accepts connections until `stop` changes, then gives those that are open a moment to end.
pub(crate) async fn serve(listener: TcpListener, server: Rc<Server>, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    let mut stopped = stop.clone();
    loop {
        let accepted = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(stream, Rc::clone(&server), stop.clone());
                tokio::task::spawn_local(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // New connections are refused from here on.
    drop(listener);
    server.hub.close();
    if timeout(LAST_WORDS, room.acquire_many(MAX_CONNECTIONS))
        .await
        .is_err()
    {
        tracing::warn!("connections that did not end were cut off");
    }
}

async fn connection(stream: TcpStream, server: Rc<Server>, mut stop: watch::Receiver<bool>) {
    let service = service_fn(move |request| {
        let server = Rc::clone(&server);
        async move { Ok::<hyper::Response<ReplyBody>, Infallible>(server.handle(request).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(MAX_HEAD);
    let io = TokioIo::new(StallGuard::new(stream, STALL_TIMEOUT));
    let mut connection = pin!(builder.serve_connection(io, service));
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = stop.changed() => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
