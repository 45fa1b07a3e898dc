//! Whether what is shown is of the right source and of the right revision: the two that must never be worse.

use crate::document::Stamp;
use crate::invariant::{Checked, Invariant, ensure};
use landfall_protocol::snapshot::View;

pub(super) fn judge_source(must: &str, view: &View) -> Checked {
    let rank = |source: &str| {
        ["fallback", "cache", "provided", "live"]
            .iter()
            .position(|it| *it == source)
    };
    let shown = view.source.unwrap_or("nothing");
    let what = || format!("{shown} is shown where {must} must be");
    ensure(rank(shown) >= rank(must), Invariant::NoWorseSource, what)?;
    ensure(shown == must, Invariant::ValueAsDelivered, what)
}

pub(super) fn judge_stamp(must: Option<Stamp>, view: &View) -> Checked {
    let (Some(must), Some(epoch), Some(revision)) = (must, &view.epoch, view.revision) else {
        return ensure(
            must.is_none() && view.epoch.is_none() && view.revision.is_none(),
            Invariant::ValueAsDelivered,
            || {
                format!(
                    "{:?} revision {:?} is shown where {must:?} must be",
                    view.epoch, view.revision
                )
            },
        );
    };
    let what = || format!("{epoch:?} revision {revision} is shown where {must:?} must be");
    let same_registry = epoch.registry() == must.registry;
    let older = same_registry && (epoch.boot(), revision) < (must.boot, must.revision);
    ensure(!older, Invariant::NoOlderRevision, what)?;
    let same = same_registry && (epoch.boot(), revision) == (must.boot, must.revision);
    ensure(same, Invariant::ValueAsDelivered, what)
}
