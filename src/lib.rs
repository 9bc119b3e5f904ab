//! Filters of Google Chat space memberships: parsed, checked, explained, evaluated.
pub mod diagnostic;
mod filter;
mod membership;
#[cfg(feature = "report")]
mod report;
pub mod syntax;

pub use self::filter::{
    Cell, Checked, Checker, Error, Filter, Level, Lint, Matchable, MemberType, Preset, Role,
    UnknownLint,
};
pub use self::membership::{
    Affiliation, Group, Member, Membership, MembershipRole, MembershipState, UnknownValue, User,
    UserType,
};

#[cfg(feature = "report")]
pub use self::report::Report;
