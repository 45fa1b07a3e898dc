//! The store on a real file.

use super::*;

/// A file of the first version: what `put(7, "first")` alone had written, in gzip. Never to be made again: a file of a new
/// version comes beside it.
const FORMAT_1: &[u8] = include_bytes!("format-1.redb.gz");

fn put(id: u64, value: &str) -> Change {
    Change::Put(record(id, value))
}

fn record(id: u64, value: &str) -> Record {
    Record {
        id: RegistrationId(id),
        value: value.into(),
    }
}

#[test]
fn a_change_is_there_when_the_store_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    for change in [put(1, "a"), put(2, "b"), put(1, "c"), put(3, "d")] {
        store.write(change).unwrap();
    }
    let gone = [2, 9].map(RegistrationId).to_vec();
    store.write(Change::Remove(gone)).unwrap();
    drop(store);
    let mut store = EmbeddedStore::new(dir.path());
    assert_eq!(store.records().unwrap(), [record(1, "c"), record(3, "d")]);
}

#[test]
fn without_a_registration_there_is_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    assert_eq!(store.records().unwrap(), []);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn half_a_file_left_by_a_crash_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(TEMPORARY), b"redb").unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    store.write(put(1, "a")).unwrap();
    assert_eq!(store.records().unwrap(), [record(1, "a")]);
    assert!(!dir.path().join(TEMPORARY).exists());
}

#[test]
fn after_an_error_of_the_disk_the_file_is_made_anew_with_all_that_it_had() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    store.write(put(1, "a")).unwrap();
    // Nothing can be made where a folder is in the way.
    fs::create_dir(dir.path().join(TEMPORARY)).unwrap();
    store.suspect = true;
    let error = store.write(put(2, "b")).unwrap_err();
    assert!(error.to_string().contains(FILE), "{error}");
    assert_eq!(store.records().unwrap(), [record(1, "a")]);
    fs::remove_dir(dir.path().join(TEMPORARY)).unwrap();
    store.write(put(2, "b")).unwrap();
    assert_eq!(store.records().unwrap(), [record(1, "a"), record(2, "b")]);
}

#[test]
fn the_first_version_is_still_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut file = Vec::new();
    let mut packed = flate2::read::GzDecoder::new(FORMAT_1);
    std::io::Read::read_to_end(&mut packed, &mut file).unwrap();
    fs::write(dir.path().join(FILE), file).unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    assert_eq!(store.records().unwrap(), [record(7, "first")]);
    store.write(put(8, "second")).unwrap();
    assert_eq!(store.records().unwrap().len(), 2);
    // And it is one of this version now, which the first one would not read.
    let read = store.open.as_ref().unwrap().begin_read().unwrap();
    let format = read.open_table(META).unwrap().get("format").unwrap();
    assert_eq!(format.unwrap().value(), FORMAT);
}

#[test]
fn a_file_of_a_later_version_is_neither_read_nor_changed() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    store.write(put(1, "a")).unwrap();
    let database = store.open.take().unwrap();
    let transaction = database.begin_write().unwrap();
    let later = FORMAT + 1;
    transaction
        .open_table(META)
        .unwrap()
        .insert("format", later)
        .unwrap();
    transaction.commit().unwrap();
    drop(database);
    for error in [
        store.records().unwrap_err(),
        store.write(put(2, "b")).unwrap_err(),
        store.write(put(2, "b")).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains("its format is 3"), "{error}");
    }
}

#[test]
fn what_is_no_file_of_ours_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    for contents in [&b"not a database"[..], &[0; 8_192]] {
        fs::write(dir.path().join(FILE), contents).unwrap();
        let mut store = EmbeddedStore::new(dir.path());
        for error in [
            store.records().unwrap_err(),
            store.write(put(1, "a")).unwrap_err(),
            store.write(put(1, "a")).unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Unreadable { .. }), "{error}");
            assert!(error.to_string().contains("move the file away"), "{error}");
        }
        assert_eq!(fs::read(dir.path().join(FILE)).unwrap(), contents);
    }
}

#[test]
fn a_damaged_file_is_an_error_and_not_the_end_of_the_daemon() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = EmbeddedStore::new(dir.path());
    for id in 0..40 {
        store.write(put(id, &"x".repeat(400))).unwrap();
    }
    drop(store);
    let path = dir.path().join(FILE);
    let whole = fs::read(&path).unwrap();
    let damaged = |at: usize| {
        let mut bytes = whole.clone();
        for byte in bytes.iter_mut().skip(at).take(64) {
            *byte = !*byte;
        }
        bytes
    };
    let cut = [0, 1, 64, 4_096, whole.len() / 2, whole.len() - 1].map(|at| whole[..at].to_vec());
    let flipped = (0..whole.len().min(1 << 17))
        .step_by(4_096 / 3)
        .map(damaged);
    let mut refused = 0;
    for bytes in cut.into_iter().chain(flipped) {
        fs::write(&path, bytes).unwrap();
        let read = EmbeddedStore::new(dir.path()).records();
        // Some bytes mean nothing.
        refused += usize::from(read.is_err());
        if let Ok(records) = read {
            assert!(
                records.is_empty() || records.len() == 40,
                "{}",
                records.len()
            );
        }
    }
    assert!(refused > 6, "{refused}");
}
