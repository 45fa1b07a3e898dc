//! All services: what each is called, where it runs, and what is known of what it has.
//!
//! A service is kept once and named by its id: thousands of names would weigh more than what they name.

use super::InstanceId;
use super::drift::Drift;
use crate::identity::Identity;
use crate::labels::Labels;
use crate::registration::Registration;
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;
use slotmap::{SlotMap, new_key_type};
use smallvec::SmallVec;
use smol_str::SmolStr;
use std::rc::Rc;

new_key_type! {
    /// The handle of a service. Never used twice.
    pub(super) struct ServiceId;
}

/// A service and where it runs.
#[derive(Debug)]
pub(super) struct Service {
    name: SmolStr,
    /// Hardly any runs at more places than two.
    pub(super) instances: SmallVec<[InstanceId; 2]>,
    /// `None` for what says nothing of itself, and of which nobody else says anything.
    profile: Option<Box<Profile>>,
}

/// What is known of what a service has.
#[derive(Debug, Default)]
pub(super) struct Profile {
    pub(super) title: Option<Name>,
    pub(super) endpoints: Vec<Endpoint>,
    /// Who it is whatever its port; `None` for what is known by its address only.
    pub(super) identity: Option<Identity>,
    /// What it registered last, which goes before what it says of itself.
    pub(super) declared: Option<Rc<Registration>>,
    /// Those of the settings.
    pub(super) labels: Labels,
    /// What it had before and has no more.
    pub(super) drift: Option<Box<Drift>>,
}

impl Profile {
    const NOTHING: &Self = &Self {
        title: None,
        endpoints: Vec::new(),
        identity: None,
        declared: None,
        labels: Labels::NONE,
        drift: None,
    };

    fn is_nothing(&self) -> bool {
        self.title.is_none()
            && self.endpoints.is_empty()
            && self.identity.is_none()
            && self.declared.is_none()
            && self.labels.is_empty()
            && self.drift.is_none()
    }
}

impl Service {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The name as the catalog has it.
    pub(super) fn catalog_name(&self) -> Name {
        Name::parse(&self.name).unwrap_or_else(|_| unreachable!("it was made of one"))
    }

    pub(super) fn profile(&self) -> &Profile {
        self.profile.as_deref().unwrap_or(Profile::NOTHING)
    }

    /// What is known of it, if anything is.
    pub(super) fn known(&self) -> Option<&Profile> {
        self.profile.as_deref()
    }

    /// Changes what is known of it.
    pub(super) fn revise<T>(&mut self, change: impl FnOnce(&mut Profile) -> T) -> T {
        let mut profile = self.profile.take().unwrap_or_default();
        let changed = change(&mut profile);
        self.profile = Some(profile).filter(|it| !it.is_nothing());
        changed
    }
}

/// All services.
#[derive(Debug, Default)]
pub(super) struct Services {
    all: SlotMap<ServiceId, Service>,
    /// In the order of their names.
    by_name: Vec<ServiceId>,
}

impl Services {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, id: ServiceId) -> Option<&Service> {
        self.all.get(id)
    }

    pub(super) fn get_mut(&mut self, id: ServiceId) -> Option<&mut Service> {
        self.all.get_mut(id)
    }

    /// What a service is called.
    pub(super) fn name(&self, id: ServiceId) -> &str {
        self.get(id).map_or("", Service::name)
    }

    /// The service of this name.
    pub(super) fn named(&self, name: &str) -> Option<ServiceId> {
        let at = self.position(name).ok()?;
        self.by_name.get(at).copied()
    }

    /// The service of this name, which is new if there is none.
    pub(super) fn entry(&mut self, name: &Name) -> ServiceId {
        match self.position(name.as_str()) {
            Ok(at) => self.by_name[at],
            Err(at) => {
                let id = self.all.insert(Service {
                    name: name.as_str().into(),
                    instances: SmallVec::new(),
                    profile: None,
                });
                self.by_name.insert(at, id);
                id
            }
        }
    }

    pub(super) fn remove(&mut self, id: ServiceId) -> Option<Service> {
        let removed = self.all.remove(id)?;
        // Nobody looks for a name in between.
        self.by_name.retain(|other| *other != id);
        Some(removed)
    }

    /// In the order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ServiceId, &Service)> {
        let ids = self.by_name.iter();
        ids.filter_map(|id| Some((*id, self.all.get(*id)?)))
    }

    /// Bytes that are kept, without texts and without what is known of what services have.
    pub(super) fn kept(&self) -> usize {
        self.all.capacity() * size_of::<(ServiceId, Service)>()
            + self.by_name.capacity() * size_of::<ServiceId>()
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        self.by_name.binary_search_by(|id| self.name(*id).cmp(name))
    }
}
