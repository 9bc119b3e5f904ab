//! The mock server, compared request by request with a [model](crate::server_model): the response
//! to each request, its changes, and everything that must not change. A request is either encoded
//! in letters, and the model predicts the response; or it is arbitrary text, and the response must
//! be one that HTTP and the API allow.
//!
//! The first byte selects the seed: `c` with callers, `f` with faults, `b` with both, `-` with
//! neither. Up to sixteen requests follow. A request in letters consists of
//!
//! - a method: `c`reate, `d`elete, `g`et, `l`ist, `p`atch;
//! - a space: `A`; a group `C`hat; one in `I`mport mode; `O`, which the app created; `E`, which
//!   has no manager; `F`, which has the faults; `X`, which does not exist;
//! - for create, delete, get and patch, a member: a letter of
//!   [`MEMBERS`](crate::server_model::MEMBERS);
//! - for create, a body; for patch, a role and a mask; for list, a filter, flags and a page size;
//! - a variant: `.` for none, `m` with admin access, `i` with integer enums, `p` without
//!   indentation, `f` with a field mask, `h` with the method in a header, `/` with two slashes, `%`
//!   with a fully percent-encoded path, `t` with the caller's token in the query, `r` over gRPC;
//! - with callers, a letter of [`CALLERS`](crate::server_model::CALLERS).
//!
//! A request in text is `"` followed by a line: method and target, a tab and the body, and headers
//! after further tabs, as in `"GET /v1/spaces/A/members`. It is sent over gRPC if the target is a path of
//! that. All other bytes map to one of these.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use gchat_filter_mock::Mock;
use http::{Method, Request, header};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::grpc;
use crate::raw_request::RawRequest;
use crate::server_model::{
    ANYONE, CALLERS, Caller, Effect, MEMBERS, Members, Model, Operation, SPACES, WATCHER, contains,
    representation, seed,
};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime without drivers")
});

/// Runs the target on a sequence of requests.
pub fn run(bytes: &[u8]) {
    let mut u = Unstructured::new(bytes);
    let (callers, faults) = match letter(&mut u, b"-cfb") {
        b'-' => (false, false),
        b'c' => (true, false),
        b'f' => (false, true),
        _ => (true, true),
    };
    let mock = Mock::from_json(&seed(callers, faults).to_string()).expect("a valid seed");
    assert_eq!(mock.asks_for_tokens(), callers);
    let mut server = Server {
        mock,
        model: Model::new(callers, faults),
        touched: BTreeSet::new(),
        watcher_removed: false,
        log: String::new(),
    };
    for _ in 0..16 {
        if u.is_empty() || server.watcher_removed {
            break;
        }
        match letter(&mut u, b"cdglp\"") {
            b'"' => {
                let line = line(&mut u);
                server.send_line(&line);
            }
            method => {
                let operation = operation(&mut u, method, callers);
                server.perform(&operation);
            }
        }
    }
    if !server.watcher_removed {
        server.check_final_state();
    }
}

/// Returns one of some letters: the next byte, if it is one of them.
fn letter(u: &mut Unstructured<'_>, letters: &[u8]) -> u8 {
    let byte = u.arbitrary::<u8>().unwrap_or(letters[0]);
    if letters.contains(&byte) {
        byte
    } else {
        letters[usize::from(byte) % letters.len()]
    }
}

fn line(u: &mut Unstructured<'_>) -> Vec<u8> {
    let mut line = Vec::new();
    while !u.is_empty() {
        match u.arbitrary::<u8>() {
            Ok(b'\n') | Err(_) => break,
            Ok(byte) => line.push(byte),
        }
    }
    line
}

/// Decodes a request in letters.
fn operation(u: &mut Unstructured<'_>, method: u8, callers: bool) -> Operation {
    let space = one_of(u, &SPACES, |space| space.as_bytes()[0]);
    let member = if method == b'l' {
        &MEMBERS[0]
    } else {
        one_of(u, &MEMBERS, |member| member.letter)
    };
    let choices: &[&[u8]] = match method {
        b'c' => &[b".HB12+x?"],
        b'p' => &[b"MGA203?", b"r*R-s"],
        b'l' => &[b"-MGHBhbx", b"-gie", b"0123456789"],
        _ => &[],
    };
    let mut options = [b'-'; 3];
    for (option, letters) in options.iter_mut().zip(choices) {
        *option = letter(u, letters);
    }
    let variant = letter(u, b".mipfh/%tr");
    let caller = if callers {
        one_of(u, &CALLERS, |caller| caller.letter)
    } else {
        &ANYONE
    };
    Operation {
        method,
        space,
        member,
        options,
        variant,
        caller,
    }
}

/// Returns one of some items, selected by its letter.
fn one_of<'t, T>(u: &mut Unstructured<'_>, all: &'t [T], letter_of: impl Fn(&T) -> u8) -> &'t T {
    let letters: Vec<u8> = all.iter().map(&letter_of).collect();
    let letter = letter(u, &letters);
    let one = all.iter().find(|one| letter_of(one) == letter);
    one.unwrap_or(&all[0])
}

/// The server and its model.
struct Server {
    mock: Mock,
    model: Model,
    /// The spaces named in requests.
    touched: BTreeSet<&'static str>,
    /// Whether the watcher was removed from a space, so that changes can no longer be observed.
    watcher_removed: bool,
    /// The requests so far, for failure messages.
    log: String,
}

/// A response; its JSON is `Null` if it has no body.
struct Response {
    status: u16,
    json: Value,
    text: String,
}

impl Server {
    /// Sends a request and asserts the invariants of responses. Returns `None` if the request is
    /// not valid HTTP.
    fn send(&mut self, request: &RawRequest) -> Option<Response> {
        let method = Method::from_bytes(request.method.as_bytes()).ok()?;
        let mut builder = Request::builder().method(&method).uri(&*request.target);
        for (name, value) in &request.headers {
            builder = builder.header(&**name, &**value);
        }
        let http_request = builder.body(request.body.clone()).ok()?;
        // Writing to a string cannot fail.
        let _ = writeln!(self.log, "{request}");
        if request.target.starts_with(grpc::SERVICE) {
            return self.send_over_grpc(request);
        }
        let http_path = http_request.uri().path().to_owned();
        let response = RUNTIME.block_on(self.mock.handle(http_request));
        let (head, text) = response.into_parts();
        let log = &self.log;
        let kind = &head.headers[header::CONTENT_TYPE];
        if kind == "text/html; charset=UTF-8" {
            // The page about the server.
            assert_eq!(
                (head.status.as_u16(), http_path),
                (200, "/".to_owned()),
                "{log}"
            );
            return None;
        }
        assert_eq!(kind, "application/json; charset=UTF-8", "{log}");
        let status = head.status.as_u16();
        if method == Method::HEAD && text.is_empty() {
            return Some(Response {
                status,
                json: Value::Null,
                text,
            });
        }
        let json = serde_json::from_str::<Value>(&text);
        let json = json.unwrap_or_else(|error| panic!("{log}{error}: {text}"));
        let challenged = head.headers.contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenged, status == 401, "{log}");
        if status == 200 {
            assert!(
                json.is_object() && json.get("error").is_none(),
                "{log}{text}"
            );
        } else {
            assert!(is_error(status, &json), "{log}{status}: {text}");
            let sent = request.target.len() + request.body.len();
            assert!(text.len() < 16_000 + 24 * sent, "{log}{text}");
            assert!(
                request.contains_secret() || !text.contains("SECRET"),
                "{log}{text}"
            );
        }
        Some(Response { status, json, text })
    }

    /// Sends a request over gRPC. The response is as over REST.
    fn send_over_grpc(&mut self, request: &RawRequest) -> Option<Response> {
        let (status, json) = RUNTIME.block_on(grpc::send(&self.mock, request))?;
        let text = format!("{json:#}\n");
        let log = &self.log;
        match status {
            200 => {}
            // Errors of gRPC itself.
            500 | 501 => assert!(json["error"].get("details").is_none(), "{log}{text}"),
            _ => assert!(is_error(status, &json), "{log}{status}: {text}"),
        }
        assert!(
            request.contains_secret() || !text.contains("SECRET"),
            "{log}{text}"
        );
        Some(Response { status, json, text })
    }

    /// Sends a request until no fault applies to it, and asserts that faults are returned before.
    fn send_past_faults(&mut self, request: &RawRequest) -> Response {
        loop {
            let fault = self.model.fault(&request.resource());
            let response = self.send(request).expect("a request");
            match fault {
                None => break response,
                Some(status) => assert_eq!(response.status, status, "{}", self.log),
            }
        }
    }

    /// Returns the memberships of a space; `None` if the watcher was removed from it.
    fn members(&mut self, space: &str) -> Option<Members> {
        let target = format!(
            "/v1/spaces/{space}/members?showGroups=true&showInvited=true&pageSize=1000&prettyPrint=false"
        );
        let request = RawRequest::new("GET", target).of(self.watcher());
        let response = self.send_past_faults(&request);
        if response.status == 403 {
            self.watcher_removed = true;
            return None;
        }
        assert_eq!(response.status, 200, "{}{}", self.log, response.text);
        assert!(!response.text.contains('\n'));
        assert_eq!(response.json.get("nextPageToken"), None);
        let listed = response.json["memberships"].as_array();
        let listed = listed.cloned().unwrap_or_default();
        let names = listed
            .iter()
            .map(|one| one["name"].as_str().unwrap_or_default());
        assert!(
            names.is_sorted_by(|a, b| a < b),
            "{}{}",
            self.log,
            response.text
        );
        let prefix = format!("spaces/{space}/members/");
        let keyed = listed.into_iter().map(|one| {
            let key = one["name"]
                .as_str()
                .and_then(|name| name.strip_prefix(&prefix));
            (key.expect("a name in the space").to_owned(), one)
        });
        Some(keyed.collect())
    }

    fn watcher(&self) -> &'static Caller {
        if self.model.callers {
            &WATCHER
        } else {
            &ANYONE
        }
    }

    /// Compares the memberships of all spaces, or of one, with the model.
    fn compare(&mut self, only: Option<&str>) {
        let spaces = SPACES
            .iter()
            .filter(|space| only.is_none_or(|only| **space == only));
        for space in spaces.filter(|space| **space != "X") {
            let Some(found) = self.members(space) else {
                continue;
            };
            let expected = &self.model.spaces[space].members;
            assert_eq!(found, *expected, "{}{space}", self.log);
        }
    }

    /// Performs a request encoded in letters.
    fn perform(&mut self, operation: &Operation) {
        let request = operation.request();
        self.touched.insert(operation.space);
        if operation.method == b'l' {
            return self.list(operation, &request);
        }
        let fault = self.model.fault(&request.resource());
        let expected = match fault {
            Some(status) => Err(status),
            None => self.model.outcome(operation),
        };
        let over_grpc = operation.variant == b'r' && grpc::has_form(operation);
        let response = if over_grpc {
            self.send(&grpc::converted(operation, &request, ""))
        } else {
            self.send(&request)
        };
        let response = response.expect("a request");
        let status = expected.as_ref().err().copied().unwrap_or(200);
        assert_eq!(response.status, status, "{}{}", self.log, response.text);
        let is_indented = fault.is_some() || operation.variant != b'p';
        assert_eq!(response.text.ends_with('\n'), is_indented, "{}", self.log);
        let space = operation.space;
        let returned = match expected {
            Err(_) => None,
            Ok(Effect::Show(membership)) => Some(membership),
            Ok(Effect::Put(key, membership)) => {
                self.model.put(space, &key, &membership);
                Some(membership)
            }
            Ok(Effect::Create(membership)) => {
                // The server chooses the key for a user of whom only the email address is known.
                let log = self.log.clone();
                let known = self.model.spaces[space].members.clone();
                let Some(found) = self.members(space) else {
                    return;
                };
                let mut created = found.iter().filter(|(key, _)| !known.contains_key(*key));
                let (key, created) = created.next().expect("the created membership");
                assert!(
                    contains(created, &membership),
                    "{log}{membership}, {created}"
                );
                assert!(
                    created["createTime"]
                        .as_str()
                        .is_some_and(|time| time.ends_with('Z'))
                );
                self.model.put(space, key, created);
                Some(created.clone())
            }
            Ok(Effect::Remove(key)) => {
                self.model.remove(space, &key);
                let name = format!("spaces/{space}/members/{key}");
                Some(json!({"name": name, "state": "NOT_A_MEMBER"}))
            }
        };
        if let Some(membership) = returned {
            let mut expected = representation(&membership, operation.variant);
            if over_grpc {
                expected = grpc::with_short_times(expected);
            }
            assert_eq!(response.json, expected, "{}", self.log);
        }
        if space != "X" {
            self.compare(Some(space));
        }
    }

    /// Lists all pages and compares them with the model.
    fn list(&mut self, operation: &Operation, first: &RawRequest) {
        let over_grpc = operation.variant == b'r';
        let mut listed = Vec::new();
        let mut request = first.clone();
        let mut sent = if over_grpc {
            grpc::converted(operation, first, "")
        } else {
            first.clone()
        };
        loop {
            let fault = self.model.fault(&request.resource());
            let expected = match fault {
                Some(status) => Err(status),
                None => self.model.list(operation),
            };
            let response = self.send(&sent).expect("a request");
            let expected = match expected {
                Err(status) => {
                    return assert_eq!(response.status, status, "{}{}", self.log, response.text);
                }
                Ok(expected) => expected,
            };
            assert_eq!(response.status, 200, "{}{}", self.log, response.text);
            assert_eq!(response.text.ends_with('\n'), operation.variant != b'p');
            let page = response.json["memberships"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            assert!(page.len() <= operation.page_size(), "{}", self.log);
            listed.extend(page);
            let Some(token) = response.json["nextPageToken"].as_str() else {
                let expected: Vec<Value> = expected
                    .iter()
                    .map(|one| representation(one, operation.variant))
                    .map(|one| {
                        if over_grpc {
                            grpc::with_short_times(one)
                        } else {
                            one
                        }
                    })
                    .collect();
                return assert_eq!(listed, expected, "{}", self.log);
            };
            if request == *first {
                self.assert_token_is_bound(operation, token);
            }
            request = first.with(&format!("pageToken={token}"));
            sent = if over_grpc {
                grpc::converted(operation, first, token)
            } else {
                request.clone()
            };
        }
    }

    /// Asserts that another request with the token is rejected, without repeating the token.
    fn assert_token_is_bound(&mut self, operation: &Operation, token: &str) {
        let target = format!(
            "/v1/spaces/{}/members?filter=role%3D%22ROLE_MANAGER%22+OR+member.type%3D%22BOT%22\
             &pageToken={token}",
            operation.space
        );
        let response = self.send_past_faults(&RawRequest::new("GET", target).of(self.watcher()));
        let violation = &response.json["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(
            (response.status, &violation["field"]),
            (400, &json!("pageToken"))
        );
        assert!(
            !response.text.contains(token),
            "{}{}",
            self.log,
            response.text
        );
    }

    /// Performs a request in text. If it may change something, the model adopts the changes.
    fn send_line(&mut self, line: &[u8]) {
        let Some(request) = RawRequest::read(line, self.model.callers) else {
            return;
        };
        let over_grpc = request.target.starts_with(grpc::SERVICE);
        // The model does not read messages, and so cannot count the requests that a fault affects.
        if over_grpc && self.model.has_faults() {
            return;
        }
        let Some(response) = self.send(&request) else {
            return;
        };
        // An overlong body is rejected before anything else.
        if response.status != 413 && !over_grpc {
            let calls_method = request.calls_method();
            let fault = calls_method.then(|| self.model.fault(&request.resource()));
            match fault.flatten() {
                Some(fault) => assert_eq!(response.status, fault, "{}", self.log),
                None => assert!(response.status < 429, "{}{}", self.log, response.text),
            }
        }
        if response.status != 200 || !request.may_change() {
            // The final check would detect changes.
            return;
        }
        let mut changes = 0;
        for space in SPACES.iter().filter(|space| **space != "X") {
            let known = self.model.spaces[space].members.clone();
            let Some(found) = self.members(space) else {
                continue;
            };
            let keys: BTreeSet<&String> = known.keys().chain(found.keys()).collect();
            for key in keys {
                if known.get(key) == found.get(key) {
                    continue;
                }
                changes += 1;
                self.touched.insert(space);
                match found.get(key) {
                    Some(membership) => self.model.put(space, key, membership),
                    None => self.model.remove(space, key),
                }
            }
            let is_managed =
                |members: &Members| members.values().any(crate::server_model::is_manager);
            assert!(
                !is_managed(&known) || is_managed(&found),
                "{}{space}",
                self.log
            );
        }
        assert!(changes <= 1, "{}{changes} changes", self.log);
    }

    /// Asserts that the final state is the model's, in lists and in single requests.
    fn check_final_state(&mut self) {
        self.compare(None);
        for space in self.touched.clone() {
            let operation = Operation {
                method: b'l',
                space,
                member: &MEMBERS[0],
                options: [b'-', b'e', b'2'],
                variant: b'.',
                caller: self.watcher(),
            };
            self.list(&operation, &operation.request());
            let Some(known) = self.model.spaces.get(space) else {
                continue;
            };
            for (key, membership) in known.members.clone() {
                let target = format!(
                    "/v1/spaces/{space}/members/{}",
                    crate::raw_request::encode(&key)
                );
                let response =
                    self.send_past_faults(&RawRequest::new("GET", target).of(self.watcher()));
                assert_eq!(response.status, 200, "{}{key}: {}", self.log, response.text);
                assert_eq!(response.json, membership, "{}", self.log);
            }
        }
    }
}

/// Returns whether the body of an error is a `google.rpc.Status` with the code of the HTTP status.
fn is_error(http: u16, json: &Value) -> bool {
    let statuses: &[&str] = match http {
        400 => &["INVALID_ARGUMENT", "FAILED_PRECONDITION"],
        401 => &["UNAUTHENTICATED"],
        403 => &["PERMISSION_DENIED"],
        404 => &["NOT_FOUND"],
        409 => &["ALREADY_EXISTS", "ABORTED"],
        413 => &["INVALID_ARGUMENT"],
        429 => &["RESOURCE_EXHAUSTED"],
        503 => &["UNAVAILABLE"],
        _ => return false,
    };
    let has_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let error = &json["error"];
    let is_detail = |detail: &Value| match detail["@type"].as_str() {
        Some("type.googleapis.com/google.rpc.BadRequest") => {
            let violations = detail["fieldViolations"].as_array();
            violations.is_some_and(|violations| {
                let is_violation =
                    |one: &Value| has_text(&one["field"]) && has_text(&one["description"]);
                http == 400
                    && (1..=21).contains(&violations.len())
                    && violations.iter().all(is_violation)
            })
        }
        Some("type.googleapis.com/google.rpc.ErrorInfo") => {
            has_text(&detail["reason"]) && detail["domain"] == "googleapis.com"
        }
        _ => false,
    };
    let has_details = match error.get("details") {
        None => true,
        Some(details) => details
            .as_array()
            .is_some_and(|details| !details.is_empty() && details.iter().all(is_detail)),
    };
    json.as_object().is_some_and(|body| body.len() == 1)
        && error.as_object().is_some_and(|error| error.len() <= 4)
        && error["code"] == http
        && error["status"]
            .as_str()
            .is_some_and(|status| statuses.contains(&status))
        && has_text(&error["message"])
        && has_details
}
