//! The law that a certain fix keeps every operator that was typed.

#![allow(clippy::string_slice, reason = "a test fails by panicking")]

use std::ops::Range;

/// What an operator means, in filters or elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    And,
    Or,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

fn operator(text: &str) -> Option<Operator> {
    Some(match &*text.to_lowercase() {
        "and" | "&&" | "&" | "und" | "et" | "y" => Operator::And,
        "or" | "||" | "|" | "oder" | "ou" | "o" => Operator::Or,
        "=" | "==" | "===" | "=~" | "eq" | "is" | "equals" | ":" | ":=" => Operator::Equal,
        "!=" | "!==" | "<>" | "=!" | "! =" | "!" | "≠" | "ne" | "is not" | "!~" => {
            Operator::NotEqual
        }
        "<" => Operator::Less,
        "<=" | "=<" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" | "=>" => Operator::GreaterOrEqual,
        _ => return None,
    })
}

/// Panics if an edit of a certain fix replaces an operator by one that means something else, or inserts
/// one next to a mistaken operator, bracket or punctuation mark.
pub fn assert_kept<'e>(text: &str, edits: impl IntoIterator<Item = (Range<usize>, &'e str)>) {
    for (range, new) in edits {
        let old = text[range.clone()].trim();
        let Some(after) = operator(new.trim()) else {
            continue;
        };
        if let Some(before) = operator(old) {
            assert_eq!(before, after, "{text:?}: {old:?} became {new:?}");
        }
        if old.is_empty() {
            let neighbors = [
                text[..range.start].trim_end().chars().next_back(),
                text[range.end..].trim_start().chars().next(),
            ];
            for neighbor in neighbors.into_iter().flatten() {
                let is_term = neighbor.is_alphanumeric()
                    || "_-\"'()".contains(neighbor)
                    || neighbor > '\u{7f}';
                assert!(is_term, "{text:?}: {new:?} next to {neighbor:?}");
            }
        }
    }
}
