//! List requests: query strings, validation and authorization.

use std::fmt;

use super::method::MembershipMethod;
use super::query::{self, QueryReader, Redacted, SystemParameters};
use super::resource_name::SpaceName;
use super::scope::{Authentication, Caller, Condition};
use super::status::Status;
use super::token::{Binding, PageTokens};
use super::violation::{Violation, Violations};
use crate::Checker;
use crate::members::{Filter, Matchable, MemberType};
use crate::members::{Membership, MembershipState};

/// Page size if the request does not specify one (documented).
const DEFAULT_PAGE_SIZE: usize = 100;

/// Maximum page size, even if the request asks for more (documented).
const MAX_PAGE_SIZE: usize = 1000;

/// A request to `spaces.members.list`: the API's `ListMembershipsRequest`.
///
/// A client can check the request before the call. The error lists every violation:
///
/// ```
/// use gchat_filter::list::ListMembershipsRequest;
///
/// let request = ListMembershipsRequest {
///     page_size: -1,
///     filter: r#"role = "OWNER""#.to_owned(),
///     ..ListMembershipsRequest::new("spaces/AAAA")
/// };
/// let violations = request.check().unwrap_err();
/// let fields: Vec<&str> = violations.as_slice().iter().map(|v| &*v.field).collect();
/// assert_eq!(fields, ["pageSize", "filter"]);
/// ```
///
/// The checked request builds the path and query for the call:
///
/// ```
/// use gchat_filter::list::ListMembershipsRequest;
///
/// let request = ListMembershipsRequest {
///     filter: r#"member.type = "HUMAN""#.to_owned(),
///     show_groups: true,
///     ..ListMembershipsRequest::new("spaces/AAAA")
/// };
/// assert_eq!(
///     request.check()?.path_and_query(),
///     "/v1/spaces/AAAA/members?filter=member.type%20%3D%20%22HUMAN%22&showGroups=true"
/// );
/// # Ok::<(), gchat_filter::list::Violations>(())
/// ```
///
/// A minor version may add arguments that the API gets: begin with [`new`](Self::new), as here.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct ListMembershipsRequest {
    /// The space to list: `spaces/{space}`.
    pub parent: String,
    /// The maximum number of memberships to return. 0 means 100, more than 1000 means 1000, and a
    /// negative size is invalid.
    pub page_size: i32,
    /// The `nextPageToken` of the last response; empty for the first page. All other arguments
    /// except the page size should be the same as in that call.
    pub page_token: String,
    /// The filter for the memberships to return; empty for all.
    pub filter: String,
    /// Whether to include Google Groups that match the filter; requires user authentication.
    pub show_groups: bool,
    /// Whether to include invited members that match the filter; requires user authentication.
    pub show_invited: bool,
    /// Whether to use the privileges of an administrator.
    pub use_admin_access: bool,
}

/// Redacts the page token.
impl fmt::Debug for ListMembershipsRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page_token = Some(Redacted).filter(|_| !self.page_token.is_empty());
        f.debug_struct("ListMembershipsRequest")
            .field("parent", &self.parent)
            .field("page_size", &self.page_size)
            .field("page_token", &page_token)
            .field("filter", &self.filter)
            .field("show_groups", &self.show_groups)
            .field("show_invited", &self.show_invited)
            .field("use_admin_access", &self.use_admin_access)
            .finish()
    }
}

impl ListMembershipsRequest {
    /// Creates a request for the first page of all memberships in a space.
    #[must_use]
    pub fn new(parent: impl Into<String>) -> Self {
        Self {
            parent: parent.into(),
            ..Self::default()
        }
    }

    /// Parses a query string and the system parameters in it. A space is `+` or `%20`.
    ///
    /// # Errors
    ///
    /// One violation for each value of the wrong type (`pageSize=ten`, `showGroups=1`), each
    /// unknown parameter (`pageSise=10`), each parameter that is given more than once or is not
    /// UTF-8 (`filter=%FF`), and each invalid system parameter (`alt=media`). The values themselves
    /// are validated by [`check`](Self::check).
    pub fn from_query(
        parent: impl Into<String>,
        query: &str,
    ) -> Result<(Self, SystemParameters), Violations> {
        let mut reader = QueryReader::new(query);
        let system = reader.take_system();
        let page_size = reader.take("pageSize").filter(|size| !size.is_empty());
        let page_size = page_size.map_or(Ok(0), |size| size.parse());
        let page_size = page_size.unwrap_or_else(|_| {
            reader.violate("pageSize", "expected a 32-bit integer");
            0
        });
        let mut text = |name| reader.take(name).unwrap_or_default().into_owned();
        let (page_token, filter) = (text("pageToken"), text("filter"));
        let mut flag = |name| reader.take_bool(name).unwrap_or(false);
        let request = Self {
            parent: parent.into(),
            page_size,
            page_token,
            filter,
            show_groups: flag("showGroups"),
            show_invited: flag("showInvited"),
            use_admin_access: flag("useAdminAccess"),
        };
        reader.finish()?;
        Ok((request, system))
    }

    /// Checks the request, as a client would. The page token is opaque and is not checked.
    ///
    /// # Errors
    ///
    /// All violations of `parent` (`AAAA`, `spaces/..`), `pageSize` (`-1`) and `filter`
    /// (`role = "OWNER"`; with admin access also an empty filter).
    pub fn check(&self) -> Result<CheckedRequest, Violations> {
        self.check_with(None).map(|(checked, _)| checked)
    }

    /// Checks the request, and reads the key in the page token if there are `tokens`.
    pub(super) fn check_with(
        &self,
        tokens: Option<&PageTokens>,
    ) -> Result<(CheckedRequest, Option<String>), Violations> {
        let parent =
            SpaceName::parse(&self.parent).map_err(|error| Violation::new("parent", error));
        let page_size = match usize::try_from(self.page_size) {
            Ok(0) => Ok(DEFAULT_PAGE_SIZE),
            Ok(size) => Ok(size.min(MAX_PAGE_SIZE)),
            Err(_) => {
                let description = format!("must not be negative, found {}", self.page_size);
                Err(Violation::new("pageSize", description))
            }
        };
        let filter = if self.use_admin_access {
            Filter::check(&Checker::new().admin_access(true), &self.filter).into_result()
        } else {
            Filter::parse(&self.filter)
        };
        let filter = filter.map_err(Violation::from);
        let start_after = match (tokens, &parent, &filter) {
            (Some(tokens), Ok(parent), Ok(filter)) if !self.page_token.is_empty() => {
                let key = tokens.read(&self.binding(parent, *filter), &self.page_token);
                key.map(Some).ok_or_else(PageTokens::violation)
            }
            // Without both there is no binding: only the form of the token can be checked.
            (Some(_), ..)
                if !self.page_token.is_empty() && !PageTokens::is_well_formed(&self.page_token) =>
            {
                Err(PageTokens::violation())
            }
            _ => Ok(None),
        };
        match (parent, page_size, filter, start_after) {
            (Ok(parent), Ok(page_size), Ok(filter), Ok(start_after)) => {
                let request = self.clone();
                let checked = CheckedRequest {
                    request,
                    parent,
                    page_size,
                    filter,
                };
                Ok((checked, start_after))
            }
            (parent, page_size, filter, start_after) => {
                let all = [
                    parent.err(),
                    page_size.err(),
                    filter.err(),
                    start_after.err(),
                ];
                #[expect(clippy::expect_used, reason = "the other arm has all the valid ones")]
                let violations = Violations::new(all.into_iter().flatten().collect())
                    .expect("at least one argument is invalid");
                Err(violations)
            }
        }
    }

    /// Returns the arguments that a page token is bound to: all but the page size.
    fn binding<'r>(&self, parent: &'r SpaceName, filter: Filter) -> Binding<'r> {
        Binding {
            parent,
            filter,
            flags: [self.show_groups, self.show_invited, self.use_admin_access],
        }
    }
}

/// A valid list request with parsed arguments, which cannot be changed.
///
/// A client sends its [`path_and_query`](Self::path_and_query). A server needs the key in the page token
/// too, which a [`PageRequest`](super::PageRequest) has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedRequest {
    request: ListMembershipsRequest,
    parent: SpaceName,
    page_size: usize,
    filter: Filter,
}

impl CheckedRequest {
    /// Returns the space to list.
    #[must_use]
    pub fn parent(&self) -> &SpaceName {
        &self.parent
    }

    /// Returns the maximum number of memberships in a page: from 1 to 1000.
    #[must_use]
    pub fn page_size(&self) -> usize {
        self.page_size
    }

    /// Returns the filter for the memberships to return.
    #[must_use]
    pub fn filter(&self) -> Filter {
        self.filter
    }

    /// Returns whether to include Google Groups.
    #[must_use]
    pub fn show_groups(&self) -> bool {
        self.request.show_groups
    }

    /// Returns whether to include invited members.
    #[must_use]
    pub fn show_invited(&self) -> bool {
        self.request.show_invited
    }

    /// Returns whether to use the privileges of an administrator.
    #[must_use]
    pub fn use_admin_access(&self) -> bool {
        self.request.use_admin_access
    }

    /// Returns the query string without a `?`.
    ///
    /// Arguments with their default values are omitted. All but unreserved characters are
    /// percent-encoded, a space as `%20`.
    #[must_use]
    pub fn query(&self) -> String {
        let request = &self.request;
        let mut query = String::new();
        if request.page_size != 0 {
            query::push(&mut query, "pageSize", &request.page_size.to_string());
        }
        for (name, text) in [
            ("pageToken", &request.page_token),
            ("filter", &request.filter),
        ] {
            if !text.is_empty() {
                query::push(&mut query, name, text);
            }
        }
        for (name, flag) in [
            ("showGroups", request.show_groups),
            ("showInvited", request.show_invited),
            ("useAdminAccess", request.use_admin_access),
        ] {
            if flag {
                query::push(&mut query, name, "true");
            }
        }
        query
    }

    /// Returns the part of the request's URL after the host. Each segment of the path is
    /// percent-encoded like the query.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let (space, query) = (query::encode(self.parent.id()), self.query());
        let separator = if query.is_empty() { "" } else { "?" };
        format!("/v1/spaces/{space}/members{separator}{query}")
    }

    /// Authorizes a caller to make the request, and returns the conditions under which the caller's
    /// scopes permit it. It is enough to meet one of them.
    ///
    /// Only rules that depend on the request and the caller are checked, none that depend on the
    /// space.
    ///
    /// # Errors
    ///
    /// 403 `PERMISSION_DENIED` as for [`Caller::authorize`], and if an app asks for invited members
    /// (documented) or groups (design decision).
    pub fn authorize(&self, caller: &Caller) -> Result<Vec<Condition>, Status> {
        let conditions = caller.authorize(MembershipMethod::List, self.use_admin_access())?;
        let needs_user = self.show_groups() || self.show_invited();
        if needs_user && caller.authentication == Authentication::App {
            return Err(Status::requires_user());
        }
        Ok(conditions)
    }

    /// Returns whether the request selects a membership for a caller with the given authentication.
    ///
    /// The membership must match the filter. Google Groups, which are memberships without a user, and
    /// invited members are included only if the request asks for them; former members never are
    /// (design decision). With app authentication, all apps are excluded, including the caller.
    #[must_use]
    pub fn selects(&self, membership: &Membership, authentication: Authentication) -> bool {
        let by_type = match membership.member_type() {
            MemberType::NoMember => self.show_groups(),
            MemberType::Bot => authentication == Authentication::User,
            MemberType::Unspecified | MemberType::Human | MemberType::Unknown => true,
        };
        let by_state = match membership.state {
            MembershipState::Invited => self.show_invited(),
            MembershipState::NotAMember => false,
            MembershipState::Unspecified
            | MembershipState::Joined
            | MembershipState::Unknown(_) => true,
        };
        by_type && by_state && self.filter.matches(membership)
    }

    /// Returns the arguments that a page token is bound to.
    pub(super) fn binding(&self) -> Binding<'_> {
        self.request.binding(&self.parent, self.filter)
    }
}
