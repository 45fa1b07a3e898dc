//! The embedded store: registrations in memory, the boot counter on disk.

use super::epoch_file::{EpochFile, random_id};
use super::{Registration, Store, StoreError};
use landfall_protocol::id::Epoch;
use landfall_protocol::name::Name;
use std::collections::BTreeMap;
use std::path::Path;

/// A store inside the daemon.
#[derive(Debug)]
pub struct EmbeddedStore {
    epoch: Epoch,
    registrations: BTreeMap<Name, Registration>,
    /// Holds the lock for the life of the store.
    _state: Option<EpochFile>,
}

impl EmbeddedStore {
    /// Opens the state in `dir`, counts this start, and makes that durable.
    ///
    /// # Errors
    /// [`StoreError`]; the caller can go on with [`EmbeddedStore::transient`].
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let (state, epoch) = EpochFile::open(dir)?;
        Ok(Self {
            epoch,
            registrations: BTreeMap::new(),
            _state: Some(state),
        })
    }

    /// A store with a random registry id, for one run only.
    #[must_use]
    pub fn transient() -> Self {
        Self {
            epoch: random_id(),
            registrations: BTreeMap::new(),
            _state: None,
        }
    }
}

impl Store for EmbeddedStore {
    fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    fn registrations(&self) -> Result<Vec<Registration>, StoreError> {
        Ok(self.registrations.values().cloned().collect())
    }

    fn put(&mut self, registration: Registration) -> Result<(), StoreError> {
        self.registrations
            .insert(registration.name.clone(), registration);
        Ok(())
    }

    fn remove(&mut self, name: &Name) -> Result<(), StoreError> {
        self.registrations.remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Identity;
    use super::*;

    #[test]
    fn a_registration_is_kept_until_it_is_removed() {
        let mut store = EmbeddedStore::transient();
        let name = Name::parse("items-api").unwrap();
        let identity = Identity {
            process: "uvicorn".to_owned(),
            fingerprint: 7,
        };
        let registration = Registration {
            name: name.clone(),
            identity,
        };
        store.put(registration.clone()).unwrap();
        store.put(registration.clone()).unwrap();
        assert_eq!(store.registrations().unwrap(), [registration]);
        store.remove(&name).unwrap();
        store.remove(&name).unwrap();
        assert_eq!(store.registrations().unwrap(), []);
    }

    #[test]
    fn transient_stores_are_different_registries() {
        let (one, other) = (EmbeddedStore::transient(), EmbeddedStore::transient());
        assert_ne!(one.epoch().registry(), other.epoch().registry());
    }
}
