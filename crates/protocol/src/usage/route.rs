//! Where a call goes: by health, then by weight, around open circuits and around where it has failed already.

use super::call::{Call, CallId, Kind};
use super::{Usage, instances};
use crate::catalog::{HealthClass, Instance};
use crate::snapshot::View;
use crate::time::Millis;

/// Where a call goes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The base URL of the instance; `None` when every circuit is open, and nothing is to be sent.
    pub to: Option<String>,
    /// How long its answer is waited for. While another instance could answer instead, half of the time that is left.
    pub patience: Millis,
}

impl Usage {
    /// Where a call goes now. Between two failures it stays where it is as long as that instance is listed, and is not
    /// unhealthy while others are better: so a connection is asked after each change of the view whether it is to move.
    ///
    /// A service without instances in the view is where the page's base URL points, or else nowhere.
    pub fn route(&mut self, now: Millis, id: CallId, view: &View) -> Route {
        let Some(place) = self.calls.iter().position(|(it, _)| *it == id) else {
            return Route {
                to: None,
                patience: Millis::ZERO,
            };
        };
        let (_, mut call) = self.calls.swap_remove(place);
        let instances = instances(view, &call.service);
        let to = if instances.is_empty() {
            let base = &view.base_url;
            self.takes(now, &call, base).then_some(base.as_str())
        } else {
            self.choose(now, &call, instances)
        };
        if let Some(to) = to {
            let at = self.place(to);
            call.at = Some(at);
            if call.kind != Kind::Connection
                && let Some(place) = self.places.get_mut(at)
            {
                // It passes, and is the one try of a circuit that is half open.
                place.breaker.allow(now);
            }
        }
        let left = call.left(now);
        let other = call.may_repeat() && self.is_elsewhere(now, &call, instances);
        let route = Route {
            to: to.map(ToOwned::to_owned),
            patience: if other { Millis(left.0 / 2) } else { left },
        };
        self.calls.push((id, call));
        route
    }

    /// Whether the call may be sent to `url`: its circuit lets it pass, and it was not asked to stay away.
    fn takes(&self, now: Millis, call: &Call, url: &str) -> bool {
        call.kind == Kind::Connection
            || self.passes(now, url) && self.spared_until(call, url) <= now
    }

    fn choose<'v>(
        &mut self,
        now: Millis,
        call: &Call,
        instances: &'v [Instance],
    ) -> Option<&'v str> {
        if let Some(place) = call.at.and_then(|at| self.places.get(at)) {
            let best = instances.iter().map(|it| it.health).max();
            let here = instances.iter().find(|it| it.url.as_str() == place.url);
            let stays = |it: &&Instance| {
                it.health > HealthClass::Unhealthy || best == Some(HealthClass::Unhealthy)
            };
            if let Some(here) = here.filter(stays) {
                return Some(here.url.as_str());
            }
        }
        let (mut best, mut chosen, mut total) = ((false, HealthClass::Unhealthy, false), None, 0);
        for it in instances {
            let url = it.url.as_str();
            if !self.takes(now, call, url) {
                continue;
            }
            let is_new = it.health > HealthClass::Unhealthy && !self.is_among(call.tried, url);
            // Weight 0: only when no other is left.
            let rank = (is_new, it.health, it.weight > 0);
            if rank < best {
                continue;
            }
            if rank > best {
                (best, total) = (rank, 0);
            }
            // Each of those of the best rank is taken with the probability of its weight.
            let weight = u64::from(it.weight.max(1));
            total += weight;
            if self.rng.below(total) < weight {
                chosen = Some(url);
            }
        }
        chosen
    }
}
