//! The last known good value is kept under the client's name; where it cannot be kept, nothing happens.
#![cfg(target_arch = "wasm32")]

use landfall::convert::parse;
use landfall::effects::storage::Storage;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export const kept = (key) => localStorage.getItem(key) ?? undefined;
    export function with_storage(code, then) {
      const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
      Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: (0, eval)(`(${code})`) });
      try { then(); } finally { Object.defineProperty(globalThis, 'localStorage', own); }
    }
")]
extern "C" {
    fn kept(key: &str) -> Option<String>;
    fn with_storage(code: &str, then: &Closure<dyn Fn()>);
}

#[wasm_bindgen_test]
fn a_snapshot_is_kept_with_its_version_and_time_until_it_is_forgotten() {
    let storage = Storage::new("shop");
    storage.keep(parse(r#"{"status":"live"}"#, 100).unwrap().value());
    let text = kept("landfall:shop").unwrap();
    assert!(
        text.starts_with(r#"{"v":1,"t":1"#) && text.ends_with(r#","s":{"status":"live"}}"#),
        "{text}"
    );
    assert_eq!(kept("landfall:other"), None);
    storage.forget();
    assert_eq!(kept("landfall:shop"), None);
}

#[wasm_bindgen_test]
fn storage_that_is_absent_barred_or_full_does_no_harm() {
    let full = "() => ({ setItem() { throw new DOMException('', 'QuotaExceededError'); }, removeItem() { throw new Error(); } })";
    let barred = "() => { throw new DOMException('', 'SecurityError'); }";
    for code in [full, barred, "() => undefined", "() => null"] {
        let storage = Storage::new("shop");
        with_storage(
            code,
            &Closure::new(move || {
                storage.keep(&JsValue::from("snapshot"));
                storage.forget();
            }),
        );
    }
    assert_eq!(kept("landfall:shop"), None);
}
