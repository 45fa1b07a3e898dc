//! Registers services: locates them, keeps them in the store, and only then shows them.
//!
//! One change at a time, in the order in which they are acknowledged. A change runs to its end even if whoever asked for
//! it has gone, so that the store and the registry never differ. Renewals are not written: what the store holds counts for
//! one whole lease after a restart, as in etcd.

use crate::ceiling::Ceiling;
use crate::clock::Clock;
use crate::finder::Finder;
use crate::pool::{Pool, Target};
use crate::registration::{Body, NotLocated, RegistrationId, Seat, locate, record};
use crate::registry::{Conflict, Registry};
use crate::settings::Networks;
use crate::store::{Change, Record, Store, StoreError};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use tokio::task::{spawn_blocking, spawn_local};
use tokio::time::sleep_until;

/// What registers services.
pub(crate) struct Registrar {
    registry: Rc<RefCell<Registry>>,
    finder: Rc<Finder>,
    pool: Rc<Pool>,
    ceiling: Rc<Ceiling>,
    clock: Clock,
    networks: RefCell<Networks>,
    store: Arc<Mutex<Box<dyn Store>>>,
    /// Bytes that the store keeps, since it was last used: it may be busy when somebody wants to know.
    kept: Arc<AtomicUsize>,
    /// Held for a whole change.
    changing: tokio::sync::Mutex<()>,
    /// Woken when a lease may end earlier than was known.
    leased: Notify,
}

/// Why a service was not registered, or is still.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotDone {
    /// Requests cannot go to one of its instances.
    #[error("instances[{index}].url: {why}")]
    Located {
        /// Which instance.
        index: usize,
        /// Why.
        why: NotLocated,
    },
    /// It does not fit what is there.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// There is no such registration.
    #[error("there is no such registration: its lease may have ended; register again")]
    Unknown,
    /// It could not be kept.
    #[error("not kept: {0}")]
    Store(#[from] StoreError),
    /// The daemon is ending, or something in it is broken.
    #[error("the daemon cannot do this now: {0}")]
    Broken(String),
}

impl Registrar {
    pub(crate) fn new(
        registry: Rc<RefCell<Registry>>,
        finder: Rc<Finder>,
        pool: Rc<Pool>,
        ceiling: Rc<Ceiling>,
        clock: Clock,
        networks: Networks,
        store: Box<dyn Store>,
    ) -> Self {
        Self {
            registry,
            finder,
            pool,
            ceiling,
            clock,
            networks: RefCell::new(networks),
            store: Arc::new(Mutex::new(store)),
            kept: Arc::default(),
            changing: tokio::sync::Mutex::new(()),
            leased: Notify::new(),
        }
    }

    /// Takes in what the store holds from runs before. Returns what cannot come back.
    pub(crate) fn restore(&self) -> Vec<RegistrationId> {
        let records = {
            let mut store = lock(&self.store);
            let records = store.records();
            self.kept.store(store.kept(), Ordering::Relaxed);
            records
        };
        let records = records.unwrap_or_else(|error| {
            tracing::error!(%error, "registered services are not known any more, and none can register");
            Vec::new()
        });
        let read = |it: &Record| (it.id, record::read(it, &self.networks.borrow()));
        let mut restored = Vec::new();
        let mut lost = Vec::new();
        for (id, registration) in records.iter().map(read) {
            match registration {
                Ok(registration) => restored.push(registration),
                Err(reason) => {
                    tracing::warn!(%id, reason, "a registration does not come back");
                    lost.push(id);
                }
            }
        }
        restored.sort_by_key(|it| it.order);
        let mut registry = self.registry.borrow_mut();
        // The settings may have taken the name or the place since; among each other they fitted when they were made.
        restored.retain(|it| {
            let urls: Vec<_> = it.seats.iter().map(|seat| seat.target.as_str()).collect();
            let fits = registry.replaces(&it.name, &urls);
            if let Err(conflict) = &fits {
                tracing::warn!(service = %it.name, %conflict, "a registration does not come back");
                lost.push(it.id);
            }
            fits.is_ok()
        });
        for registration in restored {
            registry.register(registration, self.clock.now());
        }
        lost
    }

    /// Ends registrations whose lease has ended, for ever; `lost` are forgotten first.
    pub(crate) async fn run(self: Rc<Self>, lost: Vec<RegistrationId>) {
        if !lost.is_empty() {
            self.forget(lost).await;
        }
        loop {
            let next = self.registry.borrow().next_lapse();
            let lapse = async {
                match next {
                    Some(at) => sleep_until(self.clock.instant(at)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = lapse => self.end_lapsed().await,
                () = self.leased.notified() => {}
            }
        }
    }

    async fn end_lapsed(&self) {
        let _changing = self.changing.lock().await;
        let lapsed = self.registry.borrow().lapsed(self.clock.now());
        for id in &lapsed {
            self.take_away(*id, "its lease has ended");
        }
        if !lapsed.is_empty() {
            self.forget(lapsed).await;
        }
    }

    /// No registration is made or taken back while this is held.
    pub(crate) async fn hold(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.changing.lock().await
    }

    /// Other networks are allowed from now on. Returns the registrations that are outside of them.
    pub(crate) fn allow(&self, networks: &Networks) -> Vec<RegistrationId> {
        self.networks.replace(networks.clone());
        let is_allowed = |seat: &Seat| {
            seat.target
                .ips()
                .iter()
                .all(|address| networks.admit(*address).is_ok())
        };
        let registry = self.registry.borrow();
        let outside = registry
            .registrations()
            .map(|it| &it.registration)
            .filter(|it| !it.seats.iter().all(is_allowed));
        outside.map(|it| it.id).collect()
    }

    /// What is not forgotten here comes back after a restart, for one lease.
    pub(crate) async fn forget(&self, ids: Vec<RegistrationId>) {
        if let Err(error) = self.write(Change::Remove(ids)).await {
            tracing::warn!(%error, "what has ended is still in the store");
        }
    }

    /// Registers a service; true when it was not registered before. Once this returns, the registration is on disk.
    pub(crate) async fn register(
        self: Rc<Self>,
        body: Body,
    ) -> Result<(RegistrationId, bool), NotDone> {
        to_the_end(async move { self.do_register(&body).await }).await
    }

    async fn do_register(&self, body: &Body) -> Result<(RegistrationId, bool), NotDone> {
        let mut seats = Vec::new();
        let networks = self.networks.borrow().clone();
        for (index, instance) in body.instances.iter().enumerate() {
            let target = locate(&instance.url, &networks).await;
            let target = target.map_err(|why| NotDone::Located { index, why })?;
            seats.push(Seat {
                target: target.verified(body.verifies()),
                weight: instance.weight,
            });
        }
        let _changing = self.changing.lock().await;
        self.ceiling.look();
        let urls: Vec<_> = body.instances.iter().map(|it| it.url.as_str()).collect();
        let (replaced, order) = {
            let registry = self.registry.borrow();
            (
                registry.replaces(body.name(), &urls)?,
                registry.next_order(),
            )
        };
        let id = match replaced {
            Some(id) => id,
            None => new_id()?,
        };
        let registration = body.registration(id, order, seats);
        let record =
            record::write(&registration).map_err(|error| NotDone::Broken(error.to_string()))?;
        self.write(Change::Put(record)).await?;
        tracing::info!(service = %registration.name, %id, "registered");
        let mut registry = self.registry.borrow_mut();
        let left = registry.register(registration, self.clock.now());
        drop(registry);
        self.look_after(&left);
        self.leased.notify_one();
        Ok((id, replaced.is_none()))
    }

    /// Begins the lease of a registration anew.
    pub(crate) fn renew(&self, id: RegistrationId) -> Result<(), NotDone> {
        let renewed = self.registry.borrow_mut().renew(id, self.clock.now());
        renewed.ok_or(NotDone::Unknown)
    }

    /// Ends a registration. Once this returns, it does not come back.
    pub(crate) async fn deregister(self: Rc<Self>, id: RegistrationId) -> Result<(), NotDone> {
        to_the_end(async move {
            let _changing = self.changing.lock().await;
            if self.registry.borrow().registration(id).is_none() {
                return Err(NotDone::Unknown);
            }
            self.write(Change::Remove(vec![id])).await?;
            self.take_away(id, "taken back");
            Ok(())
        })
        .await
    }

    fn take_away(&self, id: RegistrationId, why: &str) {
        let left = self.registry.borrow_mut().deregister(id);
        tracing::info!(%id, why, "no longer registered");
        self.look_after(&left.unwrap_or_default());
        self.ceiling.look_if_due();
    }

    /// Whoever listens where a service was registered may be a service still.
    fn look_after(&self, left: &[Target]) {
        for target in left {
            self.pool.forget(target);
            if target.is_loopback() {
                self.finder.look_at(target.port());
            }
        }
    }

    /// Bytes of memory that the store keeps.
    pub(crate) fn kept(&self) -> usize {
        self.kept.load(Ordering::Relaxed)
    }

    /// Writes in a thread of its own, since a disk may be slow.
    async fn write(&self, change: Change) -> Result<(), NotDone> {
        let (store, kept) = (Arc::clone(&self.store), Arc::clone(&self.kept));
        let written = spawn_blocking(move || {
            let mut store = lock(&store);
            let written = store.write(change);
            kept.store(store.kept(), Ordering::Relaxed);
            written
        });
        let written = written.await;
        Ok(written.map_err(|error| NotDone::Broken(error.to_string()))??)
    }
}

/// A store that panicked is as good as one that failed: the next write says so again.
fn lock(store: &Mutex<Box<dyn Store>>) -> std::sync::MutexGuard<'_, Box<dyn Store>> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a change even when nobody waits for it any more.
async fn to_the_end<T: 'static>(
    change: impl Future<Output = Result<T, NotDone>> + 'static,
) -> Result<T, NotDone> {
    let done = spawn_local(change).await;
    done.unwrap_or_else(|error| Err(NotDone::Broken(error.to_string())))
}

fn new_id() -> Result<RegistrationId, NotDone> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(|error| NotDone::Broken(error.to_string()))?;
    Ok(RegistrationId(u64::from_be_bytes(bytes)))
}

#[cfg(test)]
mod tests;
