//! How near a place is to a page, and what its browser lets it ask: Local Network Access and mixed content, told apart by
//! the names of these simulations alone.

use crate::schedule::Page;
use crate::world::origin_of;
use landfall_protocol::probe::Access;

/// From far to near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nearness {
    Public,
    /// This network.
    Network,
    /// This machine.
    Loopback,
}

/// Where a URL is.
pub(crate) fn nearness(url: &str) -> Nearness {
    let origin = origin_of(url);
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let begins = |names: &[&str]| names.iter().any(|it| host.starts_with(it));
    if begins(&["localhost", "127."]) {
        Nearness::Loopback
    } else if begins(&["192.168.", "10.", "printer.local"]) {
        Nearness::Network
    } else {
        Nearness::Public
    }
}

/// What the user has permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Permissions {
    pub(crate) loopback: bool,
    pub(crate) network: bool,
}

impl Permissions {
    pub(crate) const ALL: Self = Self {
        loopback: true,
        network: true,
    };

    pub(crate) const fn access(self) -> Access {
        Access {
            loopback: self.loopback,
            network: self.network,
        }
    }

    /// Whether a request of the page to `url` would cause a prompt: it is nearer than the page, and not permitted.
    pub(crate) fn bars(self, page: Page, url: &str) -> bool {
        let Some(origin) = page.origin() else {
            return false;
        };
        let place = nearness(url);
        let permitted = match place {
            Nearness::Public => true,
            Nearness::Network => self.network,
            Nearness::Loopback => self.loopback,
        };
        place > nearness(origin) && !permitted
    }
}

/// Whether the page may ask `url` only with permission.
pub(crate) fn needs_permission(page: Page, url: &str) -> bool {
    Permissions::default().bars(page, url)
}

/// Whether a browser blocks the request: from an https page to http, unless the place is near.
pub(crate) fn is_mixed(page: Page, url: &str) -> bool {
    let secure = page.origin().is_some_and(|it| it.starts_with("https:"));
    secure && url.starts_with("http:") && nearness(url) == Nearness::Public
}
