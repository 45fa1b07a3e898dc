//! What a page provides by itself is found whenever it appears; what is none is left out, or refused.
#![cfg(target_arch = "wasm32")]

use landfall::convert::parse;
use landfall::effects::page::look;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export function set_global(code) { globalThis.__LANDFALL_CONFIG__ = code === undefined ? undefined : (0, eval)(`(${code})`); }
    export function set_script(text) {
      document.getElementById('landfall-config')?.remove();
      if (text === undefined) return;
      const script = Object.assign(document.createElement('script'), { type: 'application/json', id: 'landfall-config' });
      script.textContent = text;
      document.head.append(script);
    }
")]
extern "C" {
    fn set_global(code: Option<&str>);
    fn set_script(text: Option<&str>);
}

fn seen() -> Vec<String> {
    look().iter().map(|json| json.as_str().to_owned()).collect()
}

#[wasm_bindgen_test]
fn both_places_are_read_anew_at_each_look_the_variable_first() {
    set_global(None);
    set_script(None);
    assert_eq!(seen(), [""; 0]);
    set_script(Some(r#" {"from": "script"} "#));
    assert_eq!(seen(), [r#"{"from":"script"}"#]);
    set_global(Some(
        "{from: 'variable', gone: undefined, when: new Date(0)}",
    ));
    assert_eq!(
        seen(),
        [
            r#"{"from":"variable","when":"1970-01-01T00:00:00.000Z"}"#,
            r#"{"from":"script"}"#
        ]
    );
    set_script(None);
    set_global(None);
    assert_eq!(seen(), [""; 0]);
}

#[wasm_bindgen_test]
fn what_has_no_json_text_is_left_out() {
    let cycle = "(() => { const a = {}; a.a = a; return a; })()";
    let trap = "({ get a() { throw new Error('mine'); } })";
    for code in [cycle, trap, "() => 1", "Symbol()", "null", "10n"] {
        set_global(Some(code));
        assert_eq!(seen(), [""; 0], "{code}");
    }
    set_global(None);
}

#[wasm_bindgen_test]
fn what_is_no_json_or_too_large_is_seen_as_null_which_is_refused() {
    set_global(Some("'x'.repeat(5e6)"));
    assert_eq!(seen(), ["null"]);
    set_global(None);
    for text in ["", "{", "<p>", "\u{0}"] {
        set_script(Some(text));
        assert_eq!(seen(), ["null"], "{text}");
    }
    set_script(None);
}

#[wasm_bindgen_test]
fn what_is_seen_is_a_copy() {
    set_global(Some("globalThis.mine = {a: [1]}"));
    let before = look();
    let _ = js_sys::eval("mine.a.push(2)").unwrap();
    assert_eq!(before[0], parse(r#"{"a":[1]}"#, 100).unwrap());
    assert_ne!(before, look());
    set_global(None);
}
