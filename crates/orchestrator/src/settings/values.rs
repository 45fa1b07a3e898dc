//! Values that settings are made of. Each parses itself, so that an error carries the line and column where the value
//! stands in the file, and a value that exists is valid.

use crate::pool::Target;
use landfall_protocol::endpoint::Protocol;
use landfall_protocol::name::Name;
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

/// The name that the daemon has in its own catalog.
pub const OWN_NAME: &str = "landfall";

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

/// A span of time, written with its unit: `"500ms"`, `"10s"`, `"5m"`, `"1h"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl Span {
    /// In whole milliseconds.
    #[must_use]
    pub fn millis(self) -> Millis {
        Millis(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX))
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unit = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(unit);
        let millis = match unit {
            "ms" => Some(1),
            "s" => Some(1_000),
            "m" => Some(60_000),
            "h" => Some(3_600_000),
            _ => None,
        };
        let number: Option<u32> = number.parse().ok();
        let span = number
            .zip(millis)
            .map(|(number, millis)| Duration::from_millis(u64::from(number) * millis));
        let longest = Duration::from_secs(24 * 3_600);
        span.filter(|span| !span.is_zero() && *span <= longest).map(Self).ok_or_else(|| {
            format!("{text:?} is not a span of time: write a number above 0 and ms, s, m or h, at most 24h, such as \"10s\"")
        })
    }
}

/// A share in percent: a number above 0, at most 100.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize)]
#[serde(try_from = "f64")]
pub struct Percent(f64);

impl Percent {
    /// A share that is known to be valid.
    pub(super) const fn constant(percent: u8) -> Self {
        Self(percent as f64)
    }

    /// As a fraction of one.
    #[must_use]
    pub fn fraction(self) -> f64 {
        self.0 / 100.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = String;

    fn try_from(percent: f64) -> Result<Self, String> {
        // False for NaN.
        if percent > 0.0 && percent <= 100.0 {
            Ok(Self(percent))
        } else {
            Err(format!(
                "{percent} is not a share: write a number above 0, at most 100"
            ))
        }
    }
}

/// The base URL of a service on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceUrl {
    /// As it is published.
    pub url: BaseUrl,
    /// As it is called.
    pub target: Target,
}

impl FromStr for ServiceUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = BaseUrl::parse(text).map_err(|_| {
            format!("{text:?} is not a base URL: write scheme, host and port, such as \"http://127.0.0.1:8000\"")
        })?;
        let target = Target::new(&url).map_err(|error| format!("{text:?} {error}"))?;
        Ok(Self { url, target })
    }
}

/// The path of a check, with its query: what may stand in a request line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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

/// A name as the catalog document allows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct NameValue(pub Name);

impl FromStr for NameValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Name::parse(text)
            .map(Self)
            .map_err(|refused| refused.to_string())
    }
}

/// The name of a service: any but the daemon's own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceName(pub Name);

impl FromStr for ServiceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == OWN_NAME {
            return Err(format!(
                "the name {OWN_NAME:?} is the daemon's own in its catalog; choose another one"
            ));
        }
        text.parse::<NameValue>().map(|name| Self(name.0))
    }
}

/// A path template.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct PathValue(pub(super) PathTemplate);

impl FromStr for PathValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        PathTemplate::parse(text)
            .map(Self)
            .map_err(|error| format!("{text:?} is not a path template: {error}"))
    }
}

/// What an endpoint speaks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct ProtocolValue(pub(super) Protocol);

impl FromStr for ProtocolValue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Protocol::parse(text)
            .map(Self)
            .map_err(|refused| refused.to_string())
    }
}

macro_rules! from_text {
    ($($name:ident),+) => {
        $(impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        })+
    };
}

from_text!(
    Listen,
    Span,
    ServiceUrl,
    RequestPath,
    HostName,
    Origin,
    NameValue,
    ServiceName,
    PathValue,
    ProtocolValue
);

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
    fn spans_have_a_unit_and_a_bound() {
        assert_eq!(
            "500ms".parse::<Span>().unwrap().0,
            Duration::from_millis(500)
        );
        assert_eq!(
            "24h".parse::<Span>().unwrap().0,
            Duration::from_secs(86_400)
        );
        for wrong in [
            "10",
            "s",
            "0s",
            "-1s",
            "1.5s",
            "25h",
            "1d",
            "99999999999s",
            "1 s",
        ] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_is_above_nothing_and_at_most_all() {
        assert!(Percent::try_from(100.0).is_ok());
        for wrong in [0.0, -1.0, 100.1, f64::NAN, f64::INFINITY] {
            assert!(Percent::try_from(wrong).is_err(), "{wrong}");
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
