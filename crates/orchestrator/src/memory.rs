//! How much memory the daemon has.

mod code;

pub(crate) use code::unmap_after_start;

use serde::Serialize;

/// Resident memory in bytes.
#[derive(Debug, Serialize)]
pub(crate) struct Resident {
    /// All of it.
    pub(crate) total: u64,
    /// What of it is in files: the program itself, which other processes may share.
    pub(crate) program: u64,
}

/// What the allocator has, in bytes.
#[derive(Debug, Serialize)]
pub(crate) struct Heap {
    /// Given out.
    pub(crate) in_use: usize,
    /// Kept for the next who asks.
    pub(crate) free: usize,
}

/// Resident memory in bytes, where the system tells it.
pub(crate) fn rss_bytes() -> Option<u64> {
    resident().map(|it| it.total)
}

/// Resident memory in bytes without what the allocator keeps for the next who asks, where the system tells it: freed
/// pages with something else in them stay resident, and new things get what is free there first. Below `enough` the allocator is not asked, for its
/// answer takes longer.
pub(crate) fn held_bytes(enough: u64) -> Option<u64> {
    let resident = rss_bytes()?;
    if resident < enough {
        return Some(resident);
    }
    let free = heap().map_or(0, |it| it.free as u64);
    Some(resident.saturating_sub(free))
}

/// Resident memory, where the system tells it.
#[cfg(target_os = "linux")]
pub(crate) fn resident() -> Option<Resident> {
    let process = procfs::process::Process::myself().ok()?;
    let pages = process.statm().ok()?;
    let page = procfs::page_size();
    Some(Resident {
        total: pages.resident * page,
        program: pages.shared * page,
    })
}

/// Not known on this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn resident() -> Option<Resident> {
    None
}

/// How long the allocator keeps what is freed, in milliseconds: in the arena of the first thread, and in those that threads to come have.
#[cfg(target_os = "linux")]
const KEEPS_FOR: [&str; 4] = [
    "arena.0.dirty_decay_ms\0",
    "arena.0.muzzy_decay_ms\0",
    "arenas.dirty_decay_ms\0",
    "arenas.muzzy_decay_ms\0",
];

/// Makes the allocator give freed pages back at once. By default it keeps them for ten seconds, and looks at the time only
/// when somebody asks it for memory: a daemon that sleeps would have them for good. Where the program has another
/// allocator, nothing happens.
#[cfg(target_os = "linux")]
pub(crate) fn give_back_at_once() {
    use tikv_jemalloc_ctl::{Access, AsName};
    for key in KEEPS_FOR {
        if let Err(error) = key.name().write(0_isize) {
            tracing::warn!(%error, key, "the allocator keeps what is freed");
        }
    }
}

/// This allocator does as it likes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn give_back_at_once() {}

/// What the allocator says of itself.
#[cfg(target_os = "linux")]
pub(crate) fn heap() -> Option<Heap> {
    use tikv_jemalloc_ctl::{Result, epoch, stats};
    let read = || -> Result<Heap> {
        epoch::advance()?;
        let in_use = stats::allocated::read()?;
        let others = in_use + stats::metadata::read()?;
        let free = stats::resident::read()?.saturating_sub(others);
        Ok(Heap { in_use, free })
    };
    let heap = read();
    if let Err(error) = &heap {
        tracing::debug!(%error, "the allocator says nothing");
    }
    heap.ok()
}

/// This allocator does not tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn heap() -> Option<Heap> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_some_memory() {
        let resident = resident().unwrap();
        assert!(resident.total > 100_000 && resident.program < resident.total);
    }

    #[global_allocator]
    static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

    #[test]
    fn the_allocator_knows_what_it_gave_out_and_what_it_keeps_is_not_held() {
        let held = vec![1_u8; 64 << 20];
        let with = heap().unwrap().in_use;
        assert!(with >= held.len(), "{with}");
        drop(held);
        let without = heap().unwrap().in_use;
        assert!(with - without > 32 << 20, "{with} {without}");

        // Small pieces, of which some stay, so that hardly a page is free.
        let pieces: Vec<Vec<u8>> = (0..64 << 10).map(|_| vec![1; 1 << 10]).collect();
        let with = held_bytes(0).unwrap();
        let kept: Vec<_> = pieces.into_iter().step_by(4).collect();
        let without = held_bytes(0).unwrap();
        assert!(with - without > 32 << 20, "{with} {without}");
        assert!(held_bytes(u64::MAX).unwrap() - without > 32 << 20);
        assert_eq!(kept.len(), 16 << 10);
    }

    #[test]
    fn the_allocator_keeps_nothing_that_is_freed_once_it_was_told() {
        use tikv_jemalloc_ctl::{Access, AsName};
        give_back_at_once();
        for key in KEEPS_FOR {
            let keeps_for: isize = key.name().read().unwrap();
            assert_eq!(keeps_for, 0, "{key}");
        }
    }
}
