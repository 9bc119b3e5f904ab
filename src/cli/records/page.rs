//! Reader of pages, the responses of the API's list method:
//! `{"memberships":[…],"nextPageToken":"…"}`.

use std::io::{self, Read};

use super::item::{Problem, check, is_key, json_problem};
use super::scanner::{Fault, Shown};
use super::source::{Mark, Position};
use super::{Array, Extent, Found, MEMBERSHIPS, Next, Records};

/// An open page, whose key `memberships` has been read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// Start of the page.
    start: Position,
    /// What comes next.
    next: PagePart,
    /// Current member, if its colon or value comes next.
    member: Member,
}

/// What comes next in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PagePart {
    /// `:`.
    Colon,
    /// A value.
    Value,
    /// `,` or `}`.
    Comma,
    /// A key.
    Key,
}

/// Kind of a member of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    /// The first `memberships`.
    List,
    /// A repeated `memberships`.
    Duplicate,
    /// Any other key.
    Other,
}

/// Checks the value `raw`, which starts at `mark` and is not a record. Reports the `control`
/// character in it or an error of the parser.
pub(super) fn checked(mark: Mark, raw: &[u8], control: Option<Fault>) -> Found {
    match (control, check(raw)) {
        (Some(fault), _) => Found::fault(mark, raw, fault),
        (None, Err(error)) => Found::Problem(json_problem(mark, raw, &error)),
        (None, Ok(())) => Found::Nothing,
    }
}

impl<R: Read> Records<R> {
    /// Starts a page at `mark` that is held up to its key `memberships`.
    pub(super) fn start_page(&mut self, mark: Mark, control: Option<Fault>) -> Found {
        // Pages are not nested, so the enclosing list was not closed.
        let outer = self.list.take().filter(|list| !list.uncertain);
        self.page = Some(Page {
            start: mark.position(),
            next: PagePart::Colon,
            member: Member::List,
        });

        let mut text = self.source.held().to_vec();
        text.extend_from_slice(b":null}");
        match (checked(mark, &text, control), outer) {
            (Found::Nothing, Some(list)) => {
                let line = list.start.line;
                let reason = format!(
                    "the array that starts on line {line} is not closed before this list response"
                );
                Found::problem(mark, reason)
            }
            (found, _) => found,
        }
    }

    /// Reads in a page, after its key `memberships`.
    pub(super) fn in_page(&mut self, page: Page) -> io::Result<Found> {
        let Some((byte, fresh)) = self.source.skip_space()? else {
            self.leave_all();
            let reason = "the list response is not closed before the end of the input";
            return Ok(Found::Problem(Problem::new(page.start, reason)));
        };
        let mark = self.source.mark();
        let unexpected = |expected| {
            let reason = format!("expected {expected}, found {}", Shown(byte));
            Problem::new(mark.position(), reason)
        };
        let (next, problem) = match (page.next, byte) {
            (PagePart::Colon, b':') => {
                self.source.take(1);
                (PagePart::Value, None)
            }
            (PagePart::Comma, b',') => {
                self.source.take(1);
                (PagePart::Key, None)
            }
            (PagePart::Comma | PagePart::Key, b'}') => {
                self.source.take(1);
                self.page = None;
                return Ok(match page.next {
                    PagePart::Key => Found::problem(mark, "trailing comma in an object"),
                    _ => Found::Nothing,
                });
            }
            (PagePart::Key, b'"') => return self.key(page, mark),
            (PagePart::Value, byte) if !b",:]}".contains(&byte) => {
                return self.member(page, mark, byte);
            }
            // Continue after a missing token.
            (PagePart::Colon, b',' | b'}') => (PagePart::Comma, Some(unexpected("`:`"))),
            (PagePart::Value, b',' | b'}') => (PagePart::Comma, Some(unexpected("a value"))),
            (PagePart::Colon, byte) if byte != b']' => (PagePart::Value, Some(unexpected("`:`"))),
            (PagePart::Comma, b'"') => (PagePart::Key, Some(unexpected("`,` or `}`"))),
            (part, _) => {
                self.page = None;
                let expected = match part {
                    PagePart::Colon => "`:`",
                    PagePart::Value => "a value",
                    PagePart::Comma => "`,` or `}`",
                    PagePart::Key => "a key",
                };
                return self.recover(unexpected(expected), fresh);
            }
        };
        self.page = Some(Page { next, ..page });
        Ok(problem.map_or(Found::Nothing, Found::Problem))
    }

    /// Reads a key of a page.
    fn key(&mut self, page: Page, mark: Mark) -> io::Result<Found> {
        self.page = Some(Page {
            next: PagePart::Colon,
            member: Member::Other,
            ..page
        });
        match self.value(false)? {
            Extent::Broken(fault) => {
                self.page = None;
                self.recover_from(mark, fault)
            }
            Extent::Large { broken } => {
                if broken.is_some() {
                    self.page = None;
                }
                self.too_large(mark, broken)
            }
            Extent::Complete { control, .. } | Extent::Page { control } => {
                let key = self.source.held();
                if is_key(key, MEMBERSHIPS) {
                    self.page = Some(Page {
                        next: PagePart::Colon,
                        member: Member::Duplicate,
                        ..page
                    });
                    let reason = "duplicate key `memberships`; only the first one is read";
                    return Ok(Found::problem(mark, reason));
                }
                Ok(checked(mark, key, control))
            }
        }
    }

    /// Reads the value of a member of a page. It starts with `byte`.
    fn member(&mut self, page: Page, mark: Mark, byte: u8) -> io::Result<Found> {
        self.page = Some(Page {
            next: PagePart::Comma,
            ..page
        });
        if page.member == Member::List && byte == b'[' {
            self.source.take(1);
            let start = mark.position();
            self.list = Some(Array {
                start,
                next: Next::First,
                uncertain: false,
            });
            return Ok(Found::Nothing);
        }
        match (self.value(false)?, page.member) {
            (Extent::Broken(fault), _) => {
                self.page = None;
                self.recover_from(mark, fault)
            }
            (
                Extent::Large {
                    broken: Some(fault),
                },
                _,
            ) => {
                self.page = None;
                self.too_large(mark, Some(fault))
            }
            (Extent::Complete { .. }, Member::List) if self.source.held() == b"null" => {
                Ok(Found::Nothing)
            }
            (_, Member::List) => Ok(Found::problem(mark, "`memberships` is not an array")),
            (_, Member::Duplicate) => Ok(Found::Nothing),
            (Extent::Large { broken: None }, Member::Other) => self.too_large(mark, None),
            (Extent::Complete { control, .. } | Extent::Page { control }, Member::Other) => {
                Ok(checked(mark, self.source.held(), control))
            }
        }
    }
}
