//! Browsers that do not know the permission for near places: there the user's word is given by a click in one tab, and no
//! other tab could notice.
//!
//! These draws too have dice of their own.

use super::chance;
use crate::nearness::needs_permission;
use crate::schedule::{Schedule, What};
use landfall_protocol::rng::Rng;

/// Sets the dice apart from the others; of the possible ones, one by which the seeds that were kept stay as they were.
const SALT: u64 = 0x0063_6f6e_4a30_0000;

/// Makes clicks of what a browser tells of the permission, in every third schedule in which it matters.
pub(super) fn forget(schedule: &mut Schedule) {
    let rng = &mut Rng::new(schedule.seed ^ SALT);
    let setup = &mut schedule.setup;
    let mut urls = setup.origins.iter().map(|it| it.url);
    if !chance(rng, 33) || !urls.any(|url| needs_permission(setup.page, url)) {
        return;
    }
    setup.knows_permission = false;
    schedule.events.retain_mut(|event| match event.what {
        What::LocalAccess(allowed) | What::NetworkAccess(allowed) => {
            event.what = What::Consent;
            allowed
        }
        _ => true,
    });
}
