//! gRPC, and REST over HTTP/2.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gchat_filter::list::{MembershipMethod, RpcCode};
use gchat_filter_mock::{ConnectionFault, Fault, Server};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use serde_json::json;

use super::http::Request as RestRequest;
use super::messages::{Create, List, Membership, Page, Strings, Update, User};
use super::{open, seed, serve};

/// A response, with the trailers among the headers.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Returns the code, 0 for success.
    fn code(&self) -> u32 {
        self.header("grpc-status").parse().unwrap()
    }

    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }

    fn message<M: Message + Default>(&self) -> M {
        assert_eq!(self.code(), 0, "{}", self.header("grpc-message"));
        let (head, message) = self.body.split_at(5);
        assert_eq!(head[0], 0);
        assert_eq!(
            &head[1..],
            u32::try_from(message.len()).unwrap().to_be_bytes()
        );
        M::decode(message).unwrap()
    }
}

/// A connection of HTTP/2 with prior knowledge.
#[derive(Clone)]
struct Connection(http2::SendRequest<Full<Bytes>>);

impl Connection {
    async fn open(server: &Server) -> hyper::Result<Self> {
        let stream = tokio::net::TcpStream::connect(server.address()).await;
        let stream = TokioIo::new(stream.unwrap());
        let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> hyper::Result<Answer> {
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        let body = body.collect().await?;
        let mut headers = parts.headers;
        headers.extend(body.trailers().cloned().unwrap_or_default());
        Ok(Answer {
            status: parts.status,
            headers,
            body: body.to_bytes(),
        })
    }
}

/// Sends a request over HTTP/2.
fn try_send(server: &Server, request: Request<Full<Bytes>>) -> hyper::Result<Answer> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async { Connection::open(server).await?.send(request).await })
}

fn request(
    method: &str,
    message: &impl Message,
    metadata: &[(&'static str, &str)],
) -> Request<Full<Bytes>> {
    let message = message.encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let mut request = Request::post(format!("http://mock/google.chat.v1.ChatService/{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers");
    for (name, value) in metadata {
        request = request.header(*name, *value);
    }
    request.body(Full::from(body)).unwrap()
}

fn call(server: &Server, method: &str, message: &impl Message) -> Answer {
    try_send(server, request(method, message, &[])).unwrap()
}

fn list(parent: &str) -> List {
    List {
        parent: parent.to_owned(),
        ..List::default()
    }
}

/// A message with only the name of a resource.
fn name(name: &str) -> Strings {
    Strings {
        strings: vec![name.to_owned()],
    }
}

fn person(id: &str) -> Membership {
    Membership {
        member: Some(User {
            name: format!("users/{id}"),
            kind: 1,
            ..User::default()
        }),
        ..Membership::default()
    }
}

#[test]
fn methods_work_as_over_rest() {
    let server = open();
    let page: Page = call(&server, "ListMemberships", &list("spaces/A")).message();
    let names = page.memberships.iter().map(|one| &*one.name);
    let rest = RestRequest::get("/v1/spaces/A/members")
        .send(&server)
        .json();
    let expected = rest["memberships"].as_array().unwrap().iter();
    assert!(names.eq(expected.map(|one| one["name"].as_str().unwrap())));
    let create = Create {
        parent: "spaces/A".to_owned(),
        membership: Some(person("77")),
    };
    let created: Membership = call(&server, "CreateMembership", &create).message();
    assert_eq!(
        (&*created.name, created.state, created.role),
        ("spaces/A/members/77", 1, 1)
    );
    let found: Membership = call(&server, "GetMembership", &name(&created.name)).message();
    assert_eq!(found, created);
    let update = Update {
        membership: Some(Membership {
            role: 4,
            ..created.clone()
        }),
        update_mask: Some(Strings {
            strings: vec!["role".to_owned()],
        }),
    };
    let updated: Membership = call(&server, "UpdateMembership", &update).message();
    assert_eq!(updated.role, 4);
    let rest = RestRequest::get("/v1/spaces/A/members/77").send(&server);
    assert_eq!(rest.json()["role"], "ROLE_ASSISTANT_MANAGER");
    let removed: Membership = call(&server, "DeleteMembership", &name(&created.name)).message();
    assert_eq!((&*removed.name, removed.state), (&*created.name, 3));
    assert_eq!(
        call(&server, "GetMembership", &name(&created.name)).code(),
        5
    );
}

#[test]
fn page_tokens_are_those_of_rest() {
    let server = open();
    let mut request = List {
        page_size: 1,
        ..list("spaces/A")
    };
    let first: Page = call(&server, "ListMemberships", &request).message();
    let token = &first.next_page_token;
    let rest = RestRequest::get(&format!("/v1/spaces/A/members?pageToken={token}")).send(&server);
    request.page_token.clone_from(token);
    request.page_size = 0;
    let second: Page = call(&server, "ListMemberships", &request).message();
    let names: Vec<_> = second.memberships.iter().map(|one| &*one.name).collect();
    assert_eq!(names.len(), 3);
    let rest = rest.json();
    let expected = rest["memberships"].as_array().unwrap().iter();
    assert!(
        names
            .into_iter()
            .eq(expected.map(|one| one["name"].as_str().unwrap()))
    );
    // Not for another request.
    request.show_groups = true;
    assert_eq!(call(&server, "ListMemberships", &request).code(), 3);
}

#[test]
fn errors_have_codes_messages_and_details() {
    let server = open();
    let invalid = List {
        filter: "role = \"OWNER\" 100 %é#".to_owned(),
        ..list("spaces/A")
    };
    let answer = call(&server, "ListMemberships", &invalid);
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, 3));
    assert_eq!(
        answer.header("grpc-message"),
        "Invalid filter query: role = \"OWNER\" 100 %25%C3%A9#"
    );
    assert!(!answer.header("grpc-status-details-bin").is_empty());
    for (parent, code) in [("spaces/X", 5), ("rooms/A", 3), ("", 3)] {
        assert_eq!(call(&server, "ListMemberships", &list(parent)).code(), code);
    }
    let answer = call(&server, "ListSpaces", &list(""));
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, 12));
    // Not a message.
    let mut malformed = request("ListMemberships", &list("spaces/A"), &[]);
    *malformed.body_mut() = Full::from(vec![0, 0, 0, 0, 2, 0xff, 0xff]);
    assert_eq!(try_send(&server, malformed).unwrap().code(), 13);
    let longest = name(&"x".repeat(1 << 20));
    let answer = call(&server, "GetMembership", &longest);
    assert_eq!((answer.status, answer.code()), (StatusCode::OK, 8));
}

/// Clients refuse responses with more than 8 KiB of metadata.
#[test]
fn long_errors_are_short_enough_for_metadata() {
    let server = open();
    let invalid = List {
        parent: "é".repeat(2000),
        page_size: -1,
        page_token: "é".repeat(2000),
        filter: format!("\"{}\"", "é".repeat(2000)),
        ..List::default()
    };
    let answer = call(&server, "ListMemberships", &invalid);
    assert_eq!(answer.code(), 3);
    let length: usize = answer.headers.values().map(http::HeaderValue::len).sum();
    assert!(length < 8 << 10, "{length}");
}

#[test]
fn tokens_are_metadata() {
    let mut seed = seed();
    seed["callers"] = json!([
        {"token": "SECRET", "user": "users/1", "scopes": ["chat.memberships.readonly"]},
    ]);
    let server = serve(&seed);
    let send = |method: &str, metadata: &[(&'static str, &str)]| {
        try_send(
            &server,
            request(method, &name("spaces/A/members/1"), metadata),
        )
        .unwrap()
    };
    assert_eq!(send("GetMembership", &[]).code(), 16);
    let token = ("authorization", "Bearer SECRET");
    let parameters = ("x-goog-request-params", "name=spaces%2FX");
    assert_eq!(send("GetMembership", &[token, parameters]).code(), 0);
    let answer = send("DeleteMembership", &[token]);
    assert_eq!(answer.code(), 7);
    assert!(
        answer
            .header("grpc-message")
            .contains("insufficient authentication scopes")
    );
    let recorded = &server.requests()[1];
    assert_eq!(
        (&*recorded.method, &*recorded.url, recorded.status),
        (
            "POST",
            "/google.chat.v1.ChatService/GetMembership",
            Some(200)
        )
    );
    assert_eq!(recorded.body, r#"{"name":"spaces/A/members/1"}"#);
    assert_eq!(recorded.headers["authorization"], "(token)");
    assert_eq!(server.requests()[2].status, Some(403));
}

#[test]
fn field_masks_are_metadata() {
    let server = open();
    let send = |mask: &str, message: &List| {
        let metadata = [("x-goog-fieldmask", mask)];
        try_send(&server, request("ListMemberships", message, &metadata)).unwrap()
    };
    let two = List {
        page_size: 1,
        ..list("spaces/A")
    };
    let page: Page = send("memberships.member.name,memberships.role", &two).message();
    let expected = Membership {
        role: 2,
        member: Some(User {
            name: "users/1".to_owned(),
            ..User::default()
        }),
        ..Membership::default()
    };
    assert_eq!(
        (page.memberships, &*page.next_page_token),
        (vec![expected], "")
    );
    let page: Page = send("next_page_token", &two).message();
    assert!(page.memberships.is_empty() && !page.next_page_token.is_empty());
    assert_eq!(send("memberships.color", &two).code(), 3);
}

/// As over REST, when the client does not wait, a delayed request is carried out at once.
#[test]
fn deadlines_end_delays() {
    let server = open();
    let slow = Fault::new("*").methods([MembershipMethod::Create]);
    server
        .add_fault(slow.delay(Duration::from_mins(10)))
        .unwrap();
    let create = |id: &str| Create {
        parent: "spaces/A".to_owned(),
        membership: Some(person(id)),
    };
    let deadline = [("grpc-timeout", "100m")];
    let answer = try_send(
        &server,
        request("CreateMembership", &create("77"), &deadline),
    )
    .unwrap();
    assert_eq!(answer.code(), 4);
    assert_eq!(server.requests()[0].status, Some(504));
    let rest = RestRequest::get("/v1/spaces/A/members/77").send(&server);
    assert_eq!(rest.status, 200);
    // A client that is gone.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = server.address();
    runtime.block_on(async {
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let sent = sender.send_request(request("CreateMembership", &create("78"), &[]));
        let _ = tokio::time::timeout(Duration::from_millis(100), sent).await;
    });
    let start = Instant::now();
    while RestRequest::get("/v1/spaces/A/members/78")
        .send(&server)
        .status
        != 200
    {
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn faults_become_codes() {
    let server = open();
    let get = || call(&server, "GetMembership", &name("spaces/A/members/1"));
    let with = |fault: Fault| {
        server.clear_faults();
        server.add_fault(fault).unwrap();
        get()
    };
    let fault = || Fault::new("spaces/A/members/1");
    let answer = with(fault().http_status(429).header("retry-after", "1"));
    assert_eq!((answer.code(), answer.header("retry-after")), (8, "1"));
    assert!(answer.header("grpc-message").starts_with("Quota exceeded"));
    assert!(!answer.header("grpc-status-details-bin").is_empty());
    let answer = with(fault().status(RpcCode::Unavailable));
    assert_eq!(
        answer.header("grpc-message"),
        "The service is currently unavailable."
    );
    let retry = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.5s"});
    let answer = with(
        fault()
            .status(RpcCode::Aborted)
            .message("No.")
            .details(vec![retry]),
    );
    assert_eq!((answer.code(), answer.header("grpc-message")), (10, "No."));
    // google.rpc.Status with an Any of RetryInfo.
    let expected = "CAoSA05vLho7Cih0eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5ycGMuUmV0cnlJbmZvEg8KDQgBEIDK\
                    te4B";
    let details = answer.header("grpc-status-details-bin");
    assert_eq!(details.len(), expected.len(), "{details}");
    // An answer of a proxy.
    let page = fault().http_status(502).body("<p>Bad gateway</p>");
    let answer = with(page.header("content-type", "text/html"));
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert_eq!(answer.header("content-type"), "text/html");
    assert_eq!(answer.body, "<p>Bad gateway</p>");
    let answer = with(fault().header("x-note", "a"));
    assert_eq!((answer.code(), answer.header("x-note")), (0, "a"));
}

#[test]
fn faults_break_connections() {
    for fault in [
        ConnectionFault::Reset,
        ConnectionFault::Empty,
        ConnectionFault::Truncated,
    ] {
        let server = open();
        let once = Fault::new("spaces/A/members").times(1);
        server.add_fault(once.connection(fault)).unwrap();
        let send = || try_send(&server, request("ListMemberships", &list("spaces/A"), &[]));
        assert!(send().is_err(), "{fault:?}");
        assert_eq!(send().unwrap().code(), 0);
        server
            .add_fault(Fault::new("spaces/A/members").times(1).connection(fault))
            .unwrap();
        let rest = Request::get("http://mock/v1/spaces/A/members");
        assert!(try_send(&server, rest.body(Full::default()).unwrap()).is_err());
    }
}

#[test]
fn rest_works_over_http_2() {
    let server = open();
    let path = "http://mock/v1/spaces/A/members?pageSize=1";
    let answer = try_send(&server, Request::get(path).body(Full::default()).unwrap()).unwrap();
    let rest = RestRequest::get("/v1/spaces/A/members?pageSize=1").send(&server);
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body, rest.body);
    assert!(!answer.headers.contains_key("keep-alive"));
    let post =
        Request::post("http://mock/v1/spaces/A/members").body(Full::from(vec![b' '; 2 << 20]));
    let answer = try_send(&server, post.unwrap()).unwrap();
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A request that starts like the preface of HTTP/2 is one of HTTP/1.
#[test]
fn requests_may_start_like_the_preface() {
    let server = open();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    for part in [
        "P",
        "RI * HTTP/1.1\r\nhost: mock\r\nconnection: close\r\n\r\n",
    ] {
        stream.write_all(part.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
}

/// A client that joins, changes and removes a member over gRPC, and looks over REST, and the other way
/// around, on one connection.
async fn come_and_go(mut connection: Connection, id: usize) {
    async fn call(connection: &mut Connection, method: &str, message: &impl Message) -> Answer {
        connection
            .send(request(method, message, &[]))
            .await
            .unwrap()
    }
    async fn rest(
        connection: &mut Connection,
        method: &str,
        path: &str,
        body: &str,
    ) -> (StatusCode, serde_json::Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://mock/v1/{path}"))
            .header("content-type", "application/json")
            .body(Full::from(body.to_owned()));
        let answer = connection.send(request.unwrap()).await.unwrap();
        let json = serde_json::from_slice(&answer.body).unwrap();
        (answer.status, json)
    }

    let own = format!("spaces/A/members/{id}");
    let named = name(&own);
    let create = Create {
        parent: "spaces/A".to_owned(),
        membership: Some(person(&id.to_string())),
    };
    for _ in 0..3 {
        let created: Membership = call(&mut connection, "CreateMembership", &create)
            .await
            .message();
        assert_eq!((&created.name, created.role), (&own, 1));
        let (status, found) = rest(&mut connection, "GET", &own, "").await;
        assert_eq!(
            (status, &found["role"]),
            (StatusCode::OK, &json!("ROLE_MEMBER"))
        );
        let path = format!("{own}?updateMask=role");
        let role = r#"{"role": "ROLE_MANAGER"}"#;
        assert_eq!(
            rest(&mut connection, "PATCH", &path, role).await.0,
            StatusCode::OK
        );
        let found: Membership = call(&mut connection, "GetMembership", &named)
            .await
            .message();
        assert_eq!(found.role, 2);
        // A request that the client gives up.
        let mut other = connection.clone();
        let given_up = other.send(request("ListMemberships", &list("spaces/A"), &[]));
        let _ = tokio::time::timeout(Duration::from_micros(100), given_up).await;
        let mut page = List {
            page_size: 50,
            filter: "role = \"ROLE_MANAGER\"".to_owned(),
            ..list("spaces/A")
        };
        let mut seen = 0;
        loop {
            let found: Page = call(&mut connection, "ListMemberships", &page)
                .await
                .message();
            let mut found_names = found.memberships.iter().map(|one| &one.name);
            seen += usize::from(found_names.any(|found| **found == own));
            page.page_token = found.next_page_token;
            if page.page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, 1, "{id}");
        let (status, removed) = rest(&mut connection, "DELETE", &own, "").await;
        assert_eq!(
            (status, &removed["state"]),
            (StatusCode::OK, &json!("NOT_A_MEMBER"))
        );
        assert_eq!(
            call(&mut connection, "GetMembership", &named).await.code(),
            5
        );
    }
}

/// 200 clients on 20 connections; then ten times as many requests at once as a connection may have.
#[test]
fn clients_of_both_transports_see_each_others_changes() {
    let server = open();
    let before = RestRequest::get("/v1/spaces/A/members")
        .send(&server)
        .json();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut clients = tokio::task::JoinSet::new();
        for first in (1000..1200).step_by(10) {
            let connection = Connection::open(&server).await.unwrap();
            for id in first..first + 10 {
                clients.spawn(come_and_go(connection.clone(), id));
            }
        }
        clients.join_all().await;
        let mut connection = Connection::open(&server).await.unwrap();
        let list = request("ListMemberships", &list("spaces/A"), &[]);
        let mut streams = tokio::task::JoinSet::new();
        for _ in 0..1000 {
            let mut connection = connection.clone();
            let list = list.clone();
            streams.spawn(async move { connection.send(list).await.unwrap().code() });
        }
        let codes = streams.join_all().await;
        assert_eq!(codes, [0; 1000]);
        assert_eq!(connection.send(list).await.unwrap().code(), 0);
    });
    let after = RestRequest::get("/v1/spaces/A/members")
        .send(&server)
        .json();
    assert_eq!(before, after);
}
