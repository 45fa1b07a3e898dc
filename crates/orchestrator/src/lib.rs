//! The daemon of Landfall: knows the services of a machine, watches their health on a CPU budget, and serves one
//! discovery document, so that a page needs one request instead of a port scan.
//!
//! One thread, one event loop. [`serve`](Options) wires; everything else is one mechanism in one file:
//!
//! - `sockets` tells who listens, `reader` asks what they are, `finder` puts the two together
//! - `registry` holds what is known and decides whose a found socket is
//! - `registrar` takes in services that register themselves (`registration`); `store` keeps what must not be forgotten
//! - `checker` runs health checks over `pool`, as far as `budget` allows; `health` turns verdicts into a score
//! - `publisher` turns changes into revisions; `http` serves them
//!
//! What an answer means (documents, endpoint maps, quantization, the budget's law) is decided by [`landfall_protocol`].

mod budget;
mod ceiling;
mod checker;
mod cli;
mod clock;
mod commands;
mod cpu;
mod descriptors;
mod error;
mod finder;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod http;
mod identity;
mod labels;
mod memory;
mod notify;
pub mod pool;
mod publisher;
mod reader;
mod register;
mod registrar;
pub mod registration;
mod registry;
pub mod reload;
mod serve;
pub mod settings;
mod shutdown;
mod sockets;
pub mod store;
pub mod token;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod weighing;

pub use cli::Cli;
pub use error::Error;
pub use labels::Labels;
pub use serve::{Options, serve};
