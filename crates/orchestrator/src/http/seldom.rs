//! A future beside a busy one: it is polled when it may be done, not whenever the busy one wakes their task.

use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::coop::has_budget_remaining;

/// Keeps in mind whether a future has its waker, which stays the same for a task's whole life.
#[derive(Debug, Default)]
pub(crate) struct Seldom {
    is_set: bool,
}

impl Seldom {
    /// Polls `future` if it has not been polled yet or `may_be_done`, which is to be true once it has woken the task.
    pub(crate) fn poll<F: Future>(
        &mut self,
        future: Pin<&mut F>,
        may_be_done: bool,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        if self.is_set && !may_be_done {
            return Poll::Pending;
        }
        // A task that has had its turn is only told to come again: the waker is not taken.
        self.is_set = has_budget_remaining();
        let polled = future.poll(context);
        if polled.is_ready() {
            self.is_set = false;
        }
        polled
    }
}
