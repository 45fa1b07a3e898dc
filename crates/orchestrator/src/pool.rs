//! The daemon's own HTTP client: keep-alive connections to servers on this machine, few at a time.
//!
//! A general client costs about 27 KB per connection, this one about 1 KB, and the daemon keeps one per service. It sends
//! only what [`SafeMethod`] can express, follows no redirects, and bounds time, heads and bodies.
//!
//! An https server is spoken to over TLS, which is made ready when the first one is.
//!
//! Order of waiting: first for the host, then for a slot of the whole, so that a slow host holds back nobody else.

mod chunked;
mod connection;
mod exchange;
mod failure;
mod head;
mod limits;
mod run_queue;
mod target;
mod tls;

#[cfg(feature = "fuzzing")]
pub(crate) use exchange::exchange;
pub use exchange::{Buffers, Want};
pub use failure::{Failure, Flaw};
pub use limits::Limits;
pub use target::{NotATarget, Target};

use connection::{Connection, connect};
#[cfg(not(feature = "fuzzing"))]
use exchange::exchange;
use exchange::{Answered, Broken};
use landfall_protocol::method::SafeMethod;
use limits::{permit, resize};
use run_queue::RunQueue;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;
use tls::Tls;
pub(crate) use tls::check_authorities;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// A deadline that is missed by more than this was missed by the daemon itself, which was not scheduled: such a
/// timeout says nothing about the service.
const OWN_DELAY: Duration = Duration::from_millis(250);

/// One request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'r> {
    /// GET or OPTIONS.
    pub method: SafeMethod,
    /// Path and query, as they stand in the request line.
    pub path: &'r str,
    /// What to do with the body.
    pub want: Want,
    /// Whether the target timed out the last time; such targets share half of the slots.
    pub suspect: bool,
}

/// An answer. Header fields and body are in the [`Buffers`] of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// From the request to the head of the response, in microseconds.
    pub latency_us: u64,
}

struct Host {
    gate: Rc<Semaphore>,
    idle: Vec<Connection>,
}

/// The connections.
pub struct Pool {
    limits: Cell<Limits>,
    slots: Rc<Semaphore>,
    suspects: Rc<Semaphore>,
    hosts: RefCell<HashMap<SocketAddr, Host>>,
    idle: Cell<usize>,
    /// Idle connections that are kept, whatever the limits say.
    spared: Cell<usize>,
    tls: Tls,
    run_queue: RunQueue,
}

impl Pool {
    /// An empty pool.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits: Cell::new(limits),
            slots: Rc::new(Semaphore::new(limits.in_flight)),
            suspects: Rc::new(Semaphore::new(limits.suspects())),
            hosts: RefCell::default(),
            idle: Cell::new(0),
            spared: Cell::new(usize::MAX),
            tls: Tls::default(),
            run_queue: RunQueue::default(),
        }
    }

    /// An empty pool that verifies https servers by the authorities in this file (PEM), besides those that the system
    /// trusts.
    #[must_use]
    pub fn trusting(limits: Limits, ca_file: Option<PathBuf>) -> Self {
        Self {
            tls: Tls::trusting(ca_file),
            ..Self::new(limits)
        }
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        self.limits.get()
    }

    /// Other limits from now on. Requests that are on their way end as they began; there are no further ones until the new
    /// limits allow them. Runs on a `LocalSet`.
    pub fn limit(&self, limits: Limits) {
        let before = self.limits.replace(limits);
        resize(&self.slots, before.in_flight, limits.in_flight);
        resize(&self.suspects, before.suspects(), limits.suspects());
        for host in self.hosts.borrow().values() {
            resize(&host.gate, before.per_host, limits.per_host);
        }
        self.close_surplus();
    }

    /// Keeps no more than `idle` idle connections from now on, whatever the limits say.
    pub fn spare(&self, idle: usize) {
        self.spared.set(idle);
        self.close_surplus();
    }

    /// Idle connections that may be kept.
    fn most_idle(&self) -> usize {
        self.limits.get().idle.min(self.spared.get())
    }

    fn close_surplus(&self) {
        let mut hosts = self.hosts.borrow_mut();
        for host in hosts.values_mut() {
            let surplus = self.idle.get().saturating_sub(self.most_idle());
            let kept = host.idle.len().saturating_sub(surplus);
            self.idle.set(self.idle.get() - (host.idle.len() - kept));
            host.idle.truncate(kept);
        }
        // As when a last request ends there.
        hosts.retain(|_, host| Rc::strong_count(&host.gate) > 1 || !host.idle.is_empty());
        hosts.shrink_to_fit();
    }

    /// Requests that are on their way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.limits
            .get()
            .in_flight
            .saturating_sub(self.slots.available_permits())
    }

    /// Idle connections.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.idle.get()
    }

    /// Bytes that are kept for hosts and idle connections, without what the kernel and TLS keep.
    pub(crate) fn kept(&self) -> usize {
        let hosts = self.hosts.borrow();
        let idle: usize = hosts.values().map(|host| host.idle.capacity()).sum();
        let gate = size_of::<Semaphore>();
        hosts.capacity() * size_of::<(SocketAddr, Host)>()
            + hosts.len() * gate
            + idle * size_of::<Connection>()
    }

    /// Sends a request once its host and the pool have room, and reads the answer.
    ///
    /// # Errors
    /// [`Failure`]. The deadline counts from when there is room.
    pub async fn send(
        &self,
        target: &Target,
        request: Request<'_>,
        buffers: &mut Buffers,
    ) -> Result<Reply, Failure> {
        let deadline = self.limits.get().deadline;
        self.send_within(target, request, deadline, buffers).await
    }

    /// The same with a deadline of its own.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn send_within(
        &self,
        target: &Target,
        request: Request<'_>,
        deadline: Duration,
        buffers: &mut Buffers,
    ) -> Result<Reply, Failure> {
        let answer = self.answer(target, request, buffers);
        self.in_turn(target, deadline, request.suspect, answer)
            .await
    }

    /// Connects once there is room, and says how long that took in microseconds. Nothing is sent.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn reach(
        &self,
        target: &Target,
        deadline: Duration,
        suspect: bool,
    ) -> Result<u64, Failure> {
        let reached = async {
            let started = Instant::now();
            connect(target).await?;
            Ok(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX))
        };
        self.in_turn(target, deadline, suspect, reached).await
    }

    /// Does `work` once its host and the pool have room.
    async fn in_turn<T>(
        &self,
        target: &Target,
        deadline: Duration,
        suspect: bool,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let visit = Visit {
            pool: self,
            key: target.key(),
            gate: self.gate(target.key()),
        };
        let _host = permit(&visit.gate).await?;
        let _suspect = if suspect {
            Some(permit(&self.suspects).await?)
        } else {
            None
        };
        let _slot = permit(&self.slots).await?;
        let (started, waited) = (Instant::now(), self.run_queue.begin());
        match timeout(deadline, work).await {
            Ok(done) => done,
            Err(_) if started.elapsed() > deadline + OWN_DELAY => Err(Failure::Starved),
            Err(_) if self.run_queue.has_starved(waited, deadline) => Err(Failure::Starved),
            Err(_) => Err(Failure::Timeout),
        }
    }

    /// Verifies by the authorities in another file from now on.
    pub async fn trust(&self, ca_file: Option<PathBuf>) {
        self.tls.trust(ca_file).await;
    }

    /// Drops what is kept for a server that is gone.
    pub fn forget(&self, target: &Target) {
        if let Some(host) = self.hosts.borrow_mut().remove(&target.key()) {
            self.idle.set(self.idle.get() - host.idle.len());
        }
    }

    fn gate(&self, key: SocketAddr) -> Rc<Semaphore> {
        let mut hosts = self.hosts.borrow_mut();
        let host = hosts.entry(key).or_insert_with(|| Host {
            gate: Rc::new(Semaphore::new(self.limits.get().per_host)),
            idle: Vec::new(),
        });
        Rc::clone(&host.gate)
    }

    async fn answer(
        &self,
        target: &Target,
        request: Request<'_>,
        buffers: &mut Buffers,
    ) -> Result<Reply, Failure> {
        if let Some(mut stream) = self.take_idle(target) {
            match self.attempt(&mut stream, target, request, buffers).await {
                // The server closed the kept connection while the request was on its way: no verdict, a new connection.
                Err(Broken::Silent(_)) => {}
                done => return self.settle(target, stream, &done),
            }
        }
        let mut stream = Connection::open(target, &self.tls).await?;
        let done = self.attempt(&mut stream, target, request, buffers).await;
        self.settle(target, stream, &done)
    }

    async fn attempt(
        &self,
        stream: &mut Connection,
        target: &Target,
        request: Request<'_>,
        buffers: &mut Buffers,
    ) -> Result<Answered, Broken> {
        let write = |bytes: &mut Vec<u8>| {
            head::write_request(bytes, request.method, request.path, target.host());
        };
        exchange(stream, write, request.want, buffers).await
    }

    fn settle(
        &self,
        target: &Target,
        stream: Connection,
        done: &Result<Answered, Broken>,
    ) -> Result<Reply, Failure> {
        match done {
            Ok(answered) => {
                if answered.reusable {
                    self.keep(target.key(), stream);
                }
                Ok(Reply {
                    status: answered.status,
                    latency_us: answered.latency_us,
                })
            }
            Err(Broken::Silent(kind) | Broken::Midway(kind)) => Err(Failure::Connection(*kind)),
            Err(Broken::NotHttp) => Err(Failure::NotHttp),
            Err(Broken::TooLarge) => Err(Failure::TooLarge),
        }
    }

    fn take_idle(&self, target: &Target) -> Option<Connection> {
        let mut hosts = self.hosts.borrow_mut();
        let idle = &mut hosts.get_mut(&target.key())?.idle;
        while let Some(at) = idle.iter().rposition(|it| it.serves(target)) {
            let mut stream = idle.swap_remove(at);
            self.idle.set(self.idle.get() - 1);
            if stream.is_quiet() {
                return Some(stream);
            }
        }
        None
    }

    fn keep(&self, key: SocketAddr, stream: Connection) {
        if self.idle.get() >= self.most_idle() {
            return;
        }
        if let Some(host) = self.hosts.borrow_mut().get_mut(&key) {
            // Hardly any host has several.
            host.idle.reserve_exact(1);
            host.idle.push(stream);
            self.idle.set(self.idle.get() + 1);
        }
    }
}

/// A request to a host. With the last one, what is kept for the host goes, unless there are idle connections.
struct Visit<'p> {
    pool: &'p Pool,
    key: SocketAddr,
    gate: Rc<Semaphore>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut hosts = self.pool.hosts.borrow_mut();
        let is_last = |host: &Host| Rc::strong_count(&host.gate) <= 2 && host.idle.is_empty();
        if hosts.get(&self.key).is_some_and(is_last) {
            hosts.remove(&self.key);
        }
    }
}
