//! The embedded store: a `redb` file, which is not there before the first registration and not open before it is needed.
//!
//! A write is one transaction, synced to the disk before it counts. The file is made under another name and renamed when
//! it is whole, so that there never is half of one. After an error of the disk nobody knows what a file holds, and a later
//! sync that succeeds says nothing about what was lost before: the next write makes the file anew.

use super::{Change, Record, Store, StoreError};
use crate::registration::RegistrationId;
use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file in the state folder.
pub(crate) const FILE: &str = "registrations.redb";
/// The same while it is made.
const TEMPORARY: &str = "registrations.redb.tmp";
/// The version of what the file holds, apart from redb's own format. 2: a registration may say how it is checked. A file of
/// version 1 is one of version 2 in which none does, and becomes one with its first change.
const FORMAT: u64 = 2;
/// The first version.
const FIRST: u64 = 1;
/// For redb's pages in memory: a few thousand registrations are small.
const CACHE: usize = 256 * 1_024;

#[cfg(test)]
mod faults;
#[cfg(test)]
mod tests;

const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");
const REGISTRATIONS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("registrations");

/// A store inside the daemon.
#[derive(Debug)]
pub struct EmbeddedStore {
    dir: PathBuf,
    open: Option<Database>,
    /// Whether a write has failed since the file was made.
    suspect: bool,
}

impl EmbeddedStore {
    /// The store in a folder. Nothing is opened yet.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            open: None,
            suspect: false,
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.join(FILE)
    }

    /// The file, opened; `None` when there is none.
    fn database(&mut self) -> Result<Option<&Database>, redb::Error> {
        if self.open.is_none() {
            if !self.path().try_exists()? {
                return Ok(None);
            }
            let database = builder().open(self.path())?;
            check_format(&database)?;
            self.open = Some(database);
        }
        Ok(self.open.as_ref())
    }

    fn read(&mut self) -> Result<Vec<Record>, redb::Error> {
        match self.database()? {
            Some(database) => read_all(database),
            None => Ok(Vec::new()),
        }
    }

    fn apply(&mut self, change: Change) -> Result<(), redb::Error> {
        if self.suspect || self.database()?.is_none() {
            let records = self.read()?;
            self.open = None;
            self.make(&records)?;
            self.suspect = false;
        }
        match self.database()? {
            Some(database) => apply(database, change),
            None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        }
    }

    /// Makes the file, with these records.
    fn make(&self, records: &[Record]) -> Result<(), redb::Error> {
        let temporary = self.dir.join(TEMPORARY);
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        initialize(&builder().create(&temporary)?, records)?;
        fs::rename(&temporary, self.path())?;
        // The new name is kept once the folder is.
        #[cfg(unix)]
        File::open(&self.dir)?.sync_all()?;
        Ok(())
    }

    fn error(&self, error: redb::Error) -> StoreError {
        let path = self.path();
        match error {
            // What redb says of a file that is none of its own.
            redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                StoreError::Unreadable {
                    path,
                    reason: error.to_string(),
                }
            }
            redb::Error::Io(source) => StoreError::Io { path, source },
            redb::Error::DatabaseAlreadyOpen => StoreError::InUse { path },
            error => StoreError::Unreadable {
                path,
                reason: error.to_string(),
            },
        }
    }
}

impl Store for EmbeddedStore {
    fn records(&mut self) -> Result<Vec<Record>, StoreError> {
        self.read().map_err(|error| self.error(error))
    }

    fn write(&mut self, change: Change) -> Result<(), StoreError> {
        self.apply(change).map_err(|error| {
            // redb takes nothing more after an error of the disk.
            self.open = None;
            self.suspect = true;
            self.error(error)
        })
    }

    /// The pages that redb holds.
    fn kept(&self) -> usize {
        let open = self.open.as_ref();
        open.map_or(0, |database| database.cache_stats().used_bytes())
    }
}

fn builder() -> Builder {
    let mut builder = Database::builder();
    // A file that was altered is refused rather than trusted. It is small, and read as a whole anyway.
    builder
        .set_cache_size(CACHE)
        .set_check_integrity_on_open(true);
    builder
}

/// Makes an empty database one of this format.
fn initialize(database: &Database, records: &[Record]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        transaction.open_table(META)?.insert("format", FORMAT)?;
        let mut table = transaction.open_table(REGISTRATIONS)?;
        for record in records {
            table.insert(record.id.0, record.value.as_slice())?;
        }
    }
    transaction.commit()?;
    Ok(())
}

fn check_format(database: &Database) -> Result<(), redb::Error> {
    let table = database.begin_read()?.open_table(META)?;
    let format = table.get("format")?.map(|format| format.value());
    if format.is_some_and(|format| (FIRST..=FORMAT).contains(&format)) {
        return Ok(());
    }
    let format = format.map_or_else(|| "unknown".to_owned(), |format| format.to_string());
    let reason = format!("its format is {format}, this version reads {FORMAT}");
    Err(io::Error::new(io::ErrorKind::InvalidData, reason).into())
}

fn read_all(database: &Database) -> Result<Vec<Record>, redb::Error> {
    let table = database.begin_read()?.open_table(REGISTRATIONS)?;
    let mut records = Vec::new();
    for entry in table.iter()? {
        let (id, value) = entry?;
        records.push(Record {
            id: RegistrationId(id.value()),
            value: value.value().to_vec(),
        });
    }
    Ok(records)
}

/// One transaction. Its commit syncs the file (redb's durability `Immediate`, the default).
fn apply(database: &Database, change: Change) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        if meta.get("format")?.map(|format| format.value()) != Some(FORMAT) {
            meta.insert("format", FORMAT)?;
        }
        let mut table = transaction.open_table(REGISTRATIONS)?;
        match change {
            Change::Put(record) => {
                table.insert(record.id.0, record.value.as_slice())?;
            }
            Change::Remove(ids) => {
                for id in ids {
                    table.remove(id.0)?;
                }
            }
        }
    }
    transaction.commit()?;
    Ok(())
}
