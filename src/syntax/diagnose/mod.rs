//! What is wrong where a rule of the grammar failed, and how to mend it.

mod characters;
mod strings;

use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Quoted, Span};
use crate::steps;

use super::chars;
use super::grammar::{self, MAX_DEPTH, MAX_LENGTH};
use super::lexical::{self, Expected, Fault};
use super::tree_builder::TreeBuilder;

/// The diagnostic of a text that is too long.
#[cold]
pub(super) fn too_long(text: &str) -> Diagnostic {
    let message = format!(
        "filter of {} bytes is longer than {MAX_LENGTH} bytes",
        text.len()
    );
    let limit = (0..=MAX_LENGTH)
        .rev()
        .find(|offset| text.is_char_boundary(*offset))
        .unwrap_or_default();
    Diagnostic::error(Code::TooLong, Span::at(limit), message)
        .label(Span::at(limit), "everything from here on is too much")
        .help("ask for less at a time")
}

/// The diagnostic of a text for which the grammar failed. Its fix has been tried: a certain one
/// leaves no error, or one further right; a suggestion leaves none, nor an empty filter.
#[cold]
pub(super) fn diagnose(text: &str, fault: Fault) -> Diagnostic {
    let mut diagnostic = Place { text, fault }.diagnose();
    if let Some(fix) = &mut diagnostic.fix {
        let mended = fix.apply(text);
        let rest = grammar::filter(mended.as_bytes(), &mut TreeBuilder { text: &mended }).err();
        let is_short = mended.len() <= MAX_LENGTH;
        if fix.certain {
            fix.certain = is_short
                && rest.is_none_or(|fault| {
                    let place = Place {
                        text: &mended,
                        fault,
                    };
                    place.diagnose().span.start > diagnostic.span.start
                });
        } else if rest.is_some() || !is_short || mended.trim().is_empty() {
            diagnostic.fix = None;
        }
    }
    diagnostic
}

/// The operators of other languages, with what is meant. An operator that is the start of another
/// one stands behind it.
const WRONG_OPERATORS: &[(&str, &str)] = &[
    ("===", "="),
    ("!==", "!="),
    ("==", "="),
    ("<>", "!="),
    ("=>", ">="),
    ("=<", "<="),
    ("=!", "!="),
];

/// Where the grammar failed.
struct Place<'a> {
    text: &'a str,
    fault: Fault,
}

impl<'a> Place<'a> {
    /// The offset at which the rule failed.
    fn offset(&self) -> usize {
        self.text.len().saturating_sub(self.fault.left)
    }

    /// The text from an offset on; as many steps as if all of it were read.
    fn from(&self, offset: usize) -> &'a str {
        steps::count(self.text.len().saturating_sub(offset));
        self.text.get(offset..).unwrap_or_default()
    }

    /// The text up to an offset.
    fn up_to(&self, offset: usize) -> &'a str {
        steps::count(offset);
        self.text.get(..offset).unwrap_or_default()
    }

    /// The span of so many bytes from an offset on.
    fn span(offset: usize, length: usize) -> Span {
        Span::new(offset, offset + length)
    }

    fn diagnose(&self) -> Diagnostic {
        let at = self.offset();
        match self.fault.expected {
            Expected::StringEnd => self.unterminated_string(at),
            Expected::Escape => self.invalid_escape(at),
            Expected::Closing => Diagnostic::error(
                Code::UnclosedParenthesis,
                Self::span(at, 1),
                "unclosed parenthesis",
            )
            .label(Self::span(at, 1), "never closed")
            .help("close it with `)`")
            .fix(Fix::maybe(vec![Edit::new(
                Span::at(self.text.trim_end_matches(is_space).len()),
                // Those around it are not closed either.
                ")".repeat(usize::from(self.fault.depth) + 1),
            )])),
            Expected::End => Self::unmatched(at),
            Expected::Shallower => Diagnostic::error(
                Code::TooDeep,
                Self::span(at, 1),
                format!("more than {MAX_DEPTH} nested parentheses"),
            )
            .label(Self::span(at, 1), "one too many")
            .help("leave out parentheses that change nothing"),
            Expected::SpaceBehind => self.space_behind(at),
            expected => self.found(at, expected),
        }
    }

    /// A rule failed at what stands at `at`.
    fn found(&self, at: usize, expected: Expected) -> Diagnostic {
        let rest = self.from(at);
        let Some(c) = rest.chars().next() else {
            return self.unexpected_end(expected);
        };
        if let Some(diagnostic) = self.bad_character(at, c) {
            return diagnostic;
        }
        if let Some(diagnostic) = self.wrong_operator(at, expected) {
            return diagnostic;
        }
        match (expected, c) {
            (Expected::Term, ')') if self.fault.depth == 0 => Self::unmatched(at),
            (Expected::GroupBody, ')') => self.empty_parentheses(at),
            (Expected::Field, _) => self.space_in_member(at - 1),
            (Expected::Literal, c) if is_space(c) && self.up_to(at).ends_with('.') => {
                self.space_in_member(at - 1)
            }
            (Expected::Operand | Expected::Literal, c) if is_space(c) => {
                let minus = Self::span(at - 1, 1);
                let behind = self.from(at).trim_start_matches(is_space);
                if behind.is_empty() {
                    return self.unexpected_end(expected);
                }
                let (message, label, help) = if expected == Expected::Literal {
                    (
                        "`-` does not touch its number",
                        "the sign of a number here",
                        "remove the white space behind it",
                    )
                } else {
                    (
                        "`-` does not touch what it negates",
                        "negates what touches it",
                        "remove the white space behind it, or write `NOT`",
                    )
                };
                Diagnostic::error(Code::UnexpectedToken, minus, message)
                    .label(minus, label)
                    .help(help)
                    .fix(Fix::maybe(vec![Edit::new(
                        Span::new(at, self.text.len() - behind.len()),
                        "",
                    )]))
            }
            (Expected::Joint, c) if self.touches(at) && starts_term(c) => self.touching(at),
            (Expected::Joint | Expected::ArgEnd, '.') if self.is_behind_member(at) => {
                self.space_in_member(at)
            }
            _ => self.unexpected_token(at, expected),
        }
    }

    /// Whether no white space stands before `at`.
    fn touches(&self, at: usize) -> bool {
        !self.up_to(at).ends_with(is_space)
    }

    /// Whether the dot at `at` could be a member's, but for the white space before it.
    fn is_behind_member(&self, at: usize) -> bool {
        !self.up_to(at).trim_end_matches(is_space).ends_with(')')
    }

    /// The keyword before `at`, with the offset of its start.
    fn keyword_before(&self, at: usize) -> Option<(usize, &str)> {
        let before = self.up_to(at).trim_end_matches(is_space);
        let start = before.trim_end_matches(starts_value).len();
        let word = before.get(start..)?;
        lexical::is_keyword(word.as_bytes()).then_some((start, word))
    }

    /// A term ends at `at` before it begins. A keyword before it is best removed.
    fn dangling(&self, diagnostic: Diagnostic, at: usize, expected: Expected) -> Diagnostic {
        let Some((start, word)) = self.keyword_before(at) else {
            return diagnostic.help(advice(expected));
        };
        let kept = self.up_to(start).trim_end_matches(is_space).len();
        diagnostic
            .help(format!("put a comparison behind `{word}`, or remove it"))
            .fix(Fix::maybe(vec![Edit::new(Span::new(kept, at), "")]))
    }

    /// The text ends too early.
    fn unexpected_end(&self, expected: Expected) -> Diagnostic {
        let end = Span::at(self.text.len());
        let diagnostic =
            Diagnostic::error(Code::UnexpectedEnd, end, "unexpected end of the filter")
                .label(end, self.expectation(expected));
        self.dangling(diagnostic, end.start, expected)
    }

    fn unexpected_token(&self, at: usize, expected: Expected) -> Diagnostic {
        let span = Self::span(at, token_length(self.from(at)));
        let token = span.of(self.text);
        let message = format!("unexpected {}", Quoted(token));
        let diagnostic = Diagnostic::error(Code::UnexpectedToken, span, message);
        self.out_of_place(diagnostic, token, expected)
    }

    /// Says of a diagnostic what could stand at its span instead of a token.
    fn out_of_place(&self, diagnostic: Diagnostic, token: &str, expected: Expected) -> Diagnostic {
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
                    .help("a keyword stands between two terms, and only once")
                    .fix(Fix::maybe(vec![Edit::new(rest, "")]))
            }
            (Expected::Term | Expected::GroupBody, "AND" | "OR") => {
                let behind = self.from(span.end).trim_start_matches(is_space);
                let rest = Span::new(at, self.text.len() - behind.len());
                diagnostic
                    .help(format!("put a term before `{token}`, or remove it"))
                    .fix(Fix::maybe(vec![Edit::new(rest, "")]))
            }
            (Expected::Term | Expected::Operand, ")") => self.dangling(diagnostic, at, expected),
            (Expected::Term | Expected::GroupBody, "!") => {
                diagnostic.help("negate once, with `NOT`")
            }
            (Expected::Arg, "NOT") if !is_argument() => {
                diagnostic.help("write `NOT` before the comparison, or compare with `!=`")
            }
            (Expected::Arg, "AND" | "OR" | "NOT") => {
                let what = if is_argument() {
                    "an argument"
                } else {
                    "a value"
                };
                diagnostic.help(format!(
                    "write {what} here; one of that name is written `\"{token}\"`"
                ))
            }
            (Expected::Operand, "-" | "NOT") => {
                diagnostic.help("negate once, or put the inner negation in parentheses")
            }
            (Expected::Arg, ")") if self.up_to(at).trim_end_matches(is_space).ends_with(',') => {
                let before = self.up_to(at).trim_end_matches(is_space).len() - 1;
                diagnostic
                    .help("remove the comma, or write an argument behind it")
                    .fix(Fix::maybe(vec![Edit::new(Span::new(before, at), "")]))
            }
            (Expected::Arg, _) if is_argument() => diagnostic.help("write an argument here"),
            (Expected::Joint, ",") => {
                diagnostic.help("there are no lists: join comparisons with `AND` or `OR`")
            }
            (Expected::Term | Expected::GroupBody, token) if is_comparator(token) => {
                diagnostic.help(format!("put a field before it: `field {token} \"value\"`"))
            }
            (Expected::Joint, token) if is_comparator(token) => diagnostic
                .help("a comparison has one operator; join comparisons with `AND` or `OR`"),
            _ => diagnostic.help(advice(expected)),
        }
    }

    /// What could stand where the rule failed, for a label.
    fn expectation(&self, expected: Expected) -> String {
        let end = if self.fault.depth > 0 {
            "`)`"
        } else {
            "the end"
        };
        match expected {
            Expected::Term | Expected::GroupBody => {
                "expected a comparison, `NOT`, `-` or `(`".to_owned()
            }
            Expected::Operand => "expected a comparison or `(`".to_owned(),
            Expected::Arg => "expected a value".to_owned(),
            Expected::Field => "expected a field's name".to_owned(),
            Expected::Literal => "expected the digits of a negative number".to_owned(),
            Expected::ArgEnd => "expected `,` or `)`".to_owned(),
            Expected::Comparator => "expected an operator, such as `=`".to_owned(),
            _ => format!("expected `AND`, `OR` or {end}"),
        }
    }

    /// An operator of another language.
    fn wrong_operator(&self, at: usize, expected: Expected) -> Option<Diagnostic> {
        let operator = |c: char| matches!(c, '<' | '>' | '=' | '!');
        let start = match expected {
            Expected::Arg => self.up_to(at).trim_end_matches(operator).len(),
            _ => at,
        };
        let rest = self.from(start);
        let mut run = Self::span(start, rest.len() - rest.trim_start_matches(operator).len());
        let found = run.of(self.text);
        let instead = match (expected, found) {
            (Expected::Term | Expected::GroupBody, "!") => {
                let spaced = self.from(run.end).starts_with(is_space);
                if spaced { "NOT" } else { "NOT " }
            }
            (Expected::Operand, "!") => "NOT ",
            (Expected::Arg | Expected::Joint, "!") => "!=",
            (Expected::Comparator, "!") => {
                // The rest of the operator may stand behind white space.
                let behind = self.from(run.end).trim_start_matches(is_space);
                let left = behind.trim_start_matches('=').len();
                if left < behind.len() {
                    run.end = self.text.len() - left;
                }
                "!="
            }
            _ => {
                let mut wrong = WRONG_OPERATORS.iter();
                wrong.find(|(wrong, _)| *wrong == found)?.1
            }
        };
        let message = format!("{} is not an operator", Quoted(run.of(self.text)));
        let diagnostic = Diagnostic::error(Code::WrongOperator, run, message);
        let is_mended = match expected {
            Expected::Comparator => true,
            Expected::Arg => start < at,
            Expected::Term | Expected::GroupBody => found == "!",
            _ => false,
        };
        let right = instead.trim_end();
        let help = match instead {
            "=" => "compare with a single `=`: `field = \"value\"`",
            "!=" => "for “differs from” write `!=`",
            "<=" => "for “at most” write `<=`",
            ">=" => "for “at least” write `>=`",
            _ => "negate with `NOT`",
        };
        if is_mended {
            return Some(
                diagnostic
                    .label(run, format!("expected `{right}`"))
                    .help(help)
                    .fix(Fix::certain(vec![Edit::new(run, instead)])),
            );
        }
        // The right operator would be no better here, unless it is split in two.
        let diagnostic = self.out_of_place(diagnostic, right, expected);
        let before = self.up_to(at).trim_end_matches(is_space);
        let kept = before.trim_end_matches(operator).len();
        Some(
            if (expected, found, before.get(kept..)) == (Expected::Arg, "!", Some("=")) {
                let whole = Span::new(kept, run.end);
                diagnostic
                    .help(help)
                    .fix(Fix::maybe(vec![Edit::new(whole, right)]))
            } else {
                diagnostic
            },
        )
    }

    /// White space before or behind the dot at `at`.
    fn space_in_member(&self, at: usize) -> Diagnostic {
        let before = self.up_to(at).trim_end_matches(is_space).len();
        let rest = self.from(at + 1);
        let field = rest.trim_start_matches(is_space);
        let span = Span::new(before, self.text.len() - field.len());
        match field.chars().next() {
            Some(c) if starts_value(c) => Diagnostic::error(
                Code::SpaceInMember,
                span,
                "white space beside the dot of a member",
            )
            .label(span, "nothing but the dot may stand here")
            .help("remove the white space")
            .fix(Fix::certain(vec![Edit::new(span, ".")])),
            // Nothing that could be a field: what is behind the dot is wrong.
            None => self.unexpected_end(Expected::Field),
            Some(c) => {
                let at = self.text.len() - field.len();
                self.bad_character(at, c)
                    .unwrap_or_else(|| self.unexpected_token(at, Expected::Field))
            }
        }
    }

    /// The keyword at `at` has no white space behind it.
    fn space_behind(&self, at: usize) -> Diagnostic {
        let keyword = Self::span(at, token_length(self.from(at)));
        let expected = match keyword.of(self.text) {
            "NOT" => Expected::Operand,
            _ => Expected::Term,
        };
        match self.from(keyword.end).chars().next() {
            None => self.found(self.text.len(), expected),
            Some(c) if starts_term(c) || chars::is_typographic_quote(c) => self.missing_space(at),
            Some(c) => self
                .bad_character(keyword.end, c)
                .unwrap_or_else(|| self.unexpected_token(keyword.end, expected)),
        }
    }

    /// The keyword at `at` touches a neighbour.
    fn missing_space(&self, at: usize) -> Diagnostic {
        let keyword = Self::span(at, token_length(self.from(at)));
        let word = keyword.of(self.text);
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
        let sides = if word == "NOT" {
            "behind it"
        } else {
            "on both sides"
        };
        Diagnostic::error(
            Code::MissingSpace,
            keyword,
            format!("missing white space beside `{word}`"),
        )
        .label(keyword, format!("needs white space {sides}"))
        .help(format!(
            "write `{word}` with white space {sides}, also beside parentheses"
        ))
        .fix(Fix::certain(edits))
    }

    /// Two terms touch; the second one begins at `at`.
    fn touching(&self, at: usize) -> Diagnostic {
        let rest = self.from(at);
        let length = token_length(rest);
        let word = Self::span(at, length).of(self.text);
        if lexical::is_keyword(word.as_bytes()) {
            return self.missing_space(at);
        }
        let parsed = grammar::term(
            rest.as_bytes(),
            &mut TreeBuilder { text: rest },
            self.fault.depth,
            Expected::Term,
        );
        let span = match parsed {
            Ok((left, _)) => Self::span(at, rest.len() - left.len()),
            Err(_) => Self::span(at, length),
        };
        Diagnostic::error(
            Code::MissingSpace,
            span,
            format!("{} touches the term before it", Quoted(span.of(self.text))),
        )
        .label(span, self.expectation(Expected::Joint))
        .help(if self.up_to(at).ends_with(['"', '\'']) {
            "join terms with ` AND ` or ` OR `, or close an earlier string"
        } else {
            "join terms with ` AND ` or ` OR `"
        })
        .fix(Fix::maybe(vec![Edit::new(Span::at(at), " AND ")]))
    }

    fn unmatched(at: usize) -> Diagnostic {
        let span = Self::span(at, 1);
        Diagnostic::error(
            Code::UnmatchedParenthesis,
            span,
            "closing parenthesis without an opening one",
        )
        .label(span, "nothing to close")
        .help("remove it, or open it further left")
        .fix(Fix::maybe(vec![Edit::new(span, "")]))
    }

    /// The parenthesis at `at` closes an empty group.
    fn empty_parentheses(&self, at: usize) -> Diagnostic {
        let opening = self.up_to(at).trim_end_matches(is_space).len() - 1;
        let span = Span::new(opening, at + 1);
        Diagnostic::error(Code::EmptyParentheses, span, "nothing in parentheses")
            .label(span, "expected a comparison inside")
            .help("put a comparison inside, or remove the parentheses")
    }
}

/// What to do where something else was expected.
fn advice(expected: Expected) -> &'static str {
    match expected {
        Expected::Term | Expected::Comparator => {
            "compare a field with a value: `field = \"value\"`"
        }
        Expected::GroupBody => "put a comparison inside the parentheses, or remove them",
        Expected::Operand => "put what is negated behind the negation",
        Expected::Arg => "write a value behind the operator: `field = \"value\"`",
        Expected::Field => "write a field's name behind the dot, or remove the dot",
        Expected::Literal => "write the number behind `-`, or put the value in double quotes",
        Expected::ArgEnd => "separate arguments with `,` and close the call with `)`",
        _ => "join terms with `AND` or `OR`",
    }
}

fn is_comparator(token: &str) -> bool {
    matches!(token, ":" | "=" | "!=" | "<" | "<=" | ">" | ">=")
}

/// The grammar's white space.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Whether a value can begin with the character.
fn starts_value(c: char) -> bool {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => {
            matches!(chars::class(byte), chars::Class::Text | chars::Class::Quote)
        }
        _ => chars::is_wide_text(c),
    }
}

/// Whether a term can begin with the character.
fn starts_term(c: char) -> bool {
    starts_value(c) || matches!(c, '(' | '-')
}

/// The length of the token that `rest` begins with: a text, a string, an operator, or a character.
fn token_length(rest: &str) -> usize {
    let text = lexical::text(rest.as_bytes()).raw.len();
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
