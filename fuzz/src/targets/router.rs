//! The mock server, request by request, beside a [model](crate::model) of it: what each request is
//! answered, what it changes, and what it leaves alone. A request is either made of letters, and
//! the model tells its answer; or it is any text, and the answer is one that HTTP and the API
//! allow.
//!
//! The first byte says how the server is seeded: `c` with callers, `f` with faults, `b` with both,
//! `-` with neither. Up to sixteen requests follow. One of letters is
//!
//! - a method: `c`reate, `d`elete, `g`et, `l`ist, `p`atch;
//! - a space: `A`; a group `C`hat; one in `I`mport mode; `O`urs, which the app created; `E`, which
//!   nobody manages; `F`, where the faults are; `X`, which is not there;
//! - for create, delete, get and patch a member, a letter of [`WHO`](crate::model::WHO);
//! - for create a [body](body), for patch a role and a mask, for list a filter, flags and the size
//!   of a page;
//! - a way to ask: `.` the plain one, `m` with admin access, `i` for integers, `p` not indented,
//!   `f` for some fields, `h` by a header's method, `/` with two slashes, `%` with a path that is
//!   encoded as a whole, `t` with the caller's token in the query;
//! - if there are callers, a letter of one of [`CALLERS`](crate::model::CALLERS).
//!
//! One of text is `"` and what follows up to a line break: method and target, then a tab and the
//! body, then tabs and headers, as in `"GET /v1/spaces/A/members`. Every other byte is one of
//! those too.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::LazyLock;

use arbitrary::Unstructured;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use gchat_filter::mock::Mock;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::model::{
    Act, Asked, CALLERS, Caller, Effect, Members, Model, OPEN, SPACES, WATCH, WHO, has, seed, shown,
};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("a runtime without any driver")
});

/// A sequence of requests.
pub fn run(bytes: &[u8]) {
    let mut u = Unstructured::new(bytes);
    let (callers, faults) = match letter(&mut u, b"-cfb") {
        b'-' => (false, false),
        b'c' => (true, false),
        b'f' => (false, true),
        _ => (true, true),
    };
    let mock = Mock::from_json(&seed(callers, faults).to_string()).expect("a good seed");
    assert_eq!(mock.asks_for_tokens(), callers);
    let mut server = Server {
        router: mock.router(),
        model: Model::new(callers, faults),
        touched: BTreeSet::new(),
        is_blind: false,
        said: String::new(),
    };
    for _ in 0..16 {
        if u.is_empty() || server.is_blind {
            break;
        }
        match letter(&mut u, b"cdglp\"") {
            b'"' => {
                let line = line(&mut u);
                server.text(&line);
            }
            method => {
                let act = act(&mut u, method, callers);
                server.act(&act);
            }
        }
    }
    if !server.is_blind {
        server.ends();
    }
}

/// One of some letters: the byte itself if it is one.
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

fn act(u: &mut Unstructured<'_>, method: u8, callers: bool) -> Act {
    let space = one_of(u, &SPACES, |space| space.as_bytes()[0]);
    let who = if method == b'l' {
        &WHO[0]
    } else {
        one_of(u, &WHO, |who| who.letter)
    };
    let choices: &[&[u8]] = match method {
        b'c' => &[b".HB12+x?"],
        b'p' => &[b"MGA203?", b"r*R-s"],
        b'l' => &[b"-MGHBhbx", b"-gie", b"0123456789"],
        _ => &[],
    };
    let mut chosen = [b'-'; 3];
    for (chosen, letters) in chosen.iter_mut().zip(choices) {
        *chosen = letter(u, letters);
    }
    let way = letter(u, b".mipfh/%t");
    let caller = if callers {
        one_of(u, &CALLERS, |caller| caller.letter)
    } else {
        &OPEN
    };
    Act {
        method,
        space,
        who,
        chosen,
        way,
        caller,
    }
}

/// One of some things by its letter.
fn one_of<'t, T>(u: &mut Unstructured<'_>, all: &'t [T], of: impl Fn(&T) -> u8) -> &'t T {
    let letters: Vec<u8> = all.iter().map(&of).collect();
    let letter = letter(u, &letters);
    let one = all.iter().find(|one| of(one) == letter);
    one.unwrap_or(&all[0])
}

/// The server, and what it should be like.
struct Server {
    router: Router,
    model: Model,
    /// The spaces of which something was asked.
    touched: BTreeSet<&'static str>,
    /// Whether whoever watches was put out of a space, so that nothing more can be told.
    is_blind: bool,
    /// What was asked so far, for whoever reads of a failure.
    said: String,
}

/// An answer; its JSON is `Null` if it has no body.
struct Answer {
    status: u16,
    json: Value,
    text: String,
}

impl Server {
    /// Sends a request, and asserts what must hold of every answer. `None` if it is no request.
    fn send(&mut self, asked: &Asked) -> Option<Answer> {
        let method = Method::from_bytes(asked.method.as_bytes()).ok()?;
        let mut request = Request::builder().method(&method).uri(&*asked.target);
        for (name, value) in &asked.headers {
            request = request.header(&**name, &**value);
        }
        let request = request.body(Body::from(asked.body.clone())).ok()?;
        // Writing into a string cannot fail.
        let _ = writeln!(self.said, "{asked}");
        let (head, text) = RUNTIME.block_on(async {
            let answer = self.router.clone().oneshot(request).await;
            let (head, body) = match answer {
                Ok(answer) => answer.into_parts(),
                Err(never) => match never {},
            };
            let body = to_bytes(body, usize::MAX).await.expect("a whole body");
            (head, String::from_utf8(body.to_vec()).expect("UTF-8"))
        });
        let said = &self.said;
        let kind = &head.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "application/json; charset=UTF-8", "{said}");
        let status = head.status.as_u16();
        if method == Method::HEAD && text.is_empty() {
            return Some(Answer {
                status,
                json: Value::Null,
                text,
            });
        }
        let json = serde_json::from_str::<Value>(&text);
        let json = json.unwrap_or_else(|error| panic!("{said}{error}: {text}"));
        let challenged = head.headers.contains_key(header::WWW_AUTHENTICATE);
        assert_eq!(challenged, status == 401, "{said}");
        if status == 200 {
            assert!(
                json.is_object() && json.get("error").is_none(),
                "{said}{text}"
            );
        } else {
            assert!(is_error(status, &json), "{said}{status}: {text}");
            let sent = asked.target.len() + asked.body.len();
            assert!(text.len() < 16_000 + 24 * sent, "{said}{text}");
            assert!(
                asked.says_secret() || !text.contains("SECRET"),
                "{said}{text}"
            );
        }
        Some(Answer { status, json, text })
    }

    /// Sends a request, as often as a fault is in its way, and asserts that there was one.
    fn surely(&mut self, asked: &Asked) -> Answer {
        loop {
            let fault = self.model.fault(&asked.resource());
            let answer = self.send(asked).expect("a request");
            match fault {
                None => break answer,
                Some(status) => assert_eq!(answer.status, status, "{}", self.said),
            }
        }
    }

    /// What is in a space; `None` if whoever watches was put out of it.
    fn members(&mut self, space: &str) -> Option<Members> {
        let target = format!(
            "/v1/spaces/{space}/members?showGroups=true&showInvited=true&pageSize=1000&prettyPrint=false"
        );
        let asked = Asked::new("GET", target).of(self.watcher());
        let answer = self.surely(&asked);
        if answer.status == 403 {
            self.is_blind = true;
            return None;
        }
        assert_eq!(answer.status, 200, "{}{}", self.said, answer.text);
        assert!(!answer.text.contains('\n'));
        assert_eq!(answer.json.get("nextPageToken"), None);
        let listed = answer.json["memberships"].as_array();
        let listed = listed.cloned().unwrap_or_default();
        let names = listed
            .iter()
            .map(|one| one["name"].as_str().unwrap_or_default());
        assert!(
            names.is_sorted_by(|a, b| a < b),
            "{}{}",
            self.said,
            answer.text
        );
        let prefix = format!("spaces/{space}/members/");
        let keyed = listed.into_iter().map(|one| {
            let key = one["name"]
                .as_str()
                .and_then(|name| name.strip_prefix(&prefix));
            (key.expect("a name in this space").to_owned(), one)
        });
        Some(keyed.collect())
    }

    fn watcher(&self) -> &'static Caller {
        if self.model.callers { &WATCH } else { &OPEN }
    }

    /// Compares what is in every space, or in one, with the model.
    fn watch(&mut self, only: Option<&str>) {
        let spaces = SPACES
            .iter()
            .filter(|space| only.is_none_or(|only| **space == only));
        for space in spaces.filter(|space| **space != "X") {
            let Some(found) = self.members(space) else {
                continue;
            };
            let expected = &self.model.spaces[space].members;
            assert_eq!(found, *expected, "{}{space}", self.said);
        }
    }

    /// A request of letters.
    fn act(&mut self, act: &Act) {
        let asked = act.asked();
        self.touched.insert(act.space);
        if act.method == b'l' {
            return self.list(act, &asked);
        }
        let fault = self.model.fault(&asked.resource());
        let expected = match fault {
            Some(status) => Err(status),
            None => self.model.judge(act),
        };
        let answer = self.send(&asked).expect("a request");
        let status = expected.as_ref().err().copied().unwrap_or(200);
        assert_eq!(answer.status, status, "{}{}", self.said, answer.text);
        let is_indented = fault.is_some() || act.way != b'p';
        assert_eq!(answer.text.ends_with('\n'), is_indented, "{}", self.said);
        let space = act.space;
        let shows = match expected {
            Err(_) => None,
            Ok(Effect::Shows(membership)) => Some(membership),
            Ok(Effect::Puts(key, membership)) => {
                self.model.put(space, &key, &membership);
                Some(membership)
            }
            Ok(Effect::Creates(membership)) => {
                // The key may be made up by the server, of one of whom it knows no more.
                let said = self.said.clone();
                let known = self.model.spaces[space].members.clone();
                let Some(found) = self.members(space) else {
                    return;
                };
                let mut fresh = found.iter().filter(|(key, _)| !known.contains_key(*key));
                let (key, made) = fresh.next().expect("what was acknowledged");
                assert!(has(made, &membership), "{said}{membership}, {made}");
                assert!(
                    made["createTime"]
                        .as_str()
                        .is_some_and(|time| time.ends_with('Z'))
                );
                self.model.put(space, key, made);
                Some(made.clone())
            }
            Ok(Effect::Removes(key)) => {
                self.model.remove(space, &key);
                let name = format!("spaces/{space}/members/{key}");
                Some(json!({"name": name, "state": "NOT_A_MEMBER"}))
            }
        };
        if let Some(membership) = shows {
            let expected = shown(&membership, act.way);
            assert_eq!(answer.json, expected, "{}", self.said);
        }
        if space != "X" {
            self.watch(Some(space));
        }
    }

    /// Lists page by page.
    fn list(&mut self, act: &Act, first: &Asked) {
        let mut listed = Vec::new();
        let mut asked = first.clone();
        loop {
            let fault = self.model.fault(&asked.resource());
            let expected = match fault {
                Some(status) => Err(status),
                None => self.model.list(act),
            };
            let answer = self.send(&asked).expect("a request");
            let expected = match expected {
                Err(status) => {
                    return assert_eq!(answer.status, status, "{}{}", self.said, answer.text);
                }
                Ok(expected) => expected,
            };
            assert_eq!(answer.status, 200, "{}{}", self.said, answer.text);
            assert_eq!(answer.text.ends_with('\n'), act.way != b'p');
            let page = answer.json["memberships"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            assert!(page.len() <= act.page_size(), "{}", self.said);
            listed.extend(page);
            let Some(token) = answer.json["nextPageToken"].as_str() else {
                let expected: Vec<Value> = expected.iter().map(|one| shown(one, act.way)).collect();
                return assert_eq!(listed, expected, "{}", self.said);
            };
            if asked == *first {
                self.refused(act, token);
            }
            asked = first.with(&format!("pageToken={token}"));
        }
    }

    /// The token is good for no other request, and is not told.
    fn refused(&mut self, act: &Act, token: &str) {
        let target = format!(
            "/v1/spaces/{}/members?filter=role%3D%22ROLE_MANAGER%22+OR+member.type%3D%22BOT%22\
             &pageToken={token}",
            act.space
        );
        let answer = self.surely(&Asked::new("GET", target).of(self.watcher()));
        let violation = &answer.json["error"]["details"][0]["fieldViolations"][0];
        assert_eq!(
            (answer.status, &violation["field"]),
            (400, &json!("pageToken"))
        );
        assert!(!answer.text.contains(token), "{}{}", self.said, answer.text);
    }

    /// A request of text. What it changed, if it is one that may, is found out.
    fn text(&mut self, line: &[u8]) {
        let Some(asked) = Asked::read(line, self.model.callers) else {
            return;
        };
        let Some(answer) = self.send(&asked) else {
            return;
        };
        // A body that is too long is refused before anything else.
        if answer.status != 413 {
            match self.model.fault(&asked.resource()) {
                Some(fault) => assert_eq!(answer.status, fault, "{}", self.said),
                None => assert!(answer.status < 429, "{}{}", self.said, answer.text),
            }
        }
        if answer.status != 200 || !asked.may_change() {
            // That nothing is changed is seen in the end.
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
            let is_managed = |members: &Members| members.values().any(crate::model::manages);
            assert!(
                !is_managed(&known) || is_managed(&found),
                "{}{space}",
                self.said
            );
        }
        assert!(changes <= 1, "{}{changes} changes", self.said);
    }

    /// In the end what is listed page by page is what is there one by one.
    fn ends(&mut self) {
        self.watch(None);
        for space in self.touched.clone() {
            let act = Act {
                method: b'l',
                space,
                who: &WHO[0],
                chosen: [b'-', b'e', b'2'],
                way: b'.',
                caller: self.watcher(),
            };
            self.list(&act, &act.asked());
            let Some(known) = self.model.spaces.get(space) else {
                continue;
            };
            for (key, membership) in known.members.clone() {
                let target = format!("/v1/spaces/{space}/members/{}", crate::model::encoded(&key));
                let answer = self.surely(&Asked::new("GET", target).of(self.watcher()));
                assert_eq!(answer.status, 200, "{}{key}: {}", self.said, answer.text);
                assert_eq!(answer.json, membership, "{}", self.said);
            }
        }
    }
}

/// Whether an error's body is `google.rpc.Status`, with the code of the HTTP status.
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
                let is_told =
                    |one: &Value| has_text(&one["field"]) && has_text(&one["description"]);
                http == 400
                    && (1..=21).contains(&violations.len())
                    && violations.iter().all(is_told)
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
