//! Computes the cells that a filter matches, without building a tree.

use crate::syntax::grammar::{Builder, Token};
use crate::syntax::{Comparator, Negation};

use super::cells::{Cells, MemberType, Role};

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
pub(super) struct Part(u32);

impl Part {
    const MEMBER: Self = Self(Cells::role(Role::Member).0);
    const MANAGER: Self = Self(Cells::role(Role::Manager).0);
    const HUMAN: Self = Self(Cells::member_type(MemberType::Human).0);
    const BOT: Self = Self(Cells::member_type(MemberType::Bot).0);
    const NOT_HUMAN: Self = Self(Cells::member_type(MemberType::Human).not().0);
    const NOT_BOT: Self = Self(Cells::member_type(MemberType::Bot).not().0);

    /// Set if the part is invalid or contains a part that matches nothing.
    const INVALID: u32 = 1 << 31;
    /// Set if the part contains a value with escape sequences.
    const UNDECIDED: u32 = 1 << 30;
    const FLAGS: u32 = Self::INVALID | Self::UNDECIDED;

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

    /// Returns the cells; `None` if the tree is needed to compute them.
    ///
    /// # Errors
    ///
    /// If the filter is invalid.
    #[inline]
    pub(super) fn cells(self) -> Result<Option<Cells>, Invalid> {
        match self.0 & Self::FLAGS {
            0 => Ok(Some(Cells(self.0))),
            Self::UNDECIDED => Ok(None),
            _ => Err(Invalid),
        }
    }
}

/// The error for a filter that the builder rejects.
pub(super) struct Invalid;

#[cold]
fn invalid() -> Part {
    Part(Part::INVALID)
}

#[cold]
fn unsupported(arg: &[u8]) -> Part {
    if arg.contains(&b'\\') {
        Part(Part::UNDECIDED | Cells::ALL.0)
    } else {
        invalid()
    }
}

impl<'a> Builder<'a> for CellsBuilder {
    type Member = &'a [u8];
    type Comparable = &'a [u8];
    type Arg = &'a [u8];
    type Expr = Part;

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

    fn group_arg(&self, _: Part, _: usize, _: usize) -> &'a [u8] {
        NEITHER
    }

    fn negative(&self, _: Token<'a>) -> &'a [u8] {
        NEITHER
    }

    fn bare(&self, _: &'a [u8]) -> Part {
        invalid()
    }

    #[inline]
    fn comparison(
        &self,
        comparable: &'a [u8],
        comparator: Comparator,
        _: usize,
        arg: &'a [u8],
    ) -> Part {
        match (comparable, comparator, arg) {
            (b"member.type", Comparator::Equal, b"\"HUMAN\"" | b"'HUMAN'") => Part::HUMAN,
            (b"member.type", Comparator::Equal, b"\"BOT\"" | b"'BOT'") => Part::BOT,
            (b"member.type", Comparator::NotEqual, b"\"BOT\"" | b"'BOT'") => Part::NOT_BOT,
            (b"member.type", Comparator::NotEqual, b"\"HUMAN\"" | b"'HUMAN'") => Part::NOT_HUMAN,
            (b"role", Comparator::Equal, b"\"ROLE_MEMBER\"" | b"'ROLE_MEMBER'") => Part::MEMBER,
            (b"role", Comparator::Equal, b"\"ROLE_MANAGER\"" | b"'ROLE_MANAGER'") => Part::MANAGER,
            _ => unsupported(arg),
        }
    }

    #[inline]
    fn group(&self, expr: Part, _: usize, _: usize) -> Part {
        expr
    }

    fn not(&self, _: Negation, _: Part, _: usize) -> Part {
        invalid()
    }

    #[inline]
    fn and(&self, left: Part, operand: Part) -> Part {
        left.and(operand)
    }

    fn sequence(&self, _: Part, _: Part) -> Part {
        invalid()
    }

    #[inline]
    fn or(&self, left: Part, operand: Part) -> Part {
        left.or(operand)
    }
}
