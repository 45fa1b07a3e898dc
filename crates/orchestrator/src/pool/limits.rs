//! What the pool may use, and waiting for it.

use super::Failure;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// What the pool may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Requests at the same time.
    pub in_flight: usize,
    /// Requests at the same time to one host and port.
    pub per_host: usize,
    /// Idle connections that are kept.
    pub idle: usize,
    /// From the first byte of a request to the last of its response.
    pub deadline: Duration,
}

impl Limits {
    /// How many targets that timed out the last time are asked at the same time.
    pub(super) const fn suspects(&self) -> usize {
        if self.in_flight < 2 {
            1
        } else {
            self.in_flight / 2
        }
    }
}

/// Waits for one of the permits.
pub(super) async fn permit(semaphore: &Semaphore) -> Result<SemaphorePermit<'_>, Failure> {
    // The semaphores are never closed.
    semaphore
        .acquire()
        .await
        .map_err(|_| Failure::Connection(io::ErrorKind::Other))
}

/// Gives a semaphore more permits, or takes some away as they come back.
pub(super) fn resize(semaphore: &Rc<Semaphore>, before: usize, after: usize) {
    semaphore.add_permits(after.saturating_sub(before));
    let surplus = before.saturating_sub(after);
    let surplus = surplus - semaphore.forget_permits(surplus);
    if let Ok(surplus @ 1..) = u32::try_from(surplus) {
        let semaphore = Rc::clone(semaphore);
        tokio::task::spawn_local(async move {
            if let Ok(permits) = semaphore.acquire_many(surplus).await {
                permits.forget();
            }
        });
    }
}
