//! `checks.allowed_networks`: where the daemon may send requests, besides to its own machine.
//!
//! Whoever may register a service chooses where the daemon's checks go (server-side request forgery). So the addresses are
//! limited to what a person allowed, and those that hand out credentials to whoever asks are out of reach for everybody.

use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// The metadata services of clouds that have no link-local address: AWS over IPv6, Alibaba, Azure, Oracle.
const METADATA: [IpAddr; 4] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];
/// The prefix under which gateways reach IPv4 addresses (NAT64, RFC 6052).
const NAT64: [u16; 6] = [0x64, 0xff9b, 0, 0, 0, 0];

/// A network in CIDR notation (RFC 4632, RFC 4291): `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    /// How many leading bits an address has in common with it.
    prefix: u8,
}

/// The networks in which services may be, besides loopback.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Networks(Vec<Network>);

/// Why nothing is sent to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Outside {
    /// It is not the address of one server, or one that hands out secrets.
    #[error("is never asked: it is a metadata, link-local, multicast or unspecified address")]
    Never,
    /// Nobody allowed it.
    #[error("is neither this machine nor in one of checks.allowed_networks in the settings")]
    NotAllowed,
}

impl Networks {
    /// Every network: where a person names the address. What is never asked is not asked here either.
    pub(crate) fn everywhere() -> Self {
        let all = |address| Network { address, prefix: 0 };
        Self(vec![
            all(Ipv4Addr::UNSPECIFIED.into()),
            all(Ipv6Addr::UNSPECIFIED.into()),
        ])
    }

    /// Whether no network is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether requests may go to an address.
    ///
    /// # Errors
    /// [`Outside`].
    pub fn admit(&self, address: IpAddr) -> Result<(), Outside> {
        let address = plain(address);
        if address.is_loopback() {
            return Ok(());
        }
        if is_never(address) {
            return Err(Outside::Never);
        }
        let allowed = self.0.iter().any(|network| network.contains(address));
        allowed.then_some(()).ok_or(Outside::NotAllowed)
    }
}

/// The IPv4 address behind an IPv6 address that stands for one.
fn plain(address: IpAddr) -> IpAddr {
    let address = address.to_canonical();
    match address {
        IpAddr::V6(ip) if ip.segments()[..6] == NAT64 => {
            let [.., a, b, c, d] = ip.octets();
            Ipv4Addr::new(a, b, c, d).into()
        }
        _ => address,
    }
}

fn is_never(address: IpAddr) -> bool {
    METADATA.contains(&address)
        || address.is_unspecified()
        || address.is_multicast()
        || match address {
            IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(ip)) => {
                let differ = u128::from(network.to_bits() ^ ip.to_bits()) << 96;
                differ.leading_zeros() >= self.prefix.into()
            }
            (IpAddr::V6(network), IpAddr::V6(ip)) => {
                let differ = network.to_bits() ^ ip.to_bits();
                differ.leading_zeros() >= self.prefix.into()
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not a network: write its first address and the number of bits that its addresses share, such as \"10.0.0.0/8\""
            )
        };
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.parse().ok().filter(|prefix| *prefix <= bits);
        let prefix = prefix.ok_or_else(wrong)?;
        Ok(Self { address, prefix })
    }
}

from_text!(Network);

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        Networks(texts.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn loopback_is_always_allowed_and_nothing_else_is_unless_it_is_named() {
        let (none, some) = (
            Networks::default(),
            networks(&["10.1.0.0/16", "192.168.7.9/32", "fd12::/16"]),
        );
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(none.admit(address.parse().unwrap()), Ok(()), "{address}");
        }
        for address in ["10.1.2.3", "::ffff:10.1.2.3", "192.168.7.9", "fd12::7"] {
            let ip = address.parse().unwrap();
            assert_eq!(none.admit(ip), Err(Outside::NotAllowed), "{address}");
            assert_eq!(some.admit(ip), Ok(()), "{address}");
        }
        for address in ["8.8.8.8", "2001:db8::1"] {
            let ip = address.parse().unwrap();
            assert_eq!(Networks::everywhere().admit(ip), Ok(()), "{address}");
        }
        for address in ["169.254.169.254", "fd00:ec2::254", "0.0.0.0"] {
            let ip = address.parse().unwrap();
            assert_eq!(Networks::everywhere().admit(ip), Err(Outside::Never));
        }
        for address in ["10.2.0.0", "192.168.7.8", "fd13::7", "8.8.8.8", "::"] {
            assert!(some.admit(address.parse().unwrap()).is_err(), "{address}");
        }
    }

    #[test]
    fn metadata_services_are_never_asked_even_where_everything_is_allowed() {
        let all = networks(&["0.0.0.0/0", "::/0"]);
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fd00:ec2::254",
            "fe80::a9fe:a9fe",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "ff02::1",
            "255.255.255.255",
        ] {
            assert_eq!(
                all.admit(address.parse().unwrap()),
                Err(Outside::Never),
                "{address}"
            );
        }
        assert_eq!(all.admit("8.8.8.8".parse().unwrap()), Ok(()));
        assert_eq!(all.admit("2001:db8::1".parse().unwrap()), Ok(()));
    }

    #[test]
    fn what_is_not_a_network_is_refused_with_an_example() {
        for wrong in [
            "10.0.0.0",
            "10.0.0.0/33",
            "::/129",
            "a/8",
            "/8",
            "10.0.0.0/-1",
            "",
        ] {
            let error = wrong.parse::<Network>().unwrap_err();
            assert!(error.contains("10.0.0.0/8"), "{error}");
        }
    }
}
