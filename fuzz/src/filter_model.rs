//! Membership filters with their expected meaning.
//!
//! A [`FilterModel`] is generated from bytes in a readable notation, so that seeds can be written
//! by hand:
//!
//! - A group is an operator, the number of its operands (2 to 4), and the operands. `&` is AND,
//!   `|` is OR, and a space is a sequence.
//! - `!` is NOT, and `-` the minus sign.
//! - `M`, `G`, `A` and `U` are the roles `ROLE_MEMBER`, `ROLE_MANAGER`, `ROLE_ASSISTANT_MANAGER`
//!   and `MEMBERSHIP_ROLE_UNSPECIFIED`. `H`, `B` and `T` are the types `HUMAN`, `BOT` and
//!   `TYPE_UNSPECIFIED`. A lower-case letter means `!=`.
//! - `'` before a letter puts its value in single quotes, and `.` leaves it unquoted.
//! - `?` and a byte are a [mistake](Mistake).
//!
//! For example, `&2M|2hB` is
//! `role = "ROLE_MEMBER" AND (member.type != "HUMAN" OR member.type = "BOT")`. All other bytes map
//! to one of these.
//!
//! The meaning follows the specification in the simplest possible way: each part has a set of
//! cells, and everything else is found by trial.

use std::collections::BTreeSet;

use arbitrary::{Arbitrary, Result, Unstructured};
use gchat_filter::diagnostic::{Code, Span};
use gchat_filter::syntax::{
    Arg, Comparable, Comparator, Expr, ExprKind, Function, Negation, Quotes,
};

use crate::below;
use crate::trees::{member, of_kind, restriction, value};

/// A set of cells, in which a cell is the bit `5 × role + type`, in the order of `Cell::all`.
pub type Cells = u32;

/// All cells.
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

/// The values: letter, field, name, cells, and whether it is documented.
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

/// A supported comparison.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    /// Index in the table of values.
    value: usize,
    /// Whether the comparator is `!=`.
    pub negated: bool,
    /// Quotes around the value.
    pub quotes: Quotes,
}

impl Leaf {
    /// Returns the comparison for a letter, with double quotes.
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

    /// Returns whether it compares the role, rather than the type.
    #[must_use]
    pub fn is_of_role(self) -> bool {
        VALUES[self.value].1 == "role"
    }

    /// Returns whether the filter documentation lists the value.
    #[must_use]
    pub fn is_documented(self) -> bool {
        VALUES[self.value].4
    }

    /// Returns the cells that it matches.
    #[must_use]
    pub fn cells(self) -> Cells {
        let cells = VALUES[self.value].3;
        if self.negated { ALL & !cells } else { cells }
    }

    /// Returns whether admin access accepts it: `member.type = "HUMAN"` or `member.type != "BOT"`.
    #[must_use]
    pub fn allows_admin_access(self) -> bool {
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
        let arg = Arg::Comparable(bare_member(&[name], self.quotes));
        let field: Vec<&str> = field.split('.').collect();
        restriction(bare_member(&field, Quotes::None), Some((comparator, arg)))
    }
}

fn bare_member(path: &[&str], quotes: Quotes) -> Comparable<'static> {
    Comparable::Member(member(
        path.iter().map(|text| value(*text, quotes)).collect(),
    ))
}

/// A comparison that the method does not accept.
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

    /// Returns the code of the expected error.
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
        let text = |text| bare_member(&[text], Quotes::None);
        let string = |text| bare_member(&[text], Quotes::Double);
        let compare =
            |left, comparator, right| restriction(left, Some((comparator, Arg::Comparable(right))));
        let member_type = bare_member(&["member", "type"], Quotes::None);
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

/// The connective of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connective {
    /// `AND`
    And,
    /// Juxtaposition
    Sequence,
    /// `OR`
    Or,
}

/// A filter, or a part of one.
#[derive(Clone, Debug)]
pub enum FilterModel {
    /// A comparison.
    Leaf(Leaf),
    /// An unsupported comparison.
    Mistake(Mistake),
    /// A negation.
    Not(Negation, Box<FilterModel>),
    /// Two or more operands.
    Joined(Connective, Vec<FilterModel>),
}

impl<'a> Arbitrary<'a> for FilterModel {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self::generate(u, 24))
    }
}

impl FilterModel {
    fn generate(u: &mut Unstructured<'_>, depth: usize) -> Self {
        let letter = |u: &mut Unstructured<'_>| {
            let byte = u.arbitrary::<u8>().unwrap_or(0);
            let other = b"MGHBmhbAUTgaut"[usize::from(byte % 14)];
            Leaf::of(byte)
                .or(Leaf::of(other))
                .expect("the table contains the letter")
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
        let connective = match byte {
            b'\'' => return quoted(u, Quotes::Single),
            b'.' => return quoted(u, Quotes::None),
            b'?' => return Self::Mistake(Mistake::ALL[usize::from(below(u, 8))]),
            _ if depth == 0 => return quoted(u, Quotes::Double),
            b'!' => return Self::Not(Negation::Keyword, Box::new(Self::generate(u, depth - 1))),
            b'-' => return Self::Not(Negation::Minus, Box::new(Self::generate(u, depth - 1))),
            b'&' => Connective::And,
            b'|' => Connective::Or,
            b' ' => Connective::Sequence,
            _ => return Leaf::of(byte).map_or_else(|| quoted(u, Quotes::Double), Self::Leaf),
        };
        // The digits `2`, `3` and `4` have their value; a missing byte means 2.
        let count = match u.arbitrary::<u8>().unwrap_or(0) {
            byte @ b'2'..=b'4' => byte - b'0',
            byte => byte % 3 + 2,
        };
        Self::Joined(
            connective,
            (0..count).map(|_| Self::generate(u, depth - 1)).collect(),
        )
    }

    /// Returns the syntax tree, without spans.
    #[must_use]
    pub fn expr(&self) -> Expr<'static> {
        match self {
            Self::Leaf(leaf) => leaf.expr(),
            Self::Mistake(mistake) => mistake.expr(),
            Self::Not(negation, operand) => {
                of_kind(ExprKind::Not(*negation, Box::new(operand.expr())))
            }
            Self::Joined(connective, operands) => {
                let operands = operands.iter().map(Self::expr).collect();
                of_kind(match connective {
                    Connective::And => ExprKind::And(operands),
                    Connective::Sequence => ExprKind::Sequence(operands),
                    Connective::Or => ExprKind::Or(operands),
                })
            }
        }
    }

    /// Returns the cells that it matches; a mistake is treated as matching all.
    #[must_use]
    pub fn cells(&self) -> Cells {
        self.cells_with(&|_, cells| Some(cells))
    }

    /// Returns the cells that it matches if the cells of each part are replaced by `change`, called
    /// with the address of the part and its cells. `None` removes the part.
    fn cells_with(&self, change: &impl Fn(*const Self, Cells) -> Option<Cells>) -> Cells {
        let operand = |part: &Self| change(part, part.cells_with(change));
        match self {
            Self::Leaf(leaf) => leaf.cells(),
            Self::Mistake(_) => ALL,
            Self::Not(_, part) => ALL & !operand(part).unwrap_or(ALL),
            Self::Joined(Connective::Or, parts) => parts
                .iter()
                .filter_map(operand)
                .fold(0, |all, one| all | one),
            Self::Joined(_, parts) => parts
                .iter()
                .filter_map(operand)
                .fold(ALL, |all, one| all & one),
        }
    }

    /// Returns all parts in pre-order, including itself.
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

    /// Returns its supported comparisons.
    pub fn leaves(&self) -> impl Iterator<Item = Leaf> {
        self.parts().into_iter().filter_map(|part| match part {
            Self::Leaf(leaf) => Some(*leaf),
            _ => None,
        })
    }

    /// Returns the parts that are operands of a group and can thus be removed.
    fn removable(&self) -> Vec<&Self> {
        let parts = self.parts().into_iter();
        let operands = parts.flat_map(|part| match part {
            Self::Joined(_, operands) => operands.as_slice(),
            _ => &[],
        });
        operands.collect()
    }

    /// Returns whether some part can be removed without changing the meaning.
    #[must_use]
    pub fn is_redundant(&self) -> bool {
        let cells = self.cells();
        self.removable()
            .into_iter()
            .any(|part| self.cells_without(&[part]) == cells)
    }

    /// Returns the cells that it matches without some of its parts.
    #[must_use]
    pub fn cells_without(&self, removed: &[&Self]) -> Cells {
        let is_removed = |part| removed.iter().any(|other| std::ptr::eq(*other, part));
        self.cells_with(&|part, cells| (!is_removed(part)).then_some(cells))
    }

    /// Returns the innermost parts that match nothing.
    #[must_use]
    pub fn contradictions(&self) -> Vec<&Self> {
        let is_innermost = |part: &&Self| {
            part.cells() == 0 && part.parts()[1..].iter().all(|inner| inner.cells() != 0)
        };
        self.parts().into_iter().filter(is_innermost).collect()
    }

    /// Returns whether the given comparisons of a part conflict on their own: with all others
    /// unconstrained, the part still matches nothing.
    #[must_use]
    pub fn is_conflict(&self, comparisons: &[&Self]) -> bool {
        self.cells_with_only(false, comparisons) == 0
    }

    fn cells_with_only(&self, negated: bool, kept: &[&Self]) -> Cells {
        match self {
            Self::Leaf(leaf) if kept.iter().any(|part| std::ptr::eq(*part, self)) => leaf.cells(),
            Self::Leaf(_) | Self::Mistake(_) => {
                if negated {
                    0
                } else {
                    ALL
                }
            }
            Self::Not(_, part) => ALL & !part.cells_with_only(!negated, kept),
            Self::Joined(connective, parts) => {
                let cells = parts.iter().map(|part| part.cells_with_only(negated, kept));
                match connective {
                    Connective::Or => cells.fold(0, |all, one| all | one),
                    _ => cells.fold(ALL, |all, one| all & one),
                }
            }
        }
    }

    /// Returns the number of comparisons that admin access rejects: comparisons of the type other
    /// than the two accepted ones, or under a negation.
    #[must_use]
    pub fn rejected_for_admin_access(&self, negated: bool) -> usize {
        match self {
            Self::Leaf(leaf) => {
                usize::from(!leaf.is_of_role() && (negated || !leaf.allows_admin_access()))
            }
            Self::Mistake(_) => 0,
            Self::Not(_, part) => part.rejected_for_admin_access(true),
            Self::Joined(_, parts) => parts
                .iter()
                .map(|part| part.rejected_for_admin_access(negated))
                .sum(),
        }
    }
}

/// Returns the part for each expression of a written tree, with the spans that include and exclude
/// its parentheses.
#[must_use]
pub fn located<'s>(model: &'s FilterModel, expr: &Expr<'_>) -> Vec<(&'s FilterModel, Span, Span)> {
    let mut parts = vec![(model, expr.span, expr.bare_span)];
    match (model, &expr.kind) {
        (FilterModel::Not(_, model), ExprKind::Not(_, expr)) => parts.extend(located(model, expr)),
        (
            FilterModel::Joined(_, models),
            ExprKind::And(exprs) | ExprKind::Sequence(exprs) | ExprKind::Or(exprs),
        ) => {
            for (model, expr) in models.iter().zip(exprs) {
                parts.extend(located(model, expr));
            }
        }
        _ => {}
    }
    parts
}

/// Returns the number of groups in a written tree that mix OR with AND, or with a sequence, without
/// parentheses.
#[must_use]
pub fn mixed_groups(expr: &Expr<'_>) -> usize {
    /// Records the connectives of the group that contains `expr`, and counts the mixed groups
    /// inside it.
    fn visit(expr: &Expr<'_>, and: &mut bool, or: &mut bool) -> usize {
        let mut operands =
            |operands: &[Expr<'_>], connective: &mut dyn FnMut(&mut bool, &mut bool)| {
                connective(and, or);
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

/// Returns the meanings of all combinations of some comparisons by AND, OR and parentheses in which
/// no part matches nothing.
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
