//! What every second schedule draws besides: where the page and its candidates are, with which permissions, and whether a
//! plain backend is known by its health.
//!
//! These draws have dice of their own: the other half of the schedules, and with it every seed that was kept before,
//! stays as it was.

use super::chance;
use crate::document::HEALTH;
use crate::nearness::is_mixed;
use crate::network::pick;
use crate::schedule::{Ending, Event, Page, Schedule, What};
use crate::world::index;
use landfall_protocol::rng::Rng;

/// Sets the dice apart from the others; of the possible ones, one by which the seeds that were kept stay as they were.
const SALT: u64 = 0x0012_5300_0000_0000;
/// Candidates near and far, secure and not.
const PLACES: [&str; 6] = [
    "http://192.168.1.7:8000",
    "https://10.0.0.5/api",
    "http://printer.local",
    "http://127.0.0.1:8002",
    "http://plain.example",
    "https://far.example",
];

/// Widens a schedule, or leaves it as it is.
pub(super) fn widen(schedule: &mut Schedule, horizon: u64) {
    let rng = &mut Rng::new(schedule.seed ^ SALT);
    if rng.below(2) == 1 {
        widen_by(rng, schedule, horizon);
    }
}

fn widen_by(rng: &mut Rng, schedule: &mut Schedule, horizon: u64) {
    let setup = &mut schedule.setup;
    if chance(rng, 50) {
        setup.health = Some(pick(rng, &HEALTH));
    }
    if setup.page == Page::Public {
        setup.page = pick(rng, &[Page::Public, Page::PublicPlain, Page::Network]);
    }
    // The page's own origin comes first.
    let own = setup.page.origin();
    if let (Some(own), Some(first)) = (own, setup.origins.first_mut()) {
        first.url = own;
    }
    for place in usize::from(own.is_some())..setup.origins.len() {
        let url = pick(rng, &PLACES);
        if chance(rng, 60) && setup.origins.iter().all(|it| it.url != url) {
            setup.origins[place].url = url;
        }
    }
    if let Ending::Healed(origin, _) = &mut schedule.ending
        && is_mixed(setup.page, setup.origins[*origin].url)
    {
        // No permission lets a page ask this.
        *origin = 0;
    }
    if matches!(setup.page, Page::None | Page::Local) {
        return;
    }
    for _ in 0..rng.below(5) {
        let allowed = chance(rng, 65);
        let what = if chance(rng, 60) {
            What::NetworkAccess(allowed)
        } else {
            What::LocalAccess(allowed)
        };
        schedule.events.push(Event {
            at: rng.below(horizon),
            tab: index(rng, 5),
            what,
        });
    }
    schedule.events.sort_by_key(|it| it.at);
}
