//! Identifiers of users, groups and spaces.

use gchat_filter::diagnostic::quoted;
use gchat_filter::list::Reference;

/// Returns the identifier in a valid name: the part after the last slash.
pub(super) fn identifier(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, id)| id)
}

/// Maximum length of an identifier or an email address, in bytes (design decision): page tokens
/// contain one, and must fit into a URL.
const MAX_LEN: usize = 128;

/// Checks the length of an identifier or an email address.
///
/// # Errors
///
/// A message, if it is longer than 128 bytes.
pub(super) fn check_length(id: &str) -> Result<(), String> {
    match id.len() {
        ..=MAX_LEN => Ok(()),
        len => Err(format!(
            "the identifier or email address is {len} bytes long, but the limit is {MAX_LEN} bytes"
        )),
    }
}

/// Checks that an identifier can be a user's: identifiers with `group-` belong to the memberships of
/// Google Groups.
///
/// # Errors
///
/// A message, if the identifier starts with `group-` or is too long.
pub(super) fn check_user(who: &Reference) -> Result<(), String> {
    match who {
        Reference::Id(id) if id.starts_with("group-") => Err(format!(
            "a user's identifier cannot start with `group-`, found {}",
            quoted(id)
        )),
        Reference::Id(id) | Reference::Email(id) => check_length(id),
        Reference::CallingApp => Ok(()),
    }
}
