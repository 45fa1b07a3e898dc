//! The services of the settings, at the start and when the settings change.

use super::instance::Description;
use super::unclear::any_unclear;
use super::{Check, Instance, InstanceId, Registry, Service};
use crate::health::HealthState;
use crate::pool::Target;
use crate::registration::RegistrationId;
use crate::settings::ServiceSettings;
use landfall_protocol::time::Millis;
use std::rc::Rc;

/// What other services had to make room for.
#[derive(Debug, Default)]
pub(crate) struct Resettled {
    /// Where somebody was that is there no longer.
    pub(crate) left: Vec<Rc<Target>>,
    /// Registrations that have ended.
    pub(crate) ended: Vec<RegistrationId>,
}

impl Registry {
    /// Replaces the services of the settings before by those of the new ones. What has not changed is left alone, with all
    /// that is known of it; so is the health of what is still where it was.
    pub(crate) fn resettle(
        &mut self,
        before: &[ServiceSettings],
        after: &[ServiceSettings],
    ) -> Resettled {
        let mut resettled = Resettled::default();
        for old in before {
            if !after.iter().any(|new| new.name() == old.name()) {
                let ids: Vec<_> = self.instance_from_settings(old).into_iter().collect();
                resettled.left.extend(self.forget(&ids));
            }
        }
        for new in after {
            let old = before.iter().find(|old| old.name() == new.name());
            match old {
                Some(old) if old == new => {}
                Some(old) => {
                    self.make_room(new, &mut resettled);
                    self.change(old, new);
                }
                None => {
                    self.make_room(new, &mut resettled);
                    self.add_from_settings(new);
                }
            }
        }
        resettled
    }

    /// What is written down goes before what was found or has registered under this name or in this place.
    fn make_room(&mut self, settings: &ServiceSettings, resettled: &mut Resettled) {
        let target = &settings.url.target;
        let is_in_the_way = |it: &Instance| {
            let found_there = it.place.as_ref().map(|place| place.port) == Some(target.port());
            !it.is_from_settings()
                && (it.service == *settings.name() || it.url == settings.url.url || found_there)
        };
        let instances = self.instances.iter();
        let in_the_way: Vec<_> = instances
            .filter(|(_, it)| is_in_the_way(it))
            .map(|(id, it)| (*id, it.registration))
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
        let service = self.services.get(settings.name())?;
        let is_it = |id: &&InstanceId| {
            let instance = self.instances.get(id);
            instance.is_some_and(|it| it.is_from_settings())
        };
        service.instances.iter().find(is_it).copied()
    }

    /// Changes a service of the settings.
    fn change(&mut self, old: &ServiceSettings, new: &ServiceSettings) {
        let Some(id) = self.instance_from_settings(old) else {
            return self.add_from_settings(new);
        };
        let mut instance = instance(new);
        let (Some(service), Some(before)) = (
            self.services.get_mut(new.name()),
            self.instances.get_mut(&id),
        ) else {
            return;
        };
        let stays = before.url == instance.url;
        if stays {
            instance.health = std::mem::take(&mut before.health);
            instance.checked = before.checked;
        }
        let says_itself = |it: &Description| it.wanted && !it.is_declared;
        let said_itself =
            stays && says_itself(&before.description) && says_itself(&instance.description);
        if said_itself {
            instance.description.before = before.description.before;
            instance.check = instance
                .check
                .described(&instance.target, &service.endpoints);
        } else {
            service.endpoints = new.endpoints();
        }
        // A title that nobody wrote down before is what the service says of itself.
        let said = service
            .title
            .take()
            .filter(|_| said_itself && old.title.is_none());
        service.title = new.title.as_ref().map(|title| title.0.clone()).or(said);
        service.labels.clone_from(&new.labels);
        **before = instance;
    }

    pub(super) fn add_from_settings(&mut self, settings: &ServiceSettings) {
        let id = self.insert_instance(instance(settings));
        let service = Service {
            title: settings.title.as_ref().map(|title| title.0.clone()),
            endpoints: settings.endpoints(),
            labels: settings.labels.clone(),
            instances: vec![id],
            ..Service::default()
        };
        let name = settings.name().clone();
        self.services.insert(name, Box::new(service));
    }

    /// Forgets what was found at ports that are no longer looked at. Returns where it was.
    pub(crate) fn forget_found(&mut self, is_barred: impl Fn(u16) -> bool) -> Vec<Rc<Target>> {
        let barred = |it: &Instance| it.place.as_ref().is_some_and(|place| is_barred(place.port));
        let instances = self.instances.iter();
        let ids: Vec<_> = instances
            .filter(|(_, it)| barred(it))
            .map(|(id, _)| *id)
            .collect();
        self.forget(&ids)
    }
}

fn instance(settings: &ServiceSettings) -> Instance {
    let endpoints = settings.endpoints();
    let terms = settings.check();
    let target = Rc::new(settings.url.target.clone().verified(terms.verify));
    let check = Check::on(terms, &target, &endpoints);
    let description = Description {
        wanted: (endpoints.is_empty() || any_unclear(&endpoints)) && check.allows_questions(),
        is_declared: !endpoints.is_empty(),
        before: None,
        due: Millis::ZERO,
        reading: false,
    };
    Instance {
        service: settings.name().clone(),
        url: settings.url.url.clone(),
        target,
        weight: settings.weight,
        place: None,
        registration: None,
        gone_since: None,
        health: HealthState::default(),
        checked: None,
        check,
        due: Millis::ZERO,
        checking: false,
        suspect: false,
        description,
    }
}
