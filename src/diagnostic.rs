//! What is wrong with a filter, as plain data: where, why, and how to mend it.

use std::fmt;

use crate::steps;
use crate::syntax::chars;

/// A half-open range of byte offsets into a filter's text; both ends lie on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The offset of the first byte, from 0.
    pub start: usize,
    /// The offset behind the last byte; equal to `start` for an empty span.
    pub end: usize,
}

impl Span {
    /// The span from `start` to `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The part of `text` that the span covers; empty if it is not a span of that text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// The smallest span that covers both.
    #[must_use]
    pub(crate) fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

/// Whether a diagnostic makes a filter invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The filter is invalid.
    Error,
    /// The filter is valid, but probably not what its author meant, or not documented.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The stages of a check, in their order: a stage runs only if the ones before it found no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The text is not an AIP-160 filter; only the first error is reported.
    Syntax,
    /// Field names, values, operators and constructs that the method does not take.
    Schema,
    /// What the filter admits: contradictions, and parts without effect.
    Meaning,
    /// What `useAdminAccess` demands besides.
    Access,
}

impl Stage {
    /// `syntax`, `schema`, `meaning` or `access`.
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
        /// The kind of a diagnostic: stable, and written in kebab case.
        ///
        /// Those that are also a [`Lint`](crate::Lint) have the level that the
        /// [`Checker`](crate::Checker) gives that lint; the others are always errors.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($($(#[doc = $doc])+ $name,)+)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$($(Self::$name,)+)+];

            /// The code in kebab case, such as `unknown-field`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $($(Self::$name => $text,)+)+
                }
            }

            /// The stage that reports it.
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
        /// A character that has no place outside a string: a control, an invisible format
        /// character, Unicode white space, a backslash. Span: the character.
        UnexpectedCharacter = "unexpected-character",
        /// A quotation mark other than `"` and `'`, as documents have them. Span: the mark.
        TypographicQuote = "typographic-quote",
        /// A token where another one must stand. Span: the token.
        UnexpectedToken = "unexpected-token",
        /// The text ends where something must follow. Span: empty, at the end.
        UnexpectedEnd = "unexpected-end",
        /// A string without its closing quotation mark. Span: from the opening one to the end.
        UnterminatedString = "unterminated-string",
        /// A backslash in a string that starts no known escape. Span: the escape.
        InvalidEscape = "invalid-escape",
        /// A parenthesis that is never closed. Span: the opening one.
        UnclosedParenthesis = "unclosed-parenthesis",
        /// A closing parenthesis that nothing opened. Span: that parenthesis.
        UnmatchedParenthesis = "unmatched-parenthesis",
        /// Parentheses around nothing. Span: both.
        EmptyParentheses = "empty-parentheses",
        /// A keyword or a term that touches its neighbour. Span: the keyword, or the second term.
        MissingSpace = "missing-space",
        /// White space beside the dot of a member. Span: the dot with the white space.
        SpaceInMember = "space-in-member",
        /// An operator that other languages have. Span: the operator.
        WrongOperator = "wrong-operator",
        /// More than [`MAX_LENGTH`](crate::syntax::MAX_LENGTH) bytes. Span: empty, at the limit.
        TooLong = "too-long",
        /// More than [`MAX_DEPTH`](crate::syntax::MAX_DEPTH) nested parentheses. Span: the
        /// opening one that is too many.
        TooDeep = "too-deep",
    }
    Schema {
        /// A name that is not a filter's field. Span: the member.
        UnknownField = "unknown-field",
        /// A value that the field does not take. Span: the value.
        UnknownValue = "unknown-value",
        /// A comparator that the field does not take. Span: the comparator.
        UnsupportedOperator = "unsupported-operator",
        /// A value or a field on its own. Span: it, or the two that stand side by side.
        MissingComparison = "missing-comparison",
        /// `and`, `or`, `not`, `&&` or `||` for a keyword. Span: the word.
        LowercaseKeyword = "lowercase-keyword",
        /// The value on the left and the field on the right. Span: the comparison.
        SwappedSides = "swapped-sides",
        /// A field's name in quotation marks. Span: the member.
        QuotedField = "quoted-field",
        /// A function; this filter has none. Span: the call.
        FunctionCall = "function-call",
        /// A parenthesised group for a value. Span: the group.
        GroupArgument = "group-argument",
        /// A lint: a value without quotation marks. Span: the value.
        UnquotedValue = "unquoted-value",
        /// A lint: a value in single quotation marks. Span: the value.
        SingleQuotes = "single-quotes",
        /// A lint: AND (or a sequence) and OR in one group without parentheses. Span: the group.
        MixedOperators = "mixed-operators",
        /// A lint: terms side by side without an operator. Span: the second term.
        ImplicitAnd = "implicit-and",
        /// A lint: `NOT` or `-`. Span: the negation with its operand.
        Negation = "negation",
        /// A lint: `!=` on the role. Span: the comparator.
        UndocumentedOperator = "undocumented-operator",
        /// A lint: a value of the API that the filter's documentation does not list. Span: the
        /// value.
        UndocumentedValue = "undocumented-value",
    }
    Meaning {
        /// A part that no membership can match. Span: the part.
        Contradiction = "contradiction",
        /// A lint: a part whose removal changes nothing. Span: the part.
        RedundantTerm = "redundant-term",
        /// A lint: a filter with comparisons that admits every membership. Span: the filter.
        AlwaysTrue = "always-true",
    }
    Access {
        /// A `member.type` comparison that admin access rejects. Span: the comparison.
        AdminTypeComparison = "admin-type-comparison",
        /// A filter that admits apps, which admin access rejects. Span: the filter.
        AdminRequiresType = "admin-requires-type",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place in the text with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be said of it: one line.
    pub text: String,
}

/// A replacement of a part of the text; an insertion where the span is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What it is replaced by.
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

/// A way to mend what a diagnostic speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// The replacements, in the order of the text; no two overlap.
    pub edits: Vec<Edit>,
    /// Whether the mended text means what was plainly intended; otherwise it is a suggestion.
    ///
    /// After all certain fixes of a check together, either the first erring stage is a later one,
    /// or its first error is further right (in the syntax stage), or it has fewer errors, or the
    /// filter is valid.
    pub certain: bool,
}

impl Fix {
    pub(crate) fn certain(edits: Vec<Edit>) -> Self {
        Self {
            edits,
            certain: true,
        }
    }

    pub(crate) fn maybe(edits: Vec<Edit>) -> Self {
        Self {
            edits,
            certain: false,
        }
    }

    /// The whole of `text` after this fix.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        apply(text, self.edits.iter())
    }
}

/// `text` after `edits`, which are in order and do not overlap.
pub(crate) fn apply<'e>(text: &str, edits: impl Iterator<Item = &'e Edit> + Clone) -> String {
    let added: usize = edits.clone().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + added);
    steps::count(text.len() + added);
    let mut copied = 0;
    for edit in edits {
        out.push_str(text.get(copied..edit.span.start).unwrap_or_default());
        out.push_str(&edit.text);
        copied = edit.span.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// `text` after the certain fixes of `diagnostics`, left to right; one that overlaps a fix already
/// applied is left out. `None` if there is no certain fix.
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
                steps::count(applied.len() - at + 1);
                applied.insert(at, edit);
            }
        }
    }
    let edits = applied.iter().map(|placed| placed.edit);
    (edits.len() > 0).then(|| apply(text, edits))
}

/// An edit among those of other fixes.
#[derive(Clone, Copy)]
struct Placed<'e> {
    /// Edits are applied in the order of their spans. Of several insertions at one place those that
    /// close something, which are not the first of their fix, come first, the innermost leading,
    /// and then those that open something, the outermost leading.
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

    /// Whether no applied edit overlaps this one; insertions at one place do not.
    fn is_free(&self, applied: &[Self]) -> bool {
        let span = self.edit.span;
        let before = applied.partition_point(|other| other.edit.span < span);
        let behind = applied.partition_point(|other| other.edit.span <= span);
        let at = |index: Option<usize>| index.and_then(|index| applied.get(index));
        let apart = |other: &Self| {
            let other = other.edit.span;
            other.end <= span.start || span.end <= other.start
        };
        (before == behind || span.start == span.end)
            && at(before.checked_sub(1)).is_none_or(apart)
            && at(Some(behind)).is_none_or(apart)
    }
}

/// One thing that is wrong with a filter, or odd about it.
///
/// Its `Display` is the message, one line. Nothing in its texts is a raw control or format
/// character: those are written as escapes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether it makes the filter invalid.
    pub severity: Severity,
    /// What kind of thing it is.
    pub code: Code,
    /// What is wrong: one lower-case line without a full stop.
    pub message: String,
    /// Where it is.
    pub span: Span,
    /// What is to be said of particular places, in the order of the text.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// The text that does it.
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

    /// The stage that reported it.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.code.stage()
    }

    /// Whether it makes the filter invalid.
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

/// How many columns of somebody's text a message repeats.
const QUOTED: usize = 48;

/// How many columns a character takes, at the most: none beyond ASCII takes more than two.
pub(crate) fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        c if c.is_ascii() => 1,
        _ => 2,
    }
}

/// A piece of a filter for a message: in backquotes, on one line, nothing raw, not too long.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`")?;
        let mut left = QUOTED;
        for c in self.0.chars() {
            steps::count(1);
            let text = Visible(c).to_string();
            let Some(rest) = left.checked_sub(text.chars().map(columns).sum()) else {
                f.write_str("…")?;
                break;
            };
            left = rest;
            f.write_str(&text)?;
        }
        f.write_str("`")
    }
}

/// Somebody's text for a terminal: controls, format characters, others that are drawn as nothing and
/// white space other than plain spaces are written as escapes, so that they cannot move or hide what else stands there.
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
        steps::count(self.0.len());
        let mut characters = self.0.chars();
        characters.try_for_each(|c| fmt::Display::fmt(&Visible(c), f))
    }
}

/// A character for a message: itself, or an escape where it would not be seen as itself.
pub(crate) struct Visible(pub(crate) char);

impl fmt::Display for Visible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            '\n' | '\r' | '\t' => fmt::Display::fmt(&self.0.escape_default(), f),
            c if chars::is_unseen(c) => fmt::Display::fmt(&c.escape_unicode(), f),
            c => fmt::Display::fmt(&c, f),
        }
    }
}
