//! What happens to a resolver.

use super::action::{RequestId, StreamId};
use super::tabs::{Lock, Message};
use crate::probe::{Answer, Failure};

/// Something that happened in the host.
#[derive(Debug, Clone, PartialEq)]
pub enum Input<J> {
    /// The page has started. The first input.
    Start,
    /// The time of [`super::Resolver::poll_timeout`] has come.
    Wake,
    /// A request has its answer.
    Answered {
        /// Which request.
        id: RequestId,
        /// The answer.
        result: Result<Answer<J>, Failure>,
    },
    /// The page-local sources, best first, as they are now.
    Looked(Vec<J>),
    /// The page hands in a value.
    Provided(J),
    /// Something came of a stream.
    Streamed {
        /// Which stream.
        id: StreamId,
        /// What.
        event: StreamEvent<J>,
    },
    /// The page is, or is no longer, visible.
    Visible(bool),
    /// The browser is, or is no longer, online.
    Online(bool),
    /// The browser permits the page, or no longer, to ask this machine, although it is farther away.
    LocalAccess(bool),
    /// The same for this network.
    NetworkAccess(bool),
    /// News of the lock of this page's tabs.
    Lock(Lock),
    /// Another tab says something; its snapshot as JSON.
    Heard(Message<J>),
    /// The page goes into the back/forward cache: everything that is held is released.
    Leave,
    /// The page is back from there.
    Return,
    /// The user asks for a fresh look.
    Refresh,
    /// The client is closed. The last input.
    Close,
}

/// What came of a stream of server-sent events.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent<J> {
    /// It is open.
    Opened,
    /// A catalog arrived.
    Catalog(J),
    /// Something arrived that is not a catalog, or too large to be one.
    Garbage,
    /// It broke.
    Failed,
}
