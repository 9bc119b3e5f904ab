//! The shortest text of each documented meaning, by exhaustive search.

use std::collections::BTreeMap;

use crate::filter_model::{ALL, Cells};

/// The documented comparisons, each with its letter in the notation of
/// [`filter_model`](crate::filter_model).
const COMPARISONS: [(u8, &str); 6] = [
    (b'M', r#"role = "ROLE_MEMBER""#),
    (b'G', r#"role = "ROLE_MANAGER""#),
    (b'H', r#"member.type = "HUMAN""#),
    (b'B', r#"member.type = "BOT""#),
    (b'h', r#"member.type != "HUMAN""#),
    (b'b', r#"member.type != "BOT""#),
];

/// The operator at the outermost level of a filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Comparison,
    And,
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
    /// Creates the text of a filter with the given number of comparisons.
    #[must_use]
    pub fn new(comparisons: usize, text: String) -> Self {
        Self {
            comparisons,
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
    let comparisons = sides[0].1.comparisons + sides[1].1.comparisons;
    Text::new(comparisons, [&*left, operator, &*right].concat())
}

/// Returns the shortest text of each meaning. The search proceeds by the number of comparisons:
/// filters with `n` comparisons are joined from filters with fewer. If a meaning is already known
/// with the same root, longer filters are not needed, either on their own or as a part.
#[must_use]
pub fn texts() -> BTreeMap<Cells, Text> {
    let mut known: BTreeMap<(Cells, Root), Text> = BTreeMap::new();
    for (letter, text) in COMPARISONS {
        let cells =
            crate::filter_model::Leaf::of(letter).map_or(ALL, crate::filter_model::Leaf::cells);
        known.insert((cells, Root::Comparison), Text::new(1, text.to_owned()));
    }
    let mut count = 2;
    loop {
        let mut level: BTreeMap<(Cells, Root), Text> = BTreeMap::new();
        for ((a, a_root), left) in &known {
            for ((b, b_root), right) in &known {
                if left.comparisons + right.comparisons != count {
                    continue;
                }
                for (root, cells) in [(Root::And, a & b), (Root::Or, a | b)] {
                    if cells == 0 || known.contains_key(&(cells, root)) {
                        continue;
                    }
                    let text = join(root, [(*a_root, left), (*b_root, right)]);
                    let best = level.entry((cells, root)).or_insert_with(|| text.clone());
                    if text < *best {
                        *best = text;
                    }
                }
            }
        }
        // The parts of a longer text have at most as many comparisons as the longest known text.
        let longest = known.values().map(|text| text.comparisons).max();
        if level.is_empty() && longest.is_some_and(|longest| count > 2 * longest) {
            break;
        }
        known.extend(level);
        count += 1;
    }
    let mut shortest = BTreeMap::from([(ALL, Text::new(0, String::new()))]);
    for ((cells, _), text) in known {
        let best = shortest.entry(cells).or_insert_with(|| text.clone());
        if text < *best {
            *best = text;
        }
    }
    shortest
}
