//! JSON representations that `derive` cannot express: it would read arrays as objects, and it does
//! not support a union whose variants are keys alongside other keys.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Affiliation, Group, Member, Membership, MembershipRole, MembershipState, User};

/// Implements `Deserialize` for a JSON object: maps each key to a variable for its value, then
/// evaluates an expression over these variables.
macro_rules! read_object {
    ($type:ident, $expected:literal, { $($key:literal => $field:ident,)+ }, $value:expr $(,)?) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[allow(non_camel_case_types, reason = "its variants are the fields' names")]
                enum Key {
                    $(#[serde(rename = $key)] $field,)+
                    #[serde(other)]
                    Unknown,
                }

                struct ObjectVisitor;

                impl<'de> Visitor<'de> for ObjectVisitor {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$type, A::Error> {
                        $(let mut $field = None;)+
                        while let Some(key) = map.next_key()? {
                            match key {
                                $(Key::$field => read_once(&mut map, $key, &mut $field)?,)+
                                Key::Unknown => {
                                    map.next_value::<IgnoredAny>()?;
                                }
                            }
                        }
                        $(let $field = $field.unwrap_or_default();)+
                        Ok($value)
                    }
                }

                deserializer.deserialize_struct(stringify!($type), &[$($key),+], ObjectVisitor)
            }
        }
    };
}

read_object!(
    Membership,
    "a membership object",
    {
        "name" => name,
        "state" => state,
        "role" => role,
        "createTime" => create_time,
        "deleteTime" => delete_time,
        "member" => member,
        "groupMember" => group_member,
        "affiliation" => affiliation,
    },
    Membership {
        name,
        state,
        role,
        create_time,
        delete_time,
        affiliation,
        member: match (member, group_member) {
            (None, None) => None,
            (Some(user), None) => Some(Member::User(user)),
            (None, Some(group)) => Some(Member::Group(group)),
            (Some(_), Some(_)) => {
                return Err(de::Error::custom(
                    "expected at most one of `member` and `groupMember`, found both",
                ));
            }
        },
    },
);

read_object!(
    User,
    "a user object",
    {
        "name" => name,
        "displayName" => display_name,
        "domainId" => domain_id,
        "type" => user_type,
        "isAnonymous" => is_anonymous,
        "email" => email,
        "avatarUrl" => avatar_url,
    },
    User { name, display_name, domain_id, user_type, is_anonymous, email, avatar_url },
);

read_object!(Group, "a group object", { "name" => name, }, Group { name });

/// Reads the value of a key into `field`. `null` means the default; a second value is an error.
fn read_once<'de, A: MapAccess<'de>, T: Deserialize<'de> + Default>(
    map: &mut A,
    key: &'static str,
    field: &mut Option<T>,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(de::Error::duplicate_field(key));
    }
    *field = Some(map.next_value::<Option<T>>()?.unwrap_or_default());
    Ok(())
}

impl Serialize for Membership {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The JSON object, with its keys in output order.
        #[derive(serde::Serialize)]
        #[serde(rename = "Membership", rename_all = "camelCase")]
        struct Object<'a> {
            #[serde(skip_serializing_if = "str::is_empty")]
            name: &'a str,
            #[serde(skip_serializing_if = "MembershipState::is_unspecified")]
            state: &'a MembershipState,
            #[serde(skip_serializing_if = "MembershipRole::is_unspecified")]
            role: &'a MembershipRole,
            #[serde(skip_serializing_if = "Option::is_none")]
            create_time: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            delete_time: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            member: Option<&'a User>,
            #[serde(skip_serializing_if = "Option::is_none")]
            group_member: Option<&'a Group>,
            #[serde(skip_serializing_if = "Affiliation::is_unspecified")]
            affiliation: &'a Affiliation,
        }

        // Without `..`, so that a new field causes a compile error here.
        let Self {
            name,
            state,
            role,
            create_time,
            delete_time,
            affiliation,
            member,
        } = self;
        let (member, group_member) = match member {
            Some(Member::User(user)) => (Some(user), None),
            Some(Member::Group(group)) => (None, Some(group)),
            None => (None, None),
        };
        Object {
            name,
            state,
            role,
            create_time: create_time.as_deref(),
            delete_time: delete_time.as_deref(),
            member,
            group_member,
            affiliation,
        }
        .serialize(serializer)
    }
}
