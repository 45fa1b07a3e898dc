//! Why an instance is not healthy: what the last check saw that did not show life.
//!
//! There is one for each of thousands of instances, so that it is kept in two bytes; the words are made when somebody
//! reads them.

use crate::pool::{Failure, Flaw};
use std::io::ErrorKind;

/// Why an instance is not healthy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It was not checked yet.
    NotChecked,
    /// Its check is late for long: nobody knows whether what was wrong still is.
    Overdue,
    /// The daemon waited for a CPU while the answer may have been there.
    Starved,
    /// The daemon has no file descriptor left to ask with.
    NoDescriptors,
    /// There is no authority to verify its certificate by.
    NoAuthorities,
    /// Its socket is closed.
    SocketClosed,
    /// Nobody listens.
    Refused,
    /// No whole answer in time.
    Timeout,
    /// The connection was broken off.
    Reset,
    /// The connection was ended before the answer was whole.
    Closed,
    /// There is no way there.
    Unreachable,
    /// The system does not allow the connection.
    NotPermitted,
    /// The connection failed in another way.
    ConnectionFailed,
    /// What it says is not HTTP/1.
    NotHttp,
    /// It does not speak TLS.
    NotTls,
    /// Something is wrong with its certificate.
    Certificate(Flaw),
    /// It answered with a status that is not life.
    Status(u16),
}

/// Reasons that are not statuses, by the number that they are kept as. No status is as low.
const NUMBERED: [Reason; 20] = [
    Reason::NotChecked,
    Reason::Overdue,
    Reason::Starved,
    Reason::NoDescriptors,
    Reason::NoAuthorities,
    Reason::SocketClosed,
    Reason::Refused,
    Reason::Timeout,
    Reason::Reset,
    Reason::Closed,
    Reason::Unreachable,
    Reason::NotPermitted,
    Reason::ConnectionFailed,
    Reason::NotHttp,
    Reason::NotTls,
    Reason::Certificate(Flaw::Expired),
    Reason::Certificate(Flaw::NotYetValid),
    Reason::Certificate(Flaw::OtherHost),
    Reason::Certificate(Flaw::UnknownIssuer),
    Reason::Certificate(Flaw::Invalid),
];
/// Kept where there is no reason.
const NONE: u16 = u16::MAX;

/// A reason, or none, in two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept(u16);

impl Kept {
    /// There is no reason: all is well.
    pub(crate) const NONE: Self = Self(NONE);

    /// The reason.
    pub(crate) fn reason(self) -> Option<Reason> {
        let numbered = NUMBERED.get(usize::from(self.0)).copied();
        numbered.or_else(|| (self.0 != NONE).then_some(Reason::Status(self.0)))
    }
}

impl From<Reason> for Kept {
    fn from(reason: Reason) -> Self {
        if let Reason::Status(status) = reason {
            return Self(status);
        }
        let at = NUMBERED.iter().position(|it| *it == reason);
        // All are in the list, which a test goes through.
        Self(at.and_then(|at| u16::try_from(at).ok()).unwrap_or(NONE))
    }
}

impl Reason {
    /// Why there was no answer.
    pub(crate) const fn of(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Self::Refused,
            Failure::Timeout => Self::Timeout,
            Failure::Starved => Self::Starved,
            Failure::Exhausted => Self::NoDescriptors,
            Failure::NoAuthorities => Self::NoAuthorities,
            Failure::Connection(kind) => match kind {
                ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe => Self::Reset,
                ErrorKind::UnexpectedEof => Self::Closed,
                ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::AddrNotAvailable => Self::Unreachable,
                ErrorKind::PermissionDenied => Self::NotPermitted,
                _ => Self::ConnectionFailed,
            },
            // A check wants no body, so that none is too large.
            Failure::NotHttp | Failure::TooLarge => Self::NotHttp,
            Failure::Untrusted(flaw) => Self::Certificate(flaw),
            Failure::NotTls => Self::NotTls,
        }
    }

    /// Whether it says something of the daemon and nothing of the service.
    pub(crate) const fn is_own(self) -> bool {
        matches!(
            self,
            Self::NotChecked
                | Self::Overdue
                | Self::Starved
                | Self::NoDescriptors
                | Self::NoAuthorities
        )
    }

    /// A stable code, for programs.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NotChecked => "not-checked",
            Self::Overdue => "overdue",
            Self::Starved => "starved",
            Self::NoDescriptors => "no-descriptors",
            Self::NoAuthorities => "no-authorities",
            Self::SocketClosed => "socket-closed",
            Self::Refused => "connection-refused",
            Self::Timeout => "timeout",
            Self::Reset => "connection-reset",
            Self::Closed => "connection-closed",
            Self::Unreachable => "unreachable",
            Self::NotPermitted => "not-permitted",
            Self::ConnectionFailed => "connection-failed",
            Self::NotHttp => "not-http",
            Self::NotTls => "not-tls",
            Self::Certificate(Flaw::Expired) => "certificate-expired",
            Self::Certificate(Flaw::NotYetValid) => "certificate-not-yet-valid",
            Self::Certificate(Flaw::OtherHost) => "certificate-other-host",
            Self::Certificate(Flaw::UnknownIssuer) => "certificate-unknown-issuer",
            Self::Certificate(Flaw::Invalid) => "certificate-invalid",
            Self::Status(_) => "status",
        }
    }

    /// The status that it answered with.
    pub(crate) const fn status(self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status),
            _ => None,
        }
    }

    /// All codes that there are.
    pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
        let others = NUMBERED.iter().map(|it| it.code());
        others.chain(std::iter::once(Self::Status(0).code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_is_read() {
        let statuses = (200..=599).chain([100, 999]).map(Reason::Status);
        for reason in NUMBERED.into_iter().chain(statuses) {
            assert_eq!(Kept::from(reason).reason(), Some(reason));
        }
        assert_eq!(Kept::NONE.reason(), None);
        assert_eq!(size_of::<Kept>(), 2);
    }

    #[test]
    fn every_failure_has_a_reason_that_is_kept() {
        let flaws = [
            Flaw::Expired,
            Flaw::NotYetValid,
            Flaw::OtherHost,
            Flaw::UnknownIssuer,
            Flaw::Invalid,
        ];
        let kinds = [
            ErrorKind::ConnectionReset,
            ErrorKind::UnexpectedEof,
            ErrorKind::NetworkUnreachable,
            ErrorKind::PermissionDenied,
            ErrorKind::Other,
        ];
        let failures = [
            Failure::Refused,
            Failure::Timeout,
            Failure::Starved,
            Failure::Exhausted,
            Failure::NotHttp,
            Failure::TooLarge,
            Failure::NotTls,
            Failure::NoAuthorities,
        ];
        let of_flaws = flaws.map(Failure::Untrusted);
        let of_kinds = kinds.map(Failure::Connection);
        let mut codes = Vec::new();
        for failure in failures.into_iter().chain(of_flaws).chain(of_kinds) {
            let reason = Reason::of(failure);
            assert_eq!(Kept::from(reason).reason(), Some(reason), "{failure}");
            codes.push(reason.code());
        }
        codes.sort_unstable();
        codes.dedup();
        // Two failures are one reason.
        assert_eq!(codes.len(), 17, "{codes:?}");
    }

    #[test]
    fn no_two_reasons_have_one_code() {
        let mut codes: Vec<_> = Reason::codes().collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), all), (all, NUMBERED.len() + 1));
    }
}
