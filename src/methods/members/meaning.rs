//! What a filter keeps.

use std::fmt;
use std::num::NonZeroU32;

use super::cell::{Cell, MemberType, Role};
use super::cells::Cells;
use super::cells_builder::CellsBuilder;
use super::{boxes, shortest};
use crate::analysis::cells::combination;
use crate::analysis::condition::Condition;
use crate::analysis::lower::Part;
use crate::filter::{AdmittedCell, IntersectionError, Meaning, Unparsed};
use crate::schema::Declaration;
use crate::syntax::grammar;

/// A set of at least one cell: what a filter matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NonEmptyCells(NonZeroU32);

impl NonEmptyCells {
    #[inline]
    pub(super) const fn new(cells: Cells) -> Option<Self> {
        match NonZeroU32::new(cells.0) {
            Some(cells) => Some(Self(cells)),
            None => None,
        }
    }

    #[inline]
    pub(super) const fn cells(self) -> Cells {
        Cells(self.0.get())
    }
}

impl Meaning for NonEmptyCells {
    fn all() -> Self {
        const {
            match Self::new(Cells::ALL) {
                Some(all) => all,
                None => unreachable!(),
            }
        }
    }

    fn of(declaration: &'static Declaration, part: &Part<'_>) -> Option<Self> {
        let mut own = Cells::NONE;
        for &role in Role::ALL {
            for &member_type in MemberType::ALL {
                let cell = combination(declaration, &[role.value(), member_type.value()]);
                if part.cells.contains(cell) {
                    own = own.or(Cells::one(role, member_type));
                }
            }
        }
        Self::new(own)
    }

    fn parse(_: &'static Declaration, text: &str) -> Result<Self, Unparsed> {
        let part = grammar::filter(text.as_bytes(), &CellsBuilder);
        let Some(part) = part.map_err(|_| Unparsed::Invalid)? else {
            return Ok(Self::all());
        };
        Self::new(part.cells()?).ok_or(Unparsed::Invalid)
    }

    fn is_subset(&self, other: &Self) -> bool {
        self.cells().is_subset(other.cells())
    }

    fn intersection(
        &self,
        _: &'static Declaration,
        other: &Self,
    ) -> Result<Self, IntersectionError> {
        Self::new(self.cells().and(other.cells())).ok_or(IntersectionError::Empty)
    }

    fn admits(&self) -> Option<Vec<AdmittedCell>> {
        let cells = Cell::all().filter(|cell| self.cells().contains(cell.role, cell.member_type));
        let cells = cells.map(|cell| AdmittedCell {
            role: cell.role.name().unwrap_or("*"),
            member_type: match cell.member_type {
                MemberType::NoMember => None,
                member_type => Some(member_type.name().unwrap_or("*")),
            },
        });
        Some(cells.collect())
    }

    fn boxes(&self, _: &'static Declaration) -> Vec<Vec<Condition<'_>>> {
        boxes::conditions(self.cells())
    }

    fn print(&self, _: &'static Declaration, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shortest::print(self.cells(), f)
    }
}
