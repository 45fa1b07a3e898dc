//! The boot counter and the registry's id, in a small file that survives a crash at any moment.
//!
//! Clients take a higher boot counter of the same registry for newer, whatever the revisions say, so no start may ever
//! count as an earlier one. A start is counted (temporary file, rename) before anything is published under it: what was
//! written survives the end of the process however it ends. The disk is another matter, and slow: waiting for it would
//! take longer than everything else at start. So it is told in the background to keep the file, and the file says in
//! which run of the machine it was written. In another run of the machine, some starts may have been lost with its power:
//! the counter then leaps over them. A lock keeps two daemons from counting in the same file.

use super::StoreError;
use landfall_protocol::id::{Epoch, MAX_COUNT};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;

const FILE: &str = "epoch.json";
const TEMPORARY: &str = "epoch.json.tmp";
/// The file in the state folder that a daemon locks as long as it runs.
pub(crate) const LOCK: &str = "lock";
/// The version of the file's format.
const FORMAT: u32 = 1;
/// Starts that may have been lost when the machine lost its power: many more than there are in the seconds that a disk
/// needs to keep a file.
const LEAP: u64 = 1_000;
/// The largest file that can be ours.
const MAX_FILE: u64 = 4_096;

#[derive(Serialize, Deserialize)]
struct Contents {
    format: u32,
    registry: String,
    boot: u64,
    /// The run of the machine in which this was written.
    #[serde(default)]
    machine: Option<String>,
}

/// The state folder, locked.
#[derive(Debug)]
pub struct EpochFile {
    /// Unlocked by the system when it is closed, however the daemon ends.
    _lock: File,
}

impl EpochFile {
    /// Locks the folder, which is created if need be, and counts one start.
    pub(super) fn open(dir: &Path) -> Result<(Self, Epoch), StoreError> {
        let failed = |source| StoreError::Io {
            path: dir.to_owned(),
            source,
        };
        create_private(dir).map_err(failed)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join(LOCK))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse {
                    path: dir.join(LOCK),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let machine = machine();
        let epoch = match read(&dir.join(FILE))? {
            Some((before, written)) => {
                // Without a way to tell the runs of the machine apart, every start waits for the disk.
                let step = if written == machine { 1 } else { LEAP };
                next(&before, step).ok_or_else(|| StoreError::Unreadable {
                    path: dir.join(FILE),
                    reason: "the boot counter is at its end".to_owned(),
                })?
            }
            None => random_id(),
        };
        let waits = machine.is_none();
        let file = write(dir, &epoch, machine).map_err(failed)?;
        keep(file, dir, waits).map_err(failed)?;
        Ok((Self { _lock: lock }, epoch))
    }
}

/// What is the same until the machine starts anew, where the system tells.
fn machine() -> Option<String> {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty() && id.len() <= 64)
}

/// The first epoch of a new registry.
pub(super) fn random_id() -> Epoch {
    let mut bytes = [0; 16];
    // Without a source of randomness the time and the process tell registries apart well enough: an id is no secret.
    if getrandom::fill(&mut bytes).is_err() {
        let elapsed = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_nanos();
        bytes = (elapsed ^ u128::from(std::process::id()) << 96).to_be_bytes();
    }
    let registry: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Epoch::new(&registry, 1).unwrap_or_else(|_| unreachable!("hexadecimal digits are an id"))
}

fn next(before: &Epoch, step: u64) -> Option<Epoch> {
    let boot = before
        .boot()
        .checked_add(step)
        .filter(|boot| *boot <= MAX_COUNT)?;
    Epoch::new(before.registry(), boot).ok()
}

/// The last epoch that was counted in a folder, which need not be locked.
pub(crate) fn recorded(dir: &Path) -> Result<Option<Epoch>, StoreError> {
    Ok(read(&dir.join(FILE))?.map(|(epoch, _)| epoch))
}

/// The last epoch and the run of the machine that it is from.
fn read(path: &Path) -> Result<Option<(Epoch, Option<String>)>, StoreError> {
    let mut text = Vec::new();
    match File::open(path).and_then(|file| file.take(MAX_FILE + 1).read_to_end(&mut text)) {
        // What a disk may leave of a new file when the power is lost. Another registry is no older one.
        Ok(0) => return Ok(None),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            return Err(StoreError::Io {
                path: path.to_owned(),
                source,
            });
        }
    }
    let unreadable = |reason| StoreError::Unreadable {
        path: path.to_owned(),
        reason,
    };
    let contents: Contents =
        serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    if contents.format != FORMAT {
        return Err(unreadable(format!(
            "its format is {}, not {FORMAT}",
            contents.format
        )));
    }
    let epoch = Epoch::new(&contents.registry, contents.boot)
        .map_err(|refused| unreadable(refused.to_string()))?;
    Ok(Some((epoch, contents.machine)))
}

/// Puts the file in the place of the last one, for every process that reads it from now on.
fn write(dir: &Path, epoch: &Epoch, machine: Option<String>) -> io::Result<File> {
    let contents = Contents {
        format: FORMAT,
        registry: epoch.registry().to_owned(),
        boot: epoch.boot(),
        machine,
    };
    let temporary = dir.join(TEMPORARY);
    let mut file = File::create(&temporary)?;
    file.write_all(&serde_json::to_vec(&contents)?)?;
    fs::rename(&temporary, dir.join(FILE))?;
    Ok(file)
}

/// Has the disk keep the file and its name; waits for that or not.
fn keep(file: File, dir: &Path, waits: bool) -> io::Result<()> {
    let dir = dir.to_owned();
    let keep = move || {
        file.sync_all()?;
        // The rename itself is kept once the folder is.
        #[cfg(unix)]
        File::open(&dir)?.sync_all()?;
        Ok(())
    };
    if waits {
        return keep();
    }
    let warn = |error: io::Error| tracing::warn!(%error, "the disk may not keep this start");
    std::thread::Builder::new()
        .spawn(move || keep().unwrap_or_else(warn))
        .map(drop)
}

fn create_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> Result<Epoch, StoreError> {
        EpochFile::open(dir).map(|(_, epoch)| epoch)
    }

    #[test]
    fn the_counter_grows_with_every_start_of_the_same_registry() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("new").join("landfall");
        let first = open(&state).unwrap();
        let second = open(&state).unwrap();
        assert_eq!((first.boot(), second.boot()), (1, 2));
        assert_eq!(first.registry(), second.registry());
    }

    #[test]
    fn after_the_machine_was_started_anew_the_counter_leaps() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE);
        for written in [r#","machine":"another""#, ""] {
            let before = format!(r#"{{"format":1,"registry":"abc","boot":7{written}}}"#);
            fs::write(&file, before).unwrap();
            let boots = [
                open(dir.path()).unwrap().boot(),
                open(dir.path()).unwrap().boot(),
            ];
            assert_eq!(boots, [7 + LEAP, 8 + LEAP]);
        }
    }

    #[test]
    fn an_empty_file_is_a_new_registry() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), b"").unwrap();
        assert_eq!(open(dir.path()).unwrap().boot(), 1);
    }

    #[test]
    fn a_temporary_file_left_by_a_crash_does_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path()).unwrap();
        fs::write(dir.path().join(TEMPORARY), b"{\"form").unwrap();
        assert_eq!(open(dir.path()).unwrap().registry(), first.registry());
    }

    #[test]
    fn two_daemons_do_not_share_state() {
        let dir = tempfile::tempdir().unwrap();
        let held = EpochFile::open(dir.path()).unwrap();
        assert!(matches!(open(dir.path()), Err(StoreError::InUse { .. })));
        drop(held);
        assert_eq!(open(dir.path()).unwrap().boot(), 2);
    }

    #[test]
    fn a_file_of_another_kind_is_neither_read_nor_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        for contents in [
            "{}",
            "[1]",
            r#"{"format":2,"registry":"a","boot":1}"#,
            r#"{"format":1,"registry":"a b","boot":1}"#,
        ] {
            fs::write(dir.path().join(FILE), contents).unwrap();
            let error = open(dir.path()).unwrap_err();
            assert!(
                matches!(error, StoreError::Unreadable { .. }),
                "{contents}: {error}"
            );
            assert_eq!(fs::read_to_string(dir.path().join(FILE)).unwrap(), contents);
        }
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"").unwrap();
        let error = open(&file.join("landfall")).unwrap_err();
        assert!(error.to_string().contains("file/landfall"), "{error}");
    }
}
