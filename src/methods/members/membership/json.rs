//! JSON representations that `derive` cannot express: it would read arrays as objects, and it does
//! not support a union whose variants are keys alongside other keys.

use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::time::Time;
use super::{Affiliation, Group, Membership, MembershipRole, MembershipState, User, UserOrGroup};

/// Implements `Deserialize` for a JSON object: maps each key, in both spellings of the proto3 JSON
/// mapping, to a variable for its value, then evaluates an expression over these variables. A variable
/// is `None` if its key is absent or `null`.
macro_rules! read_object {
    (
        $type:ident,
        $expected:literal,
        { $($key:literal $(| $alias:literal)? => $field:ident $(unless $other:ident)?,)+ },
        $value:expr $(,)?
    ) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(serde::Deserialize)]
                #[serde(field_identifier)]
                #[allow(non_camel_case_types, reason = "its variants are the fields' names")]
                enum Key {
                    $(#[serde(rename = $key $(, alias = $alias)?)] $field,)+
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
                                $(Key::$field => {
                                    let is_taken = false $(|| matches!($other, Some(Some(_))))?;
                                    read_once(&mut map, $key, &mut $field, is_taken)?;
                                })+
                                Key::Unknown => {
                                    map.next_value::<IgnoredAny>()?;
                                }
                            }
                        }
                        $(let $field = $field.flatten();)+
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
        "createTime" | "create_time" => create_time,
        "deleteTime" | "delete_time" => delete_time,
        "member" => member unless group_member,
        "groupMember" | "group_member" => group_member unless member,
        "affiliation" => affiliation,
    },
    Membership {
        name: name.unwrap_or_default(),
        state: state.unwrap_or_default(),
        role: role.unwrap_or_default(),
        create_time: create_time.map(|Time(time)| time),
        delete_time: delete_time.map(|Time(time)| time),
        affiliation: affiliation.unwrap_or_default(),
        member: member.map(UserOrGroup::User).or(group_member.map(UserOrGroup::Group)),
    },
);

read_object!(
    User,
    "a user object",
    {
        "name" => name,
        "displayName" | "display_name" => display_name,
        "domainId" | "domain_id" => domain_id,
        "type" | "type_" => user_type,
        "isAnonymous" | "is_anonymous" => is_anonymous,
        "email" => email,
        "avatarUrl" | "avatar_url" => avatar_url,
    },
    User {
        name: name.unwrap_or_default(),
        display_name: display_name.unwrap_or_default(),
        domain_id: domain_id.unwrap_or_default(),
        user_type: user_type.unwrap_or_default(),
        is_anonymous: is_anonymous.unwrap_or_default(),
        email: email.unwrap_or_default(),
        avatar_url: avatar_url.unwrap_or_default(),
    },
);

read_object!(
    Group,
    "a group object",
    { "name" => name, },
    Group { name: name.unwrap_or_default() },
);

/// Reads the value of a key into `field`. A second value is an error, and if another key takes the place
/// of this one, any value but `null` is.
#[allow(clippy::option_option, reason = "absent, `null` or a value")]
fn read_once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    key: &'static str,
    field: &mut Option<Option<T>>,
    is_taken: bool,
) -> Result<(), A::Error> {
    if field.is_some() {
        return Err(de::Error::duplicate_field(key));
    }
    *field = Some(if is_taken {
        map.next_value_seed(OnlyNull)?;
        None
    } else {
        map.next_value()?
    });
    Ok(())
}

/// The value of a member's key after the other one: only `null`. Any other value is an error before it
/// is read, so that the error is at the key.
struct OnlyNull;

impl<'de> DeserializeSeed<'de> for OnlyNull {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for OnlyNull {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, _: D) -> Result<(), D::Error> {
        Err(de::Error::custom(
            "expected at most one of `member` and `groupMember`, found both",
        ))
    }
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
            Some(UserOrGroup::User(user)) => (Some(user), None),
            Some(UserOrGroup::Group(group)) => (None, Some(group)),
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
