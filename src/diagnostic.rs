//! Diagnostics: what is wrong with a filter, where, why, and how to fix it, as data.

use std::fmt;

use crate::chars;
use crate::named::named;

/// A half-open range of byte offsets into a filter's text.
///
/// Both ends are on UTF-8 character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte, from 0.
    pub start: usize,
    /// Offset after the last byte; equal to `start` for an empty span.
    pub end: usize,
}

impl Span {
    /// Creates the span from `start` to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Creates the empty span at `offset`.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Returns the part of `text` that the span covers; `None` if the span ends before it starts,
    /// is not inside the text, or splits a character.
    #[must_use]
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }

    /// Returns the part of the text that a span of that text covers.
    pub(crate) fn within(self, text: &str) -> &str {
        self.of(text)
            .unwrap_or_else(|| unreachable!("{self:?} is not a span of the text"))
    }

    /// Returns the span in UTF-16 code units instead of bytes, for editors and other languages;
    /// `None` if it is not a span of `text`.
    ///
    /// It takes time linear in the length of the text.
    #[must_use]
    pub fn to_utf16(self, text: &str) -> Option<Self> {
        self.measured(text, |part| part.encode_utf16().count())
    }

    /// Returns the span in Unicode code points instead of bytes; `None` if it is not a span of
    /// `text`.
    ///
    /// It takes time linear in the length of the text.
    #[must_use]
    pub fn to_chars(self, text: &str) -> Option<Self> {
        self.measured(text, |part| part.chars().count())
    }

    fn measured(self, text: &str, length: impl Fn(&str) -> usize) -> Option<Self> {
        let start = length(text.get(..self.start)?);
        Some(Self::new(start, start + length(self.of(text)?)))
    }

    /// Returns the smallest span that covers both.
    #[must_use]
    pub(crate) fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The filter is invalid.
    Error,
    /// The filter is valid, but it is undocumented or probably not what its author intended.
    Warning,
}

impl Severity {
    /// Every severity.
    pub const ALL: &[Self] = &[Self::Error, Self::Warning];

    /// Returns `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A stage of a check, in order. A stage runs only if the earlier ones found no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// AIP-160 syntax; only the first error is reported.
    Syntax,
    /// Field names, values, operators and constructs that the method accepts.
    Schema,
    /// What the filter matches: contradictions, and parts that have no effect.
    Meaning,
    /// What a filter must contain, and additional requirements of `useAdminAccess`.
    Access,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: &[Self] = &[Self::Syntax, Self::Schema, Self::Meaning, Self::Access];

    /// Returns `syntax`, `schema`, `meaning` or `access`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Schema => "schema",
            Self::Meaning => "meaning",
            Self::Access => "access",
        }
    }
}

macro_rules! codes {
    ($($stage:ident { $($(#[doc = $doc:literal])+ $name:ident = $text:literal,)+ })+) => {
        /// The kind of a diagnostic, with a stable name in kebab case.
        ///
        /// A code that is also a [`Lint`](crate::Lint) is reported at the level that the
        /// [`Checker`](crate::Checker) sets for that lint. All other codes are always errors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($($(#[doc = $doc])+ $name,)+)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$($(Self::$name,)+)+];

            /// Returns the code in kebab case, such as `unknown-field`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$name => $text,)+)+
                }
            }

            /// Returns the stage that reports the code.
            #[must_use]
            pub const fn stage(self) -> Stage {
                match self {
                    $($(Self::$name)|+ => Stage::$stage,)+
                }
            }
        }
    };
}

codes! {
    Syntax {
        /// Character that is not allowed outside a string: a control, an invisible format
        /// character, Unicode white space, a backslash. Span: the character.
        UnexpectedCharacter = "unexpected-character",
        /// Quote other than `"` and `'`, as in formatted documents. Span: the quote.
        TypographicQuote = "typographic-quote",
        /// Token that is not allowed here. Span: the token.
        UnexpectedToken = "unexpected-token",
        /// End of the text where more is expected. Span: empty, at the end.
        UnexpectedEnd = "unexpected-end",
        /// String without a closing quote. Span: from the opening quote to the end.
        UnterminatedString = "unterminated-string",
        /// Unknown or malformed escape sequence in a string. Span: the escape sequence.
        InvalidEscape = "invalid-escape",
        /// Parenthesis that is never closed. Span: the opening parenthesis.
        UnclosedParenthesis = "unclosed-parenthesis",
        /// Closing parenthesis without an opening one. Span: the closing parenthesis.
        UnmatchedParenthesis = "unmatched-parenthesis",
        /// Parentheses with nothing inside. Span: both parentheses.
        EmptyParentheses = "empty-parentheses",
        /// Keyword or term that is not separated from its neighbor. Span: the keyword, or the
        /// second term.
        MissingSpace = "missing-space",
        /// White space around the dot of a member. Span: the dot with the white space.
        SpaceInMember = "space-in-member",
        /// Operator from another language, such as `==`. Span: the operator.
        WrongOperator = "wrong-operator",
        /// More than [`MAX_LENGTH`](crate::syntax::MAX_LENGTH) bytes, or more characters than the method
        /// allows. Span: empty, at the limit.
        TooLong = "too-long",
        /// More than [`MAX_DEPTH`](crate::syntax::MAX_DEPTH) nested parentheses. Span: the opening
        /// parenthesis that exceeds the limit.
        TooDeep = "too-deep",
    }
    Schema {
        /// Name that is not a field of the filter. Span: the member.
        UnknownField = "unknown-field",
        /// Value that the field does not have. Span: the value.
        UnknownValue = "unknown-value",
        /// Comparator that the field does not support. Span: the comparator.
        UnsupportedOperator = "unsupported-operator",
        /// Value or field that is not part of a comparison. Span: the value or field, or both if
        /// they are adjacent.
        MissingComparison = "missing-comparison",
        /// Word or sign in place of a keyword, such as `and`, `&&` or `oder`. Span: the word.
        LowercaseKeyword = "lowercase-keyword",
        /// Comparison with the value on the left and the field on the right. Span: the comparison.
        SwappedSides = "swapped-sides",
        /// Field name in quotes. Span: the member.
        QuotedField = "quoted-field",
        /// Text that is not a timestamp of RFC 3339, for a field that has timestamps. Span: the
        /// value.
        BadTimestamp = "bad-timestamp",
        /// Text that is not a resource name of the field's form. Span: the value.
        BadName = "bad-name",
        /// Empty filter for a method that requires one. Span: the text.
        MissingFilter = "missing-filter",
        /// Type of an event that stands for several events, which filters cannot name. Span: the
        /// value.
        BatchEventType = "batch-event-type",
        /// Empty string for a field that cannot be empty. Span: the value.
        EmptyValue = "empty-value",
        /// OR between comparisons of fields that only AND can join. Span: the group.
        CrossFieldOr = "cross-field-or",
        /// OR between comparisons of a field that does not support it. Span: the group.
        OrNotSupported = "or-not-supported",
        /// AND between comparisons of a field that does not support it. Span: the second one.
        AndNotSupported = "and-not-supported",
        /// AND and OR between comparisons of a field that supports only one of them at a time. Span: the
        /// part that differs from the one before.
        MixedWithinField = "mixed-within-field",
        /// AND between comparisons that are not a lower and an upper bound. Span: the comparison
        /// that is neither.
        NotAnInterval = "not-an-interval",
        /// Call of a function that the filter does not support, or where it does not. Span: the call.
        FunctionCall = "function-call",
        /// Parenthesized group in place of a value. Span: the group.
        GroupArgument = "group-argument",
        /// Lint: unquoted value. Span: the value.
        UnquotedValue = "unquoted-value",
        /// Lint: value in single quotes. Span: the value.
        SingleQuotes = "single-quotes",
        /// Lint: AND (or a sequence) and OR in one group without parentheses. Span: the group.
        MixedOperators = "mixed-operators",
        /// Lint: adjacent terms without an operator. Span: the second term.
        ImplicitAnd = "implicit-and",
        /// Lint: `NOT` or `-`. Span: the negation with its operand.
        Negation = "negation",
        /// Lint: operator that the filter documentation does not list for the field. Span: the
        /// comparator.
        UndocumentedOperator = "undocumented-operator",
        /// Lint: API value that the filter documentation does not list. Span: the value.
        UndocumentedValue = "undocumented-value",
        /// Lint: spelling of a field's name that the service may reject. Span: the member.
        FieldSpelling = "field-spelling",
        /// Lint: alias of a user where only IDs are documented. Span: the value.
        UserAlias = "user-alias",
        /// Lint: value in quotes where the service rejects them. Span: the value.
        QuotedValue = "quoted-value",
    }
    Meaning {
        /// Part that nothing can match. Span: the part.
        Contradiction = "contradiction",
        /// Lint: interval that contains no timestamp. Span: the part.
        EmptyInterval = "empty-interval",
        /// Lint: thread that is not in the space of the request. Span: the comparison.
        ForeignThread = "foreign-thread",
        /// Lint: timestamp outside the time to which the service limits what it lists. Span: the
        /// comparison.
        OutsideWindow = "outside-window",
        /// Lint: part that has no effect. Span: the part.
        RedundantTerm = "redundant-term",
        /// Lint: filter with comparisons that matches everything. Span: the filter.
        AlwaysTrue = "always-true",
    }
    Access {
        /// `member.type` comparison that admin access does not allow. Span: the comparison.
        AdminTypeComparison = "admin-type-comparison",
        /// Filter that matches apps, which admin access does not allow. Span: the filter.
        AdminRequiresType = "admin-requires-type",
        /// Comparison that only requests with `useAdminAccess` can have. Span: the comparison.
        AdminOnlyField = "admin-only-field",
        /// Filter without a comparison that the method requires. Span: the filter.
        MissingConjunct = "missing-conjunct",
        /// Lint: filter without a comparison of the event type. Span: the filter.
        MissingEventType = "missing-event-type",
        /// Lint: search of spaces without a comparison of the display name. Span: the filter.
        EmptyResponse = "empty-response",
    }
}

named!(Code, "code", as_str);
named!(Severity, "severity", as_str);
named!(Stage, "stage", as_str);

/// A note on a part of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The part of the text.
    pub span: Span,
    /// The note: one line.
    pub text: String,
}

/// A replacement of a part of the text; an insertion if the span is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The part to replace.
    pub span: Span,
    /// The replacement.
    pub text: String,
}

impl Edit {
    pub(crate) fn new(span: Span, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }
}

/// A fix for the problem that a diagnostic reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// The replacements, in the order of the text, without overlaps.
    pub edits: Vec<Edit>,
    /// Whether the fix certainly does what was intended. If not, it is a suggestion.
    ///
    /// After all certain fixes of a check are applied, the filter is valid, or its errors are of a
    /// later stage, or the stage has fewer errors, or (in the syntax stage) the text follows the
    /// grammar further. Errors in what AND and OR join, such as
    /// [`OrNotSupported`](Code::OrNotSupported), count as a stage after the other schema errors.
    pub certain: bool,
}

impl Fix {
    pub(crate) fn certain(edits: Vec<Edit>) -> Self {
        Self {
            edits,
            certain: true,
        }
    }

    pub(crate) fn suggestion(edits: Vec<Edit>) -> Self {
        Self {
            edits,
            certain: false,
        }
    }

    /// Returns `text` with this fix applied.
    ///
    /// # Errors
    ///
    /// If the edits are not for this text: one has a span that is not a span of the text, or begins
    /// before the end of the edit before it.
    pub fn apply(&self, text: &str) -> Result<String, EditError> {
        apply(text, self.edits.iter())
    }

    /// Returns the text that the fix belongs to with the fix applied.
    pub(crate) fn applied(&self, text: &str) -> String {
        self.apply(text)
            .unwrap_or_else(|error| unreachable!("{error}: {self:?}"))
    }
}

/// The error for edits that cannot be applied to a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// A span is not inside the text, ends before it starts, or splits a character.
    #[error("bytes {} to {} are not a part of the text", .0.start, .0.end)]
    NotASpan(Span),
    /// A span begins before the end of the one before it.
    #[error("the edit of bytes {} to {} overlaps the one before it", .0.start, .0.end)]
    Overlap(Span),
}

/// Applies edits to a text, in order.
fn apply<'e>(
    text: &str,
    edits: impl Iterator<Item = &'e Edit> + Clone,
) -> Result<String, EditError> {
    let added: usize = edits.clone().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    let mut rest = Span::new(0, text.len());
    for edit in edits {
        let Span { start, end } = edit.span;
        edit.span.of(text).ok_or(EditError::NotASpan(edit.span))?;
        let kept = Span::new(rest.start, start);
        out.push_str(kept.of(text).ok_or(EditError::Overlap(edit.span))?);
        out.push_str(&edit.text);
        rest.start = end;
    }
    out.push_str(rest.within(text));
    Ok(out)
}

/// Applies the certain fixes of `diagnostics` to `text`, left to right. A fix that overlaps one
/// already applied is skipped. `None` if there is no certain fix.
pub(crate) fn apply_certain(text: &str, diagnostics: &[Diagnostic]) -> Option<String> {
    let mut fixes: Vec<&Fix> = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.fix.as_ref())
        .filter(|fix| fix.certain)
        .collect();
    fixes.sort_by_key(|fix| fix.edits.first().map(|edit| edit.span));
    let mut applied: Vec<Placed<'_>> = Vec::new();
    for fix in fixes {
        let edits = Placed::all(fix);
        if edits.iter().all(|edit| edit.is_free(&applied)) {
            for edit in edits {
                let at = applied.partition_point(|other| other.order <= edit.order);
                applied.insert(at, edit);
            }
        }
    }
    let edits = applied.iter().map(|placed| placed.edit);
    if edits.len() == 0 {
        return None;
    }
    let fixed = apply(text, edits);
    Some(fixed.unwrap_or_else(|error| unreachable!("{error}: {diagnostics:?}")))
}

/// An edit among those of other fixes.
#[derive(Clone, Copy)]
struct Placed<'e> {
    /// Edits are applied in the order of their spans. Of several insertions at one place, closing
    /// ones come first, innermost first, and then opening ones, outermost first. The first edit of a
    /// fix is an opening one, all others are closing.
    order: (Span, bool, usize),
    edit: &'e Edit,
}

impl<'e> Placed<'e> {
    fn all(fix: &'e Fix) -> Vec<Self> {
        let start = fix.edits.first().map_or(0, |edit| edit.span.start);
        let edits = fix.edits.iter().enumerate();
        edits
            .map(|(index, edit)| {
                let opens = index == 0;
                let depth = if opens { start } else { usize::MAX - start };
                let order = (edit.span, opens, depth);
                Self { order, edit }
            })
            .collect()
    }

    /// Whether no applied edit overlaps this one. Insertions at one place do not overlap.
    fn is_free(&self, applied: &[Self]) -> bool {
        let span = self.edit.span;
        let before = applied.partition_point(|other| other.edit.span < span);
        let after = applied.partition_point(|other| other.edit.span <= span);
        let at = |index: Option<usize>| index.and_then(|index| applied.get(index));
        let apart = |other: &Self| {
            let other = other.edit.span;
            other.end <= span.start || span.end <= other.start
        };
        (before == after || span.start == span.end)
            && at(before.checked_sub(1)).is_none_or(apart)
            && at(Some(after)).is_none_or(apart)
    }
}

/// An error or a warning about a filter.
///
/// `Display` prints the message, one line. The message, labels and help contain no raw control or
/// format characters: these are written as escapes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether it is an error or a warning.
    pub severity: Severity,
    /// Kind of the diagnostic.
    pub code: Code,
    /// What is wrong: one lower-case line without a full stop.
    pub message: String,
    /// Span of the problem.
    pub span: Span,
    /// Notes on parts of the text, in the order of the text.
    pub labels: Vec<Label>,
    /// How to fix it: one line.
    pub help: Option<String>,
    /// Edits that fix the problem.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    pub(crate) fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    pub(crate) fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub(crate) fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }

    /// Returns the stage that reported the diagnostic.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.code.stage()
    }

    /// Returns whether the diagnostic makes the filter invalid.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Maximum number of columns of the input that a message quotes.
const MAX_QUOTED_COLUMNS: usize = 48;

/// Returns an upper bound for the width of a character in columns: beyond ASCII, two.
pub(crate) fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        c if c.is_ascii() => 1,
        _ => 2,
    }
}

/// A piece of the input in a message: in backticks, on one line, escaped and truncated.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut quoted = String::new();
        let mut left = MAX_QUOTED_COLUMNS;
        for (_, c, is_escaped) in chars::with_escapes(self.0) {
            let text = Visible(c, is_escaped).to_string();
            let Some(rest) = left.checked_sub(text.chars().map(columns).sum()) else {
                quoted.push('…');
                break;
            };
            left = rest;
            quoted.push_str(&text);
        }
        write!(f, "`{}`", chars::without_lost_joiners(&quoted))
    }
}

/// Returns a piece of untrusted input for a message: in backticks, on one line, with escapes as in
/// [`visible`], and truncated to 48 columns.
///
/// ```
/// use gchat_filter::diagnostic::quoted;
///
/// assert_eq!(quoted("a\nb").to_string(), r"`a\nb`");
/// ```
#[must_use]
pub fn quoted(text: &str) -> impl fmt::Display + '_ {
    Quoted(text)
}

/// Returns untrusted text in a form that is safe to print to a terminal.
///
/// Controls, format and other invisible characters, and white space other than U+0020 are written
/// as escapes, so that they cannot move or hide other text.
///
/// ```
/// use gchat_filter::diagnostic::visible;
///
/// assert_eq!(visible("a\u{1b}[31m b\u{202e}\n").to_string(), r"a\u{1b}[31m b\u{202e}\n");
/// ```
#[must_use]
pub fn visible(text: &str) -> impl fmt::Display + '_ {
    VisibleText(text)
}

struct VisibleText<'a>(&'a str);

impl fmt::Display for VisibleText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = chars::with_escapes(self.0);
        characters.try_for_each(|(_, c, is_escaped)| Visible(c, is_escaped).fmt(f))
    }
}

/// A character, and whether it is escaped.
struct Visible(char, bool);

impl fmt::Display for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(c, false) => c.fmt(f),
            Self('\n' | '\r' | '\t', true) => self.0.escape_default().fmt(f),
            Self(c, true) => c.escape_unicode().fmt(f),
        }
    }
}
