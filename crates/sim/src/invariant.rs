//! What must hold after every step, by name, and the finding that one of them does not.

use std::fmt;

/// Something that holds after every step of every schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Invariant {
    /// `ready` settles once, and at the latest when the host acts for the first time at or after the deadline.
    SettlesOnceByDeadline,
    /// No worse source is shown while a better one holds.
    NoWorseSource,
    /// Within one source no older revision follows a newer one of the same registry.
    NoOlderRevision,
    /// Every subscriber, whenever it came, sees the machine's last publication.
    SubscribersAgree,
    /// Only GET leaves, and OPTIONS where a browser sends no preflight for it; never to a path that nobody named.
    SafeMethodsOnly,
    /// A page asks this machine or this network from farther away only with permission.
    NoUnaskedLocalAccess,
    /// An https page asks nothing that its browser blocks as mixed content.
    NoMixedContent,
    /// An origin that has only its health of what was asked is taken after it was passed over once: who has what the page
    /// wants goes before.
    WantedBeforeHealth,
    /// Two publications in a row differ.
    NoEqualPublications,
    /// Once an expected backend is up and can be reached, its newest state is live in bounded time.
    LiveInTheEnd,
    /// A backend that is gone is not called live for ever.
    LossIsNoticed,
    /// A visible page without a live value asks every candidate at least every 350 ms in its first 10 s.
    RetriesInTime,
    /// One request per candidate, one stream, and records of bounded length that hold every request.
    Bounded,
    /// After the close nothing is done but to end what is under way, and nothing is waited for.
    SilentAfterClose,
    /// The next timeout lies in the future, or something was done; never many times in a row.
    NoBusyLoop,
    /// What is shown is what was delivered: config, services, endpoints, methods, addresses and status.
    ValueAsDelivered,
    /// Events say what has changed, no more and no less.
    EventsFit,
    /// Of the tabs of a page at most one talks to the network, once all were told who leads.
    OneTabTalks,
    /// Somebody leads within 1 s of a close or a crash, and within 5 s where a tab is frozen.
    SomebodyLeads,
    /// A hidden tab does not go on leading while a visible one follows.
    HiddenLeaderYields,
    /// Nobody takes the lead from a tab that lives and is in front.
    LivingLeaderStays,
    /// A follower has what its leader has, live or lost and from the same place, once all that was said is heard.
    FollowersAgree,
    /// What the user allowed in one tab, where the browser knows no permission, its leader and those that follow know, once all
    /// that was said is heard.
    ConsentIsShared,
    /// A page in the back/forward cache, and one whose client is closed, holds no lock, channel, stream or request.
    AwayHoldsNothing,
    /// What is not idempotent, or cannot be sent again, is sent once.
    SentOnce,
    /// A call is tried again no more often than it allows, and nowhere again without a pause.
    RetriesBounded,
    /// A request ends by its deadline, and no try is waited for beyond it.
    EndsByDeadline,
    /// Who asks to be left alone is not asked again by this call before; after a 429 nobody is.
    RetryAfterObeyed,
    /// An instance whose circuit is open is sent nothing but one try at a time.
    OpenCircuitLeftAlone,
    /// A call goes nowhere only where every circuit is open, or all ask to be left alone; no circuit is open for ever.
    BarredWithCause,
    /// A call goes to an instance that its service has now, or where the base URL points.
    GoesWhereListed,
    /// Of the instances that were not tried the healthiest come first, and those of weight 0 last.
    HealthiestFirst,
    /// A call that failed goes at once to an instance that nothing speaks against.
    FailsOver,
    /// An instance that cannot be reached makes the page look for its backend, and many at once make it look once.
    LossIsLookedFor,
    /// The registry hears of what contradicts it, all of it and nothing else.
    ReportsFit,
    /// The same seed gives the same run.
    SameSeedSameRun,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 36] = [
        Self::SettlesOnceByDeadline,
        Self::NoWorseSource,
        Self::NoOlderRevision,
        Self::SubscribersAgree,
        Self::SafeMethodsOnly,
        Self::NoUnaskedLocalAccess,
        Self::NoMixedContent,
        Self::WantedBeforeHealth,
        Self::NoEqualPublications,
        Self::LiveInTheEnd,
        Self::LossIsNoticed,
        Self::RetriesInTime,
        Self::Bounded,
        Self::SilentAfterClose,
        Self::NoBusyLoop,
        Self::ValueAsDelivered,
        Self::EventsFit,
        Self::OneTabTalks,
        Self::SomebodyLeads,
        Self::HiddenLeaderYields,
        Self::LivingLeaderStays,
        Self::FollowersAgree,
        Self::ConsentIsShared,
        Self::AwayHoldsNothing,
        Self::SentOnce,
        Self::RetriesBounded,
        Self::EndsByDeadline,
        Self::RetryAfterObeyed,
        Self::OpenCircuitLeftAlone,
        Self::BarredWithCause,
        Self::GoesWhereListed,
        Self::HealthiestFirst,
        Self::FailsOver,
        Self::LossIsLookedFor,
        Self::ReportsFit,
        Self::SameSeedSameRun,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SettlesOnceByDeadline => "settles-once-by-deadline",
            Self::NoWorseSource => "no-worse-source",
            Self::NoOlderRevision => "no-older-revision",
            Self::SubscribersAgree => "subscribers-agree",
            Self::SafeMethodsOnly => "safe-methods-only",
            Self::NoUnaskedLocalAccess => "no-unasked-local-access",
            Self::NoMixedContent => "no-mixed-content",
            Self::WantedBeforeHealth => "wanted-before-health",
            Self::NoEqualPublications => "no-equal-publications",
            Self::LiveInTheEnd => "live-in-the-end",
            Self::LossIsNoticed => "loss-is-noticed",
            Self::RetriesInTime => "retries-in-time",
            Self::Bounded => "bounded",
            Self::SilentAfterClose => "silent-after-close",
            Self::NoBusyLoop => "no-busy-loop",
            Self::ValueAsDelivered => "value-as-delivered",
            Self::EventsFit => "events-fit",
            Self::OneTabTalks => "one-tab-talks",
            Self::SomebodyLeads => "somebody-leads",
            Self::HiddenLeaderYields => "hidden-leader-yields",
            Self::LivingLeaderStays => "living-leader-stays",
            Self::FollowersAgree => "followers-agree",
            Self::ConsentIsShared => "consent-is-shared",
            Self::AwayHoldsNothing => "away-holds-nothing",
            Self::SentOnce => "sent-once",
            Self::RetriesBounded => "retries-bounded",
            Self::EndsByDeadline => "ends-by-deadline",
            Self::RetryAfterObeyed => "retry-after-obeyed",
            Self::OpenCircuitLeftAlone => "open-circuit-left-alone",
            Self::BarredWithCause => "barred-with-cause",
            Self::GoesWhereListed => "goes-where-listed",
            Self::HealthiestFirst => "healthiest-first",
            Self::FailsOver => "fails-over",
            Self::LossIsLookedFor => "loss-is-looked-for",
            Self::ReportsFit => "reports-fit",
            Self::SameSeedSameRun => "same-seed-same-run",
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An invariant does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// When, in milliseconds of virtual time.
    pub at: u64,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {} ms: {}", self.invariant, self.at, self.what)
    }
}

/// The outcome of a check, before it is known when it was.
pub(crate) type Checked = Result<(), (Invariant, String)>;

/// Checks a condition; the text is made only when it does not hold.
pub(crate) fn ensure(holds: bool, invariant: Invariant, what: impl FnOnce() -> String) -> Checked {
    if holds {
        Ok(())
    } else {
        Err((invariant, what()))
    }
}
