//! A document that is asked for again and again, in a file: the kernel sends it from there without copying it.
//!
//! To copy 20 KB for each response takes a fifth of what answering it costs. So a document that was the answer many times in a row is
//! written to a file without a name, and what a connection writes of it is sent from that file (sendfile, as web servers do
//! it). It stays until another document is the answer. Where there can be no file, as on a disk that is full or read-only,
//! nothing changes but the cost; nobody waits for the disk.

use super::catalog::LARGE;
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use tokio::task::{spawn_blocking, spawn_local};

/// Smaller documents are copied faster than two calls are made.
const LEAST: usize = 16 * 1_024;
/// Larger ones are kept compressed while nobody wants them as they are; here they would be kept in memory as well.
const MOST: usize = LARGE - 1;
/// So many times in a row: by then the file is paid for.
const OFTEN: u32 = 100;

/// The place for the one document that is asked for most.
#[derive(Debug)]
pub(crate) struct Shelf {
    folder: Option<PathBuf>,
    kept: RefCell<Option<Kept>>,
    /// Where the last document is in memory, and how many times in a row it was the answer.
    last: Cell<(usize, u32)>,
    /// A file could not be read.
    is_closed: Cell<bool>,
}

/// A document that is in a file.
#[derive(Debug)]
struct Kept {
    /// In memory too, so that nothing else can be where it is.
    bytes: Bytes,
    file: Rc<File>,
}

impl Shelf {
    /// A shelf whose files are in `folder`; without one it stays empty.
    pub(crate) const fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            kept: RefCell::new(None),
            last: Cell::new((0, 0)),
            is_closed: Cell::new(false),
        }
    }

    /// A document is an answer once more.
    pub(crate) fn served(self: &Rc<Self>, document: &Bytes) {
        if !(LEAST..=MOST).contains(&document.len()) {
            return;
        }
        let place = document.as_ptr() as usize;
        let (last, times) = self.last.get();
        let times = if last == place { times } else { 0 };
        self.last.set((place, times.saturating_add(1)));
        match times {
            0 => {
                let is_another = |it: &mut Kept| it.bytes.as_ptr() as usize != place;
                drop(self.kept.borrow_mut().take_if(is_another));
            }
            OFTEN => self.keep(document.clone()),
            _ => {}
        }
    }

    /// Writes a document to a file, beside everything else.
    fn keep(self: &Rc<Self>, document: Bytes) {
        let Some(folder) = self.folder.clone().filter(|_| !self.is_closed.get()) else {
            return;
        };
        let (shelf, bytes) = (Rc::clone(self), document.clone());
        let writing = spawn_blocking(move || write(&folder, &document));
        spawn_local(async move {
            match writing.await.unwrap_or_else(|error| Err(error.into())) {
                Ok(file) if shelf.last.get().0 == bytes.as_ptr() as usize => {
                    let file = Rc::new(file);
                    shelf.kept.replace(Some(Kept { bytes, file }));
                }
                // Another one is the answer by now.
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "the document is sent from memory");
                    shelf.last.set((0, 0));
                }
            }
        });
    }

    /// The file that has `piece`, and where in it, if it is a piece of the document on the shelf.
    pub(crate) fn find(&self, piece: &[u8]) -> Option<(Rc<File>, u64)> {
        let kept = self.kept.borrow();
        let kept = kept.as_ref().filter(|_| !piece.is_empty())?;
        let start = (piece.as_ptr() as usize).checked_sub(kept.bytes.as_ptr() as usize)?;
        let ends_within = start.checked_add(piece.len())? <= kept.bytes.len();
        ends_within.then(|| (Rc::clone(&kept.file), start as u64))
    }

    /// A shelf that has this document in this file.
    #[cfg(test)]
    pub(crate) fn holding(bytes: Bytes, file: File) -> Self {
        let shelf = Self::new(None);
        let file = Rc::new(file);
        shelf.kept.replace(Some(Kept { bytes, file }));
        shelf
    }

    /// Has everything sent from memory from now on.
    pub(crate) fn close(&self) {
        self.is_closed.set(true);
        self.kept.take();
    }
}

/// A file without a name that has the document.
#[cfg(target_os = "linux")]
fn write(folder: &Path, document: &[u8]) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};
    use std::io::Write;
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let mut file = File::from(open(folder, flags, Mode::RUSR | Mode::WUSR)?);
    file.write_all(document)?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
fn write(_: &Path, _: &[u8]) -> io::Result<File> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt;
    use std::time::Duration;
    use tokio::task::LocalSet;
    use tokio::time::{sleep, timeout};

    /// How long nothing must happen.
    const SOON: Duration = Duration::from_millis(50);

    fn document(length: usize) -> Bytes {
        (0..length).map(|at| at as u8).collect::<Vec<_>>().into()
    }

    fn shelf_in(folder: &Path) -> Rc<Shelf> {
        Rc::new(Shelf::new(Some(folder.to_owned())))
    }

    fn serve(shelf: &Rc<Shelf>, document: &Bytes, times: u32) {
        (0..times).for_each(|_| shelf.served(document));
    }

    async fn is_there(shelf: &Shelf, document: &Bytes) {
        let looking = async {
            while shelf.find(document).is_none() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(60), looking).await.unwrap();
    }

    async fn stays_away(shelf: &Shelf, document: &Bytes) {
        sleep(SOON).await;
        assert!(shelf.find(document).is_none());
    }

    #[tokio::test]
    async fn what_is_asked_for_often_is_in_a_file_without_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf_in(folder.path());
        let work = async {
            let bytes = document(LEAST);
            serve(&shelf, &bytes, OFTEN);
            stays_away(&shelf, &bytes).await;
            serve(&shelf, &bytes, 1);
            is_there(&shelf, &bytes).await;
            let (file, start) = shelf.find(&bytes[1_000..]).unwrap();
            assert_eq!(start, 1_000);
            let mut read = vec![0; bytes.len()];
            file.read_exact_at(&mut read, 0).unwrap();
            assert_eq!(read, bytes);
            assert_eq!(folder.path().read_dir().unwrap().count(), 0);
            assert!(shelf.find(&[]).is_none());

            // With the next document it is gone, and that one comes once it too is asked for often.
            let next = document(LEAST);
            serve(&shelf, &next, 1);
            assert!(shelf.find(&next).is_none() && shelf.find(&bytes).is_none());
            serve(&shelf, &next, OFTEN);
            is_there(&shelf, &next).await;
            shelf.close();
            assert!(shelf.find(&next).is_none());
            serve(&shelf, &bytes, OFTEN + 1);
            stays_away(&shelf, &bytes).await;
        };
        LocalSet::new().run_until(work).await;
    }

    #[tokio::test]
    async fn what_is_somewhere_else_is_not_on_the_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf_in(folder.path());
        let work = async {
            let whole = document(3 * LEAST);
            let middle = whole.slice(LEAST..2 * LEAST);
            serve(&shelf, &middle, OFTEN + 1);
            is_there(&shelf, &middle).await;
            assert!(shelf.find(&whole).is_none());
            assert!(shelf.find(&whole[..LEAST]).is_none());
            assert!(shelf.find(&whole[LEAST..=2 * LEAST]).is_none());
            assert!(shelf.find(&whole[2 * LEAST..]).is_none());
            assert!(shelf.find(&document(LEAST)).is_none());
        };
        LocalSet::new().run_until(work).await;
    }

    #[tokio::test]
    async fn small_and_large_documents_and_those_that_take_turns_stay_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf_in(folder.path());
        let work = async {
            let (small, large) = (document(LEAST - 1), document(MOST + 1));
            serve(&shelf, &small, 3 * OFTEN);
            serve(&shelf, &large, 3 * OFTEN);
            let turns = [document(LEAST), document(MOST)];
            for _ in 0..3 * OFTEN {
                turns.iter().for_each(|it| shelf.served(it));
            }
            sleep(SOON).await;
            let [one, other] = turns;
            let all = [small, large, one, other];
            assert!(all.iter().all(|it| shelf.find(it).is_none()));
        };
        LocalSet::new().run_until(work).await;
    }

    #[tokio::test]
    async fn without_a_folder_everything_stays_in_memory() {
        let (shelf, bytes) = (Rc::new(Shelf::new(None)), document(LEAST));
        let work = async {
            serve(&shelf, &bytes, 3 * OFTEN);
            stays_away(&shelf, &bytes).await;
        };
        LocalSet::new().run_until(work).await;
    }

    #[tokio::test]
    async fn once_there_can_be_a_file_there_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let later = folder.path().join("later");
        let shelf = shelf_in(&later);
        let work = async {
            let bytes = document(LEAST);
            serve(&shelf, &bytes, OFTEN + 1);
            stays_away(&shelf, &bytes).await;
            std::fs::create_dir(&later).unwrap();
            let looking = async {
                while shelf.find(&bytes).is_none() {
                    serve(&shelf, &bytes, OFTEN + 1);
                    sleep(Duration::from_millis(1)).await;
                }
            };
            timeout(Duration::from_secs(60), looking).await.unwrap();
        };
        LocalSet::new().run_until(work).await;
    }
}
