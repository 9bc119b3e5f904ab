//! The rules of `spaces.members` requests, independent of any HTTP library: which arguments
//! are valid, who may make a request, what it returns, and what an error looks like on the wire.
//!
//! - A client builds a [`ListMembershipsRequest`], [checks](ListMembershipsRequest::check) it, and
//!   sends the [`path_and_query`](CheckedRequest::path_and_query) of the checked request.
//! - A server [reads](ListMembershipsRequest::from_query) the request,
//!   [checks](ListMembershipsRequest::check_on_server) it, [authorizes](CheckedRequest::authorize)
//!   the [`Caller`], and responds with a page or with a [`Status`]. A page is made of memberships
//!   [from a database](PageRequest::page_of), or of a [`Source`] [in memory](PageRequest::page).
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use gchat_filter::members::Membership;
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
//! let page = request.check_on_server(&tokens)?.page(&space, Authentication::User);
//! assert_eq!(page.memberships.len(), 2);
//!
//! // The filter may be written differently on the next page if its meaning is the same.
//! request.page_token = page.next_page_token.unwrap_or_default();
//! request.filter = r#"(role = "ROLE_MEMBER")"#.to_owned();
//! let page = request.check_on_server(&tokens)?.page(&space, Authentication::User);
//! assert_eq!(page.memberships[0].name, "spaces/A/members/3");
//! assert_eq!(page.next_page_token, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Design decisions
//!
//! The API reference leaves some behavior open, and no public report settles it. In these cases
//! this crate behaves as follows:
//!
//! - **Page tokens.** A token that was altered, truncated, forged, or issued by another server, for
//!   another request, or by a version of this crate whose tokens have another form, is rejected with
//!   400 `INVALID_ARGUMENT` and a violation of `pageToken`.
//!   Between pages, only the page size and the spelling of the filter may change: filters are
//!   compared by meaning. Tokens are not bound to a caller. Every page is authorized separately.
//! - **Groups with app authentication.** An app that sets `showGroups` gets 403.
//! - **Scope `chat.memberships.app`.** Deleting the calling app's membership is accepted with user and
//!   with app authentication, creating it only with user authentication.
//! - **Identifiers.** In names of spaces, members and users they consist of letters, digits and
//!   ``-._~+@'!$&=``, and are not `.`, `..` or `-`. The reference does not say which
//!   characters they have. Some that are refused, such as `?`, `#` and `%`, would change the meaning
//!   of a URL that is built without encoding.
//! - **Group identifiers.** They consist of ASCII letters, digits, `-`, `_` and `.`.
//! - **Former members.** A membership in state `NOT_A_MEMBER` is never listed.
//! - **Missing state.** A membership without a state, or with an unknown one, is listed as if it
//!   were `JOINED`.
//! - **Missing member.** A membership without a `member` is treated as a Google Group.
//! - **Parameter names.** A query parameter may be spelled in lowerCamelCase or in `snake_case`, as
//!   in Google's services. No other spelling is accepted: `page__size` and `pageSize_` are unknown.
//! - **Invalid query parameters.** A parameter that is unknown, given more than once, or not valid
//!   UTF-8 is rejected with 400 and a violation under its name.
//! - **Parameter values.** A Boolean parameter may have any spelling that protobuf's parser takes, such as
//!   `true`, `T`, `yes` and `1`. An empty `pageSize`, `alt`, `callback` or `$.xgafv` is treated as absent.
//! - **System parameters.** `alt`, `callback`, `fields`, `prettyPrint`, `key`, `quotaUser`, `userProject`,
//!   `apiVersion` and `ct` may start with `$`. A `callback` is 400.
//! - **Field masks.** In `fields`, a `*` cannot have subfields: `*/name` is rejected with 400. The
//!   names next to a `*` must be valid too. A mask has at most 4096 bytes.
//! - **Error messages.** If the filter is invalid, the message is `Invalid filter query: …`, even
//!   if other arguments are invalid too. If the filter is valid, the message lists all violations.
//!   Either way, `details` has a field violation for each of them.
//! - **Size of errors.** At most 20 violations are reported, followed by the number of the others.
//!   Names and values from the request are truncated to at most 100 characters, messages and
//!   descriptions to 1000, including the filter in `Invalid filter query: …`. Invisible characters
//!   are escaped everywhere. A query has at most 100 parameters.

pub(crate) mod case;
mod mask;
mod method;
mod page;
mod query;
mod request;
mod resource_name;
mod response;
mod scope;
mod status;
mod token;
pub(crate) mod violation;

pub use self::case::camel_case;
pub use self::mask::{FieldMask, InvalidMask, UpdateMask};
pub use self::method::MembershipMethod;
pub use self::page::{Page, PageRequest, Source};
pub use self::query::{QueryReader, SystemParameters};
pub use self::request::{CheckedRequest, ListMembershipsRequest};
pub use self::resource_name::{
    InvalidName, MembershipName, Reference, SpaceName, parse_group, parse_user,
};
pub use self::response::ListMembershipsResponse;
pub use self::scope::{Authentication, Caller, Condition, Scope};
pub use self::status::{Detail, RpcCode, Status};
pub use self::token::PageTokens;
pub use self::violation::{Violation, Violations};
