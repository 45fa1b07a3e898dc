//! What the browser tells of the page: visible or hidden, online or offline, shown again from the back/forward cache.

use crate::convert::member;
use crate::driver::Driver;
use js_sys::Function;
use landfall_protocol::resolver::Input;
use std::rc::Weak;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Target;

    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn remove(this: &Target, event: &str, listener: &Function) -> Result<(), JsValue>;
}

/// Listens until it is dropped.
pub(crate) struct Signals {
    registered: Vec<(Target, &'static str)>,
    listener: Closure<dyn Fn(JsValue)>,
}

impl Signals {
    /// Reports to `driver`: how things are now, and each change.
    pub(crate) fn listen(driver: Weak<Driver>) -> Self {
        let report = move |event: JsValue| {
            let Some(driver) = driver.upgrade() else {
                return;
            };
            // While the page goes away it still counts as visible.
            let leaving = member(&event, "type").is_some_and(|it| it == "pagehide");
            driver.handle(Input::Visible(
                !leaving && !flag(&document(), "hidden", true),
            ));
            driver.handle(Input::Online(!flag(&global("navigator"), "onLine", false)));
            if leaving {
                driver.handle(Input::Leave);
            } else if flag(&event, "persisted", true) {
                driver.handle(Input::Return);
            }
        };
        report(JsValue::UNDEFINED);
        let listener = Closure::<dyn Fn(JsValue)>::new(report);
        let mut signals = Self {
            registered: Vec::new(),
            listener,
        };
        for event in ["online", "offline", "pagehide", "pageshow"] {
            signals.add(js_sys::global().into(), event);
        }
        signals.add(document(), "visibilitychange");
        signals
    }

    fn add(&mut self, target: JsValue, event: &'static str) {
        let target: Target = target.unchecked_into();
        // A server has neither a document nor these events.
        if target
            .add(event, self.listener.as_ref().unchecked_ref())
            .is_ok()
        {
            self.registered.push((target, event));
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for (target, event) in &self.registered {
            let _ = target.remove(event, self.listener.as_ref().unchecked_ref());
        }
    }
}

fn global(name: &str) -> JsValue {
    member(&js_sys::global(), name).unwrap_or(JsValue::UNDEFINED)
}

fn document() -> JsValue {
    global("document")
}

/// Whether a member is exactly `expected`; absent members are not.
fn flag(object: &JsValue, key: &str, expected: bool) -> bool {
    member(object, key).is_some_and(|value| value.as_bool() == Some(expected))
}
