//! One byte per measurement: health, latency, and arrays of numbers, each with a stated error.
//!
//! The daemon keeps histories of thousands of services, and a page draws them; neither can use more than two digits.

mod array;
mod health;
mod latency;

pub use array::{NotFinite, Quantized};
pub use health::Health;
pub use latency::{LATENCY_MAX_ERROR_PERMILLE, Latency};
