//! Makes a schedule of a seed: most are short and simple, some are long and cruel.

mod consent;
mod events;
mod wide;

use crate::document::{WISHES, Wish};
use crate::network::pick;
use crate::schedule::{
    Clock, Cure, Daemon, Elsewhere, Ending, Handed, Manner, Origin, Page, Record, Schedule, Serves,
    Setup, Sharing, StorageFault, Weather,
};
use crate::serve::{App, GARBAGE, TITLE};
use crate::world::index;
use landfall_protocol::rng::Rng;

/// The candidates of a page on this machine, and of a host without a page.
const LOCAL: [&str; 6] = [
    "http://localhost:3000",
    "http://localhost:7420",
    "http://localhost:8000",
    "http://127.0.0.1:8001",
    "http://localhost:9000/api",
    "https://backend.example",
];
/// The candidates of a page on a public origin.
const PUBLIC: [&str; 4] = [
    "https://app.example",
    "https://api.example",
    "http://localhost:8000",
    "https://api.example/v2",
];
const DAY: u64 = 24 * 3_600_000;

/// How large a schedule is.
#[derive(Debug, Clone, Copy)]
struct Size {
    origins: usize,
    events: usize,
    horizon: u64,
}

impl Schedule {
    /// The schedule of a seed.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut rng = Rng::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6c61_6e64);
        let rng = &mut rng;
        let size = match rng.below(20) {
            0..=8 => Size {
                origins: 1 + index(rng, 3),
                events: 1 + index(rng, 10),
                horizon: rng.between(200, 4_000),
            },
            9..=16 => Size {
                origins: 1 + index(rng, 4),
                events: 6 + index(rng, 25),
                horizon: rng.between(2_000, 12_000),
            },
            _ => Size {
                origins: 2 + index(rng, 5),
                events: 12 + index(rng, 48),
                horizon: rng.between(8_000, 90_000),
            },
        };
        let setup = setup(rng, size);
        let events = events::events(rng, &setup, size.events, size.horizon);
        let rest = match rng.below(20) {
            0..=10 => 0,
            11..=16 => rng.below(3_000),
            _ => rng.below(40_000),
        };
        let ending = ending(rng, &setup);
        let mut schedule = Self {
            seed,
            setup,
            events,
            rest,
            ending,
        };
        wide::widen(&mut schedule, size.horizon);
        consent::forget(&mut schedule);
        schedule
    }
}

fn chance(rng: &mut Rng, percent: u64) -> bool {
    rng.below(100) < percent
}

fn setup(rng: &mut Rng, size: Size) -> Setup {
    let page = pick(
        rng,
        &[
            Page::Local,
            Page::Local,
            Page::Local,
            Page::None,
            Page::Public,
        ],
    );
    let mut daemons: Vec<Daemon> = (0..2).map(|number| daemon(rng, number)).collect();
    if chance(rng, 20) {
        // Two daemons speak for one registry, and one of them is behind.
        daemons[1] = Daemon {
            revision: rng.below(daemons[0].revision + 1),
            ..daemons[0].clone()
        };
    }
    let urls = candidates(rng, page, size.origins);
    let origins = urls.into_iter().map(|url| origin(rng, url, page)).collect();
    let wishes = wishes(rng);
    let mut setup = Setup {
        page,
        timeout: pick(
            rng,
            &[1_000, 1_000, 1_000, 1_000, 1_000, 0, 50, 100, 300, 4_000],
        ),
        engine_after: if chance(rng, 80) { 0 } else { rng.below(2_000) },
        origins,
        daemons,
        wishes,
        health: None,
        service: chance(rng, 15).then(|| pick(rng, &["items-api", "users", "nowhere"])),
        expect_catalog: chance(rng, 15),
        expect_title: chance(rng, 15),
        cached: None,
        inline: inline(rng, 12),
        weather: weather(rng),
        clock: clock(rng),
        hidden_clock: pick(
            rng,
            &[
                Clock::Punctual,
                Clock::Throttled(1_000),
                Clock::Throttled(60_000),
            ],
        ),
        opened: vec![0],
        sharing: sharing(rng, page),
        knows_permission: true,
        lag: pick(rng, &[0, 1, 5, 5, 40, 200]),
        storage: storage(rng),
        visible: chance(rng, 90),
        online: chance(rng, 92),
        early: (0..rng.below(4)).map(|_| manner(rng)).collect(),
    };
    if setup.sharing != Sharing::Off {
        let others = rng.below(5);
        setup
            .opened
            .extend((0..others).map(|_| rng.below(size.horizon / 2)));
        setup.opened.sort_unstable();
    }
    if chance(rng, 30) {
        setup.cached = Some(record(rng, &setup));
    }
    setup
}

fn candidates(rng: &mut Rng, page: Page, count: usize) -> Vec<&'static str> {
    let mut urls = if page == Page::Public {
        PUBLIC.to_vec()
    } else {
        LOCAL.to_vec()
    };
    // The page's own origin comes first; the others in any order.
    let first = usize::from(page != Page::None);
    for place in (first + 1..urls.len()).rev() {
        urls.swap(place, first + index(rng, place - first + 1));
    }
    urls.truncate(count);
    urls
}

fn daemon(rng: &mut Rng, number: usize) -> Daemon {
    Daemon {
        registry: ["r0", "r1"][number],
        stranger: number > 0 && chance(rng, 25),
        boot: rng.between(1, 5),
        revision: rng.below(50),
        content: rng.below(1_000),
        ttl: pick(rng, &[1, 2, 5, 30, 60]),
        events: chance(rng, 70),
        lists_itself: chance(rng, 40),
    }
}

fn origin(rng: &mut Rng, url: &'static str, page: Page) -> Origin {
    let own = matches!(url, "http://localhost:3000" | "https://app.example") && page != Page::None;
    let serves = if own && chance(rng, 60) {
        pick(rng, &[Serves::CatchAll, Serves::Breaks, Serves::Plain])
    } else {
        serves(rng)
    };
    Origin {
        url,
        serves,
        readable: chance(rng, 88),
    }
}

fn app(rng: &mut Rng) -> App {
    App {
        title: if chance(rng, 85) { TITLE } else { "Users API" },
        version: rng.below(40),
        base: pick(rng, &["", "", "/api/v1"]),
    }
}

fn serves(rng: &mut Rng) -> Serves {
    match rng.below(100) {
        0..=24 => Serves::Daemon(0),
        25..=33 => Serves::Daemon(1),
        34..=50 => Serves::App(app(rng)),
        51..=55 => {
            let place = pick(
                rng,
                &[Elsewhere::Here, Elsewhere::OtherHost, Elsewhere::Loopback],
            );
            Serves::Described(app(rng), place)
        }
        56..=61 => Serves::Plain,
        62..=65 => Serves::CatchAll,
        66..=69 => Serves::Stranger,
        70..=72 => Serves::Garbage(rng.below(GARBAGE)),
        73..=75 => Serves::Busy(chance(rng, 60).then(|| rng.below(90))),
        76..=77 => Serves::Breaks,
        78..=79 => Serves::Redirects,
        80 => Serves::TooLarge,
        81..=87 => Serves::Hangs,
        _ => Serves::Nobody,
    }
}

fn wishes(rng: &mut Rng) -> Vec<Wish> {
    if chance(rng, 50) {
        return Vec::new();
    }
    WISHES.into_iter().filter(|_| chance(rng, 45)).collect()
}

fn weather(rng: &mut Rng) -> Weather {
    let delay = pick(rng, &[(0, 3), (1, 30), (5, 200), (100, 900)]);
    if chance(rng, 40) {
        return Weather {
            delay,
            ..Weather::CLEAR
        };
    }
    let mut some = |most: u64| {
        if chance(rng, 50) {
            rng.below(most + 1)
        } else {
            0
        }
    };
    Weather {
        delay,
        lost: some(25),
        failed: some(30),
        errors: some(25),
        garbage: some(15),
        truncated: some(15),
        stale: some(35),
        duplicated: some(40),
        slow: some(25),
        redirected: some(10),
    }
}

fn clock(rng: &mut Rng) -> Clock {
    match rng.below(10) {
        0..=6 => Clock::Punctual,
        7..=8 => Clock::Late(pick(rng, &[5, 40, 700])),
        _ => Clock::Throttled(pick(rng, &[16, 1_000, 60_000])),
    }
}

/// Half of the pages share what they know among their tabs.
fn sharing(rng: &mut Rng, page: Page) -> Sharing {
    match rng.below(20) {
        _ if page == Page::None => Sharing::Off,
        0..=9 => Sharing::Off,
        10 => Sharing::Unsupported,
        _ => Sharing::On,
    }
}

fn storage(rng: &mut Rng) -> StorageFault {
    match rng.below(20) {
        0 => StorageFault::Full,
        1 => StorageFault::Barred,
        _ => StorageFault::None,
    }
}

fn manner(rng: &mut Rng) -> Manner {
    pick(
        rng,
        &[
            Manner::Calm,
            Manner::Calm,
            Manner::Throws,
            Manner::Leaves,
            Manner::SubscribesAnother,
            Manner::SendsAnotherAway,
        ],
    )
}

fn handed(rng: &mut Rng) -> Handed {
    match rng.below(8) {
        0..=3 => Handed::Catalog {
            registry: pick(rng, &["page", "page", "other-page"]),
            boot: rng.between(1, 2),
            revision: rng.below(5),
            content: rng.below(1_000),
        },
        4..=5 => Handed::Config(rng.below(3)),
        6 => Handed::ConfigWithBase(rng.below(3)),
        _ => Handed::Garbage(rng.below(GARBAGE)),
    }
}

/// What lies in the page: usually nothing.
fn inline(rng: &mut Rng, percent: u64) -> Vec<Handed> {
    let mut values = Vec::new();
    while values.len() < 2 && chance(rng, percent) {
        values.push(handed(rng));
    }
    values
}

fn record(rng: &mut Rng, setup: &Setup) -> Record {
    let daemon = index(rng, 2);
    let rung = pick(
        rng,
        &["catalog", "catalog", "openapi", "api-catalog", "endpoints"],
    );
    Record {
        daemon,
        content: rng.below(1_000),
        boot: rng.between(1, setup.daemons[daemon].boot),
        revision: rng.below(60),
        origin: index(rng, setup.origins.len()),
        rung,
        age: pick(
            rng,
            &[0, 1_000, 3_600_000, DAY, 7 * DAY, 7 * DAY + 1, 400 * DAY],
        ),
        spoilt: chance(rng, 30).then(|| rng.below(9)),
    }
}

fn ending(rng: &mut Rng, setup: &Setup) -> Ending {
    match rng.below(10) {
        0..=5 => {
            let origin = index(rng, setup.origins.len());
            // Only a catalog has a name, and only a catalog speaks for endpoints that it does not have.
            let by_app = !setup.expect_catalog && setup.wishes.is_empty() && chance(rng, 35);
            let cure = if by_app {
                Cure::App(App {
                    title: TITLE,
                    ..app(rng)
                })
            } else {
                Cure::Daemon(0)
            };
            Ending::Healed(origin, cure)
        }
        6..=7 => Ending::Dark,
        _ => Ending::Closed,
    }
}
