//! Memberships in a dump: the fields that a filter needs, and what other objects look like.

use std::fmt;

use gchat_filter::members::{Cell, Filter, MemberType, Members, Role};
use gchat_filter::members::{MembershipRole, UserType};
use gchat_filter::{MethodLanguage, ResourceList};
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::description::{Field, fields, not_a, offset, resource};
use super::{Kind, Remark, Resource, Text, of_parser};

/// The memberships that match a filter, or those that do not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Memberships {
    pub(crate) filter: Filter,
    pub(crate) invert: bool,
}

/// The fields of a membership that a filter needs.
#[derive(Debug)]
pub(crate) struct Fields {
    role: MembershipRole,
    /// Type of the member, if there is one.
    user_type: Option<UserType>,
    /// Whether the object is empty: a membership only in a list response.
    is_empty: bool,
}

impl Fields {
    /// Returns the role and the type that a filter matches.
    pub(crate) fn cell(&self) -> Cell {
        Cell {
            role: Role::from(&self.role),
            member_type: self
                .user_type
                .as_ref()
                .map_or(MemberType::NoMember, MemberType::from),
        }
    }

    /// Returns the values that are probably misspelled: the path, the value, and what was meant.
    fn misspelled(&self) -> impl Iterator<Item = (&'static [&'static str], &str, &'static str)> {
        const ROLE: &[&str] = &["role"];
        const TYPE: &[&str] = &["member", "type"];
        let role = match &self.role {
            MembershipRole::Unknown(role) => role.name(),
            _ => None,
        };
        let user_type = match &self.user_type {
            Some(UserType::Unknown(user_type)) => user_type.name(),
            _ => None,
        };
        [(ROLE, role, &ROLES[..]), (TYPE, user_type, &USER_TYPES)]
            .into_iter()
            .filter_map(|(path, found, names)| Some((path, found?, meant(found?, names)?)))
    }
}

const ROLES: [&str; 4] = [
    "ROLE_MEMBER",
    "ROLE_MANAGER",
    "ROLE_ASSISTANT_MANAGER",
    "MEMBERSHIP_ROLE_UNSPECIFIED",
];
const USER_TYPES: [&str; 3] = ["HUMAN", "BOT", "TYPE_UNSPECIFIED"];

/// Returns the name that differs from `found` only in case and by its prefix.
fn meant(found: &str, names: &[&'static str]) -> Option<&'static str> {
    let is_meant = |name: &&&str| {
        let start = name.len().checked_sub(found.len());
        let end = start.and_then(|start| name.split_at_checked(start));
        end.is_some_and(|(prefix, end)| {
            end.eq_ignore_ascii_case(found)
                && (prefix.is_empty() || prefix.ends_with('_') && !end.is_empty())
        })
    };
    names.iter().find(is_meant).copied()
}

impl Resource for Memberships {
    const LISTS: &'static [ResourceList] = Members::LISTS;
    type Fields<'r> = Fields;

    fn selects(&self, fields: &Fields) -> Option<bool> {
        Some(self.filter.matches(&fields.cell()) != self.invert)
    }

    fn is_doubtful(&self, fields: &Fields) -> bool {
        fields.is_empty || fields.misspelled().next().is_some()
    }

    fn remarks(
        &self,
        record: &str,
        fields: Result<&Fields, &serde_json::Error>,
        path: &str,
    ) -> Vec<Remark> {
        let Ok(object) = serde_json::from_str(record) else {
            return Vec::new();
        };
        match fields {
            Err(error) => vec![invalid(object, error, path)],
            Ok(fields) => fields
                .misspelled()
                .map(|(path, found, meant)| Remark {
                    kind: Kind::Doubtful,
                    at: offset(object, path).unwrap_or_default(),
                    message: format!(
                        "`{}` has the unknown value `{found}`; did you mean `{meant}`?",
                        path.join(".")
                    ),
                })
                .collect(),
        }
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// A key of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    Name,
    State,
    Role,
    #[serde(alias = "create_time")]
    CreateTime,
    #[serde(alias = "delete_time")]
    DeleteTime,
    Member,
    #[serde(alias = "group_member")]
    GroupMember,
    Affiliation,
    /// Of a list response, or of an exported group of Google Takeout.
    #[serde(alias = "members")]
    Memberships,
    #[serde(other)]
    Other,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Role => "role",
            Self::CreateTime => "createTime",
            Self::DeleteTime => "deleteTime",
            Self::Member => "member",
            Self::GroupMember => "groupMember",
            Self::Affiliation => "affiliation",
            Self::Memberships => "memberships",
            Self::Other => "",
        }
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a membership object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut seen = 0_u16;
        let mut fields = Fields {
            role: MembershipRole::Unspecified,
            user_type: None,
            is_empty: true,
        };
        let (mut has_user, mut has_group) = (false, false);
        while let Some(key) = map.next_key::<Key>()? {
            fields.is_empty = false;
            if key == Key::Other {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let bit = 1 << key as u16;
            if seen & bit != 0 {
                return Err(A::Error::duplicate_field(key.name()));
            }
            seen |= bit;
            match key {
                Key::Name => {
                    let name = map.next_value::<Option<Text<'_>>>()?;
                    if name.is_some_and(|Text(name)| {
                        resource(&name).is_some_and(|own| own != "membership")
                    }) {
                        return Err(A::Error::custom(NOT_A_MEMBERSHIP));
                    }
                }
                Key::Role => fields.role = map.next_value::<Option<_>>()?.unwrap_or_default(),
                Key::Member => {
                    fields.user_type = map.next_value::<Option<User>>()?.map(|user| user.0);
                    has_user = fields.user_type.is_some();
                }
                Key::GroupMember => has_group = map.next_value::<Option<IgnoredAny>>()?.is_some(),
                // A misplaced list.
                Key::Memberships => return Err(A::Error::custom(NOT_A_MEMBERSHIP)),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            if has_user && has_group {
                return Err(A::Error::custom(BOTH));
            }
        }
        if seen == 0 && !fields.is_empty {
            return Err(A::Error::custom(NOT_A_MEMBERSHIP));
        }
        Ok(fields)
    }
}

const NOT_A_MEMBERSHIP: &str = "not a membership";
const BOTH: &str = "expected at most one of `member` and `groupMember`, found both";

/// The type of a user.
struct User(UserType);

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(field_identifier, rename_all = "camelCase")]
        enum Key {
            #[serde(alias = "type_")]
            Type,
            #[serde(other)]
            Other,
        }

        struct UserVisitor;

        impl<'de> Visitor<'de> for UserVisitor {
            type Value = User;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a user object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<User, A::Error> {
                let mut user_type = None;
                while let Some(key) = map.next_key()? {
                    match key {
                        Key::Type if user_type.is_some() => {
                            return Err(A::Error::duplicate_field("type"));
                        }
                        Key::Type => {
                            user_type = Some(map.next_value::<Option<_>>()?.unwrap_or_default());
                        }
                        Key::Other => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(User(user_type.unwrap_or_default()))
            }
        }

        deserializer.deserialize_map(UserVisitor)
    }
}

/// Returns what is wrong with an object that is not a valid membership.
fn invalid(object: &RawValue, error: &serde_json::Error, path: &str) -> Remark {
    let (at, message) = of_parser(object.get().as_bytes(), error);
    match &*message {
        NOT_A_MEMBERSHIP => Remark {
            kind: Kind::Other,
            at: 0,
            message: not_a(
                "membership",
                object,
                path,
                &["role", "member", "groupMember"],
            ),
        },
        BOTH => {
            let is_member = |field: &&Field<'_>| {
                matches!(&*field.key, "member" | "groupMember" | "group_member")
                    && field.value.get() != "null"
            };
            let fields = fields(object);
            let second = fields.iter().filter(is_member).nth(1);
            Remark {
                kind: Kind::Invalid,
                at: second.map_or(at, |field| field.at),
                message,
            }
        }
        _ => Remark {
            kind: Kind::Invalid,
            at,
            message,
        },
    }
}
