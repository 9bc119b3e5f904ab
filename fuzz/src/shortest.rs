//! The shortest documented text of every meaning that documented text has, by trying all there are.

use std::collections::BTreeMap;

use crate::shapes::{ALL, Cells};

/// The documented comparisons with the cells that they admit; the cells of a letter are those of
/// its [shape](crate::shapes).
const COMPARISONS: [(u8, &str); 6] = [
    (b'M', r#"role = "ROLE_MEMBER""#),
    (b'G', r#"role = "ROLE_MANAGER""#),
    (b'H', r#"member.type = "HUMAN""#),
    (b'B', r#"member.type = "BOT""#),
    (b'h', r#"member.type != "HUMAN""#),
    (b'b', r#"member.type != "BOT""#),
];

/// What stands between the parts of a text at its outermost level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Root {
    Nothing,
    And,
    Or,
}

/// A text; of two, the one with fewer comparisons is less, then that with fewer bytes, then that
/// which comes first in byte order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    /// How many comparisons it has.
    pub comparisons: usize,
    length: usize,
    /// The text itself.
    pub text: String,
}

impl Text {
    /// A text of so many comparisons.
    #[must_use]
    pub fn new(comparisons: usize, text: String) -> Self {
        Self {
            comparisons,
            length: text.len(),
            text,
        }
    }
}

/// Joins two texts. Parentheses stand around a part that is joined by the other operator: without
/// them it would be a mixed group.
fn join(root: Root, sides: [(Root, &Text); 2]) -> Text {
    let joint = if root == Root::And { " AND " } else { " OR " };
    let [left, right] = sides.map(|(inner, text)| {
        if inner == root || inner == Root::Nothing {
            text.text.clone()
        } else {
            format!("({})", text.text)
        }
    });
    let comparisons = sides[0].1.comparisons + sides[1].1.comparisons;
    Text::new(comparisons, [&*left, joint, &*right].concat())
}

/// The shortest text of each meaning, level by level: those of `n` comparisons are joined from
/// those of fewer. A meaning that is known with fewer comparisons needs no longer text, neither by
/// itself nor as a part of one, as long as what joins it is the same.
#[must_use]
pub fn texts() -> BTreeMap<Cells, Text> {
    let mut known: BTreeMap<(Cells, Root), Text> = BTreeMap::new();
    for (letter, text) in COMPARISONS {
        let cells = crate::shapes::Leaf::of(letter).map_or(ALL, crate::shapes::Leaf::cells);
        known.insert((cells, Root::Nothing), Text::new(1, text.to_owned()));
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
        // The longest part of a shortest text has as many as the largest level that there was.
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
