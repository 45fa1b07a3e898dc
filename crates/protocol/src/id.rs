//! Epochs and revisions: which of two catalogs is the newer one.

use crate::name::Name;
use crate::refused::{Code, Refused};

/// One run of one registry. The boot counter is kept on disk by the registry, so the revisions of a
/// restarted orchestrator start over without being taken for old ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Epoch {
    registry: Name,
    boot: u64,
}

impl Epoch {
    /// An epoch of `registry` (1 to 64 characters of `A-Z a-z 0-9 . _ -`).
    ///
    /// # Errors
    /// [`Code::BadName`] for the id, [`Code::BadNumber`] for a counter that a JavaScript number
    /// cannot hold exactly.
    pub fn new(registry: &str, boot: u64) -> Result<Self, Refused> {
        let fits = registry.len() <= 64
            && registry
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'));
        if !fits {
            return Err(Refused::new(Code::BadName, registry).within("epoch/registry"));
        }
        let registry = Name::parse(registry).map_err(|refused| refused.within("epoch/registry"))?;
        if boot > MAX_COUNT {
            return Err(Refused::new(Code::BadNumber, "").within("epoch/boot"));
        }
        Ok(Self { registry, boot })
    }

    /// The id of the registry.
    #[must_use]
    pub fn registry(&self) -> &str {
        self.registry.as_str()
    }

    /// How often the registry has started.
    #[must_use]
    pub const fn boot(&self) -> u64 {
        self.boot
    }
}

pub use crate::json::MAX_COUNT;

/// A point in the history of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Which run.
    pub epoch: Epoch,
    /// How many changes since that run began.
    pub revision: u64,
}

impl Stamp {
    /// Whether `self` came before `other` in the same registry. Stamps of two registries have no
    /// order: neither is older.
    #[must_use]
    pub fn is_older_than(&self, other: &Self) -> bool {
        self.epoch.registry == other.epoch.registry
            && (self.epoch.boot, self.revision) < (other.epoch.boot, other.revision)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(registry: &str, boot: u64, revision: u64) -> Stamp {
        Stamp {
            epoch: Epoch::new(registry, boot).unwrap(),
            revision,
        }
    }

    #[test]
    fn a_restart_is_newer_than_any_revision_before_it() {
        assert!(stamp("a", 1, 900).is_older_than(&stamp("a", 2, 0)));
        assert!(!stamp("a", 2, 0).is_older_than(&stamp("a", 1, 900)));
        assert!(stamp("a", 2, 0).is_older_than(&stamp("a", 2, 1)));
        assert!(!stamp("a", 2, 1).is_older_than(&stamp("a", 2, 1)));
    }

    #[test]
    fn two_registries_have_no_order() {
        assert!(!stamp("a", 1, 1).is_older_than(&stamp("b", 2, 2)));
        assert!(!stamp("b", 2, 2).is_older_than(&stamp("a", 1, 1)));
    }

    #[test]
    fn an_id_is_plain_and_a_counter_fits_javascript() {
        assert!(Epoch::new("", 0).is_err());
        assert!(Epoch::new("a b", 0).is_err());
        assert!(Epoch::new(&"a".repeat(65), 0).is_err());
        assert!(Epoch::new("a", MAX_COUNT + 1).is_err());
    }
}
