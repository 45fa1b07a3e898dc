//! The code of the program and of its libraries in memory.
//!
//! The kernel maps code in pieces of 64 KB around what is run (fault-around), so that reading settings, opening the store and
//! setting up the rest leave most of the program mapped: 5 MB of it, of which checking and serving need about 2. What a page
//! cache holds costs nobody anything, but all that is mapped counts as the daemon's, and the kernel takes it for in use.

use std::time::Duration;
use tokio::time::sleep;

/// After this long settings, store and the first look at sockets are done, and mostly what was found then is checked and read.
const STARTED_AFTER: Duration = Duration::from_secs(10);

/// Unmaps the code once, after the start. What is run again is mapped again from the page cache, a microsecond for a piece.
pub(crate) async fn unmap_after_start() {
    sleep(STARTED_AFTER).await;
    imp::unmap();
}

#[cfg(target_os = "linux")]
mod imp {
    use procfs::ProcResult;
    use procfs::process::{MMPermissions, MMapPath, MemoryMap, MemoryMaps, Process};
    use rustix::mm::{Advice, madvise};
    use std::ptr;

    /// Code: of a file, private, and as it is there. What has pages of its own was written to, by whatever patches code.
    pub(super) fn is_code(map: &MemoryMap) -> bool {
        let code = MMPermissions::READ | MMPermissions::EXECUTE | MMPermissions::PRIVATE;
        let is_of_a_file = map.inode != 0 && matches!(map.pathname, MMapPath::Path(_));
        map.perms == code && is_of_a_file && map.extension.map.get("Anonymous") == Some(&0)
    }

    /// What is mapped, with the sizes of what is resident.
    pub(super) fn maps() -> ProcResult<MemoryMaps> {
        Process::myself()?.smaps()
    }

    /// Unmaps the pages of all code.
    pub(super) fn unmap() {
        let maps = match maps() {
            Ok(maps) => maps,
            Err(error) => {
                tracing::debug!(%error, "what is mapped is not known");
                return;
            }
        };
        for map in maps.iter().filter(|it| is_code(it)) {
            let (start, end) = map.address;
            if let Err(error) = forget(start, end) {
                // As where memory is locked: it stays mapped, and all goes on as before.
                tracing::debug!(%error, file = ?map.pathname, "code stays mapped");
            }
        }
    }

    #[expect(
        unsafe_code,
        reason = "there is no safe call for it, since it would lose what was written to other maps"
    )]
    fn forget(start: u64, end: u64) -> rustix::io::Result<()> {
        let (Ok(start), Ok(end)) = (usize::try_from(start), usize::try_from(end)) else {
            return Err(rustix::io::Errno::INVAL);
        };
        // SAFETY: the map is of a file, is not writable and has no page of its own (`is_code`), so whoever reads or runs its pages
        // next gets the same bytes from that file. Nothing in this program makes code writable. The provenance does not matter: nothing
        // is read or written through the pointer.
        unsafe {
            madvise(
                ptr::with_exposed_provenance_mut(start),
                end - start,
                Advice::LinuxDontNeed,
            )
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod imp {
    /// Other systems count otherwise.
    pub(super) fn unmap() {}
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::imp;

    /// Resident bytes of code.
    fn resident() -> u64 {
        let maps = imp::maps().unwrap();
        let code = maps.iter().filter(|it| imp::is_code(it));
        code.map(|it| it.extension.map["Rss"]).sum()
    }

    #[test]
    fn code_that_is_not_run_any_more_is_not_resident() {
        // Looking runs code too, and so do other tests meanwhile; without unmapping it never becomes less.
        let fell = (0..1_000).any(|_| {
            let before = resident();
            imp::unmap();
            resident() < before
        });
        assert!(fell, "{}", resident());
    }

    #[test]
    fn what_can_be_written_is_no_code() {
        let maps = imp::maps().unwrap();
        let code: Vec<_> = maps.iter().filter(|it| imp::is_code(it)).collect();
        let holds = |at: usize| {
            let holds = |(start, end): (u64, u64)| (start..end).contains(&(at as u64));
            code.iter().any(|it| holds(it.address))
        };
        let (stack, heap) = (0_u8, Box::new(0_u8));
        assert!(holds(resident as fn() -> u64 as usize));
        assert!(!holds(&raw const stack as usize));
        assert!(!holds(&raw const *heap as usize));
    }
}
