//! What all requests share: the state, the faults, the clock and the record.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::clock::Clock;
use super::fault::Fault;
use super::requests::Requests;
use super::state::State;
use super::store::Store;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) state: RwLock<State>,
    /// Locked while a change is checked, saved and applied, so that changes are made one at a time.
    /// Reads only wait while it is applied, not while it is saved.
    pub(super) store: Mutex<Option<Store>>,
    /// Whether there is a store, so that a change waits for the disk.
    pub(super) saves: bool,
    pub(super) clock: Clock,
    pub(super) origin: Origin,
    pub(super) requests: Requests,
    pub(super) faults: Mutex<Vec<Fault>>,
}

/// What a server began with.
pub(super) struct Origin {
    /// The parts of the seed.
    pub(super) seeds: Vec<String>,
    /// The key of the page tokens.
    pub(super) key: [u8; 32],
    /// The file that changes are saved to.
    pub(super) path: Option<PathBuf>,
}

impl Origin {
    /// Returns a key of the page tokens that depends on the seed alone.
    pub(super) fn reproducible_key(&self) -> [u8; 32] {
        *blake3::hash(self.seeds.join("\0").as_bytes()).as_bytes()
    }
}

/// Omits the tokens and the key.
impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Origin")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Nothing panics in the middle of a change, so the data of a poisoned lock is consistent.
impl Shared {
    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Option<Store>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
