//! The last known good value is kept under the client's name; where it cannot be kept, nothing happens.
#![cfg(target_arch = "wasm32")]

use landfall::convert::parse;
use landfall::effects::storage::Storage;
use landfall_protocol::json::{Json, Text};
use landfall_protocol::refused::Code;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export const kept = (key) => localStorage.getItem(key) ?? undefined;
    export const put = (key, text) => localStorage.setItem(key, text);
    export function with_storage(code, then) {
      const own = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
      Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: (0, eval)(`(${code})`) });
      try { then(); } finally { Object.defineProperty(globalThis, 'localStorage', own); }
    }
")]
extern "C" {
    fn kept(key: &str) -> Option<String>;
    fn put(key: &str, text: &str);
    fn with_storage(code: &str, then: &Closure<dyn Fn()>);
}

#[wasm_bindgen_test]
fn a_snapshot_is_kept_with_its_version_and_time_until_it_is_forgotten() {
    let storage = Storage::new("shop");
    let snapshot = || parse(r#"{"status":"live"}"#, 100).unwrap();
    assert!(storage.keep(snapshot()));
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
    for (code, kept) in [
        (full, false),
        (barred, true),
        ("() => undefined", true),
        ("() => null", true),
    ] {
        let storage = Storage::new("shop");
        with_storage(
            code,
            &Closure::new(move || {
                assert_eq!(storage.keep(Text::of_text("snapshot")), kept);
                assert!(storage.recall().is_none());
                storage.forget();
            }),
        );
    }
    assert_eq!(kept("landfall:shop"), None);
}

#[wasm_bindgen_test]
fn what_was_kept_is_recalled_with_its_age_or_it_is_said_why_not() {
    let storage = Storage::new("recall");
    assert!(storage.recall().is_none());
    let snapshot = || parse(r#"{"status":"live"}"#, 100).unwrap();
    assert!(storage.keep(snapshot()));
    let (json, age) = storage.recall().unwrap().unwrap();
    assert_eq!(json, snapshot());
    assert!(age.0 < 60_000, "{age:?}");

    let deep = format!(
        r#"{{"v":1,"t":1,"s":{}{}}}"#,
        "[".repeat(99),
        "]".repeat(99)
    );
    let large = format!(r#"{{"v":1,"t":1,"s":"{}"}}"#, "x".repeat(4 << 20));
    for (text, code) in [
        (r#"{"v":1,"#, Code::Malformed),
        (r#"{"v":1,"t":1}"#, Code::Malformed),
        (r#"{"v":2,"t":1,"s":{}}"#, Code::BadVersion),
        ("7", Code::BadVersion),
        (r#"{"v":1,"t":"now","s":{}}"#, Code::BadNumber),
        (r#"{"v":1,"t":9e15,"s":{}}"#, Code::BadNumber),
        (r#"{"v":1,"t":-1,"s":{}}"#, Code::BadNumber),
        (&deep, Code::TooDeep),
        (&large, Code::TooLarge),
    ] {
        put("landfall:recall", text);
        assert_eq!(storage.recall().unwrap().err(), Some(code), "{text:.40}");
    }
    storage.forget();
}

#[wasm_bindgen_test]
fn what_could_not_be_read_again_is_not_kept() {
    let storage = Storage::new("bounds");
    // The record and the snapshot around the config values of the deepest document.
    let nested = ["[".repeat(64), "]".repeat(64)].concat();
    assert!(storage.keep(Text::trusted(nested)));
    assert!(storage.recall().unwrap().is_ok());
    let large = Text::of_text(&"x".repeat(4 << 20));
    assert!(!storage.keep(large));
    assert!(storage.recall().unwrap().is_ok());
    storage.forget();
}
