//! The options as JavaScript gives them, and as the protocol wants them.

use crate::convert::JsJson;
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::json::{Json, Members, malformed};
use landfall_protocol::method::Method;
use landfall_protocol::name::Name;
use landfall_protocol::refused::{Code, Refused, Within};
use landfall_protocol::resolver::{self, Expect, Fallback, candidates};
use landfall_protocol::template::PathTemplate;
use landfall_protocol::time::Millis;
use landfall_protocol::url::BaseUrl;
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
    pub(crate) seed: u64,
    /// What the machine wants to know.
    pub(crate) resolver: resolver::Options<JsJson>,
}

/// Reads and checks the options.
///
/// # Errors
/// [`Refused`] says which option, what is wrong with it, and its value.
pub(crate) fn read(value: JsValue) -> Result<Options, Refused> {
    let json = JsJson::trusted(value);
    let fallback = json.required_object("fallback")?;
    let expect = json.required_object("expect")?;
    // A page whose origin is no URL (a file, a sandbox) has none to ask.
    let page = json.optional_text("page")?;
    let page = page.and_then(|page| BaseUrl::parse(&page).ok());
    let candidates = if flag(&json, "ownOriginOnly")? {
        page.iter().cloned().collect()
    } else {
        candidates(page.as_ref(), &ports(&json)?, &further(&json)?)
    };
    let resolver = resolver::Options {
        timeout: millis(&json, "timeout")?,
        fallback: Fallback {
            base_url: fallback.required_text("baseUrl")?,
            ws_base_url: fallback.required_text("wsBaseUrl")?,
            config: fallback.get("config"),
        },
        candidates,
        page,
        wanted: wanted(&json)?,
        health: json
            .optional_text("health")?
            .map(|it| path(&it).within("health"))
            .transpose()?,
        service: name(&json, "service")?,
        expect: Expect {
            catalog: name(&expect, "catalog").within("expect")?,
            title: name(&expect, "title").within("expect")?,
        },
        cached: None,
        tabs: flag(&json, "tabs")?,
    };
    Ok(Options {
        name: json.required_text("name")?,
        started_at: number(&json, "startedAt")?,
        cache: flag(&json, "cache")?,
        seed: json.required_count("seed")?,
        resolver,
    })
}

fn ports(json: &JsJson) -> Result<Vec<u16>, Refused> {
    let mut ports = Vec::new();
    for port in json.list("ports")? {
        let port = port.count().and_then(|port| u16::try_from(port).ok());
        ports.push(port.ok_or_else(|| malformed("ports"))?);
    }
    Ok(ports)
}

fn further(json: &JsJson) -> Result<Vec<BaseUrl>, Refused> {
    let mut further = Vec::new();
    for url in json.list("candidates")? {
        let url = url.text().ok_or_else(|| malformed("candidates"))?;
        further.push(BaseUrl::parse(&url).within("candidates")?);
    }
    Ok(further)
}

fn wanted(json: &JsJson) -> Result<Vec<Wanted>, Refused> {
    let mut wanted = Vec::new();
    for json in json.list("endpoints")? {
        let name = json.required_text("name").within("endpoints")?;
        wanted.push(endpoint(&name, &json).within(&name).within("endpoints")?);
    }
    Ok(wanted)
}

fn endpoint(name: &str, json: &JsJson) -> Result<Wanted, Refused> {
    let protocol = json.optional_text("protocol")?;
    Ok(Wanted {
        name: Name::parse(name)?,
        path: path(&json.required_text("path")?)?,
        method: method(json.optional_text("method")?)?,
        protocol: protocol.map_or(Ok(Protocol::Http), |it| Protocol::parse(&it))?,
    })
}

fn path(text: &str) -> Result<PathTemplate, Refused> {
    PathTemplate::parse(text).map_err(|_| Refused::new(Code::BadPath, text))
}

fn method(text: Option<String>) -> Result<Option<Method>, Refused> {
    let Some(text) = text else { return Ok(None) };
    let method = text
        .parse()
        .map_err(|_| Refused::new(Code::BadMethod, &text));
    method.map(Some)
}

fn name(json: &JsJson, option: &'static str) -> Result<Option<Name>, Refused> {
    let text = json.optional_text(option)?;
    text.map(|it| Name::parse(&it).within(option)).transpose()
}

fn flag(json: &JsJson, option: &'static str) -> Result<bool, Refused> {
    let value = json.get(option).and_then(|it| it.value().as_bool());
    value.ok_or_else(|| malformed(option))
}

fn number(json: &JsJson, option: &'static str) -> Result<f64, Refused> {
    let value = json.get(option).and_then(|it| it.value().as_f64());
    value.ok_or_else(|| malformed(option))
}

/// Whole milliseconds; what is below 0 or no number counts as 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and NaN gives 0"
)]
fn millis(json: &JsJson, option: &'static str) -> Result<Millis, Refused> {
    number(json, option).map(|ms| Millis(ms as u64))
}
