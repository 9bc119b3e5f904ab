//! An index of memberships by the properties that list requests select on.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Bound;

use gchat_filter::members::{Cell, Matchable};
use gchat_filter::members::{Membership, MembershipState};

/// The memberships of a space by key, with a separate map for each [`MembershipClass`].
///
/// A page is merged from the maps of the classes that the request selects. Its cost depends neither
/// on its position nor on the number of memberships that the request excludes. There are at most 75
/// classes, and rarely more than six that have any memberships.
#[derive(Clone, Debug)]
pub(super) struct MembershipIndex<M> {
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
    pub(super) fn get(&self, key: &str) -> Option<&M> {
        self.classes.values().find_map(|members| members.get(key))
    }

    /// Inserts a membership with the given key, and returns the one that it replaces.
    pub(super) fn insert(&mut self, key: &str, membership: M) -> Option<M> {
        let replaced = self.remove(key);
        let members = self.classes.entry(MembershipClass::of(membership.borrow()));
        members.or_default().insert(key.into(), membership);
        replaced
    }

    /// Removes and returns the membership with the given key.
    pub(super) fn remove(&mut self, key: &str) -> Option<M> {
        let mut classes = self.classes.values_mut();
        classes.find_map(|members| members.remove(key))
    }

    /// Returns the number of memberships whose class satisfies a predicate.
    pub(super) fn count(&self, predicate: impl Fn(MembershipClass) -> bool) -> usize {
        let counted = self.classes.iter().filter(|(class, _)| predicate(**class));
        counted.map(|(_, members)| members.len()).sum()
    }

    /// Returns the memberships of the selected classes after `key`, or all of them if it is `None`, with
    /// their keys, in the order of the keys.
    ///
    /// A list request selects either all memberships of a class or none, so the predicate is called
    /// with one of each class.
    pub(super) fn after<'s>(
        &'s self,
        key: Option<&str>,
        selects: impl Fn(&Membership) -> bool,
    ) -> impl Iterator<Item = (&'s str, &'s M)> {
        let from = key.map_or(Bound::Unbounded, Bound::Excluded);
        let classes = self.classes.values().filter(|members| {
            let mut members = members.values();
            members
                .next()
                .is_some_and(|member| selects(member.borrow()))
        });
        let classes = classes.map(|members| {
            let rest = members.range::<str, _>((from, Bound::Unbounded));
            rest.map(|(key, membership)| (&**key, membership))
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

/// The properties of a membership that list requests select on.
///
/// A request lists either all memberships of a class or none. There are 75 classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct MembershipClass {
    /// The properties that filters compare.
    pub(super) cell: Cell,
    /// The effect of the membership's state.
    pub(super) presence: Presence,
}

/// The effect of a membership's state on list requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Presence {
    /// Listed: joined, or without a known state (design decision).
    Joined,
    /// Listed if the request includes invited members.
    Invited,
    /// Never listed: `NOT_A_MEMBER` (design decision).
    Absent,
}

impl MembershipClass {
    /// Returns the class of a membership.
    pub(super) fn of(membership: &Membership) -> Self {
        Self {
            cell: Cell {
                role: Matchable::role(membership),
                member_type: membership.member_type(),
            },
            presence: match membership.state {
                MembershipState::Invited => Presence::Invited,
                MembershipState::NotAMember => Presence::Absent,
                _ => Presence::Joined,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::MembershipIndex;
    use gchat_filter::list::{Authentication, ListMembershipsRequest, PageTokens};
    use gchat_filter::members::Role;
    use gchat_filter::members::{
        Group, Membership, MembershipRole, MembershipState, User, UserOrGroup, UserType,
    };

    const TOKENS: PageTokens = PageTokens::new([7; 32]);

    fn membership(id: &str, role: MembershipRole, state: MembershipState, kind: u8) -> Membership {
        let member = match kind {
            0 => UserOrGroup::Group(Group {
                name: format!("groups/{id}"),
            }),
            kind => UserOrGroup::User(User {
                name: format!("users/{id}"),
                user_type: UserType::from(i32::from(kind)),
                ..User::default()
            }),
        };
        Membership {
            name: id.to_owned(),
            role,
            state,
            member: Some(member),
            ..Membership::default()
        }
    }

    fn any_membership() -> impl Strategy<Value = Membership> {
        let roles = prop_oneof![
            Just(MembershipRole::Unspecified),
            Just(MembershipRole::Member),
            Just(MembershipRole::Manager),
            Just(MembershipRole::AssistantManager),
            Just(MembershipRole::from("ROLE_KING")),
        ];
        let states = prop_oneof![
            Just(MembershipState::Joined),
            Just(MembershipState::Invited),
            Just(MembershipState::NotAMember),
        ];
        ("[a-e]{1,3}", roles, states, 0..4_u8)
            .prop_map(|(id, role, state, kind)| membership(&id, role, state, kind))
    }

    proptest! {
        /// The index returns the same pages as a map for every request.
        #[test]
        fn index_matches_map(
            members in prop::collection::vec(any_membership(), 0..80),
            removed in prop::collection::vec("[a-e]{1,3}", 0..20),
            filter in prop_oneof![
                Just(""),
                Just(r#"role = "ROLE_MANAGER""#),
                Just(r#"member.type != "BOT""#),
                Just(r#"member.type = "BOT" OR role = "ROLE_MEMBER""#),
            ],
            (groups, invited, app) in any::<(bool, bool, bool)>(),
            page_size in 1..9_i32,
        ) {
            let (mut map, mut index) = (BTreeMap::new(), MembershipIndex::default());
            for member in members {
                let key = member.name.clone();
                prop_assert_eq!(index.insert(&key, member.clone()), map.insert(key, member));
            }
            for key in removed {
                prop_assert_eq!(index.remove(&key), map.remove(&key));
            }
            for (key, member) in &map {
                prop_assert_eq!(index.get(key), Some(member));
            }
            prop_assert_eq!(index.count(|_| true), map.len());
            let managers = map.values().filter(|member| member.role == MembershipRole::Manager);
            prop_assert_eq!(
                index.count(|class| class.cell.role == Role::Manager),
                managers.count()
            );
            let authentication = if app { Authentication::App } else { Authentication::User };
            let mut request = ListMembershipsRequest {
                filter: filter.to_owned(),
                show_groups: groups,
                show_invited: invited,
                page_size: 1000,
                ..ListMembershipsRequest::new("spaces/A")
            };
            let all = request.check_on_server(&TOKENS).unwrap().page(&map, authentication);
            let mut paged = Vec::new();
            request.page_size = page_size;
            loop {
                let checked = request.check_on_server(&TOKENS).unwrap();
                let selects = |member: &_| checked.selects(member, authentication);
                let page = checked.page_of(index.after(checked.start_after(), selects));
                prop_assert_eq!(&page, &checked.page(&map, authentication));
                paged.extend(page.memberships);
                match page.next_page_token {
                    Some(token) => request.page_token = token,
                    None => break,
                }
            }
            prop_assert_eq!(paged, all.memberships);
        }
    }
}
