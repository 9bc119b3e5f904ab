//! Query strings, field masks, resource names and page tokens.
//!
//! - For any input, parsing it as a query, a mask and a name agrees with an independent
//!   implementation, including the violations.
//! - Requests round-trip through their query.
//! - Pages list all memberships that exist throughout, once and in order, even if others are added
//!   and removed between pages. Page tokens are only valid for their own request.

use std::collections::{BTreeMap, BTreeSet};

use arbitrary::{Result, Unstructured};
use gchat_filter::Checker;
use gchat_filter::list::{
    Authentication, FieldMask, ListMembershipsRequest, MembershipName, PageRequest, PageTokens,
    Reference, SpaceName, Status, SystemParameters, UpdateMask, Violations, parse_group,
    parse_user,
};
use gchat_filter::members::Filter;
use gchat_filter::members::{
    Group, Membership, MembershipRole, MembershipState, User, UserOrGroup, UserType,
};

use crate::{invariants, text};
use oracle::below;

/// Runs the target on the input as a query, a mask and a name, then on a request, a space and
/// changes to it, all generated from the same bytes.
pub fn run(bytes: &[u8]) {
    let text = text(bytes);
    check_query(text);
    check_masks(text);
    check_names(text);
    let mut u = Unstructured::new(bytes);
    check_built_query(&request(&mut u));
    // Uses the remaining bytes; running out of them is not a failure.
    let _ = check_pages(&mut u);
}

/// A query parsed by an independent implementation: the values of its parameters and the fields of
/// its violations.
#[derive(Default)]
struct ExpectedQuery {
    values: BTreeMap<&'static str, String>,
    /// `None` if the field may have any name.
    violations: Vec<Option<String>>,
}

/// The parameters of a list request, in lowerCamelCase.
const PARAMETERS: [&str; 29] = [
    "alt",
    "$alt",
    "fields",
    "$fields",
    "prettyPrint",
    "$prettyPrint",
    "access_token",
    "oauth_token",
    "key",
    "$key",
    "$.xgafv",
    "quotaUser",
    "$quotaUser",
    "userProject",
    "$userProject",
    "apiVersion",
    "$apiVersion",
    "ct",
    "$ct",
    "uploadType",
    "uploadProtocol",
    "callback",
    "$callback",
    "pageSize",
    "pageToken",
    "filter",
    "showGroups",
    "showInvited",
    "useAdminAccess",
];

/// Those with two names, only one of which may be given.
const WITH_DOLLAR: [&str; 8] = [
    "$fields",
    "$prettyPrint",
    "$key",
    "$quotaUser",
    "$userProject",
    "$apiVersion",
    "$ct",
    "$callback",
];

/// Returns the value of a Boolean.
fn boolean(value: &str) -> Option<bool> {
    let is_one_of = |words: [&str; 5]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    match () {
        () if is_one_of(["true", "t", "yes", "y", "1"]) => Some(true),
        () if is_one_of(["false", "f", "no", "n", "0"]) => Some(false),
        () => None,
    }
}

/// A lowerCamelCase name in `snake_case`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

/// Removes percent encoding, byte by byte.
fn decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut decoded, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3);
        let digits = digits.filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| str::from_utf8(digits).ok());
        match (
            bytes[at],
            digits.map(|digits| u8::from_str_radix(digits, 16)),
        ) {
            (b'%', Some(Ok(byte))) => {
                decoded.push(byte);
                at += 2;
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8(decoded).ok()
}

impl ExpectedQuery {
    fn new(query: &str) -> Self {
        let (mut parsed, mut duplicate) = (Self::default(), BTreeSet::new());
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(value)) = (decode(name), decode(value)) else {
                match decode(name) {
                    Some(name) if name.is_empty() => parsed.add_violation("(empty)"),
                    name => parsed.violations.push(name),
                }
                continue;
            };
            let has_name = |known: &&&str| name == **known || name == snake_case(known);
            match PARAMETERS.iter().find(has_name) {
                None if name.is_empty() => parsed.add_violation("(empty)"),
                None => parsed.add_violation(&name),
                // Reported once per parameter.
                Some(known) if parsed.values.contains_key(known) => {
                    duplicate.insert(*known);
                }
                Some(known) => drop(parsed.values.insert(known, value)),
            }
        }
        for name in duplicate {
            parsed.add_violation(name);
        }
        for with_dollar in WITH_DOLLAR {
            let name = with_dollar.trim_start_matches('$');
            let name = PARAMETERS.iter().find(|known| **known == name);
            if let (Some(value), Some(name)) = (parsed.values.remove(with_dollar), name) {
                if parsed.values.contains_key(name) {
                    parsed.add_violation(with_dollar);
                } else {
                    parsed.values.insert(name, value);
                }
            }
        }
        parsed.check_values();
        parsed
    }

    fn add_violation(&mut self, field: &str) {
        self.violations.push(Some(field.to_owned()));
    }

    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    fn flag(&self, name: &str) -> bool {
        boolean(self.value(name)) == Some(true)
    }

    /// Adds violations for values that do not have the type of their parameter.
    fn check_values(&mut self) {
        for name in ["prettyPrint", "showGroups", "showInvited", "useAdminAccess"] {
            let value = self.values.get(name);
            if value.is_some_and(|value| boolean(value).is_none()) {
                self.add_violation(name);
            }
        }
        if !self.value("callback").is_empty() {
            self.add_violation("callback");
        }
        if !matches!(self.value("$.xgafv"), "" | "1" | "2") {
            self.add_violation("$.xgafv");
        }
        for name in ["alt", "$alt"] {
            let value = self.value(name).to_owned();
            let mut parts = value.split(';').map(str::trim);
            if parts
                .next()
                .is_some_and(|part| !part.eq_ignore_ascii_case("json"))
                && !value.is_empty()
            {
                self.add_violation(name);
            }
            for part in parts {
                if !["", "enum-encoding=int", "enum-encoding=string"].contains(&part) {
                    self.add_violation(name);
                }
            }
        }
        if paths(self.value("fields")).is_none() {
            self.add_violation("fields");
        }
        let size = self.value("pageSize");
        if !size.is_empty() && size.parse::<i32>().is_err() {
            self.add_violation("pageSize");
        }
    }

    fn request(&self) -> ListMembershipsRequest {
        ListMembershipsRequest {
            page_size: self.value("pageSize").parse().unwrap_or(0),
            page_token: self.value("pageToken").to_owned(),
            filter: self.value("filter").to_owned(),
            show_groups: self.flag("showGroups"),
            show_invited: self.flag("showInvited"),
            use_admin_access: self.flag("useAdminAccess"),
            ..ListMembershipsRequest::new("spaces/AAAA")
        }
    }

    fn check_system(&self, system: &SystemParameters) {
        let is_int = |name| {
            self.value(name)
                .split(';')
                .any(|part| part.trim() == "enum-encoding=int")
        };
        assert_eq!(system.integer_enums, is_int("alt") || is_int("$alt"));
        let pretty_print = boolean(self.value("prettyPrint")).unwrap_or(true);
        assert_eq!(system.pretty_print, pretty_print);
        let token = self.values.get("oauth_token");
        let token = token.or_else(|| self.values.get("access_token"));
        assert_eq!(system.access_token.as_ref(), token);
        assert_eq!(
            Ok(&system.fields),
            FieldMask::parse(self.value("fields")).as_ref()
        );
    }
}

/// Parses a query with both implementations and compares the results.
fn check_query(query: &str) {
    let expected = ExpectedQuery::new(query);
    check_masks(expected.value("fields"));
    match ListMembershipsRequest::from_query("spaces/AAAA", query) {
        Ok((request, system)) => {
            assert!(
                expected.violations.is_empty(),
                "{query:?}: {:?}",
                expected.violations
            );
            assert_eq!(request, expected.request(), "{query:?}");
            expected.check_system(&system);
            check_request(&request);
        }
        Err(violations) => {
            check_violations(&violations);
            let mut found: Vec<&str> = violations.as_slice().iter().map(|v| &*v.field).collect();
            if expected.violations.len() > 20 {
                assert_eq!(found.len(), 21);
                assert_eq!(found.last(), Some(&"…"));
                return;
            }
            assert_eq!(
                found.len(),
                expected.violations.len(),
                "{query:?}: {violations}, {:?}",
                expected.violations
            );
            for field in expected.violations.iter().flatten() {
                // Long names are shortened, and unusual characters escaped.
                let is_verbatim = field.len() <= 100 && field.chars().all(|c| c.is_ascii_graphic());
                let at = found.iter().position(|found| found == field);
                assert!(at.is_some() || !is_verbatim, "{query:?}: {violations}");
                at.map(|at| found.swap_remove(at));
            }
        }
    }
}

/// Parses the paths of a mask with an independent implementation; `None` if it is not a mask.
fn paths(text: &str) -> Option<Vec<Vec<String>>> {
    /// Returns the paths of a list, and the text after it.
    fn list(mut text: &str, depth: usize) -> Option<(Vec<Vec<String>>, &str)> {
        let mut all = Vec::new();
        loop {
            let (paths, rest) = path(text.trim_start(), depth)?;
            all.extend(paths);
            text = rest.trim_start();
            match text.strip_prefix(',') {
                Some(rest) => text = rest,
                None => return Some((all, text)),
            }
        }
    }

    fn path(text: &str, depth: usize) -> Option<(Vec<Vec<String>>, &str)> {
        let is_name = |c: char| c == '_' || c == '*' || c.is_ascii_alphanumeric();
        let rest = text.trim_start_matches(is_name);
        let name = &text[..text.len() - rest.len()];
        if name.is_empty() || depth == 8 || name.contains('*') && name != "*" {
            return None;
        }
        let (subpaths, rest) = match rest.chars().next() {
            Some('/' | '.' | '(') if name == "*" => return None,
            Some('/' | '.') => path(&rest[1..], depth + 1)?,
            Some('(') => {
                let (subpaths, rest) = list(&rest[1..], depth + 1)?;
                (subpaths, rest.strip_prefix(')')?)
            }
            _ => (vec![Vec::new()], rest),
        };
        let paths = subpaths.into_iter().map(|subpath| {
            let first = std::iter::once(camel_case(name));
            first.chain(subpath).collect()
        });
        Some((paths.collect(), rest))
    }

    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let (paths, rest) = list(text, 0)?;
    rest.is_empty().then_some(paths)
}

/// Converts a name from `snake_case` to lowerCamelCase; returns other names unchanged.
fn camel_case(name: &str) -> String {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| !c.is_ascii_uppercase())
    };
    if !name.split('_').all(is_word) {
        return name.to_owned();
    }
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        camel += &word[..1].to_uppercase();
        camel += &word[1..];
    }
    camel
}

/// Parses a mask with both implementations and compares the results.
fn check_masks(text: &str) {
    let update = text
        .split(',')
        .all(|path| ["role", "*"].contains(&path.trim()));
    assert_eq!(UpdateMask::parse(text).is_ok(), update, "{text:?}");
    let mask = match (FieldMask::parse(text), paths(text)) {
        (Ok(mask), Some(paths)) => mask.map(|mask| (mask, paths)),
        (Err(error), None) => return invariants::assert_line(&error.to_string()),
        (mask, paths) => panic!("{text:?}: {mask:?}, {paths:?}"),
    };
    let Some((mask, paths)) = mask else {
        let paths = paths(text).unwrap_or_default();
        return assert!(paths.iter().all(|path| *path == ["*"]), "{text:?}");
    };
    let tops: BTreeSet<&str> = paths.iter().map(|path| &*path[0]).collect();
    assert!(mask.names().eq(tops), "{text:?}");
    for path in &paths {
        let (mut at, mut before) = (&mask, 0);
        for name in path {
            // Whether some path includes all fields here, or of an enclosing message.
            let is_all = paths.iter().any(|other| {
                let includes_all = |at: usize| other.get(at).is_none_or(|name| name == "*");
                (0..=before).any(|at| other.starts_with(&path[..at]) && includes_all(at))
            });
            assert_eq!(at.is_all(), is_all, "{text:?}: {path:?} at {before}");
            assert_eq!(at.field("noSuchField").is_some(), is_all);
            at = at.field(name).expect("the mask includes the path");
            before += 1;
        }
        assert!(at.is_all(), "{text:?}: {path:?}");
    }
}

/// Returns whether a text is an identifier: one that a URL cannot have with another meaning.
fn is_id(id: &str) -> bool {
    let is_valid = |c: char| c.is_alphanumeric() || "-._~+@'!$&=".contains(c);
    !["", ".", "..", "-"].contains(&id) && id.chars().all(is_valid)
}

/// Parses a name with both implementations and compares the results.
fn check_names(text: &str) {
    let space = text.strip_prefix("spaces/").filter(|id| is_id(id));
    let parsed = SpaceName::parse(text);
    assert_eq!(
        parsed.as_ref().ok().map(SpaceName::as_str),
        space.map(|_| text)
    );
    let reference = |id: &str| match id {
        "app" => Reference::CallingApp,
        _ if id.contains('@') => Reference::Email(id.to_owned()),
        _ => Reference::Id(id.to_owned()),
    };
    let user = text.strip_prefix("users/").filter(|id| is_id(id));
    assert_eq!(parse_user(text).ok(), user.map(reference));
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let group = text.strip_prefix("groups/");
    let group = group.filter(|id| is_id(id) && id.chars().all(is_valid));
    assert_eq!(parse_group(text).ok().as_deref(), group);
    let parts = text
        .strip_prefix("spaces/")
        .and_then(|rest| rest.split_once("/members/"));
    let parts = parts.filter(|(space, member)| is_id(space) && is_id(member));
    match (MembershipName::parse(text), parts) {
        (Ok(name), Some((space, member))) => {
            assert_eq!(name.space.as_str(), format!("spaces/{space}"));
            assert_eq!(name.space.member(member), text);
            assert_eq!(name.member, reference(member));
        }
        (Err(error), None) => invariants::assert_line(&error.to_string()),
        (name, parts) => panic!("{text:?}: {name:?}, {parts:?}"),
    }
}

/// Asserts the invariants of violations.
fn check_violations(violations: &Violations) {
    let all = violations.as_slice();
    assert!((1..=21).contains(&all.len()));
    for violation in all {
        assert!(!violation.field.is_empty() && !violation.description.is_empty());
        assert!(violation.field.chars().count() <= 101, "{violation}");
        match &violation.filter {
            None => assert!(violation.description.chars().count() <= 1001, "{violation}"),
            Some(error) => {
                assert_eq!(violation.field, "filter");
                error
                    .diagnostics()
                    .iter()
                    .for_each(|one| invariants::assert_diagnostic(error.text(), one));
            }
        }
        invariants::assert_line(&violation.to_string());
    }
    let status = Status::from(violations.clone());
    assert_eq!(status.code.http(), 400);
    let json = serde_json::to_value(&status).expect("a status can be serialized");
    let listed = &json["error"]["details"][0]["fieldViolations"];
    assert_eq!(listed.as_array().map(Vec::len), Some(all.len()));
}

/// Checks a parsed request. Asserts that exactly the invalid fields are reported, in order.
fn check_request(request: &ListMembershipsRequest) {
    const TOKENS: PageTokens = PageTokens::new([3; 32]);
    let checker = Checker::new().admin_access(request.use_admin_access);
    let checked = Filter::check(&checker, &request.filter);
    let mut expected = Vec::new();
    let is_space = request.parent.strip_prefix("spaces/").is_some_and(is_id);
    for (field, is_invalid) in [
        ("parent", !is_space),
        ("pageSize", request.page_size < 0),
        ("filter", !checked.is_valid()),
    ] {
        expected.extend(is_invalid.then_some(field));
    }
    let fields = |violations: Violations| {
        check_violations(&violations);
        let fields = violations.as_slice().iter().map(|v| v.field.to_string());
        fields.collect::<Vec<_>>()
    };
    match request.check() {
        Ok(valid) => {
            assert_eq!(expected, [""; 0], "{request:?}");
            assert_eq!(valid.parent().as_str(), request.parent);
            assert_eq!(Some(valid.filter()), checked.filter);
            let size = match request.page_size {
                0 => 100,
                size => size.min(1000),
            };
            assert_eq!(i32::try_from(valid.page_size()), Ok(size));
        }
        Err(violations) => assert_eq!(fields(violations), expected, "{request:?}"),
    }
    // No token was issued with this key.
    match request.check_on_server(&TOKENS) {
        Ok(valid) => {
            assert!(expected.is_empty() && request.page_token.is_empty());
            assert_eq!(valid.start_after(), None);
        }
        Err(violations) => {
            let mut fields = fields(violations);
            if fields.last().is_some_and(|field| field == "pageToken") {
                assert!(!request.page_token.is_empty());
                fields.pop();
            } else {
                // The token cannot be checked without the parent and the filter it is bound to.
                let is_checked = !expected.contains(&"parent") && !expected.contains(&"filter");
                assert!(request.page_token.is_empty() || !is_checked);
            }
            assert_eq!(fields, expected, "{request:?}");
        }
    }
}

/// Generates a request, often an invalid one.
fn request(u: &mut Unstructured<'_>) -> ListMembershipsRequest {
    let text = |u: &mut Unstructured<'_>| match below(u, 6) {
        0 => String::new(),
        1 => u.arbitrary::<String>().unwrap_or_default(),
        2 => FILTERS[usize::from(below(u, 8))].to_owned(),
        choice => ["a+b c&d=e%20;?#", "%", "é\u{0}\u{1f642}"][usize::from(choice - 3)].to_owned(),
    };
    let flag = |u: &mut Unstructured<'_>| below(u, 2) == 1;
    let parent = match below(u, 4) {
        0 => text(u),
        1 => format!("spaces/{}", text(u)),
        2 => format!(
            "spaces/{}",
            ["..", "é&x=1", "a+b@c.d", "A?x#"][usize::from(below(u, 4))]
        ),
        _ => "spaces/AAAA".to_owned(),
    };
    ListMembershipsRequest {
        page_size: match below(u, 4) {
            0 => u.arbitrary().unwrap_or_default(),
            size => [0, 7, 1001][usize::from(size - 1)],
        },
        page_token: text(u),
        filter: text(u),
        show_groups: flag(u),
        show_invited: flag(u),
        use_admin_access: flag(u),
        parent,
    }
}

/// Asserts that a valid request round-trips through its URL, whose path has the decoded segments of the
/// method's path and no others.
fn check_built_query(request: &ListMembershipsRequest) {
    check_request(request);
    let Ok(checked) = request.check() else {
        return;
    };
    let query = checked.query();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~%=&".contains(c);
    assert!(query.chars().all(is_allowed), "{query}");
    let (parsed, system) = ListMembershipsRequest::from_query(&*request.parent, &query)
        .expect("a built query is valid");
    assert_eq!((&parsed, system), (request, SystemParameters::default()));
    let expected = ExpectedQuery::new(&query).request();
    assert_eq!(
        ListMembershipsRequest {
            parent: request.parent.clone(),
            ..expected
        },
        *request
    );
    // Forms encode a space as `+`.
    let form = ListMembershipsRequest::from_query(&*request.parent, &query.replace("%20", "+"));
    assert_eq!(form.ok().map(|(parsed, _)| parsed).as_ref(), Some(request));
    let url = checked.path_and_query();
    let (path, rest) = url.split_once('?').unwrap_or((&url, ""));
    assert_eq!(rest, query);
    assert_eq!(url.contains('?'), !query.is_empty());
    let segments: Vec<&str> = path.split('/').collect();
    let ["", "v1", "spaces", space, "members"] = segments[..] else {
        panic!("{url}");
    };
    let is_encoded = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    assert!(space.chars().all(is_encoded), "{url}");
    let space = decode(space).expect("an encoded segment is UTF-8");
    assert_eq!(format!("spaces/{space}"), request.parent);
}

/// Filters that are valid without admin access. Some have the same meaning.
const FILTERS: [&str; 8] = [
    "",
    r#"role = "ROLE_MEMBER""#,
    r#"role="ROLE_MEMBER" OR (role = "ROLE_MEMBER")"#,
    r#"member.type != "BOT""#,
    r#"member.type = "HUMAN" AND role = "ROLE_MANAGER""#,
    r#"member.type != "HUMAN""#,
    r#"role = "ROLE_MANAGER" OR member.type = "BOT""#,
    r#"member.type = "BOT" OR member.type != "BOT""#,
];

/// Generates a membership with the given key, with the properties that requests depend on.
fn member(u: &mut Unstructured<'_>, key: &str) -> Membership {
    let state = below(u, 6);
    Membership {
        name: format!("spaces/AAAA/members/{key}"),
        state: match state {
            5 => MembershipState::from("PAUSED"),
            state => MembershipState::from(i32::from(state % 4)),
        },
        role: MembershipRole::from(i32::from(below(u, 5))),
        member: match below(u, 6) {
            0 => None,
            1 => Some(UserOrGroup::Group(Group {
                name: format!("groups/{key}"),
            })),
            kind => Some(UserOrGroup::User(User {
                user_type: UserType::from(i32::from(kind) - 2),
                ..User::default()
            })),
        },
        ..Membership::default()
    }
}

/// Returns whether a request lists a membership, according to the reference.
fn is_listed(
    request: &ListMembershipsRequest,
    filter: Filter,
    by_app: bool,
    one: &Membership,
) -> bool {
    let is_group = !matches!(one.member, Some(UserOrGroup::User(_)));
    let is_app =
        matches!(&one.member, Some(UserOrGroup::User(user)) if user.user_type == UserType::Bot);
    filter.matches(one)
        && (request.show_groups || !is_group)
        && !(by_app && is_app)
        && match one.state.name() {
            Some("NOT_A_MEMBER") => false,
            Some("INVITED") => request.show_invited,
            _ => true,
        }
}

/// The memberships of a space.
#[derive(Default)]
struct Space {
    map: BTreeMap<String, Membership>,
    /// Keys of the memberships that have not changed since the request for the first page.
    unchanged: BTreeSet<String>,
}

impl Space {
    fn change(&mut self, u: &mut Unstructured<'_>) {
        // Some keys are prefixes of others, and some sort after letters.
        let key = match below(u, 4) {
            0 => u.arbitrary::<char>().unwrap_or('é').to_string(),
            1 => format!("1{}", below(u, 12)),
            _ => below(u, 24).to_string(),
        };
        self.unchanged.remove(&key);
        if below(u, 3) == 0 {
            self.map.remove(&key);
        } else {
            let one = member(u, &key);
            self.map.insert(key, one);
        }
    }
}

/// Lists the pages of a space that changes in between.
fn check_pages(u: &mut Unstructured<'_>) -> Result<()> {
    let key: [u8; 32] = u.arbitrary()?;
    let tokens = PageTokens::new(key);
    let mut request = ListMembershipsRequest {
        filter: FILTERS[usize::from(below(u, 8))].to_owned(),
        show_groups: below(u, 2) == 0,
        show_invited: below(u, 2) == 0,
        ..ListMembershipsRequest::new("spaces/AAAA")
    };
    let by_app = below(u, 4) == 3;
    let authentication = if by_app {
        Authentication::App
    } else {
        Authentication::User
    };
    let filter = Filter::parse(&request.filter).expect("a valid filter");
    let mut space = Space::default();
    for _ in 0..below(u, 48) {
        space.change(u);
    }
    space.unchanged = space.map.keys().cloned().collect();
    let mut seen: Vec<String> = Vec::new();
    loop {
        // The size may differ from page to page.
        request.page_size = i32::from(below(u, 5)) + 1;
        let checked = request.check_on_server(&tokens).expect("a valid request");
        assert_eq!(checked.start_after(), seen.last().map(String::as_str));
        let page = checked.page(&space.map, authentication);
        // A server that reads rows with a limit.
        let rows = space.map.iter().filter(|(key, one)| {
            checked.start_after() < Some(key) && checked.selects(one, authentication)
        });
        assert_eq!(page, checked.page_of(rows.take(checked.page_size() + 1)));
        let rest = space.map.iter().filter(|(key, one)| {
            seen.last().is_none_or(|last| *last < **key) && is_listed(&request, filter, by_app, one)
        });
        let mut rest: Vec<(String, &Membership)> =
            rest.map(|(key, one)| (key.clone(), one)).collect();
        let is_last = rest.len() <= checked.page_size();
        rest.truncate(checked.page_size());
        let expected: Vec<&Membership> = rest.iter().map(|(_, one)| *one).collect();
        assert_eq!(page.memberships, expected);
        assert_eq!(page.next_page_token.is_none(), is_last);
        let token = page.next_page_token;
        seen.extend(rest.into_iter().map(|(key, _)| key));
        let Some(token) = token else { break };
        let last = seen.last().map_or("", String::as_str);
        check_token(u, &key, &request, &token, last);
        request.page_token = token;
        for _ in 0..below(u, 6) {
            space.change(u);
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    for key in &space.unchanged {
        let is_listed = is_listed(&request, filter, by_app, &space.map[key]);
        assert_eq!(seen.contains(key), is_listed, "{key:?}: {seen:?}");
    }
    Ok(())
}

/// Asserts that a token is valid for its request, with any page size and any filter with the same
/// meaning, and that other tokens and other requests are rejected.
fn check_token(
    u: &mut Unstructured<'_>,
    key: &[u8; 32],
    request: &ListMembershipsRequest,
    token: &str,
    last: &str,
) {
    let tokens = &PageTokens::new(*key);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(token.chars().all(is_plain), "{token}");
    assert_eq!(token.len(), ((17 + last.len()) * 8).div_ceil(6));
    let with = |token: &str| ListMembershipsRequest {
        page_token: token.to_owned(),
        ..request.clone()
    };
    let assert_rejected = |request: &ListMembershipsRequest, tokens: &PageTokens| {
        let violations = request
            .check_on_server(tokens)
            .expect_err("an invalid token");
        check_violations(&violations);
        assert!(!violations.to_string().contains(token), "{violations}");
        let fields: Vec<&str> = violations.as_slice().iter().map(|v| &*v.field).collect();
        assert_eq!(fields, ["pageToken"]);
    };
    let assert_accepted = |request: &ListMembershipsRequest| -> PageRequest<'_> {
        let checked = request.check_on_server(tokens);
        let checked = checked.expect("a valid token");
        assert_eq!(checked.start_after(), Some(last));
        checked
    };
    let same = assert_accepted(&with(token));
    for size in [0, 1, i32::MAX] {
        assert_accepted(&ListMembershipsRequest {
            page_size: size,
            ..with(token)
        });
    }
    let rewritten = ListMembershipsRequest {
        filter: same.filter().to_string(),
        ..with(token)
    };
    assert_accepted(&rewritten);
    // A token of another server.
    let mut key = *key;
    key[usize::from(below(u, 32))] ^= 1;
    assert_rejected(&with(token), &PageTokens::new(key));
    // A token of another request.
    let mut other = with(token);
    match below(u, 4) {
        0 => other.parent.push('B'),
        1 => other.show_groups = !other.show_groups,
        2 => other.show_invited = !other.show_invited,
        _ => FILTERS[usize::from(below(u, 8))].clone_into(&mut other.filter),
    }
    let has_same_meaning = Filter::parse(&other.filter).ok() == Some(same.filter());
    if other.filter != request.filter && has_same_meaning {
        assert_accepted(&other);
    } else if other != with(token) {
        assert_rejected(&other, tokens);
    }
    // A shortened, rotated, extended or altered token.
    let at = usize::from(below(u, 255)) % token.len();
    let altered = match below(u, 4) {
        0 => token[..at].to_owned(),
        1 => token[at..].to_owned() + &token[..at],
        2 => token.to_owned() + &token[at..],
        _ => {
            let c = char::from(b"AZaz09-_=+/ "[usize::from(below(u, 12))]);
            format!("{}{c}{}", &token[..at], &token[at + 1..])
        }
    };
    if altered != token && !altered.is_empty() {
        assert_rejected(&with(&altered), tokens);
    }
}
