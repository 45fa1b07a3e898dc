//! One alarm: when the machine wants to be woken.

use gloo_timers::callback::Timeout;
use landfall_protocol::time::Millis;

/// The longest time that `setTimeout` can wait; a longer one would fire at once.
const LONGEST: u64 = i32::MAX as u64;

/// An alarm that goes off once; dropped, it does not.
pub(crate) struct Alarm {
    /// When it goes off.
    pub(crate) at: Millis,
    _timeout: Timeout,
}

impl Alarm {
    /// An alarm for `at`, as seen from `now`. It may go off too early; the machine then sleeps on.
    pub(crate) fn set(at: Millis, now: Millis, wake: impl FnOnce() + 'static) -> Self {
        let pause = (at - now).0.min(LONGEST);
        Self {
            at,
            _timeout: Timeout::new(u32::try_from(pause).unwrap_or_default(), wake),
        }
    }
}
