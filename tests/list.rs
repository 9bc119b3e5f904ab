//! The rules of list requests, for clients and servers.
#![cfg(feature = "list")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::semicolon_if_nothing_returned,
    clippy::items_after_statements,
    clippy::too_many_lines,
    reason = "a panic fails the test, and tables are easier to read this way"
)]

use std::collections::{BTreeMap, BTreeSet};

use gchat_filter::list::{
    Authentication, Caller, CheckedRequest, Condition, FieldMask, ListMembershipsRequest,
    ListMembershipsResponse, MembershipMethod, MembershipName, PageRequest, PageTokens,
    QueryReader, Reference, RpcCode, Scope, Source, SpaceName, Status, UpdateMask, Violation,
    Violations, parse_group, parse_user,
};
use gchat_filter::members::Role;
use gchat_filter::members::{
    Group, Membership, MembershipRole, MembershipState, User, UserOrGroup, UserType,
};
use proptest::prelude::*;

const TOKENS: PageTokens = PageTokens::new([7; 32]);

fn request() -> ListMembershipsRequest {
    ListMembershipsRequest::new("spaces/AAAA")
}

fn fields(request: &ListMembershipsRequest) -> Vec<String> {
    match request.check_on_server(&TOKENS) {
        Ok(_) => Vec::new(),
        Err(violations) => {
            let fields = violations.as_slice().iter().map(|v| v.field.to_string());
            fields.collect()
        }
    }
}

#[test]
fn reports_all_violations_at_once() {
    let invalid = ListMembershipsRequest {
        parent: "AAAA".to_owned(),
        page_size: -5,
        page_token: "?".to_owned(),
        filter: "role = OWNER".to_owned(),
        ..request()
    };
    assert_eq!(
        fields(&invalid),
        ["parent", "pageSize", "filter", "pageToken"]
    );
    let status = Status::from(invalid.check().unwrap_err());
    assert_eq!(
        serde_json::to_value(&status).unwrap()["error"]["message"],
        "Invalid filter query: role = OWNER"
    );
}

#[test]
fn admin_access_changes_which_filters_are_valid() {
    for (filter, admin, valid) in [
        ("", false, true),
        ("", true, false),
        (r#"member.type = "BOT""#, false, true),
        (r#"member.type = "BOT""#, true, false),
        (r#"member.type != "BOT""#, true, true),
        (r#"role = "ROLE_MANAGER""#, true, false),
    ] {
        let request = ListMembershipsRequest {
            filter: filter.to_owned(),
            use_admin_access: admin,
            ..request()
        };
        assert_eq!(request.check().is_ok(), valid, "{filter} {admin}");
    }
}

#[test]
fn page_sizes_are_clamped() {
    for (requested, expected) in [
        (0, 100),
        (1, 1),
        (1000, 1000),
        (1001, 1000),
        (i32::MAX, 1000),
    ] {
        let request = ListMembershipsRequest {
            page_size: requested,
            ..request()
        };
        assert_eq!(request.check().unwrap().page_size(), expected);
    }
}

#[test]
fn status_serializes_as_the_response_body() {
    let invalid = ListMembershipsRequest {
        filter: r#"role = "ROLE_MANAGER" and member.type = "HUMAN""#.to_owned(),
        ..request()
    };
    let status = Status::from(invalid.check().unwrap_err());
    insta::assert_snapshot!(serde_json::to_string_pretty(&status).unwrap(), @r#"
    {
      "error": {
        "code": 400,
        "message": "Invalid filter query: role = \"ROLE_MANAGER\" and member.type = \"HUMAN\"",
        "status": "INVALID_ARGUMENT",
        "details": [
          {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [
              {
                "field": "filter",
                "description": "`and` is not a keyword (at byte 22); write `AND`; keywords are uppercase words; corrected: role = \"ROLE_MANAGER\" AND member.type = \"HUMAN\""
              }
            ]
          }
        ]
      }
    }
    "#);
    assert_eq!(
        serde_json::to_string(&Status::insufficient_scopes(MembershipMethod::List)).unwrap(),
        concat!(
            r#"{"error":{"code":403,"message":"Request had insufficient authentication scopes.","#,
            r#""status":"PERMISSION_DENIED","details":[{"#,
            r#""@type":"type.googleapis.com/google.rpc.ErrorInfo","#,
            r#""reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT","domain":"googleapis.com","#,
            r#""metadata":{"service":"chat.googleapis.com","#,
            r#""method":"google.chat.v1.ChatService.ListMemberships"}}]}}"#,
        )
    );
    // Without an error in the filter, the message has all violations.
    let invalid = ListMembershipsRequest {
        page_size: -1,
        ..ListMembershipsRequest::new("A")
    };
    assert_eq!(
        Status::from(invalid.check().unwrap_err()).message,
        "parent: expected `spaces/{space}`, found `A`; pageSize: must not be negative, found -1"
    );
    // Empty details are omitted.
    assert_eq!(
        serde_json::to_string(&Status::not_found()).unwrap(),
        r#"{"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}"#
    );
}

#[test]
fn clients_read_statuses() {
    let invalid = ListMembershipsRequest {
        page_size: -1,
        ..ListMembershipsRequest::new("A")
    };
    for status in [
        Status::not_found(),
        Status::insufficient_scopes(MembershipMethod::List),
        Status::from(invalid.check().unwrap_err()),
    ] {
        let body = serde_json::to_string(&status).unwrap();
        assert_eq!(serde_json::from_str::<Status>(&body).unwrap(), status);
    }
    for (error, code, details) in [
        (r#"{"code": 503}"#, RpcCode::Unavailable, 0),
        (
            r#"{"code": 503, "status": "ABORTED", "details": null}"#,
            RpcCode::Aborted,
            0,
        ),
        (r#"{"code": 418, "status": "TEAPOT"}"#, RpcCode::Unknown, 0),
        (
            r#"{"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "metadata": 1},
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "RATE_LIMIT_EXCEEDED",
                 "domain": "googleapis.com", "metadata": {"service": "chat.googleapis.com"}}]}"#,
            RpcCode::ResourceExhausted,
            1,
        ),
    ] {
        let status: Status = serde_json::from_str(&format!(r#"{{"error": {error}}}"#)).unwrap();
        assert_eq!(
            (status.code, status.details.len()),
            (code, details),
            "{error}"
        );
    }
    for body in ["{}", "[]", r#"{"error": {"message": "no code"}}"#, "<html>"] {
        assert!(serde_json::from_str::<Status>(body).is_err(), "{body}");
    }
}

#[test]
fn clients_read_pages() {
    for (body, members, token) in [
        ("{}", 0, ""),
        (
            r#"{"memberships": null, "nextPageToken": null, "new": 1}"#,
            0,
            "",
        ),
        (
            r#"{"memberships": [{"name": "a"}], "next_page_token": "t"}"#,
            1,
            "t",
        ),
    ] {
        let page: ListMembershipsResponse = serde_json::from_str(body).unwrap();
        assert_eq!(page.memberships.len(), members, "{body}");
        assert_eq!(page.next_page_token, token, "{body}");
    }
}

#[test]
fn codes_map_to_http_statuses_of_aip_193() {
    for code in RpcCode::ALL {
        assert!((400..600).contains(&code.http()), "{code:?}");
    }
    assert_eq!(RpcCode::FailedPrecondition.http(), 400);
    assert_eq!(RpcCode::AlreadyExists.http(), 409);
}

#[test]
fn reads_queries_as_clients_send_them() {
    let read = |query| ListMembershipsRequest::from_query("spaces/AAAA", query);
    for query in [
        r"filter=member.type+%3D+%22HUMAN%22",
        r"filter=member.type%20%3D%20%22HUMAN%22&pageSize=0&pageToken=",
        r"%66ilter=member.type+=+%22HUMAN%22&alt=json",
        r"filter=member.type+=+%22HUMAN%22&$alt=json;enum-encoding=int",
        r"filter=member.type+=+%22HUMAN%22&%24alt=json%3Benum-encoding%3Dint&key=k&show_groups=false",
    ] {
        let (request, system) = read(query).unwrap();
        assert_eq!(request.filter, r#"member.type = "HUMAN""#, "{query}");
        assert_eq!(
            system.integer_enums,
            query.contains("enum-encoding"),
            "{query}"
        );
        assert!(system.pretty_print);
    }
    let (request, system) = read(
        "pageSize=7&pageToken=t&showGroups=true&showInvited=true&useAdminAccess=true&filter=\
         &prettyPrint=false&access_token=secret&fields=memberships/name,next_page_token",
    )
    .unwrap();
    assert_eq!(
        request,
        ListMembershipsRequest {
            page_size: 7,
            page_token: "t".to_owned(),
            show_groups: true,
            show_invited: true,
            use_admin_access: true,
            ..self::request()
        }
    );
    assert!(!system.pretty_print);
    assert_eq!(system.access_token.as_deref(), Some("secret"));
    let names: Vec<_> = system.fields.as_ref().unwrap().names().collect();
    assert_eq!(names, ["memberships", "nextPageToken"]);
}

#[test]
fn debug_output_redacts_access_token() {
    let (_, system) =
        ListMembershipsRequest::from_query("spaces/A".to_owned(), "access_token=s3cret").unwrap();
    assert_eq!(system.access_token.as_deref(), Some("s3cret"));
    let debug = format!("{system:?}");
    assert!(!debug.contains("s3cret"), "{debug}");
    assert!(debug.contains("pretty_print: true"), "{debug}");
    assert_eq!(format!("{:?}", PageTokens::new([7; 32])), "PageTokens");
}

#[test]
fn query_is_percent_encoded() {
    let mut request = request();
    let url = |request: &ListMembershipsRequest| request.check().unwrap().path_and_query();
    assert_eq!(url(&request), "/v1/spaces/AAAA/members");
    request.filter = r#"role = "ROLE_MEMBER""#.to_owned();
    request.page_token = "é+~&#".to_owned();
    request.page_size = 5;
    request.show_groups = true;
    assert_eq!(
        url(&request),
        "/v1/spaces/AAAA/members?pageSize=5&pageToken=%C3%A9%2B~%26%23&filter=role%20%3D%20%22\
         ROLE_MEMBER%22&showGroups=true"
    );
    // The size is sent as it was requested.
    request.page_size = 5000;
    assert!(url(&request).contains("?pageSize=5000&"));
}

#[test]
fn reads_enum_encoding() {
    for (query, integers) in [
        ("$alt=json;enum-encoding=string", false),
        ("$alt=json;", false),
        ("$alt=JSON; enum-encoding=int ;", true),
        ("alt=json;enum-encoding=int", true),
        ("alt=", false),
    ] {
        let (_, system) = ListMembershipsRequest::from_query("spaces/A", query).unwrap();
        assert_eq!(system.integer_enums, integers, "{query}");
    }
}

#[test]
fn accepts_only_canonical_snake_case_names() {
    let read = |name: &str| ListMembershipsRequest::from_query("spaces/A", &format!("{name}=3"));
    assert_eq!(read("page_size").unwrap().0.page_size, 3);
    for name in ["quota_user", "$quota_user", "$api_version"] {
        assert!(read(name).is_ok(), "{name}");
    }
    assert_eq!(
        read("$pretty_print").unwrap_err().as_slice()[0].field,
        "prettyPrint"
    );
    for name in [
        "page__size",
        "page_size_",
        "_page_size",
        "page_Size",
        "Page_size",
        "pagesize",
        "page_siZe",
        "$page_size",
        "pretty_$print",
    ] {
        let error = read(name).unwrap_err();
        assert_eq!(error.as_slice()[0].field, name);
    }
}

#[test]
fn violations_are_limited_in_number_and_length() {
    let violations = |unknown: usize| {
        let query: Vec<String> = (0..unknown).map(|n| format!("x{n}=1")).collect();
        ListMembershipsRequest::from_query("spaces/A", &query.join("&")).unwrap_err()
    };
    assert_eq!(
        violations(2).to_string(),
        "x0: Invalid JSON payload received. Unknown name \"x0\": Cannot bind query parameter. Field \
         'x0' could not be found in request message.; x1: Invalid JSON payload received. Unknown name \
         \"x1\": Cannot bind query parameter. Field 'x1' could not be found in request message."
    );
    assert_eq!(violations(20).as_slice().len(), 20);
    assert!(!violations(20).to_string().contains("more"));
    let many = violations(23);
    assert_eq!(many.as_slice().len(), 21);
    assert_eq!(many.as_slice()[20].to_string(), "…: and 3 more");
    let long = Violation::new("f".repeat(101), "d".repeat(1001));
    assert_eq!(long.field, "f".repeat(100) + "…");
    assert_eq!(long.description, "d".repeat(1000) + "…");
    let short = Violation::new("f".repeat(100), "d".repeat(1000));
    assert_eq!((short.field.len(), short.description.len()), (100, 1000));
}

#[test]
fn booleans_have_the_spellings_of_protobuf() {
    for (expected, spellings) in [
        (
            true,
            ["true", "True", "TRUE", "t", "T", "yes", "Yes", "y", "1"],
        ),
        (
            false,
            ["false", "False", "FALSE", "f", "F", "no", "NO", "n", "0"],
        ),
    ] {
        for spelling in spellings {
            let query = format!("showGroups={spelling}&$prettyPrint={spelling}");
            let (request, system) = ListMembershipsRequest::from_query("spaces/A", &query).unwrap();
            assert_eq!(request.show_groups, expected, "{spelling}");
            assert_eq!(system.pretty_print, expected, "{spelling}");
        }
    }
}

#[test]
fn rejects_invalid_queries() {
    for (query, expected) in [
        ("pageSize=ten", vec!["pageSize"]),
        ("pageSize=2147483648", vec!["pageSize"]),
        (
            "showGroups=2&showInvited=on&useAdminAccess=",
            vec!["showGroups", "showInvited", "useAdminAccess"],
        ),
        ("callback=c&$callback=c", vec!["$callback", "callback"]),
        ("$.xgafv=3", vec!["$.xgafv"]),
        ("fields=*&$fields=*", vec!["$fields"]),
        ("$prettyPrint=maybe", vec!["prettyPrint"]),
        ("pageSise=10&orderBy=name", vec!["pageSise", "orderBy"]),
        ("filter=a&filter=b", vec!["filter"]),
        ("filter=%FF", vec!["filter"]),
        ("alt=media", vec!["alt"]),
        ("$alt=proto", vec!["$alt"]),
        ("$alt=json;enum-encoding=float", vec!["$alt"]),
        ("fields=memberships(name", vec!["fields"]),
        (
            "prettyPrint=maybe&pageSize=x&foo=1",
            vec!["prettyPrint", "pageSize", "foo"],
        ),
    ] {
        let error = ListMembershipsRequest::from_query("spaces/A", query).unwrap_err();
        let fields: Vec<&str> = error.as_slice().iter().map(|v| &*v.field).collect();
        assert_eq!(fields, expected, "{query}");
    }
}

#[test]
fn parses_resource_names_and_aliases() {
    for invalid in [
        "",
        "spaces",
        "spaces/",
        "AAAA",
        "spaces/A/members",
        "spaces/A B",
        "Spaces/A",
    ] {
        assert!(SpaceName::parse(invalid).is_err(), "{invalid}");
    }
    let space = SpaceName::parse("spaces/AAAA").unwrap();
    assert_eq!(space.to_string(), "spaces/AAAA");
    assert_eq!(space.member("1"), "spaces/AAAA/members/1");
    let name = |text| MembershipName::parse(text).map(|name| name.member);
    assert_eq!(name("spaces/A/members/app"), Ok(Reference::CallingApp));
    assert_eq!(
        name("spaces/A/members/a+b@example.com"),
        Ok(Reference::Email("a+b@example.com".to_owned()))
    );
    assert_eq!(
        name("spaces/A/members/group-1"),
        Ok(Reference::Id("group-1".to_owned()))
    );
    for invalid in [
        "",
        "spaces/A",
        "spaces/A/members/",
        "spaces/A/members/1/x",
        "users/1",
    ] {
        assert!(name(invalid).is_err(), "{invalid}");
    }
    assert_eq!(parse_user("users/app"), Ok(Reference::CallingApp));
    assert!(parse_user("1").is_err());
    assert_eq!(parse_group("groups/g"), Ok("g".to_owned()));
    assert!(parse_group("groups/").is_err());
}

#[test]
fn update_mask_accepts_only_role_and_star() {
    for valid in ["role", "*", "role,*", " role "] {
        assert_eq!(UpdateMask::parse(valid), Ok(UpdateMask::Role), "{valid}");
    }
    for invalid in [
        "",
        "state",
        "role,state",
        "create_time",
        "role,",
        "member.name",
    ] {
        assert!(UpdateMask::parse(invalid).is_err(), "{invalid}");
    }
}

#[test]
fn parses_field_masks() {
    let parse = |text| FieldMask::parse(text).unwrap();
    assert_eq!(parse(""), None);
    assert_eq!(parse("*"), None);
    assert_eq!(
        parse("memberships(name,role)"),
        parse("memberships/role,memberships.name")
    );
    assert_eq!(parse("next_page_token"), parse("nextPageToken"));
    // Subfields do not narrow a field that is selected in full.
    assert_eq!(parse("memberships,memberships/name"), parse("memberships"));
    assert_eq!(parse("memberships/name,memberships"), parse("memberships"));
    let deep = "a/".repeat(100) + "a";
    for invalid in [
        "a(", "a)", "a,,b", ",", "a b", "a(b", "a/", "a*", "*/a", "*.a", "*(a)", &deep,
    ] {
        assert!(FieldMask::parse(invalid).is_err(), "{invalid}");
    }
    for (open, close) in [("/a", ""), ("(a", ")")] {
        let nested = |deep: usize| format!("a{}{}", open.repeat(deep - 1), close.repeat(deep - 1));
        assert!(FieldMask::parse(&nested(8)).is_ok());
        assert!(FieldMask::parse(&nested(9)).is_err());
    }
    let long = |length: usize| FieldMask::parse(&"a".repeat(length));
    assert!(long(4096).is_ok());
    assert_eq!(
        long(4097).unwrap_err().to_string(),
        "the mask is 4097 bytes long, but the limit is 4096 bytes"
    );
}

#[test]
fn field_masks_select_fields() {
    let mask = FieldMask::parse("memberships(name,member/type),nextPageToken").unwrap();
    let mask = mask.unwrap();
    assert!(!mask.is_all());
    let names: Vec<&str> = mask.names().collect();
    assert_eq!(names, ["memberships", "nextPageToken"]);
    assert_eq!(mask.field("role"), None);
    assert!(mask.field("nextPageToken").unwrap().is_all());
    let memberships = mask.field("memberships").unwrap();
    assert!(!memberships.is_all());
    assert_eq!(memberships.field("role"), None);
    let member = memberships.field("member").unwrap();
    assert_eq!(member.names().collect::<Vec<_>>(), ["type"]);
    // A field that is selected in full includes all of its subfields.
    let name = memberships.field("name").unwrap();
    assert!(name.field("anything").unwrap().is_all());
    // Names that are not canonical snake_case are unchanged.
    for name in ["a_1", "a_1b", "Page_size", "page_", "_page", "a__b", "role"] {
        let mask = FieldMask::parse(name).unwrap().unwrap();
        assert_eq!(mask.names().collect::<Vec<_>>(), [name]);
    }
    let all = FieldMask::parse("*,role").unwrap().unwrap();
    assert!(all.is_all() && all.field("state").unwrap().is_all());
    assert_eq!(
        FieldMask::parse("memberships/*")
            .unwrap()
            .unwrap()
            .field("role"),
        None
    );
}

/// The table of scopes in the reference. The columns are create, delete, get, list and patch.
#[test]
fn scopes_permit_the_documented_methods() {
    let mut lines = Vec::new();
    for scope in Scope::ALL {
        for (authentication, admin) in [
            (Authentication::User, false),
            (Authentication::User, true),
            (Authentication::App, false),
            (Authentication::App, true),
        ] {
            let row = MembershipMethod::ALL.iter().map(|method| {
                match scope.permits(*method, authentication, admin) {
                    None => '-',
                    Some(Condition::Always) => 'x',
                    Some(Condition::OwnApp) => 'o',
                    Some(Condition::ImportMode) => 'i',
                }
            });
            let row: String = row.collect();
            if row != "-----" {
                let admin = if admin { " admin" } else { "" };
                lines.push(format!("{row} {} {authentication:?}{admin}", scope.name()));
            }
        }
    }
    assert_eq!(
        lines,
        [
            "xxxxx chat.memberships User",
            "--xx- chat.memberships.readonly User",
            "oo--- chat.memberships.app User",
            "-o--- chat.memberships.app App",
            "ii-ii chat.import User",
            "xxxxx chat.app.memberships App",
            "--xx- chat.bot App",
            "xxxxx chat.admin.memberships User admin",
            "--xx- chat.admin.memberships.readonly User admin",
        ]
    );
    for scope in Scope::ALL {
        assert_eq!(Scope::from_name(scope.name()), Some(*scope));
        assert_eq!(Scope::from_name(&scope.url()), Some(*scope));
    }
    assert_eq!(Scope::from_name("chat.messages"), None);
}

#[test]
fn authorizes_list_requests() {
    let caller = |authentication, administrator, scope| {
        Caller::new(authentication, [scope]).administrator(administrator)
    };
    use Authentication::{App, User};
    let basic = request();
    let groups = ListMembershipsRequest {
        show_groups: true,
        ..request()
    };
    let invited = ListMembershipsRequest {
        show_invited: true,
        ..request()
    };
    let admin = ListMembershipsRequest {
        use_admin_access: true,
        filter: r#"member.type = "HUMAN""#.to_owned(),
        ..request()
    };
    let scopes = "Request had insufficient authentication scopes.";
    let user_only = "This method doesn't support app authentication";
    let not_admin = "This method doesn't support non-admin user authentication";
    for (request, caller, expected) in [
        (&basic, caller(User, false, Scope::MembershipsReadonly), ""),
        (&basic, caller(User, false, Scope::Bot), scopes),
        (&basic, caller(User, true, Scope::AdminMemberships), scopes),
        (&basic, caller(App, false, Scope::Bot), ""),
        (&basic, caller(App, false, Scope::Memberships), scopes),
        (&groups, caller(User, false, Scope::Memberships), ""),
        (&groups, caller(App, false, Scope::Bot), user_only),
        (
            &invited,
            caller(App, false, Scope::AppMemberships),
            user_only,
        ),
        (
            &admin,
            caller(User, true, Scope::AdminMembershipsReadonly),
            "",
        ),
        (
            &admin,
            caller(User, false, Scope::AdminMembershipsReadonly),
            not_admin,
        ),
        (&admin, caller(User, true, Scope::Memberships), scopes),
        (&admin, caller(App, false, Scope::AppMemberships), scopes),
    ] {
        let result = request.check().unwrap().authorize(&caller);
        let message = result.err().map_or(String::new(), |status| {
            assert_eq!(status.code, RpcCode::PermissionDenied);
            status.message
        });
        assert!(
            message.starts_with(expected) && message.is_empty() == expected.is_empty(),
            "{request:?} {caller:?} {message}"
        );
    }
}

fn membership(id: &str, role: MembershipRole, state: MembershipState, kind: u8) -> Membership {
    let user = |user_type| {
        Some(UserOrGroup::User(User {
            name: format!("users/{id}"),
            user_type,
            ..User::default()
        }))
    };
    Membership {
        name: format!("spaces/AAAA/members/{id}"),
        role,
        state,
        member: match kind {
            0 => user(UserType::Human),
            1 => user(UserType::Bot),
            2 => user(UserType::from("CYBORG")),
            _ => Some(UserOrGroup::Group(Group {
                name: format!("groups/{id}"),
            })),
        },
        ..Membership::default()
    }
}

fn people(ids: impl IntoIterator<Item = u32>) -> BTreeMap<String, Membership> {
    ids.into_iter()
        .map(|id| {
            let id = format!("{id:04}");
            let person = membership(&id, MembershipRole::Member, MembershipState::Joined, 0);
            (id, person)
        })
        .collect()
}

#[test]
fn lists_memberships_that_the_caller_may_see() {
    let mut space = BTreeMap::new();
    for (id, state, kind) in [
        ("person", MembershipState::Joined, 0),
        ("app", MembershipState::Joined, 1),
        ("group", MembershipState::Joined, 3),
        ("guest", MembershipState::Invited, 0),
        ("gone", MembershipState::NotAMember, 0),
        ("new-state", MembershipState::from("PENDING"), 0),
    ] {
        let role = if kind == 3 {
            MembershipRole::Unspecified
        } else {
            MembershipRole::Member
        };
        space.insert(id.to_owned(), membership(id, role, state, kind));
    }
    let list = |request: &ListMembershipsRequest, authentication| -> Vec<String> {
        let checked = request.check_on_server(&TOKENS).unwrap();
        let page = checked.page(&space, authentication);
        assert_eq!(page.next_page_token, None);
        let names = page.memberships.iter();
        names
            .map(|m| m.name.replace("spaces/AAAA/members/", ""))
            .collect()
    };
    use Authentication::{App, User};
    assert_eq!(list(&request(), User), ["app", "new-state", "person"]);
    assert_eq!(list(&request(), App), ["new-state", "person"]);
    let groups = ListMembershipsRequest {
        show_groups: true,
        ..request()
    };
    assert_eq!(list(&groups, User), ["app", "group", "new-state", "person"]);
    let invited = ListMembershipsRequest {
        show_invited: true,
        ..request()
    };
    assert_eq!(
        list(&invited, User),
        ["app", "guest", "new-state", "person"]
    );
    // Groups and invited members must match the filter too.
    let people = ListMembershipsRequest {
        show_groups: true,
        show_invited: true,
        filter: r#"member.type = "HUMAN""#.to_owned(),
        ..request()
    };
    assert_eq!(list(&people, User), ["guest", "new-state", "person"]);
    let not_apps = ListMembershipsRequest {
        show_groups: true,
        filter: r#"member.type != "BOT""#.to_owned(),
        ..request()
    };
    assert_eq!(list(&not_apps, User), ["group", "new-state", "person"]);
}

/// Members join and leave between pages. Those who stay are listed exactly once.
#[test]
fn changes_between_pages_cause_no_repeats_or_gaps() {
    let mut space = people((0..100).map(|n| n * 2));
    let stay: BTreeSet<String> = space
        .keys()
        .filter(|id| !id.ends_with('8'))
        .cloned()
        .collect();
    let mut seen = Vec::new();
    let mut request = ListMembershipsRequest {
        page_size: 7,
        ..request()
    };
    for turn in 0.. {
        let checked = request.check_on_server(&TOKENS).unwrap();
        let page = checked.page(&space, Authentication::User);
        assert!(!page.memberships.is_empty());
        let ids = page.memberships.iter().map(|m| m.name[20..].to_owned());
        seen.extend(ids);
        let Some(token) = page.next_page_token else {
            break;
        };
        assert!(token.len() <= 64, "{token}");
        request.page_token = token;
        request.page_size = 1 + turn % 9;
        // Members join before and after the cursor, and the member at the cursor leaves.
        space.extend(people([1, turn.unsigned_abs() * 4 + 61]));
        if let Some(last) = seen.last().filter(|id| id.ends_with('8')) {
            space.remove(last);
        }
    }
    let unique: BTreeSet<String> = seen.iter().cloned().collect();
    assert_eq!(unique.len(), seen.len());
    assert!(stay.is_subset(&unique));
}

#[test]
fn page_tokens_are_bound_to_request_and_server() {
    let space = people(0..10);
    let first = ListMembershipsRequest {
        page_size: 3,
        filter: r#"role = "ROLE_MEMBER" AND member.type = "HUMAN""#.to_owned(),
        ..request()
    };
    let checked = first.check_on_server(&TOKENS).unwrap();
    let page = checked.page(&space, Authentication::User);
    let next = ListMembershipsRequest {
        page_token: page.next_page_token.unwrap(),
        ..first
    };
    // With an invalid filter, only the form of the token is checked.
    for (token, expected) in [
        (next.page_token.as_str(), vec!["filter"]),
        ("MDAwMg", vec!["filter", "pageToken"]),
    ] {
        let request = ListMembershipsRequest {
            filter: "role".to_owned(),
            page_token: token.to_owned(),
            ..next.clone()
        };
        assert_eq!(fields(&request), expected, "{token}");
    }
    let allowed: [&dyn Fn(&mut ListMembershipsRequest); 3] =
        [&|_| {}, &|r| r.page_size = 5, &|r| {
            r.filter = r#"(member.type = "HUMAN") AND role = "ROLE_MEMBER""#.to_owned()
        }];
    for change in allowed {
        let mut request = next.clone();
        change(&mut request);
        let checked = request.check_on_server(&TOKENS).unwrap();
        assert_eq!(checked.start_after(), Some("0002"));
    }
    let rejected: [&dyn Fn(&mut ListMembershipsRequest); 8] = [
        &|r| r.parent = "spaces/BBBB".to_owned(),
        &|r| r.filter = String::new(),
        &|r| r.filter = r#"role = "ROLE_MEMBER""#.to_owned(),
        &|r| r.show_groups = true,
        &|r| r.show_invited = true,
        &|r| r.use_admin_access = true,
        &|r| r.page_token.push('A'),
        &|r| r.page_token = "MDAwMg".to_owned(),
    ];
    for (index, change) in rejected.iter().enumerate() {
        let mut request = next.clone();
        change(&mut request);
        assert_eq!(fields(&request), ["pageToken"], "{index}");
    }
    let other_server = PageTokens::new([8; 32]);
    let other = next.check_on_server(&other_server);
    assert!(other.unwrap_err().to_string().starts_with("pageToken: "));
    // Every truncated token, and every token with one changed character.
    for end in 1..next.page_token.len() {
        let request = ListMembershipsRequest {
            page_token: next.page_token[..end].to_owned(),
            ..next.clone()
        };
        assert_eq!(fields(&request), ["pageToken"], "{end}");
    }
    for at in 0..next.page_token.len() {
        for c in "Ab9_-=%\u{e9}".chars() {
            let mut characters: Vec<char> = next.page_token.chars().collect();
            if characters[at] == c {
                continue;
            }
            characters[at] = c;
            let request = ListMembershipsRequest {
                page_token: characters.into_iter().collect(),
                ..next.clone()
            };
            assert_eq!(fields(&request), ["pageToken"], "{at} {c}");
        }
    }
}

fn any_filter() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just(r#"role = "ROLE_MANAGER""#.to_owned()),
        Just(r#"member.type != "BOT""#.to_owned()),
        Just(r#"member.type = "BOT" OR role = "ROLE_MEMBER""#.to_owned()),
    ]
}

proptest! {
    /// A server reads the request that a client wrote, for any valid strings in it.
    #[test]
    fn requests_round_trip_through_query(
        page_size in 0..=i32::MAX,
        page_token in any::<String>(),
        filter in any_filter(),
        (show_groups, show_invited) in any::<(bool, bool)>(),
    ) {
        let use_admin_access = filter.ends_with(r#"!= "BOT""#);
        let request = ListMembershipsRequest {
            page_size, page_token, filter, show_groups, show_invited, use_admin_access,
            ..request()
        };
        let query = request.check().unwrap().query();
        prop_assert!(query.bytes().all(|b| b.is_ascii_graphic()));
        let read = ListMembershipsRequest::from_query("spaces/AAAA", &query);
        prop_assert_eq!(read.map(|(request, _)| request), Ok(request));
    }

    /// No input makes the parsers panic, and no forged token is accepted.
    #[test]
    fn parsers_do_not_panic_and_forged_tokens_are_rejected(
        text in any::<String>(),
        token in "[A-Za-z0-9_-]{1,80}",
    ) {
        let _ = ListMembershipsRequest::from_query(text.as_str(), &text);
        let _ = FieldMask::parse(&text);
        let _ = MembershipName::parse(&text);
        let request = ListMembershipsRequest { page_token: token, ..request() };
        prop_assert_eq!(fields(&request), ["pageToken"]);
    }
}

#[test]
fn identifiers_cannot_change_a_url() {
    let parse = |name: &str| SpaceName::parse(name).map_err(|error| error.to_string());
    assert_eq!(
        parse("spaces/A?useAdminAccess=true#").unwrap_err(),
        "expected `spaces/{space}`, found `spaces/A?useAdminAccess=true#`; an identifier cannot \
         contain `?`"
    );
    assert_eq!(
        parse("spaces/..").unwrap_err(),
        "expected `spaces/{space}`, found `spaces/..`; `..` is not an identifier"
    );
    for id in [
        ".",
        "..",
        "-",
        "A?x=1",
        "A#",
        "%2e%2e",
        "A%2Fmembers",
        "A\\..",
        "*",
        "{space}",
        "A:b",
        "A;b",
        "\u{202e}A",
        "A\u{200b}",
        "A\u{200d}",
        "A\0",
        "A B",
        "A\n",
    ] {
        assert!(parse(&format!("spaces/{id}")).is_err(), "{id:?}");
        assert!(parse_user(&format!("users/{id}")).is_err(), "{id:?}");
        assert!(parse_group(&format!("groups/{id}")).is_err(), "{id:?}");
        for name in [
            format!("spaces/{id}/members/1"),
            format!("spaces/A/members/{id}"),
        ] {
            assert!(MembershipName::parse(&name).is_err(), "{name:?}");
        }
        let request = ListMembershipsRequest::new(format!("spaces/{id}"));
        let violations = request.check().unwrap_err();
        let fields: Vec<&str> = violations.iter().map(|one| &*one.field).collect();
        assert_eq!(fields, ["parent"], "{id:?}");
    }
    for id in [
        "...",
        ".a",
        "-a",
        "a+b@example.com",
        "o'neil@example.com",
        "é",
        "A_b-1",
    ] {
        assert!(parse(&format!("spaces/{id}")).is_ok(), "{id}");
    }
}

#[test]
fn path_is_percent_encoded() {
    for (parent, path) in [
        ("spaces/AAAA", "/v1/spaces/AAAA/members"),
        ("spaces/a+b@c.d", "/v1/spaces/a%2Bb%40c.d/members"),
        ("spaces/é&x=1", "/v1/spaces/%C3%A9%26x%3D1/members"),
    ] {
        let request = ListMembershipsRequest::new(parent);
        assert_eq!(request.check().unwrap().path_and_query(), path);
    }
}

/// The tokens of all versions of this crate, on machines with words of any size.
#[test]
fn page_tokens_have_a_fixed_form() {
    let space = people(0..10);
    for (filter, show_groups, expected) in [
        ("", false, "AZ-_O3iyv4VtfcIj9yLiCdcwMDAy"),
        (
            r#"role = "ROLE_MEMBER""#,
            true,
            "AcbWnmbNhZObpnxAaUoeXfAwMDAy",
        ),
    ] {
        let request = ListMembershipsRequest {
            page_size: 3,
            filter: filter.to_owned(),
            show_groups,
            ..request()
        };
        let checked = request.check_on_server(&TOKENS).unwrap();
        let page = checked.page(&space, Authentication::User);
        assert_eq!(page.next_page_token.as_deref(), Some(expected));
        assert_eq!(checked.next_page_token("0002"), expected);
        let next = ListMembershipsRequest {
            page_token: expected.to_owned(),
            ..request
        };
        let checked = next.check_on_server(&TOKENS).unwrap();
        assert_eq!(checked.start_after(), Some("0002"));
        // The same token with another version in its first byte, which begins in the first character
        // and ends in the second.
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let second = digits.find(&expected[1..2]).unwrap();
        for version in [0, 1, 2] {
            let second = version * 16 + second % 16;
            let token = format!("A{}{}", &digits[second..=second], &expected[2..]);
            let other = ListMembershipsRequest {
                page_token: token,
                ..next.clone()
            };
            let is_valid = other.check_on_server(&TOKENS).is_ok();
            assert_eq!(is_valid, version == 1, "{version}");
        }
    }
}

/// A server with a database of its own: rows with keys, read with a limit.
#[test]
fn pages_of_rows_equal_pages_of_a_map() {
    let space = people(0..10);
    let mut request = ListMembershipsRequest {
        page_size: 4,
        ..request()
    };
    let mut seen = Vec::new();
    loop {
        let checked = request.check_on_server(&TOKENS).unwrap();
        let rows = space
            .iter()
            .filter(|(key, _)| checked.start_after() < Some(key));
        let rows = rows.map(|(key, row)| (key.clone(), row.clone()));
        let page = checked.page_of(rows.take(checked.page_size() + 1));
        let mapped = checked.page(&space, Authentication::User);
        assert_eq!(page.next_page_token, mapped.next_page_token);
        assert!(page.memberships.iter().eq(mapped.memberships));
        seen.extend(page.memberships);
        match page.next_page_token {
            Some(token) => request.page_token = token,
            None => break,
        }
    }
    assert!(seen.iter().eq(space.values()));
}

/// A source with an order of its own: by number.
#[test]
fn pages_of_a_source_follow_its_keys() {
    struct Rows(Vec<(String, Membership)>);

    impl Source for Rows {
        type Item = Membership;

        fn after<'s>(
            &'s self,
            key: Option<&str>,
        ) -> impl Iterator<Item = (&'s str, &'s Membership)> {
            let number = |key: &str| key.parse::<u32>().unwrap();
            let after = key.map(number);
            let rest = self
                .0
                .iter()
                .filter(move |(key, _)| Some(number(key)) > after);
            rest.map(|(key, row)| (key.as_str(), row))
        }
    }

    let rows = [1, 2, 9, 10, 11, 100].map(|id| {
        let id = id.to_string();
        let app = u8::from(id == "9");
        let row = membership(&id, MembershipRole::Member, MembershipState::Joined, app);
        (id, row)
    });
    let source = Rows(rows.to_vec());
    let mut request = ListMembershipsRequest {
        page_size: 2,
        ..request()
    };
    let mut pages = Vec::new();
    loop {
        let checked = request.check_on_server(&TOKENS).unwrap();
        let page = checked.page(&source, Authentication::App);
        let ids = page.memberships.iter().map(|row| &row.name[20..]);
        pages.push(ids.collect::<Vec<_>>().join(" "));
        match page.next_page_token {
            Some(token) => request.page_token = token,
            None => break,
        }
    }
    assert_eq!(pages, ["1 2", "10 11", "100"]);
}

#[test]
fn field_masks_apply_to_json() {
    let full = serde_json::json!({
        "memberships": [
            {"name": "1", "member": {"name": "users/1", "type": "HUMAN"}},
            {"name": "2", "member": {}},
            {"name": "3", "member": {"name": "users/3"}},
        ],
        "nextPageToken": "t",
    });
    for (mask, expected) in [
        (
            "memberships/member/type",
            r#"{"memberships":[{"member":{"type":"HUMAN"}},{},{}]}"#,
        ),
        (
            "memberships(name,member),next_page_token",
            r#"{"memberships":[{"member":{"name":"users/1","type":"HUMAN"},"name":"1"},{"name":"2"},{"member":{"name":"users/3"},"name":"3"}],"nextPageToken":"t"}"#,
        ),
        ("nextPageToken", r#"{"nextPageToken":"t"}"#),
        ("other", "{}"),
    ] {
        let mut value = full.clone();
        FieldMask::parse(mask).unwrap().unwrap().apply(&mut value);
        assert_eq!(
            value,
            serde_json::from_str::<serde_json::Value>(expected).unwrap(),
            "{mask}"
        );
    }
}

#[test]
fn names_round_trip() {
    fn check<
        T: std::fmt::Display + std::str::FromStr<Err: std::fmt::Debug> + PartialEq + std::fmt::Debug,
    >(
        value: &T,
    ) {
        assert_eq!(value.to_string().parse::<T>().as_ref().unwrap(), value);
    }
    RpcCode::ALL.iter().for_each(check);
    MembershipMethod::ALL.iter().for_each(check);
    Scope::ALL.iter().for_each(check);
    check(&SpaceName::parse("spaces/A").unwrap());
    for member in ["app", "a@example.com", "group-1", "1"] {
        check(&MembershipName::parse(&format!("spaces/A/members/{member}")).unwrap());
    }
    assert_eq!(format!("{:>11}", RpcCode::NotFound), "  NOT_FOUND");
    let error = "FOUND".parse::<RpcCode>().unwrap_err();
    let message = error.to_string();
    assert!(message.starts_with("unknown error code `FOUND`, expected one of"));
    assert!(message.contains("`NOT_FOUND`"), "{message}");
}

#[test]
fn debug_output_has_no_tokens() {
    let space = people(0..3);
    let request = ListMembershipsRequest {
        page_size: 1,
        ..request()
    };
    let checked = request.check_on_server(&TOKENS).unwrap();
    let page = checked.page(&space, Authentication::User);
    let token = page.next_page_token.clone().unwrap();
    let next = ListMembershipsRequest {
        page_token: token.clone(),
        ..request
    };
    let reader = QueryReader::new("access_token=s3cret&pageToken=s3cret");
    for text in [
        format!("{page:?}"),
        format!("{next:?}"),
        format!("{:?}", next.check()),
        format!("{:?}", next.check_on_server(&TOKENS)),
        format!("{reader:?}"),
    ] {
        assert!(!text.contains(&token) && !text.contains("s3cret"), "{text}");
    }
}

#[test]
fn violations_are_a_collection() {
    assert_eq!(Violations::new(Vec::new()), None);
    let one = Violation::new("name", "wrong");
    let all = Violations::new(vec![one.clone(); 2]).unwrap();
    assert!((&all).into_iter().eq([&one, &one]));
    assert!(all.into_iter().eq([one.clone(), one]));
}

#[test]
fn types_are_send_and_sync() {
    fn check<T: Send + Sync>() {}
    check::<ListMembershipsRequest>();
    check::<PageTokens>();
    check::<Status>();
    check::<CheckedRequest>();
    check::<PageRequest<'_>>();
    assert_eq!(format!("{TOKENS:?}"), "PageTokens");
    assert_eq!(Role::ALL.len(), 5);
}
