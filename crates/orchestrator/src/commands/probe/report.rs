//! What a probe found and what it sent, as tables and as JSON.

use super::NoAnswer;
use crate::commands::services::latency;
use crate::commands::table::{Cell, Column, Screen, Tone, table};
use crate::pool::Failure;
use landfall_protocol::catalog::Service;
use landfall_protocol::endpoint::{Endpoint, Evidence, Wanted};
use landfall_protocol::name::Name;
use landfall_protocol::probe::{Answer, Found, Probe, Rung};
use landfall_protocol::reason::Reason;
use landfall_protocol::text::is_deceptive;
use landfall_protocol::url::BaseUrl;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One request.
#[derive(Debug, Serialize)]
pub(super) struct Sent {
    method: &'static str,
    url: String,
    purpose: &'static str,
    status: Option<u16>,
    /// Why there is no status.
    failure: Option<String>,
    latency_us: Option<u64>,
}

impl Sent {
    pub(super) fn new(probe: &Probe, result: &Result<(Answer<Value>, u64), NoAnswer>) -> Self {
        let (status, failure, latency_us) = match result {
            // A body that is too large is given up before its time is known.
            Ok((answer, latency)) => (
                Some(answer.status),
                None,
                Some(*latency).filter(|it| *it > 0),
            ),
            Err(NoAnswer::Elsewhere) => (None, Some("not sent: another machine".to_owned()), None),
            Err(NoAnswer::Failed(Failure::Timeout)) => (None, Some("timed out".to_owned()), None),
            // What to do about it is said once, in the end.
            Err(NoAnswer::Failed(Failure::Untrusted(_))) => {
                (None, Some("certificate not valid".to_owned()), None)
            }
            Err(NoAnswer::Failed(Failure::NoAuthorities)) => {
                (None, Some("no authority to verify by".to_owned()), None)
            }
            Err(NoAnswer::Failed(failure)) => (None, Some(failure.to_string()), None),
        };
        Self {
            method: probe.method.as_str(),
            url: probe.url.replace(is_deceptive, "\u{fffd}"),
            purpose: probe.purpose.as_str(),
            status,
            failure,
            latency_us,
        }
    }

    fn row(&self) -> [Cell; 5] {
        let tone = match self.status {
            Some(200..=299) => Tone::Good,
            Some(_) => Tone::Plain,
            None => Tone::Bad,
        };
        let outcome = match (&self.status, &self.failure) {
            (Some(status), _) => status.to_string(),
            (None, failure) => failure.clone().unwrap_or_default(),
        };
        [
            self.method.into(),
            Cell::new(outcome, tone),
            self.latency_us
                .map_or_else(|| "-".to_owned(), latency)
                .into(),
            self.purpose.into(),
            self.url.as_str().into(),
        ]
    }
}

const ENDPOINTS: [Column; 5] = [
    Column::text("PATH"),
    Column::words("PROTOCOL"),
    Column::words("METHODS"),
    Column::words("EVIDENCE"),
    Column::text("NAMES"),
];
const REQUESTS: [Column; 5] = [
    Column::words("METHOD"),
    Column::words("STATUS"),
    Column::number("TIME"),
    Column::words("ASKED FOR"),
    Column::text("URL"),
];

/// Everything that a probe gave.
pub(super) struct Report<'r> {
    pub(super) url: &'r BaseUrl,
    pub(super) found: Option<&'r Found<Value>>,
    pub(super) wanted: &'r [Wanted],
    pub(super) sent: &'r [Sent],
}

impl Report<'_> {
    fn services(&self) -> &[Service] {
        self.found.map_or(&[], |found| &found.document.services)
    }

    /// Whether a declared endpoint is known.
    fn has(&self, wanted: &Wanted) -> bool {
        let mut endpoints = self.services().iter().flat_map(|it| &it.endpoints);
        endpoints.any(|endpoint| wanted.is(endpoint))
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let screen = Screen::stdout();
        let mut out = String::new();
        for service in self.services() {
            out += &heading(screen, service, self.found.map(|found| found.rung));
            let rows: Vec<_> = service.endpoints.iter().flat_map(rows).collect();
            if !rows.is_empty() {
                out += &table(screen, ENDPOINTS, &rows);
            }
            for endpoint in &service.endpoints {
                for it in &endpoint.contradictions {
                    let said = format!(
                        "contradiction at {}: {} is named by {} and left out by {}",
                        endpoint.path.as_str(),
                        it.method.as_str(),
                        it.claimed.as_str(),
                        it.denied.as_str()
                    );
                    out += &screen.paint(&said, Tone::Doubtful);
                    out.push('\n');
                }
            }
            out.push('\n');
        }
        for wanted in self.wanted.iter().filter(|wanted| !self.has(wanted)) {
            let said = format!("not there: {}={}", wanted.name, wanted.path.as_str());
            out += &screen.paint(&said, Tone::Doubtful);
            out.push('\n');
        }
        let requests: Vec<_> = self.sent.iter().map(Sent::row).collect();
        out + &table(screen, REQUESTS, &requests)
    }

    /// For programs.
    pub(super) fn json(&self, reason: Option<Reason>) -> Value {
        let services: Vec<_> = self.services().iter().map(service).collect();
        let declared = self.wanted.iter().map(|wanted| {
            json!({ "name": wanted.name.as_str(), "path": wanted.path.as_str(), "found": self.has(wanted) })
        });
        json!({
            "url": self.url.as_str(),
            "rung": self.found.map(|found| found.rung.as_str()),
            "reason": reason.map(Reason::as_str),
            "services": services,
            "declared": declared.collect::<Vec<_>>(),
            "requests": self.sent,
        })
    }
}

fn heading(screen: Screen, service: &Service, rung: Option<Rung>) -> String {
    let name = service.title.as_ref().unwrap_or(&service.name);
    let known = match rung {
        Some(Rung::Catalog) => ", from its catalog",
        Some(Rung::OpenApi) => ", from its OpenAPI document",
        Some(Rung::ApiCatalog) => ", from the OpenAPI document that its API catalog names",
        Some(Rung::Endpoints) | None => ", asked path by path",
    };
    let count = match service.endpoints.len() {
        0 => "no endpoints".to_owned(),
        1 => "1 endpoint".to_owned(),
        count => format!("{count} endpoints"),
    };
    format!(
        "{}: {count}{known}\n",
        screen.paint(name.as_str(), Tone::Head)
    )
}

/// One line for each kind of evidence; the path stands in the first one.
fn rows(endpoint: &Endpoint) -> Vec<[Cell; 5]> {
    let names = names(endpoint);
    let line = |first: bool, methods: String, evidence: &str| {
        let only_first = |text: &str| if first { text } else { "" }.to_owned();
        [
            only_first(endpoint.path.as_str()).into(),
            only_first(endpoint.protocol.as_str()).into(),
            methods.into(),
            evidence.into(),
            only_first(&names).into(),
        ]
    };
    let mut kinds: Vec<Evidence> = endpoint.methods().iter().map(|(_, it)| *it).collect();
    kinds.sort_unstable_by(|a, b| b.cmp(a));
    kinds.dedup();
    if kinds.is_empty() {
        return vec![line(true, "-".to_owned(), "-")];
    }
    let of = |kind: Evidence| {
        let methods = endpoint.methods().iter().filter(move |(_, it)| *it == kind);
        let methods: Vec<_> = methods.map(|(method, _)| method.as_str()).collect();
        methods.join(" ")
    };
    let lines = kinds.iter().enumerate();
    lines
        .map(|(place, kind)| line(place == 0, of(*kind), kind.as_str()))
        .collect()
}

/// Its own name, unless that is its path, and the names of its operations.
fn names(endpoint: &Endpoint) -> String {
    let own = Some(&endpoint.name).filter(|name| name.as_str() != endpoint.path.as_str());
    let all = own
        .into_iter()
        .chain(endpoint.operations.iter().map(|(_, name)| name));
    let mut names: Vec<_> = all.map(Name::as_str).collect();
    names.dedup();
    names.join(", ")
}

fn service(service: &Service) -> Value {
    let instances = service
        .instances
        .iter()
        .map(|instance| instance.url.as_str());
    json!({
        "name": service.name.as_str(),
        "title": service.title.as_ref().map(Name::as_str),
        "instances": instances.collect::<Vec<_>>(),
        "endpoints": service.endpoints.iter().map(endpoint).collect::<Vec<_>>(),
    })
}

fn endpoint(endpoint: &Endpoint) -> Value {
    let methods = endpoint.methods().iter();
    let methods: Map<_, _> = methods
        .map(|(method, evidence)| (method.as_str().to_owned(), evidence.as_str().into()))
        .collect();
    let operations = endpoint.operations.iter();
    let operations: Map<_, _> = operations
        .map(|(method, name)| (method.as_str().to_owned(), name.as_str().into()))
        .collect();
    let contradictions = endpoint.contradictions.iter().map(|it| {
        json!({ "method": it.method.as_str(), "claimed": it.claimed.as_str(), "denied": it.denied.as_str() })
    });
    json!({
        "name": endpoint.name.as_str(),
        "path": endpoint.path.as_str(),
        "protocol": endpoint.protocol.as_str(),
        "methods": methods,
        "operations": operations,
        "contradictions": contradictions.collect::<Vec<_>>(),
    })
}

/// Why nothing was found, and what to do.
pub(super) const fn words(reason: Reason) -> &'static str {
    match reason {
        Reason::NobodyListening => {
            "nobody listens there; start the service, or check host and port"
        }
        Reason::TimedOut => "it did not answer in time; try a longer --timeout",
        Reason::Unreadable => "the connection ended without an HTTP answer",
        Reason::ServerError => "it answers with errors of the server",
        Reason::Redirected => "it sends the reader to another origin; ask that one",
        Reason::TooLarge => "its description is larger or deeper than allowed",
        Reason::Malformed => "what stands in the place of a description is not one",
        _ => {
            "it has no catalog, no OpenAPI document and no API catalog; name its endpoints with --endpoint NAME=PATH, or \
             declare them in the settings or a registration"
        }
    }
}

/// Why no question had an answer, and what to do, where the ladder's own reason does not tell it.
pub(super) const fn why_unanswered(failure: Failure) -> Option<&'static str> {
    match failure {
        Failure::Untrusted(_) => Some(
            "its certificate is out of date, for another host, or of an authority that is not known here: name the authority \
             with --ca-file, or take any certificate of this machine with --no-verify",
        ),
        Failure::NoAuthorities => Some(
            "there is no authority to verify its certificate by: install ca-certificates, or name one with --ca-file",
        ),
        Failure::NotTls => {
            Some("it does not speak TLS, or none that is known here; ask it with http://")
        }
        Failure::NotHttp => Some("what it says is not HTTP/1; check the port, and http or https"),
        Failure::Connection(_) => Some(
            "it takes the connection and ends it without an answer; check the port, and http or https",
        ),
        _ => None,
    }
}
