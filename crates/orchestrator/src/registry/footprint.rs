//! What the registry takes of the memory, counted from what it holds: without what the allocator and the trees add.

use super::instance::Instance;
use super::{InstanceId, Registry, Service};
use crate::registration::Registration;
use landfall_protocol::endpoint::Endpoint;
use landfall_protocol::name::Name;

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
}

impl Registry {
    /// What it takes.
    pub(crate) fn footprint(&self) -> Footprint {
        let record = size_of::<(InstanceId, Box<Instance>)>() + size_of::<Instance>();
        let mut footprint = Footprint {
            records: self.instances.len() * record,
            ..Footprint::default()
        };
        for instance in self.instances.values() {
            let texts = instance.service.as_str().len() + instance.url.as_str().len();
            footprint.texts += texts;
            footprint.histories += instance.health.history_bytes();
        }
        for (name, service) in &self.services {
            let title = service.title.as_ref().map_or(0, |it| it.as_str().len());
            footprint.records += size_of::<(Name, Service)>();
            footprint.texts += name.as_str().len() + title;
            footprint.endpoints += endpoints(&service.endpoints);
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
