//! Pages: the memberships that a checked request selects from a sorted source.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::request::CheckedRequest;
use super::scope::Authentication;
use super::token::PageTokens;
use crate::{Cell, Filter, Matchable, MemberType, Membership, MembershipState};

/// The memberships that a list request returns to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Selection {
    /// The filter that memberships must match.
    pub filter: Filter,
    /// Whether Google Groups are included: memberships without a `member`.
    pub groups: bool,
    /// Whether invited members are included.
    pub invited: bool,
    /// Whether Chat apps are included.
    pub apps: bool,
}

impl Selection {
    /// Returns whether a membership is selected.
    #[must_use]
    pub fn admits(&self, membership: &Membership) -> bool {
        self.admits_class(Class::of(membership))
    }

    /// Returns whether the memberships of a class are selected.
    #[must_use]
    pub fn admits_class(&self, class: Class) -> bool {
        let by_type = match class.cell.member_type {
            MemberType::NoMember => self.groups,
            MemberType::Bot => self.apps,
            MemberType::Unspecified | MemberType::Human | MemberType::Unknown => true,
        };
        let by_state = match class.presence {
            Presence::Joined => true,
            Presence::Invited => self.invited,
            Presence::Absent => false,
        };
        by_type && by_state && self.filter.matches(&class.cell)
    }
}

/// The properties of a membership that list requests select on.
///
/// A request lists either all memberships of a class or none. There are 75 classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// The properties that filters compare.
    pub cell: Cell,
    /// The effect of the membership's state.
    pub presence: Presence,
}

/// The effect of a membership's state on list requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Listed: joined, or without a known state (design decision).
    Joined,
    /// Listed if the request includes invited members.
    Invited,
    /// Never listed: `NOT_A_MEMBER` (design decision).
    Absent,
}

impl Class {
    /// Returns the class of a membership.
    #[must_use]
    pub fn of(membership: &Membership) -> Self {
        Self {
            cell: Cell {
                role: Matchable::role(membership),
                member_type: membership.member_type(),
            },
            presence: match membership.state {
                MembershipState::Invited => Presence::Invited,
                MembershipState::NotAMember => Presence::Absent,
                MembershipState::Unspecified
                | MembershipState::Joined
                | MembershipState::Unknown(_) => Presence::Joined,
            },
        }
    }
}

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
    fn behind<'s>(
        &'s self,
        key: Option<&str>,
        selection: &Selection,
    ) -> impl Iterator<Item = (&'s str, &'s Self::Item)>;
}

impl<M: Borrow<Membership>> Source for BTreeMap<String, M> {
    type Item = M;

    fn behind<'s>(
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
        let mut rest = source.behind(self.cursor.as_deref(), &selection);
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
