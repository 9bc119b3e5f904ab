//! Filters of Google Chat space memberships: parsed, checked, explained, evaluated.
//!
//! The Chat API's `spaces.members.list` takes a filter such as
//! `member.type = "HUMAN" AND role = "ROLE_MANAGER"`. [`Filter::parse`] checks one as the API's
//! contract demands, and [`Filter::matches`] evaluates it against a [`Membership`], or against any
//! type that is [`Matchable`].
//!
//! ```
//! use gchat_filter::{Checker, Filter, diagnostic::Code};
//!
//! let filter = Filter::parse(r#"(role = "ROLE_MANAGER") AND member.type="HUMAN""#)?;
//! assert_eq!(filter.to_string(), r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#);
//!
//! let error = Filter::parse("member.type = human").unwrap_err();
//! assert_eq!(error.code(), Some(Code::UnknownValue));
//! assert_eq!(error.fixed(), Some(r#"member.type = "HUMAN""#));
//!
//! let checked = Checker::new().check(r#"role = "ROLE_MEMBER" OR role = "ROLE_MEMBER""#);
//! assert!(checked.is_valid());
//! assert_eq!(checked.diagnostics[0].message, "this part changes nothing");
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Layers
//!
//! - [`syntax`] is a complete AIP-160 parser: text to tree. It knows no field names, and is useful
//!   by itself.
//! - [`Filter`] and [`Checker`] give the tree its meaning. What is wrong or odd about a text is
//!   plain [data](diagnostic), with a fix wherever there is one.
//! - `Report` (feature `report`) draws that data for people.
//! - `list` (feature `list`) has the rules of a list request: scopes, errors, pages, page tokens.
//! - `mock` (feature `mock`) is a server of `spaces.members` for tests.
//! - The program `gchat-filter` (feature `cli`) is thin.
//!
//! # The filter
//!
//! | | `role` | `member.type` |
//! |---|---|---|
//! | values | `ROLE_MEMBER`, `ROLE_MANAGER` | `HUMAN`, `BOT` |
//! | operators | `=` | `=`, `!=` |
//!
//! That, and AND and OR to combine comparisons, is documented in the API's reference. Parentheses,
//! OR binding tighter than AND, case-sensitive names and the empty filter that admits everything
//! are AIP-160's. Whatever else AIP-160 has and the reference is silent about is a [`Lint`].
//!
//! A check has four [stages](diagnostic::Stage), each of which runs only if those before it found
//! no error: syntax, schema (fields, values, operators), meaning (contradictions, redundancy), and
//! admin access.
//!
//! A Google Group's membership has no member: `member.type = …` is false for it, and
//! `member.type != …` is true. Every part of a filter must admit something. Both are decisions of
//! this crate; the README lists all of them with their sources.

pub mod diagnostic;
mod filter;
#[cfg(feature = "list")]
pub mod list;
mod membership;
#[cfg(feature = "mock")]
pub mod mock;
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

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
