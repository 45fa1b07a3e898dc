//! What the page itself provides: `window.__LANDFALL_CONFIG__` and
//! `<script type="application/json" id="landfall-config">`. Either may appear at any time, so both are read anew.

use crate::convert::{bounded, member, provided, stringify};
use landfall_protocol::json::Text;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Document;

    #[wasm_bindgen(method, catch, js_name = getElementById)]
    fn element(this: &Document, id: &str) -> Result<JsValue, JsValue>;
}

/// The page-local sources as they are now, the global variable first. What is not JSON, or too large, is null.
#[must_use]
pub fn look() -> Vec<Text> {
    let mut seen = Vec::new();
    seen.extend(of_global());
    seen.extend(of_script());
    seen
}

fn of_global() -> Option<Text> {
    let value = member(&js_sys::global(), "__LANDFALL_CONFIG__")?;
    // By way of its text, so that it is a copy of plain data, whatever the page has put there.
    stringify(&value).map(bounded)
}

fn of_script() -> Option<Text> {
    let document: Document = member(&js_sys::global(), "document")?.unchecked_into();
    let element = document.element("landfall-config").ok()?;
    let text = member(&element, "textContent")?.as_string()?;
    Some(provided(&text))
}
