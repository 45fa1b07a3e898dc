//! The wasm client: a thin host around [`landfall_protocol`]; it decides nothing itself.
//!
//! [`Engine`] is what TypeScript sees. `driver` keeps the one law of the machine, [`effects`] do what it
//! wants done, one file for each, `usage` serves the page's own requests, and [`convert`] is the one place where values cross the border.

pub mod convert;
mod driver;
pub mod effects;
mod options;
mod rehearsal;
mod usage;

use driver::Driver;
use landfall_protocol::probe::Access;
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

    /// Takes a value that the page hands in, as JSON text. What is not JSON or out of bounds is refused; the trace says so.
    pub fn provide(&self, json: &str) {
        self.driver.handle(Input::Provided(convert::provided(json)));
    }

    /// What the page wants, or what has happened to it; `www/lib/core/engine.ts` has the numbers. One method
    /// for all of it takes less than one for each.
    pub fn signal(&self, what: u32) {
        match what {
            0 => self.start(),
            1 => self.refresh(),
            2 => self.close(),
            3 => self.driver.handle(Input::Consent),
            // What the browser permits the page (Local Network Access): this machine, and this network.
            bits => self.driver.handle(Input::Access(Access {
                loopback: bits & 1 > 0,
                network: bits & 2 > 0,
            })),
        }
    }

    /// What it did and why, or every request it sent: oldest first.
    pub fn records(&self, requests: bool) -> JsValue {
        if requests {
            self.driver.requests()
        } else {
            self.driver.trace()
        }
    }
}

impl Engine {
    /// Begins to look for the backend.
    pub fn start(&self) {
        self.driver.start();
    }

    /// Asks again now.
    pub fn refresh(&self) {
        self.driver.handle(Input::Refresh);
    }

    /// Releases every timer, request, stream and listener.
    pub fn close(&self) {
        self.driver.close();
    }
}
