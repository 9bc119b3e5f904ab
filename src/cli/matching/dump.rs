//! The reading of a dump on several cores.
//!
//! A thread reads the input in chunks of whole lines, others find the matches in them, and whoever
//! calls [`read`] gets these in their order. The chunks go round in a circle, so memory is bounded.
//!
//! The lines of a chunk are read on the assumption that nothing is open before them: that is what
//! makes them independent. At the first line that is not plain (one with something wrong in it, an
//! array, a page, a part of a record) the exact reader, [`Records`], takes over, in one thread. It
//! reads on across chunks, whatever was found in these, until nothing is open where one of them
//! ends. What is found, and where, is therefore what that reader alone would find.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use super::chunk::{Chunk, LARGEST, Sieve};
use crate::cli::records::{Item, Problem, Records};

/// The size of a chunk, in bytes: two of them and their matches stay in a core's cache.
const SIZE: usize = 256 << 10;

/// The most threads that look for matches: the reading of the input keeps no more of them busy.
const MOST: usize = 4;

/// Where what is found goes.
pub(super) trait Sink {
    /// Takes `count` matches, in as many lines, or without them if only their number matters.
    fn matches(&mut self, lines: &[u8], count: u64) -> io::Result<()>;

    /// Takes a problem; whether to go on.
    fn problem(&mut self, problem: &Problem) -> bool;

    /// Takes the error of the reader that ends the input.
    fn failure(&mut self, error: &io::Error);
}

/// Reads what `reader` gives, and hands the matches and problems to `sink` in their order.
///
/// # Errors
///
/// Those of `sink`, and that no thread could be started.
pub(super) fn read(
    reader: impl Read + Send + 'static,
    sieve: Sieve,
    sink: &mut impl Sink,
) -> io::Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    read_in_chunks(reader, sieve, sink, SIZE, threads.min(MOST))
}

/// The same in chunks of `size` bytes, with `threads` to look for matches.
pub(super) fn read_in_chunks(
    reader: impl Read + Send + 'static,
    sieve: Sieve,
    sink: &mut impl Sink,
    size: usize,
    threads: usize,
) -> io::Result<()> {
    let mut chunks = Chunks::new(reader, sieve, size, threads.max(1))?;
    let mut lines = 0;
    let mut begun = false;
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
        let begins = !std::mem::replace(&mut begun, true);
        let Some(at) = chunk.found.odd else {
            chunks.give_back(chunk);
            continue;
        };
        let feed = Feed {
            chunks: &mut chunks,
            chunk: Some(chunk),
            at,
        };
        let records = if begins && at == 0 {
            Records::new(feed, LARGEST)
        } else {
            Records::after_lines(feed, LARGEST, lines)
        };
        match read_exactly(records, sieve, sink)? {
            Some(before) => lines = before,
            None => return Ok(()),
        }
    }
}

/// Reads with the exact reader until a chunk ends where nothing is open: after how many lines;
/// `None` if that is not to be, as the input ends or the sink wants no more.
fn read_exactly(
    mut records: Records<Feed<'_>>,
    sieve: Sieve,
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
            Ok(Some(Item::Record(record))) => match sieve.passes_record(&record) {
                Ok(false) => None,
                Ok(true) => {
                    matches.clear();
                    sieve.print(&record, &mut matches);
                    sink.matches(&matches, 1)?;
                    None
                }
                Err(error) => Some(record.problem(&error)),
            },
        };
        if problem.is_some_and(|problem| !sink.problem(&problem)) {
            return Ok(None);
        }
        if let Some((feed, lines)) = records.rests()
            && feed.between_chunks()
        {
            return Ok(Some(lines));
        }
    }
}

/// The bytes of the chunks from a place in one of them on.
struct Feed<'c> {
    chunks: &'c mut Chunks,
    /// The chunk that is read, if it has not come to its end.
    chunk: Option<Chunk>,
    at: usize,
}

impl Feed<'_> {
    /// Whether all of a chunk has been read, and the next begins with a line.
    fn between_chunks(&mut self) -> bool {
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

impl Read for Feed<'_> {
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

/// What the reading thread sends.
enum Message {
    Chunk(Chunk),
    /// The end of the input, and the error that ended it, if one did.
    End(io::Result<()>),
}

/// The chunks of an input, with the matches found in them.
struct Chunks {
    /// From each of the threads that look for matches, which take turns.
    threads: Vec<Receiver<Message>>,
    /// Whose turn is next.
    next: usize,
    /// To the thread that reads.
    used: Sender<Chunk>,
    ended: bool,
}

impl Chunks {
    /// Starts the threads, which end soon after this is dropped, or when the reader next gives
    /// something.
    fn new(
        reader: impl Read + Send + 'static,
        sieve: Sieve,
        size: usize,
        threads: usize,
    ) -> io::Result<Self> {
        let spawn = |name: &str| thread::Builder::new().name(name.to_owned());
        let (used, unused) = channel();
        // One to be read into, one to be printed, and for each of the others one and the next.
        for _ in 0..2 * threads + 2 {
            // The receiver is there.
            let _ = used.send(Chunk::new(size));
        }
        let (mut to, mut from) = (Vec::new(), Vec::new());
        for _ in 0..threads {
            let (read, to_sift) = channel();
            let (sifted, to_print) = channel();
            spawn("sift").spawn(move || sift(sieve, &to_sift, &sifted))?;
            to.push(read);
            from.push(to_print);
        }
        spawn("read").spawn(move || fill(reader, &unused, &to))?;
        Ok(Self {
            threads: from,
            next: 0,
            used,
            ended: false,
        })
    }

    /// The next chunk; `None` at the end of the input.
    ///
    /// # Errors
    ///
    /// The reader's. It ends the input.
    fn next(&mut self) -> io::Result<Option<Chunk>> {
        if self.ended {
            return Ok(None);
        }
        let message = self
            .threads
            .get(self.next)
            .and_then(|thread| thread.recv().ok());
        self.next = (self.next + 1) % self.threads.len();
        let end = match message {
            Some(Message::Chunk(chunk)) => return Ok(Some(chunk)),
            Some(Message::End(end)) => end,
            // No thread ends before it has passed on the end.
            None => Err(io::Error::other("a thread has failed")),
        };
        self.ended = true;
        end.map(|()| None)
    }

    /// Gives back a chunk to be used again.
    fn give_back(&self, chunk: Chunk) {
        // At the end of the input nobody takes it.
        let _ = self.used.send(chunk);
    }
}

/// Fills chunks and sends them to the threads that look for matches, which take turns.
fn fill(mut reader: impl Read, unused: &Receiver<Chunk>, threads: &[Sender<Message>]) {
    let mut rest = Vec::new();
    let mut threads = threads.iter().cycle();
    let mut send = |message| {
        threads
            .next()
            .is_some_and(|next| next.send(message).is_ok())
    };
    while let Ok(mut chunk) = unused.recv() {
        let end = chunk.fill(&mut rest, &mut reader);
        let ended = end.is_err() || chunk.bytes().is_empty();
        // What came before an error goes first.
        if !chunk.bytes().is_empty() && !send(Message::Chunk(chunk)) {
            return;
        }
        if ended {
            send(Message::End(end));
            return;
        }
    }
}

/// Finds the matches in chunks and passes these on.
fn sift(sieve: Sieve, chunks: &Receiver<Message>, sifted: &Sender<Message>) {
    for mut message in chunks {
        if let Message::Chunk(chunk) = &mut message {
            sieve.sift(chunk);
        }
        if sifted.send(message).is_err() {
            return;
        }
    }
}
