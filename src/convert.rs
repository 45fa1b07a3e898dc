//! The one place where values cross between JavaScript and Rust.
//!
//! JSON is parsed by `JSON.parse`, after its bounds were checked, and stays a JavaScript value that is only
//! read where the protocol asks for a shape. So there is no second parser in the wasm, and config values pass
//! through untouched.

use js_sys::{Array, Function, JSON, JsString, Object};
use landfall_protocol::json::{Json, MAX_COUNT, MAX_DEPTH, OutOfBounds, check_bounds};
use landfall_protocol::refused::Refused;
use landfall_protocol::resolver::{Event, Message};
use landfall_protocol::snapshot::{Snapshot, stamp, write_stamp};
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The largest value that a page may hand in, in bytes of JSON: as much as a catalog may have.
const MAX_PROVIDED: usize = landfall_protocol::catalog::MAX_BYTES;

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

#[wasm_bindgen]
extern "C" {
    /// An object or array, with its members as JavaScript's brackets give them.
    type Indexed;

    #[wasm_bindgen(method, catch, structural, indexing_getter)]
    fn get(this: &Indexed, key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, structural, indexing_setter)]
    fn set(this: &Indexed, key: &str, value: &JsValue);
}

/// The member of any value; `None` where it has none.
pub(crate) fn member(value: &JsValue, key: &str) -> Option<JsValue> {
    let value = value.unchecked_ref::<Indexed>().get(key).ok()?;
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

/// Sets a member of an object that was made here.
pub(crate) fn set(object: &JsValue, key: &str, value: &JsValue) {
    object.unchecked_ref::<Indexed>().set(key, value);
}

impl Json for JsJson {
    fn get(&self, key: &'static str) -> Option<Self> {
        member(&self.0, key).map(Self)
    }

    fn is_object(&self) -> bool {
        self.0.is_object() && !Array::is_array(&self.0)
    }

    fn text(&self) -> Option<String> {
        self.0.as_string()
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "it is checked to be a safe integer"
    )]
    fn count(&self) -> Option<u64> {
        let number = self.0.as_f64()?;
        let count = number as u64;
        (count as f64 == number && count <= MAX_COUNT).then_some(count)
    }

    fn elements(&self) -> Option<Vec<Self>> {
        let array = self.0.dyn_ref::<Array>()?;
        let mut elements = Vec::with_capacity(array.length() as usize);
        for at in 0..array.length() {
            elements.push(Self(array.get(at)));
        }
        Some(elements)
    }

    fn members(&self) -> Option<Vec<(String, Self)>> {
        if !self.is_object() {
            return None;
        }
        let names = Object::keys(self.0.unchecked_ref::<Object>());
        names.sort();
        let mut members = Vec::with_capacity(names.length() as usize);
        for at in 0..names.length() {
            let name = names.get(at).as_string()?;
            let value = self.0.unchecked_ref::<Indexed>().get(&name).ok()?;
            members.push((name, Self(value)));
        }
        Some(members)
    }

    fn null() -> Self {
        Self(JsValue::NULL)
    }

    fn of_text(text: &str) -> Self {
        Self(JsValue::from_str(text))
    }

    #[expect(clippy::cast_precision_loss, reason = "counts are safe integers")]
    fn of_count(count: u64) -> Self {
        Self(JsValue::from_f64(count as f64))
    }

    fn array() -> Self {
        Self(Array::new().into())
    }

    fn push(&mut self, element: Self) {
        self.0.unchecked_ref::<Array>().push(&element.0);
    }

    fn object() -> Self {
        Self(Object::new().into())
    }

    fn set(&mut self, key: &str, value: Self) {
        set(&self.0, key, &value.0);
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

/// What a page provides as text; null, which the resolver refuses and reports, where it is no JSON or out of bounds.
pub(crate) fn provided(text: &str) -> JsJson {
    parse(text, MAX_PROVIDED).unwrap_or_else(|_| JsJson::null())
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

/// What an event tells: `{type, detail}`.
fn told(event: &Event) -> JsJson {
    let texts = |texts: &[String]| {
        let mut array = JsJson::array();
        for text in texts {
            array.push(JsJson::of_text(text));
        }
        array
    };
    let mut detail = JsJson::object();
    match event {
        Event::ServiceRelocated { service, from, to } => {
            detail.set("service", JsJson::of_text(service));
            detail.set("from", JsJson::of_text(from));
            detail.set("to", JsJson::of_text(to));
        }
        Event::EndpointsChanged { added, removed } => {
            detail.set("added", texts(added));
            detail.set("removed", texts(removed));
        }
        Event::DiscoveryFailed { reason, subject } => {
            let subject = subject.as_deref();
            detail.set("code", JsJson::of_text(reason.as_str()));
            detail.set(
                "subject",
                subject.map_or_else(JsJson::null, JsJson::of_text),
            );
        }
        Event::ConfigReady | Event::ConfigUpdated => {}
    }
    let mut told = JsJson::object();
    told.set("type", JsJson::of_text(event.name()));
    told.set("detail", detail);
    told
}

/// A refusal as `{at, code, value}`.
pub(crate) fn refusal(refused: &Refused) -> JsValue {
    let mut json = JsJson::object();
    json.set("at", JsJson::of_text(&refused.at));
    json.set("code", JsJson::of_text(refused.code.as_str()));
    json.set("value", JsJson::of_text(&refused.value));
    json.0
}

/// What a tab tells the others: `{kind}`, with `live`, `visible`, `snapshot`, or `epoch` and `revision`.
pub(crate) fn message_to_js(message: &Message<Rc<Snapshot<JsJson>>>) -> JsValue {
    let mut json = JsJson::object();
    let kind = match message {
        Message::Hello => "hello",
        Message::Lead { live } => {
            json.set("live", JsJson(JsValue::from_bool(*live)));
            "lead"
        }
        Message::Beat { visible } => {
            json.set("visible", JsJson(JsValue::from_bool(*visible)));
            "beat"
        }
        Message::Snapshot(snapshot) => {
            json.set("snapshot", snapshot.to_json());
            "snapshot"
        }
        Message::Newer(stamp) => {
            write_stamp(&mut json, Some(&stamp.epoch), Some(stamp.revision));
            "newer"
        }
    };
    json.set("kind", JsJson::of_text(kind));
    json.0
}

/// What another tab tells; `None` when it speaks another language (a tab with another version of the page).
pub(crate) fn message(json: &JsJson) -> Option<Message<JsJson>> {
    match json.get("kind")?.0.as_string()?.as_str() {
        "hello" => Some(Message::Hello),
        "lead" => Some(Message::Lead {
            live: json.get("live")?.0.as_bool()?,
        }),
        "beat" => Some(Message::Beat {
            visible: json.get("visible")?.0.as_bool()?,
        }),
        "snapshot" => Some(Message::Snapshot(json.get("snapshot")?)),
        "newer" => Some(Message::Newer(stamp(json).ok()??)),
        _ => None,
    }
}

/// One publication: `{snapshot, events}`.
pub(crate) fn publish(to: &Function, snapshot: &JsJson, events: &[Event]) {
    let mut change = JsJson::object();
    let mut list = JsJson::array();
    for event in events {
        list.push(told(event));
    }
    change.set("snapshot", snapshot.clone());
    change.set("events", list);
    // The facade's function reports what its listeners throw; it does not throw itself.
    let _ = to.call1(&JsValue::UNDEFINED, &change.0);
}
