//! The one place where values cross between JavaScript and Rust.
//!
//! JSON is parsed by `JSON.parse`, after its bounds were checked, and stays a JavaScript value that is only
//! read where the protocol asks for a shape. So there is no second parser in the wasm, and config values pass
//! through untouched.

use crate::read::Reader;
use js_sys::{Function, JSON, JsString, Object, Reflect};
use landfall_protocol::json::{Json, MAX_DEPTH, Malformed, OutOfBounds, check_bounds};
use landfall_protocol::refused::Refused;
use landfall_protocol::resolver::{Event, Message};
use landfall_protocol::snapshot::Snapshot;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The largest value that a page may hand in, in bytes of JSON: as much as a catalog may have.
pub(crate) const MAX_PROVIDED: usize = landfall_protocol::catalog::MAX_BYTES;

/// A JSON value that lives in JavaScript.
#[derive(Debug, Clone)]
pub struct JsJson(JsValue);

impl JsJson {
    /// Takes a value that is known to be JSON: the options' own, for example.
    pub(crate) const fn trusted(value: JsValue) -> Self {
        Self(value)
    }

    /// The value itself.
    #[must_use]
    pub const fn value(&self) -> &JsValue {
        &self.0
    }
}

impl PartialEq for JsJson {
    /// Whether both have the same JSON text.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
            || matches!((stringify(&self.0), stringify(&other.0)), (Some(a), Some(b)) if a == b)
    }
}

impl Json for JsJson {
    fn get(&self, key: &str) -> Option<Self> {
        let value = Reflect::get(&self.0, &JsValue::from_str(key)).ok()?;
        (!value.is_null() && !value.is_undefined()).then_some(Self(value))
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        T::deserialize(Reader(self.0.clone())).map_err(|_| Malformed::default())
    }

    fn is_object(&self) -> bool {
        self.0.is_object() && !js_sys::Array::is_array(&self.0)
    }
}

/// Why a text gives no JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotParsed {
    /// Larger or deeper than allowed; the parser has not seen it.
    OutOfBounds(OutOfBounds),
    /// Not JSON.
    NotJson,
}

/// Parses a text of at most `max_bytes` bytes.
///
/// # Errors
/// See [`NotParsed`].
pub fn parse(text: &str, max_bytes: usize) -> Result<JsJson, NotParsed> {
    check_bounds(text.as_bytes(), max_bytes, MAX_DEPTH).map_err(NotParsed::OutOfBounds)?;
    JSON::parse(text)
        .map(JsJson)
        .map_err(|_| NotParsed::NotJson)
}

/// The JSON text of a value; `None` where it has none (a cycle, a function, a getter that throws).
pub(crate) fn stringify(value: &JsValue) -> Option<JsString> {
    // The binding says that it always gives a string; for a function it gives undefined.
    JSON::stringify(value).ok().filter(|text| text.is_string())
}

/// A Rust value as plain JavaScript data: `null` for `None`, objects for maps.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

/// Sets a member of an object that was made here, where that cannot fail.
fn set(object: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(object, &JsValue::from_str(key), value);
}

/// A snapshot as the page sees it.
pub(crate) fn snapshot_to_js(snapshot: &Snapshot<JsJson>) -> JsValue {
    let object = to_js(&snapshot.view);
    let config = snapshot
        .config
        .as_ref()
        .map_or_else(|| Object::new().into(), |config| config.0.clone());
    set(&object, "config", &config);
    object
}

/// What an event tells beyond its name; what it has nothing to say of is left out.
#[derive(Serialize, Default)]
struct Detail<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    removed: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Option<&'a str>>,
}

#[derive(Serialize)]
struct Told<'a> {
    r#type: &'static str,
    detail: Detail<'a>,
}

fn told(event: &Event) -> Told<'_> {
    let detail = match event {
        Event::ServiceRelocated { service, from, to } => Detail {
            service: Some(service),
            from: Some(from),
            to: Some(to),
            ..Detail::default()
        },
        Event::EndpointsChanged { added, removed } => Detail {
            added: Some(added),
            removed: Some(removed),
            ..Detail::default()
        },
        Event::DiscoveryFailed { reason, subject } => Detail {
            code: Some(reason.as_str()),
            subject: Some(subject.as_deref()),
            ..Detail::default()
        },
        Event::ConfigReady | Event::ConfigUpdated => Detail::default(),
    };
    Told {
        r#type: event.name(),
        detail,
    }
}

#[derive(Serialize)]
struct Refusal<'a> {
    at: &'a str,
    code: &'static str,
    value: &'a str,
}

/// A refusal as `{at, code, value}`.
pub(crate) fn refusal(refused: &Refused) -> JsValue {
    to_js(&Refusal {
        at: &refused.at,
        code: refused.code.as_str(),
        value: &refused.value,
    })
}

/// What a tab tells the others: `{kind}`, with `visible` or `snapshot`.
pub(crate) fn message_to_js(message: &Message<Rc<Snapshot<JsJson>>>) -> JsValue {
    let object = JsValue::from(Object::new());
    let kind = match message {
        Message::Hello => "hello",
        Message::Beat { visible } => {
            set(&object, "visible", &JsValue::from_bool(*visible));
            "beat"
        }
        Message::Snapshot(snapshot) => {
            set(&object, "snapshot", &snapshot_to_js(snapshot));
            "snapshot"
        }
    };
    set(&object, "kind", &JsValue::from_str(kind));
    object
}

/// What another tab tells; `None` when it speaks another language (a tab with another version of the page).
pub(crate) fn message(json: &JsJson) -> Option<Message<JsJson>> {
    match json.get("kind")?.0.as_string()?.as_str() {
        "hello" => Some(Message::Hello),
        "beat" => Some(Message::Beat {
            visible: json.get("visible")?.0.as_bool()?,
        }),
        "snapshot" => Some(Message::Snapshot(json.get("snapshot")?)),
        _ => None,
    }
}

/// One publication: `{snapshot, events}`.
pub(crate) fn publish(to: &Function, snapshot: &Snapshot<JsJson>, events: &[Event]) {
    let change = JsValue::from(Object::new());
    set(&change, "snapshot", &snapshot_to_js(snapshot));
    set(
        &change,
        "events",
        &to_js(&events.iter().map(told).collect::<Vec<_>>()),
    );
    // The facade's function reports what its listeners throw; it does not throw itself.
    let _ = to.call1(&JsValue::UNDEFINED, &change);
}
