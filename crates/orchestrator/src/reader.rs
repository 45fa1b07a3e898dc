//! Asks an origin what it serves: the protocol's ladder, over the daemon's own client.

use crate::identity::digest;
use crate::pool::{Buffers, Failure, Pool, Request, Target, Want};
use crate::registry::Reading;
use landfall_protocol::catalog::Service;
use landfall_protocol::endpoint::Wanted;
use landfall_protocol::json::{MAX_DEPTH, OutOfBounds, check_bounds};
use landfall_protocol::probe::{self, Answer, Body, Found, Ladder, Probe, Rung, Step};
use landfall_protocol::url::BaseUrl;
use serde_json::Value;

/// What an origin said.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It speaks HTTP. Without endpoints it describes none.
    Http {
        /// What it said.
        reading: Reading,
        /// How fast it said the first thing, in microseconds.
        latency_us: u64,
    },
    /// The same as before.
    Unchanged,
    /// It does not speak HTTP.
    NotHttp,
    /// Nothing.
    Silent(Failure),
}

/// Asks `origin`, beginning with the question that was answered `before`, if there is one. In the end the endpoints that
/// are `wanted` are asked for one by one, unless the origin answers for any path; no other path is guessed.
pub(crate) async fn read(
    pool: &Pool,
    origin: &BaseUrl,
    before: Option<(Rung, u64)>,
    wanted: &[Wanted],
    buffers: &mut Buffers,
) -> Heard {
    let nonce = if wanted.is_empty() { 0 } else { nonce() };
    let mut ladder = Ladder::new(origin.clone(), wanted, true, nonce);
    if let Some((rung, _)) = before {
        ladder = ladder.start_at(rung);
    }
    let mut probe = ladder.begin();
    let (mut first, mut last_digest) = (None, 0);
    loop {
        let result = ask(pool, &probe, buffers).await;
        match (&result, first) {
            (Err(Failure::NotHttp), None) => return Heard::NotHttp,
            (Err(failure), None) => return Heard::Silent(*failure),
            (Ok((_, latency_us)), None) => first = Some(*latency_us),
            _ => {}
        }
        let latency_us = first.unwrap_or_default();
        if matches!(
            result,
            Ok((
                Answer {
                    body: Body::Json(_),
                    ..
                },
                _
            ))
        ) {
            last_digest = digest(buffers.body());
            if before.is_some_and(|(_, digest)| digest == last_digest) {
                return Heard::Unchanged;
            }
        }
        let answer = result.map(|(answer, _)| answer).map_err(as_ladder);
        match ladder.answer(answer) {
            Step::Ask(next) => probe = next,
            Step::Found(found) => {
                let reading = reading(*found, origin, last_digest);
                return Heard::Http {
                    reading: reading.unwrap_or_else(|| nothing(origin)),
                    latency_us,
                };
            }
            Step::Nothing(reason, _) => {
                tracing::debug!(%origin, reason = reason.as_str(), "describes no endpoints");
                return Heard::Http {
                    reading: nothing(origin),
                    latency_us,
                };
            }
        }
    }
}

/// A number that makes a path that nobody has. Where there is none to be had, zero does: who answers for that path
/// answers for any.
pub(crate) fn nonce() -> u32 {
    let mut bytes = [0; 4];
    let _ = getrandom::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

/// The failure of a request as the ladder knows it.
pub(crate) const fn as_ladder(failure: Failure) -> probe::Failure {
    match failure {
        Failure::Refused => probe::Failure::Refused,
        Failure::Timeout | Failure::Starved => probe::Failure::TimedOut,
        _ => probe::Failure::Unreadable,
    }
}

async fn ask(
    pool: &Pool,
    probe: &Probe,
    buffers: &mut Buffers,
) -> Result<(Answer<Value>, u64), Failure> {
    // An API catalog may point anywhere; the daemon goes nowhere but to loopback.
    let (target, path) = locate(&probe.url).ok_or(Failure::Refused)?;
    ask_at(pool, &target, path, probe, buffers).await
}

/// Sends one question to `target` and reads the answer, with the time that it took in microseconds.
pub(crate) async fn ask_at(
    pool: &Pool,
    target: &Target,
    path: &str,
    probe: &Probe,
    buffers: &mut Buffers,
) -> Result<(Answer<Value>, u64), Failure> {
    let limit = probe.purpose.max_bytes();
    let want = if limit == 0 {
        Want::Nothing(0)
    } else {
        Want::Body(limit)
    };
    let request = Request {
        method: probe.method,
        path,
        want,
        suspect: false,
    };
    let reply = match pool.send(target, request, buffers).await {
        Err(Failure::TooLarge) => {
            return Ok((
                Answer::new(200, Body::OutOfBounds(OutOfBounds::TooLarge)),
                0,
            ));
        }
        reply => reply?,
    };
    let body = if limit > 0 && matches!(reply.status, 200..=299) {
        parse(buffers.body(), limit)
    } else {
        Body::Unread
    };
    let field = |name| buffers.field(name).map(str::to_owned);
    let answer = Answer {
        allow: field("allow"),
        cache_control: field("cache-control"),
        retry_after: field("retry-after"),
        ..Answer::new(reply.status, body)
    };
    Ok((answer, reply.latency_us))
}

fn parse(bytes: &[u8], limit: usize) -> Body<Value> {
    match check_bounds(bytes, limit, MAX_DEPTH) {
        Err(bound) => Body::OutOfBounds(bound),
        Ok(()) => serde_json::from_slice(bytes).map_or(Body::NotJson, Body::Json),
    }
}

fn locate(url: &str) -> Option<(Target, &str)> {
    let (server, path) = split(url)?;
    Some((Target::new(&server).ok()?, path))
}

/// Splits a URL into the server and what stands in the request line. Only graphic ASCII gets there.
pub(crate) fn split(url: &str) -> Option<(BaseUrl, &str)> {
    let host = url.find("://")? + 3;
    let path = url.get(host..)?.find('/').map_or(url.len(), |at| host + at);
    let server = BaseUrl::parse(url.get(..path)?).ok()?;
    let path = url
        .get(path..)
        .filter(|path| !path.is_empty())
        .unwrap_or("/");
    path.bytes()
        .all(|byte| byte.is_ascii_graphic())
        .then_some((server, path))
}

/// What the document says of the service at `origin`.
fn reading(found: Found<Value>, origin: &BaseUrl, digest: u64) -> Option<Reading> {
    let here = |url: &BaseUrl| url.origin() == origin.origin();
    let is_here = |service: &&Service| service.instances.iter().any(|instance| here(&instance.url));
    let services = found.document.services;
    // A catalog may list a whole machine. An OpenAPI document describes one service, perhaps as it is deployed elsewhere.
    let at = match found.rung {
        Rung::Catalog => services.iter().position(|service| is_here(&service))?,
        Rung::OpenApi | Rung::ApiCatalog | Rung::Endpoints => 0,
    };
    let service = services.get(at)?.clone();
    let url = service
        .instances
        .into_iter()
        .map(|instance| instance.url)
        .find(here);
    Some(Reading {
        url: url.unwrap_or_else(|| origin.clone()),
        title: service
            .title
            .or((found.rung == Rung::Catalog).then_some(service.name)),
        endpoints: service.endpoints,
        described: Some((found.rung, digest)),
    })
}

fn nothing(origin: &BaseUrl) -> Reading {
    Reading {
        url: origin.clone(),
        title: None,
        endpoints: Vec::new(),
        described: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_where_its_path_begins() {
        let split = |url| locate(url).map(|(target, path)| (target.port(), path));
        assert_eq!(
            split("http://localhost:8000/openapi.json?x=1"),
            Some((8_000, "/openapi.json?x=1"))
        );
        assert_eq!(split("http://127.0.0.1"), Some((80, "/")));
        for elsewhere in [
            "http://169.254.169.254/latest",
            "//localhost/",
            "http://localhost/a b",
            "",
        ] {
            assert_eq!(split(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_document_may_not_nest_without_end() {
        let deep = "[".repeat(100_000);
        assert_eq!(
            parse(deep.as_bytes(), 1 << 20),
            Body::OutOfBounds(OutOfBounds::TooDeep)
        );
        assert_eq!(parse(b"<html>", 1 << 20), Body::NotJson);
        assert_eq!(parse(b"[1]", 2), Body::OutOfBounds(OutOfBounds::TooLarge));
    }
}
