//! Sets of cells as boxes, for databases.

use super::cell::{MemberType, Role};
use super::cells::Cells;
use super::declaration::{MEMBER_TYPE, MEMBER_TYPE_FIELD, ROLE, ROLE_FIELD};
use crate::analysis::condition::{Absent, Accepted, Condition, Names};
use crate::schema::Field;

/// All combinations of a set of roles and a set of types, with a bit for each, in the order of
/// [`Role::ALL`] and [`MemberType::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CellBox {
    roles: u32,
    types: u32,
}

const ALL_ROLES: u32 = (1 << Role::ALL.len()) - 1;
const ALL_TYPES: u32 = (1 << MemberType::ALL.len()) - 1;

impl CellBox {
    fn cells(self) -> Cells {
        Role::ALL.iter().fold(Cells::NONE, |cells, &role| {
            let types = MemberType::ALL.iter();
            types.fold(cells, |cells, &member_type| {
                let is_in = self.roles >> role as u32 & self.types >> member_type as u32 & 1 == 1;
                if is_in {
                    cells.or(Cells::one(role, member_type))
                } else {
                    cells
                }
            })
        })
    }

    /// Returns what a membership in the box has; no condition for what can have any value.
    fn conditions<'f>(self) -> Vec<Condition<'f>> {
        let mut conditions = Vec::new();
        if self.roles != ALL_ROLES {
            let role = |role: Role| self.roles >> role as u32 & 1 == 1;
            let known = Role::ALL.iter().map(|&own| (own.name(), role(own)));
            let absent = if role(Role::Unspecified) {
                Absent::Included
            } else {
                Absent::Excluded
            };
            let names = names(&ROLE_FIELD, known, role(Role::Unknown), absent);
            conditions.push(Condition {
                group: ROLE,
                values: Accepted::Names(names),
            });
        }
        if self.types != ALL_TYPES {
            let of = |member_type: MemberType| self.types >> member_type as u32 & 1 == 1;
            let known = MemberType::ALL.iter().map(|&own| (own.name(), of(own)));
            let absent = match (of(MemberType::NoMember), of(MemberType::Unspecified)) {
                (false, false) => Absent::Excluded,
                (true, true) => Absent::Included,
                (true, false) => Absent::WithoutParent,
                (false, true) => Absent::WithParent,
            };
            let names = names(&MEMBER_TYPE_FIELD, known, of(MemberType::Unknown), absent);
            conditions.push(Condition {
                group: MEMBER_TYPE,
                values: Accepted::Names(names),
            });
        }
        conditions
    }
}

/// Creates a set from its known values. The first value of a field is its default, for which JSON may
/// also have an empty string.
fn names(
    field: &Field,
    known: impl Iterator<Item = (Option<&'static str>, bool)>,
    is_complement: bool,
    absent: Absent,
) -> Names {
    let default = field.enum_values().first().map(|value| value.name);
    let selected = known.filter(|(_, is_in)| *is_in != is_complement);
    let names = selected.filter_map(|(name, _)| name);
    Names {
        listed: names
            .flat_map(|name| [Some(name), (Some(name) == default).then_some("")])
            .flatten()
            .collect(),
        is_complement,
        absent,
    }
}

/// Returns the largest boxes in a set of cells: those that are in no other one.
fn maximal(cells: Cells) -> Vec<CellBox> {
    let mut boxes: Vec<CellBox> = Vec::new();
    for chosen in 1..=ALL_ROLES {
        let roles = Role::ALL.iter().copied();
        let of_chosen = roles.clone().filter(|role| chosen >> *role as u32 & 1 == 1);
        // What all of these roles have, and then all roles that have it.
        let types = of_chosen.fold(ALL_TYPES, |types, role| types & cells.types(role));
        let roles = roles.filter(|role| types & !cells.types(*role) == 0);
        let roles = roles.fold(0, |roles, role| roles | 1 << role as u32);
        let own = CellBox { roles, types };
        if types != 0 && !boxes.contains(&own) {
            boxes.push(own);
        }
    }
    boxes
}

/// Adds at most `count` of the boxes to `cover` so that they have all cells; returns whether there
/// are such boxes.
fn add(boxes: &[CellBox], missing: Cells, count: usize, cover: &mut Vec<CellBox>) -> bool {
    if missing == Cells::NONE {
        return true;
    }
    if count == 0 {
        return false;
    }
    // One of the boxes must have the first missing cell.
    let first = Cells(missing.0 & missing.0.wrapping_neg());
    let with_first = boxes.iter().filter(|own| first.is_subset(own.cells()));
    for own in with_first {
        cover.push(*own);
        if add(boxes, missing.and(own.cells().not()), count - 1, cover) {
            return true;
        }
        cover.pop();
    }
    false
}

/// Returns the conditions of the fewest maximal boxes that together are a set of cells.
pub(super) fn conditions<'f>(cells: Cells) -> Vec<Vec<Condition<'f>>> {
    let boxes = maximal(cells);
    let mut cover = Vec::new();
    // A box for each role is always enough.
    let _ = (0..=Role::ALL.len()).any(|count| add(&boxes, cells, count, &mut cover));
    cover.into_iter().map(CellBox::conditions).collect()
}

#[cfg(test)]
mod tests {
    use super::{CellBox, add, maximal};
    use crate::methods::members::cells::Cells;

    fn cover(cells: Cells, boxes: &[CellBox]) -> Option<Vec<CellBox>> {
        (0..=5).find_map(|count| {
            let mut cover = Vec::new();
            add(boxes, cells, count, &mut cover).then_some(cover)
        })
    }

    /// Sets of cells, some small ones and many others.
    fn sets() -> impl Iterator<Item = Cells> {
        let spread = (1..800_u32).map(|seed| seed.wrapping_mul(2_654_435_761) & Cells::ALL.0);
        (1..400).chain(spread).map(Cells)
    }

    #[test]
    fn boxes_are_maximal_and_cover_the_set() {
        for cells in sets() {
            let boxes = maximal(cells);
            for own in &boxes {
                assert!(own.cells().is_subset(cells));
                let grown = (0..5).flat_map(|bit| {
                    [
                        CellBox {
                            roles: own.roles | 1 << bit,
                            ..*own
                        },
                        CellBox {
                            types: own.types | 1 << bit,
                            ..*own
                        },
                    ]
                });
                for grown in grown.filter(|grown| grown != own) {
                    assert!(!grown.cells().is_subset(cells), "{own:?} in {cells:?}");
                }
            }
            let cover = cover(cells, &boxes).unwrap();
            let all = cover
                .iter()
                .fold(Cells::NONE, |all, own| all.or(own.cells()));
            assert_eq!(all, cells);
        }
    }

    /// No fewer boxes of any kind are enough: found by trying all combinations of two boxes.
    #[test]
    fn covers_are_the_smallest() {
        for cells in sets().step_by(23) {
            let own = cover(cells, &maximal(cells)).unwrap().len();
            let all = (1..32).flat_map(|roles| (1..32).map(move |types| CellBox { roles, types }));
            let inside: Vec<Cells> = all
                .map(CellBox::cells)
                .filter(|own| own.is_subset(cells))
                .collect();
            let one = inside.contains(&cells);
            let two = || {
                let mut pairs = inside.iter().flat_map(|a| inside.iter().map(|b| a.or(*b)));
                pairs.any(|both| both == cells)
            };
            let fewest = if one {
                1
            } else if two() {
                2
            } else {
                3
            };
            assert_eq!(own.min(3), fewest, "{cells:?}");
        }
    }
}
