//! What services say of themselves, read again from time to time and when they come back.

use super::{InstanceId, Reading, Registry};
use crate::identity;
use landfall_protocol::endpoint::Wanted;
use landfall_protocol::probe::Rung;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;

/// What reading a description needs.
pub(crate) struct ReadOrder {
    /// Where to ask.
    pub(crate) origin: BaseUrl,
    /// The question that was answered before, and the digest of the answer.
    pub(crate) before: Option<(Rung, u64)>,
    /// Endpoints to ask for one by one where no document tells of them.
    pub(crate) wanted: Vec<Wanted>,
}

impl Registry {
    /// Whether an instance's description is to be read and is not being read already; it counts as being read from then on.
    pub(crate) fn is_to_be_read(&mut self, id: InstanceId) -> bool {
        let instance = self.instances.get_mut(id).filter(|it| it.is_checked());
        instance.is_some_and(|instance| {
            let description = &mut instance.description;
            description.wanted && !std::mem::replace(&mut description.reading, true)
        })
    }

    /// The order for reading an instance's description when it is its turn; `None` when the instance is gone.
    pub(crate) fn read_order(&mut self, id: InstanceId) -> Option<ReadOrder> {
        let instance = self.instances.get_mut(id)?;
        let is_there = instance.is_checked();
        let description = &mut instance.description;
        description.reading = is_there && description.wanted;
        if !description.reading {
            return None;
        }
        let before = description.before;
        let is_declared = description.is_declared;
        let service = self.services.get(instance.service);
        Some(ReadOrder {
            origin: instance.origin(),
            before,
            wanted: service
                .filter(|_| is_declared)
                .map_or_else(Vec::new, |it| it.profile().unclear()),
        })
    }

    /// Takes what an instance said of itself; `None` when it said nothing new.
    pub(crate) fn described(&mut self, id: InstanceId, reading: Option<Reading>, now: Millis) {
        let Some(instance) = self.instances.get_mut(id) else {
            return;
        };
        let description = &mut instance.description;
        description.reading = false;
        let is_declared = description.is_declared;
        if let Some(reading) = reading.as_ref().filter(|_| !is_declared) {
            description.before = reading.described;
        }
        description.ask_again_after(now, self.periods.reread);
        let (Some(reading), Some(service)) = (reading, self.services.get_mut(instance.service))
        else {
            return;
        };
        if is_declared {
            if service.revise(|it| it.clear_up(&reading.endpoints)) {
                tracing::info!(
                    service = service.name(),
                    "methods of declared endpoints read"
                );
                self.changes.notify_one();
            }
            return;
        }
        let place = instance.place();
        let identity = place.map(|place| {
            identity::of(
                &place.process.name,
                reading.title.as_ref(),
                &reading.endpoints,
            )
        });
        instance.check = instance
            .check
            .described(&instance.target, &reading.endpoints);
        let is_from_settings = instance.is_from_settings();
        let endpoints = reading.endpoints.len();
        let is_described = reading.described.is_some();
        let learned = service.revise(|profile| {
            if let Some(identity) = identity {
                profile.identity = identity;
            }
            // What a person wrote goes before what the service says.
            let written = profile.title.clone().filter(|_| is_from_settings);
            let title = written.or(reading.title);
            profile.learn(title, reading.endpoints, is_described, now)
        });
        if learned.shown {
            tracing::info!(service = service.name(), endpoints, "endpoints read");
            self.changes.notify_one();
        }
        if learned.drift {
            service.profile().log_drift(service.name());
            self.drifts.notify_one();
        }
    }
}
