//! Conversion of trees into trees that borrow nothing.

use std::borrow::Cow;

use super::tree::{
    Arg, Comparable, Comparison, Expr, ExprKind, Function, Member, Restriction, Value,
};

fn all<T, U>(items: Vec<T>, convert: impl Fn(T) -> U) -> Vec<U> {
    items.into_iter().map(convert).collect()
}

impl Expr<'_> {
    /// Converts the tree into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Expr<'static> {
        Expr {
            span: self.span,
            bare_span: self.bare_span,
            kind: self.kind.into_owned(),
        }
    }
}

impl ExprKind<'_> {
    /// Converts the kind into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> ExprKind<'static> {
        match self {
            Self::And(operands) => ExprKind::And(all(operands, Expr::into_owned)),
            Self::Sequence(operands) => ExprKind::Sequence(all(operands, Expr::into_owned)),
            Self::Or(operands) => ExprKind::Or(all(operands, Expr::into_owned)),
            Self::Not(negation, operand) => ExprKind::Not(negation, Box::new(operand.into_owned())),
            Self::Restriction(restriction) => ExprKind::Restriction(restriction.into_owned()),
        }
    }
}

impl Restriction<'_> {
    /// Converts the restriction into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Restriction<'static> {
        Restriction {
            comparable: self.comparable.into_owned(),
            comparison: self.comparison.map(Comparison::into_owned),
        }
    }
}

impl Comparison<'_> {
    /// Converts the comparison into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Comparison<'static> {
        Comparison {
            comparator: self.comparator,
            comparator_span: self.comparator_span,
            arg: self.arg.into_owned(),
        }
    }
}

impl Comparable<'_> {
    /// Converts the comparable into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Comparable<'static> {
        match self {
            Self::Member(member) => Comparable::Member(member.into_owned()),
            Self::Function(function) => Comparable::Function(function.into_owned()),
        }
    }
}

impl Member<'_> {
    /// Converts the member into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Member<'static> {
        Member {
            span: self.span,
            path: all(self.path, Value::into_owned),
        }
    }
}

impl Function<'_> {
    /// Converts the call into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Function<'static> {
        Function {
            span: self.span,
            name: self.name.into_owned(),
            args: all(self.args, Arg::into_owned),
        }
    }
}

impl Arg<'_> {
    /// Converts the argument into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Arg<'static> {
        match self {
            Self::Comparable(comparable) => Arg::Comparable(comparable.into_owned()),
            Self::Group(expr) => Arg::Group(Box::new(expr.into_owned())),
            Self::Negative(value) => Arg::Negative(value.into_owned()),
        }
    }
}

impl Value<'_> {
    /// Converts the value into one that does not borrow from the text.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        Value {
            text: Cow::Owned(self.text.into_owned()),
            span: self.span,
            quotes: self.quotes,
        }
    }
}
