//! Parallel reading of a dump.
//!
//! One thread reads the input in chunks of complete lines, worker threads search the chunks, and the
//! caller of [`read`] receives the results in input order. A fixed number of chunks is reused, so
//! memory is bounded.
//!
//! Chunks are searched independently, assuming that no array or object is open where one starts. At
//! the first irregular line (one that is malformed, or contains an array, a list response or part of
//! a record), the sequential reader, [`Records`], takes over. It discards the results for the
//! following chunks and reads them again until a chunk ends with nothing open. The results are
//! therefore the same as those of the sequential reader alone.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::chunk::{Chunk, RECORD_LIMIT, Selection};
use crate::cli::records::{Item, Problem, Records};

/// Size of a chunk, in bytes. Two chunks and their results fit in the cache of a core.
const CHUNK_SIZE: usize = 256 << 10;

/// Maximum number of worker threads. The reading thread cannot keep more of them busy.
const MAX_WORKERS: usize = 4;

/// Receiver of the results.
pub(super) trait Sink {
    /// Receives `count` selected records, one per line. `lines` is empty if they are only counted.
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<()>;

    /// Receives a problem. Returns whether to continue.
    fn problem(&mut self, problem: &Problem) -> bool;

    /// Receives the read error that ended the input.
    fn failure(&mut self, error: &io::Error);
}

/// Searches the input and passes selected records and problems to `sink` in input order.
///
/// # Errors
///
/// Fails if `sink` fails or a thread cannot be started. Read errors go to `sink`.
pub(super) fn read(
    reader: impl Read + Send + 'static,
    selection: Selection,
    sink: &mut impl Sink,
) -> io::Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    read_in_chunks(
        reader,
        selection,
        sink,
        CHUNK_SIZE,
        threads.min(MAX_WORKERS),
    )
}

/// Like [`read`], with chunks of `size` bytes and `threads` worker threads.
pub(super) fn read_in_chunks(
    reader: impl Read + Send + 'static,
    selection: Selection,
    sink: &mut impl Sink,
    size: usize,
    threads: usize,
) -> io::Result<()> {
    let mut chunks = Chunks::new(reader, selection, size, threads.max(1))?;
    let mut lines = 0;
    let mut started = false;
    loop {
        let chunk = match chunks.next() {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(()),
            Err(error) => {
                sink.failure(&error);
                return Ok(());
            }
        };
        sink.matches(&chunk.found.matches, chunk.found.count)?;
        lines += chunk.found.lines;
        let is_first = !std::mem::replace(&mut started, true);
        let Some(at) = chunk.found.irregular else {
            chunks.give_back(chunk);
            continue;
        };
        let reader = ChunkReader {
            chunks: &mut chunks,
            chunk: Some(chunk),
            at,
        };
        let records = if is_first && at == 0 {
            Records::new(reader, RECORD_LIMIT)
        } else {
            Records::after_lines(reader, RECORD_LIMIT, lines)
        };
        match read_sequentially(records, selection, sink)? {
            Some(count) => lines = count,
            None => return Ok(()),
        }
    }
}

/// Reads with the sequential reader until a chunk ends with nothing open, and returns the number of
/// lines before that point. Returns `None` if the input ends or the sink stops.
fn read_sequentially(
    mut records: Records<ChunkReader<'_>>,
    selection: Selection,
    sink: &mut impl Sink,
) -> io::Result<Option<u64>> {
    let mut matches = Vec::new();
    loop {
        let problem = match records.next() {
            Ok(None) => return Ok(None),
            Err(error) => {
                sink.failure(&error);
                return Ok(None);
            }
            Ok(Some(Item::Problem(problem))) => Some(problem),
            Ok(Some(Item::Record(record))) => match selection.selects_record(&record) {
                Ok(false) => None,
                Ok(true) => {
                    matches.clear();
                    selection.print(&record, &mut matches);
                    sink.matches(&matches, 1)?;
                    None
                }
                Err(error) => Some(record.problem(&error)),
            },
        };
        if problem.is_some_and(|problem| !sink.problem(&problem)) {
            return Ok(None);
        }
        if let Some((reader, lines)) = records.rests()
            && reader.finish_chunk()
        {
            return Ok(Some(lines));
        }
    }
}

/// Reader of the bytes of a sequence of chunks.
struct ChunkReader<'c> {
    chunks: &'c mut Chunks,
    /// Current chunk.
    chunk: Option<Chunk>,
    /// Offset in the current chunk.
    at: usize,
}

impl ChunkReader<'_> {
    /// Releases the current chunk if it has been read completely and ends at a line break. Returns
    /// whether it was released.
    fn finish_chunk(&mut self) -> bool {
        let Some(chunk) = self
            .chunk
            .take_if(|chunk| self.at == chunk.bytes().len() && chunk.ends_line())
        else {
            return false;
        };
        self.chunks.give_back(chunk);
        true
    }
}

impl Read for ChunkReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(chunk) = &self.chunk else {
                self.chunk = self.chunks.next()?;
                self.at = 0;
                if self.chunk.is_none() {
                    return Ok(0);
                }
                continue;
            };
            let mut rest = chunk.bytes().get(self.at..).unwrap_or_default();
            let count = rest.read(buffer)?;
            self.at += count;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            if let Some(chunk) = self.chunk.take() {
                self.chunks.give_back(chunk);
            }
        }
    }
}

/// Message of the reading thread.
enum Message {
    Chunk(Chunk),
    /// End of the input, or the read error that ended it.
    End(io::Result<()>),
}

/// Chunks of the input and the results for them.
struct Chunks {
    /// Receivers of the results, one per worker. Chunks are distributed round-robin.
    workers: Vec<Receiver<Message>>,
    /// Index of the worker with the next chunk.
    next: usize,
    /// Sender of chunks back to the reading thread.
    used: Sender<Chunk>,
    ended: bool,
}

impl Chunks {
    /// Starts the threads. They end soon after this is dropped; a pending read has to return first.
    fn new(
        reader: impl Read + Send + 'static,
        selection: Selection,
        size: usize,
        threads: usize,
    ) -> io::Result<Self> {
        let spawn = |name: &str| thread::Builder::new().name(name.to_owned());
        let (used, unused) = channel();
        // One to read into, one to print, and two per worker.
        for _ in 0..2 * threads + 2 {
            // The receiver is still open.
            let _ = used.send(Chunk::new(size));
        }
        let (mut to, mut from) = (Vec::new(), Vec::new());
        for _ in 0..threads {
            let (read, to_search) = channel();
            let (searched, to_print) = channel();
            spawn("search").spawn(move || search(selection, &to_search, &searched))?;
            to.push(read);
            from.push(to_print);
        }
        spawn("read").spawn(move || fill(reader, &unused, &to))?;
        Ok(Self {
            workers: from,
            next: 0,
            used,
            ended: false,
        })
    }

    /// Returns the next chunk, or `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// Fails if reading fails, which ends the input.
    fn next(&mut self) -> io::Result<Option<Chunk>> {
        if self.ended {
            return Ok(None);
        }
        let message = self
            .workers
            .get(self.next)
            .and_then(|worker| worker.recv().ok());
        self.next = (self.next + 1) % self.workers.len();
        let end = match message {
            Some(Message::Chunk(chunk)) => return Ok(Some(chunk)),
            Some(Message::End(end)) => end,
            // Workers forward the end of the input before they stop.
            None => Err(io::Error::other("a worker thread failed")),
        };
        self.ended = true;
        end.map(|()| None)
    }

    /// Returns a chunk to the reading thread for reuse.
    fn give_back(&self, chunk: Chunk) {
        // The reading thread is gone at the end of the input.
        let _ = self.used.send(chunk);
    }
}

/// Fills chunks and distributes them round-robin to the workers.
fn fill(mut reader: impl Read, unused: &Receiver<Chunk>, workers: &[Sender<Message>]) {
    let mut rest = Vec::new();
    let mut workers = workers.iter().cycle();
    let mut send = |message| {
        workers
            .next()
            .is_some_and(|next| next.send(message).is_ok())
    };
    while let Ok(mut chunk) = unused.recv() {
        let end = chunk.fill(&mut rest, &mut reader);
        let ended = end.is_err() || chunk.bytes().is_empty();
        // Bytes read before an error are sent first.
        if !chunk.bytes().is_empty() && !send(Message::Chunk(chunk)) {
            return;
        }
        if ended {
            send(Message::End(end));
            return;
        }
    }
}

/// Searches chunks and forwards them.
fn search(selection: Selection, chunks: &Receiver<Message>, searched: &Sender<Message>) {
    for mut message in chunks {
        if let Message::Chunk(chunk) = &mut message {
            selection.search(chunk);
        }
        if searched.send(message).is_err() {
            return;
        }
    }
}
