//! Where a registered service is: its addresses, looked up once and then kept.
//!
//! A name that is looked up for each request could name an allowed address when it is checked and a forbidden one when it
//! is used (DNS rebinding). So a name is looked up when the service registers, every address that it has must be allowed,
//! and requests go to those addresses and nowhere else. Where no network is allowed, no name is looked up at all.

use crate::pool::Target;
use crate::settings::{Networks, Outside};
use landfall_protocol::url::BaseUrl;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::timeout;

/// For the answer of a name server.
const LOOK_UP: Duration = Duration::from_secs(3);
/// The most addresses of one name.
const MAX_ADDRESSES: usize = 16;

/// Why requests cannot go to a URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotLocated {
    /// Requests may not go there.
    #[error("{host} {why}")]
    Outside {
        /// The host, with the address if it is a name.
        host: String,
        /// Why.
        why: Outside,
    },
    /// The name has no address.
    #[error("{0} could not be looked up: check the name, or write an address")]
    Unknown(String),
}

impl NotLocated {
    /// Whether it is forbidden, rather than impossible.
    pub(crate) const fn is_forbidden(&self) -> bool {
        matches!(self, Self::Outside { .. })
    }
}

/// Finds the addresses of a URL, all of which `networks` must allow.
pub(crate) async fn locate(url: &BaseUrl, networks: &Networks) -> Result<Target, NotLocated> {
    let host = url.host().trim_matches(['[', ']']);
    if url.is_loopback() || host.parse::<IpAddr>().is_ok() {
        return pin(url, &[], networks);
    }
    if networks.is_empty() {
        return Err(outside(host, Outside::NotAllowed));
    }
    let found = timeout(LOOK_UP, tokio::net::lookup_host((host, url.port()))).await;
    let Ok(Ok(found)) = found else {
        return Err(NotLocated::Unknown(host.to_owned()));
    };
    let addresses: Vec<IpAddr> = found.map(|it| it.ip()).take(MAX_ADDRESSES).collect();
    pin(url, &addresses, networks)
}

/// The target of a URL whose host is this machine, an address, or a name with these addresses.
pub(super) fn pin(
    url: &BaseUrl,
    addresses: &[IpAddr],
    networks: &Networks,
) -> Result<Target, NotLocated> {
    if let Ok(target) = Target::new(url) {
        return Ok(target);
    }
    let host = url.host().trim_matches(['[', ']']);
    if let Ok(address) = host.parse() {
        networks.admit(address).map_err(|why| outside(host, why))?;
        return Target::pinned(url, &[address]).ok_or_else(|| NotLocated::Unknown(host.to_owned()));
    }
    for address in addresses {
        let admitted = networks.admit(*address);
        admitted.map_err(|why| outside(&format!("{host} ({address})"), why))?;
    }
    Target::pinned(url, addresses).ok_or_else(|| NotLocated::Unknown(host.to_owned()))
}

fn outside(host: &str, why: Outside) -> NotLocated {
    NotLocated::Outside {
        host: host.to_owned(),
        why,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(list: &str) -> Networks {
        serde_json::from_str(list).unwrap()
    }

    fn pinned(url: &str, addresses: &[&str], networks: &Networks) -> Result<Target, NotLocated> {
        let addresses: Vec<_> = addresses.iter().map(|it| it.parse().unwrap()).collect();
        pin(&BaseUrl::parse(url).unwrap(), &addresses, networks)
    }

    #[test]
    fn a_name_is_pinned_to_the_addresses_that_it_had() {
        let allowed = networks(r#"["10.0.0.0/8"]"#);
        let target = pinned(
            "http://shop.internal:8000/api",
            &["10.0.0.1", "10.0.0.2"],
            &allowed,
        );
        let addresses = target.unwrap();
        let addresses: Vec<_> = addresses.ips().iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["10.0.0.1", "10.0.0.2"]);
    }

    #[test]
    fn one_forbidden_address_forbids_the_name() {
        let all = networks(r#"["0.0.0.0/0", "::/0"]"#);
        for forbidden in ["169.254.169.254", "fd00:ec2::254", "0.0.0.0"] {
            let refused = pinned("http://shop.internal", &["10.0.0.1", forbidden], &all);
            let refused = refused.unwrap_err();
            assert!(refused.is_forbidden(), "{refused}");
            assert!(refused.to_string().contains(forbidden), "{refused}");
        }
        let nothing = pinned("http://shop.internal", &[], &all).unwrap_err();
        assert_eq!(nothing, NotLocated::Unknown("shop.internal".to_owned()));
    }

    #[tokio::test]
    async fn without_allowed_networks_no_name_is_looked_up() {
        let none = Networks::default();
        let at = |url| BaseUrl::parse(url).unwrap();
        for url in [
            "http://169.254.169.254",
            "http://[fd00:ec2::254]",
            "http://10.0.0.1",
            "http://[::ffff:10.0.0.1]",
            "http://0.0.0.0",
            "http://metadata.google.internal",
            // Ways to write an address that some programs know.
            "http://2130706433",
            "http://0x7f.1",
        ] {
            let refused = locate(&at(url), &none).await.unwrap_err();
            assert!(refused.is_forbidden(), "{url}: {refused}");
        }
        assert!(locate(&at("http://localhost:1"), &none).await.is_ok());
        assert!(locate(&at("http://[::1]:1"), &none).await.is_ok());
        assert!(locate(&at("https://localhost"), &none).await.is_ok());
        assert!(locate(&at("https://10.0.0.1"), &none).await.is_err());
    }
}
