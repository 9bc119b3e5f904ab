//! What is saved: every acknowledged change, in an embedded store whose commits survive a crash.

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

/// A store that cannot be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The embedded store says so: the file is in use, is no store, the disk is full…
    #[error("{0}")]
    Store(#[from] Box<redb::Error>),
    /// The embedded store cannot make sense of the file.
    #[error("it is damaged, or was not made by this server")]
    Damaged,
    /// A membership in it cannot be read.
    #[error("the membership `{name}` in it cannot be read: {error}")]
    Membership {
        /// Its name.
        name: String,
        /// Why.
        error: serde_json::Error,
    },
}

/// What a store held when it was opened.
pub(super) struct Saved {
    pub(super) seed: String,
    pub(super) key: [u8; 32],
    pub(super) memberships: Vec<Membership>,
}

/// An open store.
#[derive(Debug)]
pub(super) struct Store(Database);

impl Store {
    /// Opens a store, or begins one, and reads what it holds; `None` for a new one.
    ///
    /// The embedded store panics at some damage; here that is an error like any other.
    pub(super) fn open(path: &Path) -> Result<(Self, Option<Saved>), StoreError> {
        let store = contained(|| Ok(Self(database(path)?)))?;
        match contained(|| store.load()) {
            Ok(saved) => Ok((store, saved)),
            Err(error) => {
                // Closing what is damaged may panic too.
                let closed = contained(move || {
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

    /// Begins with a seed's memberships: all of it is there afterwards, or nothing.
    pub(super) fn begin<'m>(
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

    /// Saves a change: once this returns, it is on the disk.
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

    /// One transaction; its commit waits for the disk.
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

/// The embedded store in a file. One that is not there yet is made under another name, and named
/// only once it is whole: a half-made one, of a process that was killed, could not be opened.
fn database(path: &Path) -> Result<Database, Box<redb::Error>> {
    let is_there = || std::fs::metadata(path).is_ok_and(|file| file.len() > 0);
    let open = || Database::create(path).map_err(boxed);
    if is_there() {
        return open();
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = Path::new(&unfinished);
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let file = options.open(unfinished).map_err(io)?;
    // It is locked from here on: of two processes that begin at once, one is told so.
    let file = FileBackend::new(file).map_err(boxed)?;
    if is_there() {
        // Another process has just finished it.
        drop(file);
        let _ = std::fs::remove_file(unfinished);
        return open();
    }
    // What a process that was killed has left.
    file.set_len(0).map_err(io)?;
    let database = Database::builder().create_with_backend(file);
    let database = database.map_err(boxed)?;
    std::fs::rename(unfinished, path).map_err(io)?;
    // Where a directory can be opened, its entries are on the disk only then.
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
    /// Whether a panic on this thread is caught, and told as an error.
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
}

/// Does something that may panic, and makes an error of it; nothing is printed.
fn contained<T>(act: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CONTAINED.get() {
                others(info);
            }
        }));
    });
    CONTAINED.set(true);
    // What a panic leaves half done is dropped, or is a file that is not used.
    let done = panic::catch_unwind(AssertUnwindSafe(act));
    CONTAINED.set(false);
    done.unwrap_or(Err(StoreError::Damaged))
}

/// The store's errors of many types as one, and small.
fn boxed(error: impl Into<redb::Error>) -> Box<redb::Error> {
    Box::new(error.into())
}

/// A membership has string keys and no way to fail.
fn json(membership: &Membership) -> Vec<u8> {
    serde_json::to_vec(membership).unwrap_or_default()
}
