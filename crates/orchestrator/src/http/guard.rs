//! Who may ask: the Host allow-list, which stops DNS rebinding, and the CORS allow-list.
//!
//! A page of any site can send requests to loopback. It cannot choose the `Host` header, which names the site that it
//! came from by way of a rebound name, and it cannot hide its `Origin`. So every route checks both. An allowed origin is
//! echoed exactly; `*` is never sent.

use super::last::Last;
use super::reply::{Reply, allow, empty, list, refusal, set};
use crate::settings::{HostName, Origin};
use hyper::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HOST, HeaderMap, HeaderValue, ORIGIN,
    VARY,
};
use hyper::http::uri::Authority;
use hyper::{StatusCode, Uri};
use landfall_protocol::method::Method;
use landfall_protocol::url::BaseUrl;

/// The names of loopback by which the daemon may be called.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The header fields that a page may read besides those that every page may.
pub(super) const EXPOSED: &str = "ETag, Retry-After, Allow, Link";

/// The two allow-lists.
#[derive(Debug)]
pub(crate) struct Guard {
    hosts: Vec<HostName>,
    origins: Vec<Origin>,
    host: Last<bool>,
    origin: Last<bool>,
}

/// Why a request is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Barred {
    /// No `Host`, or several.
    NotOneHost,
    /// A `Host` that is not on the list.
    Host,
    /// An `Origin` that is not on the list.
    Origin,
    /// A page, which may not use this method here.
    Page,
}

impl Barred {
    /// The answer, which says what to do.
    pub(crate) fn reply(self) -> Reply {
        let (status, reason) = match self {
            Self::NotOneHost => (
                StatusCode::BAD_REQUEST,
                "the request needs exactly one Host header",
            ),
            Self::Host => (
                StatusCode::MISDIRECTED_REQUEST,
                "this host name is not allowed here: use localhost, 127.0.0.1 or [::1], or add the name to \
                 allowed_hosts in the settings",
            ),
            Self::Origin => (
                StatusCode::FORBIDDEN,
                "pages of this origin may not read the catalog: add the origin to allowed_origins in the settings",
            ),
            Self::Page => (
                StatusCode::FORBIDDEN,
                "pages may read this, but not change it: send the request from a program",
            ),
        };
        refusal(status, reason)
    }
}

impl Guard {
    /// The lists of the settings; loopback is on both without being named.
    pub(crate) const fn new(hosts: Vec<HostName>, origins: Vec<Origin>) -> Self {
        Self {
            hosts,
            origins,
            host: Last::new(),
            origin: Last::new(),
        }
    }

    /// Lets a request in, or says why not.
    pub(crate) fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Barred> {
        let mut hosts = headers.get_all(HOST).iter();
        let named = hosts.next().filter(|_| hosts.next().is_none());
        let named = named.ok_or(Barred::NotOneHost)?;
        let is_known = self.host.get(named.as_bytes(), || {
            named.to_str().is_ok_and(|named| self.knows_host(named))
        });
        // A request target in absolute form names the host too (RFC 9112, section 3.2.2).
        let target = uri.authority().map(Authority::as_str);
        if !is_known || !target.is_none_or(|target| self.knows_host(target)) {
            return Err(Barred::Host);
        }
        let is_let_in = |origin: &HeaderValue| {
            let known = || self.knows_origin(origin);
            self.origin.get(origin.as_bytes(), known)
        };
        match headers.get(ORIGIN) {
            Some(origin) if !is_let_in(origin) => Err(Barred::Origin),
            Some(_) | None => Ok(()),
        }
    }

    /// Adds what lets the page read the response. Called only for requests that were let in.
    pub(crate) fn allow_reading(reply: &mut Reply, origin: Option<&HeaderValue>) {
        let vary = if reply.headers().contains_key(VARY) {
            "Accept-Encoding, Origin"
        } else {
            "Origin"
        };
        set(reply, VARY, vary);
        if let Some(origin) = origin {
            reply
                .headers_mut()
                .insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            set(reply, ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /// The answer to OPTIONS: to a preflight, and to whoever asks for the methods. `of_pages` are those that pages may use.
    pub(crate) fn options(methods: &[Method], of_pages: &[Method], is_page: bool) -> Reply {
        let mut reply = empty(StatusCode::NO_CONTENT);
        allow(&mut reply, methods);
        if is_page {
            if let Ok(names) = HeaderValue::from_str(&list(of_pages)) {
                let headers = reply.headers_mut();
                headers.insert(ACCESS_CONTROL_ALLOW_METHODS, names);
            }
            set(
                &mut reply,
                ACCESS_CONTROL_ALLOW_HEADERS,
                "Cache-Control, Content-Type, If-None-Match, Last-Event-ID",
            );
            set(&mut reply, ACCESS_CONTROL_MAX_AGE, "600");
        }
        reply
    }

    fn knows_host(&self, authority: &str) -> bool {
        let Some(host) = host_of(authority) else {
            return false;
        };
        let is = |name: &str| name.eq_ignore_ascii_case(host);
        LOOPBACK.iter().any(|name| is(name)) || self.hosts.iter().any(|name| is(name.as_str()))
    }

    fn knows_origin(&self, origin: &HeaderValue) -> bool {
        let Ok(text) = origin.to_str() else {
            return false;
        };
        // An origin is a base URL without a path; `null` is none.
        let is_loopback = || {
            BaseUrl::parse(text)
                .is_ok_and(|url| url.path().is_empty() && !text.ends_with('/') && url.is_loopback())
        };
        self.origins.iter().any(|allowed| allowed.as_str() == text) || is_loopback()
    }
}

/// The host of `host[:port]`; `None` when it is not of that form.
fn host_of(authority: &str) -> Option<&str> {
    let end = authority.rfind(']').map_or(0, |at| at + 1);
    match authority[end..].split_once(':') {
        Some((rest, port)) => {
            let digits = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| &authority[..end + rest.len()])
        }
        None => Some(authority),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        Guard::new(
            vec!["dev.example".parse().unwrap()],
            vec!["https://app.example".parse().unwrap()],
        )
    }

    fn admit(uri: &str, fields: &[(hyper::header::HeaderName, &str)]) -> Result<(), Barred> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        guard().admit(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn loopback_and_named_hosts_are_let_in_on_any_port() {
        for host in [
            "localhost",
            "LOCALHOST:7420",
            "127.0.0.1:1",
            "[::1]:65535",
            "[::1]",
            "Dev.Example",
            "localhost:",
        ] {
            assert_eq!(admit("/", &[(HOST, host)]), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_rebound_name_is_misdirected() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "0.0.0.0",
            "",
            "localhost:x",
            "[::1]x",
            "user@localhost",
        ] {
            assert_eq!(admit("/", &[(HOST, host)]), Err(Barred::Host), "{host}");
        }
        assert_eq!(
            admit("http://evil.example/", &[(HOST, "localhost")]),
            Err(Barred::Host)
        );
        assert_eq!(admit("http://localhost/", &[(HOST, "localhost")]), Ok(()));
    }

    #[test]
    fn there_is_exactly_one_host() {
        assert_eq!(admit("/", &[]), Err(Barred::NotOneHost));
        assert_eq!(
            admit("/", &[(HOST, "localhost"), (HOST, "evil.example")]),
            Err(Barred::NotOneHost)
        );
    }

    #[test]
    fn pages_on_loopback_and_of_named_origins_are_let_in() {
        for origin in [
            "http://localhost:3000",
            "https://127.0.0.1",
            "http://[::1]:5173",
            "https://app.example",
        ] {
            assert_eq!(
                admit("/", &[(HOST, "localhost"), (ORIGIN, origin)]),
                Ok(()),
                "{origin}"
            );
        }
        for origin in [
            "https://evil.example",
            "null",
            "",
            "https://app.example.evil",
            "http://app.example",
            "http://localhost.evil",
            "http://localhost/",
            "file://",
        ] {
            assert_eq!(
                admit("/", &[(HOST, "localhost"), (ORIGIN, origin)]),
                Err(Barred::Origin),
                "{origin}"
            );
        }
    }
}
