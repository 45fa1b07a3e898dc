//! What a resolver is told when it is made, and which origins it asks.

use crate::endpoint::Wanted;
use crate::json::Json;
use crate::name::Name;
use crate::refused::Code;
use crate::template::PathTemplate;
use crate::time::Millis;
use crate::url::BaseUrl;

/// The port of the orchestrator.
pub const ORCHESTRATOR_PORT: u16 = 7420;
/// The most origins that are asked.
pub const MAX_CANDIDATES: usize = 64;
/// The most endpoints that a page may want.
pub const MAX_WANTED: usize = 256;

/// How a page wants its backend found.
#[derive(Debug, Clone)]
pub struct Options<J> {
    /// After how long `ready` settles at the latest, counted from the start.
    pub timeout: Millis,
    /// What holds when nothing better is known.
    pub fallback: Fallback<J>,
    /// The page's own origin; `None` where there is no page.
    pub page: Option<BaseUrl>,
    /// The origins to ask, in order of preference; see [`candidates`].
    pub candidates: Vec<BaseUrl>,
    /// The endpoints that the page wants.
    pub wanted: Vec<Wanted>,
    /// A path, such as `/health`, whose answer makes an origin that describes nothing the backend. Who has what is
    /// wanted goes before.
    pub health: Option<PathTemplate>,
    /// The service whose URL is the base URL.
    pub service: Option<Name>,
    /// Who the backend has to be.
    pub expect: Expect,
    /// The snapshot kept from an earlier visit, and how long ago that was; or why what was kept is none.
    pub cached: Option<Result<(J, Millis), Code>>,
    /// Whether the host can join tabs together. Without it each tab is on its own.
    pub tabs: bool,
}

/// What holds when nothing better is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Fallback<J> {
    /// The base URL.
    pub base_url: String,
    /// The base URL for WebSockets.
    pub ws_base_url: String,
    /// The config values.
    pub config: Option<J>,
}

/// Who the backend has to be, so that a stray process on a known port is not taken for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expect {
    /// The name of its catalog.
    pub catalog: Option<Name>,
    /// The title of its OpenAPI document.
    pub title: Option<Name>,
}

impl<J: Json> Options<J> {
    /// The defaults: a deadline of 1,000 ms, and the fallback on `localhost:8010`.
    #[must_use]
    pub fn new(page: Option<BaseUrl>) -> Self {
        let candidates = candidates(page.as_ref(), &[], &[]);
        Self {
            timeout: Millis(1_000),
            fallback: Fallback {
                base_url: "http://localhost:8010".to_owned(),
                ws_base_url: "ws://localhost:8010".to_owned(),
                config: None,
            },
            page,
            candidates,
            wanted: Vec::new(),
            health: None,
            service: None,
            expect: Expect::default(),
            cached: None,
            tabs: false,
        }
    }
}

/// The origins to ask: the page's own; where the page is on this machine (or there is no page) the
/// orchestrator and `ports` on localhost; then `further`. Each once, at most [`MAX_CANDIDATES`].
#[must_use]
pub fn candidates(page: Option<&BaseUrl>, ports: &[u16], further: &[BaseUrl]) -> Vec<BaseUrl> {
    let local = page.is_none_or(BaseUrl::is_loopback);
    let mut origins: Vec<BaseUrl> = Vec::new();
    let mut add = |origin: BaseUrl| {
        if origins.len() < MAX_CANDIDATES && !origins.contains(&origin) {
            origins.push(origin);
        }
    };
    if let Some(page) = page {
        add(page.clone());
    }
    if local {
        add(BaseUrl::localhost(ORCHESTRATOR_PORT));
        for port in ports {
            add(BaseUrl::localhost(*port));
        }
    }
    for origin in further {
        add(origin.clone());
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(page: &str, ports: &[u16]) -> Vec<String> {
        let page = BaseUrl::parse(page).unwrap();
        candidates(Some(&page), ports, std::slice::from_ref(&page))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn a_local_page_asks_itself_the_orchestrator_and_the_ports() {
        let asked = [
            "http://localhost:3000",
            "http://localhost:7420",
            "http://localhost:8000",
        ];
        assert_eq!(urls("http://localhost:3000", &[8000, 3000, 8000]), asked);
    }

    #[test]
    fn a_public_page_never_asks_this_machine_unasked() {
        assert_eq!(
            urls("https://app.example", &[8000]),
            ["https://app.example"]
        );
    }
}
