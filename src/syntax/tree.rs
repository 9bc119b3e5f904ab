//! The syntax tree of a filter, with spans.

use std::borrow::Cow;

use crate::diagnostic::Span;

/// An expression, sequence, factor or term of AIP-160.
///
/// Equality ignores how an expression is written: spans, the kind of quotes, and `-` or `NOT` make
/// no difference. There is no node for parentheses, and nothing is flattened:
/// `a AND (b AND c)` is an AND within an AND.
#[derive(Clone, Debug)]
pub struct Expr<'a> {
    /// Span including enclosing parentheses.
    pub span: Span,
    /// Span without enclosing parentheses.
    pub bare_span: Span,
    /// Kind of the expression.
    pub kind: ExprKind<'a>,
}

impl Expr<'_> {
    /// Returns whether the expression is in parentheses.
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

/// The kind of an expression.
///
/// In trees from the parser, `And`, `Sequence` and `Or` have at least two operands.
#[derive(Clone, Debug)]
pub enum ExprKind<'a> {
    /// Operands joined by `AND`, which binds loosest.
    And(Vec<Expr<'a>>),
    /// Adjacent operands: an implicit AND that binds tighter than `AND`.
    Sequence(Vec<Expr<'a>>),
    /// Operands joined by `OR`, which binds tighter than both.
    Or(Vec<Expr<'a>>),
    /// A negated operand.
    Not(Negation, Box<Expr<'a>>),
    /// A comparison, or a comparable alone.
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

/// A comparable, with an optional comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction<'a> {
    /// The left side.
    pub comparable: Comparable<'a>,
    /// The comparator and the right side; `None` for a comparable alone (a global restriction).
    pub comparison: Option<Comparison<'a>>,
}

/// A comparator and its right side. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Comparison<'a> {
    /// The comparator.
    pub comparator: Comparator,
    /// Span of the comparator.
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

/// A comparator of AIP-160.
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
    /// Returns the comparator as written in a filter.
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

/// The left side of a comparison: a member or a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparable<'a> {
    /// A value, optionally followed by fields.
    Member(Member<'a>),
    /// A function call.
    Function(Function<'a>),
}

impl Comparable<'_> {
    /// Returns the span of the member or function.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Member(member) => member.span,
            Self::Function(function) => function.span,
        }
    }
}

/// A value, optionally followed by fields, such as `member.type` or `"HUMAN"`.
///
/// Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// Span of the member.
    pub span: Span,
    /// The value and the fields; never empty. Keywords among the fields are ordinary text.
    pub path: Vec<Value<'a>>,
}

impl PartialEq for Member<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl Eq for Member<'_> {}

/// A function call, such as `creator("users/me")`. Equality ignores the span.
#[derive(Clone, Debug)]
pub struct Function<'a> {
    /// Span of the call, including its parentheses.
    pub span: Span,
    /// Dotted name; its values are unquoted.
    pub name: Member<'a>,
    /// Arguments of the call.
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
    /// A parenthesized expression.
    Group(Box<Expr<'a>>),
    /// A negative literal, such as `-30.5`; its text begins with the hyphen.
    Negative(Value<'a>),
}

impl Arg<'_> {
    /// Returns the span of the argument; a group's includes its parentheses.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Comparable(comparable) => comparable.span(),
            Self::Group(expr) => expr.span,
            Self::Negative(value) => value.span,
        }
    }
}

/// A TEXT or a STRING.
///
/// Equality ignores the span and the kind of quotes, but a STRING never equals a TEXT.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// Span of the value, including its quotes.
    pub span: Span,
    /// Content of the value, without quotes and with escape sequences resolved. Borrowed unless
    /// there were escape sequences.
    pub text: Cow<'a, str>,
    /// Quotes around the value.
    pub quotes: Quotes,
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.is_quoted() == other.is_quoted()
    }
}

impl Eq for Value<'_> {}

impl Value<'_> {
    /// Returns whether the value is a string.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.quotes != Quotes::None
    }
}

/// The quotes around a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quotes {
    /// No quotes: a TEXT.
    None,
    /// `'…'`
    Single,
    /// `"…"`
    Double,
}
