//! Values cross the border unharmed, and what is no JSON, too large or too deep does not cross it at all.
#![cfg(target_arch = "wasm32")]

use landfall::convert::{NotParsed, parse};
use landfall_protocol::catalog::Document;
use landfall_protocol::json::{Json, MAX_COUNT, MAX_DEPTH, Members, Node, OutOfBounds, Text};
use landfall_protocol::refused::Code;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn json(text: &str) -> Text {
    parse(text, 10_000).unwrap()
}

const WHOLE: &str = r#"{"text": "ü😀", "number": 9007199254740991, "list": ["a", ""],
    "map": {"x": 1, "constructor": 2}, "nothing": null}"#;

#[wasm_bindgen_test]
fn a_value_is_read_as_it_was_written() {
    let value = json(WHOLE);
    let value = value.node();
    assert!(value.is_object());
    assert_eq!(value.required_text("text").unwrap(), "ü😀");
    assert_eq!(value.required_count("number").unwrap(), (1 << 53) - 1);
    let list: Vec<_> = value
        .list("list")
        .unwrap()
        .into_iter()
        .map(Node::text)
        .collect();
    assert_eq!(list, [Some("a".to_owned()), Some(String::new())]);
    let map = value.map("map").unwrap();
    let map: Vec<_> = map
        .iter()
        .map(|(name, it)| (name.as_str(), it.count()))
        .collect();
    assert_eq!(map, [("constructor", Some(2)), ("x", Some(1))]);
}

#[wasm_bindgen_test]
fn absent_members_are_missed_where_they_must_be_there() {
    let value = json(WHOLE);
    let value = value.node();
    for key in ["nothing", "absent"] {
        assert_eq!(value.optional_text(key), Ok(None));
        assert!(value.list(key).unwrap().is_empty());
        assert_eq!(value.required_text(key).unwrap_err().code, Code::Malformed);
        assert_eq!(
            value.required_object(key).unwrap_err().code,
            Code::Malformed
        );
    }
}

#[wasm_bindgen_test]
fn a_value_of_another_shape_is_refused() {
    for number in [
        "9007199254740992",
        "-1",
        "1.5",
        "1e400",
        "true",
        "\"1\"",
        "[]",
    ] {
        assert_eq!(json(number).node().count(), None, "{number}");
    }
    for (text, is_list, is_map) in [
        (r#"{"0": "a", "length": 1}"#, false, true),
        (r#"["a"]"#, true, false),
        (r#""ab""#, false, false),
        ("5", false, false),
        ("null", false, false),
    ] {
        let value = json(text);
        let value = value.node();
        assert_eq!(value.elements().is_some(), is_list, "{text}");
        assert_eq!(value.members().is_some(), is_map, "{text}");
        assert_eq!(value.is_object(), is_map, "{text}");
    }
    assert_eq!(json("7").node().text(), None);
}

#[wasm_bindgen_test]
fn a_value_is_written_as_plain_data() {
    let mut list = Text::array();
    list.push(Text::of_text("ü😀"));
    list.push(Text::of_count(MAX_COUNT));
    let mut whole = Text::object();
    whole.set("list", list);
    whole.set("constructor", Text::null());
    // In the same spelling as what is read, so that it is the same value.
    assert_eq!(
        whole,
        json(r#"{"list": ["ü\ud83d\ude00", 9007199254740991.0], "constructor": null}"#)
    );
}

#[wasm_bindgen_test]
fn members_are_got_by_name_and_null_counts_as_absent() {
    let value = json(r#"{"a": {"b": 0}, "n": null}"#);
    let value = value.node();
    assert_eq!(
        value.get("a").and_then(|a| a.get("b")).unwrap().count(),
        Some(0)
    );
    assert!(value.get("n").is_none() && value.get("x").is_none());
    assert!(json("7").node().get("a").is_none() && json("null").node().get("a").is_none());
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
