//! Printing of trees as text that parses to an equal tree.

use std::fmt::{self, Display, Formatter, Write};

use super::tree::{
    Arg, Comparable, Comparator, Expr, ExprKind, Function, Member, Restriction, Value,
};
use crate::chars;

/// How tightly an expression binds, loosest first.
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

/// Prints an operand, in parentheses unless it binds tighter than the expression it belongs to.
fn operand(f: &mut Formatter<'_>, expr: &Expr<'_>, outer: Binding) -> fmt::Result {
    if expr.kind.binding() > outer {
        Display::fmt(expr, f)
    } else {
        write!(f, "({expr})")
    }
}

/// Prints double quotes, single spaces, `NOT`, and parentheses around every operand that does not
/// bind tighter than its operator. If the tree comes from the parser, the text parses to an equal
/// tree, unless it is longer than [`MAX_LENGTH`](super::MAX_LENGTH).
///
/// The text can be longer than the source: a raw U+0001 in a string becomes `\u0001`, `-a` becomes
/// `NOT a`, and `f(a,b)` becomes `f(a, b)`. It never nests deeper than the source, so the length is
/// the only limit that it can exceed.
impl Display for Expr<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (operands, connective) = match &self.kind {
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
                f.write_str(connective)?;
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

/// Prints a TEXT unchanged, and a STRING in double quotes, with invisible characters escaped.
impl Display for Value<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.is_quoted() {
            return f.write_str(&self.text);
        }
        f.write_char('"')?;
        for (_, c, is_escaped) in chars::with_escapes(&self.text) {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c if is_escaped => match u32::from(c) {
                    value @ 0..=0xffff => write!(f, "\\u{value:04X}")?,
                    value => write!(f, "\\U{value:08X}")?,
                },
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::super::grammar::{self, MAX_LENGTH};
    use super::super::parse;
    use super::super::tree_builder::TreeBuilder;

    /// Without the length limit, printed text that [`parse`] rejects as too long parses to an equal
    /// tree.
    #[test]
    fn text_beyond_the_length_limit_parses_without_the_limit() {
        let negations = vec!["-a"; 5_461].join(" ");
        for text in [
            format!("\"{}\"", "\u{1}".repeat(2_731)),
            format!("\"{}\"", "\u{1}".repeat(MAX_LENGTH - 2)),
            vec!["-a"; 2_731].join(" "),
            negations,
            format!("f({})", vec!["a"; 5_462].join(",")),
            format!("{}-a{}", "(".repeat(64), ")".repeat(64)) + &" -a".repeat(5_000),
        ] {
            let tree = parse(&text).unwrap().unwrap();
            let printed = tree.to_string();
            assert!(text.len() <= MAX_LENGTH && printed.len() > text.len());
            let again = grammar::filter(printed.as_bytes(), &TreeBuilder { text: &printed });
            let again = again.unwrap().unwrap();
            assert_eq!(*again, tree);
            assert_eq!(again.to_string(), printed);
            assert_eq!(parse(&printed).is_err(), printed.len() > MAX_LENGTH);
        }
    }
}
