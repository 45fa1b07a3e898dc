//! What the registry must not forget: which run this is, and which services are registered.
//!
//! A trait from the first day, so that another store (on disk, or shared by machines) can take the place of the
//! embedded one without a change elsewhere. The registry writes through it and reads it once, at start.

mod embedded;
mod epoch_file;

pub use embedded::EmbeddedStore;

use landfall_protocol::id::Epoch;
use landfall_protocol::name::Name;
use std::path::PathBuf;

/// What identifies a found service over restarts of itself and of the daemon: what its process is called and what its
/// API says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The name of the process.
    pub process: String,
    /// The digest of the API's title and endpoints.
    pub fingerprint: u64,
}

/// A service that has a name in this registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The name, unique in the registry.
    pub name: Name,
    /// What the name belongs to.
    pub identity: Identity,
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The state cannot be read or written.
    #[error("the state in {path:?} cannot be kept: {source}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The state is there but is not this daemon's format.
    #[error(
        "the state in {path:?} is not what this version writes ({reason}); move the file away to start a new registry"
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
    /// There is no place for state.
    #[error("there is no place for state: set XDG_STATE_HOME or HOME, or use --state-dir")]
    NoPlace,
}

/// Where a registry is kept.
pub trait Store {
    /// Which run of which registry this is. Constant for the life of the store.
    fn epoch(&self) -> &Epoch;

    /// All registrations.
    ///
    /// # Errors
    /// [`StoreError`] when they cannot be read.
    fn registrations(&self) -> Result<Vec<Registration>, StoreError>;

    /// Keeps a registration, in the place of one with the same name.
    ///
    /// # Errors
    /// [`StoreError`] when it was not kept.
    fn put(&mut self, registration: Registration) -> Result<(), StoreError>;

    /// Forgets a registration; nothing happens when there is none.
    ///
    /// # Errors
    /// [`StoreError`] when it may still be there.
    fn remove(&mut self, name: &Name) -> Result<(), StoreError>;
}
