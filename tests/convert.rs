//! Values cross the border unharmed, and what is no JSON, too large or too deep does not cross it at all.
#![cfg(target_arch = "wasm32")]

use landfall::convert::{JsJson, NotParsed, parse};
use landfall_protocol::catalog::Document;
use landfall_protocol::json::{Json, MAX_DEPTH, OutOfBounds};
use serde::Deserialize;
use std::collections::BTreeMap;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn json(text: &str) -> JsJson {
    parse(text, 10_000).unwrap()
}

#[derive(Debug, PartialEq, Deserialize)]
struct Everything {
    text: String,
    number: u64,
    small: u16,
    flag: bool,
    list: Vec<String>,
    map: BTreeMap<String, u32>,
    maybe: Option<String>,
    #[serde(default)]
    filled: Vec<u32>,
    #[serde(rename = "other-name")]
    renamed: Option<Box<Everything>>,
}

const WHOLE: &str = r#"{"text": "ü😀", "number": 9007199254740991, "small": 65535, "flag": true, "list": ["a", ""],
    "map": {"x": 1, "constructor": 2}, "maybe": null, "unknown": {"deep": [1]}}"#;

#[wasm_bindgen_test]
fn a_value_is_read_as_it_was_written() {
    let read: Everything = json(WHOLE).read().unwrap();
    assert_eq!(
        (read.text.as_str(), read.number, read.small, read.flag),
        ("ü😀", (1 << 53) - 1, 65_535, true)
    );
    assert_eq!(read.list, ["a", ""]);
    assert_eq!(
        read.map,
        BTreeMap::from([("x".to_owned(), 1), ("constructor".to_owned(), 2)])
    );
    assert_eq!(
        (read.maybe, read.filled, read.renamed),
        (None, vec![], None)
    );
}

#[wasm_bindgen_test]
fn absent_members_are_filled_where_the_shape_says_so_and_missed_where_it_does_not() {
    let inner = WHOLE.replace(r#""maybe": null"#, r#""filled": [7], "maybe": "m""#);
    let nested = WHOLE.replacen('{', &format!(r#"{{"other-name": {inner}, "#), 1);
    let read: Everything = json(&nested).read().unwrap();
    let inner = read.renamed.unwrap();
    assert_eq!((inner.filled, inner.maybe.as_deref()), (vec![7], Some("m")));
    assert!(
        json(&WHOLE.replace("\"text\"", "\"txt\""))
            .read::<Everything>()
            .is_err()
    );
}

#[wasm_bindgen_test]
fn a_value_of_another_shape_is_refused() {
    let wrong = [
        ("\"ü😀\"", "7"),
        ("9007199254740991", "9007199254740992"),
        ("9007199254740991", "-1"),
        ("9007199254740991", "1.5"),
        ("65535", "65536"),
        ("true", "1"),
        (r#"["a", ""]"#, r#"{"0": "a", "length": 1}"#),
        (r#"["a", ""]"#, r#""ab""#),
        (r#"{"x": 1, "constructor": 2}"#, "[]"),
        ("null", "5"),
    ];
    for (from, to) in wrong {
        assert!(WHOLE.contains(from), "{from}");
        assert!(
            json(&WHOLE.replace(from, to)).read::<Everything>().is_err(),
            "{to}"
        );
    }
    for text in ["[]", "null", "7", "\"text\""] {
        assert!(json(text).read::<Everything>().is_err(), "{text}");
        assert!(!json(text).is_object());
    }
}

#[wasm_bindgen_test]
fn members_are_got_by_name_and_null_counts_as_absent() {
    let value = json(r#"{"a": {"b": 0}, "n": null}"#);
    assert_eq!(
        value
            .get("a")
            .and_then(|a| a.get("b"))
            .unwrap()
            .read::<u32>(),
        Ok(0)
    );
    assert!(value.get("n").is_none() && value.get("x").is_none());
    assert!(json("7").get("a").is_none() && json("null").get("a").is_none());
}

#[wasm_bindgen_test]
fn equal_means_the_same_content() {
    assert_eq!(
        json(r#"{"a": [1, {"b": 2}]}"#),
        json(r#"{ "a":[1,{"b":2}] }"#)
    );
    assert_ne!(json(r#"{"a": 1}"#), json(r#"{"a": 2}"#));
    assert_ne!(json(r#""1""#), json("1"));
}

#[wasm_bindgen_test]
fn what_is_too_large_or_too_deep_never_reaches_the_parser() {
    let too_large = Err(NotParsed::OutOfBounds(OutOfBounds::TooLarge));
    assert_eq!(parse("[1,2,3]", 6), too_large);
    assert!(parse("[1,2,3]", 7).is_ok());
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(parse(&nested(MAX_DEPTH), 10_000).is_ok());
    assert_eq!(
        parse(&nested(MAX_DEPTH + 1), 10_000),
        Err(NotParsed::OutOfBounds(OutOfBounds::TooDeep))
    );
    for text in ["", "{", "undefined", "[1,]", "{'a': 1}", "NaN"] {
        assert_eq!(parse(text, 100), Err(NotParsed::NotJson), "{text}");
    }
}

#[wasm_bindgen_test]
fn a_catalog_is_read_and_a_hostile_one_is_refused() {
    let text = r#"{"landfall": 1, "epoch": {"registry": "r", "boot": 1}, "revision": 2, "config": {"any": [1]},
        "services": [{"name": "items", "instances": [{"url": "http://localhost:8000/"}],
        "endpoints": {"list": {"path": "/items", "methods": {"GET": "openapi"}}}}]}"#;
    let document = Document::from_json(&json(text)).unwrap();
    assert_eq!(document.services.len(), 1);
    assert_eq!(document.config.unwrap(), json(r#"{"any": [1]}"#));
    for (from, to) in [
        ("\"items\"", "\"__proto__\""),
        ("http://localhost:8000/", "javascript:0"),
        ("\"boot\": 1", "\"boot\": -1"),
    ] {
        assert!(
            Document::from_json(&json(&text.replace(from, to))).is_err(),
            "{to}"
        );
    }
}
