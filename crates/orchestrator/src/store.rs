//! What the registry must not forget: which services are registered.
//!
//! A trait from the first day, so that another store (shared by machines) can take the place of the embedded one without
//! a change elsewhere. It keeps records without looking into them. It is read once, at start; a write is durable when it
//! returns, so it may take as long as a disk takes, and is made where nothing waits for it but whoever asked for it.

mod embedded;
mod epoch_file;
mod state;

pub use embedded::EmbeddedStore;
pub(crate) use epoch_file::{LOCK, recorded as recorded_epoch};
pub(crate) use state::default_dir;
pub use state::{State, Writes};

use crate::registration::RegistrationId;
use std::path::PathBuf;

/// A registration as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its handle, unique in the store.
    pub id: RegistrationId,
    /// What it says.
    pub value: Vec<u8>,
}

/// One durable change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Keeps a record, in the place of one with the same id.
    Put(Record),
    /// Forgets records; those that are not there count as forgotten.
    Remove(Vec<RegistrationId>),
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The state cannot be read or written.
    #[error("the state in {path:?} cannot be read or written: {source}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The state is there but is not this daemon's format.
    #[error(
        "the state in {path:?} is not what this version writes ({reason}); move the file away to start anew"
    )]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another daemon uses the same state.
    #[error(
        "the state in {path:?} is in use by another daemon; give this one its own with --state-dir"
    )]
    InUse {
        /// The lock file.
        path: PathBuf,
    },
    /// Others than the daemon's user can read a secret.
    #[error("{path:?} can be read by others: `chmod 600` it, or delete it to have a new one")]
    Exposed {
        /// Which file.
        path: PathBuf,
    },
    /// There is no place for state.
    #[error("there is no place for state: set XDG_STATE_HOME or HOME, or use --state-dir")]
    NoPlace,
}

impl StoreError {
    /// Whether there is no room.
    #[must_use]
    pub fn is_full(&self) -> bool {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let is_full = |kind| matches!(kind, FileTooLarge | QuotaExceeded | StorageFull);
        matches!(self, Self::Io { source, .. } if is_full(source.kind()))
    }
}

/// Where registrations are kept.
pub trait Store: Send {
    /// All records.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    fn records(&mut self) -> Result<Vec<Record>, StoreError>;

    /// Makes a change that lasts, whatever happens after this has returned.
    ///
    /// # Errors
    /// [`StoreError`] when it may be lost.
    fn write(&mut self, change: Change) -> Result<(), StoreError>;

    /// Bytes of memory that it keeps, as far as it knows.
    fn kept(&self) -> usize {
        0
    }
}
