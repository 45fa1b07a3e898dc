//! Where a request goes: addresses, and the name that the server is called by.
//!
//! A target holds addresses, never a name to be looked up: what a name resolves to can change after it was checked (DNS
//! rebinding works against daemons too). [`Target::new`] takes this machine only; other addresses are for whoever has
//! checked that requests may go there.

use landfall_protocol::url::BaseUrl;
use smol_str::SmolStr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// `localhost`, whose first address is that of IPv4 alone, and the last that of IPv6.
static LOCALHOST: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// An HTTP server. There is one for each service, so that it is small: what can be told from its URL is not kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// Its base URL.
    url: SmolStr,
    /// Addresses to connect to.
    addresses: Addresses,
    port: u16,
    /// Where in the URL the path begins: the length of the origin.
    origin: u16,
    /// What stands below HTTP.
    layer: Layer,
}

/// Addresses to connect to, in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Addresses {
    Loopback(Loopback),
    Pinned(Arc<[IpAddr]>),
}

/// The usual addresses of this machine: `localhost` has two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Loopback {
    Localhost,
    V4,
    V6,
}

/// What stands below HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Layer {
    /// Nothing but TCP.
    Plain,
    /// TLS.
    Tls {
        /// Whether the certificate must be valid.
        verify: bool,
    },
}

/// Why a URL is not a target. The text says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotATarget {
    /// The host is not this machine.
    #[error("is not on this machine; use localhost, 127.0.0.1 or [::1] as the host")]
    NotLoopback,
}

impl Target {
    /// The server at a base URL.
    ///
    /// # Errors
    /// [`NotATarget`] for what is not on loopback.
    pub fn new(url: &BaseUrl) -> Result<Self, NotATarget> {
        let host = url.host().strip_suffix('.').unwrap_or(url.host());
        let addresses = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) if ip == LOCALHOST[0] => Addresses::Loopback(Loopback::V4),
            Ok(ip) if ip == LOCALHOST[1] => Addresses::Loopback(Loopback::V6),
            Ok(ip) if ip.is_loopback() => Addresses::Pinned([ip].into()),
            Err(_) if url.is_loopback() => Addresses::Loopback(Loopback::Localhost),
            Ok(_) | Err(_) => return Err(NotATarget::NotLoopback),
        };
        Ok(Self::at(url, addresses))
    }

    /// The server at a base URL that is reached at these addresses, best first. `None` without an address.
    #[must_use]
    pub fn pinned(url: &BaseUrl, addresses: &[IpAddr]) -> Option<Self> {
        let pinned = || Self::at(url, Addresses::Pinned(addresses.into()));
        (!addresses.is_empty()).then(pinned)
    }

    fn at(url: &BaseUrl, addresses: Addresses) -> Self {
        let layer = match url.is_https() {
            true => Layer::Tls { verify: true },
            false => Layer::Plain,
        };
        Self {
            url: url.as_str().into(),
            addresses,
            port: url.port(),
            // No URL is longer than two thousand bytes.
            origin: u16::try_from(url.origin().len()).unwrap_or(u16::MAX),
            layer,
        }
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> BaseUrl {
        BaseUrl::parse(&self.url).unwrap_or_else(|_| unreachable!("it was made of one"))
    }

    /// The text of its base URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// The same, whose certificate must be valid or not. Not on loopback, it must in any case.
    #[must_use]
    pub fn verified(mut self, verify: bool) -> Self {
        let verify = verify || !self.is_loopback();
        if let Layer::Tls { .. } = self.layer {
            self.layer = Layer::Tls { verify };
        }
        self
    }

    /// Whether it may show any certificate.
    #[must_use]
    pub fn is_unverified(&self) -> bool {
        self.layer == Layer::Tls { verify: false }
    }

    pub(super) const fn layer(&self) -> Layer {
        self.layer
    }

    /// The name or address that its certificate must be for.
    pub(super) fn server_name(&self) -> &str {
        let host = self
            .host()
            .rsplit_once(':')
            .map_or(self.host(), |(host, port)| {
                // The colons of an IPv6 address are not followed by a port.
                if port.ends_with(']') {
                    self.host()
                } else {
                    host
                }
            });
        host.trim_matches(['[', ']'])
    }

    /// Its addresses, best first; never empty.
    #[must_use]
    pub fn ips(&self) -> &[IpAddr] {
        match &self.addresses {
            Addresses::Loopback(Loopback::Localhost) => &LOCALHOST,
            Addresses::Loopback(Loopback::V4) => &LOCALHOST[..1],
            Addresses::Loopback(Loopback::V6) => &LOCALHOST[1..],
            Addresses::Pinned(ips) => ips,
        }
    }

    /// Whether it is on this machine, in whichever form its address is written.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.ips().iter().all(|ip| ip.to_canonical().is_loopback())
    }

    /// The addresses to connect to, best first; never empty.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        self.ips().iter().map(|ip| SocketAddr::new(*ip, self.port))
    }

    /// What the limits per host and the idle connections are kept by.
    pub(super) fn key(&self) -> SocketAddr {
        SocketAddr::new(self.ips()[0], self.port)
    }

    /// The `Host` header.
    pub(crate) fn host(&self) -> &str {
        let origin = &self.url[..self.origin.into()];
        origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// What stands before every path of this server: empty, or begins with a slash and does not end with one.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.url[self.origin.into()..]
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.url)
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
            both.addresses().collect::<Vec<_>>(),
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
            target("http://[::1]").unwrap().key(),
            "[::1]:80".parse().unwrap()
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
    }

    #[test]
    fn an_https_target_has_a_name_to_be_certified() {
        for (url, name) in [
            ("https://localhost:8443/api", "localhost"),
            ("https://localhost", "localhost"),
            ("https://[::1]:8443", "::1"),
            ("https://[::1]", "::1"),
            ("https://127.0.0.1:8443", "127.0.0.1"),
        ] {
            assert_eq!(target(url).unwrap().server_name(), name, "{url}");
        }
    }

    #[test]
    fn only_on_loopback_a_certificate_goes_unverified() {
        let url = BaseUrl::parse("https://shop.internal").unwrap();
        let elsewhere = Target::pinned(&url, &["10.0.0.1".parse().unwrap()]).unwrap();
        assert!(!elsewhere.verified(false).is_unverified());
        let here = target("https://localhost").unwrap();
        assert!(!here.is_unverified() && here.verified(false).is_unverified());
        let plain = target("http://localhost").unwrap();
        assert!(!plain.verified(false).is_unverified());
    }
}
