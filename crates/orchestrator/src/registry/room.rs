//! What the registry does without while memory is short.

use super::Registry;
use crate::health::HealthState;
use std::collections::BTreeSet;

/// What there is room for.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// Whether histories are short.
    pub(super) is_short: bool,
    /// Whether nothing new is taken in. What the settings name always is.
    pub(super) is_closed: bool,
    /// The ports of what was found meanwhile.
    left_out: BTreeSet<u16>,
}

impl Room {
    /// Something was found at this port that has to wait.
    pub(super) fn leave_out(&mut self, port: u16) -> bool {
        self.left_out.insert(port)
    }
}

impl Registry {
    /// Keeps histories short, and the registry closed, from now on, or no longer. Returns the ports of what was found
    /// while it was closed, once it is open.
    pub(crate) fn make_do(&mut self, is_short: bool, is_closed: bool) -> BTreeSet<u16> {
        if is_short != self.room.is_short {
            for instance in self.instances.values_mut() {
                instance.health.shorten(is_short);
            }
        }
        self.room.is_short = is_short;
        self.room.is_closed = is_closed;
        if is_closed {
            BTreeSet::new()
        } else {
            std::mem::take(&mut self.room.left_out)
        }
    }

    /// Bytes that all histories take when they are as long as they become.
    pub(crate) fn most_history_bytes(&self) -> usize {
        self.instances.len() * HealthState::MOST_HISTORY_BYTES
    }
}
