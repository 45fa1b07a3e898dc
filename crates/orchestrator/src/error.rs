//! Why the daemon did not start or stopped.

use crate::settings::SettingsError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that ends the daemon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The address is taken, or may not be used.
    #[error(
        "cannot listen on {address}: {source}{}",
        if source.kind() == io::ErrorKind::AddrInUse { "; another landfall may run there: stop it, or choose another port with --listen" } else { "" }
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The ready file cannot be written.
    #[error("the ready file {path:?} cannot be written: {source}")]
    ReadyFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system does not give what an event loop needs.
    #[error("the system refuses what the daemon needs: {0}")]
    System(#[source] io::Error),
    /// The catalog of the settings is not one.
    #[error("the settings make no catalog: {0}")]
    Catalog(String),
}
