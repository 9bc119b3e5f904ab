//! A list request: its query string, and everything that can be wrong with it.

use super::page::Selection;
use super::query::{self, QueryReader, SystemParameters};
use super::resource_name::SpaceName;
use super::scope::{Authentication, Caller, Condition, Method};
use super::status::Status;
use super::token::{Binding, PageTokens};
use super::violation::{Violation, Violations};
use crate::{Checker, Filter};

/// How many memberships a page has at most if the request does not say (documented).
const DEFAULT_PAGE_SIZE: usize = 100;

/// How many memberships a page has at most, whatever the request says (documented).
const LARGEST_PAGE_SIZE: usize = 1000;

/// A request of `spaces.members.list`, as a client writes it: the API's
/// `ListMembershipsRequest`.
///
/// A client checks it before the call, and gets every mistake at once:
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
/// and its path and query for the call:
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
    /// How many memberships to return at most; 0 is 100, above 1000 is 1000, negative is wrong.
    pub page_size: i32,
    /// The last answer's `nextPageToken`; empty for the first page. All else but the page size
    /// should be as it was in that call.
    pub page_token: String,
    /// Which memberships to return; empty for all.
    pub filter: String,
    /// Whether to return Google Groups too, if they match the filter; for user authentication.
    pub show_groups: bool,
    /// Whether to return invited members too, if they match the filter; for user authentication.
    pub show_invited: bool,
    /// Whether to ask with the privileges of an administrator.
    pub use_admin_access: bool,
}

impl ListMembershipsRequest {
    /// A request for the first page of everything in a space.
    #[must_use]
    pub fn new(parent: impl Into<String>) -> Self {
        Self {
            parent: parent.into(),
            ..Self::default()
        }
    }

    /// The query string, without a `?`; what has its default value is left out. Everything but
    /// unreserved characters is percent-encoded, a space as `%20`.
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

    /// What stands behind the host in the request's address.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let (parent, query) = (&self.parent, self.query());
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/v1/{parent}/members{mark}{query}")
    }

    /// Reads a query string, with `+` or `%20` for a space, and the system parameters in it.
    ///
    /// # Errors
    ///
    /// Each value that is not of its parameter's type (`pageSize=ten`, `showGroups=1`), each
    /// unknown parameter (`pageSise=10`), each that is given twice, and each bad system parameter
    /// (`alt=media`). Whether the values make a good request, [`check`](Self::check) says.
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

    /// Checks everything that can be checked without a server: a page token is opaque to a client.
    ///
    /// # Errors
    ///
    /// All violations at once: of `parent` (`AAAA`), `pageSize` (`-1`), `filter`
    /// (`role = "OWNER"`; with admin access also an empty one).
    pub fn check(&self) -> Result<CheckedRequest, Violations> {
        self.check_with(None)
    }

    /// Checks everything, as the server does that gave the page token.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), and of `pageToken`: one that `tokens` did not give, or gave for
    /// a request that differs in more than the page size. Filters differ if their meanings do.
    pub fn check_on_server(&self, tokens: &PageTokens) -> Result<CheckedRequest, Violations> {
        self.check_with(Some(tokens))
    }

    fn check_with(&self, tokens: Option<&PageTokens>) -> Result<CheckedRequest, Violations> {
        let mut violations = Vec::new();
        let parent = SpaceName::parse(&self.parent)
            .map_err(|error| violations.push(Violation::new("parent", error)));
        let page_size = match usize::try_from(self.page_size) {
            Ok(0) => DEFAULT_PAGE_SIZE,
            Ok(size) => size.min(LARGEST_PAGE_SIZE),
            Err(_) => {
                let description = format!("must not be negative, found {}", self.page_size);
                violations.push(Violation::new("pageSize", description));
                DEFAULT_PAGE_SIZE
            }
        };
        let filter = if self.use_admin_access {
            Checker::new()
                .admin_access(true)
                .check(&self.filter)
                .into_result()
        } else {
            Filter::parse(&self.filter)
        };
        let filter = filter.map_err(|error| violations.push(Violation::from(error)));
        let known = parent.ok().zip(filter.ok());
        let mut request = known.map(|(parent, filter)| CheckedRequest {
            parent,
            page_size,
            filter,
            show_groups: self.show_groups,
            show_invited: self.show_invited,
            use_admin_access: self.use_admin_access,
            cursor: None,
        });
        if let Some(tokens) = tokens.filter(|_| !self.page_token.is_empty()) {
            let is_good = match &mut request {
                Some(request) => {
                    request.cursor = tokens.read(&request.binding(), &self.page_token);
                    request.cursor.is_some()
                }
                // What it would have to be bound to is not known; its form is.
                None => PageTokens::is_well_formed(&self.page_token),
            };
            if !is_good {
                violations.push(PageTokens::violation());
            }
        }
        match request.filter(|_| violations.is_empty()) {
            Some(request) => Ok(request),
            None => Err(Violations::of(violations)),
        }
    }
}

/// A list request that passed its check: its arguments as what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedRequest {
    /// The space to list.
    pub parent: SpaceName,
    /// How many memberships a page has at most: from 1 to 1000.
    pub page_size: usize,
    /// Which memberships to return.
    pub filter: Filter,
    /// Whether to return Google Groups too.
    pub show_groups: bool,
    /// Whether to return invited members too.
    pub show_invited: bool,
    /// Whether the request has the privileges of an administrator.
    pub use_admin_access: bool,
    /// The key behind which the page begins; `None` for the first page.
    pub cursor: Option<String>,
}

impl CheckedRequest {
    /// What the API would answer 403 to, of what the request and the caller tell. The conditions
    /// are those under which the caller's scopes permit the request; each is enough by itself.
    ///
    /// # Errors
    ///
    /// 403 `PERMISSION_DENIED`: as [`Caller::authorize`]; for an app that asks for invited members
    /// (documented) or for groups (ours).
    pub fn authorize(&self, caller: &Caller) -> Result<Vec<Condition>, Status> {
        let conditions = caller.authorize(Method::List, self.use_admin_access)?;
        let for_users = self.show_groups || self.show_invited;
        if for_users && caller.authentication == Authentication::App {
            return Err(Status::permission_denied());
        }
        Ok(conditions)
    }

    /// Which memberships a caller gets: those of the filter; Google Groups and invited members
    /// only if they were asked for; apps, the caller included, not with app authentication.
    #[must_use]
    pub fn selection(&self, authentication: Authentication) -> Selection {
        Selection {
            filter: self.filter,
            groups: self.show_groups,
            invited: self.show_invited,
            apps: authentication == Authentication::User,
        }
    }

    /// What a page token holds on to: all but the page size, the filter by its meaning.
    pub(super) fn binding(&self) -> Binding<'_> {
        Binding {
            parent: &self.parent,
            filter: self.filter,
            flags: [self.show_groups, self.show_invited, self.use_admin_access],
        }
    }
}
