//! What is wrong with a text, in words.

use crate::diagnostic::{Code, Diagnostic, Quoted, Span, Stage};
use crate::syntax::Comparator;

/// A mistake that the reader understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) span: Span,
    /// The code of the schema stage.
    code: Code,
    place: Place,
    message: String,
    label: String,
    help: String,
}

/// Where a mistake is. If there are several, the first of these is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Around the filter, or in all of it.
    Around,
    /// A comparison is negated, in a language without negation.
    Negated,
    /// In a comparison.
    Inside,
    /// Between comparisons.
    Between,
}

impl Mistake {
    fn new(place: Place, span: Span, message: String, label: &str, help: &str) -> Self {
        Self {
            span,
            code: Code::MissingComparison,
            place,
            message,
            label: label.to_owned(),
            help: help.to_owned(),
        }
    }

    fn code(self, code: Code) -> Self {
        Self { code, ..self }
    }

    /// The whole text is encoded, for example in HTML.
    pub(super) fn encoded(span: Span, message: &str, help: &str) -> Self {
        Self::new(Place::Around, span, message.to_owned(), "encoded", help)
    }

    /// The text has something around the filter.
    pub(super) fn around(span: Span, found: &str) -> Self {
        Self::new(
            Place::Around,
            span,
            format!("{} is not part of a filter", Quoted(found)),
            "not part of the filter",
            "write only the condition, without names of parameters, clauses or other text",
        )
    }

    /// The filter is in quotes or brackets.
    pub(super) fn enclosed(span: Span, opening: char) -> Self {
        let (what, label, help) = match opening {
            '[' | '{' | '<' | '【' => (
                "brackets",
                "remove these brackets",
                "remove the brackets; only `(` and `)` group comparisons",
            ),
            '*' | '_' | '~' => ("markup", "remove this markup", "remove the markup"),
            _ => (
                "quotes",
                "remove these quotes",
                "remove these quotes; only values are quoted",
            ),
        };
        Self::new(
            Place::Around,
            span,
            format!("the whole filter is in {what}"),
            label,
            help,
        )
    }

    /// Quotes are escaped, as in source code.
    pub(super) fn escaped(span: Span) -> Self {
        Self::new(
            Place::Around,
            span,
            "the quotes are escaped with `\\`".to_owned(),
            "expected `\"`",
            "write `\"` without a backslash; only source code and JSON need it",
        )
    }

    pub(super) fn comment(span: Span) -> Self {
        Self::new(
            Place::Around,
            span,
            "filters have no comments".to_owned(),
            "a comment",
            "remove the comment",
        )
    }

    pub(super) fn continuation(span: Span) -> Self {
        Self::new(
            Place::Around,
            span,
            "unexpected `\\` at the end of a line".to_owned(),
            "not needed",
            "remove it; a filter can have several lines",
        )
    }

    /// Punctuation after the filter.
    pub(super) fn trailing(span: Span, found: &str) -> Self {
        Self::new(
            Place::Around,
            span,
            format!("unexpected {} after the filter", Quoted(found)),
            "expected the end of the filter",
            "remove it",
        )
    }

    pub(super) fn markup(span: Span, found: &str) -> Self {
        Self::new(
            Place::Around,
            span,
            format!("{} is markup, not part of a filter", Quoted(found)),
            "markup",
            "remove the markup",
        )
    }

    pub(super) fn list(span: Span) -> Self {
        Self::new(
            Place::Inside,
            span,
            "a field cannot be compared with a list of values".to_owned(),
            "expected a single value",
            "compare the field with each value separately, joined with `OR`, or with `AND` for `!=`",
        )
        .code(Code::GroupArgument)
    }

    pub(super) fn call(span: Span, name: &str) -> Self {
        Self::new(
            Place::Inside,
            span,
            format!("unknown function {}", Quoted(name)),
            "expected a comparison",
            "compare a field with a value: `field = \"value\"`",
        )
        .code(Code::FunctionCall)
    }

    pub(super) fn negation(span: Span, found: &str) -> Self {
        Self::new(
            Place::Negated,
            span,
            format!("{} is not an operator", Quoted(found)),
            "expected a field",
            "use `!=` for “not equal to”: `field != \"value\"`",
        )
    }

    pub(super) fn spaced_field(span: Span, found: &str, path: &str) -> Self {
        Self::new(
            Place::Inside,
            span,
            format!("unknown field {}", Quoted(found)),
            &format!("expected `{path}`"),
            &format!("did you mean `{path}`?"),
        )
        .code(Code::UnknownField)
    }

    pub(super) fn value_alone(span: Span, found: &str) -> Self {
        Self::new(
            Place::Inside,
            span,
            format!("{} is not compared with a field", Quoted(found)),
            "expected a comparison",
            "compare each value with a field: `field = \"value\"`",
        )
    }

    /// A keyword that touches a name.
    pub(super) fn glued(span: Span, keyword: &str) -> Self {
        Self::new(
            Place::Between,
            span,
            format!("missing white space next to `{keyword}`"),
            "needs white space on both sides",
            &format!(
                "write `{}` with white space on both sides",
                keyword.to_ascii_uppercase()
            ),
        )
    }

    pub(super) fn operator(span: Span, found: &str, meant: Comparator) -> Self {
        Self::new(
            Place::Inside,
            span,
            format!("{} is not an operator", Quoted(found)),
            &format!("expected `{meant}`"),
            &format!("use `{meant}`: `field {meant} \"value\"`"),
        )
    }

    pub(super) fn connective(span: Span, found: &str, meant: &str) -> Self {
        Self::new(
            Place::Between,
            span,
            format!("{} is not a keyword", Quoted(found)),
            &format!("expected {meant}"),
            &format!("join comparisons with {meant}"),
        )
        .code(Code::LowercaseKeyword)
    }

    pub(super) fn bracket(span: Span, found: &str, meant: char) -> Self {
        Self::new(
            Place::Between,
            span,
            format!("{} is not a parenthesis", Quoted(found)),
            &format!("expected `{meant}`"),
            "group comparisons with `(` and `)`",
        )
    }

    /// A character that is used as a quote, and is none.
    pub(super) fn quote(span: Span, found: char) -> Self {
        Self::new(
            Place::Inside,
            span,
            format!("`{found}` is not a quote"),
            "expected `\"`",
            "put values in straight double quotes: `\"value\"`",
        )
    }

    /// A quote without its counterpart, or around more or less than a value.
    pub(super) fn stray_quote(span: Span) -> Self {
        Self::new(
            Place::Between,
            span,
            "misplaced quote".to_owned(),
            "does not enclose a value",
            "put each value, and only that, in double quotes",
        )
    }

    /// Returns the mistake to report.
    pub(crate) fn first(mistakes: &[Self]) -> Option<&Self> {
        mistakes
            .iter()
            .min_by_key(|mistake| (mistake.place, mistake.span))
    }

    /// Whether the mistake is in a comparison or around the filter.
    pub(crate) fn is_between(&self) -> bool {
        self.place == Place::Between
    }

    /// Whether the mistake explains the text better than any errors of its parts.
    pub(crate) fn is_always_reported(&self) -> bool {
        self.place <= Place::Negated
    }

    /// Returns the diagnostic. A text that parses has no errors of syntax, and one that does not has
    /// no others.
    pub(crate) fn diagnostic(&self, stage: Stage) -> Diagnostic {
        let code = match stage {
            Stage::Syntax => Code::UnexpectedToken,
            _ => self.code,
        };
        Diagnostic::error(code, self.span, self.message.clone())
            .label(self.span, self.label.clone())
            .help(self.help.clone())
    }
}
