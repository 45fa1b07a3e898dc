//! The state folder: the run of the registry, the token, and the store of registrations.

use super::epoch_file::{EpochFile, random_id};
use super::{EmbeddedStore, Store, StoreError};
use crate::token::Token;
use landfall_protocol::id::Epoch;
use std::path::{Path, PathBuf};

/// What a daemon has on disk.
pub struct State {
    /// Which run of which registry this is.
    pub epoch: Epoch,
    /// What registering needs; without it the registry is read only, and this says why.
    pub writes: Result<Writes, StoreError>,
    /// Locks the folder until it is dropped.
    pub lock: Option<EpochFile>,
}

/// What registering needs.
pub struct Writes {
    /// What a client must know.
    pub token: Token,
    /// The file that holds the token, when it was made just now.
    pub new_token_file: Option<PathBuf>,
    /// Where registrations are kept.
    pub store: Box<dyn Store>,
}

impl State {
    /// Opens the state in a folder, which is created if need be, and counts one start. Without a usable folder the run is
    /// a registry of its own, into which nobody can register.
    #[must_use]
    pub fn open(dir: Option<&Path>) -> Self {
        let opened = dir
            .ok_or(StoreError::NoPlace)
            .and_then(|dir| Ok((EpochFile::open(dir)?, dir)));
        match opened {
            Ok(((lock, epoch), dir)) => Self {
                epoch,
                writes: writes(dir),
                lock: Some(lock),
            },
            Err(error) => {
                tracing::warn!(%error, "this run has a registry id of its own: clients take it for another daemon");
                Self {
                    epoch: random_id(),
                    writes: Err(error),
                    lock: None,
                }
            }
        }
    }
}

fn writes(dir: &Path) -> Result<Writes, StoreError> {
    let (token, new_token_file) = Token::open(dir)?;
    Ok(Writes {
        token,
        new_token_file,
        store: Box::new(EmbeddedStore::new(dir)),
    })
}

/// The state folder where nobody names another: the XDG base directory specification's place for state.
pub(crate) fn default_dir() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let base =
        absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(base.join("landfall"))
}
