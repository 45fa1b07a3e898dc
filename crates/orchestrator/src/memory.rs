//! How much memory the daemon has.

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
/// memory often stays resident, and is what new things get first. Below `enough` the allocator is not asked, for its
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

/// What glibc's allocator says of itself (`malloc_info`).
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn heap() -> Option<Heap> {
    use malloc_info::info::{SystemType, TotalType};
    let said = match malloc_info::malloc_info() {
        Ok(said) => said,
        Err(error) => {
            tracing::debug!(%error, "the allocator says nothing");
            return None;
        }
    };
    let total = |kind: TotalType| {
        let of_kind = said.total.iter().filter(|it| it.r#type == kind);
        of_kind.map(|it| it.size).sum::<usize>()
    };
    let arenas = said.system.iter();
    let arenas = arenas.filter(|it| it.r#type == SystemType::Current);
    let arenas: usize = arenas.map(|it| it.size).sum();
    let free = total(TotalType::Fast) + total(TotalType::Rest);
    Some(Heap {
        in_use: arenas.saturating_sub(free) + total(TotalType::Mmap),
        free,
    })
}

/// This allocator does not tell.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
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

    #[cfg(target_env = "gnu")]
    #[test]
    fn the_allocator_knows_what_it_gave_out_and_what_it_keeps_is_not_held() {
        let held = vec![1_u8; 64 << 20];
        let with = heap().unwrap().in_use;
        assert!(with >= held.len(), "{with}");
        drop(held);
        let without = heap().unwrap().in_use;
        assert!(with - without > 32 << 20, "{with} {without}");

        // Small pieces, which the allocator keeps: the last one stays, so that nothing below it goes back to the system.
        let mut pieces: Vec<Vec<u8>> = (0..64 << 10).map(|_| vec![1; 1 << 10]).collect();
        let with = held_bytes(0).unwrap();
        pieces.drain(..pieces.len() - 1);
        let without = held_bytes(0).unwrap();
        assert!(with - without > 32 << 20, "{with} {without}");
        assert!(held_bytes(u64::MAX).unwrap() - without > 32 << 20);
        assert_eq!(pieces.len(), 1);
    }
}
