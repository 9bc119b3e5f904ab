//! The lines in memory, which are searched in parallel.

use std::io::Read;
use std::ops::ControlFlow;
use std::thread;

use super::found::Found;
use super::stream::{Stop, Stream};
use super::window::Position;
use super::{Resource, Sink};

impl<R: Read, T: Resource, S: Sink> Stream<'_, R, T, S> {
    /// Searches the lines in memory, or reads one value. Returns `false` at the end of the input.
    pub(super) fn read(&mut self) -> Result<bool, Stop> {
        let length = self.window.lines(self.options.size);
        if length == 0 {
            // No line ends in memory. Half of what is there is read before the rest is searched again.
            let half = self.window.offset + self.window.bytes().len() as u64 / 2;
            while self.value_at_top()? {
                if self.window.offset > half {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        let (resource, options) = (self.resource, self.options);
        let mut rest = self.window.to(length);
        // Each thread takes at least an eighth of the window: starting one takes time, too.
        let share = length.div_ceil(options.threads).max(options.size / 8);
        let (mut start, mut end) = (self.window.offset, self.window.offset);
        let parts = thread::scope(|scope| {
            let mut parts = Vec::new();
            while let Some(after) = rest.get(share..) {
                let line_end = memchr::memchr(b'\n', after).map_or(after.len(), |at| at + 1);
                let (lines, after) = rest.split_at(share + line_end);
                end += lines.len() as u64;
                rest = after;
                let search = move || Found::search(lines, resource, options);
                // Without a thread, the lines are searched below.
                let thread = thread::Builder::new().spawn_scoped(scope, search).ok();
                parts.push((thread, end));
            }
            let last = (
                Found::search(rest, resource, options),
                end + rest.len() as u64,
            );
            let parts = parts.into_iter().map(|(thread, end)| {
                let found = thread.and_then(|thread| thread.join().ok());
                (found.unwrap_or_default(), end)
            });
            parts.chain([last]).collect::<Vec<_>>()
        });
        for (found, end) in parts {
            // A value that started in an earlier part may end in this one.
            if self.window.offset == start {
                self.take(&found)?;
            }
            while self.window.offset < end {
                self.value_at_top()?;
                let left = usize::try_from(end.saturating_sub(self.window.offset)).unwrap_or(0);
                let rest = self.window.to(left);
                let in_line = self.window.position.column > 1;
                let next = rest
                    .iter()
                    .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
                // Another value on the same line.
                if in_line && next.is_some_and(|byte| *byte != b'\n') {
                    continue;
                }
                let found = Found::search(rest, resource, options);
                self.take(&found)?;
            }
            start = end;
        }
        Ok(true)
    }

    /// Passes results to the sink, and releases the lines that they are for.
    pub(super) fn take(&mut self, found: &Found) -> Result<(), Stop> {
        if found.lines > 0 {
            self.window.skip(found.length);
            let line = self.window.position.line + found.lines;
            self.window.position = Position { line, column: 1 };
            self.is_after_value |= found.has_records;
        }
        match found.count {
            0 => Ok(()),
            count => match self.sink.matches(&found.matches, count) {
                Ok(ControlFlow::Continue(())) => Ok(()),
                Ok(ControlFlow::Break(())) => Err(Stop::Quiet),
                Err(error) => Err(Stop::Output(error)),
            },
        }
    }
}
