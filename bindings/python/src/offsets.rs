//! Offsets as Python counts them.

/// Converts offsets in bytes into indexes of a Python string.
///
/// The text is read once, and only if it is not ASCII.
pub(crate) struct Offsets {
    /// For each character that is longer than a byte: the offset after it, and how many bytes more than
    /// characters there are before that.
    longer: Vec<(usize, usize)>,
}

impl Offsets {
    pub(crate) fn new(text: &str) -> Self {
        let mut longer = Vec::new();
        if !text.is_ascii() {
            let mut excess = 0;
            for (at, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
                excess += c.len_utf8() - 1;
                longer.push((at + c.len_utf8(), excess));
            }
        }
        Self { longer }
    }

    /// Returns the index for an offset on the boundary of a character.
    pub(crate) fn index(&self, offset: usize) -> usize {
        let before = self.longer.partition_point(|(end, _)| *end <= offset);
        let last = before.checked_sub(1).and_then(|last| self.longer.get(last));
        offset - last.map_or(0, |(_, excess)| *excess)
    }
}
