//! Where a request goes: addresses, and the name that the server is called by.
//!
//! A target holds addresses, never a name to be looked up: what a name resolves to can change after it was checked (DNS
//! rebinding works against daemons too). [`Target::new`] takes this machine only; other addresses are for whoever has
//! checked that requests may go there.

use landfall_protocol::url::BaseUrl;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// An HTTP server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Addresses to connect to, in order: `localhost` has two.
    addresses: Box<[SocketAddr]>,
    /// The value of the `Host` header.
    host: Box<str>,
    /// What stands before every path: empty, or begins with a slash and does not end with one.
    base: Box<str>,
}

/// Why a URL is not a target. The text says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotATarget {
    /// TLS is not spoken to services on loopback.
    #[error("is an https URL; services are checked over http on loopback: use http://")]
    Https,
    /// The host is not this machine.
    #[error("is not on this machine; use localhost, 127.0.0.1 or [::1] as the host")]
    NotLoopback,
}

impl Target {
    /// The server at a base URL.
    ///
    /// # Errors
    /// [`NotATarget`] for what is not plain HTTP on loopback.
    pub fn new(url: &BaseUrl) -> Result<Self, NotATarget> {
        if url.is_https() {
            return Err(NotATarget::Https);
        }
        let host = url.host().strip_suffix('.').unwrap_or(url.host());
        let ips: &[IpAddr] = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) if ip.is_loopback() => &[ip],
            Err(_) if url.is_loopback() => &[
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ],
            Ok(_) | Err(_) => return Err(NotATarget::NotLoopback),
        };
        Ok(Self::at(url, ips))
    }

    /// The server at a base URL that is reached at these addresses, best first. `None` without an address.
    #[must_use]
    pub fn pinned(url: &BaseUrl, addresses: &[IpAddr]) -> Option<Self> {
        (!addresses.is_empty()).then(|| Self::at(url, addresses))
    }

    fn at(url: &BaseUrl, ips: &[IpAddr]) -> Self {
        let port = url.port();
        let host = url.origin().strip_prefix("http://").unwrap_or_default();
        Self {
            addresses: ips.iter().map(|ip| SocketAddr::new(*ip, port)).collect(),
            host: host.into(),
            base: url.path().into(),
        }
    }

    /// Its addresses, best first.
    pub fn ips(&self) -> impl Iterator<Item = IpAddr> {
        self.addresses.iter().map(SocketAddr::ip)
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.ips().all(|ip| ip.is_loopback())
    }

    /// The addresses to connect to, best first; never empty.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What the limits per host and the idle connections are kept by.
    pub(super) fn key(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// The `Host` header.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// What stands before every path of this server.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.key().port()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, NotATarget> {
        Target::new(&BaseUrl::parse(url).unwrap())
    }

    #[test]
    fn loopback_by_name_or_address_is_a_target() {
        let both = target("http://localhost:8000/api").unwrap();
        assert_eq!(
            both.addresses(),
            [
                "127.0.0.1:8000".parse().unwrap(),
                "[::1]:8000".parse().unwrap()
            ]
        );
        assert_eq!(
            (both.host(), both.base(), both.port()),
            ("localhost:8000", "/api", 8000)
        );
        assert_eq!(
            target("http://[::1]").unwrap().addresses(),
            ["[::1]:80".parse().unwrap()]
        );
        assert_eq!(
            target("http://127.0.0.9:1").unwrap().key(),
            "127.0.0.9:1".parse().unwrap()
        );
    }

    #[test]
    fn everything_else_is_refused() {
        for url in [
            "http://169.254.169.254",
            "http://10.0.0.1",
            "http://example.com",
            "http://[::]",
            "http://0.0.0.0:1",
        ] {
            assert_eq!(target(url), Err(NotATarget::NotLoopback), "{url}");
        }
        assert_eq!(target("https://localhost"), Err(NotATarget::Https));
    }
}
