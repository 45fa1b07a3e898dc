//! A disk that forgets what was not synced, and that fails when it is told to.

use super::*;
use proptest::prelude::*;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

/// What a disk writes as a whole, in bytes: a write that is cut off ends at a multiple.
const SECTOR: usize = 512;

/// A disk in memory. Clones are the same disk.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// What the disk has for sure.
    synced: Vec<u8>,
    /// What a process that reads now sees.
    seen: Vec<u8>,
    /// The way from the one to the other.
    unsynced: Vec<Operation>,
    /// How many operations succeed before all fail; `None` for all.
    left: Option<usize>,
}

#[derive(Debug, Clone)]
enum Operation {
    Write(usize, Vec<u8>),
    Resize(usize),
}

impl Operation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Resize(len) => bytes.resize(*len, 0),
            Self::Write(at, data) => {
                // The growth that it needs may be lost while it is not.
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[*at..at + data.len()].copy_from_slice(data);
            }
        }
    }
}

impl Disk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn operate(&self, operation: Operation) -> Result<(), io::Error> {
        let mut state = self.state();
        state.spend()?;
        operation.apply(&mut state.seen);
        state.unsynced.push(operation);
        Ok(())
    }

    /// The power fails. Of what was not synced the disk has any part: `luck` says which operations, and how much of them.
    fn after_power_cut(&self, luck: &[u8]) -> Self {
        let state = self.state();
        let mut bytes = state.synced.clone();
        let mut luck = luck.iter().cycle();
        for operation in &state.unsynced {
            match (luck.next().map_or(0, |it| it % 4), operation) {
                (0, _) => {}
                (1, Operation::Write(at, data)) => {
                    let cut = data.len() / 2 / SECTOR * SECTOR;
                    Operation::Write(*at, data[..cut].to_vec()).apply(&mut bytes);
                }
                _ => operation.apply(&mut bytes),
            }
        }
        Self(Arc::new(Mutex::new(State {
            seen: bytes.clone(),
            synced: bytes,
            ..State::default()
        })))
    }

    fn open(&self) -> Result<Database, redb::Error> {
        let database = builder().create_with_backend(self.clone())?;
        Ok(database)
    }
}

impl State {
    fn spend(&mut self) -> Result<(), io::Error> {
        match &mut self.left {
            Some(0) => Err(io::ErrorKind::StorageFull.into()),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.state().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let (state, at) = (self.state(), usize::try_from(offset).unwrap());
        let found = state.seen.get(at..at + out.len());
        out.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        self.operate(Operation::Resize(usize::try_from(len).unwrap()))
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let mut state = self.state();
        state.spend()?;
        state.synced = state.seen.clone();
        state.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let at = usize::try_from(offset).unwrap();
        self.operate(Operation::Write(at, data.to_vec()))
    }
}

type Model = BTreeMap<RegistrationId, Vec<u8>>;

fn change() -> impl Strategy<Value = Change> {
    let id = || (0..6_u64).prop_map(RegistrationId);
    let put = (id(), any::<u8>(), 1..3_000_usize).prop_map(|(id, byte, len)| {
        Change::Put(Record {
            id,
            value: vec![byte; len],
        })
    });
    let remove = prop::collection::vec(id(), 1..3).prop_map(Change::Remove);
    prop_oneof![3 => put, 1 => remove]
}

fn model_apply(model: &mut Model, change: Change) {
    match change {
        Change::Put(record) => drop(model.insert(record.id, record.value)),
        Change::Remove(ids) => model.retain(|id, _| !ids.contains(id)),
    }
}

fn records(database: &Database) -> Model {
    let records = read_all(database).unwrap().into_iter();
    records.map(|record| (record.id, record.value)).collect()
}

/// A disk with the file as it is made and then renamed: all of it synced.
fn made() -> Disk {
    let disk = Disk::default();
    initialize(&disk.open().unwrap(), &[]).unwrap();
    disk.after_power_cut(&[0])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Changes, a disk that fails after some operations, and a power cut: three times over.
    #[test]
    fn what_was_acknowledged_survives_a_power_cut_and_nothing_else_appears(
        lives in prop::collection::vec(
            (prop::collection::vec(change(), 0..8), prop::option::of(0..60_usize), prop::collection::vec(any::<u8>(), 1..32)),
            1..4,
        ),
    ) {
        let mut disk = made();
        let mut acknowledged = Model::new();
        for (changes, left, luck) in lives {
            let mut possible = vec![acknowledged.clone()];
            disk.state().left = left;
            if let Ok(database) = disk.open() {
                for change in changes {
                    let mut after = acknowledged.clone();
                    model_apply(&mut after, change.clone());
                    let done = apply(&database, change);
                    // Without an answer it may have happened or not.
                    possible = if done.is_ok() { vec![after.clone()] } else { vec![acknowledged.clone(), after.clone()] };
                    if done.is_err() {
                        break;
                    }
                    acknowledged = after;
                }
            }
            disk = disk.after_power_cut(&luck);
            let database = disk.open().unwrap();
            check_format(&database).unwrap();
            let found = records(&database);
            prop_assert!(possible.contains(&found), "{:?} is none of {:?}", found.keys(), possible);
            drop(database);
            acknowledged = found;
        }
    }
}

#[test]
fn the_disk_of_these_tests_forgets_what_was_not_synced() {
    let disk = made();
    let database = disk.open().unwrap();
    let mut transaction = database.begin_write().unwrap();
    transaction.set_durability(redb::Durability::None).unwrap();
    {
        let mut table = transaction.open_table(REGISTRATIONS).unwrap();
        table.insert(1, [1].as_slice()).unwrap();
    }
    transaction.commit().unwrap();
    assert_eq!(records(&database).len(), 1);
    // Before redb closes the file, which syncs it.
    let disk = disk.after_power_cut(&[0]);
    assert_eq!(records(&disk.open().unwrap()).len(), 0);
}
