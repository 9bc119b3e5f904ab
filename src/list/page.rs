//! Pages: the memberships that a request selects, from a source that is sorted by key.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Bound, Deref};

use super::query::Redacted;
use super::request::{CheckedRequest, ListMembershipsRequest};
use super::scope::Authentication;
use super::token::PageTokens;
use super::violation::Violations;
use crate::members::Membership;

/// A valid list request on a server, whose page token has been read.
///
/// It has the getters of [`CheckedRequest`]. A server with a database reads the memberships after
/// [`start_after`](Self::start_after) in the order of their keys, keeps those that the request
/// [selects](CheckedRequest::selects), and makes a [`page_of`](Self::page_of) them. If it makes the
/// page itself, it issues the [`next_page_token`](Self::next_page_token).
///
/// The key of a membership is any text with which the server finds its place in the order. It must be
/// unique in the space, and must not change while the membership exists. It is in the page token, where
/// clients can read it.
#[derive(Clone, Debug)]
pub struct PageRequest<'t> {
    checked: CheckedRequest,
    start_after: Option<String>,
    tokens: &'t PageTokens,
}

impl Deref for PageRequest<'_> {
    type Target = CheckedRequest;

    fn deref(&self) -> &CheckedRequest {
        &self.checked
    }
}

impl ListMembershipsRequest {
    /// Checks the request including the page token, as the server that issued the token would.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check). Also a violation of `pageToken` if `tokens` did not issue it,
    /// or issued it for a request that differs in more than the page size. Filters are compared by
    /// meaning.
    pub fn check_on_server<'t>(
        &self,
        tokens: &'t PageTokens,
    ) -> Result<PageRequest<'t>, Violations> {
        let (checked, start_after) = self.check_with(Some(tokens))?;
        Ok(PageRequest::new(checked, start_after, tokens))
    }
}

impl<'t> PageRequest<'t> {
    pub(super) fn new(
        checked: CheckedRequest,
        start_after: Option<String>,
        tokens: &'t PageTokens,
    ) -> Self {
        Self {
            checked,
            start_after,
            tokens,
        }
    }

    /// Returns the key of the last membership in the previous page; `None` for the first page.
    ///
    /// There may no longer be a membership with this key.
    #[must_use]
    pub fn start_after(&self) -> Option<&str> {
        self.start_after.as_deref()
    }

    /// Returns the token for the page after the membership with the given key.
    ///
    /// The last page has no token: a server looks for one more membership before it issues one.
    #[must_use]
    pub fn next_page_token(&self, last_key: &str) -> String {
        self.tokens.issue(&self.checked.binding(), last_key)
    }

    /// Returns the page that begins with the first of the given memberships.
    ///
    /// These must be the selected memberships after [`start_after`](Self::start_after) with their
    /// keys, in the order of the keys. At most one more than the
    /// [page size](CheckedRequest::page_size) is taken, so a database query may have that limit.
    pub fn page_of<K: AsRef<str>, M>(
        &self,
        memberships: impl IntoIterator<Item = (K, M)>,
    ) -> Page<M> {
        let mut rest = memberships.into_iter();
        let mut memberships = Vec::with_capacity(self.page_size().min(128));
        let mut last = None;
        for (key, membership) in rest.by_ref().take(self.page_size()) {
            memberships.push(membership);
            last = Some(key);
        }
        // If this is the last membership, there is no token, so that the next page is never empty.
        let last = last.filter(|_| rest.next().is_some());
        Page {
            memberships,
            next_page_token: last.map(|key| self.next_page_token(key.as_ref())),
        }
    }

    /// Returns the requested page of a source, with the memberships that the request selects for a
    /// caller with the given authentication.
    ///
    /// The page begins after a key, so adding or removing members between two pages neither repeats
    /// nor skips other members.
    pub fn page<'s, S: Source>(
        &self,
        source: &'s S,
        authentication: Authentication,
    ) -> Page<&'s S::Item> {
        let rest = source.after(self.start_after());
        self.page_of(rest.filter(|(_, item)| self.selects((*item).borrow(), authentication)))
    }
}

/// The memberships of one space, sorted by key. A `BTreeMap` is one.
pub trait Source {
    /// The type of the memberships in a page.
    type Item: Borrow<Membership>;

    /// Returns the memberships after `key`, or all if it is `None`, in the order of the keys.
    ///
    /// Implementations should find `key` by a lookup instead of a linear scan, so that the cost of a
    /// page does not depend on its position.
    fn after<'s>(&'s self, key: Option<&str>) -> impl Iterator<Item = (&'s str, &'s Self::Item)>;
}

impl<M: Borrow<Membership>> Source for BTreeMap<String, M> {
    type Item = M;

    fn after<'s>(&'s self, key: Option<&str>) -> impl Iterator<Item = (&'s str, &'s M)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.range::<str, _>((from, Bound::Unbounded));
        rest.map(|(key, membership)| (key.as_str(), membership))
    }
}

/// One page of memberships.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<M> {
    /// The memberships, in the order of their keys.
    pub memberships: Vec<M>,
    /// The token for the next page; `None` on the last page.
    pub next_page_token: Option<String>,
}

/// Redacts the token.
impl<M: fmt::Debug> fmt::Debug for Page<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("memberships", &self.memberships)
            .field(
                "next_page_token",
                &self.next_page_token.as_ref().map(|_| Redacted),
            )
            .finish()
    }
}
