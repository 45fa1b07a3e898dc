//! The listening TCP sockets of the daemon's own user, and the processes behind them, as the kernel tells them.
//!
//! Nothing is scanned and nothing is sent to a port in order to find it. Sockets of other users are not looked at: a
//! service of another user is that user's to publish.

mod ports;
mod tracker;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod sock_diag;
#[cfg(target_os = "linux")]
pub(crate) use linux::{Kernel, Search, owners};

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::{Kernel, Search};

pub(crate) use ports::PortFilter;
pub(crate) use tracker::Tracker;

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

/// A listening socket that is reached over loopback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Listening {
    /// Its port.
    pub(crate) port: u16,
    /// The host by which it is reached.
    pub(crate) host: Host,
    /// The kernel's number of the socket, unique while it lives.
    pub(crate) inode: u32,
}

/// The host by which a socket is reached over loopback, the better choice first: a process may listen on several
/// addresses of one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Host {
    /// `127.0.0.1`.
    V4,
    /// `localhost`: IPv4 or IPv6.
    Either,
    /// `[::1]`.
    V6,
}

impl Host {
    /// The host of a socket that is bound to `ip`; `None` when it is not reached over loopback. `v6_only`: an IPv6
    /// wildcard leaves IPv4 out.
    pub(crate) fn of(ip: IpAddr, v6_only: bool) -> Option<Self> {
        match ip {
            IpAddr::V4(ip) if ip.is_unspecified() || ip == Ipv4Addr::LOCALHOST => Some(Self::V4),
            IpAddr::V6(ip) if ip.is_unspecified() && !v6_only => Some(Self::Either),
            IpAddr::V6(ip) if ip.is_unspecified() || ip.is_loopback() => Some(Self::V6),
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }

    /// As it stands in a URL.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::V4 => "127.0.0.1",
            Self::Either => "localhost",
            Self::V6 => "[::1]",
        }
    }
}

/// A process that holds a listening socket. Of several, the one that started first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Process {
    /// When it started, in clock ticks since the machine did. With the pid it is unique.
    pub(crate) started: u64,
    /// Its number.
    pub(crate) pid: u32,
    /// Its name, at most 15 bytes on Linux.
    pub(crate) name: Rc<str>,
}

/// A place where a process of this user listens: what is recognised once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Who listens.
    pub(crate) process: Rc<Process>,
    /// Where.
    pub(crate) port: u16,
    /// The host under which pages reach it.
    pub(crate) host: Host,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(ip: &str, v6_only: bool) -> Option<&'static str> {
        Host::of(ip.parse().unwrap(), v6_only).map(Host::as_str)
    }

    #[test]
    fn a_wildcard_is_reached_over_loopback_and_another_address_not_at_all() {
        assert_eq!(host("0.0.0.0", false), Some("127.0.0.1"));
        assert_eq!(host("127.0.0.1", false), Some("127.0.0.1"));
        assert_eq!(host("::", false), Some("localhost"));
        assert_eq!(host("::", true), Some("[::1]"));
        assert_eq!(host("::1", false), Some("[::1]"));
        assert_eq!(host("192.168.1.2", false), None);
        assert_eq!(host("127.0.0.53", false), None);
    }
}
