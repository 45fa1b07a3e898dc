//! How much memory the daemon has.

/// Resident memory in bytes, where the system tells it.
#[cfg(target_os = "linux")]
pub(crate) fn rss_bytes() -> Option<u64> {
    let pages = procfs::process::Process::myself()
        .and_then(|process| process.statm())
        .ok()?
        .resident;
    Some(pages * procfs::page_size())
}

/// Not known on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn rss_bytes() -> Option<u64> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn this_process_has_some_memory() {
        assert!(super::rss_bytes().is_some_and(|bytes| bytes > 100_000));
    }
}
