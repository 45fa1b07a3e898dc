//! What a resolver wants done.

use super::event::Event;
use super::tabs::Message;
use crate::probe::Probe;
use crate::snapshot::Snapshot;
use std::rc::Rc;

/// Names a request. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// Names a stream. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(pub u32);

/// Something for the host to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Action<J> {
    /// Send this and answer with [`super::Input::Answered`].
    Fetch {
        /// Its name in the answer.
        id: RequestId,
        /// What to send.
        probe: Probe,
    },
    /// Nobody waits for this request any more.
    Abort(RequestId),
    /// Read the page-local sources and answer with [`super::Input::Looked`].
    Look,
    /// Open a stream of server-sent events.
    OpenStream {
        /// Its name in [`super::Input::Streamed`].
        id: StreamId,
        /// Where it is.
        url: String,
    },
    /// Close a stream.
    CloseStream(StreamId),
    /// Ask for the lock of this page's tabs and open their channel; answer with [`super::Input::Lock`].
    Join,
    /// Give up the lock and the channel.
    Leave,
    /// Take the lock away from the tab that holds it.
    Steal,
    /// Tell the other tabs.
    Post(Message<Rc<Snapshot<J>>>),
    /// Keep this for the next visit, or answer with [`super::Input::NotKept`]. It is what was published last: the page need not
    /// wait until it is kept.
    Store(Rc<Snapshot<J>>),
    /// What was kept is not to be believed, or no longer the last that was known: remove it.
    Forget,
    /// The snapshot has changed: show it, then tell the events.
    Publish {
        /// What holds now.
        snapshot: Rc<Snapshot<J>>,
        /// What that means.
        events: Vec<Event>,
    },
}
