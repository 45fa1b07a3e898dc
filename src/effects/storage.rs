//! The last known good value, kept in `localStorage` for the next visit. `www/lib/core/cache.ts` reads it too, to show
//! it before the engine has arrived.
//!
//! Storage may be absent (workers, servers), barred or full; a page works without it. That it is full stands in the trace.

use crate::convert::{NotParsed, member, parse_within};
use js_sys::Date;
use landfall_protocol::json::{OutOfBounds, Text};
use landfall_protocol::refused::Code;
use landfall_protocol::snapshot::record::{self, MAX_BYTES, MAX_DEPTH};
use landfall_protocol::time::Millis;
use wasm_bindgen::prelude::*;

/// The place of one client's value.
pub struct Storage {
    key: String,
}

impl Storage {
    /// The place of the client `name`: `landfall:<name>`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut key = String::from("landfall:");
        key.push_str(name);
        Self { key }
    }

    /// What was kept, and how long ago; or why it is no value. `None` where nothing was.
    #[must_use]
    pub fn recall(&self) -> Option<Result<(Text, Millis), Code>> {
        let kept = local_storage()?.get_item(&self.key).ok()?;
        kept.map(|text| read(&text))
    }

    /// Keeps a snapshot, with the time. `false` where it is too large, for a record or for the storage: then what was kept
    /// before still is. Where there is no storage, nothing is to be kept.
    #[must_use]
    pub fn keep(&self, snapshot: Text) -> bool {
        record::write(snapshot, now()).is_some_and(|record| {
            local_storage().is_none_or(|it| it.set_item(&self.key, record.as_str()).is_ok())
        })
    }

    /// Removes what was kept.
    pub fn forget(&self) {
        if let Some(storage) = local_storage() {
            let _ = storage.remove_item(&self.key);
        }
    }
}

/// Milliseconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates at 0"
)]
fn now() -> u64 {
    Date::now() as u64
}

fn read(text: &str) -> Result<(Text, Millis), Code> {
    let kept = parse_within(text, MAX_BYTES, MAX_DEPTH).map_err(|why| match why {
        NotParsed::OutOfBounds(OutOfBounds::TooDeep) => Code::TooDeep,
        NotParsed::OutOfBounds(_) => Code::TooLarge,
        NotParsed::NotJson => Code::Malformed,
    })?;
    record::read(&kept, now())
}

#[wasm_bindgen]
extern "C" {
    /// As `web_sys::Storage`, which is a feature of its own for each place that it is got from.
    type LocalStorage;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn get_item(this: &LocalStorage, key: &str) -> Result<Option<String>, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &LocalStorage, key: &str, value: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &LocalStorage, key: &str) -> Result<(), JsValue>;
}

fn local_storage() -> Option<LocalStorage> {
    // Reading the property throws where storage is barred.
    let storage = member(&js_sys::global(), "localStorage")?;
    storage.is_object().then(|| storage.unchecked_into())
}
