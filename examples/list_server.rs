//! A server of `spaces.members.list` with a database of its own.
//!
//! `cargo run --features list --example list_server`
//!
//! The database is a map here; the comments say what a query would do. There is no network: a handler
//! takes the parts of an HTTP request and returns those of a response, as in any framework.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "an example, whose checks panic"
)]

use std::collections::BTreeMap;
use std::ops::Bound;

use gchat_filter::list::{
    Authentication, Caller, ListMembershipsRequest, PageRequest, PageTokens, RpcCode, Scope,
    Status, Violation,
};
use gchat_filter::members::Membership;
use serde_json::{Value, json};

/// A database of memberships, by the name of their space and by their key.
struct Server {
    rows: BTreeMap<(String, u64), Membership>,
    tokens: PageTokens,
}

/// The status and the body of a response.
type Response = (u16, Value);

impl Server {
    /// Handles `GET /v1/spaces/{space}/members?{query}`.
    fn list(&self, caller: &Caller, space: &str, query: &str) -> Response {
        match self.page(caller, space, query) {
            Ok(body) => (200, body),
            Err(status) => (status.code.http(), serde_json::to_value(&status).unwrap()),
        }
    }

    fn page(&self, caller: &Caller, space: &str, query: &str) -> Result<Value, Status> {
        let parent = format!("spaces/{space}");
        let (request, system) = ListMembershipsRequest::from_query(parent, query)?;
        let request = request.check_on_server(&self.tokens)?;
        request.authorize(caller)?;

        let rows = self.select(&request, caller.authentication)?;
        let page = request.page_of(rows);
        let mut body = json!({});
        if !page.memberships.is_empty() {
            body["memberships"] = page.memberships.iter().map(|row| json!(row)).collect();
        }
        if let Some(token) = page.next_page_token {
            body["nextPageToken"] = token.into();
        }
        if let Some(mask) = &system.fields {
            mask.apply(&mut body);
        }
        Ok(body)
    }

    /// Reads the rows of a page, and one more if there is one.
    ///
    /// In SQL: `SELECT … WHERE space = ? AND id > ? ORDER BY id`, whose rows are read until there are
    /// enough that the request selects.
    fn select(
        &self,
        request: &PageRequest<'_>,
        authentication: Authentication,
    ) -> Result<Vec<(String, &Membership)>, Status> {
        let space = request.parent().as_str();
        // The keys are numbers in the database, so the text in the token must be one.
        let start_after: u64 = match request.start_after() {
            None => 0,
            Some(key) => key
                .parse()
                .map_err(|_| Violation::new("pageToken", "not a token of this database"))?,
        };
        let key = |id| (space.to_owned(), id);
        let range = (
            Bound::Excluded(key(start_after)),
            Bound::Included(key(u64::MAX)),
        );
        let rows = self.rows.range(range);
        let rows = rows
            .filter(|(_, row)| request.selects(row, authentication))
            .map(|((_, id), row)| (id.to_string(), row));
        Ok(rows.take(request.page_size() + 1).collect())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut server = Server {
        rows: BTreeMap::new(),
        tokens: PageTokens::new([7; 32]),
    };
    for (id, role, kind) in [
        (1, "ROLE_MANAGER", "HUMAN"),
        (2, "ROLE_MEMBER", "BOT"),
        (9, "ROLE_MEMBER", "HUMAN"),
        (10, "ROLE_MEMBER", "HUMAN"),
        (11, "ROLE_MEMBER", "HUMAN"),
    ] {
        let row = json!({
            "name": format!("spaces/A/members/{id}"),
            "role": role,
            "member": {"name": format!("users/{id}"), "type": kind},
        });
        let key = ("spaces/A".to_owned(), id);
        server.rows.insert(key, serde_json::from_value(row)?);
    }
    let caller = Caller::new(Authentication::User, [Scope::MembershipsReadonly]);

    // A client lists the names of all people, two at a time.
    let mut request = ListMembershipsRequest {
        filter: r#"member.type = "HUMAN""#.to_owned(),
        page_size: 2,
        ..ListMembershipsRequest::new("spaces/A")
    };
    let mut names = Vec::new();
    loop {
        let query = request.check()?.query() + "&fields=memberships/name,nextPageToken";
        let (http, body) = server.list(&caller, "A", &query);
        println!("{http} {body:#}");
        assert_eq!(http, 200);
        for row in body["memberships"].as_array().unwrap() {
            assert!(row.get("role").is_none(), "the mask selects names only");
            names.push(row["name"].clone());
        }
        match body.get("nextPageToken") {
            Some(token) => token.as_str().unwrap().clone_into(&mut request.page_token),
            None => break,
        }
    }
    let expected = ["1", "9", "10", "11"].map(|id| format!("spaces/A/members/{id}"));
    assert_eq!(names, expected);

    // A token is valid for its own request only.
    request.show_groups = true;
    let (http, body) = server.list(&caller, "A", &request.check()?.query());
    println!("{http} {body:#}");
    let violation = &body["error"]["details"][0]["fieldViolations"][0];
    assert_eq!((http, &violation["field"]), (400, &json!("pageToken")));

    // A filter that is not valid, a space that is not a name, and a caller without a scope.
    let (http, body) = server.list(&caller, "A", "filter=role+%3D+OWNER");
    println!("{http} {body:#}");
    assert_eq!(http, RpcCode::InvalidArgument.http());
    let (http, _) = server.list(&caller, "..", "");
    assert_eq!(http, 400);
    let app = Caller::new(Authentication::App, []);
    let (http, body) = server.list(&app, "A", "");
    assert_eq!(http, 403);
    assert_eq!(
        body["error"]["status"],
        RpcCode::PermissionDenied.to_string()
    );

    // An app does not see apps. An empty page is an empty object.
    let app = Caller::new(Authentication::App, [Scope::Bot]);
    let answer = server.list(&app, "A", "filter=member.type+%3D+%22BOT%22");
    assert_eq!(answer, (200, json!({})));
    Ok(())
}
