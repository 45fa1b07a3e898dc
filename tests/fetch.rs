//! A probe brings back what its purpose needs of an answer, bounded; and it can be called back.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Uint8Array};
use landfall::convert::parse;
use landfall::effects::fetch::{InFlight, send};
use landfall_protocol::catalog::MAX_BYTES;
use landfall_protocol::json::{OutOfBounds, Text};
use landfall_protocol::method::SafeMethod;
use landfall_protocol::probe::{Answer, Body, Failure, Probe, Purpose};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export const blob_url = (parts) => URL.createObjectURL(new Blob(parts, { type: 'application/json' }));
    export const origin = () => location.origin;
")]
extern "C" {
    fn blob_url(parts: &Array) -> String;
    fn origin() -> String;
}

type Outcome = Result<Answer<Text>, Failure>;

fn blob(bytes: &[u8]) -> String {
    blob_url(&Array::of1(&Uint8Array::from(bytes)))
}

/// Sends a probe and waits for what is reported. `held` gets the request and may drop it.
async fn outcome(
    purpose: Purpose,
    url: String,
    held: impl FnOnce(InFlight) -> Option<InFlight>,
) -> Outcome {
    let mut resolve = None;
    let reported = js_sys::Promise::new(&mut |it, _| resolve = Some(it));
    let arrived = Rc::new(Cell::new(None));
    let arriving = Rc::clone(&arrived);
    let request = send(
        Probe {
            method: SafeMethod::Get,
            url,
            purpose,
        },
        move |result| {
            arriving.set(Some(result));
            resolve.unwrap().call0(&JsValue::UNDEFINED).unwrap();
        },
    );
    let request = held(request);
    JsFuture::from(reported).await.unwrap();
    drop(request);
    arrived.take().unwrap()
}

async fn body(bytes: &[u8]) -> Body<Text> {
    outcome(Purpose::Catalog, blob(bytes), Some)
        .await
        .unwrap()
        .body
}

#[wasm_bindgen_test]
async fn json_is_parsed_with_or_without_a_byte_order_mark() {
    let expected = Body::Json(parse(r#"{"a":"ü"}"#, 100).unwrap());
    assert_eq!(body(r#"{"a":"ü"}"#.as_bytes()).await, expected);
    assert_eq!(body("\u{FEFF}{\"a\":\"ü\"}".as_bytes()).await, expected);
}

#[wasm_bindgen_test]
async fn a_body_that_is_no_json_or_no_text_is_said_to_be_none() {
    for bytes in [
        &b""[..],
        b"<!doctype html>",
        b"{\"a\":",
        b"\"\xFF\xFE\"",
        b"\xEF\xBB\xBF",
    ] {
        assert_eq!(body(bytes).await, Body::NotJson, "{bytes:?}");
    }
}

#[wasm_bindgen_test]
async fn a_body_is_read_to_its_bound_and_not_beyond() {
    let mut bytes = vec![b' '; MAX_BYTES];
    bytes[0] = b'7';
    assert!(matches!(body(&bytes).await, Body::Json(_)));
    bytes.push(b' ');
    assert_eq!(body(&bytes).await, Body::OutOfBounds(OutOfBounds::TooLarge));
    assert_eq!(
        body("[".repeat(1000).as_bytes()).await,
        Body::OutOfBounds(OutOfBounds::TooDeep)
    );
}

#[wasm_bindgen_test]
async fn a_probe_that_wants_no_body_reads_none() {
    let answer = outcome(Purpose::Endpoint, blob(b"7"), Some).await.unwrap();
    assert_eq!((answer.status, answer.body), (200, Body::Unread));
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_success_has_its_status_and_went_nowhere_else() {
    let url = origin() + "/nothing-is-here";
    let answer = outcome(Purpose::OpenApi, url, Some).await.unwrap();
    assert_eq!((answer.status, answer.redirected_to), (404, None));
}

#[wasm_bindgen_test]
async fn what_cannot_be_asked_is_unreadable() {
    for url in [
        "blob:nothing",
        "http://",
        "http://localhost:1/",
        "javascript:0",
    ] {
        assert_eq!(
            outcome(Purpose::Catalog, url.to_owned(), Some).await,
            Err(Failure::Unreadable),
            "{url}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_probe_that_is_dropped_is_aborted() {
    let url = origin() + "/";
    assert_eq!(
        outcome(Purpose::Catalog, url, |_dropped| None).await,
        Err(Failure::Unreadable)
    );
}
