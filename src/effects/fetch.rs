//! Sends a probe and reads its answer: as much of the body as its purpose allows, and no byte more.

use crate::convert::{JsJson, NotParsed, member, parse};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use js_sys::Uint8Array;
use landfall_protocol::json::OutOfBounds;
use landfall_protocol::method::SafeMethod;
use landfall_protocol::probe::{Answer, Body, Failure, Mode, Probe};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AbortController, ReadableStreamDefaultReader, RequestCache, RequestMode};

/// A request under way; dropped, it is aborted.
pub struct InFlight(Option<AbortController>);

impl Drop for InFlight {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// Sends a probe and reports its answer, even when it was aborted.
pub fn send(
    probe: Probe,
    report: impl FnOnce(Result<Answer<JsJson>, Failure>) + 'static,
) -> InFlight {
    let controller = AbortController::new().ok();
    let request = build(&probe, controller.as_ref());
    spawn_local(async move {
        let answer = match request {
            Ok(request) => request.send().await.map_err(|_| Failure::Unreadable),
            Err(_) => Err(Failure::Unreadable),
        };
        report(match answer {
            Ok(response) => Ok(read(&probe, &response).await),
            Err(failure) => Err(failure),
        });
    });
    InFlight(controller)
}

/// A request that needs no preflight: no header of its own, and revalidation left to the browser's cache.
fn build(probe: &Probe, controller: Option<&AbortController>) -> Result<Request, gloo_net::Error> {
    let signal = controller.map(AbortController::signal);
    RequestBuilder::new(&probe.url)
        .method(match probe.method {
            SafeMethod::Get => Method::GET,
            SafeMethod::Options => Method::OPTIONS,
        })
        .mode(match probe.purpose.mode() {
            Mode::Cors => RequestMode::Cors,
            Mode::NoCors => RequestMode::NoCors,
        })
        .cache(RequestCache::NoCache)
        .abort_signal(signal.as_ref())
        .build()
}

async fn read(probe: &Probe, response: &Response) -> Answer<JsJson> {
    let headers = response.headers();
    let url = response.url();
    Answer {
        status: response.status(),
        redirected_to: (response.redirected() && origin(&url) != origin(&probe.url))
            .then(|| origin(&url).to_owned()),
        allow: headers.get("allow"),
        cache_control: headers.get("cache-control"),
        retry_after: headers.get("retry-after"),
        body: read_body(response, probe.purpose.max_bytes()).await,
    }
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let path = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..path]
}

async fn read_body(response: &Response, max_bytes: usize) -> Body<JsJson> {
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
