//! The shortest text of each meaning, by exhaustive search.

use std::collections::{BTreeMap, BTreeSet};

use crate::Comparison;
use crate::cells::{EVERYTHING, Set};

/// The operator at the outermost level of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// A single comparison.
    Comparison,
    /// `AND`
    And,
    /// `OR`
    Or,
}

/// The text of a filter, ordered by number of comparisons, then length in bytes, then byte order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// The number of comparisons.
    pub comparisons: usize,
    length: usize,
    /// The text itself.
    pub text: String,
}

impl Text {
    /// Creates the text of a filter of comparisons by `=` and `!=`.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self {
            comparisons: text.matches('=').count(),
            length: text.len(),
            text,
        }
    }
}

/// Joins two filters. Parenthesizes a part joined by the other operator, which would otherwise make
/// a mixed group.
fn join(root: Root, sides: [(Root, &Text); 2]) -> Text {
    let operator = if root == Root::And { " AND " } else { " OR " };
    let [left, right] = sides.map(|(inner, text)| {
        if inner == root || inner == Root::Comparison {
            text.text.clone()
        } else {
            format!("({})", text.text)
        }
    });
    Text::new([&*left, operator, &*right].concat())
}

/// Returns the shortest text of each meaning and root: joins all filters with all others until none
/// becomes shorter. No part may match nothing.
#[must_use]
pub fn search(comparisons: &[Comparison]) -> BTreeMap<(Set, Root), Text> {
    let mut best: BTreeMap<(Set, Root), Text> = BTreeMap::new();
    for comparison in comparisons {
        let key = (comparison.set(), Root::Comparison);
        best.insert(key, Text::new(comparison.text()));
    }
    let mut fresh: BTreeSet<(Set, Root)> = best.keys().copied().collect();
    while !fresh.is_empty() {
        let mut better: BTreeMap<(Set, Root), Text> = BTreeMap::new();
        for (a, first) in &best {
            let all = fresh.contains(a);
            for (b, second) in &best {
                if !all && !fresh.contains(b) {
                    continue;
                }
                for (root, set) in [(Root::And, a.0 & b.0), (Root::Or, a.0 | b.0)] {
                    let key = (set, root);
                    let known = better.get(&key).or_else(|| best.get(&key));
                    let count = first.comparisons + second.comparisons;
                    if set == 0 || known.is_some_and(|known| known.comparisons < count) {
                        continue;
                    }
                    let text = join(root, [(a.1, first), (b.1, second)]);
                    if known.is_none_or(|known| text < *known) {
                        better.insert(key, text);
                    }
                }
            }
        }
        fresh = better.keys().copied().collect();
        best.extend(better);
    }
    best
}

/// Returns the shortest text of each meaning, including that of the empty filter.
#[must_use]
pub fn shortest(comparisons: &[Comparison]) -> BTreeMap<Set, Text> {
    let mut shortest = BTreeMap::from([(EVERYTHING, Text::new(String::new()))]);
    for ((set, _), text) in search(comparisons) {
        let best = shortest.entry(set).or_insert_with(|| text.clone());
        if text < *best {
            *best = text;
        }
    }
    shortest
}
