//! Warnings about misspelled scopes.

use gchat_filter::diagnostic::quoted;
use gchat_filter::list::Scope;

use super::nearest::nearest;

/// Chat scopes that permit none of the methods of `spaces.members`.
const OTHER_CHAT_SCOPES: &[&str] = &[
    "chat.admin.delete",
    "chat.admin.spaces",
    "chat.admin.spaces.readonly",
    "chat.app.delete",
    "chat.app.memberships.readonly",
    "chat.app.messages.readonly",
    "chat.app.spaces",
    "chat.app.spaces.create",
    "chat.app.spaces.readonly",
    "chat.availability",
    "chat.availability.readonly",
    "chat.customemojis",
    "chat.customemojis.readonly",
    "chat.delete",
    "chat.messages",
    "chat.messages.create",
    "chat.messages.reactions",
    "chat.messages.reactions.create",
    "chat.messages.reactions.readonly",
    "chat.messages.readonly",
    "chat.spaces",
    "chat.spaces.create",
    "chat.spaces.readonly",
    "chat.users.readstate",
    "chat.users.readstate.readonly",
    "chat.users.sections",
    "chat.users.sections.readonly",
    "chat.users.spacesettings",
];

/// Returns a warning for a Chat scope that does not exist. Tokens may have any other scopes.
pub(super) fn scope_warning(scope: &str) -> Option<String> {
    let name = scope
        .strip_prefix("https://www.googleapis.com/auth/")
        .unwrap_or(scope);
    let known = Scope::ALL.iter().map(|scope| scope.name());
    let mut known = known.chain(OTHER_CHAT_SCOPES.iter().copied());
    if !name.starts_with("chat.") || known.clone().any(|known| known == name) {
        return None;
    }
    let suggestion = nearest(name, known.by_ref())
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default();
    Some(format!("unknown Chat scope {}{suggestion}", quoted(name)))
}
