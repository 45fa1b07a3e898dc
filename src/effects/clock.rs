//! The time since the client was created.

use landfall_protocol::time::Millis;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// Counts whole milliseconds from an instant of `performance.now()`, which never goes backwards.
pub(crate) struct Clock {
    started_at: f64,
}

impl Clock {
    pub(crate) const fn new(started_at: f64) -> Self {
        Self { started_at }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates at 0"
    )]
    pub(crate) fn now(&self) -> Millis {
        Millis((now() - self.started_at) as u64)
    }
}
