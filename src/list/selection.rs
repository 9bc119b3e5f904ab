//! Selections: the memberships that a list request returns, and the properties that it selects on.

use crate::members::{Cell, Filter, Matchable, MemberType};
use crate::{Membership, MembershipState};

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
        self.admits_class(MembershipClass::of(membership))
    }

    /// Returns whether the memberships of a class are selected.
    #[must_use]
    pub fn admits_class(&self, class: MembershipClass) -> bool {
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
pub struct MembershipClass {
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

impl MembershipClass {
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
