//! The decisions of Landfall: what to ask, what to believe, what to publish, when to wake.
#![forbid(unsafe_code)]

pub mod backoff;
pub mod method;
pub mod quantize;
pub mod rng;
pub mod template;
pub mod text;
pub mod time;
