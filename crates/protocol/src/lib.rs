//! The decisions of Landfall: what to ask, what to believe, what to publish, when to wake.
//!
//! Nothing here does IO, reads a clock or throws dice: time and randomness are arguments, requests are
//! actions, answers are inputs. So the browser, the daemon and the simulator run the same code.
//!
//! - [`resolver`] finds the backend of a page and keeps its snapshot true; [`usage`] decides how the page uses it
//! - [`probe`] is the ladder of questions to one origin; [`readers`] read what other people serve
//! - [`catalog`] is Landfall's own document; [`endpoint`] the map of endpoints with their methods
//! - [`quantize`], [`backoff`], [`breaker`], [`throttle`] and [`freshness`] are the mechanisms
#![forbid(unsafe_code)]

pub mod backoff;
pub mod breaker;
pub mod catalog;
pub mod endpoint;
mod field_list;
pub mod freshness;
pub mod id;
pub mod json;
pub mod method;
pub mod name;
pub mod probe;
pub mod quantize;
pub mod readers;
pub mod reason;
pub mod refused;
pub mod resolver;
pub mod rng;
pub mod snapshot;
pub mod template;
pub mod text;
pub mod throttle;
pub mod time;
pub mod url;
pub mod usage;
