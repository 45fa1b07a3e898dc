//! What is registered, as the command line has it: the words, the values and the errors of the settings.

use crate::labels;
use crate::settings::{
    CheckKind, CheckTerms, InARow, NameValue, RequestPath, ServiceName, Span, Statuses,
};
use clap::Args;
use landfall_protocol::method::Method;
use landfall_protocol::url::BaseUrl;
use serde_json::{Map, Value, json};

/// A service.
#[derive(Debug, Args)]
pub(super) struct ServiceFlags {
    /// The name of the service.
    #[arg(long, value_parser = service_name)]
    pub(super) name: String,
    /// Where it runs, such as http://127.0.0.1:8000. May be given several times.
    #[arg(long = "url", value_name = "URL", required = true, value_parser = base_url)]
    urls: Vec<BaseUrl>,
    /// Its title for people.
    #[arg(long, value_parser = title)]
    title: Option<String>,
    /// The share of the requests that each of its instances gets.
    #[arg(long, value_name = "NUMBER", default_value = "100")]
    weight: u16,
    /// How long the registration counts unless it is renewed: whole seconds, such as 30s, 5m or 1h.
    #[arg(long, value_name = "TIME", default_value = "30s")]
    pub(super) lease: Span,
    /// A label, by which views of the catalog are chosen: team=shop. May be given several times.
    #[arg(long = "label", value_name = "KEY=VALUE", value_parser = label)]
    labels: Vec<(String, String)>,
    #[command(flatten)]
    check: CheckFlags,
    /// An endpoint, with its methods if they are known: orders=/orders, "order=GET,PUT /orders/{id}". May be given several times.
    #[arg(long = "endpoint", value_name = "NAME=[METHODS ]PATH", value_parser = endpoint)]
    endpoints: Vec<(String, Value)>,
    /// A WebSocket endpoint, which an API description leaves out: updates=/ws. May be given several times.
    #[arg(long = "websocket", value_name = "NAME=PATH", value_parser = named_path)]
    websockets: Vec<(String, String)>,
    /// An endpoint of server-sent events: ticks=/ticks. May be given several times.
    #[arg(long = "sse", value_name = "NAME=PATH", value_parser = named_path)]
    streams: Vec<(String, String)>,
}

/// How it is checked.
#[derive(Debug, Args)]
struct CheckFlags {
    /// What counts as life: http, an answer; or tcp, a connection.
    #[arg(long = "check-kind", value_name = "KIND", default_value = "http")]
    kind: CheckKind,
    /// What to ask for, such as /health; with it, only 2xx, 3xx, 401 and 403 are life.
    #[arg(
        long = "check-path",
        visible_alias = "health-path",
        value_name = "PATH"
    )]
    path: Option<RequestPath>,
    /// The statuses that are life, and no others: 200,204-299.
    #[arg(long = "check-status", value_name = "LIST")]
    status: Option<Statuses>,
    /// Between two checks while it is steadily healthy, such as 10s.
    #[arg(
        long = "check-interval",
        visible_alias = "interval",
        value_name = "TIME"
    )]
    interval: Option<Span>,
    /// For a whole answer, such as 500ms; a minute at most.
    #[arg(long = "check-timeout", value_name = "TIME")]
    timeout: Option<Span>,
    /// So many good checks in a row make it healthy.
    #[arg(long = "check-rise", value_name = "NUMBER")]
    rise: Option<InARow>,
    /// So many bad checks in a row make it unhealthy.
    #[arg(long = "check-fall", value_name = "NUMBER")]
    fall: Option<InARow>,
    /// Takes any certificate of an https service; on this machine only.
    #[arg(long = "check-no-verify")]
    no_verify: bool,
}

impl CheckFlags {
    fn terms(&self) -> CheckTerms {
        CheckTerms {
            kind: self.kind,
            path: self.path.clone(),
            status: self.status.clone(),
            interval: self.interval,
            timeout: self.timeout,
            rise: self.rise,
            fall: self.fall,
            verify: !self.no_verify,
        }
    }
}

impl ServiceFlags {
    /// The body of the registration.
    pub(super) fn body(&self) -> String {
        let instance = |url: &BaseUrl| json!({ "url": url.as_str(), "weight": self.weight });
        let instances: Vec<Value> = self.urls.iter().map(instance).collect();
        let of = |protocol: &'static str| {
            move |(name, path): &(String, String)| {
                (name.clone(), json!({ "path": path, "protocol": protocol }))
            }
        };
        let endpoints: Map<_, _> = self
            .endpoints
            .iter()
            .cloned()
            .chain(self.websockets.iter().map(of("websocket")))
            .chain(self.streams.iter().map(of("sse")))
            .collect();
        let labels: Map<_, _> = self
            .labels
            .iter()
            .map(|(key, value)| (key.clone(), value.as_str().into()))
            .collect();
        let mut body = json!({
            "name": self.name,
            "lease": self.lease.0.as_secs(),
            "instances": instances,
            "check": self.check.terms(),
            "endpoints": endpoints,
            "labels": labels,
        });
        if let Some(title) = &self.title {
            body["title"] = title.as_str().into();
        }
        body.to_string()
    }
}

fn service_name(text: &str) -> Result<String, String> {
    text.parse::<ServiceName>().map(|_| text.to_owned())
}

fn title(text: &str) -> Result<String, String> {
    text.parse::<NameValue>().map(|_| text.to_owned())
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text)
        .map_err(|_| "write scheme, host and port, such as http://127.0.0.1:8000".to_owned())
}

fn label(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| "write KEY=VALUE, such as team=shop".to_owned())?;
    labels::check(key, value)?;
    Ok((key.to_owned(), value.to_owned()))
}

fn named_path(text: &str) -> Result<(String, String), String> {
    let named = text.split_once('=');
    let named = named.filter(|(name, path)| !name.is_empty() && path.starts_with('/'));
    named
        .map(|(name, path)| (name.to_owned(), path.to_owned()))
        .ok_or_else(|| "write NAME=PATH, such as updates=/ws".to_owned())
}

fn endpoint(text: &str) -> Result<(String, Value), String> {
    let read = || {
        let (name, rest) = text.split_once('=').filter(|(name, _)| !name.is_empty())?;
        let (methods, path) = rest.rsplit_once(' ').unwrap_or(("", rest));
        path.starts_with('/').then_some((name, methods, path))
    };
    let (name, methods, path) = read().ok_or_else(|| {
        "write NAME=PATH or \"NAME=METHODS PATH\", such as \"order=GET,PUT /orders/{id}\""
            .to_owned()
    })?;
    let words = methods.split(',').filter(|word| !word.is_empty());
    let methods: Result<Vec<&str>, String> = words
        .map(|word| match word.parse::<Method>() {
            Ok(method) => Ok(method.as_str()),
            Err(unknown) => Err(format!("{word:?} is not a method: {unknown}")),
        })
        .collect();
    Ok((
        name.to_owned(),
        json!({ "path": path, "methods": methods? }),
    ))
}
