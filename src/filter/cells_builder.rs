//! The builder of cells: what a filter admits, without a tree.

use crate::syntax::grammar::Builder;
use crate::syntax::lexical::Token;
use crate::syntax::{Comparator, Negation};

use super::cells::{Cells, MemberType, Role};

const MEMBER: u32 = Cells::role(Role::Member).0;
const MANAGER: u32 = Cells::role(Role::Manager).0;
const HUMAN: u32 = Cells::member_type(MemberType::Human).0;
const BOT: u32 = Cells::member_type(MemberType::Bot).0;
const ALL: u32 = Cells::ALL.0;

/// What is neither a field nor a value, so that any comparison with it is wrong.
const NEITHER: &[u8] = b"";

/// Builds the cells that a filter admits. It knows the documented comparisons and nothing else.
///
/// What it does not know is wrong: all that AIP-160 has besides is an error, or a lint that is
/// denied by default. Only a value with escapes it cannot judge, and leaves to the tree.
#[derive(Default)]
pub(super) struct CellsBuilder {
    /// Set for good once something was wrong, or a part admitted nothing.
    pub(super) is_invalid: bool,
    /// Set for good once something could not be judged.
    pub(super) is_undecided: bool,
}

impl CellsBuilder {
    #[cold]
    fn invalid(&mut self) -> u32 {
        self.is_invalid = true;
        ALL
    }

    #[cold]
    fn unknown(&mut self, arg: &[u8]) -> u32 {
        if arg.contains(&b'\\') {
            self.is_undecided = true;
            return ALL;
        }
        self.invalid()
    }
}

impl<'a> Builder<'a> for CellsBuilder {
    type Member = &'a [u8];
    type Comparable = &'a [u8];
    type Arg = &'a [u8];
    type Args = ();
    type Expr = u32;

    #[inline]
    fn value(&mut self, token: Token<'a>) -> &'a [u8] {
        token.raw
    }

    #[inline]
    fn field(&mut self, _: &'a [u8], _: Token<'a>, raw: &'a [u8]) -> &'a [u8] {
        raw
    }

    #[inline]
    fn member(&mut self, member: &'a [u8]) -> &'a [u8] {
        member
    }

    fn push_arg(&mut self, (): &mut (), _: &'a [u8]) {}

    fn call(&mut self, _: &'a [u8], (): (), _: usize) -> &'a [u8] {
        NEITHER
    }

    #[inline]
    fn arg(&mut self, comparable: &'a [u8]) -> &'a [u8] {
        comparable
    }

    fn group_arg(&mut self, _: u32, _: usize, _: usize) -> &'a [u8] {
        NEITHER
    }

    fn negative(&mut self, _: Token<'a>) -> &'a [u8] {
        NEITHER
    }

    fn bare(&mut self, _: &'a [u8]) -> u32 {
        self.invalid()
    }

    #[inline]
    fn comparison(
        &mut self,
        comparable: &'a [u8],
        comparator: Comparator,
        _: usize,
        arg: &'a [u8],
    ) -> u32 {
        match (comparable, comparator, arg) {
            (b"member.type", Comparator::Equal, b"\"HUMAN\"" | b"'HUMAN'") => HUMAN,
            (b"member.type", Comparator::Equal, b"\"BOT\"" | b"'BOT'") => BOT,
            (b"member.type", Comparator::NotEqual, b"\"BOT\"" | b"'BOT'") => ALL & !BOT,
            (b"member.type", Comparator::NotEqual, b"\"HUMAN\"" | b"'HUMAN'") => ALL & !HUMAN,
            (b"role", Comparator::Equal, b"\"ROLE_MEMBER\"" | b"'ROLE_MEMBER'") => MEMBER,
            (b"role", Comparator::Equal, b"\"ROLE_MANAGER\"" | b"'ROLE_MANAGER'") => MANAGER,
            _ => self.unknown(arg),
        }
    }

    #[inline]
    fn group(&mut self, expr: u32, _: usize, _: usize) -> u32 {
        expr
    }

    fn not(&mut self, _: Negation, _: u32, _: usize) -> u32 {
        self.invalid()
    }

    #[inline]
    fn and(&mut self, before: u32, operand: u32) -> u32 {
        let both = before & operand;
        self.is_invalid |= both == 0;
        both
    }

    fn sequence(&mut self, _: u32, _: u32) -> u32 {
        self.invalid()
    }

    #[inline]
    fn or(&mut self, before: u32, operand: u32) -> u32 {
        before | operand
    }
}
