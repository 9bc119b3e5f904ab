//! Pages: the memberships that a checked request selects from a sorted source.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::request::CheckedRequest;
use super::scope::Authentication;
use super::selection::Selection;
use super::token::PageTokens;
use crate::Membership;

/// The memberships of one space, sorted by key.
///
/// The key of a membership must not change while the membership exists.
///
/// A `BTreeMap` is a simple source. With a [`MembershipIndex`](super::MembershipIndex), the cost of
/// a page does not depend on the number of memberships that the request excludes.
pub trait Source {
    /// The type of the memberships in a page.
    type Item;

    /// Returns the selected memberships after `key`, or all if it is `None`, in the order of the
    /// keys.
    ///
    /// Implementations should find `key` by a lookup instead of a linear scan, so that the cost of a
    /// page does not depend on its position.
    fn after<'s>(
        &'s self,
        key: Option<&str>,
        selection: &Selection,
    ) -> impl Iterator<Item = (&'s str, &'s Self::Item)>;
}

impl<M: Borrow<Membership>> Source for BTreeMap<String, M> {
    type Item = M;

    fn after<'s>(
        &'s self,
        key: Option<&str>,
        selection: &Selection,
    ) -> impl Iterator<Item = (&'s str, &'s M)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let selection = *selection;
        self.range::<str, _>((from, Bound::Unbounded))
            .filter(move |(_, membership)| selection.admits((*membership).borrow()))
            .map(|(key, membership)| (key.as_str(), membership))
    }
}

/// One page of memberships.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<'s, T> {
    /// The memberships, in the order of their keys.
    pub memberships: Vec<&'s T>,
    /// The token for the next page; `None` on the last page.
    pub next_page_token: Option<String>,
}

impl CheckedRequest {
    /// Returns the requested page.
    ///
    /// The cursor is a key, so adding or removing members between two pages neither repeats nor
    /// skips other members.
    pub fn page<'s, S: Source>(
        &self,
        source: &'s S,
        authentication: Authentication,
        tokens: &PageTokens,
    ) -> Page<'s, S::Item> {
        let selection = self.selection(authentication);
        let mut rest = source.after(self.cursor.as_deref(), &selection);
        let mut memberships = Vec::with_capacity(self.page_size.min(128));
        let mut last = None;
        for (key, membership) in rest.by_ref().take(self.page_size) {
            memberships.push(membership);
            last = Some(key);
        }
        // If this is the last membership, there is no token, so that the next page is never empty.
        let next_page_token = last
            .filter(|_| rest.next().is_some())
            .map(|last| tokens.issue(&self.binding(), last));
        Page {
            memberships,
            next_page_token,
        }
    }
}
