//! The wasm client: a thin host around [`landfall_protocol`]; it decides nothing itself.
//!
//! [`Engine`] is what TypeScript sees. `driver` keeps the one law of the machine, [`effects`] do what it
//! wants done, one file for each, `usage` serves the page's own requests, and [`convert`] is the one place where values cross the border.

pub mod convert;
mod driver;
pub mod effects;
mod options;
mod usage;

use driver::Driver;
use landfall_protocol::resolver::Input;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// Smaller than the allocator of the standard library; docs/size.md has the figures.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// A client's engine. `www/lib/core/boundary.ts` has the types of what goes in and out.
#[wasm_bindgen]
pub struct Engine {
    driver: Rc<Driver>,
}

#[wasm_bindgen]
impl Engine {
    /// An engine that has not started. `publish` is called with each change, after the machine was drained.
    ///
    /// # Errors
    /// `{at, code, value}`: which option is wrong, and how. `www/lib/core/engine.ts` has the words.
    #[wasm_bindgen(constructor)]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "to lend a value of JavaScript takes more code than to give it"
    )]
    pub fn new(options: JsValue, publish: js_sys::Function) -> Result<Engine, JsValue> {
        Ok(Self {
            driver: Driver::new(options::read(&options)?, publish),
        })
    }

    /// Begins to look for the backend.
    pub fn start(&self) {
        self.driver.start();
    }

    /// Takes a value that the page hands in, as JSON text. What is not JSON or out of bounds is refused; the trace says so.
    pub fn provide(&self, json: &str) {
        self.driver.handle(Input::Provided(convert::provided(json)));
    }

    /// Asks again now.
    pub fn refresh(&self) {
        self.driver.handle(Input::Refresh);
    }

    /// The browser permits the page to ask this machine, or this network (Local Network Access); or no longer.
    pub fn permit(&self, loopback: bool, network: bool) {
        self.driver.handle(Input::LocalAccess(loopback));
        self.driver.handle(Input::NetworkAccess(network));
    }

    /// What it did and why, oldest first.
    pub fn trace(&self) -> JsValue {
        self.driver.trace()
    }

    /// Every request it sent, oldest first.
    pub fn requests(&self) -> JsValue {
        self.driver.requests()
    }

    /// Releases every timer, request, stream and listener.
    pub fn close(&self) {
        self.driver.close();
    }
}
