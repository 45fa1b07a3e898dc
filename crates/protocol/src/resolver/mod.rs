//! The resolver: finds the backend, settles in time, and keeps what the page sees true.
//!
//! One law for every host: after every [`Resolver::handle`], drain [`Resolver::poll_action`] until it
//! gives nothing, then sleep until [`Resolver::poll_timeout`] or the next input.
//!
//! ```
//! use landfall_protocol::{resolver::{Action, Input, Options, Resolver}, time::Millis};
//! # fn run(value: serde_json::Value) {
//! let mut resolver = Resolver::<serde_json::Value>::new(Options::new(None), 7);
//! resolver.handle(Millis(0), Input::Start);
//! while let Some(action) = resolver.poll_action() {
//!     match action {
//!         Action::Fetch { id, probe } => { /* send it; answer with Input::Answered */ }
//!         Action::Publish { snapshot, events } => { /* show it */ }
//!         _ => {}
//!     }
//! }
//! let (at, why) = resolver.poll_timeout().unwrap();
//! # let _ = (at, why, value);
//! # }
//! ```

mod action;
mod bases;
mod conditions;
mod contender;
mod event;
mod following;
mod holdings;
mod input;
mod io;
mod link;
mod machine;
mod options;
mod publication;
mod race;
mod tabs;
mod trace;

pub use action::{Action, RequestId, StreamId};
pub use event::Event;
pub use holdings::Source;
pub use input::{Input, StreamEvent};
pub use machine::Resolver;
pub use options::{
    Expect, Fallback, MAX_CANDIDATES, MAX_WANTED, ORCHESTRATOR_PORT, Options, candidates,
};
pub use tabs::{Lock, Message};
pub use trace::{Entry, KEPT, Sent};

/// Why a resolver wants to be woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// `ready` has to settle.
    Deadline,
    /// The page-local sources are read again.
    Look,
    /// A candidate is asked, for the first time or again.
    Retry,
    /// A request has taken too long.
    RequestTimeout,
    /// The live origin is asked whether anything has changed.
    Poll,
    /// A broken stream is opened again.
    Reopen,
    /// A sign of life is due, or the leading tab has given none.
    Tabs,
}

impl Why {
    /// Its name in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Look => "look",
            Self::Retry => "retry",
            Self::RequestTimeout => "request-timeout",
            Self::Poll => "poll",
            Self::Reopen => "reopen",
            Self::Tabs => "tabs",
        }
    }
}
