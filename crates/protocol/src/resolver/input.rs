//! What happens to a resolver.

use super::action::{RequestId, StreamId};
use super::tabs::{Lock, Message};
use crate::probe::{Access, Answer, Failure};

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
    /// What the browser permits the page to ask, although it is farther away.
    Access(Access),
    /// The user wants this machine and this network to be asked, in a browser that knows no permission for it: the page's word
    /// holds in all of its tabs, and no browser takes it back.
    Consent,
    /// News of the lock of this page's tabs.
    Lock(Lock),
    /// Another tab says something; its snapshot as JSON.
    Heard(Message<J>),
    /// What was to be kept for the next visit is larger than a record may be, or than the browser stores.
    NotKept,
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
