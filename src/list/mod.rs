//! The rules of a request to `spaces.members`, without sockets: what is wrong with it, who may
//! make it, what it returns, and how an error looks on the wire.
//!
//! - A client builds a [`ListMembershipsRequest`], [checks](ListMembershipsRequest::check) it, and
//!   sends its [`path_and_query`](ListMembershipsRequest::path_and_query).
//! - A server [reads](ListMembershipsRequest::from_query) it,
//!   [checks](ListMembershipsRequest::check_on_server) it, asks whether the [`Caller`]
//!   [may](CheckedRequest::authorize), and answers a [page](CheckedRequest::page) of a [`Source`]
//!   or a [`Status`].
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use gchat_filter::Membership;
//! use gchat_filter::list::{Authentication, ListMembershipsRequest, PageTokens};
//!
//! let mut space = BTreeMap::new();
//! for id in ["1", "2", "3"] {
//!     let json = format!(
//!         r#"{{"name": "spaces/A/members/{id}", "role": "ROLE_MEMBER",
//!             "member": {{"name": "users/{id}", "type": "HUMAN"}}}}"#
//!     );
//!     space.insert(id.to_owned(), serde_json::from_str::<Membership>(&json)?);
//! }
//!
//! let tokens = PageTokens::new([7; 32]);
//! let (mut request, _) =
//!     ListMembershipsRequest::from_query("spaces/A", "pageSize=2&filter=role+%3D+%22ROLE_MEMBER%22")?;
//! let page = request.check_on_server(&tokens)?.page(&space, Authentication::User, &tokens);
//! assert_eq!(page.memberships.len(), 2);
//!
//! // The filter may be written differently on the next page, as long as it means the same.
//! request.page_token = page.next_page_token.unwrap_or_default();
//! request.filter = r#"(role = "ROLE_MEMBER")"#.to_owned();
//! let page = request.check_on_server(&tokens)?.page(&space, Authentication::User, &tokens);
//! assert_eq!(page.memberships[0].name, "spaces/A/members/3");
//! assert_eq!(page.next_page_token, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Choices
//!
//! Where neither the reference nor a report says how the API behaves, this is how it does here:
//!
//! - A page token that was altered, cut, made up, given by another server or for another request
//!   is 400 `INVALID_ARGUMENT` at `pageToken`. Requests are the same if all but the page size is,
//!   the filter by its meaning. Who calls does not matter: they are authorized anew.
//! - An app that asks for `showGroups` gets 403.
//! - A membership that is `NOT_A_MEMBER` is never listed; one without a state is listed as joined
//!   ones are. A membership without a `member` counts as a Google Group's.
//! - Query parameters are known by their `snake_case` names too, as Google's services do it. One
//!   that is given twice, or whose value is not UTF-8, or is unknown, is 400 at its name; a flag
//!   is `true` or `false`; an empty `pageSize` is none, and so is an empty `alt`. A name is the one
//!   or the other exactly: `page__size` and `pageSize_` are unknown.
//! - In `fields`, names beside a `*` must be good ones too, and nothing can stand below a `*`:
//!   `*/name` is 400.
//! - At most twenty violations are told, then how many more there are; of a name or a value that
//!   was sent, the first 100 characters. The filter in `Invalid filter query: …` is whole, up to
//!   the greatest length of a filter.
//! - `Invalid filter query: …` is the message whenever the filter is among what is wrong;
//!   otherwise the message is all violations. Each has a field violation of its own.

mod index;
mod mask;
mod page;
pub(crate) mod query;
mod request;
mod resource_name;
mod scope;
mod status;
mod token;
pub(crate) mod violation;

pub use self::index::MembershipIndex;
pub use self::mask::{BadMask, FieldMask, UpdateMask};
pub use self::page::{Class, Page, Presence, Selection, Source};
pub use self::query::SystemParameters;
pub use self::request::{CheckedRequest, ListMembershipsRequest};
pub use self::resource_name::{
    BadName, MembershipName, Reference, SpaceName, parse_group, parse_user,
};
pub use self::scope::{Authentication, Caller, Condition, Method, Scope};
pub use self::status::{Code, Detail, Status};
pub use self::token::PageTokens;
pub use self::violation::{Violation, Violations};
