//! The cells into which a filter's constants divide the values, and sets of them.
//!
//! Every comparison of the filter matches whole cells, and every cell has a value, so that whatever
//! is computed from sets of cells is exact.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::bits::Bits;
use crate::schema::{Across, Constant, Declaration, Domain, FieldGroup, Predicate, Relation};
use crate::values::Timestamp;
use crate::values::conditions::{Condition, Conditions};
use crate::values::resource_name::is_user_alias;

/// The cells of one filter: a segment of numbers for each group in the filter. Where OR may join
/// comparisons of different groups, there is one segment for all groups, of which each cell is a
/// combination of their values.
#[derive(Debug)]
pub(crate) struct Partition<'t> {
    pub(super) segments: Vec<Segment<'t>>,
    /// All cells.
    all: Bits,
    length: usize,
}

#[derive(Debug)]
pub(super) struct Segment<'t> {
    pub(super) cells: Range<usize>,
    pub(super) axis: Axis<'t>,
}

/// What the cells of a segment are.
#[derive(Debug)]
pub(super) enum Axis<'t> {
    /// Combinations of enum values, those of the last group next to each other, with the index of the
    /// first group.
    Values(usize, &'static [FieldGroup]),
    /// For the sorted constants a and b: before a, a, between, b, after b, no timestamp.
    Timestamps(usize, Vec<Timestamp>),
    /// The constants in the order of the filter, each with its field, and everything else. If there are
    /// aliases of users, the user of a cell can have several names.
    Texts(usize, Numbered<(usize, Cow<'t, str>)>, Option<Users>),
    /// Resources that tell the constants apart. For each constant, one that meets only its conditions;
    /// for each condition, one that meets all but those from which it follows; one that meets all; and
    /// one that meets none.
    Conditions(usize, Condition, ConditionAxis),
}

/// Aliases of users and other names, by their numbers. Besides the cells of a single name, there is one
/// for each name: for an alias, all others and the first name that is not one; for another name, this
/// and all aliases. The last cell has all aliases and no other name.
///
/// They tell all filters apart that have either alternatives or several names.
#[derive(Debug, Default)]
pub(super) struct Users {
    aliases: Vec<usize>,
    others: Vec<usize>,
}

impl Users {
    /// Adds the cells, from `start` on, in which a user has a name, by its number.
    fn insert(&self, name: usize, start: usize, bits: &mut Bits) {
        if self.aliases.binary_search(&name).is_ok() {
            bits.insert(start..start + self.aliases.len() + self.others.len() + 1);
            bits.remove(start + name);
            return;
        }
        bits.insert(start + name..start + name + 1);
        if self.others.first() == Some(&name) {
            for alias in &self.aliases {
                bits.insert(start + alias..start + alias + 1);
            }
        }
    }
}

/// Different items, numbered in the order in which they were added.
#[derive(Debug)]
pub(super) struct Numbered<T> {
    /// Each item with its number, sorted by the items once all are added.
    items: Vec<(T, usize)>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { items: Vec::new() }
    }
}

impl<T: Ord> Numbered<T> {
    fn add(&mut self, item: T) {
        self.items.push((item, self.items.len()));
    }

    /// Removes duplicates. Returns the number of items.
    fn finish(&mut self) -> usize {
        self.items.sort_unstable();
        self.items.dedup_by(|next, own| next.0 == own.0);
        let mut in_order: Vec<&mut usize> = self.items.iter_mut().map(|(_, own)| own).collect();
        in_order.sort_unstable();
        for (number, own) in in_order.into_iter().enumerate() {
            *own = number;
        }
        self.items.len()
    }

    /// Returns the number of the item that compares as equal.
    fn number(&self, compare: impl Fn(&T) -> Ordering) -> Option<usize> {
        let at = self
            .items
            .binary_search_by(|(item, _)| compare(item))
            .ok()?;
        self.items.get(at).map(|(_, number)| *number)
    }
}

#[derive(Debug, Default)]
pub(super) struct ConditionAxis {
    constants: Numbered<Conditions>,
    /// The conditions of all constants.
    conditions: Numbered<String>,
    /// For each condition, by its number, those that follow from it.
    following: Vec<Vec<usize>>,
    /// For each condition, by its number, the sorted constants from which it follows.
    constants_with: Vec<Vec<usize>>,
}

/// Returns the number of cells of an enum: its values, and everything else if that exists.
pub(crate) const fn enum_cells(group: &FieldGroup) -> usize {
    if group.is_closed {
        return group.values();
    }
    group.values() + 1
}

/// Returns the cell of a combination of enum values, one for each group, where OR may join
/// comparisons of different groups. The number of a group's values stands for everything else.
pub(crate) fn combination(declaration: &Declaration, values: &[usize]) -> usize {
    let groups = declaration.groups.iter().zip(values);
    groups.fold(0, |cell, (group, value)| cell * enum_cells(group) + value)
}

impl<'t> Axis<'t> {
    /// Creates the axis of a group, by its index.
    fn new(index: usize, group: &'static FieldGroup) -> Self {
        match group.domain() {
            Domain::Finite => Self::Values(index, std::slice::from_ref(group)),
            Domain::Ordered => Self::Timestamps(index, Vec::new()),
            Domain::Distinct => {
                let users = group.is_of_user().then(Users::default);
                Self::Texts(index, Numbered::default(), users)
            }
            Domain::Conditions(condition) => {
                Self::Conditions(index, condition, ConditionAxis::default())
            }
        }
    }

    fn has(&self, group: usize) -> bool {
        match self {
            Self::Values(first, groups) => (*first..first + groups.len()).contains(&group),
            Self::Timestamps(own, _) | Self::Texts(own, ..) | Self::Conditions(own, ..) => {
                *own == group
            }
        }
    }

    fn add(&mut self, predicate: &Predicate<'t>) {
        match (self, &predicate.constant) {
            (Self::Timestamps(_, constants), Constant::Timestamp(timestamp)) => {
                constants.push(*timestamp);
            }
            (Self::Texts(_, constants, _), Constant::Text(text)) => {
                constants.add((predicate.field, text.clone()));
            }
            (Self::Conditions(_, _, axis), Constant::Conditions(_, own)) => {
                axis.constants.add(own.clone());
                for condition in own {
                    axis.conditions.add(condition.clone());
                }
            }
            _ => {}
        }
    }

    /// Sorts the constants. Returns the number of cells.
    fn finish(&mut self) -> usize {
        match self {
            Self::Values(_, groups) => groups.iter().map(enum_cells).product(),
            Self::Timestamps(_, constants) => {
                constants.sort_unstable();
                constants.dedup();
                2 * constants.len() + 2
            }
            Self::Texts(_, constants, users) => {
                let single = constants.finish() + 1;
                if let Some(own) = users {
                    let names = constants.items.iter();
                    let (aliases, others): (Vec<_>, Vec<_>) =
                        names.partition(|((_, name), _)| is_user_alias(name));
                    let numbers = |names: Vec<&(_, usize)>| {
                        let mut numbers: Vec<usize> = names.iter().map(|own| own.1).collect();
                        numbers.sort_unstable();
                        numbers
                    };
                    (own.aliases, own.others) = (numbers(aliases), numbers(others));
                    if own.aliases.is_empty() {
                        *users = None;
                    } else {
                        return 2 * single;
                    }
                }
                single
            }
            Self::Conditions(_, condition, axis) => axis.finish(*condition),
        }
    }
}

impl ConditionAxis {
    /// Sorts the constants, and finds what follows from what. Returns the number of cells.
    fn finish(&mut self, condition: Condition) -> usize {
        let count = self.conditions.finish();
        let cells = self.constants.finish() + count + 2;
        let mut constants_of = vec![Vec::new(); count];
        for (constant, number) in &self.constants.items {
            for condition in self.numbers(constant) {
                if let Some(own) = constants_of.get_mut(condition) {
                    own.push(*number);
                }
            }
        }
        self.following = vec![Vec::new(); count];
        self.constants_with = vec![Vec::new(); count];
        let sorted = self.conditions.items.iter();
        let (sorted, numbers): (Vec<&str>, Vec<usize>) =
            sorted.map(|(own, number)| (own.as_str(), *number)).unzip();
        for (own, implying) in numbers.iter().zip(condition.implying(&sorted)) {
            let mut constants: Vec<usize> = Vec::new();
            for from in implying.iter().filter_map(|from| numbers.get(*from)) {
                if let Some(following) = self.following.get_mut(*from) {
                    following.push(*own);
                }
                constants.extend(constants_of.get(*from).into_iter().flatten());
            }
            constants.sort_unstable();
            constants.dedup();
            if let Some(with) = self.constants_with.get_mut(*own) {
                *with = constants;
            }
        }
        cells
    }

    /// Returns the numbers of conditions that all are conditions of the axis.
    fn numbers(&self, conditions: &[String]) -> impl Iterator<Item = usize> + Clone {
        let conditions = conditions.iter();
        conditions.filter_map(|own| self.conditions.number(|other| other.cmp(own)))
    }

    /// Adds the cells of the resources that meet conditions to `bits`, from `start` on.
    fn insert(&self, conditions: &[String], start: usize, bits: &mut Bits) {
        let numbers = self.numbers(conditions);
        let mut with = numbers
            .clone()
            .filter_map(|own| self.constants_with.get(own));
        if let Some(first) = with.next() {
            let others = with;
            let mut constants = first.iter();
            let is_in = |constant: &&usize| {
                let mut others = others.clone();
                others.all(|own| own.binary_search(constant).is_ok())
            };
            for constant in constants.by_ref().filter(is_in) {
                bits.insert(start + constant..start + constant + 1);
            }
        }
        let start = start + self.constants.items.len();
        // With the one that meets all.
        bits.insert(start..start + self.conditions.items.len() + 1);
        for following in numbers.filter_map(|own| self.following.get(own)) {
            for unmet in following {
                bits.remove(start + unmet);
            }
        }
    }
}

/// Returns the first and the last timestamp of a cell of a timestamp axis; `None` for the cell
/// without a timestamp, and if there is no timestamp between two constants.
pub(super) fn interval(constants: &[Timestamp], cell: usize) -> Option<(Timestamp, Timestamp)> {
    let at = |index: usize| constants.get(index).copied();
    let (first, last) = match (cell / 2, cell % 2) {
        (index, 1) => (at(index)?, at(index)?),
        (index, _) => (
            match index.checked_sub(1) {
                Some(before) => at(before)?.next()?,
                None => Timestamp::MIN,
            },
            match at(index) {
                Some(after) => after.previous()?,
                None => Timestamp::MAX,
            },
        ),
    };
    (first <= last).then_some((first, last))
}

impl<'t> Partition<'t> {
    /// Creates the cells for a filter's comparisons.
    pub(crate) fn new<'p>(
        declaration: &'static Declaration,
        predicates: impl Iterator<Item = &'p Predicate<'t>>,
    ) -> Self
    where
        't: 'p,
    {
        let groups = declaration.groups;
        let mut segments: Vec<Segment<'t>> = Vec::new();
        let mut add = |axis| {
            let cells = 0..0;
            segments.push(Segment { cells, axis });
        };
        if declaration.across == Across::AndOr {
            add(Axis::Values(0, groups));
        } else {
            for (index, group) in groups.iter().enumerate() {
                add(Axis::new(index, group));
            }
        }
        for predicate in predicates {
            let mut segments = segments.iter_mut();
            if let Some(segment) = segments.find(|segment| segment.axis.has(predicate.group)) {
                segment.axis.add(predicate);
            }
        }
        let mut length = 0;
        for segment in &mut segments {
            let start = length;
            length += segment.axis.finish();
            segment.cells = start..length;
        }
        let mut all = Bits::new(length);
        for segment in &segments {
            let Segment { cells, axis } = segment;
            match axis {
                Axis::Timestamps(_, constants) => {
                    let inhabited = |cell: usize| {
                        cell + 1 == cells.len() || interval(constants, cell).is_some()
                    };
                    for cell in (0..cells.len()).filter(|cell| inhabited(*cell)) {
                        all.insert(cells.start + cell..cells.start + cell + 1);
                    }
                }
                _ => all.insert(cells.clone()),
            }
        }
        Self {
            segments,
            all,
            length,
        }
    }

    /// Returns all cells.
    pub(crate) fn all(&self) -> CellSet<'_> {
        CellSet {
            partition: self,
            bits: self.all.clone(),
        }
    }

    /// Returns the empty set.
    pub(crate) fn none(&self) -> CellSet<'_> {
        CellSet {
            partition: self,
            bits: Bits::new(self.length),
        }
    }

    /// Returns the cells that a comparison of the filter matches.
    pub(crate) fn matched(&self, predicate: &Predicate<'_>) -> CellSet<'_> {
        let mut bits = Bits::new(self.length);
        for Segment { cells, axis } in &self.segments {
            if axis.has(predicate.group) {
                axis.insert(predicate, cells.start, &mut bits);
            } else {
                bits.insert(cells.clone());
            }
        }
        CellSet {
            partition: self,
            bits: bits.and(&self.all),
        }
    }
}

impl Axis<'_> {
    /// Adds the cells that a comparison matches to `bits`, from `start` on.
    fn insert(&self, predicate: &Predicate<'_>, start: usize, bits: &mut Bits) {
        let is_not = predicate.relation == Relation::IsNot;
        match (self, &predicate.constant) {
            (Self::Values(first, groups), Constant::Value(value)) => {
                let Some((before, [group, after @ ..])) =
                    groups.split_at_checked(predicate.group - first)
                else {
                    return;
                };
                let product =
                    |groups: &[FieldGroup]| -> usize { groups.iter().map(enum_cells).product() };
                // The cells with one value are runs of this length.
                let (run, count) = (product(after), enum_cells(group));
                for first in (0..product(before) * count * run).step_by(run) {
                    if (first / run % count == *value) != is_not {
                        bits.insert(start + first..start + first + run);
                    }
                }
            }
            (Self::Timestamps(_, constants), Constant::Timestamp(timestamp)) => {
                let own = 2 * constants.partition_point(|other| other < timestamp) + 1;
                let end = 2 * constants.len() + 1;
                let ranges = match predicate.relation {
                    Relation::Is => [own..own + 1, 0..0],
                    Relation::IsNot => [0..own, own + 1..end + 1],
                    Relation::Before => [0..own, 0..0],
                    Relation::NotAfter => [0..own + 1, 0..0],
                    Relation::NotBefore => [own..end, 0..0],
                    Relation::After => [own + 1..end, 0..0],
                };
                for range in ranges {
                    bits.insert(start + range.start..start + range.end);
                }
            }
            (Self::Texts(_, constants, users), Constant::Text(text)) => {
                let key = (predicate.field, &**text);
                let Some(own) = constants.number(|(field, text)| (*field, &**text).cmp(&key))
                else {
                    return;
                };
                let ranges = if is_not {
                    [0..own, own + 1..constants.items.len() + 1]
                } else {
                    [own..own + 1, 0..0]
                };
                for range in ranges {
                    bits.insert(start + range.start..start + range.end);
                }
                if let Some(users) = users {
                    users.insert(own, start + constants.items.len() + 1, bits);
                }
            }
            (Self::Conditions(_, _, axis), Constant::Conditions(_, conditions)) => {
                axis.insert(conditions, start, bits);
            }
            _ => {}
        }
    }
}

/// A set of the cells of a filter. With more than one segment, it is the combinations of one set of
/// cells for each segment. OR and NOT are exact for sets that leave all segments but one open, which
/// the schema stage ensures.
#[derive(Clone, Debug)]
pub(crate) struct CellSet<'s> {
    pub(super) partition: &'s Partition<'s>,
    bits: Bits,
}

impl CellSet<'_> {
    /// Returns all cells of the filter.
    pub(super) fn all(&self) -> Self {
        self.with(self.partition.all.clone())
    }

    /// Returns the empty set.
    pub(super) fn none(&self) -> Self {
        self.with(Bits::new(self.partition.length))
    }

    fn with(&self, bits: Bits) -> Self {
        Self {
            partition: self.partition,
            bits,
        }
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        self.with(self.bits.and(&other.bits))
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        if self.is_empty() {
            return other.clone();
        }
        if other.is_empty() {
            return self.clone();
        }
        self.with(self.bits.or(&other.bits))
    }

    pub(crate) fn not(&self) -> Self {
        let all = &self.partition.all;
        if self.is_empty() {
            return self.with(all.clone());
        }
        let mut bits = all.without(&self.bits);
        if bits.is_empty() {
            return self.with(bits);
        }
        // The complement also leaves the other segments open.
        for segment in &self.partition.segments {
            if !bits.any(segment.cells.clone()) {
                bits.insert(segment.cells.clone());
            }
        }
        self.with(bits.and(all))
    }

    pub(crate) fn is_empty(&self) -> bool {
        let mut segments = self.partition.segments.iter();
        segments.any(|segment| !self.bits.any(segment.cells.clone()))
    }

    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.is_empty() || self.bits.without(&other.bits).is_empty()
    }

    pub(crate) fn is_all(&self) -> bool {
        self.bits == self.partition.all
    }

    /// Returns whether both sets have the same cells.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.bits == other.bits
    }

    /// Returns whether a cell is in the set, by its number.
    pub(crate) fn contains(&self, cell: usize) -> bool {
        self.bits.contains(cell)
    }
}
