//! The user of more than one resource.

use serde::Serialize;

use super::object::read_object;

/// A person or a Chat app: the API's `User`, with the field that filters of reactions and messages need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct User {
    /// The resource name, `users/{user}`; empty if absent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

read_object!(
    User,
    "a user object",
    { "name" => name, },
    User { name: name.unwrap_or_default() },
);
