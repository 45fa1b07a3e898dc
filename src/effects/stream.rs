//! A stream of server-sent events (WHATWG HTML, 9.2), read with the browser's `EventSource`.

use crate::convert::{member, parse};
use js_sys::Function;
use landfall_protocol::catalog::MAX_BYTES;
use landfall_protocol::json::Text;
use landfall_protocol::resolver::StreamEvent;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type EventSource;

    #[wasm_bindgen(constructor, catch)]
    fn new(url: &str) -> Result<EventSource, JsValue>;

    #[wasm_bindgen(method, js_name = addEventListener)]
    fn add(this: &EventSource, event: &str, listener: &Function);

    #[wasm_bindgen(method, js_name = removeEventListener)]
    fn remove(this: &EventSource, event: &str, listener: &Function);

    #[wasm_bindgen(method)]
    fn close(this: &EventSource);
}

/// A stream that is closed when it is dropped.
pub(crate) struct Stream {
    source: Option<EventSource>,
    listener: Closure<dyn Fn(JsValue)>,
}

const EVENTS: [&str; 3] = ["open", "catalog", "error"];

/// Opens a stream and reports what comes of it. Where there is no `EventSource`, it has failed at once.
pub(crate) fn open(url: &str, report: impl Fn(StreamEvent<Text>) + 'static) -> Stream {
    let source = EventSource::new(url).ok();
    if source.is_none() {
        report(StreamEvent::Failed);
    }
    let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let text = |key| member(&event, key).and_then(|it| it.as_string());
        report(match text("type").as_deref() {
            Some("open") => StreamEvent::Opened,
            Some("catalog") => match text("data").map(|text| parse(&text, MAX_BYTES)) {
                Some(Ok(json)) => StreamEvent::Catalog(json),
                _ => StreamEvent::Garbage,
            },
            _ => StreamEvent::Failed,
        });
    });
    if let Some(source) = &source {
        for event in EVENTS {
            source.add(event, listener.as_ref().unchecked_ref());
        }
    }
    Stream { source, listener }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(source) = &self.source {
            source.close();
            // WebKit tells of the end of one that was still connecting.
            for event in EVENTS {
                source.remove(event, self.listener.as_ref().unchecked_ref());
            }
        }
    }
}
