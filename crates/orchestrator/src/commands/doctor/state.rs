//! The state folder: whether it can be used, by whom it is used, and whether its secret is one.

use super::finding::Finding;
use super::port::Running;
use crate::store::{StoreError, recorded_epoch};
use crate::token::{FILE as TOKEN, Token};
use std::io;
use std::path::{Path, PathBuf};

/// Less than this many bytes free on the disk, and registrations may not be kept.
#[cfg(unix)]
const LITTLE: u64 = 16 << 20;

/// Looks at it.
pub(super) fn look(dir: Option<PathBuf>, running: Option<&Running>) -> Vec<Finding> {
    let Some(dir) = dir else {
        let said = "there is no place for the daemon's state: nobody can register".to_owned();
        let mend = "set XDG_STATE_HOME or HOME, or use --state-dir".to_owned();
        return vec![Finding::problem("state", said, mend)];
    };
    if !dir.exists() {
        return vec![missing(&dir)];
    }
    let mut findings = vec![folder(&dir)];
    findings.extend(room(&dir));
    findings.push(owner(&dir, running));
    findings.push(token(&dir));
    findings
}

fn missing(dir: &Path) -> Finding {
    let shown = dir.display();
    let above = dir.ancestors().skip(1).find(|folder| folder.exists());
    match above.map(can_write) {
        Some(Ok(())) => Finding::well("state", format!("{shown} is made at the first start")),
        Some(Err(error)) => Finding::problem(
            "state",
            format!("{shown} is not there and cannot be made: {error}"),
            "make it, or name another with --state-dir".to_owned(),
        ),
        None => Finding::problem(
            "state",
            format!("{shown} is not there, and nothing above it"),
            "name another with --state-dir".to_owned(),
        ),
    }
}

fn folder(dir: &Path) -> Finding {
    let shown = dir.display();
    if let Err(error) = can_write(dir) {
        return Finding::problem(
            "state",
            format!(
                "{shown} cannot be written: {error}; the daemon would run, but nobody could register"
            ),
            format!("make it yours: chown it to this user and chmod 700 {shown}"),
        );
    }
    if is_open_to_others(dir) {
        return Finding::warning(
            "state",
            format!("other users can look into {shown}"),
            format!("chmod 700 {shown}"),
        );
    }
    Finding::well("state", format!("{shown} can be used"))
}

/// Whose the folder is: the daemon's that answers, another's, or nobody's.
fn owner(dir: &Path, running: Option<&Running>) -> Finding {
    let shown = dir.display();
    let epoch = match recorded_epoch(dir) {
        Ok(epoch) => epoch,
        Err(error) if is_denied(&error) => return denied("registry", dir, &error),
        Err(error) => {
            let mend = "move the file away: the daemon begins a new registry".to_owned();
            return Finding::problem("registry", error.to_string(), mend);
        }
    };
    let same = running
        .zip(epoch.as_ref())
        .map(|(running, epoch)| running.status.epoch.registry == epoch.registry());
    match (same, holder(dir)) {
        (Some(true), _) => Finding::well("registry", format!("{shown} is the running daemon's")),
        (_, Some(pid)) => Finding::problem(
            "registry",
            format!(
                "{shown} is in use by process {pid}, which does not answer at the address of this daemon"
            ),
            format!(
                "stop that process (kill {pid}), or give this daemon its own folder with --state-dir"
            ),
        ),
        (Some(false), None) => Finding::warning(
            "registry",
            format!(
                "the running daemon has another registry than {shown}: it uses another state folder, or could not use this one"
            ),
            "name its folder with --state-dir, or look at its log and start it anew".to_owned(),
        ),
        (None, None) if epoch.is_some() => {
            Finding::well("registry", format!("{shown} is in use by nobody"))
        }
        (None, None) => Finding::well("registry", "it begins at the first start".to_owned()),
    }
}

fn token(dir: &Path) -> Finding {
    let path = dir.join(TOKEN);
    let anew = || format!("delete {} to have a new one made", path.display());
    match Token::read(dir) {
        Ok(_) => Finding::well(
            "token",
            format!("{} can be read by this user alone", path.display()),
        ),
        Err(StoreError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
            Finding::well("token", "it is made at the first start".to_owned())
        }
        Err(StoreError::Exposed { .. }) => Finding::problem(
            "token",
            format!(
                "{} can be read by others, so nobody can register",
                path.display()
            ),
            format!(
                "chmod 600 {}, or, if somebody may have read it, {}",
                path.display(),
                anew()
            ),
        ),
        Err(error) if is_denied(&error) => denied("token", &path, &error),
        Err(error) => Finding::problem("token", error.to_string(), anew()),
    }
}

/// Whether the state is another user's.
fn is_denied(error: &StoreError) -> bool {
    matches!(error, StoreError::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied)
}

fn denied(check: &'static str, path: &Path, error: &StoreError) -> Finding {
    let shown = path.display();
    Finding::problem(
        check,
        format!("{shown} is closed to this user ({error})"),
        format!("ask as the user of the daemon, or chown {shown} to this user"),
    )
}

#[cfg(unix)]
fn can_write(folder: &Path) -> io::Result<()> {
    use rustix::fs::{Access, access};
    if !folder.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    Ok(access(
        folder,
        Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK,
    )?)
}

#[cfg(not(unix))]
fn can_write(folder: &Path) -> io::Result<()> {
    if std::fs::metadata(folder)?.permissions().readonly() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(())
}

#[cfg(unix)]
fn is_open_to_others(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(folder).is_ok_and(|metadata| metadata.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_folder: &Path) -> bool {
    false
}

#[cfg(unix)]
fn room(dir: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    (free < LITTLE).then(|| {
        Finding::warning(
            "disk",
            format!(
                "only {} KiB are free where {} is: registrations may not be kept",
                free >> 10,
                dir.display()
            ),
            "free some room, or move the state with --state-dir".to_owned(),
        )
    })
}

#[cfg(not(unix))]
fn room(_dir: &Path) -> Option<Finding> {
    None
}

/// The process that has locked the folder. A lock file without one is no lock: the system unlocks it when a process ends.
#[cfg(target_os = "linux")]
fn holder(dir: &Path) -> Option<i32> {
    use std::os::unix::fs::MetadataExt;
    let inode = std::fs::metadata(dir.join(crate::store::LOCK)).ok()?.ino();
    let locks = procfs::locks().ok()?;
    locks.into_iter().find(|lock| lock.inode == inode)?.pid
}

#[cfg(not(target_os = "linux"))]
fn holder(_dir: &Path) -> Option<i32> {
    None
}
