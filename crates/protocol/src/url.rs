//! Base URLs: where an instance of a service, or a candidate origin, answers.
//!
//! A deliberately small subset of the WHATWG URL standard: what a base URL may be and nothing else.
//! The browser build cannot afford a full URL library, and a subset is easier to trust.

use crate::refused::{Code, Refused};
use crate::text::is_deceptive;
use std::fmt;

/// The longest base URL, in bytes.
pub const MAX_URL: usize = 2_048;

/// An absolute `http:` or `https:` URL without user, query and fragment and without a trailing slash.
/// Scheme and host are in lower case and the scheme's default port is left out, so that equal
/// origins are equal texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BaseUrl {
    text: Box<str>,
    /// Where the path begins: the length of the origin.
    origin: u16,
}

impl BaseUrl {
    /// Takes `text` as a base URL.
    ///
    /// # Errors
    /// [`Code::BadUrl`].
    pub fn parse(text: &str) -> Result<Self, Refused> {
        Self::read(text).ok_or_else(|| Refused::new(Code::BadUrl, text))
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_URL {
            return None;
        }
        let (scheme, rest) = split_scheme(text)?;
        let (scheme, default_port) = if scheme.eq_ignore_ascii_case("http") {
            ("http://", 80)
        } else if scheme.eq_ignore_ascii_case("https") {
            ("https://", 443)
        } else {
            return None;
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = split_port(authority)?;
        let path = path.trim_end_matches('/');
        if !is_host(host) || !is_path(path) {
            return None;
        }
        let mut url = String::with_capacity(text.len());
        url.push_str(scheme);
        url.push_str(&host.to_ascii_lowercase());
        if let Some(port) = port.filter(|port| *port != default_port) {
            url.push(':');
            push_number(&mut url, port.into());
        }
        let origin = u16::try_from(url.len()).ok()?;
        url.push_str(path);
        Some(Self {
            text: url.into(),
            origin,
        })
    }

    /// `http://localhost:PORT`.
    #[must_use]
    pub fn localhost(port: u16) -> Self {
        let mut text = String::from("http://localhost");
        if port != 80 {
            text.push(':');
            push_number(&mut text, port.into());
        }
        // At most 22 bytes.
        let origin = u16::try_from(text.len()).unwrap_or_default();
        Self {
            text: text.into(),
            origin,
        }
    }

    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port (RFC 6454), without the path.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.text
            .get(..usize::from(self.origin))
            .unwrap_or(&self.text)
    }

    /// The path: empty, or one that begins with a slash and does not end with one.
    #[must_use]
    pub fn path(&self) -> &str {
        self.text
            .get(usize::from(self.origin)..)
            .unwrap_or_default()
    }

    /// Whether the scheme is `https`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https")
    }

    /// The host, an IPv6 address with its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        split_port(authority).map_or(authority, |(host, _)| host)
    }

    /// The port, the scheme's own when the URL has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        let named = split_port(self.authority()).and_then(|(_, port)| port);
        named.unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    /// Host and port.
    pub(crate) fn authority(&self) -> &str {
        split_scheme(self.origin()).map_or("", |(_, authority)| authority)
    }

    /// Whether it is https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.text.starts_with("https:")
    }

    /// Whether the host is this machine by name or by address: `localhost` and its subdomains
    /// (RFC 6761), 127.0.0.0/8, `[::1]`.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback_host(self.host())
    }

    /// Whether the host is this machine or, by address or by its `.local` name, this network: what a
    /// page on a public origin may only ask with the browser's permission (Local Network Access).
    #[must_use]
    pub fn is_local(&self) -> bool {
        let host = self.host();
        let private = |octets: [u8; 4]| {
            matches!(
                octets,
                [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [169, 254, ..] | [0, 0, 0, 0]
            )
        };
        let private6 = ["[fc", "[fd", "[fe8", "[fe9", "[fea", "[feb", "[::]"];
        self.is_loopback()
            || host.ends_with(".local")
            || ipv4(host).is_some_and(private)
            || private6.iter().any(|prefix| host.starts_with(prefix))
    }

    /// The same place for WebSockets: `ws:` for `http:`, `wss:` for `https:`.
    #[must_use]
    pub fn websocket(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        text.push_str("ws");
        text.push_str(self.text.get(4..).unwrap_or_default());
        text
    }

    /// This origin with another path: what a document says of itself by a relative reference.
    /// `reference` is a path or an absolute URL.
    ///
    /// # Errors
    /// [`Code::BadUrl`].
    pub fn resolve(&self, reference: &str) -> Result<Self, Refused> {
        if !reference.starts_with('/') || reference.starts_with("//") {
            return Self::parse(reference);
        }
        let mut text = self.origin().to_owned();
        text.push_str(reference);
        Self::parse(&text).map_err(|_| Refused::new(Code::BadUrl, reference))
    }

    /// The URL with `path` behind it.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        let mut text = String::with_capacity(self.text.len() + path.len());
        text.push_str(&self.text);
        text.push_str(path);
        text
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a host (an IPv6 address in brackets) is this machine.
#[must_use]
pub fn is_loopback_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || host.len() > 10
            && host
                .get(host.len() - 10..)
                .is_some_and(|end| end.eq_ignore_ascii_case(".localhost"))
        || host == "[::1]"
        || ipv4(host).is_some_and(|octets| octets[0] == 127)
}

/// An IPv4 address in the one way of writing it that everybody reads alike: four numbers without leading zeros.
fn ipv4(host: &str) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut numbers = host.split('.');
    for octet in &mut octets {
        let number = numbers.next()?;
        let plain = number == "0" || !number.starts_with('0');
        *octet = crate::text::number(number, 255)
            .and_then(|it| u8::try_from(it).ok().filter(|_| plain))?;
    }
    numbers.next().is_none().then_some(octets)
}

/// The scheme and what follows `://`.
pub(crate) fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    // The colons within the brackets of an IPv6 address separate nothing.
    let end = if authority.starts_with('[') {
        authority.find(']')?
    } else {
        0
    };
    let Some(at) = authority.get(end..)?.find(':') else {
        return Some((authority, None));
    };
    let (host, port) = authority.split_at(end + at);
    let port = port.get(1..)?;
    let number = crate::text::number(port, u16::MAX.into()).filter(|_| port.len() <= 5)?;
    let port = u16::try_from(number).ok().filter(|port| *port != 0)?;
    Some((host, Some(port)))
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| {
            address.contains(':')
                && address
                    .bytes()
                    .all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        });
    }
    !host.is_empty()
        && host.len() <= 253
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
}

fn is_path(path: &str) -> bool {
    !path.chars().any(|c| {
        is_deceptive(c)
            || c.is_whitespace()
            || matches!(c, '?' | '#' | '\\' | '"' | '<' | '>' | '{' | '}')
    }) && !path
        .split('/')
        .any(|segment| segment == "." || segment == "..")
}

/// Appends a number without the formatting machinery, which costs bytes in the browser.
pub(crate) fn push_number(text: &mut String, number: u64) {
    if number >= 10 {
        push_number(text, number / 10);
    }
    // A digit: always below ten.
    text.push(char::from(
        b'0' + u8::try_from(number % 10).unwrap_or_default(),
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_origins_are_equal_texts() {
        for (text, is) in [
            ("HTTP://LocalHost:80/", "http://localhost"),
            ("https://a.example:443/api/", "https://a.example/api"),
            ("http://[::1]:8000", "http://[::1]:8000"),
            (
                "http://127.0.0.1:65535/a%20b/",
                "http://127.0.0.1:65535/a%20b",
            ),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().as_str(), is);
        }
    }

    #[test]
    fn what_is_not_a_base_url_is_refused() {
        for bad in [
            "",
            "localhost:80",
            "ftp://a",
            "javascript://a/%0aalert(1)",
            "http://",
            "http:///x",
            "http://a b",
            "http://u@a",
            "http://a?x",
            "http://a/#x",
            "http://a:0",
            "http://a:65536",
            "http://a:+1",
            "http://a:",
            "http://[::1",
            "http://[x]",
            "http://a/..",
            "http://a/{x}",
            "http://a/\u{202E}",
            "http://a\\b",
            "null",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad:?}");
        }
        assert!(BaseUrl::parse(&format!("http://a/{}", "x".repeat(MAX_URL))).is_err());
    }

    #[test]
    fn its_parts() {
        let url = BaseUrl::parse("https://[::1]:8443/api/v1").unwrap();
        assert_eq!(
            (url.origin(), url.path(), url.host(), url.port()),
            ("https://[::1]:8443", "/api/v1", "[::1]", 8443)
        );
        assert_eq!(url.websocket(), "wss://[::1]:8443/api/v1");
        assert_eq!(BaseUrl::localhost(80).as_str(), "http://localhost");
        assert_eq!(BaseUrl::localhost(7420).port(), 7420);
        assert_eq!(BaseUrl::parse("http://a").unwrap().port(), 80);
    }

    #[test]
    fn loopback_is_this_machine_only() {
        for yes in [
            "localhost",
            "LOCALHOST",
            "app.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
            "localhost.",
        ] {
            assert!(is_loopback_host(yes), "{yes}");
        }
        for no in [
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evillocalhost",
            "128.0.0.1",
            "0.0.0.0",
            "[::]",
            "",
        ] {
            assert!(!is_loopback_host(no), "{no}");
        }
    }

    #[test]
    fn a_reference_resolves_against_the_origin() {
        let url = BaseUrl::parse("http://a:1/x").unwrap();
        assert_eq!(url.resolve("/v1/").unwrap().as_str(), "http://a:1/v1");
        assert_eq!(url.resolve("https://b/").unwrap().as_str(), "https://b");
        assert!(url.resolve("//evil").is_err());
        assert!(url.resolve("v1").is_err());
    }
}
