//! An answer that is there at once, as nearly all are, or one that waits for a body or for the disk.
//!
//! Only what waits is put into a future of its own, so that a connection holds no room for it and a request that only
//! reads allocates nothing.

use super::body::ReplyBody;
use super::progress::Progress;
use super::reply::Reply;
use std::convert::Infallible;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What a request is answered with.
pub(crate) enum Answer {
    /// This.
    Now(Reply),
    /// What comes of this.
    Later(Pin<Box<dyn Future<Output = Reply>>>),
}

/// An answer of one connection.
pub(crate) struct Answering {
    answer: Option<Answer>,
    progress: Rc<Progress>,
}

impl Answering {
    /// The answer to a request whose head has come.
    pub(crate) fn new(answer: Answer, progress: &Rc<Progress>) -> Self {
        progress.begin();
        Self {
            answer: Some(answer),
            progress: Rc::clone(progress),
        }
    }
}

impl Future for Answering {
    type Output = Result<Reply, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut reply = match self.answer.take() {
            Some(Answer::Now(reply)) => reply,
            Some(Answer::Later(mut future)) => match future.as_mut().poll(context) {
                Poll::Ready(reply) => reply,
                Poll::Pending => {
                    self.answer = Some(Answer::Later(future));
                    return Poll::Pending;
                }
            },
            // Nobody asks again.
            None => return Poll::Pending,
        };
        match reply.body_mut() {
            // What is written from here on is watched by the connection itself.
            ReplyBody::Whole(_) => self.progress.end(),
            ReplyBody::Stream(pieces) => pieces.ends(&self.progress),
        }
        Poll::Ready(Ok(reply))
    }
}
