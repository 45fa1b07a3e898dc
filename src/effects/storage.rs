//! The last known good value, kept in `localStorage` for the next visit. `www/lib/core/cache.ts` reads it too, to show
//! it before the engine has arrived.
//!
//! Storage may be absent (workers, servers), barred or full; a page works without it, so every failure is silent.

use crate::convert::{JsJson, NotParsed, member, parse, set, stringify};
use js_sys::{Date, JsString, Object};
use landfall_protocol::catalog::MAX_BYTES;
use landfall_protocol::json::{Json, OutOfBounds};
use landfall_protocol::refused::Code;
use landfall_protocol::time::Millis;
use wasm_bindgen::prelude::*;

/// The version of what is kept.
const VERSION: u8 = 1;

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
    pub fn recall(&self) -> Option<Result<(JsJson, Millis), Code>> {
        let kept = local_storage()?.get_item(&self.key).ok()?;
        kept.map(|text| read(&String::from(text)))
    }

    /// Keeps a snapshot, with the time.
    pub fn keep(&self, snapshot: &JsValue) {
        let kept = Object::new();
        set(&kept, "v", &VERSION.into());
        set(&kept, "t", &Date::now().into());
        set(&kept, "s", snapshot);
        if let (Some(storage), Some(text)) = (local_storage(), stringify(&kept)) {
            let _ = storage.set_item(&self.key, &text);
        }
    }

    /// Removes what was kept.
    pub fn forget(&self) {
        if let Some(storage) = local_storage() {
            let _ = storage.remove_item(&self.key);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and the sign is looked at"
)]
fn read(text: &str) -> Result<(JsJson, Millis), Code> {
    let kept = parse(text, MAX_BYTES).map_err(|why| match why {
        NotParsed::OutOfBounds(OutOfBounds::TooDeep) => Code::TooDeep,
        NotParsed::OutOfBounds(_) => Code::TooLarge,
        NotParsed::NotJson => Code::Malformed,
    })?;
    if kept.get("v").and_then(|it| it.count()) != Some(VERSION.into()) {
        return Err(Code::BadVersion);
    }
    let at = kept.get("t").and_then(|it| it.value().as_f64());
    let age = Date::now() - at.unwrap_or(f64::NAN);
    if age < 0.0 || age.is_nan() {
        return Err(Code::BadNumber);
    }
    let snapshot = kept.get("s").ok_or(Code::Malformed)?;
    Ok((snapshot, Millis(age as u64)))
}

#[wasm_bindgen]
extern "C" {
    /// As `web_sys::Storage`, with a JavaScript string that does not have to be copied.
    type LocalStorage;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn get_item(this: &LocalStorage, key: &str) -> Result<Option<JsString>, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &LocalStorage, key: &str, value: &JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &LocalStorage, key: &str) -> Result<(), JsValue>;
}

fn local_storage() -> Option<LocalStorage> {
    // Reading the property throws where storage is barred.
    let storage = member(&js_sys::global(), "localStorage")?;
    storage.is_object().then(|| storage.unchecked_into())
}
