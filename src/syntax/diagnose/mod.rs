//! Diagnostics of the syntax stage: what is wrong where a grammar rule failed, and how to fix it.

mod characters;
mod strings;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};

use super::grammar::{self, Context, MAX_DEPTH, MAX_LENGTH};
use super::lexical::{self, Expected, Mismatch};
use super::tree_builder::TreeBuilder;
use crate::chars;

/// Returns the diagnostic for a filter that is too long.
#[cold]
pub(super) fn too_long(text: &str) -> Diagnostic {
    let message = format!(
        "the filter is {} bytes long, but the limit is {MAX_LENGTH} bytes",
        text.len()
    );
    let limit = (0..=MAX_LENGTH)
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or_default();
    Diagnostic::error(Code::TooLong, Span::at(limit), message)
        .label(Span::at(limit), "limit reached here")
        .help("shorten the filter, or split it across several requests")
}

/// Returns the diagnostic for a filter of more characters than `limit`, which ends at the byte `end`.
#[cold]
pub(super) fn too_many_characters(text: &str, limit: usize, end: usize) -> Diagnostic {
    let length = text.chars().count();
    let message =
        format!("the filter is {length} characters long, but the limit is {limit} characters");
    Diagnostic::error(Code::TooLong, Span::at(end), message)
        .label(Span::at(end), "limit reached here")
        .help("shorten the filter, or split it across several requests")
}

/// Returns the diagnostic for a filter that does not follow the grammar.
///
/// Its fix is verified: after a certain fix, there is no error or it is further right; after a
/// suggested fix, the filter parses and is not empty.
#[cold]
pub(super) fn diagnose(text: &str, mismatch: Mismatch) -> Diagnostic {
    let mut diagnostic = Place { text, mismatch }.diagnose();
    if let Some(fix) = &mut diagnostic.fix {
        let fixed = fix.applied(text);
        let rest = grammar::filter(fixed.as_bytes(), &TreeBuilder { text: &fixed }).err();
        let is_short = fixed.len() <= MAX_LENGTH;
        if fix.certain {
            fix.certain = is_short
                && rest.is_none_or(|mismatch| {
                    let place = Place {
                        text: &fixed,
                        mismatch,
                    };
                    place.diagnose().span.start > diagnostic.span.start
                });
        } else if rest.is_some() || !is_short || fixed.trim().is_empty() {
            diagnostic.fix = None;
        }
    }
    diagnostic
}

/// Operators of other languages, with their equivalents. An operator comes after every operator of
/// which it is a prefix.
const WRONG_OPERATORS: &[(&str, &str)] = &[
    ("===", "="),
    ("!==", "!="),
    ("==", "="),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("=!", "!="),
];

/// The place where the grammar failed.
struct Place<'a> {
    text: &'a str,
    mismatch: Mismatch,
}

impl<'a> Place<'a> {
    /// Returns the offset at which the rule failed.
    fn offset(&self) -> usize {
        self.text.len().saturating_sub(self.mismatch.left)
    }

    /// Returns the text from an offset on.
    fn from(&self, offset: usize) -> &'a str {
        self.text.get(offset..).unwrap_or_default()
    }

    /// Returns the text up to an offset.
    fn up_to(&self, offset: usize) -> &'a str {
        self.text.get(..offset).unwrap_or_default()
    }

    /// Returns the span of `length` bytes from an offset on.
    fn span(offset: usize, length: usize) -> Span {
        Span::new(offset, offset + length)
    }

    fn diagnose(&self) -> Diagnostic {
        let at = self.offset();
        match self.mismatch.expected {
            Expected::StringEnd => self.unterminated_string(at),
            Expected::Escape => self.invalid_escape(at),
            Expected::Closing => Diagnostic::error(
                Code::UnclosedParenthesis,
                Self::span(at, 1),
                "unclosed parenthesis",
            )
            .label(Self::span(at, 1), "never closed")
            .help("close it with `)`")
            .fix(Fix::suggestion(vec![Edit::new(
                Span::at(self.text.trim_end_matches(is_space).len()),
                // The parentheses around it are not closed either.
                ")".repeat(usize::from(self.mismatch.depth) + 1),
            )])),
            Expected::End => Self::unmatched(at),
            Expected::Shallower => Diagnostic::error(
                Code::TooDeep,
                Self::span(at, 1),
                format!("parentheses are nested more than {MAX_DEPTH} levels deep"),
            )
            .label(Self::span(at, 1), "exceeds the nesting limit")
            .help("remove unnecessary parentheses"),
            Expected::SpaceAfter => self.missing_space_after(at),
            expected => self.found(at, expected),
        }
    }

    /// Returns the diagnostic for a rule that failed at `at`.
    fn found(&self, at: usize, expected: Expected) -> Diagnostic {
        let rest = self.from(at);
        let Some(c) = rest.chars().next() else {
            return self.unexpected_end(expected);
        };
        if let Some(diagnostic) = self.unexpected_character(at, c) {
            return diagnostic;
        }
        if let Some(diagnostic) = self.wrong_operator(at, expected) {
            return diagnostic;
        }
        match (expected, c) {
            (Expected::Term, ')') if self.mismatch.depth == 0 => Self::unmatched(at),
            (Expected::GroupBody, ')') => self.empty_parentheses(at),
            (Expected::Field, _) => self.space_in_member(at - 1),
            (Expected::Literal, c) if is_space(c) && self.up_to(at).ends_with('.') => {
                self.space_in_member(at - 1)
            }
            (Expected::Operand | Expected::Literal, c) if is_space(c) => {
                let minus = Self::span(at - 1, 1);
                let rest = self.from(at).trim_start_matches(is_space);
                if rest.is_empty() {
                    return self.unexpected_end(expected);
                }
                let (message, label, help) = if expected == Expected::Literal {
                    (
                        "`-` is separated from its value",
                        "must directly precede the value",
                        "remove the white space after `-`",
                    )
                } else {
                    (
                        "`-` is separated from the term that it negates",
                        "must directly precede the term",
                        "remove the white space after `-`, or use `NOT`",
                    )
                };
                Diagnostic::error(Code::UnexpectedToken, minus, message)
                    .label(minus, label)
                    .help(help)
                    .fix(Fix::suggestion(vec![Edit::new(
                        Span::new(at, self.text.len() - rest.len()),
                        "",
                    )]))
            }
            (Expected::Connective, c) if self.touches(at) && starts_term(c) => self.touching(at),
            (Expected::Connective | Expected::ArgEnd, '.') if self.follows_member(at) => {
                self.space_in_member(at)
            }
            (Expected::ArgEnd, _) if let Some(word) = self.called_keyword(at) => {
                self.missing_space(word)
            }
            (Expected::Connective | Expected::ArgEnd, ':') => self
                .unquoted_timestamp(at)
                .unwrap_or_else(|| self.unexpected_token(at, expected)),
            _ => self.unexpected_token(at, expected),
        }
    }

    /// Returns the offset of a keyword in lower case whose parentheses, which read as those of a call,
    /// are open at `at`.
    fn called_keyword(&self, at: usize) -> Option<usize> {
        let mut open = Vec::new();
        let mut rest = self.up_to(at);
        while let Some(start) = rest.find(['(', ')', '"', '\'']) {
            let offset = at - rest.len() + start;
            let length = token_length(self.from(offset));
            match self.from(offset).chars().next()? {
                '(' => open.push(offset),
                ')' => _ = open.pop(),
                _ => {}
            }
            rest = rest.get(start + length..).unwrap_or_default();
        }
        let end = open.pop()?;
        let start = self.up_to(end).trim_end_matches(starts_value).len();
        let word = self.text.get(start..end)?.to_ascii_uppercase();
        lexical::is_keyword(word.as_bytes()).then_some(start)
    }

    /// Returns the diagnostic for the colon at `at` if it is in a timestamp without quotes on the right
    /// side of a comparison.
    fn unquoted_timestamp(&self, at: usize) -> Option<Diagnostic> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | '+' | '-');
        let mut start = self.up_to(at).trim_end_matches(is_part).len();
        if let Some(before) = self.up_to(start).strip_suffix(' ') {
            // A space between the date and the time.
            let date = before.trim_end_matches(is_part).len();
            if is_date(before.get(date..)?) {
                start = date;
            }
        }
        let rest = self.from(at);
        let end = self.text.len() - rest.trim_start_matches(is_part).len();
        let timestamp = Span::new(start, end);
        let before = self.up_to(start).trim_end_matches(is_space);
        if !is_date(self.from(start).get(..10)?) || !before.ends_with(['=', '<', '>']) {
            return None;
        }
        let mut edits = vec![Edit::new(Span::at(start), "\"")];
        if !self.from(end).starts_with('"') {
            edits.push(Edit::new(Span::at(end), "\""));
        }
        Some(
            Diagnostic::error(
                Code::UnexpectedToken,
                Self::span(at, 1),
                "unexpected `:` in a timestamp without quotes",
            )
            .label(timestamp, "expected double quotes")
            .help("put the timestamp in double quotes")
            .fix(Fix::certain(edits)),
        )
    }

    /// Whether there is no white space before `at`.
    fn touches(&self, at: usize) -> bool {
        !self.up_to(at).ends_with(is_space)
    }

    /// Whether the dot at `at` could belong to a member, if not for the white space before it.
    fn follows_member(&self, at: usize) -> bool {
        !self.up_to(at).trim_end_matches(is_space).ends_with(')')
    }

    /// Whether a keyword ends directly before `at`.
    fn ends_with_keyword(&self, at: usize) -> bool {
        let before = self.up_to(at);
        let start = before.trim_end_matches(starts_value).len();
        before
            .get(start..)
            .is_some_and(|word| lexical::is_keyword(word.as_bytes()))
    }

    /// Whether a keyword begins directly at `at`.
    fn starts_with_keyword(&self, at: usize) -> bool {
        let rest = self.from(at);
        let end = rest.len() - rest.trim_start_matches(starts_value).len();
        rest.get(..end)
            .is_some_and(|word| lexical::is_keyword(word.as_bytes()))
    }

    /// Whether the word before `at` is meant as `AND` or `OR`.
    fn joins(&self, at: usize) -> bool {
        let (start, word) = self.word_before(at);
        let is_joint = ["and", "or"]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(word));
        is_joint && !self.begins_term(start)
    }

    /// Whether a value follows the sign at `at`, and a field precedes it: not `!in (…)` and not `!(…)`.
    fn is_compared(&self, at: usize, after: &str) -> bool {
        let (start, _) = self.word_before(at);
        let rest = after.get(token_length(after)..).unwrap_or_default();
        let rest = rest.trim_start_matches(|c| starts_value(c) || matches!(c, '.' | '-'));
        let rest = rest.trim_start_matches(is_space);
        (after.is_empty() || after.starts_with(starts_value))
            && self.begins_term(start)
            && !rest.starts_with(['(', '[', '{', '=', '<', '>', '!', ':', '~'])
    }

    /// Returns the word before `at`, with the offset of its start.
    fn word_before(&self, at: usize) -> (usize, &'a str) {
        let before = self.up_to(at).trim_end_matches(is_space);
        let start = before.trim_end_matches(starts_value).len();
        (start, before.get(start..).unwrap_or_default())
    }

    /// Whether a term can begin at `at`: it follows no term.
    fn begins_term(&self, at: usize) -> bool {
        let before = self.up_to(at).trim_end_matches(is_space);
        before.is_empty() || before.ends_with(['(', ',', '-']) || self.keyword_before(at).is_some()
    }

    /// Returns the keyword before `at`, with the offset of its start.
    fn keyword_before(&self, at: usize) -> Option<(usize, &str)> {
        let (start, word) = self.word_before(at);
        lexical::is_keyword(word.as_bytes()).then_some((start, word))
    }

    /// Adds the help for a missing term at `at`, and a fix that removes a keyword before it.
    fn dangling(&self, diagnostic: Diagnostic, at: usize, expected: Expected) -> Diagnostic {
        let Some((start, word)) = self.keyword_before(at) else {
            return diagnostic.help(advice(expected));
        };
        let kept = self.up_to(start).trim_end_matches(is_space).len();
        diagnostic
            .help(format!(
                "add a comparison after `{word}`, or remove `{word}`"
            ))
            .fix(Fix::suggestion(vec![Edit::new(Span::new(kept, at), "")]))
    }

    /// Returns the diagnostic for a filter that ends too early.
    fn unexpected_end(&self, expected: Expected) -> Diagnostic {
        let end = Span::at(self.text.len());
        let diagnostic = Diagnostic::error(Code::UnexpectedEnd, end, "unexpected end of filter")
            .label(end, self.expectation(expected));
        self.dangling(diagnostic, end.start, expected)
    }

    fn unexpected_token(&self, at: usize, expected: Expected) -> Diagnostic {
        let span = Self::span(at, token_length(self.from(at)));
        let token = span.within(self.text);
        let message = format!("unexpected {}", Quoted(token));
        let diagnostic = Diagnostic::error(Code::UnexpectedToken, span, message);
        self.with_expectation(diagnostic, token, expected)
    }

    /// Adds to a diagnostic what was expected at its span instead of the token.
    fn with_expectation(
        &self,
        diagnostic: Diagnostic,
        token: &str,
        expected: Expected,
    ) -> Diagnostic {
        let span = diagnostic.span;
        let at = span.start;
        let diagnostic = diagnostic.label(span, self.expectation(expected));
        let is_argument = || {
            self.up_to(at)
                .trim_end_matches(is_space)
                .ends_with(['(', ','])
        };
        match (expected, token) {
            (Expected::Term | Expected::Operand, "AND" | "OR")
                if self.keyword_before(at).is_some() =>
            {
                let before = self.up_to(at).trim_end_matches(is_space).len();
                let rest = Span::new(before, span.end);
                diagnostic
                    .help("remove one of the two keywords")
                    .fix(Fix::suggestion(vec![Edit::new(rest, "")]))
            }
            (Expected::Term | Expected::GroupBody, "AND" | "OR")
                if self
                    .from(span.end)
                    .trim_start_matches(is_space)
                    .starts_with([':', '=', '!', '<', '>']) =>
            {
                diagnostic.help(format!(
                    "to use the word `{token}` as a field, write `\"{token}\"`"
                ))
            }
            (Expected::Term | Expected::GroupBody, "AND" | "OR") => {
                let after = self.from(span.end).trim_start_matches(is_space);
                let rest = Span::new(at, self.text.len() - after.len());
                diagnostic
                    .help(format!(
                        "add a comparison before `{token}`, or remove `{token}`"
                    ))
                    .fix(Fix::suggestion(vec![Edit::new(rest, "")]))
            }
            (Expected::Term | Expected::Operand, ")") => self.dangling(diagnostic, at, expected),
            (Expected::Term | Expected::GroupBody, "!") => {
                diagnostic.help("negate with a single `NOT`")
            }
            (Expected::Arg, "NOT") if !is_argument() => {
                diagnostic.help("put `NOT` before the comparison, or use `!=`")
            }
            (Expected::Arg, "AND" | "OR" | "NOT") => {
                let what = if is_argument() {
                    "an argument"
                } else {
                    "a value"
                };
                diagnostic.help(format!(
                    "add {what}; to use the word `{token}` as {what}, write `\"{token}\"`"
                ))
            }
            (Expected::Operand, "-" | "NOT") => {
                diagnostic.help("remove one negation, or parenthesize the inner one")
            }
            (Expected::Arg, ")") if self.up_to(at).trim_end_matches(is_space).ends_with(',') => {
                let before = self.up_to(at).trim_end_matches(is_space).len() - 1;
                diagnostic
                    .help("remove the comma, or add an argument after it")
                    .fix(Fix::suggestion(vec![Edit::new(Span::new(before, at), "")]))
            }
            (Expected::Arg, _) if is_argument() => diagnostic.help("add an argument"),
            (Expected::ArgEnd, token) if is_comparator(token) => {
                diagnostic.help("arguments are values; a comparison cannot be one")
            }
            (Expected::Connective, ",") => {
                diagnostic.help("lists are not supported; join comparisons with `AND` or `OR`")
            }
            (Expected::Term | Expected::GroupBody, token) if is_comparator(token) => {
                diagnostic.help(format!("add a field before it: `field {token} \"value\"`"))
            }
            (Expected::Connective, token) if is_comparator(token) => diagnostic
                .help("a comparison has only one operator; join comparisons with `AND` or `OR`"),
            _ => diagnostic.help(advice(expected)),
        }
    }

    /// Returns what was expected where the rule failed, as a label.
    fn expectation(&self, expected: Expected) -> String {
        let end = if self.mismatch.depth > 0 {
            "`)`"
        } else {
            "the end of the filter"
        };
        match expected {
            Expected::Term | Expected::GroupBody => {
                "expected a comparison, `NOT`, `-` or `(`".to_owned()
            }
            Expected::Operand => "expected a comparison or `(`".to_owned(),
            Expected::Arg => "expected a value".to_owned(),
            Expected::Field => "expected a field name".to_owned(),
            Expected::Literal => "expected a number or a word".to_owned(),
            Expected::ArgEnd => "expected `,` or `)`".to_owned(),
            Expected::Comparator => "expected an operator, such as `=`".to_owned(),
            _ => format!("expected `AND`, `OR` or {end}"),
        }
    }

    /// Returns the diagnostic for an operator of another language at `at`, if any.
    fn wrong_operator(&self, at: usize, expected: Expected) -> Option<Diagnostic> {
        let operator = |c: char| matches!(c, '<' | '>' | '=' | '!');
        let start = match expected {
            Expected::Arg => self.up_to(at).trim_end_matches(operator).len(),
            _ => at,
        };
        let rest = self.from(start);
        let mut run = Self::span(start, rest.len() - rest.trim_start_matches(operator).len());
        let found = run.within(self.text);
        let after = self.from(run.end).trim_start_matches(is_space);
        let is_spaced = self.from(run.end).starts_with(is_space);
        let not = if is_spaced { "NOT" } else { "NOT " };
        let instead = match (expected, found) {
            (Expected::Term | Expected::GroupBody, "!") => not,
            (Expected::Operand, "!") => "NOT ",
            // `and !(…)`: the word is not a field.
            (Expected::Comparator, "!")
                if self.joins(start) && !after.is_empty() && !after.starts_with('=') =>
            {
                not
            }
            (Expected::Arg | Expected::Connective, "!") => "!=",
            (Expected::Comparator, "!") if self.from(run.end).starts_with('~') => {
                run.end += 1;
                "!="
            }
            (Expected::Comparator, "!") => {
                // The rest of the operator may follow after white space.
                let left = after.trim_start_matches('=').len();
                if left < after.len() {
                    run.end = self.text.len() - left;
                }
                "!="
            }
            _ => {
                let mut wrong = WRONG_OPERATORS.iter();
                wrong.find(|(wrong, _)| *wrong == found)?.1
            }
        };
        let message = format!("{} is not an operator", Quoted(run.within(self.text)));
        let diagnostic = Diagnostic::error(Code::WrongOperator, run, message);
        let after = self.from(run.end).trim_start_matches(is_space);
        let is_fixable = match expected {
            Expected::Comparator => true,
            Expected::Arg => start < at,
            Expected::Term | Expected::GroupBody => found == "!",
            _ => false,
        };
        let right = instead.trim_end();
        let help = match instead {
            "=" => "use a single `=`: `field = \"value\"`",
            "!=" => "use `!=` for “not equal to”",
            "<=" => "use `<=` for “less than or equal to”",
            ">=" => "use `>=` for “greater than or equal to”",
            _ => "use `NOT` to negate",
        };
        if is_fixable {
            let diagnostic = diagnostic
                .label(run, format!("expected `{right}`"))
                .help(help);
            let is_known = expected != Expected::Comparator
                || instead == not
                || run.end > start + 1
                || self.is_compared(start, after);
            return Some(if is_known {
                diagnostic.fix(Fix {
                    edits: vec![Edit::new(run, instead)],
                    // Elsewhere it compares with a pattern.
                    // Another operator after it would be wrong too.
                    certain: !run.within(self.text).ends_with('~') && !after.starts_with(operator),
                })
            } else {
                diagnostic
            });
        }
        // The right operator would be wrong here too, unless it was split in two.
        let diagnostic = self.with_expectation(diagnostic, right, expected);
        let before = self.up_to(at).trim_end_matches(is_space);
        let kept = before.trim_end_matches(operator).len();
        Some(
            if (expected, found, before.get(kept..)) == (Expected::Arg, "!", Some("=")) {
                let whole = Span::new(kept, run.end);
                diagnostic
                    .help(help)
                    .fix(Fix::suggestion(vec![Edit::new(whole, right)]))
            } else {
                diagnostic
            },
        )
    }

    /// Returns the diagnostic for white space before or after the dot at `at`.
    fn space_in_member(&self, at: usize) -> Diagnostic {
        let before = self.up_to(at).trim_end_matches(is_space).len();
        let rest = self.from(at + 1);
        let field = rest.trim_start_matches(is_space);
        let span = Span::new(before, self.text.len() - field.len());
        match field.chars().next() {
            Some(c) if starts_value(c) => {
                let length = token_length(field);
                let is_joint =
                    lexical::is_keyword(field.get(..length).unwrap_or_default().as_bytes())
                        && !field
                            .get(length..)
                            .unwrap_or_default()
                            .trim_start_matches(is_space)
                            .is_empty();
                Diagnostic::error(
                    Code::SpaceInMember,
                    span,
                    "unexpected white space around `.`",
                )
                .label(span, "expected only `.`")
                .help("remove the white space")
                .fix(Fix {
                    edits: vec![Edit::new(span, ".")],
                    // The keyword may join terms.
                    certain: !is_joint,
                })
            }
            // What follows the dot cannot be a field.
            None => self.unexpected_end(Expected::Field),
            Some(c) => {
                let at = self.text.len() - field.len();
                self.unexpected_character(at, c)
                    .unwrap_or_else(|| self.unexpected_token(at, Expected::Field))
            }
        }
    }

    /// Returns the diagnostic for a keyword at `at` without white space after it.
    fn missing_space_after(&self, at: usize) -> Diagnostic {
        let keyword = Self::span(at, token_length(self.from(at)));
        let expected = match keyword.within(self.text) {
            "NOT" => Expected::Operand,
            _ => Expected::Term,
        };
        match self.from(keyword.end).chars().next() {
            None => self.found(self.text.len(), expected),
            Some(c) if starts_term(c) || chars::is_typographic_quote(c) => self.missing_space(at),
            Some(c) => self
                .unexpected_character(keyword.end, c)
                .unwrap_or_else(|| self.unexpected_token(keyword.end, expected)),
        }
    }

    /// Returns the diagnostic for a keyword at `at` that touches a neighbor.
    fn missing_space(&self, at: usize) -> Diagnostic {
        let keyword = Self::span(at, token_length(self.from(at)));
        let word = keyword.within(self.text);
        let mut edits = Vec::new();
        if self.touches(at) && !self.up_to(at).ends_with('(') && at > 0 {
            edits.push(Edit::new(Span::at(at), " "));
        }
        if self
            .from(keyword.end)
            .chars()
            .next()
            .is_some_and(|c| !is_space(c))
        {
            edits.push(Edit::new(Span::at(keyword.end), " "));
        }
        let needs_both = word != "NOT" || edits.iter().any(|edit| edit.span == Span::at(at));
        let sides = if needs_both {
            "on both sides"
        } else {
            "after it"
        };
        Diagnostic::error(
            Code::MissingSpace,
            keyword,
            format!("missing white space next to `{word}`"),
        )
        .label(keyword, format!("needs white space {sides}"))
        .help(if self.from(keyword.end).starts_with('(') {
            format!(
                "write `{word}` with white space {sides}, even next to parentheses; a keyword \
                 cannot be the name of a function"
            )
        } else {
            format!("write `{word}` with white space {sides}, even next to parentheses")
        })
        .fix(Fix::certain(edits))
    }

    /// Returns the diagnostic for two terms that touch; the second one begins at `at`.
    fn touching(&self, at: usize) -> Diagnostic {
        let rest = self.from(at);
        let length = token_length(rest);
        let word = Self::span(at, length).within(self.text);
        if lexical::is_keyword(word.to_ascii_uppercase().as_bytes()) {
            return self.missing_space(at);
        }
        if let Some(diagnostic) = self.quoted_function(at) {
            return diagnostic;
        }
        let cx = Context {
            builder: &TreeBuilder { text: rest },
            depth: self.mismatch.depth,
            expected: Expected::Term,
        };
        let parsed = grammar::term(cx, rest.as_bytes());
        let span = match parsed {
            Ok((left, _)) => Self::span(at, rest.len() - left.len()),
            Err(_) => Self::span(at, length),
        };
        let diagnostic = Diagnostic::error(
            Code::MissingSpace,
            span,
            format!(
                "{} is not separated from the term before it",
                Quoted(span.within(self.text))
            ),
        )
        .label(span, self.expectation(Expected::Connective))
        .help(if self.up_to(at).ends_with(['"', '\'']) {
            "join the terms with `AND` or `OR`, or check for a missing quote"
        } else {
            "join the terms with `AND` or `OR`"
        });
        if self.joins_punctuation(at) {
            return diagnostic;
        }
        diagnostic.fix(Fix::suggestion(vec![Edit::new(Span::at(at), " AND ")]))
    }

    /// Returns the diagnostic for a string before the parenthesis at `at`, if it is not a value.
    fn quoted_function(&self, at: usize) -> Option<Diagnostic> {
        let before = self.up_to(at).strip_suffix(['"', '\''])?;
        let quote = self.from(before.len()).chars().next()?;
        let start = before.rfind(quote)?;
        let is_value = self
            .up_to(start)
            .trim_end_matches(is_space)
            .ends_with([':', '=', '<', '>', '.']);
        let name = before.get(start + 1..)?;
        if is_value || !self.from(at).starts_with('(') || !lexical::is_plain_member(name) {
            return None;
        }
        let span = Span::new(start, at);
        Some(
            Diagnostic::error(
                Code::MissingSpace,
                span,
                format!("the name of the function {} is quoted", Quoted(name)),
            )
            .label(span, "a string, not a name")
            .help(format!(
                "write {}; or join the string and the parentheses with `AND` or `OR`",
                Quoted(&format!("{name}("))
            )),
        )
    }

    /// Whether a connective at `at` would be next to a mistaken operator, bracket or punctuation mark.
    fn joins_punctuation(&self, at: usize) -> bool {
        let before = self.up_to(at).chars().next_back();
        let after = self.from(at).chars().next();
        before.is_some_and(|c| c != ')' && chars::is_punctuation(c))
            || after.is_some_and(|c| c != '(' && chars::is_punctuation(c))
    }

    fn unmatched(at: usize) -> Diagnostic {
        let span = Self::span(at, 1);
        Diagnostic::error(
            Code::UnmatchedParenthesis,
            span,
            "unmatched closing parenthesis",
        )
        .label(span, "no matching `(`")
        .help("remove it, or add the matching `(`")
        .fix(Fix::suggestion(vec![Edit::new(span, "")]))
    }

    /// Returns the diagnostic for an empty group, closed at `at`.
    fn empty_parentheses(&self, at: usize) -> Diagnostic {
        let opening = self.up_to(at).trim_end_matches(is_space).len() - 1;
        let span = Span::new(opening, at + 1);
        Diagnostic::error(Code::EmptyParentheses, span, "empty parentheses")
            .label(span, "expected a comparison inside")
            .help("add a comparison, or remove the parentheses")
    }
}

/// Returns the help for a diagnostic about what was expected.
fn advice(expected: Expected) -> &'static str {
    match expected {
        Expected::Term | Expected::Comparator => {
            "compare a field with a value: `field = \"value\"`"
        }
        Expected::GroupBody => "add a comparison, or remove the parentheses",
        Expected::Operand => "add a comparison to negate",
        Expected::Arg => "add a value after the operator: `field = \"value\"`",
        Expected::Field => "add a field name after the dot, or remove the dot",
        Expected::Literal => "add a value after `-`, or put the value in double quotes",
        Expected::ArgEnd => "separate arguments with `,` and close the call with `)`",
        _ => "join the terms with `AND` or `OR`",
    }
}

/// Returns whether a text has the form of a date, such as `2026-01-31`.
fn is_date(text: &str) -> bool {
    let lengths = text.split('-').map(|digits| {
        let is_number = digits.chars().all(|c| c.is_ascii_digit());
        is_number.then_some(digits.len())
    });
    lengths.eq([4, 2, 2].map(Some))
}

fn is_comparator(token: &str) -> bool {
    matches!(token, ":" | "=" | "!=" | "<" | "<=" | ">" | ">=")
}

/// The grammar's white space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Returns whether a value can begin with the character.
fn starts_value(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => {
            matches!(
                chars::class(byte),
                chars::ByteClass::Text | chars::ByteClass::Quote
            )
        }
        _ => chars::is_wide_text(c),
    }
}

/// Returns whether a term can begin with the character.
fn starts_term(c: char) -> bool {
    starts_value(c) || matches!(c, '(' | '-')
}

/// Returns the length of the first token of `rest`: a TEXT, a STRING, an operator or a character.
fn token_length(rest: &str) -> usize {
    let text = lexical::text(rest.as_bytes()).map_or(0, |(_, text)| text.len());
    let first = rest.chars().next();
    match first {
        Some('-') | None => first.map_or(0, char::len_utf8),
        Some(_) if text > 0 => text,
        Some(quote @ ('"' | '\'')) => {
            let body = rest.get(1..).unwrap_or_default();
            body.find(quote).map_or(rest.len(), |end| end + 2)
        }
        Some('<' | '>' | '!') if rest.get(1..2) == Some("=") => 2,
        Some(c) => c.len_utf8(),
    }
}
