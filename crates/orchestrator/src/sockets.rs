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
pub(crate) use linux::{Kernel, owners};

#[cfg(not(target_os = "linux"))]
mod unsupported;
#[cfg(not(target_os = "linux"))]
pub(crate) use unsupported::{Kernel, owners};

pub(crate) use ports::PortFilter;
pub(crate) use tracker::Tracker;

use std::net::{IpAddr, SocketAddr};

/// A listening socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Listening {
    /// The address it is bound to.
    pub(crate) address: SocketAddr,
    /// Whether an IPv6 wildcard leaves IPv4 out.
    pub(crate) v6_only: bool,
    /// The kernel's number of the socket, unique while it lives.
    pub(crate) inode: u64,
}

/// A process that holds a listening socket. Of several, the one that started first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Process {
    /// When it started, in clock ticks since the machine did. With the pid it is unique.
    pub(crate) started: u64,
    /// Its number.
    pub(crate) pid: u32,
    /// Its name, at most 15 bytes on Linux.
    pub(crate) name: String,
}

/// A place where a process of this user listens: what is recognised once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// Who listens.
    pub(crate) process: Process,
    /// Where.
    pub(crate) port: u16,
    /// The host under which pages reach it: `127.0.0.1`, `[::1]`, or `localhost` where it may be either.
    pub(crate) host: &'static str,
}

impl Listening {
    /// The host by which it is reached over loopback; `None` when it is bound to another address only. A smaller
    /// number is the better choice when a process listens on several addresses of one port.
    pub(crate) fn loopback_host(&self) -> Option<(u8, &'static str)> {
        match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() || ip == std::net::Ipv4Addr::LOCALHOST => {
                Some((0, "127.0.0.1"))
            }
            IpAddr::V6(ip) if ip.is_unspecified() && !self.v6_only => Some((1, "localhost")),
            IpAddr::V6(ip) if ip.is_unspecified() || ip.is_loopback() => Some((2, "[::1]")),
            IpAddr::V4(_) | IpAddr::V6(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(address: &str, v6_only: bool) -> Option<&'static str> {
        let listening = Listening {
            address: address.parse().unwrap(),
            v6_only,
            inode: 1,
        };
        listening.loopback_host().map(|(_, host)| host)
    }

    #[test]
    fn a_wildcard_is_reached_over_loopback_and_another_address_not_at_all() {
        assert_eq!(host("0.0.0.0:80", false), Some("127.0.0.1"));
        assert_eq!(host("127.0.0.1:80", false), Some("127.0.0.1"));
        assert_eq!(host("[::]:80", false), Some("localhost"));
        assert_eq!(host("[::]:80", true), Some("[::1]"));
        assert_eq!(host("[::1]:80", false), Some("[::1]"));
        assert_eq!(host("192.168.1.2:80", false), None);
        assert_eq!(host("127.0.0.53:53", false), None);
    }
}
