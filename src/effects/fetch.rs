//! Sends a probe and reads its answer: as much of the body as its purpose allows, and no byte more.

use crate::convert::{NotParsed, member, parse, set};
use gloo_net::http::Response;
use js_sys::{Object, Promise, Uint8Array};
use landfall_protocol::json::{OutOfBounds, Text};
use landfall_protocol::probe::{Answer, Body, Failure, Mode, Probe};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, ReadableStreamDefaultReader};

/// A request under way; dropped, it is aborted.
pub struct InFlight(Option<AbortController>);

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

#[wasm_bindgen]
extern "C" {
    /// As `web_sys::Window::fetch_with_str_and_init`, for workers and servers too.
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &JsValue) -> Result<Promise, JsValue>;
}

/// Sends a probe and reports its answer, even when it was aborted.
pub fn send(
    probe: Probe,
    report: impl FnOnce(Result<Answer<Text>, Failure>) + 'static,
) -> InFlight {
    let controller = AbortController::new().ok();
    let sent = fetch(&probe.url, &init(&probe, controller.as_ref()));
    spawn_local(async move {
        let response = match sent {
            Ok(promise) => JsFuture::from(promise).await,
            Err(refusal) => Err(refusal),
        };
        report(match response {
            Ok(response) => Ok(read(
                &probe,
                &Response::from(response.unchecked_into::<web_sys::Response>()),
            )
            .await),
            Err(_) => Err(Failure::Unreadable),
        });
    });
    InFlight(controller)
}

/// A request that needs no preflight: no header of its own, and revalidation left to the browser's cache.
fn init(probe: &Probe, controller: Option<&AbortController>) -> JsValue {
    let mode = match probe.purpose.mode() {
        Mode::Cors => "cors",
        Mode::NoCors => "no-cors",
    };
    let init = Object::new().into();
    set(&init, "method", &probe.method.as_str().into());
    set(&init, "mode", &mode.into());
    set(&init, "cache", &"no-cache".into());
    if let Some(controller) = controller {
        set(&init, "signal", &controller.signal());
    }
    init
}

async fn read(probe: &Probe, response: &Response) -> Answer<Text> {
    let headers = response.headers();
    let url = response.url();
    Answer {
        status: response.status(),
        redirected_to: (response.redirected() && origin(&url) != origin(&probe.url))
            .then(|| origin(&url).to_owned()),
        allow: headers.get("allow"),
        cache_control: headers.get("cache-control"),
        retry_after: headers.get("retry-after"),
        // What comes with an error says nothing, and is not waited for.
        body: if response.ok() {
            read_body(response, probe.purpose.max_bytes()).await
        } else {
            Body::Unread
        },
    }
}

/// Scheme, host and port of an absolute URL: all before its third slash.
fn origin(url: &str) -> &str {
    let mut slashes = url.bytes().enumerate().filter(|(_, byte)| *byte == b'/');
    slashes.nth(2).map_or(url, |(at, _)| &url[..at])
}

async fn read_body(response: &Response, max_bytes: usize) -> Body<Text> {
    if max_bytes == 0 {
        return Body::Unread;
    }
    let bytes = match read_bytes(response, max_bytes).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Body::OutOfBounds(OutOfBounds::TooLarge),
        Err(_) => return Body::NotJson,
    };
    // A byte order mark is no JSON, but some servers send one (RFC 8259 section 8.1).
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let Ok(text) = std::str::from_utf8(text) else {
        return Body::NotJson;
    };
    match parse(text, max_bytes) {
        Ok(json) => Body::Json(json),
        Err(NotParsed::OutOfBounds(bound)) => Body::OutOfBounds(bound),
        Err(NotParsed::NotJson) => Body::NotJson,
    }
}

/// Reads a body chunk by chunk, so that one that is huge or never ends is left at the bound; `None` then.
async fn read_bytes(response: &Response, max_bytes: usize) -> Result<Option<Vec<u8>>, JsValue> {
    let mut bytes = Vec::new();
    let Some(body) = response.body() else {
        return Ok(Some(bytes));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let read = JsFuture::from(reader.read()).await?;
        let Some(chunk) = member(&read, "value") else {
            return Ok(Some(bytes));
        };
        let chunk: Uint8Array = chunk.unchecked_into();
        let start = bytes.len();
        let end = start + chunk.length() as usize;
        if end > max_bytes {
            // Nobody waits for the rest; whether the stream can be told does not matter.
            drop(reader.cancel());
            return Ok(None);
        }
        bytes.resize(end, 0);
        chunk.copy_to(&mut bytes[start..]);
    }
}
