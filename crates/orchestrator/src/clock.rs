//! The daemon's clocks: one that only goes forward, for decisions, and the wall clock, for what people read.

use landfall_protocol::time::Millis;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Milliseconds since the daemon started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    started: Instant,
}

impl Clock {
    /// A clock that starts now.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// The time since the start.
    pub(crate) fn now(&self) -> Millis {
        Millis(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The instant of a time, to sleep until.
    pub(crate) fn instant(&self, at: Millis) -> Instant {
        // A year from now is as good as never.
        let never = self.started + Duration::from_secs(365 * 24 * 3_600);
        self.started
            .checked_add(Duration::from_millis(at.0))
            .map_or(never, |instant| instant.min(never))
    }
}

/// Milliseconds since 1970, as the wall clock has it.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
