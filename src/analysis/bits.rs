//! Sets of small numbers.

use std::ops::Range;

/// A set of numbers below a fixed length. Most sets are a single word, which needs no allocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bits {
    Word(u64),
    Words(Box<[u64]>),
}

const WIDTH: usize = u64::BITS as usize;

impl Bits {
    /// Creates the empty set.
    pub(super) fn new(length: usize) -> Self {
        if length <= WIDTH {
            Self::Word(0)
        } else {
            Self::Words(vec![0; length.div_ceil(WIDTH)].into())
        }
    }

    fn words(&self) -> &[u64] {
        match self {
            Self::Word(word) => std::slice::from_ref(word),
            Self::Words(words) => words,
        }
    }

    /// Combines two sets of the same length.
    fn zip(&self, other: &Self, combine: impl Fn(u64, u64) -> u64) -> Self {
        if let (Self::Word(a), Self::Word(b)) = (self, other) {
            return Self::Word(combine(*a, *b));
        }
        let words = self.words().iter().zip(other.words());
        Self::Words(words.map(|(a, b)| combine(*a, *b)).collect())
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    /// Returns the numbers that are not in `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words().iter().all(|word| *word == 0)
    }

    /// Adds the numbers of a range.
    pub(super) fn insert(&mut self, range: Range<usize>) {
        let words = match self {
            Self::Word(word) => std::slice::from_mut(word),
            Self::Words(words) => words,
        };
        for (word, mask) in words.iter_mut().zip(masks(range)) {
            *word |= mask;
        }
    }

    /// Returns whether any number of a range is in the set.
    pub(super) fn any(&self, range: Range<usize>) -> bool {
        let words = self.words().iter().zip(masks(range));
        words.into_iter().any(|(word, mask)| word & mask != 0)
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.any(number..number + 1)
    }
}

/// Returns the bits of a range in each word.
fn masks(range: Range<usize>) -> impl Iterator<Item = u64> {
    (0..).step_by(WIDTH).map(move |start| {
        let below = |end: usize| match end.saturating_sub(start) {
            count if count >= WIDTH => u64::MAX,
            count => (1 << count) - 1,
        };
        below(range.end) & !below(range.start)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Bits;

    #[test]
    fn behaves_like_a_set() {
        for length in [3, 64, 65, 130] {
            let ranges = [0..0, 0..length, 1..2, length - 1..length, 0..length / 2];
            for a in &ranges {
                for b in &ranges {
                    let [mut x, mut y] = [Bits::new(length), Bits::new(length)];
                    x.insert(a.clone());
                    y.insert(b.clone());
                    let [p, q]: [BTreeSet<usize>; 2] = [a.clone().collect(), b.clone().collect()];
                    let numbers = |bits: &Bits| -> Vec<usize> {
                        (0..length)
                            .filter(|number| bits.contains(*number))
                            .collect()
                    };
                    assert!(p.intersection(&q).eq(&numbers(&x.and(&y))));
                    assert!(p.union(&q).eq(&numbers(&x.or(&y))));
                    assert!(p.difference(&q).eq(&numbers(&x.without(&y))));
                    assert_eq!(x.any(b.clone()), !p.is_disjoint(&q));
                    assert_eq!(x.is_empty(), p.is_empty());
                    assert_eq!(x == y, p == q);
                }
            }
        }
    }
}
