//! Clients that are slow, greedy, careless or hostile.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use gchat_filter::mock::Mock;

use super::http::Request;
use super::{open, seed};

/// `nc -N` sends its request, says that it sends no more, and waits for the answer.
#[test]
fn a_client_that_closes_its_half_is_answered() {
    let server = open();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let request = b"GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n\r\n";
        stream.write_all(request).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    }
}

/// The client sends nothing of the body that it announced.
#[test]
fn a_body_that_is_announced_too_long_is_refused_at_once() {
    let server = open();
    let answer = Request::new("POST", "/v1/spaces/A/members")
        .header("content-length", "1048577")
        .send(&server);
    assert_eq!(answer.status, 413);
    let error = &answer.json()["error"];
    assert_eq!(
        (&error["code"], &error["status"]),
        (&413.into(), &"INVALID_ARGUMENT".into())
    );
    // One whose length is not announced is refused once it is too long.
    let chunked = format!("100001\r\n{}", " ".repeat(0x0010_0001));
    let mut stream = TcpStream::connect(server.address()).unwrap();
    let head =
        "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    // Once it has its answer, the server may not listen to the end.
    let _ = stream.write_all(chunked.as_bytes());
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
}

/// Half a head or half a body does not hold up the end; an answer that is on its way does.
#[tokio::test]
async fn a_stop_waits_for_answers_only() {
    let mut seed = seed();
    seed["faults"] = serde_json::json!([{"path": "spaces/A/members", "delayMs": 2000}]);
    for (sent, least, most) in [
        ("GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n", 0, 1500),
        (
            "POST /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{",
            0,
            1500,
        ),
        (
            "GET /v1/spaces/A/members HTTP/1.1\r\nhost: a\r\n\r\n",
            1500,
            3000,
        ),
    ] {
        let mock = Mock::from_json(&seed.to_string()).unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        let server = tokio::spawn(gchat_filter::mock::serve(mock, listener, until));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(sent.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let start = Instant::now();
        drop(stop);
        server.await.unwrap().unwrap();
        let took = start.elapsed();
        assert!(
            took >= Duration::from_millis(least) && took < Duration::from_millis(most),
            "{sent}: {took:?}"
        );
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert_eq!(answer.starts_with("HTTP/1.1 200"), least > 0, "{answer}");
    }
}
