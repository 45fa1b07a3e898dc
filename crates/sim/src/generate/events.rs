//! What happens in a schedule, and when.

use super::{chance, clock, handed, inline, manner, record, serves, storage, weather};
use crate::network::pick;
use crate::schedule::{Event, Page, Setup, Sharing, StreamFault, What};
use crate::serve::{App, GARBAGE};
use crate::world::index;
use landfall_protocol::rng::Rng;

/// `count` events within `horizon` milliseconds, in order; several may happen at once.
pub(super) fn events(rng: &mut Rng, setup: &Setup, count: usize, horizon: u64) -> Vec<Event> {
    let mut events: Vec<Event> = (0..count)
        .map(|_| {
            let at = instant(rng, setup, horizon);
            let what = what(rng, setup);
            Event {
                at,
                tab: index(rng, 5),
                what,
            }
        })
        .collect();
    events.sort_by_key(|it| it.at);
    events
}

/// Any time, or one of those at which something is due.
fn instant(rng: &mut Rng, setup: &Setup, horizon: u64) -> u64 {
    match rng.below(8) {
        0 => 0,
        1 => pick(rng, &[100, setup.timeout, setup.timeout.saturating_sub(1)]),
        _ => rng.below(horizon),
    }
}

fn what(rng: &mut Rng, setup: &Setup) -> What {
    let origin = index(rng, setup.origins.len());
    let daemon = usize::from(chance(rng, 30));
    let tabs = if setup.sharing == Sharing::Off { 3 } else { 25 };
    if chance(rng, tabs) {
        return of_tabs(rng, setup);
    }
    match rng.below(100) {
        0..=15 => What::Serve(origin, serves(rng)),
        16..=17 => What::Readable(origin, chance(rng, 60)),
        18..=30 => What::Revise(daemon),
        31..=35 => What::Restart(daemon),
        36..=39 => What::Weather(weather(rng)),
        40..=42 => What::Clock(clock(rng)),
        43..=49 => What::Visible(chance(rng, 50)),
        50..=54 => What::Online(chance(rng, 55)),
        55..=57 if setup.page == Page::Public => What::LocalAccess(chance(rng, 60)),
        55..=58 => What::Refresh,
        59..=66 => What::Provide(handed(rng)),
        67..=71 => What::Inline(inline(rng, 70)),
        72..=78 => What::Subscribe(manner(rng)),
        79..=81 => What::Unsubscribe(index(rng, 4)),
        82..=90 => What::Stream(stream_fault(rng)),
        91 => What::Freeze(rng.between(10, 20_000)),
        92 => What::WakeEarly,
        93 => What::Reload,
        94 if chance(rng, 40) => What::Close,
        94..=97 => What::Revise(daemon),
        _ => What::Serve(origin, redeployed(setup, origin, rng)),
    }
}

/// What happens to tabs, clocks and storage.
fn of_tabs(rng: &mut Rng, setup: &Setup) -> What {
    match rng.below(30) {
        0..=4 => What::OpenTab,
        5..=7 => What::CloseTab,
        8..=10 => What::Crash,
        11..=13 => What::Freeze(rng.between(10, 20_000)),
        14..=17 => What::Visible(chance(rng, 50)),
        18..=20 => What::GoAway,
        21..=24 => What::ComeBack,
        25 => What::Sleep(rng.between(100, 4_000_000), chance(rng, 50)),
        26 => What::WallClock(wall_clock(rng)),
        27 => What::Storage(storage(rng)),
        28 => What::Tamper(record(rng, setup)),
        _ => What::Outdate,
    }
}

/// Set right by seconds, or wrong by days.
fn wall_clock(rng: &mut Rng) -> i64 {
    let jump = pick(rng, &[2_000, 3_600_000, 8 * 24 * 3_600_000]);
    if chance(rng, 50) { jump } else { -jump }
}

fn stream_fault(rng: &mut Rng) -> StreamFault {
    match rng.below(9) {
        0..=1 => StreamFault::Break,
        2 => StreamFault::Silence,
        3 => StreamFault::Repeat,
        4..=5 => StreamFault::Stale,
        6 => StreamFault::Nag,
        7 => StreamFault::Garbage,
        _ => StreamFault::NotACatalog(rng.below(GARBAGE)),
    }
}

/// The application that was there at first, in another version.
fn redeployed(setup: &Setup, origin: usize, rng: &mut Rng) -> crate::schedule::Serves {
    use crate::schedule::Serves;
    match setup.origins[origin].serves {
        Serves::App(app) => Serves::App(App {
            version: rng.below(40),
            ..app
        }),
        other => other,
    }
}
