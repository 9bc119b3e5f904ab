//! The log of the server. Whoever reads it, or does not, never delays the server.

use std::fmt;
use std::io::{self, Write};
use std::iter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use serde_json::json;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};

/// Number of lines that wait for a slow reader, before further ones are dropped.
const MAX_WAITING: usize = 4096;

/// How long the end of the program waits for the last lines to be written.
const LAST_LINES: Duration = Duration::from_millis(500);

/// Levels of lines, as in the server's.
const WARNING: &str = "WARN";
const NOTE: &str = "INFO";

/// Form of the log's lines.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// Text for people.
    Text,
    /// A JSON object a line.
    Json,
}

impl LogFormat {
    /// Returns a line of the program, beside those of the server.
    fn line(self, level: &str, message: impl fmt::Display) -> String {
        match self {
            Self::Text if level == WARNING => format!("warning: {message}\n"),
            Self::Text => format!("{message}\n"),
            Self::Json => {
                let mut timestamp = String::new();
                // Writing to a string does not fail.
                let _ = SystemTime.format_time(&mut Writer::new(&mut timestamp));
                let message = message.to_string();
                let line = json!({"timestamp": timestamp, "level": level, "message": message});
                format!("{line}\n")
            }
        }
    }
}

/// Writes lines to standard error, on a thread of its own. Clones share the thread. Failed writes are
/// ignored: the reader may be gone, or the disk full.
#[derive(Clone)]
pub(super) struct Log {
    entries: SyncSender<Entry>,
    format: LogFormat,
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
    pub(super) fn start(format: LogFormat) -> io::Result<Self> {
        let (entries, received) = mpsc::sync_channel(MAX_WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let log = Self {
            entries,
            format,
            dropped: Arc::clone(&dropped),
        };
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write(&received, format, &dropped, io::stderr()))?;
        Ok(log)
    }

    pub(super) fn warning(&self, message: impl fmt::Display) {
        self.line(WARNING, message);
    }

    pub(super) fn note(&self, message: impl fmt::Display) {
        self.line(NOTE, message);
    }

    fn line(&self, level: &str, message: impl fmt::Display) {
        self.send(self.format.line(level, message).into_bytes());
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

fn write(entries: &Receiver<Entry>, format: LogFormat, dropped: &AtomicU64, mut out: impl Write) {
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
            let note =
                format_args!("{dropped} lines of the log were dropped, because nothing read it");
            lines.extend(format.line(WARNING, note).into_bytes());
        }
        let _ = out.write_all(&lines);
        lines.clear();
        // Meanwhile lines gather, so that a request seldom has to wake this thread.
        std::thread::sleep(PAUSE);
    }
}
