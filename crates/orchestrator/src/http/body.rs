//! The body of a response: bytes that are there, or a stream of pieces that come.

use super::progress::Progress;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;

/// A response body.
#[derive(Debug)]
pub(crate) enum ReplyBody {
    /// All of it; `None` once it was taken.
    Whole(Option<Bytes>),
    /// Pieces, until the sender is dropped.
    Stream(Pieces),
}

/// Pieces that come from somewhere else.
#[derive(Debug)]
pub(crate) struct Pieces {
    receiver: Receiver<Bytes>,
    /// Of the connection that is busy as long as they come.
    progress: Option<Rc<Progress>>,
}

impl Pieces {
    /// What is received.
    pub(crate) const fn new(receiver: Receiver<Bytes>) -> Self {
        Self {
            receiver,
            progress: None,
        }
    }

    /// Tells of the end.
    pub(crate) fn ends(&mut self, progress: &Rc<Progress>) {
        self.progress = Some(Rc::clone(progress));
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.end();
        }
    }
}

impl ReplyBody {
    /// No body.
    pub(crate) const fn empty() -> Self {
        Self::Whole(None)
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream(pieces) => pieces
                .receiver
                .poll_recv(context)
                .map(|piece| piece.map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Self::Stream(_) => SizeHint::default(),
        }
    }
}
