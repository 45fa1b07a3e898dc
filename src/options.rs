//! The options as JavaScript gives them, and as the protocol wants them.

use crate::convert::JsJson;
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::json::Json;
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::refused::{Code, Refused};
use landfall_protocol::resolver::{self, Expect, Fallback, candidates};
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

/// What an engine is made from.
pub(crate) struct Options {
    /// Names the cache.
    pub(crate) name: String,
    /// `performance.now()` at the machine's time 0.
    pub(crate) started_at: f64,
    /// Whether the last known good value is kept.
    pub(crate) cache: bool,
    /// The machine's dice.
    pub(crate) seed: u32,
    /// What the machine wants to know.
    pub(crate) resolver: resolver::Options<JsJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    name: String,
    started_at: f64,
    timeout: f64,
    page: Option<String>,
    ports: Vec<u16>,
    candidates: Vec<String>,
    endpoints: Vec<WireEndpoint>,
    service: Option<String>,
    expect: WireExpect,
    fallback: WireFallback,
    cache: bool,
    tabs: bool,
    cached_age: f64,
    seed: u32,
}

#[derive(Deserialize)]
struct WireEndpoint {
    name: String,
    path: String,
    method: Option<String>,
    protocol: Option<String>,
}

#[derive(Deserialize)]
struct WireExpect {
    catalog: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFallback {
    base_url: String,
    ws_base_url: String,
}

/// Reads and checks the options.
///
/// # Errors
/// [`Refused`] says which option, what is wrong with it, and its value.
pub(crate) fn read(value: JsValue) -> Result<Options, Refused> {
    let json = JsJson::trusted(value);
    let wire: Wire = json.read()?;
    let cached = json
        .get("cached")
        .map(|kept| (kept, millis(wire.cached_age)));
    let config = json
        .get("fallback")
        .and_then(|fallback| fallback.get("config"));
    checked(wire, cached, config)
}

fn checked(
    wire: Wire,
    cached: Option<(JsJson, Millis)>,
    config: Option<JsJson>,
) -> Result<Options, Refused> {
    // A page whose origin is no URL (a file, a sandbox) has none to ask.
    let page = wire
        .page
        .as_deref()
        .and_then(|page| BaseUrl::parse(page).ok());
    let further = wire
        .candidates
        .iter()
        .map(|url| BaseUrl::parse(url))
        .collect::<Result<Vec<_>, _>>();
    let further = further.map_err(|refused| refused.within("candidates"))?;
    let wanted = wire
        .endpoints
        .iter()
        .map(wanted)
        .collect::<Result<Vec<_>, _>>();
    let resolver = resolver::Options {
        timeout: millis(wire.timeout),
        fallback: Fallback {
            base_url: wire.fallback.base_url,
            ws_base_url: wire.fallback.ws_base_url,
            config,
        },
        candidates: candidates(page.as_ref(), &wire.ports, &further),
        page,
        wanted: wanted.map_err(|refused| refused.within("endpoints"))?,
        service: name(wire.service.as_deref(), "service")?,
        expect: Expect {
            catalog: name(wire.expect.catalog.as_deref(), "expect/catalog")?,
            title: name(wire.expect.title.as_deref(), "expect/title")?,
        },
        cached,
        tabs: wire.tabs,
    };
    Ok(Options {
        name: wire.name,
        started_at: wire.started_at,
        cache: wire.cache,
        seed: wire.seed,
        resolver,
    })
}

fn name(text: Option<&str>, option: &str) -> Result<Option<Name>, Refused> {
    text.map(Name::parse)
        .transpose()
        .map_err(|refused| refused.within(option))
}

fn wanted(wire: &WireEndpoint) -> Result<Wanted, Refused> {
    let read = || {
        Ok(Wanted {
            name: Name::parse(&wire.name)?,
            path: PathTemplate::parse(&wire.path)
                .map_err(|_| Refused::new(Code::BadPath, &wire.path))?,
            method: wire.method.as_deref().map(method).transpose()?,
            protocol: wire
                .protocol
                .as_deref()
                .map_or(Ok(Protocol::Http), Protocol::parse)?,
        })
    };
    read().map_err(|refused: Refused| refused.within(&wire.name))
}

fn method(text: &str) -> Result<Method, Refused> {
    text.parse()
        .map_err(|_| Refused::new(Code::BadMethod, text))
}

/// Whole milliseconds; what is below 0 or no number counts as 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and NaN gives 0"
)]
fn millis(ms: f64) -> Millis {
    Millis(ms as u64)
}
