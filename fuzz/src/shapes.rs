//! Filters of the method together with what they must mean.
//!
//! A [`Shape`] is made from bytes in a notation of its own, so that a seed can be read: an
//! operator, the number of its operands (2 to 4), the operands. `&` is AND, `|` OR, a space a
//! sequence, `!` NOT and `-` its short form; `M G A U` are the roles `ROLE_MEMBER`, `ROLE_MANAGER`,
//! `ROLE_ASSISTANT_MANAGER` and `MEMBERSHIP_ROLE_UNSPECIFIED`, `H B T` the types `HUMAN`, `BOT` and
//! `TYPE_UNSPECIFIED`, a small letter any other role or type. `'` before a letter puts its value in
//! single quotation marks, `.` in none; `?` and a byte make a [mistake](Mistake). So `&2M|2hB` is
//! `role = "ROLE_MEMBER" AND (member.type != "HUMAN" OR member.type = "BOT")`. Every other byte is
//! one of those too.
//!
//! The meaning is that of the specification, written down once more and as plainly as possible: a
//! set of cells for every part, and everything else by trying it out.

use std::collections::BTreeSet;

use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{
    Arg, Comparable, Comparator, Expr, ExprKind, Function, Negation, Quotes,
};

use crate::below;
use crate::trees::{member, of_kind, restriction, value};

/// A set of cells: the bit `5 × role + type` for each, in the order of `Cell::all`.
pub type Cells = u32;

/// Every cell.
pub const ALL: Cells = (1 << 25) - 1;
/// The cells of a role.
const fn role(index: u32) -> Cells {
    0b11111 << (5 * index)
}
/// The cells of a type.
const fn member_type(index: u32) -> Cells {
    0b00001_00001_00001_00001_00001 << index
}
/// The cells of apps.
pub const BOT: Cells = member_type(3);

/// The values of a filter: the letter, the field, the name, the cells, whether it is documented.
const VALUES: [(u8, &str, &str, Cells, bool); 7] = [
    (b'M', "role", "ROLE_MEMBER", role(1), true),
    (b'G', "role", "ROLE_MANAGER", role(2), true),
    (b'A', "role", "ROLE_ASSISTANT_MANAGER", role(3), false),
    (b'U', "role", "MEMBERSHIP_ROLE_UNSPECIFIED", role(0), false),
    (b'H', "member.type", "HUMAN", member_type(2), true),
    (b'B', "member.type", "BOT", BOT, true),
    (
        b'T',
        "member.type",
        "TYPE_UNSPECIFIED",
        member_type(1),
        false,
    ),
];

/// A comparison that means something.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    /// The index in the table of values.
    value: usize,
    /// Whether it is `!=`.
    pub negated: bool,
    /// How the value is quoted.
    pub quotes: Quotes,
}

impl Leaf {
    /// The comparison of a letter, in double quotation marks.
    #[must_use]
    pub fn of(letter: u8) -> Option<Self> {
        let value = VALUES
            .iter()
            .position(|(upper, ..)| *upper == letter.to_ascii_uppercase())?;
        Some(Self {
            value,
            negated: letter.is_ascii_lowercase(),
            quotes: Quotes::Double,
        })
    }

    /// Whether it compares the role; otherwise it compares the type.
    #[must_use]
    pub fn is_of_role(self) -> bool {
        VALUES[self.value].1 == "role"
    }

    /// Whether the filter's documentation lists the value.
    #[must_use]
    pub fn is_documented(self) -> bool {
        VALUES[self.value].4
    }

    /// The cells that it admits.
    #[must_use]
    pub fn cells(self) -> Cells {
        let cells = VALUES[self.value].3;
        if self.negated { ALL & !cells } else { cells }
    }

    /// Whether admin access accepts it: `member.type = "HUMAN"` and `member.type != "BOT"`.
    #[must_use]
    pub fn is_for_admins(self) -> bool {
        matches!(
            (VALUES[self.value].0, self.negated),
            (b'H', false) | (b'B', true)
        )
    }

    fn expr(self) -> Expr<'static> {
        let (_, field, name, ..) = VALUES[self.value];
        let comparator = if self.negated {
            Comparator::NotEqual
        } else {
            Comparator::Equal
        };
        let arg = Arg::Comparable(plain(&[name], self.quotes));
        let field: Vec<&str> = field.split('.').collect();
        restriction(plain(&field, Quotes::None), Some((comparator, arg)))
    }
}

fn plain(path: &[&str], quotes: Quotes) -> Comparable<'static> {
    Comparable::Member(member(
        path.iter().map(|text| value(*text, quotes)).collect(),
    ))
}

/// A comparison that the method does not take.
#[derive(Clone, Copy, Debug)]
pub enum Mistake {
    /// `role = "NOBODY"`
    Value,
    /// `nick = "ROLE_MEMBER"`
    Field,
    /// `role < "ROLE_MEMBER"`
    Operator,
    /// `role`
    Bare,
    /// `"HUMAN" = member.type`
    Swapped,
    /// `"role" = "ROLE_MEMBER"`
    Quoted,
    /// `f(role)`
    Call,
    /// `member.type = ("HUMAN" OR "BOT")`
    Group,
}

impl Mistake {
    const ALL: [Self; 8] = [
        Self::Value,
        Self::Field,
        Self::Operator,
        Self::Bare,
        Self::Swapped,
        Self::Quoted,
        Self::Call,
        Self::Group,
    ];

    /// The code of its error.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Value => Code::UnknownValue,
            Self::Field => Code::UnknownField,
            Self::Operator => Code::UnsupportedOperator,
            Self::Bare => Code::MissingComparison,
            Self::Swapped => Code::SwappedSides,
            Self::Quoted => Code::QuotedField,
            Self::Call => Code::FunctionCall,
            Self::Group => Code::GroupArgument,
        }
    }

    fn expr(self) -> Expr<'static> {
        let text = |text| plain(&[text], Quotes::None);
        let string = |text| plain(&[text], Quotes::Double);
        let compare =
            |left, comparator, right| restriction(left, Some((comparator, Arg::Comparable(right))));
        let member_type = plain(&["member", "type"], Quotes::None);
        match self {
            Self::Value => compare(text("role"), Comparator::Equal, string("NOBODY")),
            Self::Field => compare(text("nick"), Comparator::Equal, string("ROLE_MEMBER")),
            Self::Operator => compare(text("role"), Comparator::Less, string("ROLE_MEMBER")),
            Self::Bare => restriction(text("role"), None),
            Self::Swapped => compare(string("HUMAN"), Comparator::Equal, member_type),
            Self::Quoted => compare(string("role"), Comparator::Equal, string("ROLE_MEMBER")),
            Self::Call => restriction(
                Comparable::Function(Function {
                    span: Span::default(),
                    name: member(vec![value("f", Quotes::None)]),
                    args: vec![Arg::Comparable(text("role"))],
                }),
                None,
            ),
            Self::Group => {
                let values = ["HUMAN", "BOT"].map(|value| restriction(string(value), None));
                let either = of_kind(ExprKind::Or(values.into()));
                let arg = Arg::Group(Box::new(either));
                restriction(member_type, Some((Comparator::Equal, arg)))
            }
        }
    }
}

/// What joins the operands of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joint {
    /// `AND`
    And,
    /// Nothing
    Sequence,
    /// `OR`
    Or,
}

/// A filter, or a part of one.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A comparison.
    Leaf(Leaf),
    /// A mistake.
    Mistake(Mistake),
    /// A negation.
    Not(Negation, Box<Shape>),
    /// Two operands or more.
    Joined(Joint, Vec<Shape>),
}

impl<'a> Arbitrary<'a> for Shape {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::made(u, 24))
    }
}

impl Shape {
    fn made(u: &mut Unstructured<'_>, depth: usize) -> Self {
        let letter = |u: &mut Unstructured<'_>| {
            let byte = u.arbitrary::<u8>().unwrap_or(0);
            let other = b"MGHBmhbAUTgaut"[usize::from(byte % 14)];
            Leaf::of(byte)
                .or(Leaf::of(other))
                .expect("a letter of the table")
        };
        let quoted = |u: &mut Unstructured<'_>, quotes| {
            Self::Leaf(Leaf {
                quotes,
                ..letter(u)
            })
        };
        let byte = u.arbitrary::<u8>().unwrap_or(0);
        let known = b"&| !-'.?".contains(&byte) || Leaf::of(byte).is_some();
        let byte = if known {
            byte
        } else {
            b"MGHBmhb&|M&|& !-'."[usize::from(byte % 18)]
        };
        let joint = match byte {
            b'\'' => return quoted(u, Quotes::Single),
            b'.' => return quoted(u, Quotes::None),
            b'?' => return Self::Mistake(Mistake::ALL[usize::from(below(u, 8))]),
            _ if depth == 0 => return quoted(u, Quotes::Double),
            b'!' => return Self::Not(Negation::Keyword, Box::new(Self::made(u, depth - 1))),
            b'-' => return Self::Not(Negation::Minus, Box::new(Self::made(u, depth - 1))),
            b'&' => Joint::And,
            b'|' => Joint::Or,
            b' ' => Joint::Sequence,
            _ => return Leaf::of(byte).map_or_else(|| quoted(u, Quotes::Double), Self::Leaf),
        };
        // The digits `2`, `3` and `4` say what they are, and no byte at all says 2.
        let count = match u.arbitrary::<u8>().unwrap_or(0) {
            byte @ b'2'..=b'4' => byte - b'0',
            byte => byte % 3 + 2,
        };
        Self::Joined(
            joint,
            (0..count).map(|_| Self::made(u, depth - 1)).collect(),
        )
    }

    /// Its tree, without spans.
    #[must_use]
    pub fn expr(&self) -> Expr<'static> {
        match self {
            Self::Leaf(leaf) => leaf.expr(),
            Self::Mistake(mistake) => mistake.expr(),
            Self::Not(how, operand) => of_kind(ExprKind::Not(*how, Box::new(operand.expr()))),
            Self::Joined(joint, operands) => {
                let operands = operands.iter().map(Self::expr).collect();
                of_kind(match joint {
                    Joint::And => ExprKind::And(operands),
                    Joint::Sequence => ExprKind::Sequence(operands),
                    Joint::Or => ExprKind::Or(operands),
                })
            }
        }
    }

    /// The cells that it admits; a mistake counts as admitting all.
    #[must_use]
    pub fn cells(&self) -> Cells {
        self.cells_with(&|_, cells| Some(cells))
    }

    /// The cells that it admits if each part, named by its address, admits what `change` says of
    /// it and what it admits; a part of which it says `None` is not there.
    fn cells_with(&self, change: &impl Fn(*const Self, Cells) -> Option<Cells>) -> Cells {
        let operand = |part: &Self| change(part, part.cells_with(change));
        match self {
            Self::Leaf(leaf) => leaf.cells(),
            Self::Mistake(_) => ALL,
            Self::Not(_, part) => ALL & !operand(part).unwrap_or(ALL),
            Self::Joined(Joint::Or, parts) => parts
                .iter()
                .filter_map(operand)
                .fold(0, |all, one| all | one),
            Self::Joined(_, parts) => parts
                .iter()
                .filter_map(operand)
                .fold(ALL, |all, one| all & one),
        }
    }

    /// All its parts, itself first.
    #[must_use]
    pub fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        match self {
            Self::Leaf(_) | Self::Mistake(_) => {}
            Self::Not(_, operand) => parts.extend(operand.parts()),
            Self::Joined(_, operands) => parts.extend(operands.iter().flat_map(Self::parts)),
        }
        parts
    }

    /// Its comparisons.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf> {
        self.parts().into_iter().filter_map(|part| match part {
            Self::Leaf(leaf) => Some(*leaf),
            _ => None,
        })
    }

    /// The parts that stand beside others, so that they could be left out.
    fn removable(&self) -> Vec<&Self> {
        let parts = self.parts().into_iter();
        let operands = parts.flat_map(|part| match part {
            Self::Joined(_, operands) => operands.as_slice(),
            _ => &[],
        });
        operands.collect()
    }

    /// Whether some part could be left out without a change of meaning.
    #[must_use]
    pub fn is_redundant(&self) -> bool {
        let cells = self.cells();
        self.removable()
            .into_iter()
            .any(|part| self.cells_without(&[part]) == cells)
    }

    /// The cells that it admits without some of its parts.
    #[must_use]
    pub fn cells_without(&self, removed: &[&Self]) -> Cells {
        let is_removed = |part| removed.iter().any(|other| std::ptr::eq(*other, part));
        self.cells_with(&|part, cells| (!is_removed(part)).then_some(cells))
    }

    /// The innermost parts that admit nothing.
    #[must_use]
    pub fn contradictions(&self) -> Vec<&Self> {
        let is_innermost = |part: &&Self| {
            part.cells() == 0 && part.parts()[1..].iter().all(|inner| inner.cells() != 0)
        };
        self.parts().into_iter().filter(is_innermost).collect()
    }

    /// Whether some of the comparisons of a part that admits nothing conflict by themselves: with
    /// all the others left open, so that they stand in nothing's way, it still admits nothing.
    #[must_use]
    pub fn conflict(&self, among: &[&Self]) -> bool {
        self.cells_open(false, among) == 0
    }

    fn cells_open(&self, negated: bool, closed: &[&Self]) -> Cells {
        match self {
            Self::Leaf(leaf) if closed.iter().any(|part| std::ptr::eq(*part, self)) => leaf.cells(),
            Self::Leaf(_) | Self::Mistake(_) => {
                if negated {
                    0
                } else {
                    ALL
                }
            }
            Self::Not(_, part) => ALL & !part.cells_open(!negated, closed),
            Self::Joined(joint, parts) => {
                let cells = parts.iter().map(|part| part.cells_open(negated, closed));
                match joint {
                    Joint::Or => cells.fold(0, |all, one| all | one),
                    _ => cells.fold(ALL, |all, one| all & one),
                }
            }
        }
    }

    /// How many comparisons admin access rejects: those of the type that are not one of the two,
    /// or stand under a negation.
    #[must_use]
    pub fn rejected_by_admins(&self, negated: bool) -> usize {
        match self {
            Self::Leaf(leaf) => {
                usize::from(!leaf.is_of_role() && (negated || !leaf.is_for_admins()))
            }
            Self::Mistake(_) => 0,
            Self::Not(_, part) => part.rejected_by_admins(true),
            Self::Joined(_, parts) => parts
                .iter()
                .map(|part| part.rejected_by_admins(negated))
                .sum(),
        }
    }
}

/// The part that each expression of a written tree is, with its spans: the whole one and that
/// without its parentheses.
#[must_use]
pub fn located<'s>(shape: &'s Shape, expr: &Expr<'_>) -> Vec<(&'s Shape, Span, Span)> {
    let mut parts = vec![(shape, expr.span, expr.bare_span)];
    match (shape, &expr.kind) {
        (Shape::Not(_, shape), ExprKind::Not(_, expr)) => parts.extend(located(shape, expr)),
        (
            Shape::Joined(_, shapes),
            ExprKind::And(exprs) | ExprKind::Sequence(exprs) | ExprKind::Or(exprs),
        ) => {
            for (shape, expr) in shapes.iter().zip(exprs) {
                parts.extend(located(shape, expr));
            }
        }
        _ => {}
    }
    parts
}

/// How many groups of a written tree mix OR with AND, or with a sequence, without parentheses.
#[must_use]
pub fn mixed_groups(expr: &Expr<'_>) -> usize {
    /// Notes the joints of the group that `expr` is in, and counts the mixed groups below it.
    fn visit(expr: &Expr<'_>, and: &mut bool, or: &mut bool) -> usize {
        let mut operands = |operands: &[Expr<'_>], joint: &mut dyn FnMut(&mut bool, &mut bool)| {
            joint(and, or);
            let mut count = 0;
            for operand in operands {
                count += if operand.is_parenthesized() {
                    mixed_groups(operand)
                } else {
                    visit(operand, and, or)
                };
            }
            count
        };
        match &expr.kind {
            ExprKind::And(exprs) | ExprKind::Sequence(exprs) => {
                operands(exprs, &mut |and, _| *and = true)
            }
            ExprKind::Or(exprs) => operands(exprs, &mut |_, or| *or = true),
            ExprKind::Not(_, expr) => mixed_groups(expr),
            ExprKind::Restriction(_) => 0,
        }
    }
    let (mut and, mut or) = (false, false);
    let inner = visit(expr, &mut and, &mut or);
    inner + usize::from(and && or)
}

/// Everything that filters of some comparisons can mean, joined by AND, OR and parentheses with no
/// part that admits nothing.
#[must_use]
pub fn meanings(letters: &[u8]) -> BTreeSet<Cells> {
    let letters = letters.iter().filter_map(|letter| Leaf::of(*letter));
    let mut meanings: BTreeSet<Cells> = letters.map(Leaf::cells).collect();
    loop {
        let pairs = meanings
            .iter()
            .flat_map(|a| meanings.iter().map(move |b| (a, b)));
        let more: BTreeSet<Cells> = pairs
            .flat_map(|(a, b)| [a & b, a | b])
            .filter(|cells| *cells != 0)
            .collect();
        if more.is_subset(&meanings) {
            return meanings;
        }
        meanings.extend(more);
    }
}
