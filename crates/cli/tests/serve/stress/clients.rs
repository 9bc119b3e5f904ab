//! Clients that mix all five methods, and record their requests and the responses.

use std::collections::{HashMap, HashSet, VecDeque};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::history::{History, Tally};
use super::model::{ANY, Act, Call, Outcome, Standing, TOGETHER};
use super::spaces::{
    DOWN, MANAGED, Place, STABLE, email, is_fault, listed, member, members_of, place, refused,
    refused_or_found, sets, skipped,
};
use crate::http::Answer;

/// Longer than any step takes, so that a server that hangs fails the test.
const GUARD: Duration = Duration::from_mins(2);

/// Pseudorandom numbers.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number below the limit.
    pub(crate) fn roll(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let limit = u64::try_from(limit).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % limit).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }
}

/// How a client makes a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Sends it and reads the response.
    Complete,
    /// Sends a part of it and disconnects.
    Cut,
    /// Sends it and disconnects.
    Disconnect,
    /// Sends it and closes its half of the connection, but reads the response much later.
    HalfClose,
    /// Sends it, reads the first byte of the response and disconnects.
    FirstByte,
}

/// Result of a request.
enum Reply {
    Answer(Answer),
    /// It was certainly not executed.
    Never,
    /// It may have been executed, and no longer will be.
    Over,
    /// It may have been executed, or may still be.
    Lost,
}

/// Maximum number of half-closed connections of a client.
const MAX_HALF_CLOSED: usize = 3;

/// A client with a connection, which it reuses.
pub(crate) struct Client<'c> {
    address: SocketAddr,
    clock: &'c AtomicU64,
    stream: Option<BufReader<TcpStream>>,
    /// Half-closed connections, with the place and the index of the recorded call.
    half_closed: VecDeque<(BufReader<TcpStream>, Place, usize)>,
    dice: Dice,
    pub(crate) tally: Tally,
    pub(crate) history: History,
}

impl<'c> Client<'c> {
    pub(crate) fn new(address: SocketAddr, clock: &'c AtomicU64, dice: Dice) -> Self {
        Self {
            address,
            clock,
            stream: None,
            half_closed: VecDeque::new(),
            dice,
            tally: Tally::default(),
            history: History::default(),
        }
    }

    /// Makes at least this number of requests. Listing page by page may make several more.
    pub(crate) fn run(&mut self, requests: u64) -> io::Result<()> {
        while self.tally.requests < requests {
            let spaces: &[&'static str] = match self.dice.roll(20) {
                0..15 => &STABLE,
                15..19 => &MANAGED,
                _ => &[DOWN],
            };
            let space = self.dice.pick(spaces);
            let number = self.dice.roll(members_of(space));
            match self.dice.roll(20) {
                0..4 => self.get(space, number)?,
                4..6 => self.snapshot(space)?,
                6 => self.walk(space)?,
                7..12 => self.change(space, number, Act::Create)?,
                12..15 => self.change(space, number, Act::Delete)?,
                _ => {
                    let role = self.dice.pick(&Standing::ROLES);
                    self.change(space, number, |member| Act::Patch(member, role))?;
                }
            }
        }
        self.finish_half_closed(0)
    }

    /// Reads the responses on half-closed connections until at most `max` of them remain, and ends
    /// their calls.
    fn finish_half_closed(&mut self, max: usize) -> io::Result<()> {
        while self.half_closed.len() > max
            && let Some((mut stream, place, index)) = self.half_closed.pop_front()
        {
            stream.read_to_end(&mut Vec::new())?;
            let end = self.tick();
            self.history.end(place, index, end);
        }
        Ok(())
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn get(&mut self, space: &'static str, number: usize) -> io::Result<()> {
        let path = self.path(space, number);
        let begin = self.tick();
        if let Reply::Answer(answer) = self.send("GET", "get", &path, "", Manner::Complete)? {
            self.see(begin, space, [(number, refused_or_found(&answer).only())]);
        }
        Ok(())
    }

    /// Lists all members, or all with a role, in one page.
    fn snapshot(&mut self, space: &'static str) -> io::Result<()> {
        let role = self.role();
        let path = format!("/v1/spaces/{space}/members?pageSize=1000{}", query(role));
        let begin = self.tick();
        if let Reply::Answer(answer) = self.send("GET", "list", &path, "", Manner::Complete)? {
            let listed = listed(space, &answer.json());
            assert!(answer.json()["nextPageToken"].is_null(), "{path}");
            self.tally.skipped += skipped(space, role, &listed);
            let sets = sets(space, role, &listed);
            self.see(begin, space, sets);
        }
        Ok(())
    }

    /// Lists all members, or all with a role, page by page. Members who are there all the time must be
    /// listed, and no member may be listed twice.
    fn walk(&mut self, space: &'static str) -> io::Result<()> {
        let role = self.role();
        let size = 2 + self.dice.roll(6);
        let first = format!("/v1/spaces/{space}/members?pageSize={size}{}", query(role));
        let (mut path, mut all) = (first.clone(), Vec::new());
        let begin = self.tick();
        let mut found = HashMap::new();
        loop {
            let from = self.tick();
            let answer = match self.send("GET", "list", &path, "", Manner::Complete)? {
                Reply::Answer(answer) => answer.json(),
                // A request that fails is retried, as a client would, but not forever.
                Reply::Never if space != DOWN => continue,
                _ => return Ok(()),
            };
            let page = listed(space, &answer);
            let on_page = sets(space, role, &page).into_iter().filter(|(number, _)| {
                let id = member(*number);
                page.iter().any(|(listed, _)| *listed == id)
            });
            let on_page: HashMap<_, _> = on_page.collect();
            self.see(from, space, on_page.clone());
            found.extend(on_page);
            all.extend(page);
            match answer["nextPageToken"].as_str() {
                Some(token) => path = format!("{first}&pageToken={token}"),
                None => break,
            }
        }
        let ids: HashSet<_> = all.iter().map(|(id, _)| id).collect();
        self.tally.repeated += (all.len() - ids.len()) as u64;
        self.tally.skipped += skipped(space, role, &all);
        // A member on no page was, at some time since the first request, not to be listed.
        let mut sets = sets(space, role, &all);
        sets.retain(|(number, _)| !found.contains_key(number));
        for (number, set) in sets {
            self.see(begin, space, [(number, set)]);
        }
        Ok(())
    }

    /// Returns a role to filter by, or `None` to list all members.
    fn role(&mut self) -> Option<Standing> {
        let filters = self.dice.roll(3) == 0;
        filters.then(|| self.dice.pick(&[Standing::Member, Standing::Manager]))
    }

    /// Records what the server had at some time between `begin` and now.
    fn see(
        &mut self,
        begin: u64,
        space: &'static str,
        sets: impl IntoIterator<Item = (usize, u8)>,
    ) {
        let end = Some(self.tick());
        let mut looks: HashMap<Place, [u8; TOGETHER]> = HashMap::new();
        for (number, set) in sets {
            let (place, index) = place(space, number);
            looks.entry(place).or_insert([ANY; TOGETHER])[index] = set;
        }
        for (place, sets) in looks {
            let call = Call {
                begin,
                end,
                act: Act::Look(sets),
                outcome: Outcome::Done,
            };
            self.history.note(place, call);
        }
    }

    fn change(
        &mut self,
        space: &'static str,
        number: usize,
        act: impl Fn(usize) -> Act,
    ) -> io::Result<()> {
        let (place, index) = place(space, number);
        let act = act(index);
        let path = self.path(space, number);
        let (http, method, path, body) = match act {
            Act::Create(_) => {
                let body = json!({"member": {"name": format!("users/{}", member(number))}});
                let path = format!("/v1/spaces/{space}/members");
                ("POST", "create", path, body.to_string())
            }
            Act::Patch(_, role) => {
                let body = json!({"role": role.role()}).to_string();
                ("PATCH", "patch", format!("{path}?updateMask=role"), body)
            }
            _ => ("DELETE", "delete", path, String::new()),
        };
        let manner = match self.dice.roll(50) {
            0 => Manner::Cut,
            // Where several members are checked together, a change that may happen at any time
            // explains too much.
            1 if !MANAGED.contains(&space) && self.dice.roll(4) == 0 => Manner::Disconnect,
            2 if !MANAGED.contains(&space) => Manner::HalfClose,
            3 => Manner::FirstByte,
            _ => Manner::Complete,
        };
        let begin = self.tick();
        let reply = self.send(http, method, &path, &body, manner);
        let now = self.tick();
        let (outcome, end) = match &reply {
            Ok(Reply::Answer(answer)) => (outcome(act, answer), Some(now)),
            Ok(Reply::Never) => return Ok(()),
            Ok(Reply::Over) => (Outcome::Lost, Some(now)),
            Ok(Reply::Lost) | Err(_) => (Outcome::Lost, None),
        };
        match outcome {
            Outcome::Done => self.tally.acknowledged += 1,
            Outcome::Lost => {}
            _ => self.tally.refused += 1,
        }
        let call = Call {
            begin,
            end,
            act,
            outcome,
        };
        let index = self.history.note(place, call);
        reply?;
        if manner == Manner::HalfClose
            && let Some(stream) = self.stream.take()
        {
            self.half_closed.push_back((stream, place, index));
            self.finish_half_closed(MAX_HALF_CLOSED)?;
        }
        Ok(())
    }

    /// Returns a member's path, sometimes with their email address.
    fn path(&mut self, space: &str, number: usize) -> String {
        let member = if self.dice.roll(8) == 0 {
            email(number)
        } else {
            member(number)
        };
        format!("/v1/spaces/{space}/members/{member}")
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// If the server is gone.
    fn send(
        &mut self,
        http: &str,
        method: &'static str,
        path: &str,
        body: &str,
        manner: Manner,
    ) -> io::Result<Reply> {
        self.tally.requests += 1;
        *self.tally.methods.entry(method).or_default() += 1;
        // Sometimes use a new connection.
        if self.dice.roll(30) == 0 {
            self.stream = None;
        }
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => match connect(self.address) {
                Ok(stream) => stream,
                Err(error) => {
                    self.tally.cut += 1;
                    return Err(error);
                }
            },
        };
        let length = body.len();
        let text =
            format!("{http} {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\n\r\n{body}");
        if manner == Manner::Cut {
            self.tally.cut += 1;
            // Cut within the head or within the body.
            let most = text.len() - usize::from(!body.is_empty());
            let sent = self.dice.roll(most.min(text.len() - 4));
            let sent = if body.is_empty() {
                sent
            } else {
                most.max(sent)
            };
            let _ = stream.get_mut().write_all(&text.as_bytes()[..sent]);
            return Ok(Reply::Never);
        }
        let sent = stream.get_mut().write_all(text.as_bytes());
        if manner != Manner::Complete {
            self.tally.lost += 1;
            return match manner {
                Manner::FirstByte if stream.read_exact(&mut [0]).is_ok() => Ok(Reply::Over),
                Manner::HalfClose if sent.is_ok() => {
                    stream.get_ref().shutdown(Shutdown::Write)?;
                    self.stream = Some(stream);
                    Ok(Reply::Lost)
                }
                _ => Ok(Reply::Lost),
            };
        }
        let answer = match sent.and_then(|()| answer(&mut stream)) {
            Ok(answer) => answer,
            Err(error) => {
                self.tally.lost += 1;
                return Err(error);
            }
        };
        self.stream = Some(stream);
        if is_fault(&answer) {
            let status = u64::from(answer.status);
            *self.tally.faults.entry(status).or_default() += 1;
            return Ok(Reply::Never);
        }
        Ok(Reply::Answer(answer))
    }
}

fn connect(address: SocketAddr) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(GUARD))?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// Reads the next response on a connection.
pub(crate) fn answer(stream: &mut impl BufRead) -> io::Result<Answer> {
    let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head)? == 0 {
            return Err(cut());
        }
    }
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut answer = Answer {
        status: status.ok_or_else(cut)?,
        head,
        body: String::new(),
    };
    let length = answer.header("content-length");
    let length = length.and_then(|length| length.parse().ok());
    let mut body = vec![0; length.ok_or_else(cut)?];
    stream.read_exact(&mut body)?;
    answer.body = String::from_utf8(body).unwrap();
    Ok(answer)
}

fn query(role: Option<Standing>) -> String {
    let role = role.map(|role| format!("&filter=role+%3D+%22{}%22", role.role()));
    role.unwrap_or_default()
}

/// Returns the outcome of a change, and checks that the response fits the request.
fn outcome(act: Act, answer: &Answer) -> Outcome {
    let json = answer.json();
    match (answer.status, act) {
        (200, Act::Create(_)) => {
            assert_eq!(json["role"], "ROLE_MEMBER");
            Outcome::Done
        }
        (200, Act::Patch(_, role)) => {
            assert_eq!(json["role"], role.role());
            Outcome::Done
        }
        (200, _) => {
            assert_eq!(json["state"], "NOT_A_MEMBER");
            Outcome::Done
        }
        (409, Act::Create(_)) => Outcome::Exists,
        (400, Act::Delete(_) | Act::Patch(..)) => {
            assert_eq!(json["error"]["status"], "FAILED_PRECONDITION", "{json}");
            Outcome::OnlyManager
        }
        _ => refused(answer, 404, Outcome::Missing),
    }
}
