//! Which service is the one that the page means: the base URLs.

use super::options::{Fallback, Options};
use crate::catalog::{Document, Service};
use crate::endpoint::Wanted;
use crate::json::{Json, Node};
use crate::url::BaseUrl;

/// The base URLs: the service named in the options; else the one that matches most of the wanted
/// endpoints; else what the config itself says; else the only service there is; else the fallback.
pub(super) fn bases<J: Json>(
    document: Option<&Document<J>>,
    origin: Option<&BaseUrl>,
    options: &Options<J>,
    wanted: &[Wanted],
) -> (String, String) {
    let Fallback {
        base_url,
        ws_base_url,
        ..
    } = &options.fallback;
    let fallback = || (base_url.clone(), ws_base_url.clone());
    let Some(document) = document else {
        return fallback();
    };
    let of = |service: &Service| {
        service
            .best_instance()
            .map(|it| (it.url.as_str().to_owned(), it.url.websocket()))
    };
    if let Some(name) = &options.service {
        return document
            .services
            .iter()
            .find(|it| it.name == *name)
            .and_then(of)
            .unwrap_or_else(fallback);
    }
    if let Some(found) = most_wanted(&document.services, wanted).and_then(of) {
        return found;
    }
    let (config, ws_config) = config_bases(document);
    if let Some(base) = config {
        return (
            base.as_str().to_owned(),
            ws_config.unwrap_or_else(|| base.websocket()),
        );
    }
    let (base, ws) = only_service(&document.services, origin)
        .and_then(of)
        .unwrap_or_else(fallback);
    (base, ws_config.unwrap_or(ws))
}

fn most_wanted<'a>(services: &'a [Service], wanted: &[Wanted]) -> Option<&'a Service> {
    let matches = |service: &Service| {
        wanted
            .iter()
            .filter(|it| service.endpoints.iter().any(|has| it.is(has)))
            .count()
    };
    let scored = services.iter().map(|service| (matches(service), service));
    // Among equals by name: a kept value has lost the order of its document, and must say the same.
    scored
        .filter(|(score, _)| *score > 0)
        .max_by(|(a, one), (b, two)| a.cmp(b).then_with(|| two.name.cmp(&one.name)))
        .map(|(_, service)| service)
}

/// How many of the wanted endpoints a document has.
pub(super) fn has_any_wanted(services: &[Service], wanted: &[Wanted]) -> bool {
    most_wanted(services, wanted).is_some()
}

/// `API_BASE_URL` and `WS_BASE_URL` of the config.
fn config_bases<J: Json>(document: &Document<J>) -> (Option<BaseUrl>, Option<String>) {
    let text = |key| document.config.as_ref()?.node().get(key)?.text();
    let base = text("API_BASE_URL").and_then(|text| BaseUrl::parse(&text).ok());
    let ws = text("WS_BASE_URL").and_then(|text| {
        let http = text
            .strip_prefix("ws")
            .filter(|rest| rest.starts_with(':') || rest.starts_with("s:"))?;
        let mut as_http = String::from("http");
        as_http.push_str(http);
        BaseUrl::parse(&as_http).ok().map(|url| url.websocket())
    });
    (base, ws)
}

/// The only service; a registry that lists itself is not counted beside others.
fn only_service<'a>(services: &'a [Service], origin: Option<&BaseUrl>) -> Option<&'a Service> {
    if let [only] = services {
        return Some(only);
    }
    let is_registry = |it: &&Service| {
        let place = it.best_instance().map(|it| it.url.origin());
        place.is_some() && place == origin.map(BaseUrl::origin)
    };
    let mut others = services.iter().filter(|it| !is_registry(it));
    others.next().filter(|_| others.next().is_none())
}
