//! Pages: the responses of the API's list method, `{"memberships":[…],"nextPageToken":"…"}`.

use std::io::{self, Read};

use super::item::{Problem, check, is_key, json_problem};
use super::scanner::{Fault, Shown};
use super::source::{Mark, Position};
use super::{Array, Extent, Found, MEMBERSHIPS, Next, Records};

/// A page whose `memberships` key has been read, but not its `}`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// Where it begins.
    begins: Position,
    /// What is next.
    next: PagePart,
    /// Whose colon or value is next, if one of these is.
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

/// The kinds of key in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    /// The first `memberships`.
    List,
    /// A further `memberships`.
    Again,
    /// Any other key.
    Other,
}

/// What is wrong with the value `raw`, which begins at `mark` and is no record, if anything: the
/// `control` character in it or an error of the parser.
pub(super) fn checked(mark: Mark, raw: &[u8], control: Option<Fault>) -> Found {
    match (control, check(raw)) {
        (Some(fault), _) => Found::fault(mark, raw, fault),
        (None, Err(error)) => Found::Problem(json_problem(mark, raw, &error)),
        (None, Ok(())) => Found::Nothing,
    }
}

impl<R: Read> Records<R> {
    /// Begins the page that begins at `mark` and is held up to its key `memberships`.
    pub(super) fn begin_page(&mut self, mark: Mark, control: Option<Fault>) -> Found {
        // Memberships have no memberships: the list this stands in was not closed.
        let outer = self.list.take().filter(|list| !list.doubtful);
        self.page = Some(Page {
            begins: mark.position(),
            next: PagePart::Colon,
            member: Member::List,
        });

        let mut text = self.source.held().to_vec();
        text.extend_from_slice(b":null}");
        match (checked(mark, &text, control), outer) {
            (Found::Nothing, Some(list)) => {
                let line = list.begins.line;
                let reason =
                    format!("the array that begins on line {line} is not closed before this");
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
            return Ok(Found::Problem(Problem::new(page.begins, reason)));
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
            // What is missing can be done without.
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
            Extent::Whole { control, .. } | Extent::Page { control } => {
                let key = self.source.held();
                if is_key(key, MEMBERSHIPS) {
                    self.page = Some(Page {
                        next: PagePart::Colon,
                        member: Member::Again,
                        ..page
                    });
                    let reason = "`memberships` is there twice; only the first is read";
                    return Ok(Found::problem(mark, reason));
                }
                Ok(checked(mark, key, control))
            }
        }
    }

    /// Reads the value of a key of a page, which begins with `byte`.
    fn member(&mut self, page: Page, mark: Mark, byte: u8) -> io::Result<Found> {
        self.page = Some(Page {
            next: PagePart::Comma,
            ..page
        });
        if page.member == Member::List && byte == b'[' {
            self.source.take(1);
            let begins = mark.position();
            self.list = Some(Array {
                begins,
                next: Next::First,
                doubtful: false,
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
            (Extent::Whole { .. }, Member::List) if self.source.held() == b"null" => {
                Ok(Found::Nothing)
            }
            (_, Member::List) => Ok(Found::problem(mark, "`memberships` is not an array")),
            (_, Member::Again) => Ok(Found::Nothing),
            (Extent::Large { broken: None }, Member::Other) => self.too_large(mark, None),
            (Extent::Whole { control, .. } | Extent::Page { control }, Member::Other) => {
                Ok(checked(mark, self.source.held(), control))
            }
        }
    }
}
