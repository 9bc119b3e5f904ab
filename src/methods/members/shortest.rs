//! The shortest text with a filter's meaning.

use std::fmt::{self, Write};

use super::cell::{MemberType, Role};
use super::cells::Cells;
use super::declaration::{MEMBER_TYPE_FIELD as MEMBER_TYPE, ROLE_FIELD as ROLE};
use crate::schema::Field;
use crate::syntax::Comparator;

/// The shortest documented text for each of the 124 documented meanings: fewest comparisons, then
/// fewest bytes, then first in byte order. None triggers a lint. A test verifies them by exhaustive
/// search.
///
/// The key has a bit for each pair of a role (all undocumented ones, `ROLE_MEMBER`, `ROLE_MANAGER`)
/// and a type (`HUMAN`, `BOT`, all others), from the lowest bit up, role by role. In the text, each
/// letter is a comparison: M and G compare the role, H and B the type with `=`, h and b the type
/// with `!=`; see [`comparison`].
#[rustfmt::skip]
const SHORTEST: [(u16, &str); 124] = [
    (0o010, "H&M"), (0o020, "B&M"), (0o030, "(B|H)&M"), (0o040, "b&h&M"), (0o050, "b&M"),
    (0o060, "h&M"), (0o070, "M"), (0o100, "H&G"), (0o110, "(G|M)&H"), (0o111, "H"),
    (0o120, "(B|G)&(H|M)"), (0o130, "((b&G)|M)&(B|H)"), (0o131, "(B&M)|H"),
    (0o140, "(h|G)&(H|M)&b"), (0o150, "((H&G)|M)&b"), (0o151, "(b&M)|H"), (0o160, "(h|G)&(H|M)"),
    (0o170, "(H&G)|M"), (0o171, "H|M"), (0o200, "B&G"), (0o210, "(B|M)&(H|G)"), (0o220, "(G|M)&B"),
    (0o222, "B"), (0o230, "((B&G)|M)&(B|H)"), (0o232, "(H&M)|B"), (0o240, "(b|G)&(B|M)&h"),
    (0o250, "(b|G)&(B|M)"), (0o260, "((B&G)|M)&h"), (0o262, "(h&M)|B"), (0o270, "(B&G)|M"),
    (0o272, "B|M"), (0o300, "(B|H)&G"), (0o310, "((b&M)|G)&(B|H)"), (0o311, "(B&G)|H"),
    (0o320, "((B&M)|G)&(B|H)"), (0o322, "(H&G)|B"), (0o330, "(B|H)&(G|M)"), (0o331, "((G|M)&B)|H"),
    (0o332, "((G|M)&H)|B"), (0o333, "B|H"), (0o340, "((b&h)|G)&(B|H|M)"),
    (0o350, "((B|H)&G)|(b&M)"), (0o351, "(b|G)&(B|H|M)"), (0o360, "((B|H)&G)|(h&M)"),
    (0o362, "(h|G)&(B|H|M)"), (0o370, "((B|H)&G)|M"), (0o371, "(B&G)|H|M"), (0o372, "(H&G)|B|M"),
    (0o373, "B|H|M"), (0o400, "b&h&G"), (0o410, "(h|M)&(H|G)&b"), (0o420, "(b|M)&(B|G)&h"),
    (0o430, "((b&h)|M)&(B|H|G)"), (0o440, "(G|M)&b&h"), (0o444, "b&h"), (0o450, "((h&G)|M)&b"),
    (0o454, "(h|M)&b"), (0o460, "((b&G)|M)&h"), (0o464, "(b|M)&h"), (0o470, "(b&h&G)|M"),
    (0o474, "(b&h)|M"), (0o500, "b&G"), (0o510, "((H&M)|G)&b"), (0o511, "(b&G)|H"),
    (0o520, "(b|M)&(B|G)"), (0o530, "((B|H)&M)|(b&G)"), (0o531, "(b|M)&(B|H|G)"),
    (0o540, "((h&M)|G)&b"), (0o544, "(h|G)&b"), (0o550, "(G|M)&b"), (0o551, "(H|G|M)&b"),
    (0o554, "(h|G|M)&b"), (0o555, "b"), (0o560, "(b&G)|(h&M)"), (0o564, "(b|M)&(h|G)"),
    (0o570, "(b&G)|M"), (0o571, "(b&G)|H|M"), (0o574, "((h|G)&b)|M"), (0o575, "b|M"),
    (0o600, "h&G"), (0o610, "(h|M)&(H|G)"), (0o620, "((B&M)|G)&h"), (0o622, "(h&G)|B"),
    (0o630, "((B|H)&M)|(h&G)"), (0o632, "(h|M)&(B|H|G)"), (0o640, "((b&M)|G)&h"),
    (0o644, "(b|G)&h"), (0o650, "(b&M)|(h&G)"), (0o654, "(b|G)&(h|M)"), (0o660, "(G|M)&h"),
    (0o662, "(B|G|M)&h"), (0o664, "(b|G|M)&h"), (0o666, "h"), (0o670, "(h&G)|M"),
    (0o672, "(h&G)|B|M"), (0o674, "((b|G)&h)|M"), (0o676, "h|M"), (0o700, "G"), (0o710, "(H&M)|G"),
    (0o711, "H|G"), (0o720, "(B&M)|G"), (0o722, "B|G"), (0o730, "((B|H)&M)|G"),
    (0o731, "(B&M)|H|G"), (0o732, "(H&M)|B|G"), (0o733, "B|H|G"), (0o740, "(b&h&M)|G"),
    (0o744, "(b&h)|G"), (0o750, "(b&M)|G"), (0o751, "(b&M)|H|G"), (0o754, "((h|M)&b)|G"),
    (0o755, "b|G"), (0o760, "(h&M)|G"), (0o762, "(h&M)|B|G"), (0o764, "((b|M)&h)|G"),
    (0o766, "h|G"), (0o770, "G|M"), (0o771, "H|G|M"), (0o772, "B|G|M"), (0o773, "B|H|G|M"),
    (0o774, "(b&h)|G|M"), (0o775, "b|G|M"), (0o776, "h|G|M"), (0o777, ""),
];

/// Returns the field, the comparator and the value of the comparison that a letter represents.
fn comparison(letter: char) -> Option<(&'static Field, Comparator, &'static str)> {
    let role = |role: Role| Some((&ROLE, Comparator::Equal, role.name()?));
    let member_type = |comparator, own: MemberType| Some((&MEMBER_TYPE, comparator, own.name()?));
    match letter {
        'M' => role(Role::Member),
        'G' => role(Role::Manager),
        'H' => member_type(Comparator::Equal, MemberType::Human),
        'B' => member_type(Comparator::Equal, MemberType::Bot),
        'h' => member_type(Comparator::NotEqual, MemberType::Human),
        'b' => member_type(Comparator::NotEqual, MemberType::Bot),
        _ => None,
    }
}

/// Returns whether documented text can name a value of a field.
fn is_documented_value(field: &Field, value: usize) -> bool {
    let value = field.enum_values().get(value);
    value.is_some_and(|value| value.is_documented)
}

/// Returns the only element of an iterator of equal ones; `None` if they differ.
fn same<T: PartialEq>(mut all: impl Iterator<Item = Option<T>>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)?
}

/// Returns the types matched with a role, as three bits of the key; `None` if documented text cannot
/// express them.
fn documented_types(cells: Cells, role: Role) -> Option<u16> {
    let bit = |member_type| u16::from(cells.contains(role, member_type));
    let others = MemberType::ALL.iter().copied();
    let others = others.filter(|own| !is_documented_value(&MEMBER_TYPE, own.value()));
    let others = same(others.map(|own| Some(bit(own))))?;
    Some(bit(MemberType::Human) | bit(MemberType::Bot) << 1 | others << 2)
}

/// Returns the key of a filter; `None` if documented text cannot express its meaning.
fn key(cells: Cells) -> Option<u16> {
    let others = Role::ALL.iter().copied();
    let others = others.filter(|own| !is_documented_value(&ROLE, own.value()));
    let others = same(others.map(|own| documented_types(cells, own)))?;
    let member = documented_types(cells, Role::Member)?;
    let manager = documented_types(cells, Role::Manager)?;
    Some(others | member << 3 | manager << 6)
}

/// Returns the shortest documented text, with letters for comparisons.
fn shortest(cells: Cells) -> Option<&'static str> {
    let key = key(cells)?;
    let at = SHORTEST.binary_search_by_key(&key, |(key, _)| *key).ok()?;
    SHORTEST.get(at).map(|(_, text)| *text)
}

/// Returns whether documented text can express the filter's meaning.
pub(super) fn is_documented(cells: Cells) -> bool {
    shortest(cells).is_some()
}

/// Prints the shortest text of a filter.
pub(super) fn print(cells: Cells, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(text) = shortest(cells) else {
        return undocumented(f, cells);
    };
    for letter in text.chars() {
        match letter {
            '&' => f.write_str(" AND ")?,
            '|' => f.write_str(" OR ")?,
            letter => match comparison(letter) {
                Some((field, comparator, value)) => {
                    write!(f, "{} {comparator} \"{value}\"", field.path)?;
                }
                None => f.write_char(letter)?,
            },
        }
    }
    Ok(())
}

/// Prints each set of types with the roles that are matched with exactly these:
/// `((roles) AND (types)) OR …`.
fn undocumented(f: &mut fmt::Formatter<'_>, cells: Cells) -> fmt::Result {
    let types = |role| cells.types(role);
    let mut groups: Vec<Vec<Role>> = Vec::new();
    for &role in Role::ALL {
        match groups.iter_mut().find(|group| {
            group
                .first()
                .is_some_and(|first| types(*first) == types(role))
        }) {
            Some(group) => group.push(role),
            None => groups.push(vec![role]),
        }
    }
    let clauses: Vec<String> = groups
        .iter()
        .filter_map(|group| {
            let types = types(*group.first()?);
            let of = |member_type| types >> member_type as u32 & 1 == 1;
            let role = selection(
                &ROLE,
                Role::ALL
                    .iter()
                    .map(|role| (role.name(), group.contains(role))),
            );
            // Text cannot distinguish a missing member from an unknown type.
            let member_type = selection(
                &MEMBER_TYPE,
                MemberType::ALL
                    .iter()
                    .map(|&member_type| (member_type.name(), of(member_type))),
            );
            Some(match (role, member_type) {
                _ if types == 0 => return None,
                (Some(role), Some(member_type)) => format!("{role} AND {member_type}"),
                (role, member_type) => role.or(member_type)?,
            })
        })
        .collect();
    match clauses.as_slice() {
        [clause] => f.write_str(clause),
        clauses => {
            for (index, clause) in clauses.iter().enumerate() {
                write!(f, "{}({clause})", if index > 0 { " OR " } else { "" })?;
            }
            Ok(())
        }
    }
}

/// Returns the text that selects some values of a field; `None` if it selects all. Values without a
/// name can only be selected together, by excluding the others.
fn selection<'v>(
    field: &Field,
    values: impl Iterator<Item = (Option<&'v str>, bool)>,
) -> Option<String> {
    let values: Vec<_> = values.collect();
    let others = values
        .iter()
        .any(|(name, selected)| name.is_none() && *selected);
    let (comparator, connective) = if others {
        (Comparator::NotEqual, " AND ")
    } else {
        (Comparator::Equal, " OR ")
    };
    let comparisons: Vec<String> = values
        .iter()
        .filter(|(_, selected)| *selected != others)
        .filter_map(|(name, _)| *name)
        .map(|name| format!("{} {comparator} \"{name}\"", field.path))
        .collect();
    match comparisons.as_slice() {
        [] => None,
        [comparison] => Some(comparison.clone()),
        comparisons => Some(format!("({})", comparisons.join(connective))),
    }
}
