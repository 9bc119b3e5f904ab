//! Resource names: spaces, memberships, users, groups, and the aliases that requests may use.

use std::fmt;

use thiserror::Error;

/// A text that is not the resource name that it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("expected `{pattern}`{of}, found {}", crate::diagnostic::Quoted(found))]
pub struct BadName {
    pattern: &'static str,
    /// What the identifier may be made of, if that is what is wrong.
    of: &'static str,
    found: String,
}

/// The identifiers in `name`, if it has the form of `pattern`: its segments in order, those of the
/// pattern in braces being identifiers. An identifier is any text without a slash, white space or
/// a control character; which of them exist, the server knows.
fn identifiers<'a>(name: &'a str, pattern: &'static str) -> Result<Vec<&'a str>, BadName> {
    let bad = || BadName {
        pattern,
        of: "",
        found: name.to_owned(),
    };
    let mut found = Vec::new();
    let mut segments = name.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next().ok_or_else(bad)?;
        if expected.starts_with('{') {
            let unfit = |c: char| c.is_whitespace() || c.is_control();
            if segment.is_empty() || segment.contains(unfit) {
                return Err(bad());
            }
            found.push(segment);
        } else if segment != expected {
            return Err(bad());
        }
    }
    if segments.next().is_some() {
        return Err(bad());
    }
    Ok(found)
}

/// The name of a space, `spaces/{space}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpaceName(String);

impl SpaceName {
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// If it is not `spaces/{space}`: an empty text, `spaces/`, `AAAA`, `spaces/A/members`,
    /// `spaces/A B`.
    pub fn parse(name: &str) -> Result<Self, BadName> {
        identifiers(name, "spaces/{space}")?;
        Ok(Self(name.to_owned()))
    }

    /// The whole name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a membership in this space, `spaces/{space}/members/{member}`.
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

/// Who is meant by the `{member}` of a membership's name or the `{user}` of a user's.
///
/// A server's answers have identifiers only; requests may have the aliases too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference {
    /// `app`: the calling Chat app.
    CallingApp,
    /// A person's e-mail address: whatever has an `@`.
    Email(String),
    /// The canonical identifier; in a membership's name `group-{group}` is a Google Group's.
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
    /// Reads a name.
    ///
    /// # Errors
    ///
    /// If it is not `spaces/{space}/members/{member}`: `spaces/A`, `spaces/A/members/`,
    /// `users/1`.
    pub fn parse(name: &str) -> Result<Self, BadName> {
        match *identifiers(name, "spaces/{space}/members/{member}")? {
            [space, member] => Ok(Self {
                space: SpaceName(format!("spaces/{space}")),
                member: Reference::from(member),
            }),
            _ => Err(BadName {
                pattern: "spaces/{space}/members/{member}",
                of: "",
                found: name.to_owned(),
            }),
        }
    }
}

/// Who `users/{user}` is.
///
/// # Errors
///
/// If it is not `users/{user}`: `1`, `users/`, `people/1`.
pub fn parse_user(name: &str) -> Result<Reference, BadName> {
    let found = identifiers(name, "users/{user}")?;
    Ok(Reference::from(found.concat().as_str()))
}

/// The identifier in `groups/{group}`: ASCII letters, digits, `-`, `_` and `.` (ours). A group has no
/// alias; with an `@` in it, the name of its membership would be taken for somebody's e-mail address.
///
/// # Errors
///
/// If it is not `groups/{group}`: `1`, `groups/`, `users/1`, `groups/team@example.com`.
pub fn parse_group(name: &str) -> Result<String, BadName> {
    const PATTERN: &str = "groups/{group}";
    let group = identifiers(name, PATTERN)?.concat();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !group.chars().all(fits) {
        return Err(BadName {
            pattern: PATTERN,
            of: " whose identifier is of letters, digits, `-`, `_` and `.`",
            found: name.to_owned(),
        });
    }
    Ok(group)
}
