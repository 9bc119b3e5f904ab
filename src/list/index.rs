//! Memberships sorted by what list requests can tell of them.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use super::page::{Class, Selection, Source};
use crate::Membership;

/// The memberships of a space by key, those of each [`Class`] on a shelf of their own.
///
/// A page is merged from the shelves that the request admits, so its cost depends neither on its
/// position nor on how many memberships there are that the request does not want. There are at
/// most 75 shelves, and hardly ever more than six with something on them.
#[derive(Clone, Debug)]
pub struct MembershipIndex<M> {
    shelves: BTreeMap<Class, BTreeMap<Box<str>, M>>,
}

impl<M> Default for MembershipIndex<M> {
    fn default() -> Self {
        Self {
            shelves: BTreeMap::new(),
        }
    }
}

impl<M: Borrow<Membership>> MembershipIndex<M> {
    /// The membership under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&M> {
        self.shelves.values().find_map(|shelf| shelf.get(key))
    }

    /// Puts a membership under a key, in place of what was there.
    pub fn insert(&mut self, key: &str, membership: M) -> Option<M> {
        let before = self.remove(key);
        let shelf = self.shelves.entry(Class::of(membership.borrow()));
        shelf.or_default().insert(key.into(), membership);
        before
    }

    /// Takes away what is under a key.
    pub fn remove(&mut self, key: &str) -> Option<M> {
        let mut shelves = self.shelves.values_mut();
        shelves.find_map(|shelf| shelf.remove(key))
    }

    /// How many memberships there are of the classes that a test picks.
    pub fn count(&self, picks: impl Fn(Class) -> bool) -> usize {
        let picked = self.shelves.iter().filter(|(class, _)| picks(**class));
        picked.map(|(_, shelf)| shelf.len()).sum()
    }

    /// Every membership with its key, shelf by shelf.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &M)> {
        let all = self.shelves.values().flatten();
        all.map(|(key, membership)| (&**key, membership))
    }
}

impl<M: Borrow<Membership>> Source for MembershipIndex<M> {
    type Item = M;

    fn behind<'s>(
        &'s self,
        key: Option<&str>,
        selection: &Selection,
    ) -> impl Iterator<Item = (&'s str, &'s M)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let wanted = |(class, _): &(&Class, _)| selection.admits_class(**class);
        let shelves = self.shelves.iter().filter(wanted).map(|(_, shelf)| {
            let rest = shelf.range::<str, _>((from, Bound::Unbounded));
            rest.map((|(key, membership)| (&**key, membership)) as fn((&'s Box<str>, &'s M)) -> _)
                .peekable()
        });
        Merge {
            shelves: shelves.collect(),
        }
    }
}

/// Several iterators in the order of their keys as one.
struct Merge<I: Iterator> {
    shelves: Vec<Peekable<I>>,
}

impl<'s, M: 's, I: Iterator<Item = (&'s str, &'s M)>> Iterator for Merge<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<Self::Item> {
        // They are few: a walk over their heads is quicker than a heap.
        let heads = self.shelves.iter_mut().filter_map(|shelf| {
            let key = shelf.peek()?.0;
            Some((key, shelf))
        });
        heads.min_by_key(|(key, _)| *key)?.1.next()
    }
}
