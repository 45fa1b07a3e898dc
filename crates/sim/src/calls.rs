//! What a page does with what was found, in virtual time: calls and connections over views that change, to instances that
//! answer, fail, hang and ask to be left alone, by hosts that are late or wake up early.
//!
//! The protocol's `usage` decides; the [model] was told the truth about what was sent and how it ended, and says what
//! must hold. A session depends on its seed alone.

mod draw;
mod ending;
mod judge;
mod model;
mod session;

pub(crate) use session::run;
