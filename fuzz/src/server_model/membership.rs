//! Memberships as JSON.

use serde_json::{Value, json};

use oracle::rules::{Kind, Role, Standing, State};

/// Returns the representation of a membership in the response to a variant.
#[must_use]
pub fn representation(membership: &Value, variant: u8) -> Value {
    let mut representation = membership.clone();
    match variant {
        b'f' => {
            let mut some = json!({"name": membership["name"]});
            if let Some(kind) = membership["member"].get("type") {
                some["member"] = json!({"type": kind});
            }
            representation = some;
        }
        b'i' => {
            const NUMBERS: [(&str, i32); 11] = [
                ("JOINED", 1),
                ("INVITED", 2),
                ("NOT_A_MEMBER", 3),
                ("ROLE_MEMBER", 1),
                ("ROLE_MANAGER", 2),
                ("ROLE_ASSISTANT_MANAGER", 4),
                ("HUMAN", 1),
                ("BOT", 2),
                ("INTERNAL", 1),
                ("EXTERNAL", 2),
                ("MANAGED_EXTERNAL", 3),
            ];
            for pointer in ["/state", "/role", "/affiliation", "/member/type"] {
                if let Some(value) = representation.pointer_mut(pointer) {
                    let number = NUMBERS.iter().find(|(name, _)| value == name);
                    *value = number.map_or(Value::Null, |(_, number)| json!(number));
                }
            }
        }
        _ => {}
    }
    representation
}

/// Returns whether a value has all fields of another, recursively.
#[must_use]
pub fn contains(value: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields.iter().all(|(name, part)| {
            let field = value.get(name);
            field.is_some_and(|field| contains(field, part))
        }),
        part => value == part,
    }
}

/// Returns whether a membership is that of a person who has joined as a manager.
#[must_use]
pub fn is_manager(membership: &Value) -> bool {
    standing(membership) == Standing::Owner
}

pub(super) fn standing(membership: &Value) -> Standing {
    let (kind, state, role) = facts(membership, "");
    Standing::of(kind, state, role)
}

/// Returns what the rules need to know of a membership.
pub(super) fn facts(membership: &Value, app: &str) -> (Kind, State, Role) {
    let member = &membership["member"];
    let kind = if membership.get("groupMember").is_some() {
        Kind::Group
    } else if member["type"] == "BOT" {
        let name = member["name"].as_str().unwrap_or_default();
        match name.strip_prefix("users/") {
            Some(id) if id == app => Kind::CallingApp,
            _ => Kind::OtherApp,
        }
    } else {
        Kind::Person
    };
    let state = match membership["state"].as_str() {
        Some("INVITED") => State::Invited,
        Some("NOT_A_MEMBER") => State::Absent,
        _ => State::Joined,
    };
    let role = Role::of(membership["role"].as_str().unwrap_or_default());
    (kind, state, role)
}

/// Returns a membership of the seed as it appears in responses: with what the seed says about the user,
/// and the state that it has by default.
pub(super) fn completed(membership: &Value, users: &Value) -> Value {
    let mut completed = membership.clone();
    if completed.get("state").is_none() {
        completed["state"] = json!("JOINED");
    }
    let name = &membership["member"]["name"];
    let user = users.as_array().into_iter().flatten();
    if let Some(user) = user.into_iter().find(|user| user["name"] == *name) {
        for field in ["email", "displayName"] {
            if let Some(value) = user.get(field) {
                completed["member"][field] = value.clone();
            }
        }
    }
    completed
}
