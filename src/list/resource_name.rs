//! Resource names of spaces, memberships, users and groups, and their aliases in requests.

use std::fmt;

use thiserror::Error;

/// The error for an invalid resource name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "expected `{pattern}`{constraint}, found {}",
    crate::diagnostic::Quoted(found)
)]
pub struct InvalidName {
    pattern: &'static str,
    /// Allowed characters, if the identifier has others; else empty.
    constraint: &'static str,
    found: String,
}

/// Returns the identifiers in `name` if it matches `pattern`.
///
/// The pattern's segments in braces are identifiers. These may be any non-empty text without
/// slashes, white space and control characters. Only the server can decide whether they exist.
fn identifiers<'a>(name: &'a str, pattern: &'static str) -> Result<Vec<&'a str>, InvalidName> {
    let error = || InvalidName {
        pattern,
        constraint: "",
        found: name.to_owned(),
    };
    let mut found = Vec::new();
    let mut segments = name.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next().ok_or_else(error)?;
        if expected.starts_with('{') {
            let is_forbidden = |c: char| c.is_whitespace() || c.is_control();
            if segment.is_empty() || segment.contains(is_forbidden) {
                return Err(error());
            }
            found.push(segment);
        } else if segment != expected {
            return Err(error());
        }
    }
    if segments.next().is_some() {
        return Err(error());
    }
    Ok(found)
}

/// The name of a space, `spaces/{space}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceName(String);

impl SpaceName {
    /// Parses a name.
    ///
    /// # Errors
    ///
    /// If the name is not `spaces/{space}`, such as an empty name, `spaces/`, `AAAA`,
    /// `spaces/A/members` or `spaces/A B`.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        identifiers(name, "spaces/{space}")?;
        Ok(Self(name.to_owned()))
    }

    /// Returns the full name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the name of a membership in this space, `spaces/{space}/members/{member}`.
    #[must_use]
    pub fn member(&self, member: &str) -> String {
        format!("{}/members/{member}", self.0)
    }
}

impl fmt::Display for SpaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `{member}` in a membership's name, or the `{user}` in a user's name.
///
/// Responses have identifiers only. Requests may also have aliases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
    /// `spaces/A/members/` or `users/1`.
    pub fn parse(name: &str) -> Result<Self, InvalidName> {
        match *identifiers(name, "spaces/{space}/members/{member}")? {
            [space, member] => Ok(Self {
                space: SpaceName(format!("spaces/{space}")),
                member: Reference::from(member),
            }),
            _ => Err(InvalidName {
                pattern: "spaces/{space}/members/{member}",
                constraint: "",
                found: name.to_owned(),
            }),
        }
    }
}

/// Parses a user's name, `users/{user}`.
///
/// # Errors
///
/// If the name is not `users/{user}`, such as `1`, `users/` or `people/1`.
pub fn parse_user(name: &str) -> Result<Reference, InvalidName> {
    let found = identifiers(name, "users/{user}")?;
    Ok(Reference::from(found.concat().as_str()))
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
/// `groups/team@example.com`.
pub fn parse_group(name: &str) -> Result<String, InvalidName> {
    const PATTERN: &str = "groups/{group}";
    let group = identifiers(name, PATTERN)?.concat();
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !group.chars().all(is_allowed) {
        return Err(InvalidName {
            pattern: PATTERN,
            constraint: " with only ASCII letters, digits, `-`, `_` and `.` in the identifier",
            found: name.to_owned(),
        });
    }
    Ok(group)
}
