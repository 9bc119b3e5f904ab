//! Sets of small numbers.

use std::ops::Range;

/// A set of numbers below a fixed length. Most sets are a single word, which needs no allocation.
///
/// Longer ones are ranges, of which most sets have a few: numbers are in the order in which a filter's
/// text needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    Word(u64),
    /// Sorted ranges that are not empty and do not touch, by their first numbers and their ends.
    Ranges(Vec<(u32, u32)>),
}

const WIDTH: usize = u64::BITS as usize;

impl Bits {
    /// Creates the empty set.
    pub(super) const fn new(length: usize) -> Self {
        if length <= WIDTH {
            Self::Word(0)
        } else {
            Self::Ranges(Vec::new())
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Word(a), Self::Word(b)) => Self::Word(a & b),
            (Self::Ranges(a), Self::Ranges(b)) => {
                let (mut a, mut b) = (a.as_slice(), b.as_slice());
                let mut both = Vec::new();
                while let ([x, rest_of_a @ ..], [y, rest_of_b @ ..]) = (a, b) {
                    let (start, end) = (x.0.max(y.0), x.1.min(y.1));
                    if start < end {
                        both.push((start, end));
                    }
                    if x.1 < y.1 {
                        a = rest_of_a;
                    } else {
                        b = rest_of_b;
                    }
                }
                Self::Ranges(both)
            }
            _ => unreachable!("the sets are of one length"),
        }
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Word(a), Self::Word(b)) => Self::Word(a | b),
            (Self::Ranges(a), Self::Ranges(b)) => {
                let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
                let next = || match (a.peek(), b.peek()) {
                    (Some(x), Some(y)) if x <= y => a.next(),
                    (_, Some(_)) => b.next(),
                    _ => a.next(),
                };
                Self::Ranges(merged(std::iter::from_fn(next).copied()))
            }
            _ => unreachable!("the sets are of one length"),
        }
    }

    /// Returns the numbers that are not in `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Word(a), Self::Word(b)) => Self::Word(a & !b),
            (Self::Ranges(a), Self::Ranges(b)) => {
                let mut rest = Vec::new();
                let mut b = b.as_slice();
                for (start, end) in a {
                    let mut start = *start;
                    while let [(first, last), later @ ..] = b
                        && first < end
                    {
                        if start < *first {
                            rest.push((start, *first));
                        }
                        start = start.max(*last);
                        if last > end {
                            break;
                        }
                        b = later;
                    }
                    if start < *end {
                        rest.push((start, *end));
                    }
                }
                Self::Ranges(rest)
            }
            _ => unreachable!("the sets are of one length"),
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        match self {
            Self::Word(word) => *word == 0,
            Self::Ranges(ranges) => ranges.is_empty(),
        }
    }

    /// Adds the numbers of a range.
    pub(super) fn insert(&mut self, range: Range<usize>) {
        match self {
            Self::Word(word) => *word |= mask(range),
            Self::Ranges(ranges) => {
                let Some((start, end)) = narrow(&range) else {
                    return;
                };
                // Those that the range touches.
                let first = ranges.partition_point(|own| own.1 < start);
                let after = ranges.partition_point(|own| own.0 <= end);
                let touched = ranges.get(first..after).unwrap_or_default();
                let start = touched.first().map_or(start, |own| own.0.min(start));
                let end = touched.last().map_or(end, |own| own.1.max(end));
                ranges.splice(first..after, [(start, end)]);
            }
        }
    }

    /// Removes a number.
    pub(super) fn remove(&mut self, number: usize) {
        let mut removed = match self {
            Self::Word(_) => Self::Word(0),
            Self::Ranges(_) => Self::Ranges(Vec::new()),
        };
        removed.insert(number..number + 1);
        *self = self.without(&removed);
    }

    /// Returns whether any number of a range is in the set.
    pub(super) fn any(&self, range: Range<usize>) -> bool {
        match self {
            Self::Word(word) => word & mask(range) != 0,
            Self::Ranges(ranges) => narrow(&range).is_some_and(|(start, end)| {
                let first = ranges.partition_point(|own| own.1 <= start);
                ranges.get(first).is_some_and(|own| own.0 < end)
            }),
        }
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.any(number..number + 1)
    }
}

/// Returns the bits of a range.
fn mask(range: Range<usize>) -> u64 {
    let below = |end: usize| match end {
        WIDTH.. => u64::MAX,
        end => (1 << end) - 1,
    };
    below(range.end) & !below(range.start)
}

/// Returns a range unless it is empty.
fn narrow(range: &Range<usize>) -> Option<(u32, u32)> {
    let [start, end] = [range.start, range.end].map(|own| u32::try_from(own).unwrap_or(u32::MAX));
    (start < end).then_some((start, end))
}

/// Merges the ranges that touch, which are in the order of their starts.
fn merged(ranges: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut merged: Vec<(u32, u32)> = Vec::new();
    for (start, end) in ranges {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Bits;

    /// The set of the numbers whose bits are in `chosen`.
    fn set(length: usize, numbers: &BTreeSet<usize>) -> Bits {
        let mut bits = Bits::new(length);
        for number in numbers {
            bits.insert(*number..number + 1);
        }
        bits
    }

    #[test]
    fn behaves_like_a_set() {
        for length in [3, 64, 65, 130] {
            // Ranges, and what alternates.
            let mut sets: Vec<BTreeSet<usize>> = Vec::new();
            for range in [0..0, 0..length, 1..2, length - 1..length, 0..length / 2] {
                sets.push(range.clone().collect());
                sets.push(range.clone().filter(|own| own % 3 != 1).collect());
                sets.push(range.filter(|own| own % 5 < 3).collect());
            }
            for p in &sets {
                for q in &sets {
                    let [x, y] = [p, q].map(|own| set(length, own));
                    let is = |bits: &Bits, expected: &BTreeSet<usize>| {
                        let found = (0..length).filter(|number| bits.contains(*number));
                        assert!(expected.iter().copied().eq(found));
                        // Equal sets are equal.
                        assert_eq!(*bits, set(length, expected));
                        assert_eq!(bits.is_empty(), expected.is_empty());
                    };
                    is(&x.and(&y), &(p & q));
                    is(&x.or(&y), &(p | q));
                    is(&x.without(&y), &(p - q));
                    for range in [0..length / 2, 1..2, length - 2..length, 2..2] {
                        let any = p.range(range.clone()).next().is_some();
                        assert_eq!(x.any(range.clone()), any);
                        let mut more = x.clone();
                        more.insert(range.clone());
                        is(&more, &p.iter().copied().chain(range).collect());
                    }
                    let mut less = x.clone();
                    less.remove(length / 2);
                    is(&less, &(p - &BTreeSet::from([length / 2])));
                }
            }
        }
    }
}
