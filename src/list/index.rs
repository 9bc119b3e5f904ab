//! An index of memberships by the properties that list requests select on.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use super::page::Source;
use super::selection::{MembershipClass, Selection};
use crate::Membership;

/// The memberships of a space by key, with a separate map for each [`MembershipClass`].
///
/// A page is merged from the maps of the classes that the request selects. Its cost depends neither
/// on its position nor on the number of memberships that the request excludes. There are at most 75
/// classes, and rarely more than six that have any memberships.
#[derive(Clone, Debug)]
pub struct MembershipIndex<M> {
    classes: BTreeMap<MembershipClass, BTreeMap<Box<str>, M>>,
}

impl<M> Default for MembershipIndex<M> {
    fn default() -> Self {
        Self {
            classes: BTreeMap::new(),
        }
    }
}

impl<M: Borrow<Membership>> MembershipIndex<M> {
    /// Returns the membership with the given key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&M> {
        self.classes.values().find_map(|members| members.get(key))
    }

    /// Inserts a membership with the given key, and returns the one that it replaces.
    pub fn insert(&mut self, key: &str, membership: M) -> Option<M> {
        let replaced = self.remove(key);
        let members = self.classes.entry(MembershipClass::of(membership.borrow()));
        members.or_default().insert(key.into(), membership);
        replaced
    }

    /// Removes and returns the membership with the given key.
    pub fn remove(&mut self, key: &str) -> Option<M> {
        let mut classes = self.classes.values_mut();
        classes.find_map(|members| members.remove(key))
    }

    /// Returns the number of memberships whose class satisfies a predicate.
    pub fn count(&self, predicate: impl Fn(MembershipClass) -> bool) -> usize {
        let counted = self.classes.iter().filter(|(class, _)| predicate(**class));
        counted.map(|(_, members)| members.len()).sum()
    }

    /// Iterates over all memberships with their keys, class by class.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &M)> {
        let all = self.classes.values().flatten();
        all.map(|(key, membership)| (&**key, membership))
    }
}

impl<M: Borrow<Membership>> Source for MembershipIndex<M> {
    type Item = M;

    fn after<'s>(
        &'s self,
        key: Option<&str>,
        selection: &Selection,
    ) -> impl Iterator<Item = (&'s str, &'s M)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let is_selected = |(class, _): &(&MembershipClass, _)| selection.admits_class(**class);
        let classes = self.classes.iter().filter(is_selected).map(|(_, members)| {
            let rest = members.range::<str, _>((from, Bound::Unbounded));
            rest.map((|(key, membership)| (&**key, membership)) as fn((&'s Box<str>, &'s M)) -> _)
                .peekable()
        });
        Merge {
            iterators: classes.collect(),
        }
    }
}

/// Merge of several iterators that are sorted by key.
struct Merge<I: Iterator> {
    iterators: Vec<Peekable<I>>,
}

impl<'s, M: 's, I: Iterator<Item = (&'s str, &'s M)>> Iterator for Merge<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<Self::Item> {
        // For so few iterators, a linear scan is faster than a heap.
        let heads = self.iterators.iter_mut().filter_map(|iterator| {
            let key = iterator.peek()?.0;
            Some((key, iterator))
        });
        heads.min_by_key(|(key, _)| *key)?.1.next()
    }
}
