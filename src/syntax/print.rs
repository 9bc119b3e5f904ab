//! Printing: text that parses to an equal tree.

use std::fmt::{self, Display, Formatter, Write};

use super::chars;
use super::tree::{
    Arg, Comparable, Comparator, Expr, ExprKind, Function, Member, Restriction, Value,
};

/// How tightly an expression binds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    And,
    Sequence,
    Or,
    Not,
    Simple,
}

impl ExprKind<'_> {
    fn binding(&self) -> Binding {
        match self {
            Self::And(_) => Binding::And,
            Self::Sequence(_) => Binding::Sequence,
            Self::Or(_) => Binding::Or,
            Self::Not(..) => Binding::Not,
            Self::Restriction(_) => Binding::Simple,
        }
    }
}

/// An operand, in parentheses unless it binds tighter than what it is an operand of.
fn operand(f: &mut Formatter<'_>, expr: &Expr<'_>, of: Binding) -> fmt::Result {
    if expr.kind.binding() > of {
        Display::fmt(expr, f)
    } else {
        write!(f, "({expr})")
    }
}

/// Prints with double quotes, single spaces, `NOT`, and parentheses around every operand that does
/// not bind tighter: text that parses to an equal tree, if the parser made this one.
impl Display for Expr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (operands, joint) = match &self.kind {
            ExprKind::And(operands) => (operands, " AND "),
            ExprKind::Sequence(operands) => (operands, " "),
            ExprKind::Or(operands) => (operands, " OR "),
            ExprKind::Not(_, expr) => {
                f.write_str("NOT ")?;
                return operand(f, expr, Binding::Not);
            }
            ExprKind::Restriction(restriction) => return Display::fmt(restriction, f),
        };
        for (index, expr) in operands.iter().enumerate() {
            if index > 0 {
                f.write_str(joint)?;
            }
            operand(f, expr, self.kind.binding())?;
        }
        Ok(())
    }
}

impl Display for Restriction<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.comparable, f)?;
        match &self.comparison {
            Some(comparison) => write!(f, " {} {}", comparison.comparator, comparison.arg),
            None => Ok(()),
        }
    }
}

impl Display for Comparator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Display for Comparable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(member) => Display::fmt(member, f),
            Self::Function(function) => Display::fmt(function, f),
        }
    }
}

impl Display for Member<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, value) in self.path.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            Display::fmt(value, f)?;
        }
        Ok(())
    }
}

impl Display for Function<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (index, arg) in self.args.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            Display::fmt(arg, f)?;
        }
        f.write_str(")")
    }
}

impl Display for Arg<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comparable(comparable) => Display::fmt(comparable, f),
            Self::Group(expr) => write!(f, "({expr})"),
            Self::Negative(value) => Display::fmt(value, f),
        }
    }
}

/// A text as it is; a string in double quotes, with escapes for what would not be seen.
impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.is_quoted() {
            return f.write_str(&self.text);
        }
        f.write_char('"')?;
        for c in self.text.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if chars::is_unseen(c) => match u32::from(c) {
                    value @ 0..=0xffff => write!(f, "\\u{value:04X}")?,
                    value => write!(f, "\\U{value:08X}")?,
                },
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
