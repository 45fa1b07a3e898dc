//! How long the daemon has waited for a CPU: a timeout that met it then says little of the service.
//!
//! The kernel counts, for each thread, the time in which it could have run and did not (Linux schedstat). The count is read when
//! a batch of requests begins, and at timeouts; a request that is answered costs nothing more.

use std::cell::{Cell, OnceCell};
use std::fs::File;
use std::time::Duration;
use tokio::time::Instant;

/// A count that is older is read again when a request begins, so that what was waited for before it hardly counts.
const FRESH: Duration = Duration::from_millis(250);
/// Of its time, a request must have lost more than one part in so many.
const PARTS: u32 = 4;
/// And more than this, where its time is short: so much is usual where others work.
const LEAST: Duration = Duration::from_millis(100);

/// The time for which the thread of the pool has waited for a CPU.
#[derive(Default)]
pub(super) struct RunQueue {
    /// `None` where the kernel does not count.
    file: OnceCell<Option<File>>,
    latest: Cell<Option<(Instant, Duration)>>,
}

impl RunQueue {
    /// What was waited until now, or a moment ago; `None` where nobody knows.
    pub(super) fn begin(&self) -> Option<Duration> {
        match self.latest.get() {
            Some((at, waited)) if at.elapsed() <= FRESH => Some(waited),
            _ => self.read(),
        }
    }

    /// Whether the daemon has waited for a substantial part of this deadline since then.
    pub(super) fn has_starved(&self, since: Option<Duration>, deadline: Duration) -> bool {
        let (Some(before), Some(now)) = (since, self.read()) else {
            return false;
        };
        now.saturating_sub(before) > LEAST.max(deadline / PARTS)
    }

    fn read(&self) -> Option<Duration> {
        let file = self.file.get_or_init(|| open().ok());
        let waited = count(file.as_ref()?)?;
        self.latest.set(Some((Instant::now(), waited)));
        Some(waited)
    }
}

#[cfg(target_os = "linux")]
fn open() -> std::io::Result<File> {
    // Stays with the thread that opens it. The pool never leaves its own.
    File::open("/proc/thread-self/schedstat")
}

#[cfg(not(target_os = "linux"))]
fn open() -> std::io::Result<File> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// The second of three numbers: nanoseconds.
#[cfg(unix)]
fn count(file: &File) -> Option<Duration> {
    use std::os::unix::fs::FileExt;
    let mut text = [0; 80];
    let length = file.read_at(&mut text, 0).ok()?;
    let text = std::str::from_utf8(text.get(..length)?).ok()?;
    let waited = text.split_ascii_whitespace().nth(1)?;
    Some(Duration::from_nanos(waited.parse().ok()?))
}

#[cfg(not(unix))]
fn count(_: &File) -> Option<Duration> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::{Buffers, Failure, Limits, Pool, Request, Target, Want};
    use super::*;
    use landfall_protocol::method::SafeMethod;
    use landfall_protocol::url::BaseUrl;
    use std::net::TcpListener;
    use std::path::Path;
    use tempfile::NamedTempFile;

    const DEADLINE: Duration = Duration::from_secs(2);

    impl RunQueue {
        /// Reads what a test has written.
        fn reading(path: &Path) -> Self {
            Self {
                file: OnceCell::from(File::open(path).ok()),
                latest: Cell::default(),
            }
        }
    }

    fn write(file: &NamedTempFile, waited: Duration) {
        let text = format!("900000000 {} 17\n", waited.as_nanos());
        std::fs::write(file.path(), text).unwrap();
    }

    /// What becomes of a request to a server that says nothing, when the daemon waits for a CPU for so long in the middle of it.
    async fn asked_while_it_waits(waited: Duration) -> Failure {
        let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", hanging.local_addr().unwrap());
        let target = Target::new(&BaseUrl::parse(&url).unwrap()).unwrap();
        let file = NamedTempFile::new().unwrap();
        let before = Duration::from_secs(7);
        write(&file, before);
        let pool = Pool {
            run_queue: RunQueue::reading(file.path()),
            ..Pool::new(Limits {
                in_flight: 1,
                per_host: 1,
                idle: 1,
                deadline: DEADLINE,
            })
        };
        let request = Request {
            method: SafeMethod::Get,
            path: "/",
            want: Want::Nothing(10),
            suspect: false,
        };
        let mut buffers = Buffers::default();
        let asked = pool.send(&target, request, &mut buffers);
        let machine = async {
            tokio::time::sleep(DEADLINE / 2).await;
            write(&file, before + waited);
        };
        let (answer, ()) = tokio::join!(asked, machine);
        answer.unwrap_err()
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_after_waiting_for_a_cpu_says_nothing_of_the_server() {
        for (waited, failure) in [
            (0, Failure::Timeout),
            (500, Failure::Timeout),
            (501, Failure::Starved),
            (1_900, Failure::Starved),
        ] {
            let waited = Duration::from_millis(waited);
            assert_eq!(asked_while_it_waits(waited).await, failure, "{waited:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_count_is_read_once_for_requests_that_begin_together() {
        let file = NamedTempFile::new().unwrap();
        let queue = RunQueue::reading(file.path());
        let (first, later) = (Duration::from_millis(10), Duration::from_millis(900));
        write(&file, first);
        assert_eq!(queue.begin(), Some(first));
        write(&file, later);
        assert_eq!(queue.begin(), Some(first));
        tokio::time::advance(FRESH + Duration::from_millis(1)).await;
        assert_eq!(queue.begin(), Some(later));
    }

    #[tokio::test(start_paused = true)]
    async fn where_nobody_counts_nothing_is_said_to_have_starved() {
        let file = NamedTempFile::new().unwrap();
        for text in ["", "1", "1 x 2", "1 -2 3", "\u{e9}"] {
            std::fs::write(file.path(), text).unwrap();
            let queue = RunQueue::reading(file.path());
            assert_eq!(queue.begin(), None, "{text:?}");
            assert!(!queue.has_starved(None, Duration::ZERO));
        }
        write(&file, DEADLINE);
        let queue = RunQueue::reading(file.path());
        assert!(!queue.has_starved(None, Duration::ZERO));
        assert!(queue.has_starved(Some(Duration::ZERO), DEADLINE));
        // It does not count backwards.
        assert!(!queue.has_starved(Some(2 * DEADLINE), Duration::ZERO));
    }
}
