//! The options as JavaScript gives them, and as the protocol wants them.

use crate::convert::{member, refusal, stringify};
use landfall_protocol::endpoint::{Protocol, Wanted};
use landfall_protocol::json::{Json, Node, Part, Text};
use landfall_protocol::name::Name;
use landfall_protocol::refused::{Code, Refused};
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
    /// The browser's locks, where it has any.
    pub(crate) locks: Option<JsValue>,
    /// What the machine wants to know.
    pub(crate) resolver: resolver::Options<Text>,
}

/// Reads and checks the options.
///
/// # Errors
/// `{at, code, value}`: which option, what is wrong with it, and its value.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and NaN gives 0"
)]
pub(crate) fn read(value: &JsValue) -> Result<Options, JsValue> {
    let json = stringify(value).unwrap_or_else(Text::null);
    let json = json.node();
    let part = |option| json.get(option).ok_or_else(|| malformed(option));
    let (fallback, expect) = (part("fallback")?, part("expect")?);
    // A page whose origin is no URL (a file, a sandbox) has none to ask.
    let page = optional(json, "page")?;
    let page = page.and_then(|page| BaseUrl::parse(&page).ok());
    let candidates = if flag(json, "ownOriginOnly") {
        page.iter().cloned().collect()
    } else {
        candidates(page.as_ref(), &ports(json)?, &further(json)?)
    };
    let resolver = resolver::Options {
        timeout: Millis(number(value, "timeout")? as u64),
        fallback: Fallback {
            base_url: required(fallback, "baseUrl")?,
            ws_base_url: required(fallback, "wsBaseUrl")?,
            config: fallback.get("config").map(Node::keep),
        },
        candidates,
        page,
        wanted: wanted(json)?,
        health: parsed(json, "health", "health", path)?,
        service: parsed(json, "service", "service", Name::parse)?,
        expect: Expect {
            catalog: parsed(expect, "catalog", "expect/catalog", Name::parse)?,
            title: parsed(expect, "title", "expect/title", Name::parse)?,
        },
        cached: None,
        tabs: flag(json, "tabs"),
    };
    Ok(Options {
        name: required(json, "name")?,
        started_at: number(value, "startedAt")?,
        cache: flag(json, "cache"),
        seed: part("seed")?.count().ok_or_else(|| malformed("seed"))?,
        locks: member(value, "locks").or_else(locks),
        resolver,
    })
}

/// `navigator.locks`.
fn locks() -> Option<JsValue> {
    member(&member(&js_sys::global(), "navigator")?, "locks")
}

/// An option of a shape that the facade never gives: a mistake of the page that TypeScript has not caught.
fn malformed(at: &str) -> JsValue {
    refusal(at, Code::Malformed, "")
}

fn optional(json: Part<'_>, option: &'static str) -> Result<Option<String>, JsValue> {
    let Some(value) = json.get(option) else {
        return Ok(None);
    };
    value.text().ok_or_else(|| malformed(option)).map(Some)
}

fn required(json: Part<'_>, option: &'static str) -> Result<String, JsValue> {
    optional(json, option)?.ok_or_else(|| malformed(option))
}

/// The option, which stands `at`, where it is given.
fn parsed<T>(
    json: Part<'_>,
    option: &'static str,
    at: &str,
    parse: impl Fn(&str) -> Result<T, Refused>,
) -> Result<Option<T>, JsValue> {
    let Some(text) = optional(json, option)? else {
        return Ok(None);
    };
    parse(&text)
        .map(Some)
        .map_err(|refused| refusal(at, refused.code, &text))
}

fn elements<'t>(json: Part<'t>, option: &'static str) -> Result<Vec<Part<'t>>, JsValue> {
    let list = json.get(option).and_then(Node::elements);
    list.ok_or_else(|| malformed(option))
}

fn ports(json: Part<'_>) -> Result<Vec<u16>, JsValue> {
    let mut ports = Vec::new();
    for port in elements(json, "ports")? {
        let port = port.count().and_then(|port| u16::try_from(port).ok());
        ports.push(port.ok_or_else(|| malformed("ports"))?);
    }
    Ok(ports)
}

fn further(json: Part<'_>) -> Result<Vec<BaseUrl>, JsValue> {
    let mut further = Vec::new();
    for url in elements(json, "candidates")? {
        let url = url.text().ok_or_else(|| malformed("candidates"))?;
        let parsed = BaseUrl::parse(&url);
        further.push(parsed.map_err(|refused| refusal("candidates", refused.code, &url))?);
    }
    Ok(further)
}

fn wanted(json: Part<'_>) -> Result<Vec<Wanted>, JsValue> {
    let mut wanted = Vec::new();
    for json in elements(json, "endpoints")? {
        let name = json.get("name").and_then(Node::text);
        let name = name.ok_or_else(|| malformed("endpoints"))?;
        let mut at = String::from("endpoints/");
        at.push_str(&name);
        let known = Name::parse(&name).map_err(|refused| refusal(&at, refused.code, &name))?;
        let method = |text: &str| {
            let method = text.parse();
            method.map_err(|_| Refused::new(Code::BadMethod, text))
        };
        let place = parsed(json, "path", &at, path)?;
        wanted.push(Wanted {
            name: known,
            path: place.ok_or_else(|| malformed(&at))?,
            method: parsed(json, "method", &at, method)?,
            protocol: parsed(json, "protocol", &at, Protocol::parse)?.unwrap_or_default(),
        });
    }
    Ok(wanted)
}

fn path(text: &str) -> Result<PathTemplate, Refused> {
    PathTemplate::parse(text).map_err(|_| Refused::new(Code::BadPath, text))
}

fn flag(json: Part<'_>, option: &'static str) -> bool {
    json.get(option).is_some_and(Part::is_true)
}

fn number(options: &JsValue, option: &'static str) -> Result<f64, JsValue> {
    let number = member(options, option).and_then(|it| it.as_f64());
    number.ok_or_else(|| malformed(option))
}
