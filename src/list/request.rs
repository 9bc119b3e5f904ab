//! List requests: query strings, validation and authorization.

use super::method::MembershipMethod;
use super::query::{self, QueryReader, SystemParameters};
use super::resource_name::SpaceName;
use super::scope::{Authentication, Caller, Condition};
use super::selection::Selection;
use super::status::Status;
use super::token::{Binding, PageTokens};
use super::violation::{Violation, Violations};
use crate::Checker;
use crate::members::Filter;

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
/// The request also builds the path and query for the call:
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
///     request.path_and_query(),
///     "/v1/spaces/AAAA/members?filter=member.type%20%3D%20%22HUMAN%22&showGroups=true"
/// );
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
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

impl ListMembershipsRequest {
    /// Creates a request for the first page of all memberships in a space.
    #[must_use]
    pub fn new(parent: impl Into<String>) -> Self {
        Self {
            parent: parent.into(),
            ..Self::default()
        }
    }

    /// Returns the query string without a `?`.
    ///
    /// Arguments with their default values are omitted. All but unreserved characters are
    /// percent-encoded, a space as `%20`.
    #[must_use]
    pub fn query(&self) -> String {
        let mut query = String::new();
        if self.page_size != 0 {
            query::push(&mut query, "pageSize", &self.page_size.to_string());
        }
        for (name, text) in [("pageToken", &self.page_token), ("filter", &self.filter)] {
            if !text.is_empty() {
                query::push(&mut query, name, text);
            }
        }
        for (name, flag) in [
            ("showGroups", self.show_groups),
            ("showInvited", self.show_invited),
            ("useAdminAccess", self.use_admin_access),
        ] {
            if flag {
                query::push(&mut query, name, "true");
            }
        }
        query
    }

    /// Returns the part of the request's URL after the host.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let (parent, query) = (&self.parent, self.query());
        let separator = if query.is_empty() { "" } else { "?" };
        format!("/v1/{parent}/members{separator}{query}")
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
        if page_size.is_err() {
            reader.violate("pageSize", "expected a 32-bit integer");
        }
        let mut text = |name| reader.take(name).unwrap_or_default().into_owned();
        let (page_token, filter) = (text("pageToken"), text("filter"));
        let mut flag = |name| reader.take_bool(name).unwrap_or_default();
        let request = Self {
            parent: parent.into(),
            page_size: page_size.unwrap_or_default(),
            page_token,
            filter,
            show_groups: flag("showGroups"),
            show_invited: flag("showInvited"),
            use_admin_access: flag("useAdminAccess"),
        };
        let violations = reader.finish();
        if violations.is_empty() {
            Ok((request, system))
        } else {
            Err(Violations::of(violations))
        }
    }

    /// Checks the request, as a client would. The page token is opaque and is not checked.
    ///
    /// # Errors
    ///
    /// All violations of `parent` (`AAAA`), `pageSize` (`-1`) and `filter` (`role = "OWNER"`; with
    /// admin access also an empty filter).
    pub fn check(&self) -> Result<CheckedRequest, Violations> {
        self.check_with(None)
    }

    /// Checks the request including the page token, as the server that issued the token would.
    ///
    /// # Errors
    ///
    /// As for [`check`](Self::check). Also a violation of `pageToken` if `tokens` did not issue it,
    /// or issued it for a request that differs in more than the page size. Filters are compared by
    /// meaning.
    pub fn check_on_server(&self, tokens: &PageTokens) -> Result<CheckedRequest, Violations> {
        self.check_with(Some(tokens))
    }

    fn check_with(&self, tokens: Option<&PageTokens>) -> Result<CheckedRequest, Violations> {
        let mut violations = Vec::new();
        let parent = SpaceName::parse(&self.parent)
            .map_err(|error| violations.push(Violation::new("parent", error)));
        let page_size = match usize::try_from(self.page_size) {
            Ok(0) => DEFAULT_PAGE_SIZE,
            Ok(size) => size.min(MAX_PAGE_SIZE),
            Err(_) => {
                let description = format!("must not be negative, found {}", self.page_size);
                violations.push(Violation::new("pageSize", description));
                DEFAULT_PAGE_SIZE
            }
        };
        let filter = if self.use_admin_access {
            Filter::check(&Checker::new().admin_access(true), &self.filter).into_result()
        } else {
            Filter::parse(&self.filter)
        };
        let filter = filter.map_err(|error| violations.push(Violation::from(error)));
        let valid = parent.ok().zip(filter.ok());
        let mut request = valid.map(|(parent, filter)| CheckedRequest {
            parent,
            page_size,
            filter,
            show_groups: self.show_groups,
            show_invited: self.show_invited,
            use_admin_access: self.use_admin_access,
            cursor: None,
        });
        if let Some(tokens) = tokens.filter(|_| !self.page_token.is_empty()) {
            let is_valid = match &mut request {
                Some(request) => {
                    request.cursor = tokens.read(&request.binding(), &self.page_token);
                    request.cursor.is_some()
                }
                // An invalid request has no binding: only the form of the token can be checked.
                None => PageTokens::is_well_formed(&self.page_token),
            };
            if !is_valid {
                violations.push(PageTokens::violation());
            }
        }
        match request.filter(|_| violations.is_empty()) {
            Some(request) => Ok(request),
            None => Err(Violations::of(violations)),
        }
    }
}

/// A valid list request with parsed arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedRequest {
    /// The space to list.
    pub parent: SpaceName,
    /// The maximum number of memberships in a page: from 1 to 1000.
    pub page_size: usize,
    /// The filter for the memberships to return.
    pub filter: Filter,
    /// Whether to include Google Groups.
    pub show_groups: bool,
    /// Whether to include invited members.
    pub show_invited: bool,
    /// Whether to use the privileges of an administrator.
    pub use_admin_access: bool,
    /// The key after which the page begins; `None` for the first page.
    pub cursor: Option<String>,
}

impl CheckedRequest {
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
        let conditions = caller.authorize(MembershipMethod::List, self.use_admin_access)?;
        let needs_user = self.show_groups || self.show_invited;
        if needs_user && caller.authentication == Authentication::App {
            return Err(Status::requires_user());
        }
        Ok(conditions)
    }

    /// Returns the selection of memberships for a caller.
    ///
    /// Google Groups and invited members are included only if the request asks for them. With app
    /// authentication, all apps are excluded, including the caller.
    #[must_use]
    pub fn selection(&self, authentication: Authentication) -> Selection {
        Selection {
            filter: self.filter,
            groups: self.show_groups,
            invited: self.show_invited,
            apps: authentication == Authentication::User,
        }
    }

    /// Returns the arguments that a page token is bound to: all but the page size.
    pub(super) fn binding(&self) -> Binding<'_> {
        Binding {
            parent: &self.parent,
            filter: self.filter,
            flags: [self.show_groups, self.show_invited, self.use_admin_access],
        }
    }
}
