//! Why something is as it is: the reason of a status, and what stood between the page and an origin.

/// A reason with a stable code. Words for people are the host's (they cost bytes in the browser).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    // What is known, when all is well.
    /// Discovery has begun and nothing is known yet.
    Starting,
    /// Read from the backend itself.
    Live,
    /// Handed in by the page.
    Provided,
    /// Kept from an earlier visit.
    Cached,
    // Barriers, from the least to the most telling: of several origins the most telling one is reported.
    /// There is no origin to ask.
    NoCandidates,
    /// No answer was in by the deadline.
    Deadline,
    /// Nothing listens there, or the network does not lead there.
    NobodyListening,
    /// It answers, but serves nothing that says which endpoints it has.
    NotFound,
    /// The browser's permission for loopback or local addresses is missing (Local Network Access).
    Permission,
    /// The page is https, the origin is http: the browser blocks mixed content.
    MixedContent,
    /// It did not answer in time.
    TimedOut,
    /// Something listens, but the page may not read its answers (CORS).
    Unreadable,
    /// It answered 5xx, or 429.
    ServerError,
    /// It sends the reader to another origin.
    Redirected,
    /// The answer is larger or deeper than allowed.
    TooLarge,
    /// The answer is not what its place promises.
    Malformed,
    /// A valid answer of an older revision than what is already known.
    Older,
    /// A valid answer of another application than the one expected.
    NotExpected,
    /// The client was closed.
    Closed,
}

impl Reason {
    const ALL: [Self; 19] = [
        Self::Starting,
        Self::Live,
        Self::Provided,
        Self::Cached,
        Self::NoCandidates,
        Self::Deadline,
        Self::NobodyListening,
        Self::NotFound,
        Self::Permission,
        Self::MixedContent,
        Self::TimedOut,
        Self::Unreadable,
        Self::ServerError,
        Self::Redirected,
        Self::TooLarge,
        Self::Malformed,
        Self::Older,
        Self::NotExpected,
        Self::Closed,
    ];

    /// Reads a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == code)
    }

    /// The stable code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Live => "live",
            Self::Provided => "provided",
            Self::Cached => "cached",
            Self::NoCandidates => "no-candidates",
            Self::Deadline => "deadline",
            Self::NobodyListening => "nobody-listening",
            Self::NotFound => "not-found",
            Self::Permission => "permission",
            Self::MixedContent => "mixed-content",
            Self::TimedOut => "timed-out",
            Self::Unreadable => "unreadable",
            Self::ServerError => "server-error",
            Self::Redirected => "redirected",
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::Older => "older",
            Self::NotExpected => "not-expected",
            Self::Closed => "closed",
        }
    }
}
