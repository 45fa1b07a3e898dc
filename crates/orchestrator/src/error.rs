//! Why a command did not do what it should.

use crate::settings::SettingsError;
use crate::store::StoreError;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that ends a command early.
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
    /// The state of the daemon cannot be used.
    #[error(transparent)]
    State(#[from] StoreError),
    /// No daemon has started with this state yet.
    #[error(
        "there is no token in {path:?}: start the daemon once, or name its state folder with --state-dir"
    )]
    NoToken {
        /// The state folder.
        path: PathBuf,
    },
    /// The daemon does not answer.
    #[error(
        "no daemon answers at {url}: {source}; start it with `landfall serve`, or say where it is with --daemon"
    )]
    NoDaemon {
        /// Where it was asked.
        url: String,
        /// Why.
        source: io::Error,
    },
    /// Something else than the daemon answers.
    #[error(
        "what answers at {url} is no landfall daemon ({reason}); say where the daemon is with --daemon"
    )]
    NotADaemon {
        /// Where it was asked.
        url: String,
        /// What it answered.
        reason: String,
    },
    /// The daemon refused what it was asked.
    #[error("the daemon refused with status {status}: {reason}")]
    Refused {
        /// The status.
        status: u16,
        /// Why, in the daemon's words.
        reason: String,
    },
    /// No request can or may go to a URL.
    #[error("{0}")]
    NoTarget(String),
    /// Nothing at a URL tells which endpoints there are.
    #[error("{url} describes no endpoints: {reason}")]
    Undescribed {
        /// What was asked.
        url: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// The doctor has found what keeps the daemon from its work.
    #[error("{count} {} to be mended", if *count == 1 { "thing is" } else { "things are" })]
    Unwell {
        /// How many problems there are.
        count: usize,
    },
    /// What was asked for cannot be printed.
    #[error("the output cannot be written: {0}")]
    Output(#[source] io::Error),
    /// The catalog of the settings is not one.
    #[error("the settings make no catalog: {0}")]
    Catalog(String),
}
