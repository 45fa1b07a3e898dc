//! The engine in a page: it publishes outside the machine, takes what comes from inside a listener, says which option
//! is wrong, and lets go of everything when it is closed.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Object, Reflect};
use landfall::Engine;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = "
    export const options = (more) => ({
      name: 'test', startedAt: performance.now(), timeout: 60_000, page: location.origin, ports: [], candidates: [], endpoints: [],
      ownOriginOnly: false, service: null, expect: {}, fallback: { baseUrl: 'http://localhost:8010', wsBaseUrl: 'ws://localhost:8010', config: { from: 'fallback' } },
      cache: false, tabs: false, seed: 7, ...JSON.parse(more),
    });

    // What the page holds open: listeners and timers that were added and not taken away.
    const held = new Map();
    const count = (key, by) => held.set(key, (held.get(key) ?? 0) + by);
    for (const target of [window, document]) {
      const { addEventListener, removeEventListener } = target;
      target.addEventListener = function (type, ...rest) { count(type, 1); return addEventListener.call(this ?? target, type, ...rest); };
      target.removeEventListener = function (type, ...rest) { count(type, -1); return removeEventListener.call(this ?? target, type, ...rest); };
    }
    const timers = new Set();
    const { setTimeout: set, clearTimeout: clear } = window;
    window.setTimeout = (call, ms) => { const id = set(() => { timers.delete(id); call(); }, ms); timers.add(id); return id; };
    window.clearTimeout = (id) => { timers.delete(id); clear(id); };
    export const holds = () => JSON.stringify([...held].filter(([, count]) => count !== 0)) + timers.size;
    export const fire = (target, type) => globalThis[target].dispatchEvent(new Event(type));
")]
extern "C" {
    fn options(more: &str) -> JsValue;
    fn holds() -> String;
    fn fire(target: &str, event: &str);
}

fn member(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap()
}

fn text(object: &JsValue, path: &str) -> String {
    let value = path
        .split('.')
        .fold(object.clone(), |object, key| member(&object, key));
    value
        .as_string()
        .unwrap_or_else(|| String::from(js_sys::JSON::stringify(&value).unwrap()))
}

fn event_types(change: &JsValue) -> Vec<String> {
    Array::from(&member(change, "events"))
        .iter()
        .map(|event| text(&event, "type"))
        .collect()
}

/// An engine, and everything it has published so far.
fn engine(more: &str) -> (Engine, Rc<RefCell<Vec<JsValue>>>) {
    let changes = Rc::new(RefCell::new(Vec::new()));
    let published = Rc::clone(&changes);
    let publish =
        Closure::<dyn Fn(JsValue)>::new(move |change| published.borrow_mut().push(change));
    let engine = Engine::new(options(more), publish.into_js_value().unchecked_into()).unwrap();
    (engine, changes)
}

/// Resolves when `ready` holds; it is asked in every turn.
async fn until(ready: impl Fn() -> bool) {
    while !ready() {
        let pause = js_sys::Promise::new(&mut |resolve, _| {
            let set: Function = member(&js_sys::global(), "setTimeout").unchecked_into();
            let _ = set.call2(&JsValue::UNDEFINED, &resolve, &5.into());
        });
        JsFuture::from(pause).await.unwrap();
    }
}

#[wasm_bindgen_test]
async fn it_settles_on_the_fallback_at_the_deadline() {
    let (engine, changes) = engine(
        r#"{"timeout": 30, "endpoints": [{"name": "item", "path": "/items/{id}", "method": "PUT"}]}"#,
    );
    engine.start();
    assert!(changes.borrow().is_empty());
    until(|| !changes.borrow().is_empty()).await;
    let first = changes.borrow()[0].clone();
    assert_eq!(text(&first, "snapshot.status"), "fallback");
    assert_eq!(text(&first, "snapshot.baseUrl"), "http://localhost:8010");
    assert_eq!(text(&first, "snapshot.config"), r#"{"from":"fallback"}"#);
    assert_eq!(
        text(&first, "snapshot.names"),
        r#"{"item":{"endpoint":0,"method":"PUT"}}"#
    );
    assert_eq!(text(&first, "snapshot.epoch"), "null");
    assert_eq!(event_types(&first)[0], "config-ready");
    engine.close();
}

#[wasm_bindgen_test]
fn what_is_provided_is_published_before_the_call_returns() {
    let (engine, changes) = engine("{}");
    engine.start();
    engine.provide(r#"{"API_BASE_URL": "http://localhost:9000", "theme": {"dark": [true]}}"#);
    let first = changes.borrow()[0].clone();
    assert_eq!(text(&first, "snapshot.status"), "provided");
    assert_eq!(
        (
            text(&first, "snapshot.baseUrl"),
            text(&first, "snapshot.wsBaseUrl")
        ),
        ("http://localhost:9000".into(), "ws://localhost:9000".into())
    );
    assert_eq!(text(&first, "snapshot.config.theme"), r#"{"dark":[true]}"#);
    engine.provide("not JSON");
    engine.provide("[1]");
    engine.provide(&"[".repeat(100));
    assert_eq!(changes.borrow().len(), 1);
    engine.close();
}

#[wasm_bindgen_test]
fn a_listener_may_call_the_engine() {
    let engine = Rc::new(RefCell::new(None::<Engine>));
    let told = Rc::new(RefCell::new(Vec::new()));
    let (inner, log) = (Rc::clone(&engine), Rc::clone(&told));
    let publish = Closure::<dyn Fn(JsValue)>::new(move |change: JsValue| {
        let revision = text(&change, "snapshot.config.n");
        log.borrow_mut().push(revision.clone());
        let engine = inner.borrow();
        let engine = engine.as_ref().unwrap();
        if revision == "1" {
            engine.provide(r#"{"n": 2}"#);
            engine.refresh();
            assert!(Array::is_array(&engine.records(false)));
            // It is taken, and published after this call, not inside it.
            assert_eq!(*log.borrow(), ["1"]);
        }
    });
    *engine.borrow_mut() =
        Some(Engine::new(options("{}"), publish.into_js_value().unchecked_into()).unwrap());
    let running = engine.borrow();
    let running = running.as_ref().unwrap();
    running.start();
    running.provide(r#"{"n": 1}"#);
    assert_eq!(*told.borrow(), ["1", "2"]);
    running.close();
}

#[wasm_bindgen_test]
fn a_listener_that_throws_does_not_stop_it() {
    let publish = Function::new_no_args(
        "globalThis.calls = (globalThis.calls ?? 0) + 1; throw new Error('mine')",
    );
    let engine = Engine::new(options("{}"), publish).unwrap();
    engine.start();
    engine.provide(r#"{"n": 1}"#);
    engine.provide(r#"{"n": 2}"#);
    assert_eq!(js_sys::eval("calls").unwrap().as_f64(), Some(2.0));
    engine.close();
}

#[wasm_bindgen_test]
fn a_getter_of_the_page_may_call_the_engine_while_it_looks() {
    let (engine, changes) = engine("{}");
    let engine = Rc::new(engine);
    let inner = Rc::clone(&engine);
    let getter = Closure::<dyn Fn() -> JsValue>::new(move || {
        inner.provide(r#"{"from": "inside"}"#);
        JsValue::UNDEFINED
    });
    let place = Object::new();
    for (key, value) in [("get", getter.as_ref()), ("configurable", &JsValue::TRUE)] {
        Reflect::set(&place, &key.into(), value).unwrap();
    }
    Object::define_property(&js_sys::global(), &"__LANDFALL_CONFIG__".into(), &place);
    engine.start();
    Reflect::delete_property(&js_sys::global(), &"__LANDFALL_CONFIG__".into()).unwrap();
    assert_eq!(text(&changes.borrow()[0], "snapshot.config.from"), "inside");
    engine.close();
}

#[wasm_bindgen_test]
async fn closed_it_holds_nothing_and_says_nothing() {
    let before = holds();
    let (engine, changes) = engine(r#"{"timeout": 20}"#);
    engine.start();
    assert_ne!(holds(), before);
    engine.close();
    assert_eq!(holds(), before);
    engine.provide(r#"{"n": 1}"#);
    engine.refresh();
    fire("window", "online");
    engine.close();
    until_quiet().await;
    assert!(changes.borrow().is_empty());
    assert_eq!(holds(), before);
}

/// Long enough for the deadline that the test has set.
async fn until_quiet() {
    let turns = std::cell::Cell::new(0);
    until(|| turns.replace(turns.get() + 1) >= 10).await;
}

#[wasm_bindgen_test]
async fn a_page_that_goes_away_and_comes_back_does_not_disturb_it() {
    let (engine, changes) = engine(r#"{"timeout": 30}"#);
    engine.start();
    for (target, event) in [
        ("window", "pagehide"),
        ("window", "pageshow"),
        ("document", "visibilitychange"),
        ("window", "offline"),
        ("window", "online"),
    ] {
        fire(target, event);
    }
    until(|| !changes.borrow().is_empty()).await;
    assert_eq!(text(&changes.borrow()[0], "snapshot.status"), "fallback");
    engine.close();
}

#[wasm_bindgen_test]
fn an_option_that_is_wrong_is_named() {
    let wrong = [
        (
            r#"{"candidates": ["http://ok.example", "ftp://no.example"]}"#,
            "candidates",
            "bad-url",
            "ftp://no.example",
        ),
        (
            r#"{"endpoints": [{"name": "a", "path": "no-slash"}]}"#,
            "endpoints/a",
            "bad-path",
            "no-slash",
        ),
        (
            r#"{"endpoints": [{"name": "a", "path": "/", "method": "get"}]}"#,
            "endpoints/a",
            "bad-method",
            "get",
        ),
        (
            r#"{"endpoints": [{"name": "a", "path": "/", "protocol": "tcp"}]}"#,
            "endpoints/a",
            "bad-protocol",
            "tcp",
        ),
        (r#"{"service": ""}"#, "service", "bad-name", ""),
        (
            r#"{"expect": {"title": "a\nb"}}"#,
            "expect/title",
            "bad-name",
            "a\u{FFFD}b",
        ),
        (r#"{"timeout": "soon"}"#, "timeout", "malformed", ""),
        (r#"{"ports": [70000]}"#, "ports", "malformed", ""),
    ];
    for (more, at, code, value) in wrong {
        let refusal = Engine::new(options(more), Function::new_no_args(""))
            .err()
            .unwrap();
        assert_eq!(
            (
                text(&refusal, "at"),
                text(&refusal, "code"),
                text(&refusal, "value")
            ),
            (at.into(), code.into(), value.into()),
            "{more}"
        );
    }
}

#[wasm_bindgen_test]
async fn the_records_tell_what_was_sent() {
    let (engine, _) = engine(r#"{"timeout": 30}"#);
    engine.start();
    let first = || Array::from(&engine.records(true)).get(0);
    until(|| first().is_object() && text(&first(), "status") == "404").await;
    assert_eq!(
        (
            text(&first(), "method"),
            text(&first(), "purpose"),
            text(&first(), "outcome")
        ),
        ("GET".into(), "catalog".into(), "answered".into())
    );
    assert_eq!(
        text(&Array::from(&engine.records(false)).get(0), "kind"),
        "race"
    );
    engine.close();
}
