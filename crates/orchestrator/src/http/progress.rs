//! Whether a connection gets anywhere: a client has to send whole request heads in time.
//!
//! A timer for each request would cost more than answering it. So a connection is looked at from time to time: one that
//! was waiting for the same request at the last look already is given up.

use super::seldom::Seldom;
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// What became of a connection's requests.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Requests whose head has come.
    begun: Cell<u64>,
    /// Those that were answered.
    ended: Cell<u64>,
}

impl Progress {
    /// The head of a request has come.
    pub(crate) fn begin(&self) {
        self.begun.set(self.begun.get() + 1);
    }

    /// It is answered; what comes next is another head.
    pub(crate) fn end(&self) {
        self.ended.set(self.ended.get() + 1);
    }

    fn waits_for_a_head(&self) -> bool {
        self.begun.get() == self.ended.get()
    }
}

fn look_is_due(seldom: &mut Seldom, look: Pin<&mut Sleep>, context: &mut Context<'_>) -> bool {
    let is_elapsed = look.is_elapsed();
    seldom.poll(look, is_elapsed, context).is_ready()
}

/// Runs a connection until it ends; `None` when it waited for one head for `patience`, or up to half as long again.
pub(crate) async fn patiently<T>(
    connection: impl Future<Output = T>,
    progress: &Progress,
    patience: Duration,
) -> Option<T> {
    let mut connection = pin!(connection);
    let half = patience / 2;
    let mut look = pin!(sleep(half));
    let mut seldom = Seldom::default();
    let mut seen = (progress.ended.get(), 0);
    poll_fn(|context| {
        if let Poll::Ready(done) = connection.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        while look_is_due(&mut seldom, look.as_mut(), context) {
            let ended = progress.ended.get();
            seen = if progress.waits_for_a_head() && seen.0 == ended {
                (ended, seen.1 + 1)
            } else {
                (ended, 0)
            };
            if seen.1 == 2 {
                return Poll::Ready(None);
            }
            look.as_mut().reset(Instant::now() + half);
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::pending;
    use tokio::time::timeout;

    const PATIENCE: Duration = Duration::from_secs(30);
    const LONG: Duration = Duration::from_secs(3_600);

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_sends_no_whole_head_is_given_up() {
        let started = Instant::now();
        let progress = Progress::default();
        assert_eq!(patiently(pending::<()>(), &progress, PATIENCE).await, None);
        assert!(started.elapsed() >= PATIENCE && started.elapsed() <= PATIENCE * 3 / 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_being_answered_is_waited_for() {
        let progress = Progress::default();
        progress.begin();
        let waits = timeout(LONG, patiently(pending::<()>(), &progress, PATIENCE));
        assert!(waits.await.is_err());
        progress.end();
        assert_eq!(patiently(pending::<()>(), &progress, PATIENCE).await, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_goes_on_asking_is_not() {
        let progress = Progress::default();
        let asking = async {
            for _ in 0..100 {
                sleep(PATIENCE - Duration::from_secs(1)).await;
                progress.begin();
                progress.end();
            }
            "done"
        };
        assert_eq!(patiently(asking, &progress, PATIENCE).await, Some("done"));
    }
}
