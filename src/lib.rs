//! Filters of the Google Chat API: parsed, checked, explained, evaluated.
//!
//! The Chat API's `spaces.members.list` takes a filter such as
//! `member.type = "HUMAN" AND role = "ROLE_MANAGER"`. [`Filter::parse`] checks one against the API's
//! documentation, and [`members::Filter::matches`](Filter#method.matches) evaluates it against a
//! [`members::Membership`], or against any type that is [`members::Matchable`].
//!
//! ```
//! use gchat_filter::{Checker, diagnostic::Code, members::Filter};
//!
//! let filter = Filter::parse(r#"(role = "ROLE_MANAGER") AND member.type="HUMAN""#)?;
//! assert_eq!(filter.to_string(), r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#);
//!
//! let error = Filter::parse("member.type = human").unwrap_err();
//! assert_eq!(error.code(), Code::UnknownValue);
//! assert_eq!(error.fixed(), Some(r#"member.type = "HUMAN""#));
//!
//! let checked = Filter::check(&Checker::new(), r#"role = "ROLE_MEMBER" OR role = "ROLE_MEMBER""#);
//! assert!(checked.is_valid());
//! assert_eq!(checked.diagnostics[0].message, "this part has no effect");
//! # Ok::<(), gchat_filter::Error>(())
//! ```
//!
//! # Methods
//!
//! Each method of the API has a filter language of its own:
//!
//! | module | method | resource | fields |
//! |---|---|---|---|
//! | [`members`] | `spaces.members.list` | [`Membership`](members::Membership) | `role`, `member.type` |
//! | [`spaces`] | `spaces.list` | [`Space`](spaces::Space) | `space_type` |
//! | [`spaces_search`] | `spaces.search` | [`Space`](spaces::Space) | `display_name`, `external_user_allowed`, and more with admin access |
//! | [`messages`] | `spaces.messages.list` | [`Message`](messages::Message) | `create_time`, `thread.name` |
//! | [`messages_search`] | `spaces.messages.search` | [`Message`](messages::Message) | keywords, `create_time`, `sender.name`, `space.name`, mentions, … |
//! | [`reactions`] | `spaces.messages.reactions.list` | [`Reaction`](reactions::Reaction) | `emoji.unicode`, `emoji.custom_emoji.uid`, `user.name` |
//! | [`space_events`] | `spaces.spaceEvents.list` | [`SpaceEvent`](space_events::SpaceEvent) | `event_types`, `start_time`, `end_time` |
//! | [`custom_emojis`] | `customEmojis.list` | [`CustomEmoji`](custom_emojis::CustomEmoji) | `creator("users/me")` |
//! | [`section_items`] | `users.sections.items.list` | [`SectionItem`](section_items::SectionItem) | `space` |
//!
//! The documentation of each module has a table of the fields, and the design decisions. What some
//! filters depend on besides the resource, such as the calling user, is a [`Context`].
//!
//! [`Checker::check_method`] checks a filter of a [`Method`] that is known only when the program
//! runs. [`MethodLanguage`] is for code that is the same for all methods: [`Filter::matches_in`]
//! evaluates a filter against the method's resource, and [`AnyFilter::visit`] calls such code;
//! [`AnyFilter::matches`] reads the resource with serde.
//!
//! # Layers
//!
//! - [`syntax`] is a complete AIP-160 parser, from text to tree. It has no field names, and is
//!   useful by itself.
//! - [`Filter`] and [`Checker`] give the tree a meaning, by the declaration of the method's language.
//!   Errors and warnings are plain [data](diagnostic), with a fix wherever possible.
//! - [`sql`] prints a filter as the WHERE clause of an engine that has the resources in a table.
//! - `Report` (feature `report`) draws that data for people.
//! - `list` (feature `list`) has the rules of a list request: scopes, errors, pages, page tokens.
//! - the crate `gchat-filter-mock` is a server of `spaces.members` for tests.
//! - The program `gchat-filter` (crate `gchat-filter-cli`) and the package for Python (`bindings/python`) are
//!   thin layers over the library.
//!
//! # The filter of memberships
//!
//! | | `role` | `member.type` |
//! |---|---|---|
//! | values | `ROLE_MEMBER`, `ROLE_MANAGER` | `HUMAN`, `BOT` |
//! | operators | `=` | `=`, `!=` |
//!
//! The API's reference documents these, and AND and OR to combine comparisons. Whatever else AIP-160
//! allows is a [`Lint`], whose level the [`Checker`] sets.
//!
//! A filter can only distinguish five [roles](members::Role) and five [member
//! types](members::MemberType), including absent and unknown ones, so its meaning is a set of 25
//! [cells](members::Cell). Equality, redundancy, contradictions and the shortest text are computed
//! from that set.
//!
//! A check has four [stages](diagnostic::Stage): syntax; schema (fields, values, operators, what AND
//! and OR may join); meaning (contradictions, redundancy); and access (the rule of admin access).
//! Each runs only if the stages before it found no error.
//!
//! # Design decisions
//!
//! What is documented is in the [reference][reference] of the API; AIP-160 is the [standard][aip]
//! that list filters follow. Where neither answers a question, this crate decides:
//!
//! | decision | source |
//! |---|---|
//! | The fields are `role` (`ROLE_MEMBER`, `ROLE_MANAGER`; `=`) and `member.type` (`HUMAN`, `BOT`; `=`, `!=`), combined with AND and OR. | documented |
//! | Two values of one field combined with AND are invalid. More generally, every part of a filter must match something. | documented; the general rule is a design decision |
//! | With admin access, the type comparisons are `= "HUMAN"` or `!= "BOT"`, and one of them is required. Precisely, the filter must not match apps. | documented; the precise rule is a design decision |
//! | OR binds tighter than AND; the empty filter matches everything; names and values are case-sensitive. | AIP-160 |
//! | Unquoted values are rejected. | observed live in the sibling method `spaces.list` |
//! | A Google Group's membership has no member: `member.type = …` is false for it, and `member.type != …` is true. | design decision, after a widely used tool that syncs groups with `member.type != "BOT"` |
//! | An absent or null role or type is unspecified. | documented (proto3 JSON) |
//! | The shortest text has the fewest comparisons, then the fewest bytes, and triggers no lint. A filter that the documented syntax cannot express prints as text for the preset `aip160`. | design decision |
//! | The comparisons labeled in a contradiction are a minimal set: they conflict regardless of the others, and if any one of them is removed, the rest do not. | design decision |
//! | Removing a redundant part, parenthesizing mixed operators, and joining the sides of a contradiction with OR are possible fixes. A certain fix is one that was clearly intended. Every fix is tried before it is offered. | design decision |
//! | The fix that adds a type for admin access adds parentheses only around an OR or a sequence that has none. | design decision |
//! | The span of `implicit-and` is the second term, of `undocumented-operator` the comparator, of `mixed-operators` the group. | design decision |
//! | In languages without `!=` and `NOT`, a negation is an error whatever the level of its lint, because they cannot express its meaning. | design decision |
//! | An interval without a timestamp is valid, with a warning. It prints as a comparison that no timestamp satisfies. | design decision, because the reference has such an interval in its text |
//! | The ID in a resource name has one or more characters other than `/`, `*`, white space and controls, and is not `-`. | design decision |
//! | In a dump, `{}` and an object with only `nextPageToken` are empty list responses, not memberships. | design decision |
//! | In a dump, an object with none of a membership's fields, or with the resource name of something else, is an error, not a membership that matches `!=`. | design decision |
//! | `check -` reports a line that is not UTF-8 on standard error only, and exits with 2. | design decision |
//! | `match` prints nothing and exits with 2 for an invalid filter, because 1 means that nothing matched. | design decision |
//!
//! The decisions about [syntax](syntax#design-decisions), list requests (`list`) and the server
//! (the crate `gchat-filter-mock`) are in their documentation.
//!
//! # Versioning
//!
//! Semantic versioning covers the public items, the codes and stages of diagnostics, which filters
//! are valid by default, what filters match, and the JSON format of [`Checked`]. A release may add
//! codes, lints, methods and keys. These may change in any release: messages, labels, help and fixes;
//! which of several texts with a meaning is the shortest, as long as it is equally short; the
//! drawing of reports. A change of the reference that makes the default level of a lint wrong is a
//! minor release.
//!
//! Support for targets without the standard library is not a goal.
//!
//! [reference]: https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.members/list
//! [aip]: https://google.aip.dev/160

#![cfg_attr(docsrs, feature(doc_cfg))]

mod analysis;
mod chars;
pub mod diagnostic;
mod filter;
#[cfg(feature = "list")]
pub mod list;
/// What a filter matches, as data: a set for each group of fields.
pub mod meaning {
    pub use crate::analysis::summary::{FieldText, GroupMeaning, Interval, ValueSet};
}
mod methods;
mod named;
mod repair;
#[cfg(feature = "report")]
mod report;
mod schema;
pub mod sql;
pub mod syntax;
mod values;

pub use self::filter::{
    Checked, Checker, Error, Filter, FilterRelation, IntersectionError, Language, OptionalFilter,
};
pub use self::methods::{
    AnyFilter, Context, EvaluationError, FilterVisitor, Method, MethodLanguage, ResourceList,
    UnknownValue, custom_emojis, members, messages, messages_search, reactions, section_items,
    space_events, spaces, spaces_search,
};
pub use self::named::UnknownName;
#[cfg(feature = "report")]
pub use self::report::Report;
pub use self::schema::{Level, Lint, Preset};
pub use self::values::{InvalidTimestamp, Timestamp};

/// The examples in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
