//! Every reader of what others wrote, fed with any bytes, and what must hold of whatever it makes of them.
//!
//! The fuzz targets call these functions, and so does a test of `landfall-protocol` with every input that is kept in `corpus/`,
//! so that what fuzzing has found once stays mended without a nightly compiler.

use landfall_protocol::{
    catalog::{self, Document},
    freshness::{self, CacheControl, ETag, LONGEST_DELAY},
    id::Epoch,
    json::{MAX_DEPTH, check_bounds},
    method::Method,
    probe::{Answer, Body},
    readers::{allow, api_catalog, openapi},
    resolver::{Action, Input, Options, Resolver, StreamEvent},
    snapshot::record,
    template::{MAX_EXPANDED_BYTES, PathTemplate},
    time::Millis,
    url::BaseUrl,
};
use serde_json::Value;

/// One reader: the name of its target and corpus, and its function.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Reader; 10] = [
    ("allow", allow),
    ("cache_control", cache_control),
    ("cached", cached),
    ("catalog", catalog),
    ("etag", etag),
    ("linkset", linkset),
    ("openapi", openapi),
    ("retry_after", retry_after),
    ("sse", sse),
    ("template", template),
];

/// An `Allow` header: the methods that were read, written down again, are read again.
pub fn allow(data: &[u8]) {
    let read = allow::read(&String::from_utf8_lossy(data));
    let names: Vec<_> = read.methods.iter().map(Method::as_str).collect();
    let again = allow::read(&names.join(", "));
    assert_eq!((again.methods, again.unknown), (read.methods, 0));
}

/// A `Cache-Control` header: seconds fit in 31 bits.
pub fn cache_control(data: &[u8]) {
    let read = CacheControl::read(&String::from_utf8_lossy(data));
    assert!(
        read.max_age
            .into_iter()
            .chain(read.stale_while_revalidate)
            .all(|seconds| seconds <= 1 << 31)
    );
}

/// An `ETag` header: a tag that was read is read again, and matches itself.
pub fn etag(data: &[u8]) {
    if let Some(tag) = ETag::read(&String::from_utf8_lossy(data)) {
        let again = ETag::read(tag.as_str()).expect("a tag reads its own text");
        assert!(again == tag && again.matches_weakly(&tag));
    }
}

/// A `Retry-After` header: the delay is bounded, and a number means the same with and without a clock.
pub fn retry_after(data: &[u8]) {
    const NOW: u64 = 1_795_432_560;
    let value = String::from_utf8_lossy(data);
    let delay = freshness::retry_after(&value, NOW);
    assert!(delay.is_none_or(|delay| delay <= LONGEST_DELAY));
    if let Some(seconds) = freshness::delay_seconds(&value) {
        assert_eq!(delay.map(|delay| delay.0), Some(u64::from(seconds) * 1_000));
    }
}

/// A path template, and after a line feed the value of each of its variables: the path stays on its origin.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (template, value) = text.split_once('\n').unwrap_or((&text, "x"));
    let Ok(template) = PathTemplate::parse(template) else {
        return;
    };
    let again = PathTemplate::parse(template.as_str());
    assert!(
        again
            .as_ref()
            .is_ok_and(|again| *again == template && again.same_shape(&template))
    );
    if let Ok(path) = template.expand(&|_| Some(value)) {
        assert!(
            path.len() <= MAX_EXPANDED_BYTES && path.starts_with('/') && !path.starts_with("//")
        );
        assert!(
            path.bytes()
                .all(|byte| byte.is_ascii_graphic() && !b"?#\\\"<>{}".contains(&byte))
        );
        let fits = path.len() <= landfall_protocol::template::MAX_BYTES && !value.is_empty();
        assert!(template.matches(&path) || !fits);
    }
}

/// A catalog: what was read means the same when it is written down and read again.
pub fn catalog(data: &[u8]) {
    let Some(json) = json(data, catalog::MAX_BYTES) else {
        return;
    };
    let Ok(document) = Document::from_json(&json) else {
        return;
    };
    let wire = document.to_wire().expect("a catalog has a stamp");
    let mut written = serde_json::to_value(wire).expect("a catalog is JSON");
    if let Some(config) = &document.config {
        written["config"] = config.clone();
    }
    assert_eq!(Document::from_json(&written), Ok(document));
}

/// An OpenAPI document: no endpoint without a method, and none on a path that is no template.
pub fn openapi(data: &[u8]) {
    let Some(json) = json(data, openapi::MAX_BYTES) else {
        return;
    };
    let Ok(reading) = openapi::read(&json, &BaseUrl::localhost(8000)) else {
        return;
    };
    for endpoint in &reading.endpoints {
        assert!(!endpoint.methods().is_empty());
        assert_eq!(
            PathTemplate::parse(endpoint.path.as_str()).as_ref(),
            Ok(&endpoint.path)
        );
    }
}

/// An API catalog: where it points to is a URL.
pub fn linkset(data: &[u8]) {
    let Some(json) = json(data, api_catalog::MAX_BYTES) else {
        return;
    };
    if let Ok(Some(url)) = api_catalog::read(&json, &BaseUrl::localhost(8000)) {
        assert!(BaseUrl::parse(url.as_str()).is_ok());
    }
}

/// A value kept from an earlier visit: what is made of it is shown, and kept again it is taken again.
pub fn cached(data: &[u8]) {
    if check_bounds(data, record::MAX_BYTES, record::MAX_DEPTH).is_err() {
        return;
    }
    let Ok(json) = serde_json::from_slice(data) else {
        return;
    };
    let Some(kept) = shown_from_cache(json) else {
        return;
    };
    let again = shown_from_cache(kept.clone());
    assert_eq!(again, Some(kept));
}

/// What a page shows first when it has kept `json`; `None` when that is not believed.
fn shown_from_cache(json: Value) -> Option<Value> {
    let mut options = Options::new(Some(BaseUrl::localhost(3000)));
    options.cached = Some(Ok((json, Millis::ZERO)));
    let mut resolver = Resolver::new(options, 1);
    resolver.handle(Millis::ZERO, Input::Start);
    resolver
        .snapshot()
        .filter(|it| it.view.status == "cached")
        .map(|it| it.to_json())
}

/// A `text/event-stream` from the live origin: no revision goes back within one run of a registry, and the page keeps
/// a value whatever arrives.
pub fn sse(data: &[u8]) {
    let mut resolver = Resolver::new(Options::new(Some(BaseUrl::localhost(3000))), 1);
    resolver.handle(Millis::ZERO, Input::Start);
    let mut stream = None;
    let mut newest: Vec<(Epoch, u64)> = Vec::new();
    for event in std::iter::once(None).chain(events(data).into_iter().map(Some)) {
        if let (Some(id), Some(event)) = (stream, event) {
            resolver.handle(Millis(1), Input::Streamed { id, event });
        }
        while let Some(action) = resolver.poll_action() {
            match action {
                Action::Fetch { id, .. } if stream.is_none() => {
                    let first = serde_json::json!({
                        "landfall": 1, "epoch": {"registry": "r", "boot": 1}, "revision": 1, "services": [],
                        "events": "/.well-known/landfall/events"
                    });
                    let result = Ok(Answer::new(200, Body::Json(first)));
                    resolver.handle(Millis(1), Input::Answered { id, result });
                }
                Action::OpenStream { id, .. } => stream = Some(id),
                Action::CloseStream(id) => stream = stream.filter(|it| *it != id),
                Action::Publish { snapshot, .. } => {
                    let view = &snapshot.view;
                    let (Some(epoch), Some(revision)) = (view.epoch.clone(), view.revision) else {
                        continue;
                    };
                    let registry = |it: &&(Epoch, u64)| it.0.registry() == epoch.registry();
                    if let Some((known, at)) = newest.iter().rev().find(registry) {
                        assert!((known.boot(), *at) <= (epoch.boot(), revision));
                    }
                    newest.push((epoch, revision));
                }
                _ => {}
            }
        }
        assert!(resolver.snapshot().is_some());
    }
}

/// The events of a stream as a browser dispatches them (WHATWG HTML, 9.2.6).
fn events(data: &[u8]) -> Vec<StreamEvent<Value>> {
    let text = String::from_utf8_lossy(data);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut events = vec![StreamEvent::Opened];
    let (mut name, mut lines) = ("", Vec::new());
    for line in text.split('\n') {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" if line.is_empty() => {
                if name == "catalog" && !lines.is_empty() {
                    let read = json(lines.join("\n").as_bytes(), catalog::MAX_BYTES);
                    events.push(read.map_or(StreamEvent::Garbage, StreamEvent::Catalog));
                }
                (name, lines) = ("", Vec::new());
            }
            "event" => name = value,
            "data" => lines.push(value),
            _ => {}
        }
    }
    events.push(StreamEvent::Failed);
    events
}

/// The way every document from outside takes: bounds first, then the parser.
fn json(data: &[u8], max_bytes: usize) -> Option<Value> {
    check_bounds(data, max_bytes, MAX_DEPTH).ok()?;
    serde_json::from_slice(data).ok()
}
