//! Persistence: a journal of every acknowledged change, in a text file.
//!
//! Each line is a record: a checksum, a space and JSON. The first record has the seed and the key of the
//! page tokens; each of the others puts or removes a membership. A file is complete before it gets its
//! name, so that only its last line can be incomplete.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Debug;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use gchat_filter::members::Membership;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

use super::state::Change;

/// Version of the format.
const VERSION: u32 = 1;

/// The error for a file that cannot be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The file cannot be read or written; for example, the disk is full.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Another server uses the file.
    #[error("the file is in use by another process")]
    InUse,
    /// The file is damaged, or was not created by this version of the server.
    #[error(
        "line {line} is damaged or was not written by this version of the server: restore the file \
         from a copy, or delete it to start over"
    )]
    Damaged {
        /// Number of the line, from 1.
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

/// Content of a store when it was opened.
pub(super) struct Saved {
    pub(super) seeds: Vec<String>,
    pub(super) key: [u8; 32],
    pub(super) memberships: Vec<Membership>,
}

/// The first record.
#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    key: [u8; 32],
    seeds: Vec<String>,
}

/// Any other record, when it is written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Record<'r> {
    Put(&'r Membership),
    Remove(&'r str),
}

/// Any other record, when it is read.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum SavedRecord {
    Put(Box<RawValue>),
    Remove(String),
}

/// A file. In tests, on a disk that becomes full.
pub(super) trait Disk: Debug {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    fn cut(&mut self, len: u64) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
}

impl Disk for File {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.seek(SeekFrom::Start(offset))?;
        self.write_all(bytes)
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// An open store. Its file is locked until it is dropped.
#[derive(Debug)]
pub(super) struct Store<D = File> {
    file: D,
    /// Length of all acknowledged records.
    len: u64,
    /// Whether the file may be longer, because a write failed.
    is_longer: bool,
}

impl Store {
    /// Opens a store, and reads its content; `None` if there is no file, or an empty one.
    pub(super) fn open(path: &Path) -> Result<Option<(Self, Saved)>, StoreError> {
        let Some(mut file) = lock(path, File::options().read(true).write(true))? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let (saved, len, records) = load(&bytes)?;
        let store = Self {
            file,
            len,
            is_longer: len < bytes.len() as u64,
        };
        let compact = records > 2 * saved.memberships.len() + 100;
        let replaced = compact.then(|| write_new(path, &saved, |_| true));
        // Without space for a compact file, the long one remains.
        let store = match replaced {
            Some(Ok(compact)) => compact,
            _ => store,
        };
        Ok(Some((store, saved)))
    }

    /// Creates a store with the seed, the key and the seed's memberships.
    pub(super) fn create(path: &Path, content: &Saved) -> Result<Self, StoreError> {
        write_new(path, content, |path| {
            fs::metadata(path).map_or(true, |file| file.len() == 0)
        })
    }

    /// Creates a store in place of an open one.
    pub(super) fn replace(path: &Path, content: &Saved) -> Result<Self, StoreError> {
        write_new(path, content, |_| true)
    }
}

impl<D: Disk> Store<D> {
    /// Saves a change. It is on disk when this returns; if it failed, it is undone.
    pub(super) fn save(&mut self, change: &Change) -> io::Result<()> {
        self.undo()?;
        let line = line(&match change {
            Change::Put(membership) => Record::Put(membership),
            Change::Remove(name) => Record::Remove(name),
        })?;
        self.is_longer = true;
        let written = self.file.write_at(self.len, &line);
        if let Err(error) = written.and_then(|()| self.file.sync()) {
            // If this fails too, the next change tries again.
            let _ = self.undo();
            return Err(error);
        }
        self.len += line.len() as u64;
        self.is_longer = false;
        Ok(())
    }

    /// Removes what a failed write may have left.
    fn undo(&mut self) -> io::Result<()> {
        if self.is_longer {
            self.file.cut(self.len)?;
            self.file.sync()?;
            self.is_longer = false;
        }
        Ok(())
    }
}

/// Returns the line of a record.
fn line(record: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(record)?;
    Ok([checksum(&json).as_bytes(), &json, b"\n"].concat())
}

/// Returns the checksum of a record, with the space after it.
fn checksum(json: &[u8]) -> String {
    let hex = blake3::hash(json).to_hex();
    hex.chars().take(16).chain([' ']).collect()
}

/// Returns the JSON of a line, if its checksum is correct.
fn json(line: &[u8]) -> Option<&[u8]> {
    let (sum, json) = line.split_at_checked(17)?;
    (sum == checksum(json).as_bytes()).then_some(json)
}

/// Reads a file. Returns its content, the length of its complete lines and the number of its records.
fn load(bytes: &[u8]) -> Result<(Saved, u64, usize), StoreError> {
    let mut len = 0;
    let mut header = None;
    let mut memberships = BTreeMap::new();
    let mut records = 0;
    // A line without its end was not acknowledged.
    let lines = bytes.split_inclusive(|&byte| byte == b'\n');
    for line in lines.filter_map(|line| line.strip_suffix(b"\n")) {
        records += 1;
        let damaged = || StoreError::Damaged { line: records };
        let json = json(line).ok_or_else(damaged)?;
        if header.is_none() {
            let first: Header = serde_json::from_slice(json).map_err(|_| damaged())?;
            header = Some(first).filter(|first| first.version == VERSION);
            if header.is_none() {
                return Err(damaged());
            }
        } else {
            match serde_json::from_slice(json).map_err(|_| damaged())? {
                SavedRecord::Put(json) => {
                    let membership = membership(&json)?;
                    memberships.insert(membership.name.clone(), membership);
                }
                SavedRecord::Remove(name) => drop(memberships.remove(&name)),
            }
        }
        len += line.len() as u64 + 1;
    }
    let header = header.ok_or(StoreError::Damaged { line: 1 })?;
    let saved = Saved {
        seeds: header.seeds,
        key: header.key,
        memberships: memberships.into_values().collect(),
    };
    Ok((saved, len, records))
}

fn membership(json: &RawValue) -> Result<Membership, StoreError> {
    serde_json::from_str(json.get()).map_err(|error| {
        let value: serde_json::Value = serde_json::from_str(json.get()).unwrap_or_default();
        let name = value.get("name").and_then(serde_json::Value::as_str);
        StoreError::Membership {
            name: name.unwrap_or_default().to_owned(),
            message: error.to_string(),
        }
    })
}

/// Opens and locks a file; `None` if there is none.
fn lock(path: &Path, options: &fs::OpenOptions) -> Result<Option<File>, StoreError> {
    loop {
        let file = match options.open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            file => file?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // Another process may have replaced the file before it was locked.
        let same = fs::metadata(path).and_then(|now| Ok(is_same(&now, &file.metadata()?)));
        if same.unwrap_or(false) {
            return Ok(Some(file));
        }
    }
}

#[cfg(unix)]
fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    a.len() == b.len() && a.created().ok() == b.created().ok()
}

/// Writes a new file beside `path` and, when it is complete, gives it that name.
///
/// `may_replace` is asked while the new file is locked, so that no two processes create one.
fn write_new(
    path: &Path,
    content: &Saved,
    may_replace: impl FnOnce(&Path) -> bool,
) -> Result<Store, StoreError> {
    let mut unfinished = OsString::from(path);
    unfinished.push(".new");
    let unfinished = Path::new(&unfinished);
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let missing = || io::Error::from(io::ErrorKind::NotFound);
    let mut file = lock(unfinished, options)?.ok_or_else(missing)?;
    let write = || {
        if !may_replace(path) {
            return Err(StoreError::InUse);
        }
        let mut bytes = line(&Header {
            version: VERSION,
            key: content.key,
            seeds: content.seeds.clone(),
        })?;
        for membership in &content.memberships {
            bytes.extend(line(&Record::Put(membership))?);
        }
        // Without what a killed process may have left.
        file.set_len(0)?;
        file.write_at(0, &bytes)?;
        file.sync_all()?;
        fs::rename(unfinished, path)?;
        Ok(bytes.len() as u64)
    };
    let written: Result<u64, StoreError> = write();
    let len = written.inspect_err(|_| drop(fs::remove_file(unfinished)))?;
    // Where a directory can be opened, the rename is on disk only after a sync of the directory.
    let directory = path.parent().filter(|path| !path.as_os_str().is_empty());
    if let Ok(directory) = File::open(directory.unwrap_or(Path::new("."))) {
        let _ = directory.sync_all();
    }
    Ok(Store {
        file,
        len,
        is_longer: false,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "that is how a test fails")]

    use super::super::identifier::identifier;
    use super::*;

    /// A file on a disk that fails after some operations.
    #[derive(Debug)]
    struct FullDisk {
        file: File,
        operations: usize,
    }

    impl FullDisk {
        fn check(&mut self) -> io::Result<()> {
            let left = self.operations.checked_sub(1);
            self.operations = left.ok_or(io::ErrorKind::StorageFull)?;
            Ok(())
        }
    }

    impl Disk for FullDisk {
        /// Writes a part if the disk is full.
        fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
            let checked = self.check();
            let half = bytes.split_at(bytes.len() / 2).0;
            self.file
                .write_at(offset, if checked.is_ok() { bytes } else { half })?;
            checked
        }

        fn cut(&mut self, len: u64) -> io::Result<()> {
            self.check()?;
            self.file.cut(len)
        }

        fn sync(&mut self) -> io::Result<()> {
            self.check()?;
            self.file.sync()
        }
    }

    /// A file whose first sync fails.
    #[derive(Debug)]
    struct FailsToSync(File, bool);

    impl Disk for FailsToSync {
        fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
            self.0.write_at(offset, bytes)
        }

        fn cut(&mut self, len: u64) -> io::Result<()> {
            self.0.cut(len)
        }

        fn sync(&mut self) -> io::Result<()> {
            if std::mem::take(&mut self.1) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.sync()
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

    fn saved_ids(path: &Path) -> Vec<String> {
        let (_, saved) = Store::open(path).unwrap().unwrap();
        let saved = saved.memberships.into_iter();
        saved.map(|m| identifier(&m.name).to_owned()).collect()
    }

    /// Creates a file with the members `1` and `2`.
    fn create(path: &Path) -> Store {
        let content = Saved {
            seeds: vec!["{}".to_owned()],
            key: [0; 32],
            memberships: Vec::new(),
        };
        let mut store = Store::create(path, &content).unwrap();
        store.save(&put("1")).unwrap();
        store.save(&put("2")).unwrap();
        store
    }

    fn error(path: &Path) -> String {
        Store::open(path).map(drop).unwrap_err().to_string()
    }

    /// Whichever operation of the disk is the first to fail, even the one that undoes a failed change.
    #[test]
    fn failed_changes_are_undone_once_the_disk_has_space() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let mut failures = 0;
        for operations in 0.. {
            let Store { file, len, .. } = create(&path);
            let mut store = Store {
                file: FullDisk { file, operations },
                len,
                is_longer: false,
            };
            let is_removed = store.save(&remove("1")).is_ok();
            let is_put = store.save(&put("long-name")).is_ok();
            store.file.operations = usize::MAX;
            store.save(&put("3")).unwrap();
            drop(store);
            let mut expected = vec!["2", "3"];
            if !is_removed {
                expected.insert(0, "1");
            }
            if is_put {
                expected.push("long-name");
            }
            assert_eq!(saved_ids(&path), expected, "{operations} operations");
            std::fs::remove_file(&path).unwrap();
            if is_put {
                break;
            }
            failures += 1;
        }
        assert!(failures > 3, "{failures}");
    }

    /// A failed change that can be undone at once does not appear after a restart.
    #[test]
    fn failed_changes_do_not_survive_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let Store { file, len, .. } = create(&path);

        let mut store = Store {
            file: FailsToSync(file, true),
            len,
            is_longer: false,
        };
        store.save(&remove("1")).unwrap_err();
        drop(store);
        assert_eq!(saved_ids(&path), ["1", "2"]);
    }

    /// Wherever the file ends, its complete lines are read, and later changes follow them.
    #[test]
    fn incomplete_last_lines_are_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        drop(create(&path));
        let bytes = fs::read(&path).unwrap();
        let ends: Vec<usize> = (1..=bytes.len())
            .filter(|&end| bytes.get(end - 1) == Some(&b'\n'))
            .collect();
        assert_eq!(ends.len(), 3);
        for end in 1..=bytes.len() {
            fs::write(&path, bytes.get(..end).unwrap()).unwrap();
            let complete = ends.iter().filter(|&&line| line <= end).count();
            if complete == 0 {
                assert!(error(&path).starts_with("line 1 is damaged"));
                continue;
            }
            let (mut store, _) = Store::open(&path).unwrap().unwrap();
            store.save(&put("3")).unwrap();
            drop(store);
            let expected: &[_] = match complete {
                1 => &["3"],
                2 => &["1", "3"],
                _ => &["1", "2", "3"],
            };
            assert_eq!(saved_ids(&path), expected, "{end}");
        }
    }

    #[test]
    fn any_changed_byte_is_detected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        drop(create(&path));
        let bytes = fs::read(&path).unwrap();
        // Without its end, the last line is incomplete.
        for at in 0..bytes.len() - 1 {
            let mut damaged = bytes.clone();
            *damaged.get_mut(at).unwrap() ^= 1;
            fs::write(&path, &damaged).unwrap();
            let lines = bytes.iter().take(at).filter(|&&byte| byte == b'\n');
            let expected = format!("line {} is damaged", lines.count() + 1);
            let error = error(&path);
            assert!(error.starts_with(&expected), "{at}: {error}");
            assert!(error.contains("delete it to start over"), "{error}");
        }
    }

    #[test]
    fn files_of_other_programs_and_versions_are_rejected() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let version = line(&Header {
            version: VERSION + 1,
            key: [0; 32],
            seeds: Vec::new(),
        });
        for bytes in [b"{}\n", b"\n".as_slice(), b"\xff\0", &version.unwrap()] {
            fs::write(&path, bytes).unwrap();
            assert!(error(&path).starts_with("line 1 is damaged"), "{bytes:?}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn long_files_become_shorter_at_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let mut store = create(&path);
        for _ in 0..100 {
            store.save(&put("3")).unwrap();
            store.save(&remove("3")).unwrap();
        }
        let (long, in_use) = (fs::metadata(&path).unwrap().len(), error(&path));
        assert_eq!(in_use, "the file is in use by another process");
        drop(store);
        let (mut store, saved) = Store::open(&path).unwrap().unwrap();
        assert_eq!((saved.seeds, saved.key), (vec!["{}".to_owned()], [0; 32]));
        assert!(fs::metadata(&path).unwrap().len() < long / 10);
        // The new file is locked as well, and later changes are saved in it.
        assert_eq!(error(&path), in_use);
        store.save(&put("4")).unwrap();
        drop(store);
        assert_eq!(saved_ids(&path), ["1", "2", "4"]);
    }
}
