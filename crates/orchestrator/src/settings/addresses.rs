//! Addresses, URLs, origins and ports.

use crate::pool::Target;
use landfall_protocol::url::BaseUrl;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The port on which pages look for the daemon.
pub const DEFAULT_PORT: u16 = 7420;

/// An address to listen on: loopback only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Listen(SocketAddr);

impl Listen {
    /// The address.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::new(
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            DEFAULT_PORT,
        ))
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text
            .strip_prefix("localhost:")
            .map(|port| format!("127.0.0.1:{port}"));
        let address: SocketAddr = named.as_deref().unwrap_or(text).parse().map_err(|_| {
            format!("{text:?} is not an address to listen on: write an IP address and a port, such as 127.0.0.1:{DEFAULT_PORT}")
        })?;
        if address.ip().is_loopback() {
            return Ok(Self(address));
        }
        Err(format!(
            "{text:?} is not a loopback address: the daemon lists every service of this user and asks nobody who they are, \
             so it listens on 127.0.0.1 or [::1] only"
        ))
    }
}

/// The base URL of a service on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceUrl(pub Target);

impl FromStr for ServiceUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = BaseUrl::parse(text).map_err(|_| {
            format!("{text:?} is not a base URL: write scheme, host and port, such as \"http://127.0.0.1:8000\"")
        })?;
        let target = Target::new(&url).map_err(|error| format!("{text:?} {error}"))?;
        Ok(Self(target))
    }
}

/// The path of a check, with its query: what may stand in a request line.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct RequestPath(Box<str>);

impl RequestPath {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Graphic ASCII only: nothing that could end the request line.
        let fits = text.starts_with('/')
            && text.len() <= 1_024
            && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        if fits {
            return Ok(Self(text.into()));
        }
        Err(format!(
            "{text:?} is not a path to ask for: begin with '/', and percent-encode spaces and what is not ASCII, such as \"/health\""
        ))
    }
}

/// A name by which clients may call the daemon, without a port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostName(Box<str>);

impl HostName {
    /// In lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let url = BaseUrl::parse(&format!("http://{lower}"));
        match url {
            Ok(url)
                if url.host() == lower && url.as_str().len() == "http://".len() + lower.len() =>
            {
                Ok(Self(lower.into()))
            }
            _ => Err(format!(
                "{text:?} is not a host name: write it without scheme, port and path, such as \"dev.example\""
            )),
        }
    }
}

/// An origin (RFC 6454) whose pages may read the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(BaseUrl);

impl Origin {
    /// As a browser writes it in the `Origin` header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for Origin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{text:?} is not an origin: write scheme, host and, if it is not the usual one, port, such as \"https://app.example\"; \"*\" is not possible"
            )
        };
        let url = BaseUrl::parse(text).map_err(|_| wrong())?;
        if url.path().is_empty() && !text.ends_with('/') {
            Ok(Self(url))
        } else {
            Err(wrong())
        }
    }
}

/// One port, or a range of ports written `"8000-8999"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PortsForm")]
pub struct Ports(RangeInclusive<u16>);

impl Ports {
    /// Whether the port is one of them.
    #[must_use]
    pub fn contains(&self, port: u16) -> bool {
        self.0.contains(&port)
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum PortsForm {
    One(u16),
    Range(String),
}

impl TryFrom<PortsForm> for Ports {
    type Error = String;

    fn try_from(form: PortsForm) -> Result<Self, String> {
        match form {
            PortsForm::One(port) => Ok(Self(port..=port)),
            PortsForm::Range(text) => {
                let ends = text
                    .split_once('-')
                    .and_then(|(from, to)| from.parse().ok().zip(to.parse().ok()));
                ends.filter(|(from, to)| from <= to).map(|(from, to)| Self(from..=to)).ok_or_else(|| {
                    format!("{text:?} is not a range of ports: write it as \"8000-8999\", the smaller number first")
                })
            }
        }
    }
}

from_text!(Listen, ServiceUrl, RequestPath, HostName, Origin);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_listened_on() {
        assert_eq!(
            "localhost:0"
                .parse::<Listen>()
                .unwrap()
                .address()
                .to_string(),
            "127.0.0.1:0"
        );
        assert_eq!(
            "[::1]:7".parse::<Listen>().unwrap().address().to_string(),
            "[::1]:7"
        );
        for refused in ["0.0.0.0:7420", "192.168.1.2:80", "[::]:80"] {
            assert!(
                refused
                    .parse::<Listen>()
                    .unwrap_err()
                    .contains("not a loopback address"),
                "{refused}"
            );
        }
        for wrong in ["7420", "localhost", "example.com:80", ""] {
            assert!(
                wrong
                    .parse::<Listen>()
                    .unwrap_err()
                    .contains("not an address"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_request_path_cannot_end_the_request_line() {
        assert!("/health?full=1".parse::<RequestPath>().is_ok());
        for wrong in ["health", "/a b", "/a\r\nX: y", "/ü", "/#x", ""] {
            assert!(wrong.parse::<RequestPath>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_host_is_a_host_and_an_origin_an_origin() {
        assert_eq!(
            "Dev.Example".parse::<HostName>().unwrap().as_str(),
            "dev.example"
        );
        for wrong in ["http://a", "a:80", "a/b", "", "*"] {
            assert!(wrong.parse::<HostName>().is_err(), "{wrong}");
        }
        assert_eq!(
            "https://app.example".parse::<Origin>().unwrap().as_str(),
            "https://app.example"
        );
        for wrong in [
            "*",
            "null",
            "app.example",
            "https://app.example/",
            "https://app.example/x",
        ] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ports_are_one_or_a_range() {
        let range = Ports::try_from(PortsForm::Range("8000-8999".to_owned())).unwrap();
        assert!(range.contains(8_000) && range.contains(8_999) && !range.contains(9_000));
        assert!(Ports::try_from(PortsForm::Range("9-8".to_owned())).is_err());
        assert!(Ports::try_from(PortsForm::Range("80".to_owned())).is_err());
    }
}
