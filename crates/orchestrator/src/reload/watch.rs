//! Waits until the settings file may have changed: something happened to it, or SIGHUP came.
//!
//! The folder is watched, not the file, since editors put a new file in the place of the old one. Nothing wakes up while
//! nothing happens. Where files cannot be watched, SIGHUP is left.

use std::io;
use std::path::Path;
use std::time::Duration;
use tokio::time::sleep;

/// After something happened: a file that is written in pieces is read once.
const TOGETHER: Duration = Duration::from_millis(50);

/// What waits.
pub(crate) struct Watch {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
    #[cfg(target_os = "linux")]
    path: std::path::PathBuf,
    #[cfg(target_os = "linux")]
    folders: Option<folders::Folders>,
}

impl Watch {
    /// Begins to watch.
    pub(crate) fn new(path: &Path) -> io::Result<Self> {
        #[cfg(not(unix))]
        let _ = path;
        Ok(Self {
            #[cfg(unix)]
            hangup: {
                use tokio::signal::unix::{SignalKind, signal};
                signal(SignalKind::hangup())?
            },
            #[cfg(target_os = "linux")]
            path: path.to_owned(),
            #[cfg(target_os = "linux")]
            folders: folders::watched(path),
        })
    }

    /// Waits for the next change.
    pub(crate) async fn changed(&mut self) {
        #[cfg(target_os = "linux")]
        tokio::select! {
            _ = self.hangup.recv() => {}
            () = folders::next(&mut self.folders) => sleep(TOGETHER).await,
        }
        // It may be a link now, or one to another file. What happens from here on is seen by the new watch.
        #[cfg(target_os = "linux")]
        {
            self.folders = folders::watched(&self.path);
        }
        #[cfg(all(unix, not(target_os = "linux")))]
        {
            self.hangup.recv().await;
            sleep(TOGETHER).await;
        }
        #[cfg(not(unix))]
        {
            std::future::pending::<()>().await;
            sleep(TOGETHER).await;
        }
    }
}

#[cfg(target_os = "linux")]
mod folders {
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, WatchFlags};
    use rustix::io::Errno;
    use std::ffi::OsString;
    use std::io;
    use std::mem::MaybeUninit;
    use std::os::fd::OwnedFd;
    use std::path::{Path, PathBuf};
    use tokio::io::unix::AsyncFd;

    /// The folders of a file and of what it is a link to.
    pub(super) struct Folders {
        inotify: AsyncFd<OwnedFd>,
        /// The name of the file; `None` where it is a link, which may change without its name being named.
        name: Option<OsString>,
    }

    impl Folders {
        pub(super) fn watch(path: &Path) -> io::Result<Self> {
            let flags = CreateFlags::CLOEXEC | CreateFlags::NONBLOCK;
            let inotify = inotify::init(flags)?;
            let is_link = path.symlink_metadata().is_ok_and(|it| it.is_symlink());
            let add = |path: &Path| {
                // A file counts when it was written or put there as a whole, and never half written.
                let written = WatchFlags::CLOSE_WRITE | WatchFlags::MOVED_TO;
                let linked = if is_link {
                    WatchFlags::CREATE
                } else {
                    WatchFlags::empty()
                };
                inotify::add_watch(&inotify, folder(path), written | linked)
            };
            add(path)?;
            if let Some(behind) = path.canonicalize().ok().filter(|_| is_link) {
                add(&behind)?;
            }
            let name = path.file_name().map(OsString::from);
            #[expect(
                deprecated,
                reason = "unsound only for what can change its descriptor, which an OwnedFd cannot"
            )]
            let inotify = AsyncFd::new(inotify)?;
            Ok(Self {
                inotify,
                name: name.filter(|_| !is_link),
            })
        }

        /// Whether one of the events that have arrived is of the file. `None` when there is none.
        fn drain(&self) -> io::Result<Option<bool>> {
            let mut buffer = [MaybeUninit::uninit(); 4_096];
            let mut reader = inotify::Reader::new(self.inotify.get_ref(), &mut buffer);
            let mut seen = None;
            loop {
                match reader.next() {
                    Ok(event) => {
                        let named = event.file_name().map(|it| it.to_bytes());
                        let wanted = self.name.as_ref().map(|it| it.as_encoded_bytes());
                        let is_it = wanted.is_none() || wanted == named;
                        let overflown = event.events().contains(ReadFlags::QUEUE_OVERFLOW);
                        seen = Some(seen == Some(true) || is_it || overflown);
                    }
                    Err(Errno::AGAIN) => return Ok(seen),
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }

        async fn next(&self) -> io::Result<()> {
            loop {
                let mut ready = self.inotify.readable().await?;
                let seen = self.drain()?;
                ready.clear_ready();
                if seen == Some(true) {
                    return Ok(());
                }
            }
        }
    }

    /// What watches a file, if it can be watched.
    pub(super) fn watched(path: &Path) -> Option<Folders> {
        let watched = Folders::watch(path).inspect_err(|error| {
            tracing::warn!(%error, "changes of the settings are not seen by themselves; send SIGHUP");
        });
        watched.ok()
    }

    /// Waits for an event; for ever where there are none to be had.
    pub(super) async fn next(folders: &mut Option<Folders>) {
        if let Some(watched) = folders {
            match watched.next().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "changes of the settings are no longer seen by themselves; send SIGHUP");
                    *folders = None;
                }
            }
        }
        std::future::pending::<()>().await;
    }

    fn folder(path: &Path) -> PathBuf {
        let parent = path.parent().filter(|it| !it.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).to_owned()
    }
}
