//! Persistence: every acknowledged change, in an embedded store whose commits survive a crash.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Once;

use gchat_filter::members::Membership;
use redb::backends::FileBackend;
use redb::{Database, ReadableTable, StorageBackend, TableDefinition};
use thiserror::Error;

use super::state::Change;

/// Memberships as JSON, by name.
const MEMBERSHIPS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("memberships");

/// The seed, and the key of the page tokens.
const FACTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("facts");

const SEED: &str = "seed";
const KEY: &str = "page token key";

/// The error for a file that cannot be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// An error of the embedded store: the file is in use or not a store, the disk is full, …
    #[error("{0}")]
    Store(#[from] Box<redb::Error>),
    /// The file is damaged, or was not created by this server.
    #[error(
        "the file is damaged or was not created by this server: restore it from a copy, or delete it \
         to start over"
    )]
    Damaged,
    /// A saved membership is invalid.
    #[error("invalid saved membership `{name}`: {error}")]
    Membership {
        /// Name of the membership.
        name: String,
        /// What is wrong.
        error: serde_json::Error,
    },
}

/// Content of a store when it was opened.
pub(super) struct Saved {
    pub(super) seed: String,
    pub(super) key: [u8; 32],
    pub(super) memberships: Vec<Membership>,
}

/// An open store.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    /// `None` after a failed write: the database refuses any other one until it is opened again.
    database: Option<Database>,
    /// By name, the memberships from before the failed writes, as JSON; `None` if there was none. The
    /// changes may be on disk nevertheless, so the next write undoes them.
    undo: BTreeMap<String, Option<Vec<u8>>>,
}

impl Store {
    /// Opens or creates a store, and reads its content; `None` if it is new.
    ///
    /// The embedded store panics on some damaged files. These panics become errors.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Saved>), StoreError> {
        let mut database = catch_panic(|| Ok(database(path)?))?;
        let saved = catch_panic(|| {
            // Detects damage by the checksums of all pages.
            if !database.check_integrity().map_err(boxed)? {
                return Err(StoreError::Damaged);
            }
            load(&database)
        });
        match saved {
            Ok(saved) => {
                let store = Self {
                    path: path.to_owned(),
                    database: Some(database),
                    undo: BTreeMap::new(),
                };
                Ok((store, saved))
            }
            Err(error) => {
                close(database);
                Err(match error {
                    // Also if it has other tables.
                    StoreError::Store(error) if !matches!(*error, redb::Error::Io(_)) => {
                        StoreError::Damaged
                    }
                    error => error,
                })
            }
        }
    }

    /// Saves the seed, the key and the seed's memberships, in one transaction.
    pub(super) fn initialize<'m>(
        &mut self,
        seed: &str,
        key: &[u8; 32],
        memberships: impl Iterator<Item = &'m Membership>,
    ) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut facts = transaction.open_table(FACTS).map_err(boxed)?;
            facts.insert(SEED, seed.as_bytes()).map_err(boxed)?;
            facts.insert(KEY, key.as_slice()).map_err(boxed)?;
            let mut table = transaction.open_table(MEMBERSHIPS).map_err(boxed)?;
            for membership in memberships {
                table
                    .insert(&*membership.name, &*json(membership))
                    .map_err(boxed)?;
            }
            Ok(())
        })
    }

    /// Saves a change. It is on disk when this returns, or will be undone if it failed.
    pub(super) fn save(&mut self, change: &Change) -> Result<(), StoreError> {
        let undo = std::mem::take(&mut self.undo);
        let mut undo_all = undo.clone();
        let saved = self.write(|transaction| {
            let mut table = transaction.open_table(MEMBERSHIPS).map_err(boxed)?;
            for (name, before) in &undo {
                replace(&mut table, name, before.as_deref())?;
            }
            let after = match change {
                Change::Put(membership) => Some(json(membership)),
                Change::Remove(_) => None,
            };
            let before = replace(&mut table, change.name(), after.as_deref())?;
            undo_all.insert(change.name().to_owned(), before);
            Ok(())
        });
        if saved.is_err() {
            self.undo = undo_all;
        }
        saved
    }

    /// Runs one transaction. Its commit waits for the disk.
    ///
    /// If it fails, for example because the disk is full, the next one opens the file again.
    fn write(
        &mut self,
        change: impl FnOnce(&redb::WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let database = match self.database.take() {
            Some(database) => database,
            None => catch_panic(|| Ok(Database::open(&self.path).map_err(boxed)?))?,
        };
        let written = catch_panic(|| {
            let transaction = database.begin_write().map_err(boxed)?;
            change(&transaction)?;
            Ok(transaction.commit().map_err(boxed)?)
        });
        match written {
            Ok(()) => self.database = Some(database),
            Err(_) => close(database),
        }
        written
    }
}

/// Replaces the JSON of a membership, and returns what it was; `None` is no membership.
fn replace(
    table: &mut redb::Table<'_, &str, &[u8]>,
    name: &str,
    json: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let before = match json {
        Some(json) => table.insert(name, json),
        None => table.remove(name),
    };
    let before = before.map_err(boxed)?;
    Ok(before.map(|before| before.value().to_vec()))
}

/// Reads the content of a store; `None` if it is new.
fn load(database: &Database) -> Result<Option<Saved>, StoreError> {
    let transaction = database.begin_read().map_err(boxed)?;
    let facts = match transaction.open_table(FACTS) {
        Ok(facts) => facts,
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(boxed(error).into()),
    };
    let fact = |name| -> Result<Vec<u8>, Box<redb::Error>> {
        let value = facts.get(name).map_err(boxed)?;
        Ok(value
            .map(|value| value.value().to_vec())
            .unwrap_or_default())
    };
    let seed = String::from_utf8_lossy(&fact(SEED)?).into_owned();
    let key = fact(KEY)?.first_chunk().copied().unwrap_or_default();
    let mut memberships = Vec::new();
    let table = transaction.open_table(MEMBERSHIPS).map_err(boxed)?;
    for entry in table.iter().map_err(boxed)? {
        let (name, json) = entry.map_err(boxed)?;
        let membership = serde_json::from_slice(json.value());
        memberships.push(membership.map_err(|error| StoreError::Membership {
            name: name.value().to_owned(),
            error,
        })?);
    }
    Ok(Some(Saved {
        seed,
        key,
        memberships,
    }))
}

/// Closes a database. A damaged one may panic.
fn close(database: Database) {
    let closed = catch_panic(move || {
        drop(database);
        Ok(())
    });
    drop(closed);
}

/// Opens the embedded store in a file. A new one is created under another name and renamed when it is
/// complete: if the process were killed in between, the incomplete file could not be opened.
fn database(path: &Path) -> Result<Database, Box<redb::Error>> {
    let exists = || std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    let open = || Database::create(path).map_err(boxed);
    if exists() {
        return open();
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = Path::new(&unfinished);
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.open(unfinished).map_err(io)?;
    // From here on, the file is locked: if two processes start concurrently, one gets an error.
    let file = FileBackend::new(file).map_err(boxed)?;
    if exists() {
        // Another process has just created the store.
        drop(file);
        let _ = std::fs::remove_file(unfinished);
        return open();
    }
    // Remove what a killed process may have left.
    file.set_len(0).map_err(io)?;
    let database = Database::builder().create_with_backend(file);
    let database = database.map_err(boxed)?;
    std::fs::rename(unfinished, path).map_err(io)?;
    // Where a directory can be opened, the rename is on disk only after a sync of the directory.
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if let Ok(directory) = File::open(directory.unwrap_or(Path::new("."))) {
        let _ = directory.sync_all();
    }
    Ok(database)
}

fn io(error: std::io::Error) -> Box<redb::Error> {
    boxed(redb::Error::Io(error))
}

thread_local! {
    /// Whether a panic on this thread is caught and becomes an error.
    static CATCHES_PANIC: Cell<bool> = const { Cell::new(false) };
}

/// Runs `act` and converts a panic into an error, without printing it.
fn catch_panic<T>(act: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CATCHES_PANIC.get() {
                previous(info);
            }
        }));
    });
    CATCHES_PANIC.set(true);
    // Unwind safe: after a panic, the store is dropped and the file is not used.
    let result = panic::catch_unwind(AssertUnwindSafe(act));
    CATCHES_PANIC.set(false);
    result.unwrap_or(Err(StoreError::Damaged))
}

/// Converts the store's various errors into one small type.
fn boxed(error: impl Into<redb::Error>) -> Box<redb::Error> {
    Box::new(error.into())
}

/// Serializes a membership, which cannot fail: its keys are strings.
fn json(membership: &Membership) -> Vec<u8> {
    serde_json::to_vec(membership).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::identifier::identifier;
    use super::*;

    /// A file on a disk that is full after some operations.
    #[derive(Debug)]
    struct Disk {
        file: FileBackend,
        free: Arc<AtomicU64>,
    }

    impl Disk {
        fn check(&self) -> io::Result<()> {
            let decrement = |free: u64| free.checked_sub(1);
            match self
                .free
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, decrement)
            {
                Ok(_) => Ok(()),
                Err(_) => Err(io::ErrorKind::StorageFull.into()),
            }
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.file.len()
        }

        fn read(&self, offset: u64, len: usize) -> io::Result<Vec<u8>> {
            self.file.read(offset, len)
        }

        fn set_len(&self, len: u64) -> io::Result<()> {
            self.check()?;
            self.file.set_len(len)
        }

        fn sync_data(&self, eventual: bool) -> io::Result<()> {
            self.check()?;
            self.file.sync_data(eventual)
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.check()?;
            self.file.write(offset, data)
        }
    }

    fn put(id: &str) -> Change {
        let name = format!("spaces/A/members/{id}");
        Change::put(Membership {
            name,
            ..Membership::default()
        })
        .unwrap()
    }

    /// Returns the identifiers of the saved memberships.
    fn ids(saved: Result<Option<Saved>, StoreError>) -> Vec<String> {
        let saved = saved.unwrap().unwrap().memberships.into_iter();
        saved.map(|m| identifier(&m.name).to_owned()).collect()
    }

    fn saved_ids(path: &Path) -> Vec<String> {
        ids(Store::open(path).map(|(_, saved)| saved))
    }

    fn remove(id: &str) -> Change {
        Change::Remove(format!("spaces/A/members/{id}"))
    }

    /// Creates a file with the members `1` and `2`.
    fn create(path: &Path) -> Store {
        let (mut store, _) = Store::open(path).unwrap();
        store.initialize("{}", &[0; 32], [].into_iter()).unwrap();
        store.save(&put("1")).unwrap();
        store.save(&put("2")).unwrap();
        store
    }

    /// Whichever operation of the disk is the first to fail, the next change undoes the failed one, even
    /// if it is on disk.
    #[test]
    fn failed_changes_are_undone_once_the_disk_has_space() {
        let directory = tempfile::tempdir().unwrap();
        let original = directory.path().join("original");
        drop(create(&original));
        let path = directory.path().join("store");
        let mut failures = 0;
        for free in 0.. {
            std::fs::copy(&original, &path).unwrap();
            let file = File::options().read(true).write(true).open(&path).unwrap();
            let operations = Arc::new(AtomicU64::new(u64::MAX));
            let disk = Disk {
                file: FileBackend::new(file).unwrap(),
                free: Arc::clone(&operations),
            };
            let mut store = Store {
                path: path.clone(),
                database: Some(Database::builder().create_with_backend(disk).unwrap()),
                undo: BTreeMap::new(),
            };
            operations.store(free, Ordering::Relaxed);
            let is_removed = store.save(&remove("1")).is_ok();
            operations.store(u64::MAX, Ordering::Relaxed);
            store.save(&put("3")).unwrap();
            drop(store);
            let expected: &[_] = if is_removed {
                &["2", "3"]
            } else {
                &["1", "2", "3"]
            };
            assert_eq!(saved_ids(&path), expected, "{free} operations");
            if is_removed {
                break;
            }
            failures += 1;
        }
        assert!(failures > 3, "{failures}");
    }

    /// As if several changes had reached the disk before they failed.
    #[test]
    fn all_failed_changes_are_undone_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let mut store = create(&path);
        let Change::Put(first) = put("1") else {
            unreachable!()
        };
        store.save(&remove("1")).unwrap();
        store.undo = BTreeMap::from([
            (first.name.clone(), Some(json(&first))),
            ("spaces/A/members/2".to_owned(), None),
        ]);
        store.save(&put("3")).unwrap();
        assert_eq!(ids(load(store.database.as_ref().unwrap())), ["1", "3"]);
        store.save(&put("2")).unwrap();
        store.save(&remove("1")).unwrap();
        store.save(&put("4")).unwrap();
        drop(store);
        assert_eq!(saved_ids(&path), ["2", "3", "4"]);
    }

    #[test]
    fn files_of_other_programs_are_rejected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let database = Database::create(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let table: TableDefinition<'_, u64, u64> = TableDefinition::new("facts");
        transaction.open_table(table).unwrap();
        transaction.commit().unwrap();
        drop(database);
        let error = Store::open(&path).map(drop).unwrap_err();
        assert!(matches!(error, StoreError::Damaged), "{error}");
    }

    /// Any changed byte of a membership is detected by a checksum.
    #[test]
    fn damaged_files_are_detected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        create(&path).save(&put("DAMAGED")).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let places: Vec<usize> = bytes
            .windows(7)
            .enumerate()
            .filter_map(|(at, window)| (window == b"DAMAGED").then_some(at))
            .collect();
        assert!(!places.is_empty());
        for at in places {
            bytes
                .get_mut(at..)
                .unwrap()
                .first_mut()
                .map(|byte| *byte = b'd')
                .unwrap();
        }
        std::fs::write(&path, bytes).unwrap();
        let error = Store::open(&path).map(drop).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("restore it from a copy, or delete it"),
            "{error}"
        );
    }
}
