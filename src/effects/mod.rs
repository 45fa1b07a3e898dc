//! What the machine wants done, one file for each kind of doing. No file here decides anything.

pub(crate) mod clock;
pub mod fetch;
pub mod page;
pub(crate) mod signals;
pub mod storage;
pub(crate) mod stream;
pub(crate) mod tabs;
pub(crate) mod timers;
