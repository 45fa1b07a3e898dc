//! How a page uses what was found: the methods behind `client.fetch`, `client.socket` and `client.events`.
//!
//! `www/lib/use/plan.ts` is their only user and has their types.

use crate::Engine;
use crate::convert;
use landfall_protocol::json::Text;
use landfall_protocol::time::Millis;
use landfall_protocol::usage::{self, After, CallId, Ended, Kind};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Engine {
    /// Begins a call of `service` (empty: of what runs at the base URL) with a method, and returns its number; without a
    /// method it is a connection that lasts. `retries` counts tries after the first one, `deadline` milliseconds from now.
    pub fn begin(
        &self,
        service: &str,
        method: &str,
        replayable: bool,
        retries: u32,
        deadline: u32,
    ) -> u32 {
        let now = self.driver.now();
        let kind = method
            .parse()
            .map_or(Kind::Connection, |method| Kind::Request {
                method,
                replayable,
                retries,
                deadline: now + Millis(deadline.into()),
            });
        self.driver.usage(|usage, _| usage.begin(service, kind).0)
    }

    /// Where a call goes now: `{to, patience}`; `to` is null when nothing is to be sent. `undefined` while the engine knows
    /// no more than the page does.
    pub fn route(&self, id: u32) -> JsValue {
        let now = self.driver.now();
        self.driver.usage(|usage, view| {
            let Some(view) = view else {
                return JsValue::UNDEFINED;
            };
            let route = usage.route(now, CallId(id), view);
            let json = JsValue::from(js_sys::Object::new());
            let to = route.to.map_or(JsValue::NULL, JsValue::from);
            let patience = u32::try_from(route.patience.0).unwrap_or(u32::MAX);
            convert::set(&json, "to", &to);
            convert::set(&json, "patience", &patience.into());
            json
        })
    }

    /// Takes in how a try ended: the status of the answer, with its `Retry-After` in milliseconds (0: none), or below 100
    /// unreachable (0), timed out (1), not sent (2), abandoned (3). Returns the pause before the next try in
    /// milliseconds, -1 when there is none. A sign that the backend is lost starts the search for it at once.
    pub fn ended(&self, id: u32, status: u16, retry_after: u32) -> i32 {
        let now = self.driver.now();
        let ended = match status {
            0 => Ended::Unreachable,
            1 => Ended::TimedOut,
            2 => Ended::Barred,
            3 => Ended::Abandoned,
            status => Ended::Answered {
                status,
                retry_after: (retry_after > 0).then(|| Millis(retry_after.into())),
            },
        };
        let (after, look) = self.driver.usage(|usage, view| {
            let after = view.map_or(After::Over, |view| {
                usage.ended(now, CallId(id), ended, view)
            });
            (after, usage.take_look())
        });
        if look {
            self.refresh();
        }
        match after {
            After::Again(pause) => i32::try_from(pause.0).unwrap_or(i32::MAX),
            After::Over => -1,
        }
    }

    /// What the daemon should hear, `{to, report}`; `undefined` when there is nothing, or nobody to tell.
    pub fn report(&self) -> JsValue {
        self.driver.usage(|usage, view| {
            let Some((to, tallies)) = view.and_then(|view| usage.report(view)) else {
                return JsValue::UNDEFINED;
            };
            let json = JsValue::from(js_sys::Object::new());
            convert::set(&json, "to", &to.into());
            let report = usage::write::<Text>(&tallies);
            convert::set(&json, "report", &convert::value(&report));
            json
        })
    }
}
