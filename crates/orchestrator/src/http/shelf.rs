//! A document that is asked for again and again, in a file: the kernel sends it from there without copying it.
//!
//! To copy 20 KB for each response takes a fifth of what answering it costs. So a document that was the answer many times in a row is
//! written to a file without a name, and what a connection writes of it is sent from that file (sendfile, as web servers do
//! it). The file goes with the document. Where there can be none, as on a disk that is full or read-only, nothing
//! changes but the cost.

use super::catalog::LARGE;
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

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
        }
    }

    /// A document is an answer once more.
    pub(crate) fn served(&self, document: &Bytes) {
        if !(LEAST..=MOST).contains(&document.len()) {
            return;
        }
        let place = document.as_ptr() as usize;
        let (last, times) = self.last.get();
        let times = if last == place { times } else { 0 };
        self.last.set((place, times.saturating_add(1)));
        if times == OFTEN {
            self.keep(document);
        }
    }

    fn keep(&self, document: &Bytes) {
        let Some(folder) = &self.folder else { return };
        match write(folder, document) {
            Ok(file) => {
                let (bytes, file) = (document.clone(), Rc::new(file));
                self.kept.replace(Some(Kept { bytes, file }));
            }
            Err(error) => tracing::debug!(%error, "the document is sent from memory"),
        }
    }

    /// The file that has `piece`, and where in it, if it is a piece of the document on the shelf.
    pub(crate) fn find(&self, piece: &[u8]) -> Option<(Rc<File>, u64)> {
        let kept = self.kept.borrow();
        let kept = kept.as_ref()?;
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

    /// Sends everything from memory from now on.
    pub(crate) fn clear(&self) {
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

    fn document(length: usize) -> Bytes {
        (0..length).map(|at| at as u8).collect::<Vec<_>>().into()
    }

    fn serve(shelf: &Shelf, document: &Bytes, times: u32) {
        (0..times).for_each(|_| shelf.served(document));
    }

    #[test]
    fn what_is_asked_for_often_is_in_a_file_without_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(Some(folder.path().to_owned()));
        let bytes = document(LEAST);
        serve(&shelf, &bytes, OFTEN);
        assert!(shelf.find(&bytes).is_none());
        serve(&shelf, &bytes, 1);
        let (file, start) = shelf.find(&bytes[1_000..]).unwrap();
        assert_eq!(start, 1_000);
        let mut read = vec![0; bytes.len()];
        file.read_exact_at(&mut read, 0).unwrap();
        assert_eq!(read, bytes);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        // The next document is another one, until it too is asked for often.
        let next = document(LEAST);
        serve(&shelf, &next, OFTEN);
        assert!(shelf.find(&next).is_none() && shelf.find(&bytes).is_some());
        serve(&shelf, &next, 1);
        assert!(shelf.find(&next).is_some() && shelf.find(&bytes).is_none());
        shelf.clear();
        assert!(shelf.find(&next).is_none());
    }

    #[test]
    fn what_is_somewhere_else_is_not_on_the_shelf() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(Some(folder.path().to_owned()));
        let whole = document(3 * LEAST);
        serve(&shelf, &whole.slice(LEAST..2 * LEAST), OFTEN + 1);
        assert!(shelf.find(&whole).is_none());
        assert!(shelf.find(&whole[..LEAST]).is_none());
        assert!(shelf.find(&whole[LEAST..=2 * LEAST]).is_none());
        assert!(shelf.find(&whole[2 * LEAST..]).is_none());
        assert!(shelf.find(&document(LEAST)).is_none());
    }

    #[test]
    fn small_and_huge_documents_and_those_that_take_turns_stay_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(Some(folder.path().to_owned()));
        let (small, huge) = (document(LEAST - 1), document(MOST + 1));
        let (one, other) = (document(LEAST), document(MOST));
        for _ in 0..3 * OFTEN {
            shelf.served(&small);
            shelf.served(&huge);
            shelf.served(&one);
            shelf.served(&other);
        }
        assert!(
            [small, huge, one, other]
                .iter()
                .all(|it| shelf.find(it).is_none())
        );
    }

    #[test]
    fn where_there_can_be_no_file_everything_stays_in_memory() {
        for folder in [None, Some(PathBuf::from("/nowhere/at/all"))] {
            let (shelf, bytes) = (Shelf::new(folder), document(LEAST));
            serve(&shelf, &bytes, 3 * OFTEN);
            assert!(shelf.find(&bytes).is_none());
        }
    }
}
