//! Every reader of the daemon of what others wrote, fed with any bytes, and what must hold of whatever it makes of them.
//!
//! For the fuzz targets and the test of their kept inputs; no interface for anybody else.

use crate::http::{Guard, read_outcomes};
use crate::pool::{Buffers, Want, exchange};
use crate::registration::{Body, RegistrationId, Seat, locate, record};
use crate::settings::{Networks, Settings};
use hyper::header::{HOST, HeaderMap, HeaderValue, ORIGIN};
use hyper::http::uri::Authority;
use landfall_protocol::usage;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncReadExt, join, sink};

/// One reader: the name of its target and corpus, and its function.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Reader; 5] = [
    ("daemon_answer", answer),
    ("daemon_guard", guard),
    ("daemon_outcomes", outcomes),
    ("daemon_registration", registration),
    ("daemon_settings", settings),
];

/// The settings file: settings, or what is wrong with line and column.
pub fn settings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Err(reason) = Settings::parse(text) {
        let place = reason
            .strip_prefix("TOML parse error at line ")
            .and_then(|rest| rest.split_once(", column "));
        let (line, rest) = place.unwrap_or_else(|| panic!("no place: {reason}"));
        let column = rest.lines().next().unwrap_or_default();
        let is_number = |text: &str| text.parse::<usize>().is_ok_and(|number| number > 0);
        assert!(is_number(line) && is_number(column), "{reason}");
    }
}

/// The body of a registration: no request leaves the machine for it, and what the store keeps of it is read as the same.
pub fn registration(data: &[u8]) {
    let Ok(body) = Body::read(data) else { return };
    let nowhere_else = Networks::default();
    let mut seats = Vec::new();
    for instance in &body.instances {
        let Ok(target) = at_once(locate(&instance.url, &nowhere_else)) else {
            return;
        };
        assert!(target.is_loopback(), "{}", instance.url);
        seats.push(Seat {
            target,
            weight: instance.weight,
        });
    }
    let registration = body.registration(RegistrationId(1), 1, seats);
    let kept = record::write(&registration).expect("a registration is JSON");
    assert_eq!(record::read(&kept, &nowhere_else), Ok(registration));
}

/// What pages report: what was read, written down again, is read as the same.
pub fn outcomes(data: &[u8]) {
    if let Ok(tallies) = read_outcomes(data) {
        let again = usage::write::<serde_json::Value>(&tallies).to_string();
        assert_eq!(read_outcomes(again.as_bytes()), Ok(tallies));
    }
}

/// What a service answers, after a byte that says where the first piece of it ends: in two pieces it is the same answer
/// as in one, and never longer than wanted.
pub fn answer(data: &[u8]) {
    const LIMIT: usize = 512;
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let (head, tail) = bytes.split_at(usize::from(*first).min(bytes.len()));
    for want in [Want::Body(LIMIT), Want::Nothing(LIMIT)] {
        let whole = arrives(bytes, &[], want);
        assert_eq!(arrives(head, tail, want), whole);
        if let Some((status, body)) = whole {
            assert!((200..=599).contains(&status), "{status}");
            assert!(body.len() <= LIMIT || want != Want::Body(LIMIT));
        }
    }
}

/// Status and body of an answer in two pieces; `None` where there is none.
fn arrives(first: &[u8], second: &[u8], want: Want) -> Option<(u16, Vec<u8>)> {
    let mut stream = join(first.chain(second), sink());
    let mut buffers = Buffers::default();
    let write = |request: &mut Vec<u8>| request.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
    let answered = at_once(exchange(&mut stream, write, want, &mut buffers)).ok()?;
    for name in ["Allow", "Location", "Retry-After"] {
        assert!(
            !buffers
                .field(name)
                .unwrap_or_default()
                .contains(['\r', '\n', '\0'])
        );
    }
    Some((
        answered.status,
        match want {
            Want::Body(_) => buffers.body().to_vec(),
            // As much as was there when it turned out to be too long.
            Want::Nothing(_) => Vec::new(),
        },
    ))
}

/// The request target, `Host` and `Origin` of a request, one a line: whoever is let in by a daemon with the settings of
/// nobody has named this machine.
pub fn guard(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let Some(Ok(uri)) = lines.next().map(hyper::Uri::try_from) else {
        return;
    };
    let mut headers = HeaderMap::new();
    for (name, line) in [HOST, ORIGIN].into_iter().zip(lines) {
        let Ok(value) = HeaderValue::from_bytes(line) else {
            return;
        };
        headers.append(name, value);
    }
    if Guard::new(Vec::new(), Vec::new())
        .admit(&uri, &headers)
        .is_err()
    {
        return;
    }
    let text = |name| {
        headers
            .get(name)
            .map(|it| it.to_str().expect("what is known is text"))
    };
    let host = text(HOST).expect("a request names its host");
    for authority in std::iter::once(host).chain(uri.authority().map(Authority::as_str)) {
        let host = without_port(authority).to_ascii_lowercase();
        assert!(
            ["localhost", "127.0.0.1", "[::1]"].contains(&host.as_str()),
            "{authority}"
        );
    }
    if let Some(origin) = text(ORIGIN) {
        let (scheme, authority) = origin.split_once("://").expect("an origin has a scheme");
        let host = without_port(authority)
            .trim_end_matches('.')
            .to_ascii_lowercase();
        let is_here = host == "localhost"
            || host.ends_with(".localhost")
            || host == "[::1]"
            || host
                .parse()
                .is_ok_and(|ip: std::net::Ipv4Addr| ip.is_loopback());
        let is_web = ["http", "https"]
            .iter()
            .any(|it| scheme.eq_ignore_ascii_case(it));
        assert!(is_here && is_web, "{origin}");
    }
}

/// What stands before the last colon, if only digits follow it.
fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// The outcome of what has nothing to wait for.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => panic!("it waits, though everything is there"),
    }
}
