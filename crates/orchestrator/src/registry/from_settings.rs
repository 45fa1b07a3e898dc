//! The services of the settings, at the start and when the settings change.

use super::instance::{Description, Source};
use super::services::ServiceId;
use super::standing::Since;
use super::unclear::any_unclear;
use super::{Check, Instance, InstanceId, Registry};
use crate::health::{HealthState, Reason};
use crate::pool::Target;
use crate::registration::RegistrationId;
use crate::settings::ServiceSettings;
use landfall_protocol::time::Millis;
use std::collections::HashSet;

/// What other services had to make room for.
#[derive(Debug, Default)]
pub(crate) struct Resettled {
    /// Where somebody was that is there no longer.
    pub(crate) left: Vec<Target>,
    /// Registrations that have ended.
    pub(crate) ended: Vec<RegistrationId>,
}

impl Registry {
    /// Whether these are not the services that were taken in from the settings.
    pub(crate) fn differs_from(&self, settings: &[ServiceSettings]) -> bool {
        let known = self.instances.values().filter(|it| it.is_from_settings());
        known.count() != settings.len() || !settings.iter().all(|it| self.is_as_written(it))
    }

    /// Replaces the services of the settings by those of new ones. What has not changed is left alone, with all
    /// that is known of it; so is the health of what is still where it was.
    pub(crate) fn resettle(&mut self, settings: &[ServiceSettings], now: Millis) -> Resettled {
        let mut resettled = Resettled::default();
        let names: HashSet<&str> = settings.iter().map(|it| it.name().as_str()).collect();
        let is_over = |it: &Instance| {
            it.is_from_settings() && !names.contains(self.services.name(it.service))
        };
        let over = self.instances.iter().filter(|(_, it)| is_over(it));
        let over: Vec<InstanceId> = over.map(|(id, _)| id).collect();
        resettled.left.extend(self.forget(&over));
        for new in settings {
            if !self.is_as_written(new) {
                self.make_room(new, &mut resettled);
                self.change(new, now);
            }
        }
        resettled
    }

    /// Whether a service is there as it is in the settings.
    fn is_as_written(&self, settings: &ServiceSettings) -> bool {
        let id = self.instance_from_settings(settings);
        let source = id.and_then(|id| Some(&self.instances.get(id)?.source));
        let written = settings.digest();
        source.is_some_and(|it| matches!(it, Source::Settings { digest, .. } if *digest == written))
    }

    /// What is written down goes before what was found or has registered under this name or in this place.
    fn make_room(&mut self, settings: &ServiceSettings, resettled: &mut Resettled) {
        let target = &settings.url.0;
        let service = self.services.named(settings.name().as_str());
        let is_in_the_way = |it: &Instance| {
            let found_there = it.place().map(|place| place.port) == Some(target.port());
            let is_there = it.target.as_str() == target.as_str();
            !it.is_from_settings() && (Some(it.service) == service || is_there || found_there)
        };
        let instances = self.instances.iter();
        let in_the_way: Vec<_> = instances
            .filter(|(_, it)| is_in_the_way(it))
            .map(|(id, it)| (id, it.registration()))
            .collect();
        for (id, registration) in in_the_way {
            match registration {
                Some(registration) => {
                    if let Some(left) = self.deregister(registration) {
                        resettled.left.extend(left);
                        resettled.ended.push(registration);
                    }
                }
                None => resettled.left.extend(self.forget(&[id])),
            }
        }
    }

    fn instance_from_settings(&self, settings: &ServiceSettings) -> Option<InstanceId> {
        let service = self.services.named(settings.name().as_str())?;
        let service = self.services.get(service)?;
        let is_it = |id: &&InstanceId| {
            let instance = self.instances.get(**id);
            instance.is_some_and(Instance::is_from_settings)
        };
        service.instances.iter().find(is_it).copied()
    }

    /// Changes a service of the settings, or adds it.
    fn change(&mut self, new: &ServiceSettings, now: Millis) {
        let Some(id) = self.instance_from_settings(new) else {
            return self.add_from_settings(new, now);
        };
        let Some(before) = self.instances.get_mut(id) else {
            return;
        };
        let mut instance = instance(before.service, new, now);
        instance.arrivals = before.arrivals.wrapping_add(1);
        let Some(service) = self.services.get_mut(before.service) else {
            return;
        };
        let was_titled = match before.source {
            Source::Settings { is_titled, .. } => is_titled,
            Source::Registration(_) | Source::Socket(_) => false,
        };
        let stays = before.target.as_str() == instance.target.as_str();
        if stays {
            instance.succeed(before);
        }
        let says_itself = |it: &Description| it.wanted && !it.is_declared;
        let said_itself =
            stays && says_itself(&before.description) && says_itself(&instance.description);
        if said_itself {
            instance.description.before = before.description.before;
            instance.check = instance
                .check
                .described(&instance.target, &service.profile().endpoints);
        }
        service.revise(|profile| {
            if !said_itself {
                profile.endpoints = new.endpoints();
            }
            // A title that nobody wrote down before is what the service says of itself.
            let said = profile.title.take();
            let said = said.filter(|_| said_itself && !was_titled);
            profile.title = new.title.as_ref().map(|title| title.0.clone()).or(said);
            profile.labels.clone_from(&new.labels);
        });
        *before = instance;
        self.declared.changed();
    }

    pub(super) fn add_from_settings(&mut self, settings: &ServiceSettings, now: Millis) {
        let id = self.services.entry(settings.name());
        let instance = self.insert_instance(instance(id, settings, now));
        if let Some(service) = self.services.get_mut(id) {
            service.instances.push(instance);
            service.revise(|profile| {
                profile.title = settings.title.as_ref().map(|title| title.0.clone());
                profile.endpoints = settings.endpoints();
                profile.labels = settings.labels.clone();
            });
        }
    }

    /// Forgets what was found at ports that are no longer looked at. Returns where it was.
    pub(crate) fn forget_found(&mut self, is_barred: impl Fn(u16) -> bool) -> Vec<Target> {
        let barred = |it: &Instance| it.place().is_some_and(|place| is_barred(place.port));
        let instances = self.instances.iter();
        let ids: Vec<_> = instances
            .filter(|(_, it)| barred(it))
            .map(|(id, _)| id)
            .collect();
        self.forget(&ids)
    }
}

fn instance(service: ServiceId, settings: &ServiceSettings, now: Millis) -> Instance {
    let endpoints = settings.endpoints();
    let terms = settings.check();
    let target = settings.url.0.clone().verified(terms.verify);
    let check = Check::on(terms, &target, &endpoints);
    let description = Description {
        wanted: (endpoints.is_empty() || any_unclear(&endpoints)) && check.allows_questions(),
        is_declared: !endpoints.is_empty(),
        before: None,
        due: Millis::ZERO,
        reading: false,
    };
    Instance {
        service,
        target,
        weight: settings.weight,
        source: Source::Settings {
            digest: settings.digest(),
            is_titled: settings.title.is_some(),
        },
        arrivals: 0,
        is_gone: false,
        since: Since::at(now),
        why: Reason::NotChecked.into(),
        health: HealthState::default(),
        checked: None,
        check,
        due: Millis::ZERO,
        checking: false,
        suspect: false,
        description,
    }
}
