//! Tolerant parsing: from tokens to the comparisons that were meant.

#![expect(
    clippy::option_option,
    reason = "the outer option is `None` for what is not understood"
)]

use super::mistake::Mistake;
use super::names;
use super::node::Node;
use super::token::{self, Kind, Token};
use super::words::{self, Connective};
use crate::diagnostic::Span;
use crate::schema::{Declaration, Field};
use crate::syntax::Comparator;

/// The maximum nesting of what is read.
const MAX_DEPTH: u8 = 16;

/// Reads a text. `None` unless each part of it is understood.
pub(super) fn read(declaration: &'static Declaration, text: &str) -> Option<(Node, Vec<Mistake>)> {
    let (tokens, mistakes) = token::read(declaration, text);
    let mut reader = Reader {
        declaration,
        source: text,
        tokens: &tokens,
        at: 0,
        depth: 0,
        field: None,
        comparator: Comparator::Equal,
        joint: None,
        mistakes,
    };
    reader.skip_prose();
    let is_bar = |token: &&Token| token.text == "|";
    let bars = tokens.iter().filter(is_bar).count();
    if tokens.first().as_ref().is_some_and(is_bar) && bars > 2 {
        // A row of a table.
        return None;
    }
    let node = reader.conjunction()?;
    while reader.is(0, Kind::Close) {
        // An unmatched parenthesis after everything.
        reader.at += 1;
    }
    reader.skip_connectives();
    reader.skip_prose();
    let is_read = reader.peek(0).is_none();
    is_read.then_some((node?, reader.mistakes))
}

pub(super) struct Reader<'t> {
    pub(super) declaration: &'static Declaration,
    source: &'t str,
    tokens: &'t [Token],
    pub(super) at: usize,
    depth: u8,
    /// The field of the last comparison, and its comparator.
    pub(super) field: Option<&'static Field>,
    pub(super) comparator: Comparator,
    /// The connective before the current term.
    pub(super) joint: Option<Connective>,
    pub(super) mistakes: Vec<Mistake>,
}

impl<'t> Reader<'t> {
    pub(super) fn peek(&self, ahead: usize) -> Option<&'t Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn token(&self, index: usize) -> Option<&'t Token> {
        self.tokens.get(index)
    }

    pub(super) fn is(&self, ahead: usize, kind: Kind) -> bool {
        self.peek(ahead).is_some_and(|token| token.kind == kind)
    }

    /// Returns the text of a token of the given kind.
    pub(super) fn text(&self, ahead: usize, kind: Kind) -> Option<&'t str> {
        let token = self.peek(ahead).filter(|token| token.kind == kind)?;
        Some(&token.text)
    }

    pub(super) fn word(&self, ahead: usize) -> Option<&'t str> {
        self.text(ahead, Kind::Word)
    }

    /// Returns a word or a quoted text.
    pub(super) fn name(&self, ahead: usize) -> Option<&'t str> {
        self.word(ahead).or_else(|| self.text(ahead, Kind::Quoted))
    }

    /// Returns the span from a token on to the last one that was read.
    pub(super) fn span_from(&self, first: usize) -> Span {
        let span = |index: usize| self.tokens.get(index).map(|token| token.span);
        let last = self.at.saturating_sub(1).max(first);
        match (span(first), span(last)) {
            (Some(first), Some(last)) => super::join(first, last),
            _ => Span::default(),
        }
    }

    /// Notes a mistake of all tokens since the one at `first`.
    pub(super) fn note(&mut self, first: usize, mistake: impl FnOnce(Span, &str) -> Mistake) {
        let span = self.span_from(first);
        self.mistakes.push(mistake(span, self.source_of(span)));
    }

    pub(super) fn source_of(&self, span: Span) -> &'t str {
        span.of(self.source).unwrap_or_default()
    }

    /// Reads one level deeper; `None` if that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// Tries to read something; if it is not there, nothing is read.
    pub(super) fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let (at, count, field) = (self.at, self.mistakes.len(), self.field);
        let read = read(self);
        if read.is_none() {
            self.at = at;
            self.field = field;
            self.mistakes.truncate(count);
        }
        read
    }

    /// Skips words around a filter that are not part of it.
    fn skip_prose(&mut self) {
        let first = self.at;
        while self.is_filler() {
            self.at += 1;
        }
        // The name of a table in a pipeline: `members | where …`.
        if self.word(0).is_some() && self.is_pipe(1) {
            self.at += 3;
        }
        if self.at > first {
            self.note(first, Mistake::around);
        }
    }

    fn is_filler(&self) -> bool {
        let Some(word) = self.word(0) else {
            return false;
        };
        let word = words::lower(word);
        words::FILLERS.contains(&&*word)
            || is_symbol(&word)
            || self.is_relative(0) && !self.is(1, Kind::Operator)
            || ["member", "members", "user", "users"].contains(&&*word) && self.is_relative(1)
    }

    fn is_relative(&self, ahead: usize) -> bool {
        self.word(ahead)
            .is_some_and(|word| words::RELATIVES.contains(&&*words::lower(word)))
    }

    /// Whether the next tokens are `| where`.
    fn is_pipe(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|token| token.text == "|")
            && self
                .word(ahead + 1)
                .is_some_and(|word| matches!(&*words::lower(word), "where" | "filter"))
    }

    /// Skips a parameter of a request, such as `pageSize = 10`.
    fn parameter(&mut self) -> Option<()> {
        let name = self.name(0).filter(|_| self.is(1, Kind::Operator))?;
        let simple = words::simple(name);
        // `1 = 1`
        let is_same = self.text(1, Kind::Operator) == Some("=")
            && name.chars().all(|c| c.is_ascii_digit())
            && self.name(2) == Some(name);
        if !words::PARAMETERS.contains(&&*simple) && !is_same {
            return None;
        }
        let first = self.at;
        self.at += 3;
        self.note(first, Mistake::around);
        Some(())
    }

    /// Skips connectives without a term on one side, which the grammar reports.
    fn skip_connectives(&mut self) {
        while self.connective(0).is_some() {
            self.at += 1;
        }
    }

    /// Returns the connective at a token.
    pub(super) fn connective(&self, ahead: usize) -> Option<Connective> {
        let token = self.peek(ahead)?;
        match token.kind {
            Kind::Connective(connective) => Some(connective),
            Kind::Word => {
                let is_keyword = matches!(&*token.text, "AND" | "OR");
                // `y !(…)` negates, and compares no field `y`.
                let operator = self.text(ahead + 1, Kind::Operator);
                if !is_keyword && operator.is_some_and(|operator| !is_negation(operator)) {
                    return None;
                }
                // `all but bots`
                let is_but = token.text.eq_ignore_ascii_case("but");
                let is_comparison = self.is(ahead + 2, Kind::Operator);
                if is_but && !is_comparison && !self.word(ahead + 1).is_some_and(words::is_not) {
                    return None;
                }
                words::connective(&token.text)
            }
            _ => None,
        }
    }

    /// Reads the connective between two terms: the one that was typed, perhaps several times. `None`
    /// for different ones.
    fn joint(&mut self) -> Option<Option<Connective>> {
        let first = self.at;
        let mut joint = self.connective(0);
        if joint.is_none() && self.is_words(&["as", "well", "as"]) {
            self.at += 2;
            joint = Some(Connective::And);
        }
        if joint.is_none() && self.is_relative(0) && !self.is(1, Kind::Operator) {
            // `managers who are human`
            joint = Some(Connective::And);
            if self.is_relative(1) {
                self.at += 1;
            }
        }
        if joint.is_none() {
            joint = self
                .word(0)
                .filter(|_| !self.is(1, Kind::Operator))
                .filter(|word| names::field(self.declaration, word).is_none())
                .and_then(words::near_connective);
        }
        let Some(mut found) = joint else {
            return Some(None);
        };
        let is_exact = matches!(self.word(0), Some("AND" | "OR"));
        if self.is_pipe(0) {
            self.at += 1;
            found = Connective::And;
        }
        self.at += 1;
        while self
            .word(0)
            .is_some_and(|word| words::EMPHASES.contains(&&*words::lower(word)))
        {
            self.at += 1;
        }
        if !is_exact {
            let meant = match found {
                Connective::And => "`AND`",
                Connective::Or => "`OR`",
                Connective::List => "`AND` or `OR`",
            };
            self.note(first, |span, found| Mistake::connective(span, found, meant));
        }
        while let Some(next) = self.connective(0) {
            self.at += 1;
            if found == Connective::List {
                found = next;
            } else if next != Connective::List && next != found {
                return None;
            }
        }
        Some(Some(found))
    }

    /// Returns whether the next tokens are these words.
    pub(super) fn is_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| {
            self.word(ahead)
                .is_some_and(|own| own.eq_ignore_ascii_case(word))
        })
    }

    fn is_joint(&self, ahead: usize) -> bool {
        matches!(
            self.connective(ahead),
            Some(Connective::And | Connective::Or)
        )
    }

    /// Reads terms joined by AND, by OR, which binds tighter, or by nothing. The inner option is `None`
    /// if there are none.
    pub(super) fn conjunction(&mut self) -> Option<Option<Node>> {
        let is_call = self.connective(0).is_some() && self.is(1, Kind::Open);
        let is_keyword = self.at == 0 && matches!(self.word(0), Some("AND" | "OR"));
        let mut terms: Vec<Node> = Vec::new();
        let mut joint = None;
        if is_call && !is_keyword {
            // `or(role = "A", role = "B")`
            terms.push(self.attempt(Self::call)?);
            joint = self.joint()?;
            self.joint = joint;
        } else {
            self.skip_connectives();
        }
        while self.peek(0).is_some() {
            if self.is(0, Kind::Close) {
                if self.depth > 0 || self.at + 1 == self.tokens.len() {
                    break;
                }
                // An unmatched parenthesis between terms, before or after what joins them.
                self.at += 1;
                joint = self.joint()?.or(joint);
                self.joint = joint;
                continue;
            } else if joint.is_none()
                && !terms.is_empty()
                && self.is(0, Kind::Open)
                && self.is_joint(1)
            {
                // A parenthesis before what joins terms, or around it.
                self.at += 1;
                joint = self.joint()?;
                self.joint = joint;
                self.close();
                continue;
            } else if self.parameter().is_some() {
                // It is not part of the filter.
            } else if self.depth == 0 && self.is_rest_prose() {
                break;
            } else if self.at + 1 == self.tokens.len() && self.word(0).is_some_and(words::is_not) {
                // Nothing is negated.
                self.at += 1;
            } else if let Some(term) = self.nested(Self::term)? {
                match terms.pop() {
                    Some(last) if joint == Some(Connective::Or) => terms.push(last.or(term)),
                    last => {
                        terms.extend(last);
                        terms.push(term);
                    }
                }
            }
            joint = self.joint()?;
            self.joint = joint;
        }
        Some(Node::all(terms))
    }

    /// Returns whether only words are left that are not part of a filter.
    fn is_rest_prose(&self) -> bool {
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        rest.iter().all(|token| {
            let word = words::lower(&token.text);
            token.kind == Kind::Word && (words::FILLERS.contains(&&*word) || is_symbol(&word))
        })
    }

    /// Reads a term. The inner option is `None` for empty parentheses.
    pub(super) fn term(&mut self) -> Option<Option<Node>> {
        let token = self.peek(0)?;
        match token.kind {
            Kind::Open => {
                if let Some(node) = self.attempt(Self::bracketed_field) {
                    return Some(Some(node));
                }
                self.at += 1;
                let node = self.nested(Self::conjunction)?;
                self.close();
                Some(node)
            }
            Kind::Operator if is_negation(&token.text) && !self.is(1, Kind::Quoted) => {
                if !self.declaration.has_not {
                    let found = &token.text;
                    self.mistakes.push(Mistake::negation(token.span, found));
                }
                self.negated()
            }
            Kind::Word
                if words::is_not(&token.text) && self.text(1, Kind::Operator) == Some(":") =>
            {
                self.at += 1;
                self.negated()
            }
            Kind::Word if words::is_not(&token.text) && !self.is(1, Kind::Operator) => {
                self.negated()
            }
            Kind::Operator => self.without_field().map(Some),
            Kind::Word | Kind::Quoted => self.comparison().map(Some),
            Kind::Close | Kind::Connective(_) => None,
        }
    }

    fn negated(&mut self) -> Option<Option<Node>> {
        let is_prose = self
            .word(0)
            .is_some_and(|word| !word.eq_ignore_ascii_case("not"));
        let first = self.at + 1;
        self.at += 1;
        let operand = self.nested(Self::term)?;
        // `exclude managers and bots`: all of them, or only the first.
        if is_prose && self.at == first + 1 && self.connective(0).is_some() {
            return None;
        }
        match operand {
            Some(node) => Some(Some(node.negated()?)),
            None => None,
        }
    }

    /// Skips a closing parenthesis, if there is one.
    pub(super) fn close(&mut self) {
        if self.is(0, Kind::Close) {
            self.at += 1;
        }
    }
}

/// Whether a word has no letters, as emoji have none.
fn is_symbol(word: &str) -> bool {
    !word.chars().any(|c| c.is_ascii() || c.is_alphanumeric())
}

/// Whether an operator negates what follows it, where no field is before it.
fn is_negation(operator: &str) -> bool {
    matches!(operator, "!" | "~")
}
