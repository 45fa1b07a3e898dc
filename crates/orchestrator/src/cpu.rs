//! What the daemon has really used of a CPU, as the kernel counts it.

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
