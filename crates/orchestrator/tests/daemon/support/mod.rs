//! What the tests share: the real daemon as a process, tiny backends, and a client that says what it sends.

pub(crate) mod backend;
pub(crate) mod client;
pub(crate) mod command;
pub(crate) mod daemon;

use std::time::{Duration, Instant};

/// Waits until `look` gives something; the last resort of a broken test is a minute.
pub(crate) fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let give_up = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < give_up, "did not happen: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
