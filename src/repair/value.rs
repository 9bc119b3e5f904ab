//! Tolerant reading of values and lists of values.

use super::comparison::{comparator, comparing, is_in};
use super::mistake::Mistake;
use super::names;
use super::node::{Node, opposite};
use super::reader::Reader;
use super::token::Kind;
use super::words::{self, Connective};
use crate::schema::Field;
use crate::syntax::Comparator;

/// What negates a value, at its start.
const NEGATIONS: &[&str] = &[
    "!=",
    "<>",
    "!",
    "~",
    "-",
    "not ",
    "not_",
    "not-",
    "non ",
    "non_",
    "non-",
    "no ",
    "no_",
    "no-",
    "except ",
    "all except ",
    "anything but ",
];

impl Reader<'_> {
    /// Reads a value, or several ones.
    pub(super) fn values(&mut self, field: &'static Field, comparator: Comparator) -> Option<Node> {
        self.field = Some(field);
        self.comparator = comparator;
        if self.is(0, Kind::Open) {
            // `{"eq": "BOT"}`
            if self.is(2, Kind::Operator) {
                return self.nested(|reader| reader.nested_operator(field));
            }
            return self.list(field, comparator);
        }
        let first = self.at;
        let is_between = self
            .text_before(1, Kind::Word)
            .is_some_and(|word| word.eq_ignore_ascii_case("between"));
        let value = self.value(field, comparator)?;
        if is_between && self.connective(0) == Some(Connective::And) {
            self.at += 1;
            let last = self.value(field, comparator)?;
            self.note(first - 1, |span, _| Mistake::list(span));
            return Some(value.or(last));
        }
        Some(value)
    }

    fn nested_operator(&mut self, field: &'static Field) -> Option<Node> {
        let word = self.name(1)?.trim_start_matches('$');
        let is_equal = comparing(word)?;
        self.at += 3;
        let node = self.values(field, comparator(is_equal))?;
        self.close();
        Some(node)
    }

    /// `("A", "B")`, `["A"]`
    fn list(&mut self, field: &'static Field, comparator: Comparator) -> Option<Node> {
        let first = self.at;
        self.at += 1;
        let mut nodes = Vec::new();
        let mut has_and = false;
        while !self.is(0, Kind::Close) {
            let mut own = comparator;
            if self.word(0).is_some_and(words::is_not) {
                self.at += 1;
                own = opposite(comparator)?;
            }
            nodes.push(self.value(field, own)?);
            if let Some(connective) = self.connective(0) {
                has_and |= connective == Connective::And;
                self.at += 1;
            }
        }
        self.at += 1;
        let has_word = self
            .token(first.checked_sub(1)?)
            .is_some_and(|token| is_in(&token.text).is_some());
        self.note(first - usize::from(has_word), |span, _| Mistake::list(span));
        match comparator {
            // Differing from “A and B” is not differing from each.
            Comparator::NotEqual if !has_and => Node::each(nodes),
            Comparator::Equal => Node::any(nodes),
            _ => None,
        }
    }

    /// Returns several values in one string, each as a comparison; `None` if it is not that.
    fn listed(
        &self,
        field: &'static Field,
        comparator: Comparator,
        text: &str,
    ) -> Option<Vec<Node>> {
        let is_separator = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    ',' | '|' | ';' | '/' | '(' | ')' | '&' | '+' | '[' | ']' | '<' | '>' | '\''
                )
        };
        let is_value = |part: &&str| !part.is_empty() && words::connective(part).is_none();
        let values: Option<Vec<Node>> = text
            .split(is_separator)
            .filter(is_value)
            .map(|part| Some(Node::new(field, comparator, self.sure_value(field, part)?)))
            .collect();
        values.filter(|values| values.len() > 1)
    }

    fn value(&mut self, field: &'static Field, comparator: Comparator) -> Option<Node> {
        let text = self.name(0)?;
        let is_quoted = self.is(0, Kind::Quoted);
        self.at += 1;
        for mark in NEGATIONS {
            let start = text.trim_start();
            if let Some(rest) = start.get(mark.len()..)
                && start
                    .get(..mark.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(mark))
                && let Some(value) = names::value(self.declaration, field, rest)
            {
                return Some(Node::new(field, opposite(comparator)?, value));
            }
        }
        if let Some(nodes) = self.listed(field, comparator, text) {
            return match comparator {
                Comparator::NotEqual => Node::each(nodes),
                Comparator::Equal => Node::any(nodes),
                _ => None,
            };
        }
        if let Some(value) = names::value(self.declaration, field, text) {
            return Some(Node::new(field, comparator, value));
        }
        // A word that a space or a lost sign splits.
        if !is_quoted
            && !field.enum_values().is_empty()
            && let Some(next) = self.word(0)
            && let Some(value) = names::value(self.declaration, field, &format!("{text} {next}"))
        {
            self.at += 1;
            return Some(Node::new(field, comparator, value));
        }
        // `MembershipRole::ROLE_MEMBER`
        if !is_quoted && self.is(0, Kind::Operator) && self.word(1).is_some() {
            self.at += 1;
            return self.nested(|reader| reader.value(field, comparator));
        }
        // A value of another field.
        let (owner, value) = self
            .declaration
            .fields()
            .find_map(|field| Some((field, self.sure_value(field, text)?)))?;
        self.field = Some(owner);
        Some(Node::new(owner, comparator, value))
    }
}
