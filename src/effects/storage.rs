//! The last known good value, kept in `localStorage` for the next visit. `www/lib/core/cache.ts` reads it.
//!
//! Storage may be absent (workers, servers), barred or full; a page works without it, so every failure is silent.

use crate::convert::{member, set, stringify};
use js_sys::{Date, Object};
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

#[wasm_bindgen]
extern "C" {
    /// As `web_sys::Storage`, with a JavaScript string that does not have to be copied.
    type LocalStorage;

    #[wasm_bindgen(method, catch, js_name = setItem)]
    fn set_item(this: &LocalStorage, key: &str, value: &js_sys::JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeItem)]
    fn remove_item(this: &LocalStorage, key: &str) -> Result<(), JsValue>;
}

fn local_storage() -> Option<LocalStorage> {
    // Reading the property throws where storage is barred.
    let storage = member(&js_sys::global(), "localStorage")?;
    storage.is_object().then(|| storage.unchecked_into())
}
