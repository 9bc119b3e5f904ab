//! Pages: what a checked request gets from an ordered source of memberships.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;

use super::request::CheckedRequest;
use super::scope::Authentication;
use super::token::PageTokens;
use crate::{Cell, Filter, Matchable, MemberType, Membership, MembershipState};

/// Which memberships a list request returns to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Selection {
    /// Those of a filter.
    pub filter: Filter,
    /// Google Groups too: memberships without a `member`.
    pub groups: bool,
    /// Invited members too.
    pub invited: bool,
    /// Chat apps too.
    pub apps: bool,
}

impl Selection {
    /// Whether it has a membership.
    #[must_use]
    pub fn admits(&self, membership: &Membership) -> bool {
        self.admits_class(Class::of(membership))
    }

    /// Whether it has the memberships of a class.
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

/// All that a list request can tell of a membership: two memberships of a class are both listed or
/// both not. There are 75.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class {
    /// What a filter sees.
    pub cell: Cell,
    /// What its state comes to.
    pub presence: Presence,
}

/// What a membership's state comes to for a list request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// Listed: joined, or of no state or one that is not known yet (ours).
    Joined,
    /// Listed if invited members are asked for.
    Invited,
    /// `NOT_A_MEMBER`: never listed (ours).
    Absent,
}

impl Class {
    /// The class of a membership.
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

/// The memberships of one space, each under a key that stays the same as long as it exists, in the
/// order of the keys.
///
/// A `BTreeMap` is one; [`MembershipIndex`](super::MembershipIndex) is one whose cost for a page does not depend on
/// how rare what the request selects is.
pub trait Source {
    /// A membership, in whatever form a page is wanted.
    type Item;

    /// What a selection has behind a key, or from the beginning, in the order of the keys.
    ///
    /// That the first one is found by a search and not by a walk is what keeps the cost of a page
    /// from depending on its position.
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

/// One page of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<'s, T> {
    /// The memberships.
    pub memberships: Vec<&'s T>,
    /// The token for the next page; `None` on the last page.
    pub next_page_token: Option<String>,
}

impl CheckedRequest {
    /// The page that the request asks for.
    ///
    /// Its cursor is a key, so members that are added or removed between two pages cause no
    /// repeat and no skip of others.
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
        // There is a token only if there is more: a page is never empty for nothing.
        let next_page_token = last
            .filter(|_| rest.next().is_some())
            .map(|last| tokens.issue(&self.binding(), last));
        Page {
            memberships,
            next_page_token,
        }
    }
}
