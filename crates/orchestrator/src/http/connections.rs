//! The connections of clients: taken up to a number, watched, and ended when the daemon ends.

use super::answering::Answering;
use super::progress::{Progress, patiently};
use super::reply::Reply;
use super::seldom::Seldom;
use super::sending::Sending;
use super::server::Server;
use super::stall::StallGuard;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// For a whole request head, and for the next request on a kept connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
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

/// What a connection asks.
struct Asked {
    server: Rc<Server>,
    progress: Rc<Progress>,
}

impl Service<Request<Incoming>> for Asked {
    type Response = Reply;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        Answering::new(self.server.handle(request), &self.progress)
    }
}

/// Counts an open connection.
struct Open<'s>(&'s Cell<usize>);

impl<'s> Open<'s> {
    fn new(count: &'s Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Accepts connections until `stop` changes, then gives those that are open a moment to end.
pub(crate) async fn serve(listener: TcpListener, server: Rc<Server>, stop: watch::Receiver<bool>) {
    let room = Arc::new(Semaphore::new(MAX_CONNECTIONS as usize));
    let mut stopped = stop.clone();
    let mut short = false;
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
                if std::mem::take(&mut short) {
                    tracing::info!("connections are accepted again");
                }
                let (server, stop) = (Rc::clone(&server), stop.clone());
                tokio::task::spawn_local(async move {
                    let _open = Open::new(&server.connections);
                    connection(stream, Rc::clone(&server), stop).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Once, however long it lasts.
                if !std::mem::replace(&mut short, true) {
                    tracing::warn!(%error, "a connection was not accepted");
                }
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
    // A response is written in one piece; the next event of a stream must not wait for an acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let progress = Rc::new(Progress::default());
    let stream = Sending::new(stream, Rc::clone(&server.shelf));
    let asked = Asked {
        server,
        progress: Rc::clone(&progress),
    };
    let mut builder = http1::Builder::new();
    // Without a timer of its own: `patiently` is one for the whole connection.
    builder.max_buf_size(MAX_HEAD);
    let io = TokioIo::new(StallGuard::new(stream, STALL_TIMEOUT));
    let mut connection = pin!(builder.serve_connection(io, asked));
    let served = async {
        let (mut seldom, stopping) = (Seldom::default(), stop.clone());
        let mut stopped = pin!(stop.changed());
        let ended = poll_fn(|context| {
            if let Poll::Ready(ended) = connection.as_mut().poll(context) {
                return Poll::Ready(Some(ended));
            }
            let may_stop = stopping.has_changed().unwrap_or(true);
            seldom
                .poll(stopped.as_mut(), may_stop, context)
                .map(|_| None)
        })
        .await;
        match ended {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        }
    };
    match patiently(served, &progress, HEAD_TIMEOUT).await {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::debug!(%error, "a connection ended early"),
        None => tracing::debug!("a connection sent no whole request in time"),
    }
}
