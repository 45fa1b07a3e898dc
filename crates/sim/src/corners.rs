//! The corners that schedules must reach, so that an invariant that always holds has also been tried.

/// Every corner: what was shown, told, asked, or had to be ignored.
pub const CORNERS: [&str; 70] = [
    // Statuses.
    "provided",
    "cached",
    "fallback",
    "live",
    "stale",
    // How what is live was found.
    "by catalog",
    "by openapi",
    "by api-catalog",
    "by endpoints",
    "by its health alone",
    // Events.
    "config-ready",
    "config-updated",
    "service-relocated",
    "endpoints-changed",
    "discovery-failed",
    // Barriers that were shown.
    "deadline",
    "nobody-listening",
    "not-found",
    "permission",
    "mixed-content",
    "timed-out",
    "unreadable",
    "server-error",
    "redirected",
    "too-large",
    "malformed",
    "older",
    "not-expected",
    // What was asked.
    "GET",
    "OPTIONS",
    "asked reach",
    "asked openapi",
    "asked api-catalog",
    "asked catch-all",
    "asked endpoint",
    // What went wrong and did no harm.
    "an older live document came",
    "an older provided document came",
    "a document came that was not expected",
    "an answer came that nobody waited for",
    "a stream spoke that was closed",
    "a kept record was refused",
    // What the page does.
    "somebody subscribed late",
    "the watchdog settled",
    "the page came again",
    "a page came back from the cache",
    // What browsers and machines do.
    "nothing could be stored",
    "the wall clock jumped",
    "the machine slept",
    // What happens between tabs.
    "a browser had no locks",
    "a follower took over",
    "a leader was robbed",
    "a leader was frozen",
    "a hidden leader yielded",
    "a leader learnt from a follower",
    "a leader was contradicted",
    "a relay was older",
    "a tab learnt that what it has is outdated",
    "a leader may not ask what another tab found",
    "the user's word was given to a follower",
    "a leader heard of the user's word",
    "a relayed value was lost",
    "a tab was closed or crashed",
    "the client was closed under way",
    // What the page does with what was found.
    "a call failed over",
    "a call was barred",
    "a call waited for who asked to be left alone",
    "a circuit was open",
    "a connection moved",
    "the registry heard of what contradicts it",
    "there were more instances than are remembered",
];

/// Which corners a run has reached, one bit each in the order of [`CORNERS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached(u128);

impl Reached {
    pub(crate) fn mark(&mut self, corner: &str) {
        let place = CORNERS.iter().position(|it| *it == corner);
        self.0 |= place.map_or(0, |it| 1 << it);
    }

    pub(crate) const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// The corners that were not reached.
    pub fn missing(self) -> impl Iterator<Item = &'static str> {
        let bit = move |place: usize| self.0 >> place & 1 == 0;
        CORNERS
            .into_iter()
            .enumerate()
            .filter(move |(place, _)| bit(*place))
            .map(|(_, corner)| corner)
    }
}
