//! The tree of a filter, with spans.

use std::borrow::Cow;

use crate::diagnostic::Span;

/// An expression: what AIP-160 calls expression, sequence, factor and term.
///
/// Equality compares what is said and not how it is written: spans, the kind of quotation marks,
/// and `-` for `NOT` make no difference. There is no node for parentheses, and nothing is
/// flattened: `a AND (b AND c)` has an AND in an AND.
#[derive(Clone, Debug)]
pub struct Expr<'a> {
    /// Where it stands, with all parentheses around it.
    pub span: Span,
    /// Where it stands without the parentheses around it.
    pub bare_span: Span,
    /// What it is.
    pub kind: ExprKind<'a>,
}

impl Expr<'_> {
    /// Whether it stands in parentheses.
    #[must_use]
    pub fn is_parenthesized(&self) -> bool {
        self.span != self.bare_span
    }
}

impl PartialEq for Expr<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Expr<'_> {}

/// The kinds of expressions. What the parser makes has at least two operands in `And`, `Sequence`
/// and `Or`.
#[derive(Clone, Debug)]
pub enum ExprKind<'a> {
    /// Operands joined by `AND`, which binds loosest.
    And(Vec<Expr<'a>>),
    /// Operands side by side, an implicit AND that binds tighter than `AND`.
    Sequence(Vec<Expr<'a>>),
    /// Operands joined by `OR`, which binds tighter than both.
    Or(Vec<Expr<'a>>),
    /// A negated operand.
    Not(Negation, Box<Expr<'a>>),
    /// A comparison, or a comparable on its own.
    Restriction(Restriction<'a>),
}

impl PartialEq for ExprKind<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::And(a), Self::And(b))
            | (Self::Sequence(a), Self::Sequence(b))
            | (Self::Or(a), Self::Or(b)) => a == b,
            (Self::Not(_, a), Self::Not(_, b)) => a == b,
            (Self::Restriction(a), Self::Restriction(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for ExprKind<'_> {}

/// How a negation is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Negation {
    /// `NOT`.
    Keyword,
    /// `-`.
    Minus,
}

/// A comparable, with what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction<'a> {
    /// The left side.
    pub comparable: Comparable<'a>,
    /// The rest; `None` where the comparable stands on its own (a global restriction).
    pub comparison: Option<Comparison<'a>>,
}

/// A comparator with its right side. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The comparator.
    pub comparator: Comparator,
    /// Where the comparator stands.
    pub comparator_span: Span,
    /// The right side.
    pub arg: Arg<'a>,
}

impl PartialEq for Comparison<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.comparator, &self.arg) == (other.comparator, &other.arg)
    }
}

impl Eq for Comparison<'_> {}

/// The comparators of AIP-160.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `:`
    Has,
}

impl Comparator {
    /// The comparator as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Has => ":",
        }
    }
}

/// What can be compared: a member or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparable<'a> {
    /// A value with the fields behind it.
    Member(Member<'a>),
    /// A call.
    Function(Function<'a>),
}

impl Comparable<'_> {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Member(member) => member.span,
            Self::Function(function) => function.span,
        }
    }
}

/// A value with the fields behind it, such as `member.type` or `"HUMAN"`. Equality ignores the
/// span.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// Where it stands.
    pub span: Span,
    /// The value and the fields; never empty. A keyword among the fields is a text like any other.
    pub path: Vec<Value<'a>>,
}

impl PartialEq for Member<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Member<'_> {}

/// A call, such as `creator("users/me")`. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Function<'a> {
    /// Where it stands, with its parentheses.
    pub span: Span,
    /// Its dotted name, of unquoted values.
    pub name: Member<'a>,
    /// Its arguments.
    pub args: Vec<Arg<'a>>,
}

impl PartialEq for Function<'_> {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.args) == (&other.name, &other.args)
    }
}

impl Eq for Function<'_> {}

/// The right side of a comparison, or an argument of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg<'a> {
    /// A member or a function.
    Comparable(Comparable<'a>),
    /// A parenthesised expression.
    Group(Box<Expr<'a>>),
    /// A negative literal, such as `-30.5`; its text begins with the hyphen.
    Negative(Value<'a>),
}

impl Arg<'_> {
    /// Where it stands; a group with its parentheses.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Comparable(comparable) => comparable.span(),
            Self::Group(expr) => expr.span,
            Self::Negative(value) => value.span,
        }
    }
}

/// A TEXT or a STRING. Equality ignores the span and the kind of quotation marks, but tells a
/// string from a text.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// Where it stands, with its quotation marks.
    pub span: Span,
    /// What it says: without quotation marks, its escapes resolved. Borrowed unless it had escapes.
    pub text: Cow<'a, str>,
    /// How it is quoted.
    pub quotes: Quotes,
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.is_quoted() == other.is_quoted()
    }
}

impl Eq for Value<'_> {}

impl Value<'_> {
    /// Whether it is a string.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.quotes != Quotes::None
    }
}

/// How a value is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quotes {
    /// Not at all.
    None,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}
