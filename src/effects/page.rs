//! What the page itself provides: `window.__LANDFALL_CONFIG__` and
//! `<script type="application/json" id="landfall-config">`. Either may appear at any time, so both are read anew.

use crate::convert::{JsJson, member, provided, stringify};
use js_sys::JsString;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Document;

    #[wasm_bindgen(method, catch, js_name = getElementById)]
    fn element(this: &Document, id: &str) -> Result<JsValue, JsValue>;
}

/// The page-local sources as they are now, the global variable first. What is not JSON, or too large, is null.
#[must_use]
pub fn look() -> Vec<JsJson> {
    [of_global(), of_script()]
        .into_iter()
        .flatten()
        .map(|text| provided(&text))
        .collect()
}

fn of_global() -> Option<String> {
    let value = member(&js_sys::global(), "__LANDFALL_CONFIG__")?;
    // By way of its text, so that it is a copy of plain data, whatever the page has put there.
    stringify(&value).map(String::from)
}

fn of_script() -> Option<String> {
    let document: Document = member(&js_sys::global(), "document")?.unchecked_into();
    let element = document.element("landfall-config").ok()?;
    member(&element, "textContent")?
        .dyn_into::<JsString>()
        .ok()
        .map(String::from)
}
