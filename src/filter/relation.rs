//! How two filters relate.

use super::Filter;
use super::language::{Language, Meaning};
use crate::named::named;

/// How what a filter matches relates to what another filter matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FilterRelation {
    /// Both match the same.
    Equal,
    /// The other filter matches everything that the filter matches, and more.
    Narrower,
    /// The filter matches everything that the other filter matches, and more.
    Wider,
    /// Neither matches everything that the other matches, and something may match both.
    Overlapping,
    /// Nothing matches both.
    Disjoint,
}

impl FilterRelation {
    /// Every relation.
    pub const ALL: &[Self] = &[
        Self::Equal,
        Self::Narrower,
        Self::Wider,
        Self::Overlapping,
        Self::Disjoint,
    ];

    /// Returns the name, such as `narrower`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Narrower => "narrower",
            Self::Wider => "wider",
            Self::Overlapping => "overlapping",
            Self::Disjoint => "disjoint",
        }
    }
}

named!(FilterRelation, "relation", name);

impl<L: Language> Filter<L> {
    /// Returns how the filter relates to another one.
    ///
    /// An alias of a user, such as `users/me`, may stand for any user: with other names, it overlaps.
    ///
    /// ```
    /// use gchat_filter::{FilterRelation, messages::Filter};
    ///
    /// let year = Filter::parse(r#"create_time > "2026-01-01T00:00:00Z""#)?;
    /// let month = Filter::parse(r#"create_time > "2026-12-01T00:00:00Z""#)?;
    /// assert_eq!(month.relation(&year), FilterRelation::Narrower);
    /// # Ok::<(), gchat_filter::Error>(())
    /// ```
    #[must_use]
    pub fn relation(&self, other: &Self) -> FilterRelation {
        match (self.0.is_subset(&other.0), other.0.is_subset(&self.0)) {
            (true, true) => FilterRelation::Equal,
            (true, false) => FilterRelation::Narrower,
            (false, true) => FilterRelation::Wider,
            (false, false) if self.0.is_disjoint(L::DECLARATION, &other.0) => {
                FilterRelation::Disjoint
            }
            (false, false) => FilterRelation::Overlapping,
        }
    }
}
