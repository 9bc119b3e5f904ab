//! The selected records in complete lines.

use super::nesting::{self, too_deep};
use super::{Options, Resource};

/// The selected records in a part of the input.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Length of the part and number of its lines, up to the first line that is not one record.
    pub(super) length: usize,
    pub(super) lines: u64,
    /// Whether a line is not blank.
    pub(super) has_records: bool,
    pub(super) count: u64,
    pub(super) matches: Vec<u8>,
}

impl Found {
    /// Searches complete lines up to the first one that is not exactly one record.
    pub(super) fn search<T: Resource>(lines: &[u8], resource: &T, options: Options) -> Self {
        let mut found = Self::default();
        let mut rest = lines;
        while !rest.is_empty() {
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            if found.search_line(line, resource, options).is_none() {
                break;
            }
            found.length += length;
            found.lines += 1;
            rest = after;
        }
        found
    }

    /// Searches a line. Returns `None` if it is neither exactly one record nor blank.
    fn search_line<T: Resource>(
        &mut self,
        line: &[u8],
        resource: &T,
        options: Options,
    ) -> Option<()> {
        let line = str::from_utf8(line).ok()?;
        let record = line.trim_start_matches(SPACE).trim_end_matches(SPACE);
        if record.is_empty() {
            return Some(());
        }
        if record.len() > options.limit || too_deep(record).is_some() {
            return None;
        }
        let fields: T::Fields<'_> = serde_json::from_str(record).ok()?;
        if resource.is_doubtful(&fields) {
            return None;
        }
        let is_selected = resource.selects(&fields)?;
        self.has_records = true;
        if is_selected {
            self.add(record, options);
        }
        Some(())
    }

    pub(super) fn add(&mut self, record: &str, options: Options) {
        self.count += 1;
        if options.copies {
            nesting::print(record, &mut self.matches);
        }
    }
}

/// White space between records: that of JSON, byte order marks (of joined files) and record separators
/// (of `jq --seq`).
const SPACE: [char; 6] = [' ', '\t', '\r', '\n', '\u{feff}', '\u{1e}'];
