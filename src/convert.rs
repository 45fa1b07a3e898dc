//! The one place where values cross between JavaScript and Rust.
//!
//! What comes from outside is a text. Once its bounds were checked, `JSON.parse` says whether it is JSON and `JSON.stringify`
//! writes it anew, and it is read from there: so there is no second parser in the wasm, and config values pass through untouched.

use js_sys::{Function, JSON, Object};
use landfall_protocol::json::{Json, MAX_DEPTH, Node, OutOfBounds, Part, Text, check_bounds};
use landfall_protocol::refused::Code;
use landfall_protocol::resolver::{Event, Message};
use landfall_protocol::snapshot::{Snapshot, stamp, write_stamp};
use landfall_protocol::text::shown;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// The largest value that a page may hand in, in bytes of JSON: as much as a catalog may have.
const MAX_PROVIDED: usize = landfall_protocol::catalog::MAX_BYTES;

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
pub fn parse(text: &str, max_bytes: usize) -> Result<Text, NotParsed> {
    parse_within(text, max_bytes, MAX_DEPTH)
}

/// The same for a text that may be nested deeper.
pub(crate) fn parse_within(
    text: &str,
    max_bytes: usize,
    max_depth: usize,
) -> Result<Text, NotParsed> {
    check_bounds(text.as_bytes(), max_bytes, max_depth).map_err(NotParsed::OutOfBounds)?;
    let value = JSON::parse(text).map_err(|_| NotParsed::NotJson)?;
    stringify(&value).ok_or(NotParsed::NotJson)
}

/// What a page provides as text; null, which the resolver refuses and reports, where it is no JSON or out of bounds.
pub(crate) fn provided(text: &str) -> Text {
    parse(text, MAX_PROVIDED).unwrap_or_else(|_| Text::null())
}

/// What the page's own code provides, with its bounds checked; null where it is beyond them.
pub(crate) fn bounded(json: Text) -> Text {
    match check_bounds(json.as_str().as_bytes(), MAX_PROVIDED, MAX_DEPTH) {
        Ok(()) => json,
        Err(_) => Text::null(),
    }
}

/// The JSON of a value; `None` where it has none (a cycle, a function, a getter that throws).
pub(crate) fn stringify(value: &JsValue) -> Option<Text> {
    // The binding says that it always gives a string; for a function it gives undefined.
    let text = JsValue::from(JSON::stringify(value).ok()?).as_string()?;
    Some(Text::trusted(text))
}

/// The value of a JSON text that was written here.
pub(crate) fn value(json: &Text) -> JsValue {
    JSON::parse(json.as_str()).unwrap_or(JsValue::NULL)
}

/// A Rust value as plain JavaScript data: `null` for `None`, objects for maps.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> JsValue {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .unwrap_or(JsValue::NULL)
}

/// What an event tells: `{type, detail}`.
fn told(event: &Event) -> Text {
    let texts = |texts: &[String]| {
        let mut array = Text::array();
        for text in texts {
            array.push(Text::of_text(text));
        }
        array
    };
    let mut detail = Text::object();
    match event {
        Event::ServiceRelocated { service, from, to } => {
            detail.set("service", Text::of_text(service));
            detail.set("from", Text::of_text(from));
            detail.set("to", Text::of_text(to));
        }
        Event::EndpointsChanged { added, removed } => {
            detail.set("added", texts(added));
            detail.set("removed", texts(removed));
        }
        Event::DiscoveryFailed { reason, subject } => {
            let subject = subject.as_deref();
            detail.set("code", Text::of_text(reason.as_str()));
            detail.set("subject", subject.map_or_else(Text::null, Text::of_text));
        }
        Event::ConfigReady | Event::ConfigUpdated => {}
    }
    let mut told = Text::object();
    told.set("type", Text::of_text(event.name()));
    told.set("detail", detail);
    told
}

/// A refusal of an option as `{at, code, value}`.
pub(crate) fn refusal(at: &str, code: Code, value: &str) -> JsValue {
    let json = Object::new().into();
    set(&json, "at", &at.into());
    set(&json, "code", &code.as_str().into());
    set(&json, "value", &shown(value).into());
    json
}

/// What a tab tells the others, as text: `{kind}`, a number with the flags of its message in it, with `snapshot`, or `epoch`
/// and `revision`.
pub(crate) fn message_to_text(message: &Message<Rc<Snapshot<Text>>>) -> Text {
    let mut json = Text::object();
    let kind = match message {
        Message::Hello { consent } => u64::from(*consent),
        Message::Lead { live } => 2 + u64::from(*live),
        Message::Beat { visible, consent } => 4 + u64::from(*visible) + 2 * u64::from(*consent),
        Message::Snapshot(snapshot) => {
            json.set("snapshot", snapshot.to_json());
            8
        }
        Message::Newer(stamp) => {
            write_stamp(&mut json, Some(&stamp.epoch), Some(stamp.revision));
            9
        }
    };
    json.set("kind", Text::of_count(kind));
    json
}

/// What another tab tells; `None` when it speaks another language (a tab with another version of the page).
pub(crate) fn message(json: Part<'_>) -> Option<Message<Text>> {
    let kind = json.get("kind")?.count()?;
    let (first, second) = (kind & 1 > 0, kind & 2 > 0);
    Some(match kind {
        0 | 1 => Message::Hello { consent: first },
        2 | 3 => Message::Lead { live: first },
        4..=7 => Message::Beat {
            visible: first,
            consent: second,
        },
        8 => Message::Snapshot(json.get("snapshot")?.keep()),
        9 => Message::Newer(stamp(json).ok()??),
        _ => return None,
    })
}

/// One publication: `{snapshot, events}`.
pub(crate) fn publish(to: &Function, snapshot: &Text, events: &[Event]) {
    let mut change = Text::object();
    let mut list = Text::array();
    for event in events {
        list.push(told(event));
    }
    change.set("snapshot", snapshot.clone());
    change.set("events", list);
    // The facade's function reports what its listeners throw; it does not throw itself.
    let _ = to.call1(&JsValue::UNDEFINED, &value(&change));
}
