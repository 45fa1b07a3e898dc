//! One schedule: the page, the backends, the network and the clock as they are at first, and what happens to them.

use crate::document::Wish;
use crate::serve::App;

/// Everything that a run depends on. Equal schedules give equal runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Where it came from; also the machine's own seed and the network's.
    pub seed: u64,
    pub(crate) setup: Setup,
    /// In the order of their times.
    pub(crate) events: Vec<Event>,
    /// For how long nothing happens any more before the ending.
    pub(crate) rest: u64,
    pub(crate) ending: Ending,
}

impl Schedule {
    /// How things are at first, line by line.
    pub(crate) fn describe(&self) -> Vec<String> {
        let setup = &self.setup;
        let mut lines = vec![
            format!(
                "seed {}, after {} ms of rest {:?}",
                self.seed, self.rest, self.ending
            ),
            format!(
                "page {:?}, timeout {}, engine after {}, visible {}, online {}, clock {:?}, hidden {:?}",
                setup.page,
                setup.timeout,
                setup.engine_after,
                setup.visible,
                setup.online,
                setup.clock,
                setup.hidden_clock
            ),
            format!(
                "tabs at {:?}, sharing {:?}, lag {}, storage {:?}, knows the permission {}",
                setup.opened, setup.sharing, setup.lag, setup.storage, setup.knows_permission
            ),
            format!(
                "expects catalog {}, title {}, service {:?}, health {:?}, wishes {:?}",
                setup.expect_catalog,
                setup.expect_title,
                setup.service,
                setup.health,
                setup.wishes.iter().map(|it| it.name).collect::<Vec<_>>()
            ),
            format!("{:?}", setup.weather),
            format!(
                "cached {:?}, inline {:?}, early {:?}",
                setup.cached, setup.inline, setup.early
            ),
        ];
        lines.extend(setup.origins.iter().map(|it| format!("{it:?}")));
        lines.extend(setup.daemons.iter().map(|it| format!("{it:?}")));
        lines
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Setup {
    pub(crate) page: Page,
    pub(crate) timeout: u64,
    /// When the engine has arrived and starts, counted from the page's start.
    pub(crate) engine_after: u64,
    /// The candidates, in order; the first is the page's own origin where there is a page.
    pub(crate) origins: Vec<Origin>,
    pub(crate) daemons: Vec<Daemon>,
    pub(crate) wishes: Vec<Wish>,
    /// A path whose answer makes a plain backend known.
    pub(crate) health: Option<&'static str>,
    pub(crate) service: Option<&'static str>,
    pub(crate) expect_catalog: bool,
    pub(crate) expect_title: bool,
    pub(crate) cached: Option<Record>,
    pub(crate) inline: Vec<Handed>,
    pub(crate) weather: Weather,
    pub(crate) clock: Clock,
    /// How punctual the timers of hidden tabs are.
    pub(crate) hidden_clock: Clock,
    /// When tabs with this page are opened; the first one at 0.
    pub(crate) opened: Vec<u64>,
    pub(crate) sharing: Sharing,
    /// Whether the browser knows the permission for near places; where it does not, the user's word is given by a click.
    pub(crate) knows_permission: bool,
    /// How long news of the lock and messages between tabs take at most.
    pub(crate) lag: u64,
    pub(crate) storage: StorageFault,
    pub(crate) visible: bool,
    pub(crate) online: bool,
    /// Subscribers that are there before the engine is.
    pub(crate) early: Vec<Manner>,
}

/// What the tabs of a page have in common besides the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sharing {
    /// The client was told to stay alone.
    Off,
    /// The browser has no locks.
    Unsupported,
    /// A lock and a channel.
    On,
}

/// What is wrong with the browser's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StorageFault {
    None,
    /// It can be read, and not be written.
    Full,
    /// It can be neither read nor written.
    Barred,
}

/// Where the client runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// No page: a native host, which can tell a refused connection and knows no CORS.
    None,
    /// `http://localhost:3000`.
    Local,
    /// `https://app.example`.
    Public,
    /// `http://app.example`, which the browser keeps nothing mixed from.
    PublicPlain,
    /// `https://192.168.1.2`, on this network.
    Network,
}

impl Page {
    pub(crate) const fn origin(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Local => Some("http://localhost:3000"),
            Self::Public => Some("https://app.example"),
            Self::PublicPlain => Some("http://app.example"),
            Self::Network => Some("https://192.168.1.2"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Origin {
    /// The candidate, perhaps with a path.
    pub(crate) url: &'static str,
    pub(crate) serves: Serves,
    /// Whether a page of another origin may read its answers.
    pub(crate) readable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Daemon {
    pub(crate) registry: &'static str,
    /// Whether it is who the page expects.
    pub(crate) stranger: bool,
    pub(crate) boot: u64,
    pub(crate) revision: u64,
    pub(crate) content: u64,
    pub(crate) ttl: u64,
    pub(crate) events: bool,
    pub(crate) lists_itself: bool,
}

/// What an origin serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Serves {
    /// Nobody listens.
    Nobody,
    /// It accepts, and never answers.
    Hangs,
    /// The catalog of a daemon.
    Daemon(usize),
    /// An application with OpenAPI at the usual place.
    App(App),
    /// An application with an API catalog that points at its OpenAPI document: here, elsewhere, or on loopback.
    Described(App, Elsewhere),
    /// Endpoints, and nothing that describes them.
    Plain,
    /// A single-page application: the same page for every path.
    CatchAll,
    /// Some other application's OpenAPI document.
    Stranger,
    /// JSON that is no document.
    Garbage(u64),
    /// 503 or 429, with or without a time to come back.
    Busy(Option<u64>),
    /// 500.
    Breaks,
    /// Another origin answers.
    Redirects,
    /// More than is read.
    TooLarge,
}

/// Where an API catalog points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    Here,
    OtherHost,
    Loopback,
}

/// What an earlier visit kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Record {
    pub(crate) daemon: usize,
    pub(crate) content: u64,
    pub(crate) boot: u64,
    pub(crate) revision: u64,
    pub(crate) origin: usize,
    pub(crate) rung: &'static str,
    pub(crate) age: u64,
    pub(crate) spoilt: Option<u64>,
}

/// What a page hands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handed {
    Catalog {
        registry: &'static str,
        boot: u64,
        revision: u64,
        content: u64,
    },
    Config(u64),
    ConfigWithBase(u64),
    Garbage(u64),
}

/// What the network does to requests, in percent, and how long it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Weather {
    pub(crate) delay: (u64, u64),
    pub(crate) lost: u64,
    pub(crate) failed: u64,
    pub(crate) errors: u64,
    pub(crate) garbage: u64,
    pub(crate) truncated: u64,
    pub(crate) stale: u64,
    pub(crate) duplicated: u64,
    pub(crate) slow: u64,
    pub(crate) redirected: u64,
}

impl Weather {
    pub(crate) const CLEAR: Self = Self {
        delay: (1, 20),
        lost: 0,
        failed: 0,
        errors: 0,
        garbage: 0,
        truncated: 0,
        stale: 0,
        duplicated: 0,
        slow: 0,
        redirected: 0,
    };
}

/// How punctual the host's timers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    Punctual,
    /// Up to so many milliseconds late.
    Late(u64),
    /// Aligned to multiples of so many milliseconds, as in a background tab.
    Throttled(u64),
}

/// How a subscriber behaves when it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    Calm,
    Throws,
    Leaves,
    SubscribesAnother,
    SendsAnotherAway,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) at: u64,
    /// Which of the tabs that are open then, counted round and round.
    pub(crate) tab: usize,
    pub(crate) what: What,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Serve(usize, Serves),
    Readable(usize, bool),
    /// A daemon's catalog changes.
    Revise(usize),
    /// A daemon restarts: another boot, revisions anew.
    Restart(usize),
    /// The network changes.
    Weather(Weather),
    Clock(Clock),
    Visible(bool),
    Online(bool),
    LocalAccess(bool),
    NetworkAccess(bool),
    /// The user allows near places by a click.
    Consent,
    Refresh,
    Provide(Handed),
    /// The page-local sources change.
    Inline(Vec<Handed>),
    Subscribe(Manner),
    Unsubscribe(usize),
    Stream(StreamFault),
    /// The tab's code does not run for so long.
    Freeze(u64),
    /// No code runs for so long, and streams break; whether the clock stands still meanwhile.
    Sleep(u64, bool),
    /// The wall clock jumps.
    WallClock(i64),
    Storage(StorageFault),
    /// Somebody else writes to the storage.
    Tamper(Record),
    /// What is kept is of another schema.
    Outdate,
    OpenTab,
    CloseTab,
    /// The tab is gone without a word.
    Crash,
    /// The page goes into the back/forward cache.
    GoAway,
    /// And comes back from there.
    ComeBack,
    /// The host wakes the machine although nothing is due.
    WakeEarly,
    /// The page is loaded again.
    Reload,
    /// The client is closed.
    Close,
}

/// What happens to the open streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamFault {
    /// They break.
    Break,
    /// They stay open and say nothing any more.
    Silence,
    /// The current catalog comes again.
    Repeat,
    /// An old one comes again.
    Stale,
    /// The oldest one comes again and again.
    Nag,
    /// Something comes that is no catalog.
    Garbage,
    /// JSON comes that is no catalog.
    NotACatalog(u64),
}

/// How a schedule ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ending {
    /// The network heals and a backend is up at this origin.
    Healed(usize, Cure),
    /// Everything is gone for good.
    Dark,
    /// The client is closed.
    Closed,
}

/// What is up in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cure {
    Daemon(usize),
    App(App),
}
