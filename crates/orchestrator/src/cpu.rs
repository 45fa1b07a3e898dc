//! What the daemon has really used of a CPU, as the kernel counts it.

use std::future::poll_fn;
use std::pin::pin;

/// Does some work, and says how much CPU time that took in microseconds, whatever else is done while it waits.
pub(crate) async fn metered<F: Future>(work: F) -> (F::Output, u64) {
    let mut work = pin!(work);
    let mut used = 0;
    let done = poll_fn(|context| {
        let before = cpu_used();
        let polled = work.as_mut().poll(context);
        used += cpu_used().saturating_sub(before);
        polled
    });
    let done = done.await;
    (done, used)
}

/// CPU time that this process has used, in microseconds.
#[cfg(unix)]
pub(crate) fn cpu_used() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let micros = time
        .tv_sec
        .saturating_mul(1_000_000)
        .saturating_add(time.tv_nsec / 1_000);
    u64::try_from(micros).unwrap_or(0)
}

/// Not known on this system: the budget is not kept.
#[cfg(not(unix))]
pub(crate) fn cpu_used() -> u64 {
    0
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::hint::black_box;

    fn burn(micros: u64) {
        let before = cpu_used();
        let mut sum = 0_u64;
        while cpu_used() - before < micros {
            sum = black_box(sum.wrapping_add(1));
        }
    }

    #[tokio::test]
    async fn what_others_use_while_it_waits_is_not_counted() {
        let before = cpu_used();
        let work = metered(async {
            burn(2_000);
            // The other one has its turn.
            tokio::task::yield_now().await;
            burn(2_000);
        });
        let other = async { burn(300_000) };
        let (((), used), ()) = tokio::join!(work, other);
        let all = cpu_used() - before;
        assert!(used >= 4_000 && used + 300_000 <= all, "{used} of {all}");
    }
}
