//! Computes the cells that a filter matches, without building a tree.

use crate::syntax::grammar::{Builder, Token};
use crate::syntax::{Comparator, Negation};

use super::cells::Cells;
use super::declaration::{DECLARATION, MEMBER_TYPE, ROLE};
use crate::filter::Unparsed;
use crate::schema::Field;

/// Placeholder for anything that is neither a field nor a value, so that any comparison with it is
/// rejected.
const NEITHER: &[u8] = b"";

/// Builder that computes the cells that a filter matches.
///
/// It accepts only the documented comparisons, because the rest of AIP-160 is an error or a lint
/// that is denied by default. A value with escape sequences is left to the tree.
pub(super) struct CellsBuilder;

/// The cells that a part of a filter matches, or a flag if the builder cannot compute them.
#[derive(Clone, Copy)]
pub(super) struct PartCells(u32);

impl PartCells {
    /// Set if the part is invalid or contains a part that matches nothing.
    const INVALID: u32 = 1 << 31;
    /// Set if the part contains a value with escape sequences.
    const UNDECIDED: u32 = 1 << 30;
    const FLAGS: u32 = Self::INVALID | Self::UNDECIDED;

    /// Returns the part for a documented comparison of a group's field with a quoted value.
    ///
    /// Each value is a constant of its own here, which the compiler compares as an arm of a `match`.
    #[inline]
    fn of<const GROUP: usize>(comparator: Comparator, arg: &[u8]) -> Option<Self> {
        let [b'"' | b'\'', name @ .., _] = arg else {
            return None;
        };
        let equals =
            const { documents(GROUP, Comparator::Equal) } && comparator == Comparator::Equal;
        let differs =
            const { documents(GROUP, Comparator::NotEqual) } && comparator == Comparator::NotEqual;
        if !(equals || differs) {
            return None;
        }
        macro_rules! each_value {
            ($($index:literal)+) => {$(
                if let Some((value, cells)) = const { documented_value(GROUP, $index) }
                    && name == value.as_bytes()
                {
                    return Some(Self(if equals { cells.0 } else { cells.not().0 }));
                }
            )+};
        }
        each_value!(0 1 2 3 4 5 6 7);
        None
    }

    #[inline]
    fn and(self, other: Self) -> Self {
        let cells = self.0 & other.0 & Cells::ALL.0;
        let empty = if cells == 0 { Self::INVALID } else { 0 };
        Self(cells | empty | (self.0 | other.0) & Self::FLAGS)
    }

    #[inline]
    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns the cells.
    ///
    /// # Errors
    ///
    /// If the filter is invalid, or the tree is needed to compute them.
    #[inline]
    pub(super) fn cells(self) -> Result<Cells, Unparsed> {
        match self.0 & Self::FLAGS {
            0 => Ok(Cells(self.0)),
            Self::UNDECIDED => Err(Unparsed::Undecided),
            _ => Err(Unparsed::Invalid),
        }
    }
}

/// Number of values that [`PartCells::of`] tries.
const MAX_VALUES: usize = 8;

/// Returns the field of a group.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn field(group: usize) -> &'static Field {
    &DECLARATION.groups[group].fields[0]
}

/// Returns whether the reference documents a comparator for the field of a group.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn documents(group: usize, comparator: Comparator) -> bool {
    let operators = field(group).operators;
    let mut index = 0;
    while index < operators.len() {
        let operator = &operators[index];
        if operator.instead.is_none() && operator.comparator as u8 == comparator as u8 {
            return true;
        }
        index += 1;
    }
    false
}

/// Returns a value of the field of a group with its cells; `None` if the reference does not document
/// the value, or the field has no value with that index.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn documented_value(group: usize, index: usize) -> Option<(&'static str, Cells)> {
    let values = field(group).enum_values();
    assert!(values.len() <= MAX_VALUES);
    if index >= values.len() || !values[index].is_documented {
        return None;
    }
    Some((values[index].name, Cells::value(group, index)))
}

#[cold]
fn invalid() -> PartCells {
    PartCells(PartCells::INVALID)
}

#[cold]
fn unsupported(arg: &[u8]) -> PartCells {
    if arg.contains(&b'\\') {
        PartCells(PartCells::UNDECIDED | Cells::ALL.0)
    } else {
        invalid()
    }
}

impl<'a> Builder<'a> for CellsBuilder {
    type Member = &'a [u8];
    type Comparable = &'a [u8];
    type Arg = &'a [u8];
    type Expr = PartCells;

    #[inline]
    fn value(&self, token: Token<'a>) -> &'a [u8] {
        token.raw
    }

    #[inline]
    fn field(&self, _: &'a [u8], _: Token<'a>, raw: &'a [u8]) -> &'a [u8] {
        raw
    }

    #[inline]
    fn member(&self, member: &'a [u8]) -> &'a [u8] {
        member
    }

    fn call(&self, _: &'a [u8], _: Vec<&'a [u8]>, _: usize) -> &'a [u8] {
        NEITHER
    }

    #[inline]
    fn arg(&self, comparable: &'a [u8]) -> &'a [u8] {
        comparable
    }

    fn group_arg(&self, _: PartCells, _: usize, _: usize) -> &'a [u8] {
        NEITHER
    }

    fn negative(&self, _: Token<'a>) -> &'a [u8] {
        NEITHER
    }

    fn bare(&self, _: &'a [u8]) -> PartCells {
        invalid()
    }

    #[inline]
    fn comparison(
        &self,
        comparable: &'a [u8],
        comparator: Comparator,
        _: usize,
        arg: &'a [u8],
    ) -> PartCells {
        let part = if comparable == const { field(ROLE).path.as_bytes() } {
            PartCells::of::<ROLE>(comparator, arg)
        } else if comparable == const { field(MEMBER_TYPE).path.as_bytes() } {
            PartCells::of::<MEMBER_TYPE>(comparator, arg)
        } else {
            None
        };
        part.unwrap_or_else(|| unsupported(arg))
    }

    #[inline]
    fn group(&self, expr: PartCells, _: usize, _: usize) -> PartCells {
        expr
    }

    fn not(&self, _: Negation, _: PartCells, _: usize) -> PartCells {
        invalid()
    }

    #[inline]
    fn and(&self, left: PartCells, operand: PartCells) -> PartCells {
        left.and(operand)
    }

    fn sequence(&self, _: PartCells, _: PartCells) -> PartCells {
        invalid()
    }

    #[inline]
    fn or(&self, left: PartCells, operand: PartCells) -> PartCells {
        left.or(operand)
    }
}
