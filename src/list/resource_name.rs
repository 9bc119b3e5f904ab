//! Resource names of spaces, memberships, users and groups, and their aliases in requests.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::diagnostic::Quoted;

/// Patterns of the names.
const SPACE: &str = "spaces/{space}";
const MEMBERSHIP: &str = "spaces/{space}/members/{member}";
const USER: &str = "users/{user}";
const GROUP: &str = "groups/{group}";

/// The error for an invalid resource name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected `{pattern}`, found {}{problem}", Quoted(found))]
pub struct InvalidName {
    pattern: &'static str,
    found: String,
    problem: Problem,
}

impl InvalidName {
    fn new(pattern: &'static str, found: &str, problem: Problem) -> Self {
        Self {
            pattern,
            found: found.to_owned(),
            problem,
        }
    }
}

/// What is wrong with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    /// The segments are not those of the pattern.
    Segments,
    /// The identifier is `.`, `..` or `-`.
    Reserved(String),
    /// The identifier has this character.
    Character(char),
    /// The identifier of a group has a character that only other identifiers may have.
    Group,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segments => Ok(()),
            Self::Reserved(id) => write!(f, "; `{id}` is not an identifier"),
            Self::Character(c) => {
                let c = c.to_string();
                write!(f, "; an identifier cannot contain {}", Quoted(&c))
            }
            Self::Group => f.write_str(
                "; a group's identifier has only ASCII letters, digits, `-`, `_` and `.`",
            ),
        }
    }
}

/// Returns the first `N` segments of a name.
fn segments<const N: usize>(name: &str) -> [Option<&str>; N] {
    let mut segments = name.split('/');
    std::array::from_fn(|_| segments.next())
}

/// Returns whether an identifier or an email address can have a character (design decision): not one
/// with a meaning in a URL or in the API's patterns, nor an invisible one.
fn is_allowed(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(
            c,
            '-' | '.' | '_' | '~' | '+' | '@' | '\'' | '!' | '$' | '&' | '='
        )
}

/// Checks an identifier. Only the server can decide whether it exists.
fn check_identifier(id: &str) -> Result<(), Problem> {
    if id.is_empty() {
        return Err(Problem::Segments);
    }
    // The first two are steps in a path; the last is a wildcard in names of Google's APIs.
    if matches!(id, "." | ".." | "-") {
        return Err(Problem::Reserved(id.to_owned()));
    }
    match id.chars().find(|c| !is_allowed(*c)) {
        None => Ok(()),
        Some(c) => Err(Problem::Character(c)),
    }
}

/// Returns the second of two segments; `None` if the name has others.
fn second_segment<'n>(name: &'n str, collection: &str) -> Option<&'n str> {
    match segments(name) {
        [Some(first), Some(id), None] if first == collection => Some(id),
        _ => None,
    }
}

/// Returns the identifier in a name of two segments.
fn identifier<'n>(
    name: &'n str,
    collection: &str,
    pattern: &'static str,
) -> Result<&'n str, InvalidName> {
    let id = second_segment(name, collection).ok_or(Problem::Segments);
    id.and_then(|id| check_identifier(id).map(|()| id))
        .map_err(|problem| InvalidName::new(pattern, name, problem))
}

/// The name of a space, `spaces/{space}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceName(String);

impl SpaceName {
    /// Parses a name.
    ///
    /// # Errors
    ///
    /// If the name is not `spaces/{space}`, such as an empty name, `spaces/`, `AAAA` or
    /// `spaces/A/members`, or if the identifier is not one: `spaces/..`, `spaces/A B`,
    /// `spaces/A?x=1`.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        identifier(name, "spaces", SPACE)?;
        Ok(Self(name.to_owned()))
    }

    /// Returns the full name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the identifier, `{space}`.
    #[must_use]
    pub fn id(&self) -> &str {
        self.0.trim_start_matches("spaces/")
    }

    /// Returns the name of a membership in this space, `spaces/{space}/members/{member}`.
    ///
    /// The member's identifier is not checked; [`MembershipName::parse`] checks the name.
    #[must_use]
    pub fn member(&self, member: &str) -> String {
        format!("{}/members/{member}", self.0)
    }
}

impl fmt::Display for SpaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for SpaceName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::parse(name)
    }
}

/// The `{member}` in a membership's name, or the `{user}` in a user's name.
///
/// Responses have identifiers only. Requests may also have aliases. `Display` writes the text in the
/// name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// `app`: the calling Chat app.
    CallingApp,
    /// A person's email address: any text with an `@`.
    Email(String),
    /// The canonical identifier. In a membership's name, `group-{group}` is a Google Group.
    Id(String),
}

impl From<&str> for Reference {
    fn from(text: &str) -> Self {
        match text {
            "app" => Self::CallingApp,
            _ if text.contains('@') => Self::Email(text.to_owned()),
            _ => Self::Id(text.to_owned()),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::CallingApp => "app",
            Self::Email(text) | Self::Id(text) => text,
        })
    }
}

/// The name of a membership, `spaces/{space}/members/{member}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MembershipName {
    /// The space.
    pub space: SpaceName,
    /// The member.
    pub member: Reference,
}

impl MembershipName {
    /// Parses a name.
    ///
    /// # Errors
    ///
    /// If the name is not `spaces/{space}/members/{member}`, such as `spaces/A`,
    /// `spaces/A/members/` or `users/1`, or if an identifier is not one: `spaces/A/members/..`.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        let parsed = match segments(name) {
            [
                Some("spaces"),
                Some(space),
                Some("members"),
                Some(member),
                None,
            ] => check_identifier(space)
                .and_then(|()| check_identifier(member))
                .map(|()| Self {
                    space: SpaceName(format!("spaces/{space}")),
                    member: Reference::from(member),
                }),
            _ => Err(Problem::Segments),
        };
        parsed.map_err(|problem| InvalidName::new(MEMBERSHIP, name, problem))
    }
}

impl fmt::Display for MembershipName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.space.member(&self.member.to_string()))
    }
}

impl FromStr for MembershipName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        Self::parse(name)
    }
}

/// Parses a user's name, `users/{user}`.
///
/// # Errors
///
/// If the name is not `users/{user}`, such as `1`, `users/` or `people/1`, or if the identifier is
/// not one: `users/..`.
pub fn parse_user(name: &str) -> Result<Reference, InvalidName> {
    identifier(name, "users", USER).map(Reference::from)
}

/// Parses a group's name, `groups/{group}`, and returns the identifier.
///
/// An identifier consists of ASCII letters, digits, `-`, `_` and `.` (design decision). Groups have
/// no aliases. With an `@`, the name of the group's membership would be ambiguous with an email
/// address.
///
/// # Errors
///
/// If the name is not `groups/{group}` with such an identifier: `1`, `groups/`, `users/1`,
/// `groups/team@example.com`, `groups/..`.
pub fn parse_group(name: &str) -> Result<String, InvalidName> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_of_group = |id: &str| id.chars().all(is_allowed);
    match second_segment(name, "groups") {
        Some(id) if !is_of_group(id) => Err(InvalidName::new(GROUP, name, Problem::Group)),
        _ => identifier(name, "groups", GROUP).map(str::to_owned),
    }
}
