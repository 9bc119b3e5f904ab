//! A minimal HTTP client that sends exactly what a test writes.
#![allow(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "tests fail by panicking"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

/// A request. Its path is sent unchanged.
pub(crate) struct Request {
    head: String,
    has_length: bool,
    body: String,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Self::with_host(method, path, "mock")
    }

    pub(crate) fn with_host(method: &str, path: &str, host: &str) -> Self {
        Self {
            head: format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n"),
            has_length: false,
            body: String::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.has_length |= name == "content-length";
        self.head += &format!("{name}: {value}\r\n");
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        body.clone_into(&mut self.body);
        self
    }

    pub(crate) fn send_to(self, address: SocketAddr) -> Answer {
        self.try_send_to(address).unwrap()
    }

    /// Fails if the connection closes before the response is complete.
    pub(crate) fn try_send_to(mut self, address: SocketAddr) -> std::io::Result<Answer> {
        if !self.has_length && !self.body.is_empty() {
            self.head += &format!("content-length: {}\r\n", self.body.len());
        }
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(format!("{}\r\n{}", self.head, self.body).as_bytes())?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let cut = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let (head, body) = text.split_once("\r\n\r\n").ok_or_else(cut)?;
        let answer = Answer {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|code| code.parse().ok())
                .ok_or_else(cut)?,
            head: head.to_owned(),
            body: body.to_owned(),
        };
        let length = answer
            .header("content-length")
            .and_then(|length| length.parse().ok());
        if length == Some(answer.body.len()) {
            Ok(answer)
        } else {
            Err(cut())
        }
    }
}

/// A response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// Parses the body, which must be JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}
