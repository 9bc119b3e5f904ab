//! Persistence: a journal of every acknowledged change.
//!
//! The file is text with a record on each line: a checksum, a space and JSON. The first record has
//! everything that the file was created with, each other one a change. A change whose line does not
//! end, because the server was killed while writing it, was never acknowledged.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use gchat_filter::members::Membership;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::state::Change;

/// Version of the format.
const VERSION: u32 = 1;

/// Number of digits of a checksum.
const CHECKSUM_LEN: usize = 16;

/// A journal with more changes than this, and than memberships, is written anew at the start.
const MAX_CHANGES: usize = 1000;

/// The error for a file that cannot be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be read or written: it is a directory, the disk is full, …
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another server uses the file.
    #[error("the file is in use by another server")]
    InUse,
    /// The file is damaged, or was not created by this server.
    #[error(
        "the file is damaged at line {line}, or was not created by this version of the server: \
         restore it from a copy, or delete it to start over"
    )]
    Damaged {
        /// Number of the first invalid line, from 1.
        line: usize,
    },
    /// A saved membership is invalid.
    #[error("invalid saved membership `{name}`: {message}")]
    Membership {
        /// Name of the membership.
        name: String,
        /// What is wrong.
        message: String,
    },
}

/// The content of a store, which is the first record of its file.
#[derive(Deserialize, Serialize)]
pub(super) struct Content {
    version: u32,
    /// The parts of the seed.
    pub(super) seeds: Vec<String>,
    /// The key of the page tokens.
    pub(super) key: [u8; 32],
    pub(super) memberships: Vec<Membership>,
}

impl Content {
    pub(super) fn new(seeds: Vec<String>, key: [u8; 32], memberships: Vec<Membership>) -> Self {
        Self {
            version: VERSION,
            seeds,
            key,
            memberships,
        }
    }
}

/// A change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Entry {
    Put(Box<Membership>),
    Remove(String),
}

/// A change, to be written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum EntryRef<'e> {
    Put(&'e Membership),
    Remove(&'e str),
}

/// What a journal is written to.
pub(super) trait Disk {
    /// Writes bytes at an offset. They are on disk when this returns.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts everything after a length off.
    fn cut(&mut self, length: u64) -> io::Result<()>;
}

impl Disk for File {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(bytes)?;
        self.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// An open store. The file is locked until it is dropped.
#[derive(Debug)]
pub(super) struct Store<D = File> {
    disk: D,
    /// Length of the acknowledged records, in bytes.
    length: u64,
    /// Whether there may be more in the file, because writing it failed.
    has_failed: bool,
}

impl Store {
    /// Opens a store, and reads its content; `None` if there is none.
    pub(super) fn open(path: &Path) -> Result<Option<(Self, Content)>, StoreError> {
        let mut file = loop {
            if !exists(path)? {
                return Ok(None);
            }
            let file = lock(File::options().read(true).write(true).open(path)?)?;
            // Another server may have replaced the file before it was locked.
            if is_at(&file, path)? {
                break file;
            }
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (content, changes, length) = read(&bytes)?;
        if changes > MAX_CHANGES.max(content.memberships.len()) {
            // The lock of the old file is held until the new one has its name.
            let store = Self::replace(path, &content)?;
            return Ok(Some((store, content)));
        }
        let store = Self {
            disk: file,
            length,
            // An incomplete record is cut off before the next one is written.
            has_failed: length < bytes.len() as u64,
        };
        Ok(Some((store, content)))
    }

    /// Creates a store where there is none.
    pub(super) fn create(path: &Path, content: &Content) -> Result<Self, StoreError> {
        let unfinished = Unfinished::open(path)?;
        if exists(path)? {
            // Another server has just created it.
            return Err(StoreError::InUse);
        }
        unfinished.complete(path, content)
    }

    /// Creates a store in place of an open one.
    pub(super) fn replace(path: &Path, content: &Content) -> Result<Self, StoreError> {
        Unfinished::open(path)?.complete(path, content)
    }
}

/// A new file, locked. It gets its name when it is complete, so that it is never seen in part.
struct Unfinished {
    file: File,
    path: PathBuf,
}

impl Unfinished {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let mut name = OsString::from(path);
        name.push(".new");
        let path = PathBuf::from(name);
        let mut options = File::options();
        let options = options.write(true).create(true).truncate(false);
        let file = lock(options.open(&path)?)?;
        if is_at(&file, &path)? {
            Ok(Self { file, path })
        } else {
            // Another server has just completed it.
            Err(StoreError::InUse)
        }
    }

    fn complete(mut self, path: &Path, content: &Content) -> Result<Store, StoreError> {
        // Removes what a killed server may have left.
        self.file.cut(0)?;
        let text = record(content);
        self.file.write_at(0, text.as_bytes())?;
        std::fs::rename(&self.path, path)?;
        // Where a directory can be opened, the name is on disk only after a sync of the directory.
        let directory = path.parent().filter(|own| !own.as_os_str().is_empty());
        if let Ok(directory) = File::open(directory.unwrap_or(Path::new("."))) {
            let _ = directory.sync_all();
        }
        Ok(Store {
            disk: self.file,
            length: text.len() as u64,
            has_failed: false,
        })
    }
}

impl<D: Disk> Store<D> {
    /// Saves a change. It is on disk when this returns. If it fails, for example because the disk is
    /// full, the change is undone before the next one is saved.
    pub(super) fn save(&mut self, change: &Change) -> Result<(), StoreError> {
        let text = record(&match change {
            Change::Put(membership) => EntryRef::Put(membership),
            Change::Remove(name) => EntryRef::Remove(name),
        });
        self.undo()?;
        let written = self.disk.write_at(self.length, text.as_bytes());
        if written.is_err() {
            self.has_failed = true;
            // Otherwise the next change tries again.
            let _ = self.undo();
        } else {
            self.length += text.len() as u64;
        }
        Ok(written?)
    }

    /// Removes what a failed write may have left.
    fn undo(&mut self) -> io::Result<()> {
        if self.has_failed {
            self.disk.cut(self.length)?;
            self.has_failed = false;
        }
        Ok(())
    }
}

/// Reads a journal. Returns its content, the number of changes, and the length of all complete lines.
fn read(bytes: &[u8]) -> Result<(Content, usize, u64), StoreError> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let mut lines = lines.take_while(|line| line.ends_with(b"\n")).enumerate();
    let damaged = |index| StoreError::Damaged { line: index + 1 };
    let (_, first) = lines.next().ok_or(damaged(0))?;
    let content = json(first).and_then(|json| serde_json::from_str(json).ok());
    let content = content.filter(|content: &Content| content.version == VERSION);
    let mut content = content.ok_or(damaged(0))?;
    let mut memberships: BTreeMap<String, Membership> = std::mem::take(&mut content.memberships)
        .into_iter()
        .map(|membership| (membership.name.clone(), membership))
        .collect();
    let (mut changes, mut length) = (0, first.len() as u64);
    for (index, line) in lines {
        let change = json(line).and_then(|json| serde_json::from_str(json).ok());
        match change.ok_or_else(|| damaged(index))? {
            Entry::Put(membership) => {
                memberships.insert(membership.name.clone(), *membership);
            }
            Entry::Remove(name) => {
                memberships.remove(&name);
            }
        }
        changes += 1;
        length += line.len() as u64;
    }
    content.memberships = memberships.into_values().collect();
    Ok((content, changes, length))
}

/// Returns the line of a record. JSON has no line breaks, unless it is indented.
fn record(content: &impl Serialize) -> String {
    let json = serde_json::to_string(content).expect("all keys are strings");
    format!("{} {json}\n", checksum(&json))
}

/// Returns the JSON of a line; `None` if the line is not a record.
fn json(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
    let (sum, json) = line.split_once(' ')?;
    (sum == checksum(json)).then_some(json)
}

fn checksum(json: &str) -> String {
    let mut hex = blake3::hash(json.as_bytes()).to_hex().to_string();
    hex.truncate(CHECKSUM_LEN);
    hex
}

/// Returns whether there is a file, which is not empty.
fn exists(path: &Path) -> io::Result<bool> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len() > 0),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Locks a file until it is closed.
fn lock(file: File) -> Result<File, StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Returns whether an open file is the one at a path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let open = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((open.dev(), open.ino()) == (named.dev(), named.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Elsewhere, an open file cannot be replaced.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use std::cell::Cell;
    use std::rc::Rc;

    use super::super::identifier::identifier;
    use super::*;

    /// A file on a disk that is full after some operations.
    struct FullDisk {
        file: File,
        free: Rc<Cell<u64>>,
    }

    impl FullDisk {
        fn check(&self) -> io::Result<()> {
            let free = self.free.get().checked_sub(1);
            self.free.set(free.unwrap_or_default());
            free.map(drop).ok_or(io::ErrorKind::StorageFull.into())
        }
    }

    impl Disk for FullDisk {
        fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
            // Nothing, a part, or everything is on disk.
            for count in [bytes.len() / 2, bytes.len()] {
                self.check()?;
                let (written, _) = bytes.split_at(count);
                self.file.write_at(offset, written)?;
            }
            self.check()
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.check()?;
            self.file.cut(length)
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

    fn remove(id: &str) -> Change {
        Change::Remove(format!("spaces/A/members/{id}"))
    }

    fn content(memberships: Vec<Membership>) -> Content {
        Content::new(vec!["{}".to_owned()], [7; 32], memberships)
    }

    /// Returns the identifiers of the saved memberships.
    fn saved_ids(path: &Path) -> Vec<String> {
        let (_, saved) = Store::open(path).unwrap().unwrap();
        let memberships = saved.memberships.iter();
        memberships
            .map(|own| identifier(&own.name).to_owned())
            .collect()
    }

    /// Creates a file with the members `1` and `2`.
    fn create(path: &Path) -> Store {
        let Change::Put(first) = put("1") else {
            unreachable!()
        };
        let mut store = Store::create(path, &content(vec![*first])).unwrap();
        store.save(&put("2")).unwrap();
        store
    }

    fn error(path: &Path) -> StoreError {
        Store::open(path).map(drop).unwrap_err()
    }

    /// Whichever operations of the disk fail, the next change undoes the failed ones, even if they
    /// are on disk.
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
            let operations = Rc::new(Cell::new(free));
            let mut store = Store {
                length: file.metadata().unwrap().len(),
                disk: FullDisk {
                    file,
                    free: Rc::clone(&operations),
                },
                has_failed: false,
            };
            let is_removed = store.save(&remove("1")).is_ok();
            // While the disk is full, other changes fail, too.
            let is_added = store.save(&put("LONGER")).is_ok();
            operations.set(u64::MAX);
            store.save(&put("3")).unwrap();
            drop(store);
            let mut expected = vec!["1", "2", "3", "LONGER"];
            expected.retain(|id| match *id {
                "1" => !is_removed,
                "LONGER" => is_added,
                _ => true,
            });
            assert_eq!(saved_ids(&path), expected, "{free} operations");
            if is_removed && is_added {
                break;
            }
            failures += 1;
        }
        assert!(failures > 5, "{failures}");
    }

    /// As if the server had been killed while it wrote the last record.
    #[test]
    fn incomplete_records_are_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        create(&path).save(&put("3")).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let last = bytes.split(|byte| *byte == b'\n').rev().nth(1).unwrap();
        for missing in 1..=last.len() {
            let (cut, _) = bytes.split_at(bytes.len() - missing);
            std::fs::write(&path, cut).unwrap();
            let (mut store, saved) = Store::open(&path).unwrap().unwrap();
            assert_eq!(saved.memberships.len(), 2, "{missing}");
            store.save(&put("4")).unwrap();
            drop(store);
            assert_eq!(saved_ids(&path), ["1", "2", "4"], "{missing}");
        }
    }

    /// The header as well: any changed byte is detected, at its line.
    #[test]
    fn damaged_files_are_detected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        drop(create(&path));
        let original = std::fs::read(&path).unwrap();
        let mut number = 1;
        for (at, byte) in original.iter().enumerate() {
            let mut bytes = original.clone();
            *bytes.get_mut(at).unwrap() ^= 1;
            std::fs::write(&path, bytes).unwrap();
            if at + 1 == original.len() {
                // The last record is incomplete without its line break.
                assert_eq!(saved_ids(&path), ["1"]);
            } else {
                let found = error(&path);
                assert!(
                    matches!(found, StoreError::Damaged { line } if line == number),
                    "{at}: {found}"
                );
            }
            number += usize::from(*byte == b'\n');
        }
    }

    #[test]
    fn files_of_other_programs_and_versions_are_rejected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let mut future = content(Vec::new());
        future.version += 1;
        for text in ["x", "\n", "{}\n", "SQLite format 3\0", &record(&future)] {
            std::fs::write(&path, text).unwrap();
            let found = error(&path);
            assert!(matches!(found, StoreError::Damaged { line: 1 }), "{text:?}");
        }
    }

    #[test]
    fn one_server_uses_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let store = create(&path);
        assert!(matches!(error(&path), StoreError::InUse));
        drop(store);
        assert_eq!(saved_ids(&path), ["1", "2"]);
        // A killed server may have left an incomplete file.
        let path = directory.path().join("other");
        let unfinished = directory.path().join("other.new");
        std::fs::write(&unfinished, "x".repeat(5000)).unwrap();
        let locked = lock(File::open(&unfinished).unwrap()).unwrap();
        let result = Store::create(&path, &content(Vec::new())).map(drop);
        assert!(matches!(result, Err(StoreError::InUse)));
        assert!(Store::open(&path).unwrap().is_none());
        drop(locked);
        drop(create(&path));
        assert_eq!(saved_ids(&path), ["1", "2"]);
        assert!(!unfinished.exists());
    }

    #[test]
    fn long_journals_are_written_anew_at_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let mut text = record(&content(Vec::new()));
        let Change::Put(membership) = put("1") else {
            unreachable!()
        };
        let records = record(&EntryRef::Put(&membership));
        text += &records.repeat(MAX_CHANGES);
        std::fs::write(&path, &text).unwrap();
        assert_eq!(saved_ids(&path), ["1"]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        text += &records;
        std::fs::write(&path, &text).unwrap();
        let (mut store, saved) = Store::open(&path).unwrap().unwrap();
        assert_eq!(saved.key, [7; 32]);
        assert!(std::fs::metadata(&path).unwrap().len() < 1000);
        // The new file is locked and used.
        assert!(matches!(error(&path), StoreError::InUse));
        store.save(&put("2")).unwrap();
        drop(store);
        assert_eq!(saved_ids(&path), ["1", "2"]);
    }
}
