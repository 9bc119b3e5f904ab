//! The comparisons that were meant, and how to print them.

use std::fmt::Write;

use crate::schema::{Field, Quoting};
use crate::syntax::Comparator;

/// A filter that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Comparison(&'static Field, Comparator, String),
    And(Vec<Node>),
    Or(Vec<Node>),
}

impl Node {
    pub(super) fn new(
        field: &'static Field,
        comparator: Comparator,
        value: impl Into<String>,
    ) -> Self {
        Self::Comparison(field, comparator, value.into())
    }

    /// Joins terms with AND as they are.
    pub(super) fn each(nodes: Vec<Self>) -> Option<Self> {
        Self::joined(nodes, Self::And)
    }

    /// Joins terms with AND; comparisons of one field with different values, which nothing could
    /// match, are joined with OR.
    pub(super) fn all(nodes: Vec<Self>) -> Option<Self> {
        let mut terms: Vec<Self> = Vec::new();
        for node in nodes {
            let field = node.equal_field();
            // Only a few fields exist, so that this is linear.
            let same = field.and_then(|field| {
                let mut earlier = terms.iter_mut();
                earlier.find(|term| term.equal_field() == Some(field))
            });
            match same {
                Some(term) => {
                    let before = std::mem::replace(term, Self::And(Vec::new()));
                    *term = before.or(node);
                }
                None => terms.push(node),
            }
        }
        Self::joined(terms, Self::And)
    }

    /// Joins terms with OR.
    pub(super) fn any(nodes: Vec<Self>) -> Option<Self> {
        Self::joined(nodes, Self::Or)
    }

    fn joined(mut nodes: Vec<Self>, join: fn(Vec<Self>) -> Self) -> Option<Self> {
        match nodes.len() {
            0 | 1 => nodes.pop(),
            _ => Some(join(nodes)),
        }
    }

    pub(super) fn or(self, other: Self) -> Self {
        match self {
            Self::Or(nodes) if nodes.contains(&other) => Self::Or(nodes),
            Self::Or(mut nodes) => {
                nodes.push(other);
                Self::Or(nodes)
            }
            first if first == other => first,
            first => Self::Or(vec![first, other]),
        }
    }

    /// Returns the field with enum values that the node compares with `=`, if there is only one.
    fn equal_field(&self) -> Option<&'static Field> {
        match self {
            Self::Comparison(field, Comparator::Equal, _) if !field.enum_values().is_empty() => {
                Some(field)
            }
            _ => None,
        }
    }

    pub(super) fn negated(self) -> Option<Self> {
        match self {
            Self::Comparison(field, comparator, value) => {
                Some(Self::Comparison(field, opposite(comparator)?, value))
            }
            Self::And(nodes) => {
                let nodes: Option<Vec<_>> = nodes.into_iter().map(Self::negated).collect();
                Self::any(nodes?)
            }
            Self::Or(nodes) => {
                let nodes: Option<Vec<_>> = nodes.into_iter().map(Self::negated).collect();
                Self::joined(nodes?, Self::And)
            }
        }
    }

    /// Prints the filter.
    pub(super) fn print(&self, out: &mut String) {
        match self {
            Self::Comparison(field, comparator, value) => {
                let (comparator, value) = documented(field, *comparator, value);
                let is_quoted = field.quoting() != Quoting::Rejected;
                let quote = if is_quoted { "\"" } else { "" };
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                let space = if comparator == Comparator::Has {
                    ""
                } else {
                    " "
                };
                let _ = write!(
                    out,
                    "{}{space}{comparator}{space}{quote}{value}{quote}",
                    field.path
                );
            }
            Self::And(nodes) => Self::print_joined(nodes, " AND ", out),
            Self::Or(nodes) => Self::print_joined(nodes, " OR ", out),
        }
    }

    fn print_joined(nodes: &[Self], separator: &str, out: &mut String) {
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                out.push_str(separator);
            }
            if let Self::Comparison(..) = node {
                node.print(out);
            } else {
                out.push('(');
                node.print(out);
                out.push(')');
            }
        }
    }
}

/// Replaces `!=` where it is not documented: of two values, differing from one is having the other.
fn documented<'a>(field: &Field, comparator: Comparator, value: &'a str) -> (Comparator, &'a str) {
    let is_documented = field
        .operator(comparator)
        .is_some_and(|operator| operator.instead.is_none());
    let mut others = field
        .enum_values()
        .iter()
        .filter(|other| other.is_documented && other.name != value);
    match (others.next(), others.next()) {
        (Some(other), None) if comparator == Comparator::NotEqual && !is_documented => {
            (Comparator::Equal, other.name)
        }
        _ => (comparator, value),
    }
}

/// Returns the opposite of `=` or `!=`.
pub(super) fn opposite(comparator: Comparator) -> Option<Comparator> {
    match comparator {
        Comparator::Equal => Some(Comparator::NotEqual),
        Comparator::NotEqual => Some(Comparator::Equal),
        _ => None,
    }
}
