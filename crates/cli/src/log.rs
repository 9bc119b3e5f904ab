//! The log of the server. Whoever reads it, or does not, never delays the server.

use std::io::{self, Write};
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

/// Number of lines that wait for a slow reader, before further ones are dropped.
const MAX_WAITING: usize = 4096;

/// How long the end of the program waits for the last lines to be written.
const LAST_LINES: Duration = Duration::from_millis(500);

/// Writes lines to standard error, on a thread of its own. Clones share the thread. Failed writes are
/// ignored: the reader may be gone, or the disk full.
#[derive(Clone)]
pub(super) struct Log {
    entries: SyncSender<Entry>,
    /// Number of lines that were dropped since the last one that was written.
    dropped: Arc<AtomicU64>,
}

/// Time between two writes.
const PAUSE: Duration = Duration::from_millis(5);

enum Entry {
    Line(Vec<u8>),
    /// Tells the receiver of this channel that all lines before have been written.
    End(SyncSender<()>),
}

impl Log {
    pub(super) fn start() -> io::Result<Self> {
        let (entries, received) = mpsc::sync_channel(MAX_WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let log = Self {
            entries,
            dropped: Arc::clone(&dropped),
        };
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write(&received, &dropped, io::stderr()))?;
        Ok(log)
    }

    pub(super) fn line(&self, line: impl std::fmt::Display) {
        self.send(format!("{line}\n").into_bytes());
    }

    /// Waits until everything is written, but not for long.
    pub(super) fn finish(&self) {
        let (end, ended) = mpsc::sync_channel(1);
        if self.entries.try_send(Entry::End(end)).is_ok() {
            let _ = ended.recv_timeout(LAST_LINES);
        }
    }

    fn send(&self, line: Vec<u8>) {
        if self.entries.try_send(Entry::Line(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// For tracing, which writes each event in one piece.
impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.send(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write(entries: &Receiver<Entry>, dropped: &AtomicU64, mut out: impl Write) {
    let mut lines = Vec::new();
    while let Ok(first) = entries.recv() {
        let waiting = entries.try_iter().take(MAX_WAITING);
        for entry in iter::once(first).chain(waiting) {
            match entry {
                Entry::Line(line) => lines.extend(line),
                Entry::End(end) => {
                    let _ = out.write_all(&lines);
                    lines.clear();
                    let _ = end.try_send(());
                }
            }
        }
        let dropped = dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let note = format!(
                "warning: {dropped} lines of the log were dropped, because nothing read it\n"
            );
            lines.extend(note.into_bytes());
        }
        let _ = out.write_all(&lines);
        lines.clear();
        // Meanwhile lines gather, so that a request seldom has to wake this thread.
        std::thread::sleep(PAUSE);
    }
}
