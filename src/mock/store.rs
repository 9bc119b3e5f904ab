//! Persistence: every acknowledged change, in an embedded store whose commits survive a crash.

use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use redb::backends::FileBackend;
use redb::{Database, ReadableTable, StorageBackend, TableDefinition};
use thiserror::Error;

use super::state::Change;
use crate::Membership;

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
    #[error("the file is damaged or was not created by this server")]
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
pub(super) struct Store(Database);

impl Store {
    /// Opens or creates a store, and reads its content; `None` if it is new.
    ///
    /// The embedded store panics on some damaged files. These panics become errors.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Saved>), StoreError> {
        let store = catch_panic(|| Ok(Self(database(path)?)))?;
        match catch_panic(|| store.load()) {
            Ok(saved) => Ok((store, saved)),
            Err(error) => {
                // Closing a damaged store may panic as well.
                let closed = catch_panic(move || {
                    drop(store);
                    Ok(())
                });
                drop(closed);
                Err(error)
            }
        }
    }

    fn load(&self) -> Result<Option<Saved>, StoreError> {
        let transaction = self.0.begin_read().map_err(boxed)?;
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

    /// Saves the seed, the key and the seed's memberships, in one transaction.
    pub(super) fn initialize<'m>(
        &self,
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

    /// Saves a change. It is on disk when this returns.
    pub(super) fn save(&self, change: &Change) -> Result<(), StoreError> {
        self.write(|transaction| {
            let mut table = transaction.open_table(MEMBERSHIPS).map_err(boxed)?;
            match change {
                Change::Put(membership) => {
                    table
                        .insert(&*membership.name, &*json(membership))
                        .map_err(boxed)?;
                }
                Change::Remove(name) => {
                    table.remove(&**name).map_err(boxed)?;
                }
            }
            Ok(())
        })
    }

    /// Runs one transaction. Its commit waits for the disk.
    fn write(
        &self,
        change: impl FnOnce(&redb::WriteTransaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let transaction = self.0.begin_write().map_err(boxed)?;
        change(&transaction)?;
        transaction.commit().map_err(boxed)?;
        Ok(())
    }
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
