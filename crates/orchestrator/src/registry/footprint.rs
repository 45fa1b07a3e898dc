//! What the registry takes of the memory, counted from what it holds: without what the allocator and the trees add.

use super::instance::Instance;
use super::services::Profile;
use super::{InstanceId, Registry};
use crate::registration::Registration;
use landfall_protocol::endpoint::Endpoint;
use smol_str::SmolStr;

/// Bytes by what they are for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Footprint {
    /// Services and instances, without what follows.
    pub(crate) records: usize,
    /// Scores and latencies of the last checks.
    pub(crate) histories: usize,
    /// Names and addresses.
    pub(crate) texts: usize,
    /// Endpoints with their paths and names.
    pub(crate) endpoints: usize,
    /// What was registered.
    pub(crate) registrations: usize,
}

impl Footprint {
    /// All of it.
    pub(crate) const fn sum(&self) -> usize {
        self.records + self.histories + self.texts + self.endpoints + self.registrations
    }

    /// A name or an address. Short ones are in their records.
    fn take_text(&mut self, text: &str) {
        self.texts += text.len();
        if !SmolStr::new(text).is_heap_allocated() {
            self.records -= text.len();
        }
    }
}

impl Registry {
    /// What it takes.
    pub(crate) fn footprint(&self) -> Footprint {
        let instances = self.instances.capacity() * size_of::<(InstanceId, Instance)>();
        let mut footprint = Footprint {
            records: instances + self.services.kept() + self.declared.kept(),
            ..Footprint::default()
        };
        for instance in self.instances.values() {
            footprint.take_text(instance.target.as_str());
            footprint.histories += instance.health.history_bytes();
        }
        for (_, service) in self.services.iter() {
            footprint.take_text(service.name());
            if let Some(profile) = service.known() {
                let title = profile.title.as_ref().map_or(0, |it| it.as_str().len());
                footprint.records += size_of::<Profile>();
                footprint.texts += title;
                footprint.endpoints += endpoints(&profile.endpoints);
            }
        }
        for leased in self.registrations.values() {
            let registration = &leased.registration;
            let texts = registration.name.as_str().len();
            footprint.registrations +=
                size_of::<Registration>() + texts + endpoints(&registration.endpoints);
        }
        footprint
    }

    /// How many instances there are, without the daemon itself.
    pub(crate) fn instances(&self) -> usize {
        self.instances.len()
    }
}

fn endpoints(endpoints: &[Endpoint]) -> usize {
    let size = |it: &Endpoint| {
        let operations = it.operations.iter().map(|(_, name)| name.as_str().len());
        let texts = it.name.as_str().len() + it.path.as_str().len() + operations.sum::<usize>();
        size_of::<Endpoint>() + texts
    };
    endpoints.iter().map(size).sum()
}
